package server_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// logged is a log that a test reads.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// lines are those that have a text in them.
func (l *logged) lines(with string) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, with) {
			found = append(found, line)
		}
	}
	return found
}

// await waits for a number of lines with a text in them: a line may come after the answer that it is about.
func (l *logged) await(t *testing.T, with string, count int) []string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if lines := l.lines(with); len(lines) >= count {
			return lines
		}
	}
	t.Fatalf("the log has not %d lines with %q but %q", count, with, l.lines(with))
	return nil
}

func (l *logged) option() mocktest.Option {
	return mocktest.Logger(slog.New(slog.NewTextHandler(l, nil)))
}

func TestTheLogSaysOnceThatEverythingOpenHasExpired(t *testing.T) {
	t.Parallel()
	c, l := newClock(century()), &logged{}
	m := start(t, unlimited(), l.option(), mocktest.StoppedClock(time.Time{}), with(func(o *mocktest.Options) { o.Now = c.now }))
	c.add(24*time.Hour - time.Second)
	m.get(t, listing)
	if logged := l.lines("--reset-every"); len(logged) != 0 {
		t.Error("logged too early:", logged)
	}
	c.add(time.Second)
	for range 3 {
		m.get(t, listing)
	}
	if logged := l.await(t, "--reset-every", 1); len(logged) != 1 || !strings.Contains(logged[0], "level=WARN") || !strings.Contains(logged[0], "24h0m0s") {
		t.Error(logged)
	}
	m.admin(t, 204, "POST", "/reset", "")
	c.add(24 * time.Hour)
	m.get(t, listing)
	if logged := l.await(t, "--reset-every", 2); len(logged) != 2 {
		t.Error("after a reset and another day:", logged)
	}
}

func TestNothingIsSaidOfExpiryWhereTheClockStandsOrEverythingIsReset(t *testing.T) {
	t.Parallel()
	for _, option := range []mocktest.Option{
		mocktest.StoppedClock(sendClock),
		with(func(o *mocktest.Options) { o.Clock, o.ResetEvery = time.Time{}, 12*time.Hour }),
	} {
		c, l := newClock(century()), &logged{}
		m := start(t, unlimited(), option, l.option(), with(func(o *mocktest.Options) { o.Now = c.now }))
		for range 5 {
			c.add(12 * time.Hour)
			m.get(t, listing)
		}
		if logged := l.lines("is expired"); len(logged) != 0 {
			t.Error(logged)
		}
	}
}

func TestReadyzTellsHowOldTheDataIs(t *testing.T) {
	t.Parallel()
	c := newClock(century())
	running := start(t, mocktest.StoppedClock(time.Time{}), with(func(o *mocktest.Options) { o.Now = c.now }))
	standing := start(t)
	ready := func(m *mock) string { return string(m.exchange(t, "GET", m.wire(call{whole: "/readyz"})).body) }
	c.add(25*time.Hour + 3*time.Second)
	standing.advance(t, time.Hour)
	if text := ready(running); !strings.HasSuffix(text, "\nage of the data: 25h0m3s\nclock: runs\n") {
		t.Errorf("%q", text)
	}
	if text := ready(standing); !strings.HasSuffix(text, "\nage of the data: 1h0m0s\nclock: stopped\n") {
		t.Errorf("%q", text)
	}
	running.admin(t, 204, "POST", "/reset", "")
	if text := ready(running); !strings.HasPrefix(text, "ok\n") || !strings.Contains(text, "\nage of the data: 0s\n") {
		t.Errorf("%q", text)
	}
}

func TestAFullWorkspaceIsToldAsSuchWhereverItComesFrom(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), mocktest.MaxEvents(3))
	for i := range 3 {
		m.admin(t, 201, "POST", "/conversations", fmt.Sprintf(`{"phone":"96670000000%d"}`, i))
	}
	a := m.admin(t, 409, "POST", "/conversations", `{"phone":"966700000009"}`)
	if message, _ := a.value["message"].(string); !strings.Contains(message, "may hold 3") {
		t.Error(message)
	}
	m.get(t, listing).is(t, 200, "")
	m.admin(t, 204, "POST", "/reset", "")
	m.admin(t, 201, "POST", "/conversations", `{"phone":"966700000009"}`)
}
