package main

import (
	"context"
	"errors"
	"reflect"
	"testing"

	abcicli "github.com/cometbft/cometbft/abci/client"
	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/cometbft/cometbft/libs/timer"
)

// A client that notes what is asked of it. What the tests do not call is the nil inside.
type notingClient struct {
	abcicli.Client
	flushed chan struct{}
	quit    chan struct{}
	fault   error
}

func (client *notingClient) Start() error          { return client.fault }
func (client *notingClient) Quit() <-chan struct{} { return client.quit }
func (client *notingClient) Flush(context.Context) error {
	client.flushed <- struct{}{}
	return nil
}
func (client *notingClient) CheckTxAsync(context.Context, *abci.RequestCheckTx) (*abcicli.ReqRes, error) {
	return nil, client.fault
}

func makePromptClient() (*promptClient, *notingClient) {
	inner := &notingClient{flushed: make(chan struct{}), quit: make(chan struct{})}
	return &promptClient{Client: inner, written: make(chan struct{}, 1)}, inner
}

func check(t *testing.T, client *promptClient) {
	t.Helper()
	if _, err := client.CheckTxAsync(context.Background(), &abci.RequestCheckTx{}); err != nil {
		t.Fatal(err)
	}
}

func TestEachCheckIsWrittenAndThoseThatWaitGoTogether(t *testing.T) {
	client, inner := makePromptClient()
	for range 5 {
		check(t, client)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	<-inner.flushed // the five
	check(t, client)
	<-inner.flushed // the one
	select {
	case client.written <- struct{}{}: // nothing is left of them
	default:
		t.Fatal("a check was counted twice")
	}
	<-inner.flushed
	close(inner.quit)
}

func TestACheckThatFailsIsNotWritten(t *testing.T) {
	client, inner := makePromptClient()
	inner.fault = errors.New("no")
	if _, err := client.CheckTxAsync(context.Background(), nil); err == nil || len(client.written) != 0 {
		t.Fatal("written")
	}
	if client.Start() == nil {
		t.Fatal("started")
	}
}

// What unwind() reaches for by name: another version of the module may have it no more.
func TestTheTimerOfASocketsClientIsStopped(t *testing.T) {
	client := abcicli.NewSocketClient("unix:///none", false)
	field := reflect.ValueOf(client).Elem().FieldByName("flushTimer")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*timer.ThrottleTimer]() {
		t.Fatal("the client has another timer now, or none: see unwind()")
	}
	before := *(**timer.ThrottleTimer)(field.Addr().UnsafePointer())
	unwind(client)
	after := *(**timer.ThrottleTimer)(field.Addr().UnsafePointer())
	if before == after {
		t.Fatal("the timer is the same")
	}
}

func TestAClientWithoutThatTimerIsLeftAsItIs(t *testing.T) {
	unwind(abcicli.NewLocalClient(nil, abci.NewBaseApplication()))
}
