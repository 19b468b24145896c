//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/postgres"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// share opens a workspace of a store that several share, and lets it follow the others.
func share(t *testing.T, s *store.Store, clock sandbox.Clock, machine func() time.Time) *sandbox.Workspace {
	t.Helper()
	o := sandbox.Options{
		Domain: "a", Client: "c", Machine: machine, Origin: sandbox.Origin{Running: !clock.Stopped()}, Store: s, LeftOut: func(err error) { t.Error(err) },
		Populate: func(time.Time) (sandbox.Population, error) {
			return sandbox.Population{Numbers: []sandbox.Number{{ID: "1"}}, NextConversation: 1, NextMessage: 1, NextTicket: 1}, nil
		},
	}
	w, err := sandbox.New(t.Context(), o, clock)
	if errors.Is(err, sandbox.ErrConflict) {
		w, err = sandbox.Open(t.Context(), o, sandbox.Clock{})
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() {
		s.Watch(ctx, func(string) {
			if err := w.Follow(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}, func() {})
	})
	t.Cleanup(func() {
		stop()
		following.Wait()
	})
	return w
}

// Another mock may make a workspace after this one has read the list, and before it watches.
func TestAMockReadsTheListOfWorkspacesOnceMoreWhenItBeginsToWatch(t *testing.T) {
	t.Parallel()
	_, url := needsServer(t).Migrated(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	listed := false
	open(t, url).Watch(ctx, func(string) {}, func() {
		listed = true
		stop()
	})
	if !listed {
		t.Error("the list was not read again")
	}
}

func TestThreeMocksDecideOnOneWorkspaceAndAllShowTheSame(t *testing.T) {
	t.Parallel()
	const mocks, senders, each = 3, 4, 25
	_, url := needsServer(t).Migrated(t)
	var (
		all     sync.WaitGroup
		shared  []*sandbox.Workspace
		stores  []*store.Store
		sent    atomic.Int64
		ids     sync.Map
		changes []*sandbox.Subscription
	)
	for range mocks {
		s := open(t, url)
		stores = append(stores, s)
		w := share(t, s, sandbox.StoppedClock(storetest.At), time.Now)
		shared = append(shared, w)
		reader, err := w.Subscribe(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		changes = append(changes, reader)
	}
	for i, w := range shared {
		for n := range senders {
			all.Go(func() {
				for k := range each {
					m, err := w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: fmt.Sprint("96650000000", n), Type: "text", Content: fmt.Sprint(i, n, k)})
					if err != nil {
						t.Error(err)
						continue
					}
					if other, twice := ids.LoadOrStore(m.ID, m.Content); twice {
						t.Errorf("%s and %s have the id %d", m.Content, other, m.ID)
					}
					sent.Add(1)
				}
			})
		}
	}
	all.Wait()
	events := storetest.Read(t, stores[0], "a", 0)
	head := events[len(events)-1].Seq
	if want := int64(1 + senders + mocks*senders*each); head != want || sent.Load() != mocks*senders*each {
		t.Fatalf("%d events, want %d", head, want)
	}
	var first string
	for i, w := range shared {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if got := w.Await(ctx, head); got != head {
			t.Fatalf("mock %d has %d of %d events", i, got, head)
		}
		said := fmt.Sprint(threads(t, w), changesOf(changes[i]))
		if i == 0 {
			first = said
		} else if said != first {
			t.Errorf("mock %d shows %s\nand the first one %s", i, said, first)
		}
	}
}

// The clocks of the machines differ by up to 200 ms, and a second of them is a tenth of one, so that answers come soon.
func TestAnswersThatArePlannedComeOnceAndInOneOrderWhereMachinesShowDifferentTimes(t *testing.T) {
	t.Parallel()
	const mocks, each = 3, 12
	_, url := needsServer(t).Migrated(t)
	began := time.Now()
	var (
		all    sync.WaitGroup
		shared []*sandbox.Workspace
		clock  = sandbox.RunningClock(began.Truncate(time.Second), began.Truncate(time.Second))
	)
	for i := range mocks {
		machine := func() time.Time { return began.Add(10*time.Since(began) + time.Duration(i)*100*time.Millisecond) }
		shared = append(shared, share(t, open(t, url), clock, machine))
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range each {
		<-tick.C
		for i, w := range shared {
			all.Go(func() {
				for _, phone := range []string{sandbox.RecipientAnswers, "966500000001"} {
					if _, err := w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: phone, Type: "text", Content: fmt.Sprint("from ", i)}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	all.Wait()
	want := 3 * mocks * each // a third of them are answers
	var first string
	for i, w := range shared {
		var texts []string
		for range 500 { // of 20 ms
			if texts = threads(t, w); len(texts) == want {
				break
			}
			<-tick.C
		}
		said := fmt.Sprint(texts)
		if i == 0 {
			first = said
		}
		if len(texts) != want || said != first {
			t.Errorf("mock %d shows %d of %d: %s\nand the first one %s", i, len(texts), want, said, first)
		}
	}
}

// threads are the texts of all conversations, in their order.
func threads(t *testing.T, w *sandbox.Workspace) (texts []string) {
	t.Helper()
	found, err := w.Conversations(sandbox.Query{Number: "1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range found.Conversations {
		for _, m := range c.Thread() {
			texts = append(texts, fmt.Sprint(c.ID, " ", m.ID, " ", m.Content))
		}
	}
	return texts
}

// changesOf are the ids of all changes that a reader has not seen yet, but for resyncs.
func changesOf(s *sandbox.Subscription) (ids []string) {
	for news := s.Next(); len(news.Changes) > 0; news = s.Next() {
		for _, c := range news.Changes {
			if c.Kind == sandbox.ChangeResync {
				continue
			}
			ids = append(ids, c.ID())
		}
	}
	return ids
}

func TestAMockThatIsMadeOfSomethingElseIsRefusedAndTheMessageNamesBoth(t *testing.T) {
	t.Parallel()
	_, url := needsServer(t).Migrated(t)
	ours := store.Origin{Contract: "1.1.0 (aa)", Fixtures: "f", Seed: "1", Generator: "1", Clock: "running"}
	first := open(t, url)
	if err := first.Join(t.Context(), ours); err != nil {
		t.Fatal(err)
	}
	if err := open(t, url).Join(t.Context(), ours); err != nil {
		t.Errorf("the same: %v", err)
	}
	other := ours
	other.Contract, other.Seed = "1.2.0 (bb)", "7"
	second := open(t, url)
	err := second.Join(t.Context(), other)
	if want := "another contract 1.1.0 (aa), and this one 1.2.0 (bb); another seed 1, and this one 7"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestAllMocksTogetherCountNoMoreThanALimit(t *testing.T) {
	t.Parallel()
	const mocks, limit = 3, 500
	_, url := needsServer(t).Migrated(t)
	var (
		all   sync.WaitGroup
		taken [2]atomic.Int64 // by window
	)
	for range mocks {
		d, err := postgres.Open(t.Context(), postgres.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		for range 16 {
			all.Go(func() {
				for n := range 2 * limit / 16 {
					before, err := d.Count(t.Context(), store.Window{Workspace: "a", Name: fmt.Sprint(n % 2), Number: 1}, 1)
					if err != nil {
						t.Error(err)
					}
					if before < limit {
						taken[n%2].Add(1)
					}
				}
			})
		}
	}
	all.Wait()
	for i := range taken {
		if got := taken[i].Load(); got != limit {
			t.Errorf("window %d: %d were taken, want %d", i, got, limit)
		}
	}
	s := open(t, url)
	for _, c := range []struct{ number, want int64 }{{1, mocks * limit}, {2, 0}, {2, 1}, {1, 2}} {
		before, err := s.Count(t.Context(), store.Window{Workspace: "a", Name: "0", Number: c.number}, 1)
		if err != nil || c.number == 1 && c.want > 2 && before < limit || c.number == 2 && before != c.want {
			t.Errorf("window %d: %d before, %v", c.number, before, err)
		}
	}
	if err := s.Recount(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if before, err := s.Count(t.Context(), store.Window{Workspace: "a", Name: "0", Number: 2}, 1); err != nil || before != 0 {
		t.Errorf("after a reset: %d %v", before, err)
	}
}
