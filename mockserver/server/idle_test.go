package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// idling lets workspaces leave memory, when the test says so.
func idling() mocktest.Option {
	return with(func(o *mocktest.Options) { o.IdleAfter = time.Hour })
}

// putAside lets every workspace leave memory that may.
func (m *mock) putAside(t *testing.T, want int) {
	t.Helper()
	m.Server().SweepIdle()
	m.Server().SweepIdle()
	if got := m.Server().Idle(); got != want {
		t.Fatalf("%d workspaces are idle, want %d", got, want)
	}
}

func (m *mock) eventsOf(t *testing.T, workspace string) string {
	t.Helper()
	var file bytes.Buffer
	if err := m.Events(workspace, &file); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestAWorkspaceThatLeftMemoryComesBackAsItWas(t *testing.T) {
	t.Parallel()
	m, stop := startOn(t, openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, nil), idling())
	w := partnerOn(t, m, adminapi.NewWorkspace{Quota: &adminapi.Quota{RequestsPerDay: 500, Bytes: 100_000}})
	p := m.Workspace("partner")
	conversation, err := p.CreateConversation(t.Context(), adminapi.NewConversation{Phone: "966555000001", PhoneNumberID: "777"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Receive(t.Context(), conversation.ID, adminapi.NewMessage{Content: "Hello"}); err != nil {
		t.Fatal(err)
	}
	rotated, err := p.Rotate(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Advance(t.Context(), 30*time.Minute); err != nil {
		t.Fatal(err)
	}
	readsOf(t, m, w, 7)
	before, events := describe(t, p), m.eventsOf(t, "partner")
	m.putAside(t, 1)
	if rows, err := m.ListWorkspaces(t.Context()); err != nil || len(rows) != 3 || rows[2].Domain != "partner" || rows[2].PhoneNumberIDs[0] != "777" || rows[2].Quota.Bytes != 100_000 {
		t.Fatalf("%v %+v", err, rows)
	}
	if m.Server().Idle() != 1 {
		t.Error("a list brings workspaces back")
	}
	if after := describe(t, p); after != before {
		t.Errorf("%+v, before %+v", after, before)
	}
	if m.Server().Idle() != 0 {
		t.Error("it is still idle")
	}
	if got := m.eventsOf(t, "partner"); got != events {
		t.Errorf("%s\nbefore\n%s", got, events)
	}
	m.putAside(t, 1)
	w2 := w
	w2.Secret = rotated.Secret
	for _, client := range []server.Workspace{w, w2} { // both secrets are in force
		if answered, status := readsOf(t, m, client, 1); answered != 1 {
			t.Errorf("%d", status)
		}
	}
	m.putAside(t, 1)
	if _, err := p.Receive(t.Context(), conversation.ID, adminapi.NewMessage{Content: "Again"}); err != nil {
		t.Error(err)
	}
	m.putAside(t, 1)
	if err := p.Reset(t.Context()); err != nil {
		t.Error(err)
	}
	if used := describe(t, p); used.Conversations != 0 || used.RequestsToday != 9 {
		t.Errorf("%+v", used)
	}
	m.putAside(t, 1)
	if err := m.DeleteWorkspace(t.Context(), "partner"); err != nil || m.Server().Idle() != 0 {
		t.Errorf("%v", err)
	}
	stop()
}

func describe(t *testing.T, w mocktest.Workspace) adminapi.QuotaUsage {
	t.Helper()
	d, err := w.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return *d.Used
}

func TestAWorkspaceWithAReaderStaysInMemory(t *testing.T) {
	t.Parallel()
	m, stop := startOn(t, openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, nil), idling())
	partnerOn(t, m, adminapi.NewWorkspace{})
	p := m.Workspace("partner")
	ctx, leave := context.WithCancel(t.Context())
	stream, err := p.Changes(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	m.putAside(t, 0)
	leave()
	_ = stream.Close()
	listener, err := p.Listen(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	m.putAside(t, 0)
	_ = listener.Close() // it may come back
	m.putAside(t, 0)
	stop()
}

func TestAnIdleWorkspaceThatCannotBeReadIs503AndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	broken := func(d store.Database) store.Database { return &unreadable{d, "partner"} }
	m, stop := startOn(t, openFile(t, filepath.Join(t.TempDir(), "awalmock.db"), time.Now, broken), idling())
	w := partnerOn(t, m, adminapi.NewWorkspace{})
	m.putAside(t, 1)
	if _, status := readsOf(t, m, w, 1); status != http.StatusServiceUnavailable {
		t.Errorf("%d", status)
	}
	if a := m.do(t, call{method: "GET", target: listing}); a.status != 200 {
		t.Errorf("another workspace: %d", a.status)
	}
	stop()
}

// unreadable cannot read the events of one workspace.
type unreadable struct {
	store.Database
	workspace string
}

func (u *unreadable) Read(ctx context.Context, workspace string, after int64) iter.Seq2[store.Row, error] {
	if workspace != u.workspace {
		return u.Database.Read(ctx, workspace, after)
	}
	return func(yield func(store.Row, error) bool) { yield(store.Row{}, errors.New("the disk failed")) }
}

// quantity is how many workspaces are made to measure their memory: IDLE_WORKSPACES, or 300. The short form of the tests, which runs with the race
// detector, measures no memory.
func quantity(t testing.TB) int {
	t.Helper()
	if testing.Short() {
		t.Skip("memory is measured without the race detector, by go test ./mockserver/server")
	}
	text := os.Getenv("IDLE_WORKSPACES")
	if text == "" {
		return 300
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestIdleWorkspacesCostLittleMemoryAndComeBackQuickly(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	const events, most = 1000, 100 << 20 / 10_000 // bytes of each, so that 10,000 take 100 MB
	n := quantity(t)
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m, stop := startOn(t, openFile(t, path, time.Now, nil), idling())
	partnerOn(t, m, adminapi.NewWorkspace{})
	sendFrom(t, m, events)
	stop()
	fill(t, path, n, 20)

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := openFile(t, path, time.Now, nil)
	m, stop = startOn(t, s, idling())
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / int64(n)
	if m.Server().Idle() != n+1 {
		t.Fatalf("%d are idle", m.Server().Idle())
	}
	var took []time.Duration
	for i := range 20 {
		began := time.Now()
		d, err := m.Workspace(fmt.Sprint("w", i)).Describe(t.Context())
		took = append(took, time.Since(began))
		if err != nil || d.Used.Events != events {
			t.Fatalf("%v %+v", err, d.Used)
		}
	}
	slices.Sort(took)
	t.Logf("%d idle workspaces, start included: %d bytes each; first request with %d events: median %v, slowest of %d %v", n, each, events, took[len(took)/2], len(took), took[len(took)-1])
	if n >= 10_000 && each > most {
		t.Errorf("%d bytes each", each)
	}
	stop()
}

// sendFrom lets so many things happen in the workspace partner.
func sendFrom(t *testing.T, m *mock, events int) {
	t.Helper()
	p := m.Workspace("partner")
	conversation, err := p.CreateConversation(t.Context(), adminapi.NewConversation{Phone: "966555000001", PhoneNumberID: "777"})
	if err != nil {
		t.Fatal(err)
	}
	for range events - 1 {
		if _, err := p.Receive(t.Context(), conversation.ID, adminapi.NewMessage{Content: "Hello"}); err != nil {
			t.Fatal(err)
		}
	}
}

// fill puts workspaces into a file: copies of partner, of which the first have all its events, and the others the first one.
func fill(t *testing.T, path string, n, whole int) {
	t.Helper()
	s := openFile(t, path, time.Now, nil)
	var keeping sync.WaitGroup
	for begin := range 16 {
		keeping.Go(func() {
			for i := begin; i < n; i += 16 {
				secret := store.Secret{Text: fmt.Sprint("awal_test_secret-of-", i)}
				c := store.Client{Workspace: fmt.Sprint("w", i), ID: fmt.Sprint("client-", i), Number: "777", Created: sendClock, Secrets: []store.Secret{secret, secret}}
				if err := s.AddClient(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
		})
	}
	keeping.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, statement := range []string{
		fmt.Sprintf("CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT i FROM n", n-1),
		fmt.Sprintf("INSERT INTO event SELECT 'w' || i, seq, data FROM n, event WHERE workspace = 'partner' AND (i < %d OR seq = 1)", whole),
		fmt.Sprintf("INSERT INTO workspace SELECT 'w' || i, CASE WHEN i < %d THEN head ELSE 1 END, first, clock_at, clock_since FROM n, workspace WHERE domain = 'partner'", whole),
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}
