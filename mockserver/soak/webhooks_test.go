//go:build unix

package soak_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A receiver keeps what it was sent.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	ids   []string           // in their order
	count map[string]int     // by id
	order map[string][]int64 // numbers of events, each once, by conversation and tenant
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{count: map[string]int{}, order: map[string][]int64{}}
	r.Server = httptest.NewServer(http.HandlerFunc(r.receive))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) receive(w http.ResponseWriter, q *http.Request) {
	text, _ := io.ReadAll(q.Body)
	var body struct {
		Event     string `json:"event"`
		Challenge string `json:"challenge"`
		Data      struct {
			MessageID string `json:"message_id"`
		} `json:"data"`
	}
	if json.Unmarshal(text, &body) == nil && body.Challenge != "" {
		fmt.Fprintf(w, `{"challenge":%q}`, body.Challenge)
		return
	}
	id := q.URL.Path + " " + q.Header.Get("X-Awal-Event-Id")
	seq, _, _ := strings.Cut(q.Header.Get("X-Awal-Event-Id"), ".")
	n, _ := strconv.ParseInt(seq, 10, 64)
	r.mu.Lock()
	defer r.mu.Unlock()
	if of := q.URL.Path + " " + phoneOf(body.Data.MessageID); r.count[id] == 0 {
		r.order[of] = append(r.order[of], n)
	}
	r.ids = append(r.ids, id)
	r.count[id]++
}

// phoneOf is the customer's phone, which is a part of the id of a message: the conversation has no other name there.
func phoneOf(wamid string) string {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(wamid, "wamid."))
	if err != nil || len(raw) < 3 || len(raw) < 3+int(raw[2]) {
		return ""
	}
	return string(raw[3 : 3+raw[2]])
}

// seen are the tenants and ids of events, each once, in the order in which they came first, and how many came again.
func (r *receiver) seen() (first []string, doubled int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	there := map[string]bool{}
	for _, id := range r.ids {
		if there[id] {
			doubled++
			continue
		}
		there[id] = true
		first = append(first, id)
	}
	return first, doubled
}

func TestWebhooksOfThreeReplicasAreSentOnceAndInOrderAlsoWhenTheSenderIsKilled(t *testing.T) {
	t.Parallel()
	for round := range rounds(t) {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			replicas := three(t, newServer(t))
			hook := newReceiver(t)
			tenants := []string{"one", "two"}
			create(t, replicas, tenants...)
			for i, tenant := range tenants {
				endpoints := map[string]any{"endpoints": []any{map[string]any{"url": fmt.Sprintf("%s/%s", hook.URL, tenant)}}}
				replicas[i+1].must(t, http.StatusOK, http.MethodPut, "/__admin/webhooks?workspace="+tenant, "", endpoints)
			}
			for _, tenant := range tenants { // every replica knows them
				for _, r := range replicas {
					if text := r.must(t, http.StatusOK, http.MethodGet, "/__admin/webhooks?workspace="+tenant, "", nil); !strings.Contains(string(text), hook.URL+"/"+tenant) {
						t.Fatalf("%s does not know the endpoint of %s: %s", r.name, tenant, text)
					}
				}
			}
			l := begin(replicas, tenants, 3, 3)
			l.more(t, 100)
			sender := replicas[1] // of the first tenant
			all := 0
			eventually(t, "the webhooks do not come", func() bool {
				first, doubled := hook.seen()
				if doubled > 0 {
					t.Fatalf("%d are sent twice before any replica was killed", doubled)
				}
				all = len(first)
				return all > 50
			})
			sender.kill()
			l.more(t, 50)
			sender.start(t)
			l.more(t, 50)
			l.end()
			l.verify(t)
			hook.verify(t, l)
		})
	}
}

// verify waits until each event that has a webhook was sent, in the order of its conversation.
func (r *receiver) verify(t *testing.T, l *load) {
	t.Helper()
	want := map[string]bool{}
	l.mu.Lock()
	for text := range l.acked {
		want[text] = true
	}
	l.mu.Unlock()
	sent := func() (n int) {
		first, _ := r.seen()
		for _, id := range first {
			if strings.Contains(id, ".message.sent.") {
				n++
			}
		}
		return n
	}
	for tick, n := time.Tick(20*time.Millisecond), 0; sent() < len(want); n++ {
		if <-tick; n < 1000 {
			continue
		}
		r.missing(t, l)
		break
	}
	first, doubled := r.seen()
	r.mu.Lock()
	defer r.mu.Unlock()
	for of, numbers := range r.order {
		if !strings.HasSuffix(of, " ") && !slices.IsSorted(numbers) {
			t.Errorf("out of order: %s: %v", of, numbers)
		}
	}
	t.Logf("%d webhooks came, %d of them twice after the kill, %d conversations", len(first), doubled, len(r.order))
}

// missing lists the webhooks that have not come, and what the mocks say.
func (r *receiver) missing(t *testing.T, l *load) {
	t.Helper()
	first, _ := r.seen()
	for _, tenant := range l.tenants {
		for line := range strings.Lines(events(l.replicas[0].must(t, http.StatusOK, http.MethodGet, "/__admin/events?workspace="+tenant, "", nil))) {
			var e event
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			if came := slices.ContainsFunc(first, func(id string) bool { return strings.HasPrefix(id, fmt.Sprintf("/%s %d.", tenant, e.Seq)) }); !came && e.Kind == "message_sent" {
				t.Errorf("%s: no webhook of event %d came", tenant, e.Seq)
			}
		}
	}
	for _, one := range l.replicas {
		t.Logf("%s: %.5000s", one.name, one.log)
	}
}
