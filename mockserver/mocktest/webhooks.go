package mocktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/signature"
)

// A Webhook is an event as a receiver gets it.
type Webhook struct {
	ID        string          `json:"-"` // the header X-Awal-Event-Id: the same whenever the event is sent again
	Event     string          `json:"event"`
	Timestamp time.Time       `json:"timestamp"`
	Data      json.RawMessage `json:"data"`
	Header    http.Header     `json:"-"`
	Body      []byte          `json:"-"`
}

// Webhooks is a receiver of webhooks on a free port of 127.0.0.1. It answers the challenge, verifies each signature, and keeps what
// has come until Next or Expect takes it. What is signed wrongly is answered 401 and not kept.
type Webhooks struct {
	URL string

	mock     *Mock
	server   *http.Server
	mu       sync.Mutex
	came     []Webhook
	more     chan struct{} // closed when something has come; nil: no reader waits
	statuses []int
	refused  int
}

// Webhooks starts a receiver and makes it the only webhook endpoint of the default workspace; options change the endpoint. It ends
// with the test.
func (m *Mock) Webhooks(t TB, options ...func(*adminapi.NewWebhook)) *Webhooks {
	t.Helper()
	w := &Webhooks{mock: m}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("mocktest: %v", err)
		return nil
	}
	w.URL = "http://" + listener.Addr().String() + "/webhooks"
	w.server = &http.Server{Handler: w, ReadHeaderTimeout: receiverTime}
	go func() { _ = w.server.Serve(listener) }() // it ends with Close
	t.Cleanup(func() { _ = w.server.Close() })
	endpoint := adminapi.NewWebhook{URL: w.URL}
	for _, option := range options {
		option(&endpoint)
	}
	if _, err := m.Workspace("").SetEndpoints(context.Background(), endpoint); err != nil {
		t.Fatalf("mocktest: %v", err)
	}
	return w
}

// Bounds of a receiver.
const (
	receiverTime = 10 * time.Second
	receiverBody = 16 << 20
)

// ServeHTTP implements http.Handler.
func (w *Webhooks) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(to, r.Body, receiverBody))
	if err != nil {
		return // it was cut off, and comes again
	}
	if !w.verify(r, body) {
		w.mu.Lock()
		w.refused++
		w.mu.Unlock()
		http.Error(to, "the signature is wrong", http.StatusUnauthorized)
		return
	}
	var check struct{ Type, Challenge string }
	if json.Unmarshal(body, &check) == nil && check.Type == "verification" {
		to.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(to).Encode(map[string]string{"challenge": check.Challenge}) // a sender that has gone needs no answer
		return
	}
	to.WriteHeader(w.keep(r, body))
}

// verify reports whether one of the signatures is by one of the secrets that the mock's default workspace has.
func (w *Webhooks) verify(r *http.Request, body []byte) bool {
	key := signature.NewKey(w.mock.Workspaces()[0].Secret)
	for s := range strings.SplitSeq(r.Header.Get("X-Awal-Signature-256"), ", ") {
		if key.Verify(s, signature.Request{Method: r.Method, Target: r.RequestURI, Timestamp: r.Header.Get("X-Timestamp"), Body: body}) {
			return true
		}
	}
	return false
}

// keep keeps what has come, and gives the status that is answered.
func (w *Webhooks) keep(r *http.Request, body []byte) int {
	events := []json.RawMessage{body}
	if strings.HasPrefix(string(body), "[") && json.Unmarshal(body, &events) != nil {
		return http.StatusBadRequest
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	status := http.StatusOK
	if len(w.statuses) > 0 {
		status, w.statuses = w.statuses[0], w.statuses[1:]
	}
	for _, event := range events {
		came := Webhook{ID: r.Header.Get("X-Awal-Event-Id"), Header: r.Header.Clone(), Body: body}
		if json.Unmarshal(event, &came) != nil {
			return http.StatusBadRequest
		}
		w.came = append(w.came, came)
	}
	if w.more != nil {
		close(w.more)
		w.more = nil
	}
	return status
}

// Answer lets the receiver answer the next deliveries with these statuses, in order; after them with 200 again. What is
// answered with a failure is kept too, and comes again.
func (w *Webhooks) Answer(statuses ...int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statuses = append([]int(nil), statuses...)
}

// Refused is how many requests were answered 401, since no signature was right.
func (w *Webhooks) Refused() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refused
}

// Next waits for the next event. Errors are those of the context.
func (w *Webhooks) Next(ctx context.Context) (Webhook, error) {
	for {
		w.mu.Lock()
		if len(w.came) > 0 {
			next := w.came[0]
			w.came = w.came[1:]
			w.mu.Unlock()
			return next, nil
		}
		if w.more == nil {
			w.more = make(chan struct{})
		}
		more := w.more
		w.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			return Webhook{}, ctx.Err()
		}
	}
}

// expectTime is how long Expect waits, on a loaded machine too.
const expectTime = 30 * time.Second

// Expect waits for the next event and fails the test if it is another one, or if none comes for 30 s. data, unless it is nil, is
// filled from the event's data.
func (w *Webhooks) Expect(t TB, event string, data any) Webhook {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), expectTime)
	defer cancel()
	next, err := w.Next(ctx)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("no %s came for %v", event, expectTime)
	case err == nil && next.Event != event:
		err = fmt.Errorf("the next event is %s, not %s: %s", next.Event, event, next.Body)
	case err == nil && data != nil:
		err = json.Unmarshal(next.Data, data)
	}
	if err != nil {
		t.Fatalf("mocktest: %v", err)
	}
	return next
}
