package webhook_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// An orderCheck is a receiver that fails now and then, and sees whether the events of a conversation come in order, each once
// accepted.
type orderCheck struct {
	mu                                      sync.Mutex
	last                                    map[int64]int64 // number of the event that was accepted last, by conversation
	requests, accepted, failed, out, double int
}

func (o *orderCheck) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		Event string
		Data  struct {
			Conversation int64 `json:"conversation_id"`
			Body         string
		}
	}
	err := json.NewDecoder(r.Body).Decode(&event)
	n, wrong := strconv.ParseInt(event.Data.Body, 10, 64)
	if err != nil || wrong != nil || event.Event != "message.received" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.requests++
	switch last := o.last[event.Data.Conversation]; {
	case n == last:
		o.double++
	case n != last+1:
		o.out++
	}
	if o.requests%97 == 0 {
		o.failed++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	o.last[event.Data.Conversation] = n
	o.accepted++
}

func (o *orderCheck) done() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.accepted
}

// TestWebhooks_KeepTheOrderOfEachConversationOverRetries is short; make soak sends a million.
func TestWebhooks_KeepTheOrderOfEachConversationOverRetries(t *testing.T) {
	t.Parallel()
	deliveries, conversations, end := 4000, 200, 5*time.Minute
	if testing.Short() {
		deliveries = 1000
	}
	if n, err := strconv.Atoi(os.Getenv("SOAK_DELIVERIES")); err == nil {
		deliveries, end = n, time.Hour
	}
	m := mocktest.Start(t, mocktest.RateLimit("off"), func(o *mocktest.Options) { o.WebhookRetries = "10ms,20ms,50ms,100ms,1s" })
	o := &orderCheck{last: map[int64]int64{}}
	h := newHook(t, nil)
	challenge := h.Config.Handler
	h.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Awal-Event-Id")[:1] == "v" { // the check of the address
			challenge.ServeHTTP(w, r)
			return
		}
		o.ServeHTTP(w, r)
	})
	register(t, m, adminapi.NewWebhook{URL: h.URL, Events: []string{"message.received"}})
	ids := make([]int64, conversations)
	for i := range ids {
		c, err := m.Workspace("").CreateConversation(t.Context(), adminapi.NewConversation{Phone: strconv.Itoa(966580000000 + i)})
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = c.ID
	}
	const writers = 4 // each has conversations of its own, so that the numbers are written in order
	var wait sync.WaitGroup
	for k := range writers {
		wait.Go(func() {
			for n := 1; n <= deliveries/conversations; n++ {
				for i := k; i < conversations; i += writers {
					if _, err := m.Receive(ids[i], strconv.Itoa(n)); err != nil {
						t.Error(err)
						return
					}
				}
				for n*conversations-o.done() > 20_000 { // those that wait are bounded
					<-time.After(10 * time.Millisecond)
				}
			}
		})
	}
	wait.Wait()
	for begin := time.Now(); o.done() < deliveries; <-time.After(5 * time.Millisecond) {
		if time.Since(begin) > end {
			t.Fatalf("%d of %d were accepted", o.done(), deliveries)
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.out > 0 || o.double > 0 || o.accepted != deliveries || o.failed == 0 {
		t.Errorf("%d accepted, %d failed on purpose, %d out of order, %d doubled", o.accepted, o.failed, o.out, o.double)
	}
	t.Logf("%d accepted, %d failed on purpose", o.accepted, o.failed)
}
