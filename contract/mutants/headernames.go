package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// net/http writes the names of headers in one case before a handler sees them, so a server that tells them apart has to look at the connection.

type connectionKey struct{}

// A watchedConnection notes in which case the signature's name came last.
type watchedConnection struct {
	net.Conn
	small atomic.Bool
}

func (c *watchedConnection) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	const name = "X-Awal-Signature-256:"
	switch {
	case bytes.Contains(into[:n], []byte(strings.ToLower(name))):
		c.small.Store(true)
	case bytes.Contains(into[:n], []byte(name)):
		c.small.Store(false)
	}
	return n, err
}

type watchedListener struct{ net.Listener }

func (l watchedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &watchedConnection{Conn: conn}, nil
}

// serve starts a server whose handler can see the connection. The caller closes it.
func serve(listener net.Listener, handler http.Handler) *http.Server {
	s := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, conn)
	}}
	go func() { _ = s.Serve(watchedListener{listener}) }()
	return s
}

// rawHeaders is a server for which a header with a name in small letters is missing.
func rawHeaders(_ *target, next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connectionKey{}).(*watchedConnection); ok && conn.small.Load() {
			r = clone(r)
			r.Header.Del("X-Awal-Signature-256")
		}
		next.ServeHTTP(out, r)
	})
}
