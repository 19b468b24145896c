package mocktest_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/httpserver"
)

func TestOneConnectionMoreThanTheBoundWaitsUntilAnotherIsClosed(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	dial := func() net.Conn {
		conn, err := net.Dial("tcp", strings.TrimPrefix(m.Origin, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	ask := func(conn net.Conn) {
		if _, err := io.WriteString(conn, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
	}
	answered := func(conn net.Conn, within time.Duration) error {
		if err := conn.SetReadDeadline(time.Now().Add(within)); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	open := make([]net.Conn, httpserver.MaxConnections)
	for i := range open {
		open[i] = dial()
		ask(open[i])
	}
	for i, conn := range open {
		if err := answered(conn, 20*time.Second); err != nil {
			t.Fatalf("connection %d is not answered: %v", i, err)
		}
	}
	one := dial()
	ask(one)
	if err := answered(one, 50*time.Millisecond); err == nil {
		t.Error("one connection more than the bound is answered")
	}
	open[0].Close()
	if err := answered(one, 20*time.Second); err != nil {
		t.Errorf("it is not answered after another was closed: %v", err)
	}
}
