package store_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// writeTime is how long a write of a slowDatabase takes.
const writeTime = 4 * time.Millisecond

// A slowDatabase takes a while for each write.
type slowDatabase struct{ *database }

func (d slowDatabase) Write(ctx context.Context, writes []*store.Write, now time.Time) ([]*store.Write, error) {
	time.Sleep(writeTime)
	return d.database.Write(ctx, writes, now)
}

// appendInTurn appends events to a workspace, each when the one before is durable and the caller has thought for a while.
func appendInTurn(t *testing.T, s *store.Store, workspace string, events int64, think time.Duration) {
	for seq := range events {
		time.Sleep(think)
		durable, err := s.Append(t.Context(), workspace, seq, storetest.Sent(seq+1, seq+1))
		if err == nil {
			err = <-durable
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// slowStore is a store in a bubble, whose time does not pass while a goroutine has something to do.
func slowStore(t *testing.T) (*store.Store, *database) {
	t.Helper()
	d := &database{rows: map[string][]store.Row{}}
	s, err := store.New(t.Context(), store.Options{Database: slowDatabase{d}, Name: "test", Keys: storetest.Keys(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return s, d
}

// TestStore_WritesCallersThatComeAgainTogether lets callers come again within a quarter of the time of a write.
func TestStore_WritesCallersThatComeAgainTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := slowStore(t)
		const callers, events = 8, 20
		done := make(chan struct{})
		for n := range callers {
			go func() {
				appendInTurn(t, s, fmt.Sprint("w", n), events, time.Duration(n)*writeTime/100)
				done <- struct{}{}
			}()
		}
		for range callers {
			<-done
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		together := 0
		for _, batch := range d.batches {
			if len(batch) == callers {
				together++
			}
		}
		if together < events-2 {
			t.Errorf("%d of %d writes were of all callers", together, len(d.batches))
		}
	})
}

// TestStore_DelaysNobodyForCallersThatStayAway lets one caller append after many did, who do not come again.
func TestStore_DelaysNobodyForCallersThatStayAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := slowStore(t)
		var waits []<-chan error
		for n := range 8 {
			durable, err := s.Append(t.Context(), fmt.Sprint("w", n), 0, []sandbox.Event{storetest.Seeded()})
			if err != nil {
				t.Fatal(err)
			}
			waits = append(waits, durable)
		}
		for _, durable := range waits {
			if err := <-durable; err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		appendInTurn(t, s, "alone", 10, 0)
		if took, most := time.Since(began), 10*writeTime+writeTime/4; took > most {
			t.Errorf("10 events of one caller took %v, which should be %v at most", took, most)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
