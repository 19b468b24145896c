package webhook

import (
	"fmt"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// TestTurns_OneTenantsHundredThousandDeliveriesDoNotDelayAnothersSingleOne counts attempts, and no time.
func TestTurns_OneTenantsHundredThousandDeliveriesDoNotDelayAnothersSingleOne(t *testing.T) {
	t.Parallel()
	const endpoints, each = 1000, 100
	s := New(Options{Workspace: emptyWorkspaces(t), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	defer s.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	busy, quiet := newOutbox(s, "busy"), newOutbox(s, "quiet")
	for i := range endpoints {
		p := newEndpoint(s.ctx, fmt.Sprint("ep", i), Endpoint{}, &url.URL{Scheme: "http", Host: "127.0.0.1"})
		busy.endpoints = append(busy.endpoints, p)
		for n := range int64(each) {
			busy.deliver(p, &Event{Conversation: n}, time.Now())
		}
	}
	var flying []*job
	for j := s.next(); j != nil; j = s.next() {
		flying = append(flying, j)
	}
	if len(flying) != inFlightAtMost || busy.pending != endpoints*each {
		t.Fatalf("%d attempts are made at once, %d are pending", len(flying), busy.pending)
	}
	one := newEndpoint(s.ctx, "ep", Endpoint{}, &url.URL{Scheme: "http", Host: "127.0.0.1"})
	quiet.endpoints = append(quiet.endpoints, one)
	quiet.deliver(one, &Event{Conversation: 1}, time.Now())
	for n, done := range flying {
		done.record(&result{status: 200}, time.Now())
		if j := s.next(); j == nil {
			t.Fatal("no attempt is made in the place of one that has ended")
		} else if j.b == quiet {
			if n > 1 {
				t.Errorf("%d attempts of the other tenant came before the single one", n)
			}
			return
		}
	}
	t.Error("the single one is not sent while the other tenant has some")
}

// emptyWorkspaces gives each domain a workspace in which nothing happens.
func emptyWorkspaces(t *testing.T) func(domain string) (Workspace, bool) {
	t.Helper()
	w, err := sandbox.New(t.Context(), sandbox.Options{
		Domain: "empty", Client: "c", Machine: time.Now, Store: sandbox.NewMemoryStore(), LeftOut: func(err error) { t.Error(err) },
		Populate: func(time.Time) (sandbox.Population, error) {
			return sandbox.Population{Numbers: []sandbox.Number{{ID: "1"}}, NextConversation: 1, NextMessage: 1, NextTicket: 1}, nil
		},
	}, sandbox.StoppedClock(time.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return func(string) (Workspace, bool) { return Workspace{Workspace: w}, true }
}
