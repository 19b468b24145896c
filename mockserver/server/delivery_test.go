package server_test

import (
	"errors"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

func TestAMessageIsSentAtOnceDeliveredAfter1SecondAndReadAfter3(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	ids := map[string]any{}
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range c.operations() {
		if op.isSend() {
			ids[op.id] = m.do(t, op.request()).is(t, 200, "").sent()["id"]
		}
	}
	if len(ids) != 6 {
		t.Fatalf("%d sends", len(ids))
	}
	now := time.Duration(0)
	for _, step := range []struct {
		to      time.Duration
		status  string
		reached time.Duration
	}{{0, "sent", 0}, {time.Second, "delivered", time.Second}, {2 * time.Second, "delivered", time.Second}, {3 * time.Second, "read", 3 * time.Second}, {48 * time.Hour, "read", 3 * time.Second}} {
		m.advance(t, step.to-now)
		now = step.to
		for _, id := range ids {
			m.hasStatus(t, id, step.status, step.reached)
		}
		for _, message := range m.messages(t, 1) {
			if message["id"] == ids["sendTextMessage"] && message["status"] != step.status {
				t.Errorf("after %v its conversation shows %v", now, message)
			}
		}
	}
}

func TestTheStatusIsAFunctionOfTheClock(t *testing.T) {
	t.Parallel()
	steps, leap := start(t), start(t)
	for _, m := range []*mock{steps, leap} {
		m.text(t, "96650000000", "x")
	}
	for range 10 {
		steps.advance(t, time.Second)
		steps.get(t, listing) // looking changes nothing either
	}
	leap.advance(t, 10*time.Second)
	for _, target := range []string{listing, conversation(1), "/fetch-message-status-app?phone_number_id=123456"} {
		if a, b := steps.get(t, target), leap.get(t, target); string(a.body) != string(b.body) {
			t.Errorf("%s depends on how the clock got there:\n%s\n%s", target, clip(a.body), clip(b.body))
		}
	}
}

func TestDeliveryCanBeOtherwise(t *testing.T) {
	t.Parallel()
	for delivery, want := range map[string][2]time.Duration{
		"delivered=2s,read=10m": {2 * time.Second, 10 * time.Minute}, "read=1h": {time.Second, time.Hour}, "delivered=3s": {3 * time.Second, 3 * time.Second}, "read=7s,delivered=7s": {7 * time.Second, 7 * time.Second},
	} {
		m := start(t, with(func(o *mocktest.Options) { o.Delivery = delivery }))
		id := m.text(t, "96650000000", "x")["id"]
		m.advance(t, want[0]-time.Second)
		m.hasStatus(t, id, "sent", 0)
		m.advance(t, time.Second)
		if want[0] < want[1] {
			m.hasStatus(t, id, "delivered", want[0])
			m.advance(t, want[1]-want[0])
		}
		m.hasStatus(t, id, "read", want[1])
	}
	if _, err := server.New(server.Options{Delivery: "delivered=2s, read=3s "}); err != nil {
		t.Error(err)
	}
	for _, delivery := range []string{"delivered", "delivered=soon", "sent=1s", "delivered=-1s", "delivered=1s;read=3s", "delivered=5s", "read=0s", "="} {
		_, err := server.New(server.Options{Delivery: delivery})
		var usage *server.UsageError
		if !errors.As(err, &usage) || usage.Option != "delivery" {
			t.Errorf("--delivery=%s: %v", delivery, err)
		}
	}
}

func TestRecipient901FailsAfter1Second(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := m.text(t, "966500000901", "x")["id"]
	m.hasStatus(t, id, "sent", 0)
	m.advance(t, time.Second)
	m.hasStatus(t, id, "failed", time.Second)
	m.advance(t, 48*time.Hour)
	m.hasStatus(t, id, "failed", time.Second)
}

func TestRecipient902StaysSent(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := m.text(t, "966500000902", "x")["id"]
	for _, d := range []time.Duration{0, time.Second, 3 * time.Second, 48 * time.Hour} {
		m.advance(t, d)
		m.hasStatus(t, id, "sent", 0)
	}
}

func TestRecipient903StaysDelivered(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := m.text(t, "966500000903", "x")["id"]
	m.hasStatus(t, id, "sent", 0)
	for _, d := range []time.Duration{time.Second, 3 * time.Second, 48 * time.Hour} {
		m.advance(t, d)
		m.hasStatus(t, id, "delivered", time.Second)
	}
}

func TestRecipient904AnswersWithAnInboundMessage3SecondsAfterItWasSent(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := m.text(t, "966500000904", "Are you there?")["id"]
	m.advance(t, 2*time.Second)
	if message, row := m.newest(t, "966500000904"); message["id"] != id || row["status"] != "my" {
		t.Errorf("too early: %v %v", message, row)
	}
	m.advance(t, time.Second)
	m.hasStatus(t, id, "read", 3*time.Second)
	message, row := m.newest(t, "966500000904")
	if message["direction"] != "inbound" || message["type"] != "text" || message["content"] == "" || message["date"] != "2024-01-20T12:00:03Z" || message["status"] != "delivered" {
		t.Errorf("%v", message)
	}
	if row["status"] != "unread" || row["unread_count"] != 1.0 || row["updated_at"] != "2024-01-20T12:00:03Z" || row["last_message"] != message["content"] {
		t.Errorf("%v", row)
	}
	m.advance(t, time.Hour)
	if again, _ := m.newest(t, "966500000904"); again["id"] != message["id"] {
		t.Errorf("it answers twice: %v", again)
	}
}

func TestAnAnswerOpensAConversationThatWasClosedInTheMeantime(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.text(t, "966500000904", "x")
	row := m.with(t, "966500000904")
	m.ticket(t, row["id"], "openTicket").is(t, 200, "")
	m.advance(t, time.Second)
	m.ticket(t, row["id"], "closeTicket").is(t, 200, "")
	m.advance(t, time.Second)
	if row = m.with(t, "966500000904"); row["status"] != "closed" {
		t.Errorf("%v", row)
	}
	m.advance(t, time.Second)
	if row = m.with(t, "966500000904"); row["status"] != "unread" {
		t.Errorf("%v", row)
	}
}

func TestAResetForgetsAnAnswerThatIsNotDueYet(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.text(t, "966500000904", "x")
	if err := m.Reset(); err != nil {
		t.Fatal(err)
	}
	m.advance(t, time.Hour)
	if row := m.with(t, "966500000904"); row != nil {
		t.Errorf("%v", row)
	}
}

func TestRecipients429And500AreAnsweredSoForEverySendAndNothingIsSent(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.changesNothing(t, func() {
		eachSendNow(t, func(_ operation, r call) {
			a := m.do(t, r.to("966500000429")).is(t, 429, "rate_limit_exceeded")
			if a.header.Get("Retry-After") != "1" {
				t.Errorf("%v", a.header)
			}
			m.do(t, r.to("966500000500")).is(t, 500, "internal_error")
		})
	})
}

// eachSendNow does something for each send operation, one after the other, before it returns.
func eachSendNow(t *testing.T, do func(op operation, r call)) {
	t.Helper()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range c.operations() {
		if op.isSend() {
			do(op, op.request())
		}
	}
}

func TestByDefaultAnyMessageMayBeSentAfterADay(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.advance(t, 48*time.Hour)
	if row := m.with(t, "96650000000"); row["status"] != "expired" {
		t.Fatal(row)
	}
	m.text(t, "96650000000", "Still there?")
	if row := m.with(t, "96650000000"); row["status"] == "expired" {
		t.Errorf("%v", row)
	}
}

func TestEnforceWindowRefusesAllButTemplatesOnceTheLastInboundMessageIs24HoursOld(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), with(func(o *mocktest.Options) { o.EnforceWindow = true }))
	// Conversation 1's customer wrote a minute before the start.
	m.advance(t, 24*time.Hour-time.Minute-time.Second)
	m.text(t, "96650000000", "One second before")
	m.advance(t, time.Second)
	refused := func(phone string) {
		t.Helper()
		eachSendNow(t, func(op operation, r call) {
			a := m.do(t, r.to(phone))
			if op.id == "sendTemplateMessage" {
				a.is(t, 200, "")
				return
			}
			a.is(t, 400, "validation_failed").names(t, "phone")
		})
	}
	refused("96650000000") // what the business sent does not open the window
	refused("966555007001")
	if row := m.with(t, "966555007001"); row == nil || row["last_message_type"] != "template" {
		t.Errorf("a template begins a conversation: %v", row)
	}
	if _, err := m.Receive(1, "I am back"); err != nil {
		t.Fatal(err)
	}
	m.text(t, "96650000000", "Welcome back")
}
