package webhook_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

func drain(r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

func TestWebhooks_ReceiverThatMisbehavesIsAFailedAttemptOrASuccessByItsStatus(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		state  adminapi.DeliveryState
		want   string
	}{
		"never":          {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "pending", "timed out"},
		"closes at once": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "pending", "closed the connection"},
		"half an answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			_, _ = w.Write([]byte("{"))
		}, "pending", "broke off"},
		"without an end": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("{"))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "pending", "broke off"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusPermanentRedirect)
		}, "pending", "answered 308"},
		"a failure": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, "pending", "answered 500"},
		"10 GB": {func(w http.ResponseWriter, _ *http.Request) {
			block := make([]byte, 1<<20)
			for range 10 << 10 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, "delivered", ""},
		"no content": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "delivered", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := standing(t, func(o *mocktest.Options) { o.WebhookTimeout = 2 * time.Second })
			register(t, m, at(newHook(t, c.answer).URL))
			receive(t, m, 1, "one")
			d := tries(t, m, 1, c.state)
			if failure := d.Attempts[0].Failure; !strings.Contains(failure, c.want) || c.want == "" && failure != "" {
				t.Errorf("%q, want %q", failure, c.want)
			}
		})
	}
}

func TestWebhooks_EndpointsThatNeverAnswerDoNotDelayOthers(t *testing.T) {
	t.Parallel()
	m := standing(t, func(o *mocktest.Options) { o.WebhookTimeout = time.Hour })
	silent := newHook(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	good := newHook(t, ok)
	var list []adminapi.NewWebhook
	for _, path := range strings.Fields(strings.Repeat("a ", 50)) {
		list = append(list, at(silent.URL+"/"+strings.Repeat(path, len(list)+1)))
	}
	register(t, m, append(list, at(good.URL))...)
	elsewhere, other := newHook(t, ok), m.Workspace("other-workspace")
	if _, err := other.SetEndpoints(t.Context(), at(elsewhere.URL)); err != nil {
		t.Fatal(err)
	}
	const events = 100
	for i := range events {
		receive(t, m, int64(1+i%20), "one of many")
	}
	good.await(t, `"event":"message.received"`, events)
	if _, err := other.Receive(t.Context(), 1, adminapi.NewMessage{Content: "in another workspace"}); err != nil {
		t.Fatal(err)
	}
	elsewhere.await(t, "in another workspace", 1)
	// Close must not wait an hour for those that never answer.
	done := make(chan struct{})
	go func() { m.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the mock does not end")
	}
}

func TestWebhooks_QueuesOfConversationsGoSideBySide(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, failWith(`"stuck"`))
	register(t, m, at(h.URL))
	receive(t, m, 1, "stuck")
	receive(t, m, 1, "behind it")
	receive(t, m, 2, "beside it")
	all := eventually(t, m, "the other conversation is delivered", func(d []adminapi.Delivery) bool {
		return len(d) == 3 && d[2].State == "delivered" && len(d[0].Attempts) == 1
	})
	if len(all[1].Attempts) != 0 {
		t.Errorf("%+v", all[1])
	}
}
