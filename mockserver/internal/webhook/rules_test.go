package webhook_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// failFirst answers 500 to the first requests, and then 200.
func failFirst(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if n--; n >= 0 { // one request at a time: it is one conversation
			w.WriteHeader(500)
		}
	}
}

// ends waits until so many deliveries are delivered.
func ends(t *testing.T, m *mocktest.Mock, n int) {
	t.Helper()
	eventually(t, m, "all are delivered", func(all []adminapi.Delivery) bool { return count(all, "delivered") == n })
}

func count(all []adminapi.Delivery, state adminapi.DeliveryState) int {
	n := 0
	for i := range all {
		if all[i].State == state {
			n++
		}
	}
	return n
}

func TestWebhooks_ChallengeIsSignedAsAnEventAndHasAnID(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	register(t, m, at(h.URL+"/hook?a=1"))
	c := h.challenges[0]
	body, err := io.ReadAll(c.Body)
	if err != nil || !strings.HasPrefix(string(body), `{"type":"verification","challenge":"`) || c.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s %v %v", body, c.Header, err)
	}
	if by := signedBy(c.Header, "/hook?a=1", string(body), m.Secret); !same(by, []int{0}) || c.Header.Get("X-Awal-Event-Id") == "" {
		t.Errorf("%v", c.Header)
	}
}

func TestWebhooks_UnchangedURLKeepsWhatIsQueuedAndNeedsNoChallenge(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, failFirst(1))
	register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	tries(t, m, 1, "pending")
	list := register(t, m, at(h.URL+"/other"), adminapi.NewWebhook{URL: h.URL, Events: []string{"conversation.created"}})
	if h.challenged() != 2 || list[1].Pending != 1 {
		t.Errorf("%d challenges, %+v", h.challenged(), list)
	}
	advance(t, m, 5*time.Second)
	ends(t, m, 1)
	register(t, m)
	register(t, m, at(h.URL)) // it was left out: it is new
	if h.challenged() != 3 {
		t.Errorf("%d challenges", h.challenged())
	}
}

func TestWebhooks_DisabledEndpointIsChallengedWhenItIsPutAgain(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(410) })
	register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	tries(t, m, 1, "dead")
	register(t, m, at(h.URL))
	if h.challenged() != 2 {
		t.Errorf("%d challenges", h.challenged())
	}
}

func TestWebhooks_RetriesAreThoseThatAreGiven(t *testing.T) {
	t.Parallel()
	for text, pauses := range map[string][]time.Duration{"off": nil, "7s,1m": {7 * time.Second, time.Minute}} {
		m := standing(t, func(o *mocktest.Options) { o.WebhookRetries = text })
		register(t, m, at(newHook(t, failFirst(9)).URL))
		receive(t, m, 1, "one")
		for i, pause := range pauses {
			if d := tries(t, m, i+1, "pending"); d.NextAt.Sub(d.Attempts[i].At) != pause {
				t.Errorf("%s: %+v", text, d)
			}
			advance(t, m, pause)
		}
		tries(t, m, len(pauses)+1, "dead")
	}
}

func TestWebhooks_RetryAfterWithADateCountsByTheRealTime(t *testing.T) {
	t.Parallel()
	m := standing(t)
	register(t, m, at(newHook(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(503)
	}).URL))
	receive(t, m, 1, "one")
	d := tries(t, m, 1, "pending")
	if wait := d.NextAt.Sub(d.Attempts[0].At); wait > time.Hour || wait < 50*time.Minute {
		t.Errorf("the next attempt after %v", wait)
	}
}

func TestWebhooks_ResendDoesNotWaitForItsConversation(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, failWith(`"stuck"`))
	register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	first := tries(t, m, 1, "delivered")
	receive(t, m, 1, "stuck")
	stuck := tries(t, m, 1, "pending")
	again, err := m.Workspace("").Resend(t.Context(), first.ID)
	if err != nil || again.ID == first.ID || again.EventID != first.EventID || !again.Resent {
		t.Fatalf("%+v %v", again, err)
	}
	tries(t, m, 1, "delivered")
	h.await(t, `"one"`, 2)
	now, err := m.Workspace("").Resend(t.Context(), stuck.ID) // it is pending: tried now, not doubled
	if err != nil || now.ID != stuck.ID {
		t.Fatalf("%+v %v", now, err)
	}
	eventually(t, m, "a second attempt", func(all []adminapi.Delivery) bool { return len(all) == 3 && len(all[1].Attempts) == 2 })
	if _, err := m.Workspace("").Resend(t.Context(), 999); !errors.Is(err, mocktest.ErrNotFound) {
		t.Error(err)
	}
}

func TestWebhooks_ResendAllSinceAnInstantOfAStateAndOfAnEndpoint(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h, failing := newHook(t, ok), newHook(t, failFirst(99))
	list := register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	advance(t, m, time.Minute)
	receive(t, m, 1, "two")
	ends(t, m, 2)
	resend := func(f adminapi.ResendFilter, want ...string) {
		t.Helper()
		all, err := m.Workspace("").ResendAll(t.Context(), f)
		if err != nil || len(all) != len(want) {
			t.Fatalf("%+v: %+v %v", f, all, err)
		}
		for i, text := range want {
			if !strings.Contains(all[i].Body, `"`+text+`"`) {
				t.Errorf("%+v: %s", f, all[i].Body)
			}
		}
	}
	resend(adminapi.ResendFilter{Since: noon().Add(time.Minute)}, "two")
	ends(t, m, 3)
	resend(adminapi.ResendFilter{State: "dead"})
	resend(adminapi.ResendFilter{Endpoint: list[0].ID, Since: noon()}, "one", "two", "two")
	ends(t, m, 6)
	register(t, m, at(failing.URL))
	receive(t, m, 1, "three")
	resend(adminapi.ResendFilter{Since: noon().Add(time.Hour)})
	all, err := m.Workspace("").ResendAll(t.Context(), adminapi.ResendFilter{Endpoint: list[0].ID})
	if err != nil || len(all) != 6 || all[0].State != "no_endpoint" || !strings.Contains(all[0].Reason, "not registered any more") {
		t.Errorf("%+v %v", all, err)
	}
}

func TestWebhooks_TimestampIsRealAndTheBodysTimesAreTheWorkspaces(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	tries(t, m, 1, "delivered")
	bodies, heads := h.got()
	seconds, err := strconv.ParseInt(heads[0].Get("X-Timestamp"), 10, 64)
	if age := time.Since(time.Unix(seconds, 0)); err != nil || age < -2*time.Second || age > time.Hour || strings.Count(bodies[0], `"timestamp":"2024-01-20T12:00:00Z"`) != 2 {
		t.Errorf("%v %s", heads[0], bodies[0])
	}
}

func TestWebhooks_TicketThatClosesAConversationUpdatesIt(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	for _, route := range []string{"openTicket", "closeTicket", "openTicket"} {
		response, err := m.Client().Post(m.URL+"/wechat/chat/events/1?phone_number_id="+m.PhoneNumberID, "application/json", strings.NewReader(fmt.Sprintf(`{"route":%q}`, route)))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 200 {
			t.Fatalf("%s: %s", route, response.Status)
		}
	}
	for _, closed := range []bool{true, false} { // the first one opens nothing
		var data struct {
			ID     int64 `json:"conversation_id"`
			Closed bool
		}
		if w.Expect(t, "conversation.updated", &data); data.ID != 1 || data.Closed != closed {
			t.Errorf("%+v", data)
		}
	}
}

func TestWebhooks_ConnectionIsKept(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	register(t, m, at(h.URL))
	for i := range 20 {
		receive(t, m, 1, "one of twenty")
		h.await(t, "one of twenty", i+1)
	}
	ends(t, m, 20)
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.connections) > 5 { // one, unless the machine is slow to put it back
		t.Errorf("%d connections for 21 requests", len(h.connections))
	}
}

func TestTrouble_BatchSharesItsAttempts(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, failFirst(1))
	register(t, m, adminapi.NewWebhook{URL: h.URL, Batch: "1s"})
	receive(t, m, 1, "one")
	receive(t, m, 2, "two")
	eventually(t, m, "both are queued", func(all []adminapi.Delivery) bool { return count(all, "pending") == 2 })
	advance(t, m, time.Second)
	all := eventually(t, m, "both have failed", func(all []adminapi.Delivery) bool {
		return len(all) == 2 && len(all[0].Attempts) == 1 && len(all[1].Attempts) == 1
	})
	advance(t, m, 5*time.Second)
	ends(t, m, 2)
	bodies, heads := h.got()
	if len(bodies) != 2 || bodies[0] != bodies[1] || !strings.HasPrefix(bodies[0], "[") {
		t.Errorf("%v", bodies)
	}
	for i := range heads {
		if id := heads[i].Get("X-Awal-Event-Id"); id != all[0].EventID {
			t.Errorf("attempt %d has the id %s, want that of the first event, %s", i, id, all[0].EventID)
		}
	}
}

func TestTrouble_LateAndOutOfOrderTogetherWithAllPlacesTaken(t *testing.T) {
	t.Parallel()
	m := standing(t)
	stop := make(chan struct{})
	h := newHook(t, func(http.ResponseWriter, *http.Request) { <-stop })
	register(t, m, adminapi.NewWebhook{URL: h.URL, Events: []string{"message.received"}, Late: "5s", OutOfOrder: true})
	const conversations = 17 // one more than are sent to at once
	for _, text := range []string{"first", "second"} {
		for id := range int64(conversations) {
			receive(t, m, 1+id, text)
		}
		if text == "first" {
			eventually(t, m, "all are queued", func(all []adminapi.Delivery) bool { return count(all, "pending") == conversations })
			advance(t, m, 5*time.Second)
			h.await(t, `"first"`, conversations-1)
		}
	}
	eventually(t, m, "all are queued", func(all []adminapi.Delivery) bool { return count(all, "pending") == 2*conversations })
	close(stop)
	advance(t, m, 10*time.Second)
	ends(t, m, 2*conversations)
}
