package webhook_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

const patience = time.Minute // on a loaded machine

func noon() time.Time { return time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC) }

func standing(t *testing.T, options ...mocktest.Option) *mocktest.Mock {
	t.Helper()
	return mocktest.Start(t, append([]mocktest.Option{mocktest.StoppedClock(noon()), mocktest.RateLimit("off")}, options...)...)
}

// sendText sends a message of the API.
func sendText(t *testing.T, m *mocktest.Mock, phone, text string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"phone": phone, "body": text})
	if err != nil {
		t.Fatal(err)
	}
	response, err := m.Client().Post(m.URL+"/w/message/text?phone_number_id="+m.PhoneNumberID, "application/json", strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, _ := io.ReadAll(response.Body); response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, answer)
	}
}

func receive(t *testing.T, m *mocktest.Mock, conversation int64, text string) {
	t.Helper()
	if _, err := m.Receive(conversation, text); err != nil {
		t.Fatal(err)
	}
}

func advance(t *testing.T, m *mocktest.Mock, d time.Duration) {
	t.Helper()
	if err := m.Advance(d); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until the deliveries of the default workspace are as they should be.
func eventually(t *testing.T, m *mocktest.Mock, what string, ok func([]adminapi.Delivery) bool) []adminapi.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var all []adminapi.Delivery
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		var err error
		if all, err = m.Workspace("").Deliveries(ctx, mocktest.DeliveryFilter{Limit: 10000}); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if ok(all) {
			return all
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: the deliveries are %+v", what, all)
		}
	}
}

// tries waits until the newest delivery has so many attempts and a state.
func tries(t *testing.T, m *mocktest.Mock, n int, state adminapi.DeliveryState) adminapi.Delivery {
	t.Helper()
	all := eventually(t, m, "attempts", func(all []adminapi.Delivery) bool {
		return len(all) > 0 && len(all[len(all)-1].Attempts) == n && all[len(all)-1].State == state
	})
	return all[len(all)-1]
}

// A hook is a receiver that answers as a test wants. It passes the challenge.
type hook struct {
	*httptest.Server
	answer      http.HandlerFunc
	mu          sync.Mutex
	challenges  []*http.Request
	bodies      []string
	heads       []http.Header
	connections map[string]bool // by the address of the sender
}

func newHook(t *testing.T, answer http.HandlerFunc) *hook {
	t.Helper()
	h := &hook{answer: answer, connections: map[string]bool{}}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	h.mu.Lock()
	h.connections[r.RemoteAddr] = true
	var check struct{ Type, Challenge string }
	if json.Unmarshal(body, &check) == nil && check.Challenge != "" {
		h.challenges = append(h.challenges, r)
		h.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]string{"challenge": check.Challenge})
		return
	}
	if err == nil {
		h.bodies, h.heads = append(h.bodies, string(body)), append(h.heads, r.Header.Clone())
	}
	h.mu.Unlock()
	h.answer(w, r)
}

// challenged is how many challenges have come.
func (h *hook) challenged() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.challenges)
}

// ok answers 200.
func ok(http.ResponseWriter, *http.Request) {}

func (h *hook) got() ([]string, []http.Header) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.bodies...), append([]http.Header(nil), h.heads...)
}

func register(t *testing.T, m *mocktest.Mock, endpoints ...adminapi.NewWebhook) []adminapi.Webhook {
	t.Helper()
	list, err := m.Workspace("").SetEndpoints(t.Context(), endpoints...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func at(url string) adminapi.NewWebhook { return adminapi.NewWebhook{URL: url} }

func newHookServer(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

// failWith answers 500 to a body with a text, and 200 to others.
func failWith(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), text) {
			w.WriteHeader(500)
		}
	}
}

// await waits until so many bodies with a text have come.
func (h *hook) await(t *testing.T, text string, n int) {
	t.Helper()
	for end := time.Now().Add(patience); ; {
		bodies, _ := h.got()
		came := 0
		for _, body := range bodies {
			if strings.Contains(body, text) {
				came++
			}
		}
		if came >= n {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d of %d came", came, n)
		}
		<-time.After(5 * time.Millisecond)
	}
}
