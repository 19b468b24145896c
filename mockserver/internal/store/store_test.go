package store_test

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// A database records what is written. Each Write waits for a turn, which says how it ends.
type database struct {
	mu      sync.Mutex
	batches [][]*store.Write
	rows    map[string][]store.Row
	turns   chan error // nil: each write ends well, at once
	begun   chan int   // gets how many writes come together; nil: gets nothing
}

func (d *database) Write(_ context.Context, writes []*store.Write, _ time.Time) ([]*store.Write, error) {
	if len(writes) > 0 && d.begun != nil {
		d.begun <- len(writes)
	}
	if len(writes) > 0 && d.turns != nil {
		if err := <-d.turns; err != nil {
			return nil, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(writes) > 0 {
		d.batches = append(d.batches, writes)
	}
	for _, w := range writes {
		d.rows[w.Workspace] = append(d.rows[w.Workspace], w.Rows...)
	}
	return nil, nil
}

func (d *database) Read(_ context.Context, workspace string, after int64) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		d.mu.Lock()
		defer d.mu.Unlock()
		for _, r := range d.rows[workspace] {
			if r.Seq > after && !yield(r, nil) {
				return
			}
		}
	}
}

func (d *database) Entries(context.Context) (entries []store.Entry, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for workspace, rows := range d.rows {
		entries = append(entries, store.Entry{Workspace: workspace, Head: rows[len(rows)-1].Seq})
	}
	return entries, nil
}

func (d *database) Clients(context.Context) ([]store.SealedClient, error) { return nil, nil }

func (d *database) Webhooks(context.Context) (map[string][]byte, error) { return nil, nil }

func (d *database) WebhooksOf(context.Context, string) ([]byte, error) { return nil, nil }

func (d *database) Close() error { return nil }

func newStore(t *testing.T, d *database, logger *slog.Logger) *store.Store {
	t.Helper()
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	d.rows = map[string][]store.Row{}
	s, err := store.New(t.Context(), store.Options{Database: d, Name: "test", Keys: storetest.Keys(), Now: time.Now, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if d.turns != nil {
			close(d.turns)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAnAppendIsDurableOnlyWhenItsWriteHasEnded(t *testing.T) {
	t.Parallel()
	d := &database{turns: make(chan error), begun: make(chan int, 1)}
	s := newStore(t, d, nil)
	durable, err := s.Append(t.Context(), "a", 0, []sandbox.Event{storetest.Seeded()})
	if err != nil {
		t.Fatal(err)
	}
	<-d.begun // the database is writing
	select {
	case err := <-durable:
		t.Fatalf("durable before the write has ended: %v", err)
	default:
	}
	d.turns <- nil
	if err := <-durable; err != nil {
		t.Error(err)
	}
}

func TestWhatWaitsIsWrittenTogetherAndNoMoreThan1024EventsAtOnce(t *testing.T) {
	t.Parallel()
	d := &database{turns: make(chan error), begun: make(chan int, 3000)}
	s := newStore(t, d, nil)
	first, err := s.Append(t.Context(), "a", 0, []sandbox.Event{storetest.Seeded()})
	if err != nil {
		t.Fatal(err)
	}
	<-d.begun // the others wait behind it
	var tickets []<-chan error
	for seq := int64(2); seq <= 2501; seq++ {
		durable, err := s.Append(t.Context(), "a", seq-1, storetest.Sent(seq, seq))
		if err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, durable)
	}
	for range 4 {
		d.turns <- nil
	}
	for _, durable := range append(tickets, first) {
		if err := <-durable; err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []int{1, 1024, 1024, 452} {
		if got := len(d.batches[i]); got != want {
			t.Errorf("batch %d has %d writes, want %d", i, got, want)
		}
	}
}

func TestAFailedWriteFailsWhatWasDecidedOnTopOfItAndTheStoreGoesOn(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	d := &database{turns: make(chan error), begun: make(chan int, 10)}
	s := newStore(t, d, slog.New(slog.NewTextHandler(&log, nil)))
	append1 := func(after int64, events ...sandbox.Event) <-chan error {
		t.Helper()
		durable, err := s.Append(t.Context(), "a", after, events)
		if err != nil {
			t.Fatal(err)
		}
		return durable
	}
	began := append1(0, storetest.Seeded())
	d.turns <- nil
	if err := <-began; err != nil {
		t.Fatal(err)
	}
	<-d.begun
	broken := errors.New("the disk is full")
	second := append1(1, storetest.Sent(2, 2)...)
	<-d.begun
	third := append1(2, storetest.Sent(3, 4)...) // waits behind the write that is going to fail
	d.turns <- broken
	for _, durable := range []<-chan error{second, third} {
		if err := <-durable; !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	}
	if err := s.Health(); !errors.Is(err, broken) {
		t.Errorf("health: %v", err)
	}
	if _, err := s.Append(t.Context(), "a", 4, storetest.Sent(5, 5)); !errors.Is(err, sandbox.ErrConflict) {
		t.Errorf("behind what was not written: %v", err)
	}
	again := append1(1, storetest.Sent(2, 2)...)
	d.turns <- nil
	if err := <-again; err != nil || s.Health() != nil {
		t.Errorf("%v, health %v", err, s.Health())
	}
	if got := storetest.Read(t, s, "a", 0); len(got) != 2 {
		t.Errorf("%d events, want 2", len(got))
	}
	if said := log.String(); !strings.Contains(said, "the disk is full") || !strings.Contains(said, "can be written again") {
		t.Errorf("the log says %s", said)
	}
}

func TestAStoreThatCannotBeWrittenIsTriedAgainByItself(t *testing.T) {
	t.Parallel()
	d := &failingOnce{database: &database{rows: map[string][]store.Row{}}, failed: make(chan struct{})}
	s, err := store.New(t.Context(), store.Options{Database: d, Name: "test", Keys: storetest.Keys(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	durable, err := s.Append(t.Context(), "a", 0, []sandbox.Event{storetest.Seeded()})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-durable; err == nil {
		t.Fatal("the write did not fail")
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 3000 { // of 10 ms
		if s.Health() == nil {
			return
		}
		<-tick.C
	}
	t.Error("the store is not tried again")
}

// failingOnce fails its first write.
type failingOnce struct {
	*database
	failed chan struct{}
}

func (d *failingOnce) Write(ctx context.Context, writes []*store.Write, alive time.Time) ([]*store.Write, error) {
	select {
	case <-d.failed:
		return d.database.Write(ctx, writes, alive)
	default:
		close(d.failed)
		return nil, errors.New("the disk is away")
	}
}

func TestAClosedStoreRefusesAppendsAndHasWrittenAllBefore(t *testing.T) {
	t.Parallel()
	d := &database{}
	s := newStore(t, d, nil)
	const n = 100
	after := int64(0)
	for _, e := range append([]sandbox.Event{storetest.Seeded()}, storetest.Sent(2, n)...) {
		if _, err := s.Append(t.Context(), "a", after, []sandbox.Event{e}); err != nil {
			t.Fatal(err)
		}
		after = e.Seq
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(d.rows["a"]) != n {
		t.Errorf("%d rows are written, want %d", len(d.rows["a"]), n)
	}
	if _, err := s.Append(t.Context(), "a", n, storetest.Sent(n+1, n+1)); err == nil || errors.Is(err, sandbox.ErrConflict) {
		t.Errorf("appended to a closed store: %v", err)
	}
}
