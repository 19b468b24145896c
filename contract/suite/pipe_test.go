package suite_test

import (
	"context"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"example.com/awalmock/contract/suite"
)

// A pipeListener is a network without sockets: each connection is a net.Pipe, on which a clock of testing/synctest does not wait.
type pipeListener struct {
	accepted chan net.Conn
	closed   context.Context
	close    context.CancelFunc
}

func newPipeListener() *pipeListener {
	closed, stop := context.WithCancel(context.Background())
	return &pipeListener{make(chan net.Conn), closed, stop}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accepted:
		return c, nil
	case <-l.closed.Done():
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error { l.close(); return nil }

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.accepted <- server:
		return client, nil
	case <-l.closed.Done():
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// withFakeClock runs a test of the suite against a server, both in a bubble of testing/synctest: what waits, waits for no time.
func withFakeClock(t *testing.T, handler func() http.Handler, test func(t *testing.T, cfg suite.Config)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		listener := newPipeListener()
		server := &http.Server{Handler: handler(), ReadHeaderTimeout: time.Hour}
		stopped := make(chan error, 1)
		go func() { stopped <- server.Serve(listener) }()
		test(t, suite.Config{BaseURL: "http://stand-in/v1", Credentials: standInCredentials, Seed: 1, Timeout: 2 * time.Minute, Dial: listener.dial})
		if err := server.Shutdown(t.Context()); err != nil { // it waits for handlers that still sleep
			t.Error(err)
		}
		<-stopped
	})
}
