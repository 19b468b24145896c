package httpserver

import (
	"context"
	"log"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// How many complaints of net/http the log takes in a minute: a caller that causes them could fill it.
const (
	complaintsWindow = time.Minute
	complaintsBound  = 10
)

// complaints are what net/http has to say, a panic outside of the engine above all, as warnings in the form of the log.
type complaints struct {
	logger *slog.Logger
	now    func() time.Time

	mu      sync.Mutex
	began   time.Time
	logged  int
	leftOut int
}

func newComplaints(logger *slog.Logger) *log.Logger {
	return log.New(&complaints{logger: logger, now: time.Now}, "", 0)
}

// Write implements io.Writer: one complaint each time.
func (c *complaints) Write(text []byte) (int, error) {
	if attrs, ok := c.take(); ok {
		c.logger.LogAttrs(context.Background(), slog.LevelWarn, strings.TrimSpace(string(text)), attrs...)
	}
	return len(text), nil
}

// take reports whether one more may be logged, and with it how many have not been.
func (c *complaints) take() ([]slog.Attr, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.began) >= complaintsWindow {
		c.began, c.logged = now, 0
	}
	if c.logged == complaintsBound {
		c.leftOut++
		return nil, false
	}
	c.logged++
	if c.leftOut == 0 {
		return nil, true
	}
	attrs := []slog.Attr{slog.Int("left_out", c.leftOut)}
	c.leftOut = 0
	return attrs, true
}
