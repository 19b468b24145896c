package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A hookReceiver passes the challenge, and takes events or refuses them.
type hookReceiver struct {
	*httptest.Server
	mu      sync.Mutex
	refuses bool
	tried   []string // ids of events, in the order in which they came
	taken   []string
}

func newHookReceiver(t *testing.T) *hookReceiver {
	t.Helper()
	h := &hookReceiver{}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hookReceiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	var challenge struct {
		Challenge string `json:"challenge"`
	}
	if json.Unmarshal(body, &challenge); challenge.Challenge != "" {
		fmt.Fprintf(w, `{"challenge":%q}`, challenge.Challenge)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	id := r.Header.Get("X-Awal-Event-Id")
	h.tried = append(h.tried, id)
	if h.refuses {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	h.taken = append(h.taken, id)
}

func (h *hookReceiver) refuse(refuses bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refuses = refuses
}

// until waits until some events have been tried and taken.
func (h *hookReceiver) until(t *testing.T, what string, done func(tried, taken []string) bool) {
	t.Helper()
	for tick, began := time.Tick(5*time.Millisecond), time.Now(); ; <-tick {
		h.mu.Lock()
		ok := done(h.tried, h.taken)
		said := fmt.Sprint(h.tried, h.taken)
		h.mu.Unlock()
		if ok {
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("%s: %s", what, said)
		}
	}
}

func TestEndpointsAndDeliveriesOutliveARestart(t *testing.T) {
	t.Parallel()
	path, receiver := filepath.Join(t.TempDir(), "awalmock.db"), newHookReceiver(t)
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	m.admin(t, 200, "PUT", "/webhooks", fmt.Sprintf(`{"endpoints":[{"url":%q,"secret":"endpoint-secret-of-16","events":["message.received"]},{"url":%q}]}`, receiver.URL+"/a", receiver.URL+"/b"))
	m.admin(t, 201, "POST", "/conversations/1/messages", `{"content":"taken before"}`)
	receiver.until(t, "both endpoints take the event", func(_, taken []string) bool { return len(taken) == 2 })
	m.delivered(t, 2)
	receiver.refuse(true)
	m.admin(t, 201, "POST", "/conversations/2/messages", `{"content":"refused"}`)
	receiver.until(t, "both are tried", func(tried, _ []string) bool { return len(tried) == 4 })
	shown := func(m *mock) (endpoints, deliveries any) {
		t.Helper()
		return m.admin(t, 200, "GET", "/webhooks", "").value["data"], m.admin(t, 200, "GET", "/deliveries", "").value["data"]
	}
	settled := func(m *mock) bool { // the answers are recorded a little later than they are given
		_, deliveries := shown(m)
		rows, _ := deliveries.([]any)
		return len(rows) == 4 && !slices.ContainsFunc(rows, func(row any) bool {
			attempts, _ := row.(map[string]any)["attempts"].([]any)
			return len(attempts) == 0
		})
	}
	for tick := time.Tick(5 * time.Millisecond); !settled(m); {
		<-tick
	}
	endpoints, deliveries := shown(m)
	stop()
	for _, file := range []string{path, path + "-wal"} {
		if data, err := os.ReadFile(file); err == nil && strings.Contains(string(data), "endpoint-secret") {
			t.Errorf("%s has the secret of an endpoint", filepath.Base(file))
		}
	}
	m, stop = startOn(t, openFile(t, path, time.Now, nil))
	againEndpoints, againDeliveries := shown(m)
	if !reflect.DeepEqual(againEndpoints, endpoints) {
		t.Errorf("endpoints %v, want %v", againEndpoints, endpoints)
	}
	if !reflect.DeepEqual(againDeliveries, deliveries) {
		t.Errorf("deliveries %v, want %v", againDeliveries, deliveries)
	}
	receiver.refuse(false)
	m.advance(t, 5*time.Second) // the retry is due
	receiver.until(t, "both are sent again", func(_, taken []string) bool { return len(taken) == 4 })
	m.admin(t, 201, "POST", "/conversations/1/messages", `{"content":"after"}`)
	receiver.until(t, "both get what happens after the restart", func(_, taken []string) bool { return len(taken) == 6 })
	m.delivered(t, 6)
	stop()
	counts := map[string]int{}
	for _, id := range receiver.taken {
		counts[id]++
	}
	for id, n := range counts {
		if n != 2 { // once for each endpoint
			t.Errorf("event %s was taken %d times", id, n)
		}
	}
}

// delivered waits until the mock knows of so many deliveries that they have arrived: the receiver knows it a little earlier.
func (m *mock) delivered(t *testing.T, want int) {
	t.Helper()
	for tick, began := time.Tick(5*time.Millisecond), time.Now(); ; <-tick {
		rows, _ := m.admin(t, 200, "GET", "/deliveries?state=delivered", "").value["data"].([]any)
		if len(rows) == want {
			return
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("%d deliveries have arrived, want %d", len(rows), want)
		}
	}
}

func TestWhatHappensWhileWebhooksAreNotReadIsSentAfterTheRestart(t *testing.T) {
	t.Parallel()
	path, receiver := filepath.Join(t.TempDir(), "awalmock.db"), newHookReceiver(t)
	m, stop := startOn(t, openFile(t, path, time.Now, nil))
	m.admin(t, 200, "PUT", "/webhooks", fmt.Sprintf(`{"endpoints":[{"url":%q,"events":["message.received"]}]}`, receiver.URL))
	m.admin(t, 201, "POST", "/conversations/1/messages", `{"content":"first"}`)
	receiver.until(t, "the first event is taken", func(_, taken []string) bool { return len(taken) == 1 })
	m.delivered(t, 1)
	stop()
	// A sender that is behind: the events have one more message than what was kept of the webhooks knows.
	s := openFile(t, path, time.Now, nil)
	state := s.Webhooks()["your-workspace"]
	m, stop = startOn(t, s)
	m.admin(t, 201, "POST", "/conversations/1/messages", `{"content":"second"}`)
	receiver.until(t, "the second event is taken", func(_, taken []string) bool { return len(taken) == 2 })
	m.delivered(t, 2)
	stop()
	s = openFile(t, path, time.Now, nil)
	if err := s.KeepWebhooks(t.Context(), "your-workspace", state); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, stop = startOn(t, openFile(t, path, time.Now, nil))
	receiver.until(t, "the second event is sent again, as after a kill, with the same id", func(_, taken []string) bool { return len(taken) == 3 })
	stop()
	if receiver.taken[1] != receiver.taken[2] {
		t.Errorf("%v", receiver.taken)
	}
}
