//go:build unix

package server_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/pgtest"
	"example.com/awalmock/mockserver/internal/store/postgres"
	"example.com/awalmock/mockserver/internal/store/storetest"
	"example.com/awalmock/mockserver/mocktest"
)

// database is the PostgreSQL of all tests.
var database pgtest.Shared

func TestMain(m *testing.M) { os.Exit(database.Run(m)) }

// openPostgres opens a database as a store, as one of several mocks may.
func openPostgres(t *testing.T, url string) *store.Store {
	t.Helper()
	d, err := postgres.Open(t.Context(), postgres.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.New(t.Context(), store.Options{Database: d, Name: "postgres", Keys: storetest.Keys(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// replicasOn starts mocks on one new database.
func replicasOn(t *testing.T, n int, options ...mocktest.Option) (list []*mock) {
	t.Helper()
	_, url := database.Get(t).Migrated(t)
	for range n {
		m, _ := startOn(t, openPostgres(t, url), options...)
		list = append(list, m)
	}
	return list
}

func hears(t *testing.T, m *mock, after string) *mocktest.Stream[mocktest.StreamedWebhook] {
	t.Helper()
	s, err := m.Workspace("").Listen(t.Context(), "/hook", after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func heard(t *testing.T, s *mocktest.Stream[mocktest.StreamedWebhook], event, text string) mocktest.StreamedWebhook {
	t.Helper()
	got, err := s.Next()
	if err != nil || got.Event != event || !strings.Contains(got.Body, text) {
		t.Fatalf("%+v %v, want %s with %s", got, err, event, text)
	}
	return got
}

// deliveryOf waits until the mock that sends the webhooks has seen an event, and gives the id of its newest delivery.
func (m *mock) deliveryOf(t *testing.T, event string) int64 {
	t.Helper()
	for tick, began := time.Tick(5*time.Millisecond), time.Now(); ; <-tick {
		all, err := m.Workspace("").Deliveries(t.Context(), mocktest.DeliveryFilter{Newest: true, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 1 && all[0].EventID == event {
			return all[0].ID
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("%+v, want event %s", all, event)
		}
	}
}

func TestAListenerHearsWhatIsTriggeredOrSentAgainAtAnyReplica(t *testing.T) {
	t.Parallel()
	replicas := replicasOn(t, 3)
	streams := make([]*mocktest.Stream[mocktest.StreamedWebhook], len(replicas))
	for i, m := range replicas {
		streams[i] = hears(t, m, "")
	}
	each := func(event, text string) (list []mocktest.StreamedWebhook) {
		for _, s := range streams {
			list = append(list, heard(t, s, event, text))
		}
		for _, one := range list[1:] {
			if one.Cursor != list[0].Cursor {
				t.Errorf("%s and %s", one.Cursor, list[0].Cursor)
			}
		}
		return list
	}
	for i, m := range replicas {
		ask := m.Workspace("")
		text := strings.Repeat("triggered ", i+1)
		if _, err := ask.Trigger(t.Context(), adminapi.Trigger{Event: "message.received", Data: map[string]any{"body": text}}); err != nil {
			t.Fatal(err)
		}
		each("message.received", `"`+text+`"`)
	}
	m := replicas[0].Workspace("")
	if _, err := m.Receive(t.Context(), 1, adminapi.NewMessage{Content: "happened"}); err != nil {
		t.Fatal(err)
	}
	first := each("message.received", `"happened"`)
	for _, m := range replicas { // no endpoint has to be registered for that
		if _, err := m.Workspace("").Resend(t.Context(), m.deliveryOf(t, first[0].ID)); err != nil {
			t.Fatal(err)
		}
		for _, again := range each("message.received", `"happened"`) {
			if !again.Resent || again.ID != first[0].ID || again.Cursor == first[0].Cursor {
				t.Errorf("%+v", again)
			}
		}
	}
	if _, err := m.Receive(t.Context(), 1, adminapi.NewMessage{Content: "after it"}); err != nil {
		t.Fatal(err)
	}
	each("message.received", `"after it"`)
}
