package webhook_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

func TestWebhooks_TellTheStoryOfAConversationInOrder(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	sendText(t, m, "966500000904", "Your order is ready")
	var created struct {
		ID    int64  `json:"conversation_id"`
		Phone string `json:"phone_number"`
	}
	w.Expect(t, "conversation.created", &created)
	var status struct {
		ID     string `json:"message_id"`
		Status string
	}
	var ids []string
	for _, want := range []string{"sent", "delivered", "read"} {
		if want != "sent" {
			advance(t, m, map[string]time.Duration{"delivered": time.Second, "read": 2 * time.Second}[want])
		}
		got := w.Expect(t, "message.status.updated", &status)
		if status.Status != want || !strings.HasPrefix(status.ID, "wamid.") || slices.Contains(ids, got.ID) {
			t.Errorf("%s: %+v, id %s", want, status, got.ID)
		}
		ids = append(ids, got.ID)
	}
	var received struct {
		Conversation int64 `json:"conversation_id"`
		From, To     string
		Type, Body   string
		Timestamp    time.Time
	}
	w.Expect(t, "message.received", &received)
	if received.Conversation != created.ID || received.From != created.Phone || received.Type != "text" || !strings.HasPrefix(received.Body, "Thank you") || !received.Timestamp.Equal(noon().Add(3*time.Second)) {
		t.Errorf("received %+v, created %+v", received, created)
	}
	if w.Refused() != 0 {
		t.Errorf("%d were signed wrongly", w.Refused())
	}
}

func TestWebhooks_TellOfAssigneeBotClosedAndNotOfUnread(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	for i, c := range []adminapi.ConversationChange{{UnreadCount: new(0)}, {Assignee: new("sara")}, {Bot: new(true)}, {Closed: new(true)}, {Assignee: new("")}} {
		if _, err := m.Workspace("").ChangeConversation(t.Context(), 1, c); err != nil {
			t.Fatal(i, err)
		}
	}
	want := []string{`"assignee":"sara","bot":false,"closed":false`, `"assignee":"sara","bot":true,"closed":false`, `"assignee":"sara","bot":true,"closed":true`, `"assignee":null,"bot":true,"closed":true`}
	for _, text := range want {
		if got := w.Expect(t, "conversation.updated", nil); !strings.Contains(string(got.Body), text) {
			t.Errorf("%s, want %s", got.Body, text)
		}
	}
	receive(t, m, 1, "I have another question") // it opens the conversation again
	w.Expect(t, "message.received", nil)
	if got := w.Expect(t, "conversation.updated", nil); !strings.Contains(string(got.Body), `"closed":false`) {
		t.Errorf("%s", got.Body)
	}
}

func TestWebhooks_RetryOnTheWorkspacesClockWithTheSameIDAndThenAreDead(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	w.Answer(500, 503, 429, 400, 302, 404)
	receive(t, m, 1, "one")
	receive(t, m, 1, "two") // waits behind the first one
	first := w.Expect(t, "message.received", nil)
	for i, pause := range []time.Duration{5 * time.Second, 30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour} {
		d := eventually(t, m, "a failed attempt", func(all []adminapi.Delivery) bool { return len(all[0].Attempts) == i+1 })[0]
		if want := d.Attempts[i].At.Add(pause); d.NextAt == nil || !d.NextAt.Equal(want) {
			t.Fatalf("attempt %d: next at %v, want %v", i+2, d.NextAt, want)
		}
		advance(t, m, pause-time.Second)
		if all := eventually(t, m, "nothing is sent before its time", func([]adminapi.Delivery) bool { return true }); len(all[0].Attempts) != i+1 || len(all[1].Attempts) != 0 {
			t.Fatalf("before its time: %+v", all)
		}
		advance(t, m, time.Second)
		if again := w.Expect(t, "message.received", nil); again.ID != first.ID || string(again.Body) != string(first.Body) {
			t.Errorf("attempt %d: %s %s, want %s", i+2, again.ID, again.Body, first.ID)
		}
	}
	if next := w.Expect(t, "message.received", nil); next.ID == first.ID {
		t.Error("the dead delivery was sent once more")
	}
	all := eventually(t, m, "the end", func(all []adminapi.Delivery) bool { return all[0].State == "dead" && all[1].State == "delivered" })
	if len(all[0].Attempts) != 6 || !strings.Contains(all[0].Attempts[4].Failure, "redirects are not followed") || all[0].Attempts[5].Status != 404 {
		t.Errorf("%+v", all[0])
	}
	again, err := m.Workspace("").Resend(t.Context(), all[0].ID)
	if err != nil || !again.Resent || again.EventID != first.ID {
		t.Fatalf("%+v %v", again, err)
	}
	if got := w.Expect(t, "message.received", nil); got.ID != first.ID {
		t.Errorf("sent again as %s", got.ID)
	}
	tries(t, m, 1, "delivered")
}

func TestWebhooks_HonourRetryAfterWhenItIsLonger(t *testing.T) {
	t.Parallel()
	m := standing(t)
	headers := []string{"90", "1", "100000000", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"}
	n := 0
	h := newHook(t, func(w http.ResponseWriter, _ *http.Request) {
		if n < len(headers) {
			w.Header().Set("Retry-After", headers[n])
			w.WriteHeader(429)
		}
		n++ // one request at a time: it is one conversation
	})
	register(t, m, at(h.URL))
	receive(t, m, 1, "one")
	for i, want := range []time.Duration{90 * time.Second, 30 * time.Second, 24 * time.Hour, 10 * time.Minute, time.Hour} {
		d := tries(t, m, i+1, "pending")
		if got := d.NextAt.Sub(d.Attempts[i].At); got != want {
			t.Errorf("Retry-After: %s: the next attempt after %v, want %v", headers[i], got, want)
		}
		advance(t, m, d.NextAt.Sub(d.Attempts[i].At))
	}
	tries(t, m, 6, "delivered")
}

func TestWebhooks_410DisablesAnEndpointUntilItIsPutAgain(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	w.Answer(410)
	receive(t, m, 1, "one")
	w.Expect(t, "message.received", nil)
	tries(t, m, 1, "dead")
	receive(t, m, 1, "two")
	if err := m.Workspace("").Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	endpoints, err := m.Workspace("").Endpoints(t.Context())
	if err != nil || len(endpoints) != 1 || endpoints[0].Active || !strings.Contains(endpoints[0].Reason, "410") {
		t.Fatalf("%+v %v", endpoints, err)
	}
	if again := register(t, m, at(w.URL)); !again[0].Active {
		t.Errorf("%+v", again)
	}
	receive(t, m, 1, "three")
	if got := w.Expect(t, "message.received", nil); !strings.Contains(string(got.Body), `"three"`) {
		t.Errorf("%s", got.Body)
	}
}

func TestWebhooks_ResetForgetsDeliveriesKeepsEndpointsAndNeverRepeatsAnID(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	w.Answer(500)
	receive(t, m, 1, "before")
	first := w.Expect(t, "message.received", nil)
	tries(t, m, 1, "pending")
	if err := m.Workspace("").Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := eventually(t, m, "after a reset", func([]adminapi.Delivery) bool { return true }); len(left) != 0 {
		t.Errorf("%+v", left)
	}
	advance(t, m, time.Hour)
	receive(t, m, 1, "after")
	if got := w.Expect(t, "message.received", nil); !strings.Contains(string(got.Body), `"after"`) || got.ID == first.ID {
		t.Errorf("%s %s", got.ID, got.Body)
	}
}

func TestWebhooks_OfAConversationThatIsGoneMeanwhileArriveAsTheyWere(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	w.Answer(500)
	var file strings.Builder
	if err := m.Events("", &file); err != nil {
		t.Fatal(err)
	}
	sendText(t, m, "966555000077", "to a new conversation")
	first := w.Expect(t, "conversation.created", nil)
	eventually(t, m, "a failed attempt", func(all []adminapi.Delivery) bool { return len(all[0].Attempts) == 1 })
	if err := m.PutEvents(strings.NewReader(file.String())); err != nil { // the conversation is no more
		t.Fatal(err)
	}
	advance(t, m, 5*time.Second)
	if again := w.Expect(t, "conversation.created", nil); string(again.Body) != string(first.Body) {
		t.Errorf("%s, want %s", again.Body, first.Body)
	}
}

func TestWebhooks_GoToThoseThatWantThemFromTheirRegistrationOn(t *testing.T) {
	t.Parallel()
	m := standing(t)
	receive(t, m, 1, "too early")
	all, one, late := newHook(t, ok), newHook(t, ok), newHook(t, ok)
	register(t, m, at(all.URL), adminapi.NewWebhook{URL: one.URL, Events: []string{"message.received"}})
	receive(t, m, 1, "for two")
	if _, err := m.Workspace("").ChangeConversation(t.Context(), 1, adminapi.ConversationChange{Bot: new(true)}); err != nil {
		t.Fatal(err)
	}
	register(t, m, at(all.URL), adminapi.NewWebhook{URL: one.URL, Events: []string{"message.received"}}, at(late.URL))
	receive(t, m, 1, "for three")
	eventually(t, m, "all are delivered", func(d []adminapi.Delivery) bool {
		return len(d) == 6 && !slices.ContainsFunc(d, func(d adminapi.Delivery) bool { return d.State != "delivered" })
	})
	for i, c := range []struct {
		h    *hook
		want int
	}{{all, 3}, {one, 2}, {late, 1}} {
		if bodies, _ := c.h.got(); len(bodies) != c.want {
			t.Errorf("receiver %d got %d: %v", i, len(bodies), bodies)
		}
	}
	register(t, m)
	receive(t, m, 1, "for nobody")
	tries(t, m, 0, "no_endpoint")
}

func TestWebhooks_OfOneWorkspaceStayInIt(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	if _, err := m.Workspace("other-workspace").Receive(t.Context(), 1, adminapi.NewMessage{Content: "elsewhere"}); err != nil {
		t.Fatal(err)
	}
	receive(t, m, 1, "here")
	if got := w.Expect(t, "message.received", nil); !strings.Contains(string(got.Body), `"here"`) {
		t.Errorf("%s", got.Body)
	}
}

func TestWebhooks_ReceiverThatIsStartedAfterTheMockGetsThem(t *testing.T) {
	t.Parallel()
	up := make(chan struct{})
	h := newHook(t, ok)
	front := newFront(t, h, up)
	m := standing(t, func(o *mocktest.Options) { o.WebhookURL = front })
	close(up)
	for {
		endpoints, err := m.Workspace("").Endpoints(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(endpoints) == 1 {
			break
		}
	}
	receive(t, m, 1, "one")
	tries(t, m, 1, "delivered")
}

// newFront answers 503 until up is closed.
func newFront(t *testing.T, h *hook, up <-chan struct{}) string {
	t.Helper()
	return newHookServer(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-up:
			h.Config.Handler.ServeHTTP(w, r)
		default:
			w.WriteHeader(503)
		}
	})
}

func TestWebhooks_AThousandEndpointsGetAnEvent(t *testing.T) {
	t.Parallel()
	m := standing(t)
	h := newHook(t, ok)
	var list []adminapi.NewWebhook
	for i := range 1000 {
		list = append(list, at(fmt.Sprintf("%s/%d", h.URL, i)))
	}
	register(t, m, list...)
	receive(t, m, 1, "to all")
	eventually(t, m, "all are delivered", func(d []adminapi.Delivery) bool {
		return len(d) == 1000 && !slices.ContainsFunc(d, func(d adminapi.Delivery) bool { return d.State != "delivered" })
	})
	if _, err := m.Workspace("").SetEndpoints(t.Context(), append(list, at(h.URL+"/1001"))...); err == nil {
		t.Error("1001 endpoints are accepted")
	}
}
