package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"golang.org/x/net/netutil"
)

// A canned answer is what the bare handler writes: the bytes of an answer of the mock, and its headers.
type canned struct {
	Header http.Header
	Body   []byte
}

// runBare serves one canned answer: what net/http can do at best, without looking at the request. A body that is sent
// gets read, as by any handler.
func runBare(stdin io.Reader, stdout io.Writer) error {
	var c canned
	if err := json.NewDecoder(stdin).Decode(&c); err != nil {
		return err
	}
	c.Header.Del("Date") // net/http writes it
	c.Header.Set("Content-Length", strconv.Itoa(len(c.Body)))
	return serveHere(stdout, stdin, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != http.NoBody {
			if _, err := io.ReadAll(r.Body); err != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
		h := w.Header()
		for name, values := range c.Header {
			h[name] = values
		}
		_, _ = w.Write(c.Body) // a client that has gone needs no answer
	}))
}

// serveHere serves in this process, with the time-outs and the bound on connections that the mock has, until stdin ends.
func serveHere(stdout io.Writer, stdin io.Reader, handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 28 << 10}
	go func() {
		_, _ = io.Copy(io.Discard, stdin) // until the process that started this one has ended
		_ = s.Close()
	}()
	if _, err := fmt.Fprintf(stdout, "http://%s\n", listener.Addr()); err != nil {
		return err
	}
	if err := s.Serve(netutil.LimitListener(listener, 1024)); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
