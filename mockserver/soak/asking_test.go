//go:build unix

package soak_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// A request is one that a mock which is cut off has to answer.
type request struct {
	method, path, domain string
	body                 any
	reads                bool // it is answered as always; otherwise it is refused
}

var requests = []request{
	{http.MethodGet, "/api/developer/conversations?phone_number_id=123456", "hot", nil, true},
	{http.MethodGet, "/api/developer/conversations?phone_number_id=123456", "three", nil, true},
	{http.MethodGet, "/__admin/workspaces", "", nil, true},
	{http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "hot", map[string]string{"phone": "966500990001", "body": "cut off"}, false},
	{http.MethodPost, "/api/developer/w/message/text?phone_number_id=123456", "three", map[string]string{"phone": "966500990001", "body": "cut off"}, false},
	{http.MethodPost, "/__admin/reset?workspace=three", "", nil, false},
	{http.MethodPost, "/__admin/workspaces", "", map[string]string{"domain": "four"}, false},
	{http.MethodPut, "/__admin/webhooks?workspace=three", "", map[string]any{"endpoints": []any{}}, false},
	{http.MethodGet, "/__admin/webhooks?workspace=three", "", nil, false},
	{http.MethodGet, "/__admin/events?workspace=three", "", nil, false},
}

// An asking asks a mock again and again.
type asking struct {
	stop  chan struct{}
	all   sync.WaitGroup
	mu    sync.Mutex
	wrong []string
	worst map[bool]time.Duration // of reads and of the others
	count map[bool]int
}

// askAll sends all requests to a mock that is cut off, each again when it is answered.
func askAll(r *replica) *asking {
	a := &asking{stop: make(chan struct{}), worst: map[bool]time.Duration{}, count: map[bool]int{}}
	for _, q := range requests {
		a.all.Go(func() {
			for tick := time.Tick(20 * time.Millisecond); ; {
				a.ask(r, q)
				select {
				case <-a.stop:
					return
				case <-tick:
				}
			}
		})
	}
	return a
}

func (a *asking) ask(r *replica, q request) {
	began := time.Now()
	status, answer, _ := r.ask(context.Background(), q.method, q.path, q.domain, q.body)
	took := time.Since(began)
	a.mu.Lock()
	defer a.mu.Unlock()
	want := http.StatusServiceUnavailable
	if q.reads {
		want = http.StatusOK
	}
	if status != want {
		a.wrong = append(a.wrong, fmt.Sprintf("%s %s of %q: %d after %v, want %d: %.300s", q.method, q.path, q.domain, status, took, want, answer))
	}
	a.count[q.reads]++
	a.worst[q.reads] = max(a.worst[q.reads], took)
}

// end stops asking, and wants every request to have been answered in its time: status 0 is none.
func (a *asking) end(t *testing.T) string {
	t.Helper()
	close(a.stop)
	a.all.Wait()
	for _, text := range a.wrong {
		t.Error(text)
	}
	return fmt.Sprintf("meanwhile %d reads took at most %v, %d other requests at most %v", a.count[true], a.worst[true], a.count[false], a.worst[false])
}
