package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/cometbft/cometbft/cmd/cometbft/commands"
	"github.com/cometbft/cometbft/config"
	"github.com/cometbft/cometbft/node"
	"github.com/spf13/cobra"
)

// The header is vouched for by the nodes when a node joins, however long ago its block was made.
const trustPeriod = 100 * 365 * 24 * time.Hour

// What an engine's RPC answers of a block, in this order.
var methods = []string{"commit", "validators", "consensus_params"}

type answer struct {
	Result json.RawMessage `json:"result"`
}

// Answers by method and height.
type answers map[string]json.RawMessage

func nameOf(method string, height int64) string {
	return fmt.Sprintf("%s at %d", method, height)
}

// The file holds the answers for a height and the two after it.
func readAnswers(file string, height int64) (answers, error) {
	bytes, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var blocks [][]answer
	if err := json.Unmarshal(bytes, &blocks); err != nil {
		return nil, err
	}
	known := answers{}
	for place, block := range blocks {
		if len(block) != len(methods) {
			return nil, fmt.Errorf("block %d of the file has %d answers", place, len(block))
		}
		for number, each := range block {
			known[nameOf(methods[number], height+int64(place))] = each.Result
		}
	}
	return known, nil
}

// As an engine's RPC does, so that the light client finds here what it would ask others for.
func (known answers) ServeHTTP(writer http.ResponseWriter, request *http.Request) {
	var call struct {
		ID     json.RawMessage `json:"id"`
		Method string          `json:"method"`
		Params struct {
			Height string `json:"height"`
		} `json:"params"`
	}
	if err := json.NewDecoder(request.Body).Decode(&call); err != nil {
		http.Error(writer, err.Error(), http.StatusBadRequest)
		return
	}
	response := map[string]any{"jsonrpc": "2.0", "id": call.ID}
	height, err := strconv.ParseInt(call.Params.Height, 10, 64)
	if result, found := known[nameOf(call.Method, height)]; err == nil && found {
		response["result"] = result
	} else {
		response["error"] = map[string]any{
			"code": -32603, "message": "Internal error", "data": "height " + call.Params.Height + " is not available",
		}
	}
	writer.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(writer).Encode(response)
}

// Makes the stores of an engine whose application has the state after a block already. The header's hash is
// trusted; headers after it, validators and parameters are verified by CometBFT's light client.
func bootstrap(settings *config.Config, file string, height int64, header, appHash string) error {
	known, err := readAnswers(file, height)
	if err != nil {
		return err
	}
	state, err := hex.DecodeString(appHash)
	if err != nil {
		return err
	}
	directory, err := os.MkdirTemp("", "bulla-bootstrap-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(directory)
	socket := filepath.Join(directory, "rpc.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: known, ReadHeaderTimeout: time.Minute}
	defer server.Close()
	go func() { _ = server.Serve(listener) }()

	// The light client wants a second opinion; what it compares is verified anyway.
	settings.StateSync.RPCServers = []string{"unix://" + socket, "unix://" + socket}
	settings.StateSync.TrustHeight = height
	settings.StateSync.TrustHash = header
	settings.StateSync.TrustPeriod = trustPeriod
	return node.BootstrapState(
		context.Background(), settings, config.DefaultDBProvider, uint64(height), state)
}

func makeBootstrapCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "bootstrap FILE HEIGHT HEADER APPHASH",
		Short: "Begin after a block whose state the application has: hashes in hex, FILE has the blocks",
		Args:  cobra.ExactArgs(4),
		RunE: func(command *cobra.Command, arguments []string) error {
			height, err := strconv.ParseInt(arguments[1], 10, 64)
			if err != nil {
				return err
			}
			settings, err := commands.ParseConfig(command)
			if err != nil {
				return err
			}
			command.SilenceUsage = true
			return bootstrap(settings, arguments[0], height, arguments[2], arguments[3])
		},
	}
}
