package httpserver

import (
	"bytes"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// exhausted is a listener that has no file descriptor left for its first connections.
type exhausted struct {
	net.Listener
	mu    sync.Mutex
	times int
}

func (e *exhausted) Accept() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.times > 0 {
		e.times--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return e.Listener.Accept()
}

func TestNoFileDescriptorLeftIsToldOnceAndConnectionsGoOn(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	l := newListener(&exhausted{Listener: inner, times: 3}, 8, time.Minute, slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { l.Close() })
	conn, err := net.Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	if text := log.String(); strings.Count(text, "\n") != 1 || !strings.Contains(text, "ulimit -n") || !strings.Contains(text, "level=ERROR") {
		t.Errorf("the log says %q", text)
	}
}

func TestAListenerThatIsClosedWhileItIsFullEnds(t *testing.T) {
	t.Parallel()
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := newListener(inner, 0, time.Minute, slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() {
		_, err := l.Accept()
		ended <- err
	}()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

func TestComplaintsOfTheListenerAreWarningsAndDoNotFillTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	now := time.Unix(0, 0)
	c := &complaints{logger: slog.New(slog.NewTextHandler(&log, nil)), now: func() time.Time { return now }}
	for range 1000 {
		if _, err := c.Write([]byte("http: panic serving 127.0.0.1: boom\n")); err != nil {
			t.Fatal(err)
		}
	}
	if text := log.String(); strings.Count(text, "\n") != 10 || strings.Count(text, "level=WARN") != 10 || !strings.Contains(text, "boom") {
		t.Errorf("the log says %s", text)
	}
	now = now.Add(time.Minute)
	if _, err := c.Write([]byte("again\n")); err != nil {
		t.Fatal(err)
	}
	if text := log.String(); !strings.HasSuffix(text, "msg=again left_out=990\n") {
		t.Errorf("the log says %s", text)
	}
}
