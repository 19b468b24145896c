package webhook_test

import (
	"bytes"
	"fmt"
	"net/http"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// untilTrue waits until a condition holds.
func untilTrue(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never holds: %s", what)
		}
	}
}

// senders is how many goroutines run code of the package.
func senders() int {
	var profile bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 2) // a buffer takes all
	n := 0
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(stack, "/internal/webhook.") && !strings.Contains(stack, "testing.tRunner(") { // a test of the package itself is none
			n++
		}
	}
	return n
}

// It counts goroutines of the process, so it is not parallel: the parallel tests begin after it.
func TestWebhooks_NoGoroutineIsLeftWhenEndpointsGoAwayAndTheMockStops(t *testing.T) { //nolint:paralleltest // see above
	before := runtime.NumGoroutine()
	m := mocktest.Start(t, mocktest.StoppedClock(noon()), mocktest.RateLimit("off"), func(o *mocktest.Options) { o.WebhookTimeout = time.Hour })
	silent := newHook(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	good := newHook(t, ok)
	list := []adminapi.NewWebhook{at(good.URL)}
	for i := range 20 {
		list = append(list, at(fmt.Sprintf("%s/%d", silent.URL, i)))
	}
	register(t, m, list...)
	receive(t, m, 1, "one")
	silent.await(t, `"one"`, 20)
	untilTrue(t, "a goroutine for each answer that does not come, and the reader of the changes", func() bool { return senders() == 21 })
	register(t, m, at(good.URL)) // what was being sent to the others is cancelled
	untilTrue(t, "only the reader of the changes is left", func() bool { return senders() == 1 })

	made, err := m.CreateWorkspace(t.Context(), adminapi.NewWorkspace{Domain: "short-lived", PhoneNumberID: "77"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Workspace(made.Domain).SetEndpoints(t.Context(), at(silent.URL)); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Workspace(made.Domain).Trigger(t.Context(), adminapi.Trigger{Event: "message.received"}); err != nil {
		t.Fatal(err)
	}
	silent.await(t, `"Hello"`, 1)
	untilTrue(t, "the other workspace has two", func() bool { return senders() == 3 })
	if err := m.DeleteWorkspace(t.Context(), made.Domain); err != nil {
		t.Fatal(err)
	}
	untilTrue(t, "the removed workspace has no goroutine", func() bool { return senders() == 1 })

	receive(t, m, 1, "two")
	good.await(t, `"two"`, 1)
	m.Close()
	if n := senders(); n != 0 {
		t.Errorf("%d goroutines are left", n)
	}
	silent.Close()
	good.Close()
	untilTrue(t, "there are as many goroutines as before", func() bool { return runtime.NumGoroutine() <= before })
}

func TestWebhooks_ResetWhileOneIsBeingSentForgetsIt(t *testing.T) {
	t.Parallel()
	m := standing(t)
	release := make(chan struct{})
	h := newHook(t, nil)
	h.answer = func(w http.ResponseWriter, _ *http.Request) {
		if bodies, _ := h.got(); len(bodies) == 1 { // the first one
			<-release
			w.WriteHeader(500)
		}
	}
	register(t, m, at(h.URL))
	receive(t, m, 1, "before")
	receive(t, m, 1, "behind it")
	h.await(t, `"before"`, 1)
	if err := m.Workspace("").Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	receive(t, m, 1, "after")
	tries(t, m, 1, "delivered") // it waits for nothing
	close(release)
	advance(t, m, 2*time.Hour)
	receive(t, m, 1, "at last")
	all := eventually(t, m, "the last one", func(all []adminapi.Delivery) bool { return len(all) == 2 && all[1].State == "delivered" })
	if len(all[0].Attempts) != 1 {
		t.Errorf("%+v", all)
	}
	if bodies, _ := h.got(); len(bodies) != 3 {
		t.Errorf("%v", bodies)
	}
}

func TestWebhooks_AnEndpointWithItsShareOfWhatMayBePendingGetsNoMoreAndOthersDo(t *testing.T) {
	t.Parallel()
	m := standing(t)
	good, later := newHook(t, ok), newHook(t, ok)
	list := []adminapi.NewWebhook{at(good.URL)}
	for i := range 200 {
		list = append(list, adminapi.NewWebhook{URL: fmt.Sprintf("%s/%d", later.URL, i), Late: "1h"})
	}
	register(t, m, list...)
	const events = 1010 // 200,000 deliveries may be pending, or 1000 of each endpoint
	for i := range events {
		receive(t, m, int64(1+i%20), "one of many")
		if i%100 == 99 {
			good.await(t, "one of many", i)
		}
	}
	good.await(t, "one of many", events)
	dead, err := m.Workspace("").Deliveries(t.Context(), mocktest.DeliveryFilter{State: "dead", Limit: 1})
	if err != nil || len(dead) != 1 || !strings.Contains(dead[0].Reason, "too many deliveries are pending for this endpoint") || dead[0].URL == good.URL {
		t.Errorf("%+v %v", dead, err)
	}
	endpoints, err := m.Workspace("").Endpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pending := 0
	for _, e := range endpoints {
		pending += e.Pending
	}
	if pending < 199_000 || pending > 201_000 {
		t.Errorf("%d are pending", pending)
	}
}
