// Bulla's engine: CometBFT as its authors made it, but for one thing. Checks of transactions are written to the
// application at once; those that come while an answer is awaited go together.
package main

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"time"

	abcicli "github.com/cometbft/cometbft/abci/client"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/cmd/cometbft/commands"
	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/libs/cli"
	"github.com/cometbft/cometbft/libs/log"
	"github.com/cometbft/cometbft/libs/timer"
	"github.com/cometbft/cometbft/node"
	"github.com/cometbft/cometbft/p2p"
	"github.com/cometbft/cometbft/privval"
	"github.com/cometbft/cometbft/proxy"
)

type promptClients struct{ proxy.ClientCreator }

func (creator promptClients) NewABCIClient() (abcicli.Client, error) {
	client, err := creator.ClientCreator.NewABCIClient()
	if err != nil {
		return nil, err
	}
	unwind(client)
	return &promptClient{Client: client, written: make(chan struct{}, 1)}, nil
}

// The client of a socket has a timer that was meant to flush after 20 ms. It has 20 ns, and goes off without
// end, each time on a goroutine of its own, for as long as the client is busy: half of an engine's time.
// Nothing needs it where each check is flushed.
func unwind(client abcicli.Client) {
	field := reflect.ValueOf(client).Elem().FieldByName("flushTimer")
	if !field.IsValid() {
		return // the application is part of the engine, or a newer client has none
	}
	place := (**timer.ThrottleTimer)(field.Addr().UnsafePointer())
	(*place).Stop()
	*place = timer.NewThrottleTimer("unused", time.Hour)
}

type promptClient struct {
	abcicli.Client
	written chan struct{} // holds one: there is a check that nobody has flushed yet
}

func (client *promptClient) Start() error {
	if err := client.Client.Start(); err != nil {
		return err
	}
	go client.flushChecks()
	return nil
}

func (client *promptClient) CheckTxAsync(
	ctx context.Context, request *abci.RequestCheckTx,
) (*abcicli.ReqRes, error) {
	answer, err := client.Client.CheckTxAsync(ctx, request)
	if err == nil {
		select {
		case client.written <- struct{}{}:
		default:
		}
	}
	return answer, err
}

func (client *promptClient) flushChecks() {
	for {
		select {
		case <-client.written:
			if client.Flush(context.Background()) != nil {
				return // the client has failed, and the engine ends with it
			}
		case <-client.Quit():
			return
		}
	}
}

func makeNode(settings *config.Config, logger log.Logger) (*node.Node, error) {
	key, err := p2p.LoadOrGenNodeKey(settings.NodeKeyFile())
	if err != nil {
		return nil, err
	}
	clients := proxy.DefaultClientCreator(settings.ProxyApp, settings.ABCI, settings.DBDir())
	return node.NewNode(settings,
		privval.LoadOrGenFilePV(settings.PrivValidatorKeyFile(), settings.PrivValidatorStateFile()),
		key,
		promptClients{clients},
		node.DefaultGenesisDocProviderFunc(settings),
		config.DefaultDBProvider,
		node.DefaultMetricsProvider(settings.Instrumentation),
		logger)
}

func main() {
	root := commands.RootCmd
	root.AddCommand(
		commands.NewRunNodeCmd(makeNode),
		commands.InspectCmd,
		makeBootstrapCommand(),
		commands.ResetStateCmd,
		commands.RollbackStateCmd,
		commands.ShowNodeIDCmd,
		commands.ShowValidatorCmd,
		commands.TestnetFilesCmd,
		commands.VersionCmd,
	)
	home := os.ExpandEnv(filepath.Join("$HOME", config.DefaultCometDir))
	if cli.PrepareBaseCmd(root, "CMT", home).Execute() != nil {
		os.Exit(1)
	}
}
