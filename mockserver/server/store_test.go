package server_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/internal/store/storetest"
	"example.com/awalmock/mockserver/mocktest"
)

// openFile opens a SQLite file as a store. wrap may put something in front of the database.
func openFile(t *testing.T, path string, now func() time.Time, wrap func(store.Database) store.Database) *store.Store {
	t.Helper()
	d, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	database := store.Database(d)
	if wrap != nil {
		database = wrap(d)
	}
	s, err := store.New(t.Context(), store.Options{Database: database, Name: "sqlite:" + path, Keys: storetest.Keys(), Now: now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// startOn starts a mock that keeps its events in a store, and gives what stops it.
func startOn(t *testing.T, s *store.Store, options ...mocktest.Option) (m *mock, stop func()) {
	t.Helper()
	m = start(t, append([]mocktest.Option{unlimited(), with(func(o *mocktest.Options) { o.Store = s })}, options...)...)
	return m, func() {
		t.Helper()
		m.Close()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryReadIsTheSameBytesAfterARestart(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("history ", seed), func(t *testing.T) {
			t.Parallel()
			draw := rand.New(rand.NewPCG(7, seed))
			machine := &machineClock{at: sendClock}
			running := with(func(o *mocktest.Options) {
				o.Now = machine.now
				if seed%2 == 1 {
					o.Clock = time.Time{}
				}
			})
			path := filepath.Join(t.TempDir(), "awalmock.db")
			m, stop := startOn(t, openFile(t, path, machine.now, nil), running)
			before := &history{t: t, m: m}
			for range 3 { // restarts
				for range draw.IntN(30) {
					before.act(draw)
					machine.advance(time.Duration(draw.IntN(2000)) * time.Millisecond)
				}
				if draw.IntN(3) == 0 {
					m.admin(t, 204, "POST", "/reset", "")
					before.act(draw)
				}
				before.Reset()
				before.reads()
				before.readsOfTheDocument()
				stop()
				machine.advance(64 * time.Hour) // from Friday to Monday
				m, stop = startOn(t, openFile(t, path, machine.now, nil), running)
				after := &history{t: t, m: m}
				after.reads()
				after.readsOfTheDocument()
				if before.String() != after.String() {
					t.Fatalf("something is read otherwise: %s", firstDifference(before.String(), after.String()))
				}
				before = &history{t: t, m: m}
			}
			stop()
		})
	}
}

// A machineClock is the machine's clock of a test.
type machineClock struct {
	mu sync.Mutex
	at time.Time
}

func (c *machineClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *machineClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// A gate stops each write of events until it is let through, and says how it ends.
type gate struct {
	store.Database
	begun chan struct{}
	let   chan error
	open  chan struct{} // closed: every write is let through
}

func newGate() *gate {
	return &gate{begun: make(chan struct{}), let: make(chan error), open: make(chan struct{})}
}

func (g *gate) Write(ctx context.Context, writes []*store.Write, alive time.Time) ([]*store.Write, error) {
	begins := false
	for _, w := range writes {
		begins = begins || w.After == 0 && len(w.Rows) > 0 || w.Replace // at the start of the mock
	}
	if len(writes) == 0 || begins {
		return g.Database.Write(ctx, writes, alive)
	}
	select {
	case g.begun <- struct{}{}:
	case <-g.open:
		return g.Database.Write(ctx, writes, alive)
	}
	if err := <-g.let; err != nil {
		return nil, err
	}
	return g.Database.Write(ctx, writes, alive)
}

func startGated(t *testing.T) (*mock, *gate) {
	t.Helper()
	g := newGate()
	s := openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, func(d store.Database) store.Database {
		g.Database = d
		return g
	})
	m, _ := startOn(t, s)
	t.Cleanup(func() { close(g.open) })
	return m, g
}

func TestNoCommandIsAnsweredBeforeItIsOnTheDisk(t *testing.T) {
	t.Parallel()
	m, g := startGated(t)
	for name, ask := range map[string]func() *answer{
		"a send":   func() *answer { return m.sendJSON(t, "text", object{"phone": "966555012001", "body": "a"}) },
		"a ticket": func() *answer { return m.ticket(t, 12, "openTicket") },
		"a change": func() *answer { return m.askControl(t, "PATCH", "/conversations/3", `{"bot":true}`) },
		"a clock":  func() *answer { return m.askControl(t, "POST", "/clock", `{"advance":"1s"}`) },
		"a reset":  func() *answer { return m.askControl(t, "POST", "/reset", "") },
	} {
		answered := make(chan *answer, 1)
		go func() { answered <- ask() }()
		<-g.begun // the write has begun, and has not ended
		select {
		case a := <-answered:
			t.Errorf("%s is answered before it is on the disk: %d", name, a.status)
		default:
		}
		g.let <- nil
		if a := <-answered; a.status >= 300 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

func TestReadersOfChangesSeeOnlyWhatIsOnTheDisk(t *testing.T) {
	t.Parallel()
	m, g := startGated(t)
	changes := m.stream(t, "/changes/stream")
	answered := make(chan *answer, 1)
	send := func(text string) {
		go func() { answered <- m.sendJSON(t, "text", object{"phone": "96650000000", "body": text}) }()
		<-g.begun
	}
	send("lost")
	g.let <- errors.New("the disk is full")
	if a := <-answered; a.status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", a.status, a.body)
	}
	send("kept")
	g.let <- nil
	if a := <-answered; a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	for line := range changes {
		if strings.Contains(line, "lost") {
			t.Fatalf("a change that was never on the disk is published: %s", line)
		}
		if strings.Contains(line, "kept") || strings.Contains(line, "resync") {
			return
		}
	}
	t.Error("the stream has ended")
}

func TestWhileTheStoreCannotBeWrittenReadsGoOnAndEveryCommandIs503(t *testing.T) {
	t.Parallel()
	m, g := startGated(t)
	before := m.get(t, listing).is(t, 200, "")
	clock := m.admin(t, 200, "GET", "/clock", "")
	failing := make(chan struct{})
	go func() {
		for {
			select {
			case <-g.begun:
				g.let <- errors.New("the disk is full")
			case <-failing:
				return
			}
		}
	}()
	for name, a := range map[string]*answer{
		"a send":   m.sendJSON(t, "text", object{"phone": "966555012001", "body": "a"}),
		"a ticket": m.ticket(t, 12, "openTicket"),
		"a change": m.askControl(t, "PATCH", "/conversations/3", `{"bot":true}`),
		"a clock":  m.askControl(t, "POST", "/clock", `{"advance":"1s"}`),
		"a reset":  m.askControl(t, "POST", "/reset", ""),
	} {
		if a.status != http.StatusServiceUnavailable || a.value["error"] != "service_unavailable" || a.header.Get("Retry-After") == "" || strings.Contains(string(a.body), "disk") {
			t.Errorf("%s: %d, Retry-After %q: %s", name, a.status, a.header.Get("Retry-After"), a.body)
		}
	}
	if after := m.get(t, listing).is(t, 200, ""); string(after.body) != string(before.body) {
		t.Error("what was refused has changed the inbox")
	}
	if after := m.admin(t, 200, "GET", "/clock", ""); string(after.body) != string(clock.body) {
		t.Errorf("what was refused has changed the clock: %s, before %s", after.body, clock.body)
	}
	close(failing)
	go func() { <-g.begun; g.let <- nil }()
	m.sendJSON(t, "text", object{"phone": "966555012001", "body": "a"}).is(t, 200, "")
	m.with(t, "966555012001")
}

func TestReadyzSaysThatTheStoreCannotBeWritten(t *testing.T) {
	t.Parallel()
	g := &broken{}
	s := openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, func(d store.Database) store.Database {
		g.Database = d
		return g
	})
	m, _ := startOn(t, s)
	ready := func() *answer { return m.plain(t, "/readyz") }
	if a := ready(); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
	g.set(errors.New("the disk is full"))
	m.sendJSON(t, "text", object{"phone": "966555012001", "body": "a"}).is(t, 503, "service_unavailable")
	if a := ready(); a.status != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "not ready: reads are answered, commands are not: the disk is full") {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := m.plain(t, "/livez"); a.status != http.StatusOK {
		t.Errorf("livez: %d", a.status)
	}
	g.set(nil)
	m.sendJSON(t, "text", object{"phone": "966555012001", "body": "a"}).is(t, 200, "")
	if a := ready(); a.status != http.StatusOK {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// A broken database fails when a test wants it.
type broken struct {
	store.Database
	mu  sync.Mutex
	err error
}

func (b *broken) set(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

func (b *broken) Write(ctx context.Context, writes []*store.Write, alive time.Time) ([]*store.Write, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return nil, b.err
	}
	return b.Database.Write(ctx, writes, alive)
}

// plain asks for what is beside the API.
func (m *mock) plain(t *testing.T, path string) *answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	a := &answer{status: response.StatusCode, header: response.Header}
	a.readAll(t, response.Body)
	return a
}

// stream gives the lines of a stream of the control API until the test ends.
func (m *mock) stream(t *testing.T, path string) <-chan string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+"/__admin"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1000)
	go func() {
		defer response.Body.Close()
		defer close(lines)
		for s := bufio.NewScanner(response.Body); s.Scan(); {
			lines <- s.Text()
		}
	}()
	return lines
}
