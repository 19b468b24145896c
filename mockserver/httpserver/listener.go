package httpserver

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"sync"
	"syscall"
	"time"
)

// patience is how long a full listener waits for a place before it takes places back.
const patience = time.Second

// A listener bounds how many connections are open. When it is full, those that have kept it waiting for longest make room: a
// thousand callers that send nothing do not keep others out.
type listener struct {
	net.Listener
	max    int
	stall  time.Duration // how long a caller may take nothing of an answer
	logger *slog.Logger

	done    chan struct{}
	closing sync.Once

	mu     sync.Mutex
	open   map[*connection]struct{}
	left   chan struct{} // closed when a connection is; nil: no accept waits
	logged time.Time     // when it was last logged that there is no room
}

func newListener(l net.Listener, limit int, stall time.Duration, logger *slog.Logger) *listener {
	return &listener{Listener: l, max: limit, stall: stall, logger: logger, done: make(chan struct{}), open: map[*connection]struct{}{}}
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	for {
		if err := l.waitForPlace(); err != nil {
			return nil, err
		}
		c, err := l.Listener.Accept()
		if err == nil {
			return l.add(c), nil
		}
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return nil, err
		}
		l.log(slog.LevelError, "no file descriptor is left for another connection; raise the limit of open files (ulimit -n, LimitNOFILE=, docker --ulimit nofile=)")
		l.makeRoom()
	}
}

// Close implements net.Listener. Connections stay open.
func (l *listener) Close() error {
	l.closing.Do(func() { close(l.done) })
	return l.Listener.Close()
}

func (l *listener) add(c net.Conn) net.Conn {
	added := &connection{Conn: c, stall: l.stall, closed: l.remove}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[added] = struct{}{}
	return added
}

func (l *listener) remove(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
	if l.left != nil {
		close(l.left)
		l.left = nil
	}
}

// waitForPlace returns when fewer connections than the bound are open.
func (l *listener) waitForPlace() error {
	for {
		l.mu.Lock()
		free := len(l.open) < l.max
		l.mu.Unlock()
		if free {
			return nil
		}
		l.log(slog.LevelWarn, "as many connections are open as there may be; further ones wait, and those that keep the mock waiting make room")
		l.makeRoom()
		select {
		case <-l.done:
			return net.ErrClosed
		default:
		}
	}
}

// makeRoom returns when a connection has been closed, for its part or, after a while, by the listener: of those that have
// kept it waiting all the time a quarter of the bound, so that many at once do not have to wait for each other.
func (l *listener) makeRoom() {
	before, left := l.waiting()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-left:
		return
	case <-l.done:
		return
	case <-timer.C:
	}
	room := max(1, l.max/4)
	for c, deadline := range before {
		if room > 0 && c.waits() == deadline {
			_ = c.end() // it is gone either way
			room--
		}
	}
}

// waiting are the connections that wait for their callers, each with its deadline, and what is closed when one leaves.
func (l *listener) waiting() (map[*connection]int64, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == nil {
		l.left = make(chan struct{})
	}
	waiting := make(map[*connection]int64, len(l.open))
	for c := range maps.Keys(l.open) {
		if deadline := c.waits(); deadline != 0 {
			waiting[c] = deadline
		}
	}
	return waiting, l.left
}

// log logs that there is no room, once a minute.
func (l *listener) log(level slog.Level, text string) {
	l.mu.Lock()
	now := time.Now()
	again := l.logged.IsZero() || now.Sub(l.logged) >= time.Minute
	if again {
		l.logged = now
	}
	open := len(l.open)
	l.mu.Unlock()
	if again {
		l.logger.Log(context.Background(), level, text, "connections", open)
	}
}
