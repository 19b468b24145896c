package httpserver

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

func TestAConnectionHasItsBounds(t *testing.T) {
	t.Parallel()
	s := newHTTPServer(http.NotFoundHandler())
	if s.ReadHeaderTimeout != 10*time.Second || s.IdleTimeout != time.Minute || s.MaxHeaderBytes+4096 != 32<<10 || s.ReadTimeout != 0 || s.WriteTimeout != 0 {
		t.Errorf("%v %v %d", s.ReadHeaderTimeout, s.IdleTimeout, s.MaxHeaderBytes)
	}
}

func TestAHalfSentHeadAndAnIdleConnectionAreClosed(t *testing.T) {
	t.Parallel()
	s := newHTTPServer(http.NotFoundHandler())
	s.ReadHeaderTimeout, s.IdleTimeout = 50*time.Millisecond, 50*time.Millisecond // 10 s and 60 s are too long for a test
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = s.Serve(listener) }()
	t.Cleanup(func() { s.Close() })
	for _, text := range []string{"", "GET / HT", "GET / HTTP/1.1\r\nHost: x\r\nX-Doma", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(conn); err != nil {
			t.Errorf("after %q the connection stays open: %v", text, err)
		}
	}
}
