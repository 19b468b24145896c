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
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/internal/store/storetest"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
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
			t.Fatalf("a change that was never on the disk is told: %s", line)
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

// A broken database fails as it is told to.
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

func TestAStoreOfSomethingElseIsRefusedWithBothValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*server.Options)
		want   string
	}{
		"seed":     {func(o *server.Options) { o.Seed = 9 }, "workspace your-workspace: the events are of another seed: 1, and this mock has 9"},
		"clock":    {func(o *server.Options) { o.Clock = time.Time{} }, "the events are of another clock: standing"},
		"fixtures": {func(o *server.Options) { o.Fixtures = smallFixtures }, "the events are of another fixture"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "awalmock.db")
			_, stop := startOn(t, openFile(t, path, time.Now, nil))
			stop()
			o := server.Options{Clock: sendClock, Store: openFile(t, path, time.Now, nil)}
			c.change(&o)
			_, err := server.New(o)
			var usage *server.UsageError
			if !errors.As(err, &usage) || !strings.HasPrefix(err.Error(), "--store: ") || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), "take another one") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestAMockWithAStoreRefusesOtherFixturesAndTakesAnotherDocument(t *testing.T) {
	t.Parallel()
	m, _ := startOn(t, openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, nil))
	m.text(t, "966555012001", "a")
	if err := m.UseFixtures(smallFixtures); err == nil || !strings.Contains(err.Error(), "start with another --store") {
		t.Errorf("%v", err)
	}
	if err := m.UseSpec("openapi.yaml", []byte(awalmock.OpenAPI())); err != nil {
		t.Error(err)
	}
	m.with(t, "966555012001")
	m.text(t, "966555012001", "b")
}

func TestAWorkspaceThatWasRemovedIsNotInTheStoreAnyMore(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	m.admin(t, 201, "POST", "/workspaces", `{"domain":"my-test"}`)
	m.admin(t, 201, "POST", "/conversations?workspace=my-test", `{"phone":"966555012001"}`)
	m.admin(t, 409, "POST", "/workspaces", `{"domain":"your-workspace"}`)
	m.text(t, "966555012001", "the refusal has removed nothing")
	m.admin(t, 204, "DELETE", "/workspaces/my-test", "")
	stop()
	s := openFile(t, path, time.Now, nil)
	if _, found := s.Opened("my-test"); found {
		t.Error("the workspace is still there")
	}
	m, _ = startOn(t, s)
	m.with(t, "966555012001")
}

func TestAnswersToCommandsCarryTheSequenceAndReadsWaitForIt(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := m.get(t, listing)
	if got := before.header.Get("X-Mock-Sequence"); got != "" {
		t.Errorf("a read carries %s", got)
	}
	sent := m.sendJSON(t, "text", object{"phone": "96650000000", "body": "a"}).is(t, 200, "")
	if got := sent.header.Get("X-Mock-Sequence"); got != "2" {
		t.Errorf("the first command carries %q, want 2", got)
	}
	for name, a := range map[string]*answer{
		"ticket": m.ticket(t, 12, "openTicket"),
		"change": m.admin(t, 200, "PATCH", "/conversations/3", `{"bot":true}`),
		"clock":  m.admin(t, 200, "POST", "/clock", `{"advance":"1s"}`),
		"reset":  m.admin(t, 204, "POST", "/reset", ""),
	} {
		if n, err := strconv.Atoi(a.header.Get("X-Mock-Sequence")); err != nil || n < 3 || n > 6 {
			t.Errorf("%s: %d carries %q", name, a.status, a.header.Get("X-Mock-Sequence"))
		}
	}
	m.sendJSON(t, "text", object{"phone": "96650000000"}).is(t, 400, "validation_failed").lacks(t, "X-Mock-Sequence")
	known := m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: 6"}})
	known.is(t, 200, "")
	late := m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: 7"}}).is(t, 503, "service_unavailable").names(t, "sequence")
	if late.detail("sequence") != "6" || late.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After %s: %s", late.header.Get("Retry-After"), late.body)
	}
	for _, nonsense := range []string{"x", "-1", "0", "1.5", "", "99999999999999999999", "1\r\nX-Mock-If-Sequence: 2"} {
		m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: " + nonsense}}).is(t, 400, "validation_failed").names(t, "X-Mock-If-Sequence")
	}
}

func TestAReadThatWaitsForAnEventIsAnsweredWhenItComes(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for range 20 { // whichever comes first
		seq := strconv.FormatInt(m.sequence(t)+1, 10)
		answered := make(chan *answer, 1)
		go func() { answered <- m.do(t, call{target: listing, header: []string{"X-Mock-If-Sequence: " + seq}}) }()
		m.text(t, "96650000000", "wait for "+seq)
		if a := <-answered; a.status != 200 || !strings.Contains(string(a.body), "wait for "+seq) {
			t.Fatalf("%d %s", a.status, clip(a.body))
		}
	}
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

// sequence is the number of the newest event of the default workspace.
func (m *mock) sequence(t *testing.T) int64 {
	t.Helper()
	a := m.admin(t, 200, "POST", "/clock", `{"advance":"0s"}`)
	n, err := strconv.ParseInt(a.header.Get("X-Mock-Sequence"), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (a *answer) lacks(t *testing.T, header string) {
	t.Helper()
	if got := a.header.Get(header); got != "" {
		t.Errorf("%s: %s", header, got)
	}
}

func TestWorkspacesCreatedAtRunTimeAndRotatedSecretsOutliveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	for _, domain := range []string{"shop-b", "shop-a", "shop-c"} {
		m.admin(t, 201, "POST", "/workspaces", fmt.Sprintf(`{"domain":%q}`, domain))
	}
	m.admin(t, 201, "POST", "/conversations?workspace=shop-a", `{"phone":"966555012001","name":"Sara"}`)
	grace := m.admin(t, 200, "POST", "/workspaces/your-workspace/rotate", `{"grace":"1h"}`)
	m.admin(t, 200, "POST", "/workspaces/shop-b/rotate", `{}`)
	m.admin(t, 204, "DELETE", "/workspaces/shop-c", "")
	before := m.Server().Workspaces()
	listed := m.admin(t, 200, "GET", "/workspaces", "")
	stop()
	m, stop = startOn(t, openFile(t, path, time.Now, nil))
	if after := m.Server().Workspaces(); !reflect.DeepEqual(after, before) {
		t.Errorf("%+v, want %+v", after, before)
	}
	if again := m.admin(t, 200, "GET", "/workspaces", ""); string(again.body) != string(listed.body) {
		t.Errorf("%s, want %s", again.body, listed.body)
	}
	as := func(secret string) *answer { return m.do(t, call{target: listing, secret: secret}) }
	rotated, _ := grace.value["secret"].(string)
	as(rotated).is(t, 200, "")
	as("your-hmac-secret").is(t, 200, "")
	m.advance(t, time.Hour)
	as("your-hmac-secret").is(t, 401, "authentication_failed")
	m.admin(t, 201, "POST", "/conversations/1/messages?workspace=shop-a", `{"content":"hello"}`)
	m.admin(t, 409, "POST", "/workspaces", `{"domain":"shop-a"}`)
	m.admin(t, 204, "POST", "/reset", "") // the fixture's secret again
	stop()
	m, _ = startOn(t, openFile(t, path, time.Now, nil))
	as("your-hmac-secret").is(t, 200, "")
	as(rotated).is(t, 401, "authentication_failed")
}
