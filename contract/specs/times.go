package specs

import (
	"fmt"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// times compare times with each other, and those of a message that the run sends with the time of its sending.
func times() Specs {
	return Describe("times",
		It("no expired conversation was used in the last 23 hours", Requirement("LIST-EXPIRED-YOUNG"), asked(checkExpiredYoung), Operation(document.ListConversations)),
		It("a message has one date, whenever it is read", Requirement("MSG-TIME"), asked(checkOneDate), Operation(document.GetConversationMessages), Final()),
		Describe("of what is sent", Operation(document.SendTextMessage), Capability(document.CapabilitySend), Writes(), Alone(),
			It("a sent message is dated when it was sent", Requirement("SEND-TIME"), asked(checkSendTime)),
			It("row and status poll have the time of a sent message", Requirement("SEND-TIME-AGREES"), asked(checkSendTimeAgrees)),
		),
	)
}

// surelyYoung is less than the day that the vendor names, by more than clocks and rounding explain.
const surelyYoung = 23 * time.Hour

// checkExpiredYoung looks at every message that is seen of a conversation that is expired. What the customer wrote is an interaction in any reading; whether
// what the business wrote is one too is not documented.
func checkExpiredYoung(t *T) error {
	judged := false
	for _, id := range t.Crawl.Order {
		thread := t.Crawl.Threads[id]
		if thread == nil || thread.Status != "expired" || len(thread.Messages) == 0 {
			continue
		}
		judged = true
		now := thread.From.Date()
		for _, m := range thread.Messages {
			age := now.Sub(m.Date)
			if age < 0 || age >= surelyYoung { // a clock that stands still shows what lies ahead of Date
				continue
			}
			level := ""
			if m.Direction != "inbound" {
				level = document.Should
			}
			t.Fail(judge.Finding{
				Text: fmt.Sprintf("conversation %d is expired, but was used less than 24 hours ago", id), Level: level,
				Expected: "no message after " + now.Add(-surelyYoung).UTC().Format(time.RFC3339), Actual: m.Direction + " " + m.Date.UTC().Format(time.RFC3339), Pointer: m.Pointer + "/date",
			}, thread.From)
		}
	}
	if !judged {
		return &run.SkippedError{Reason: "no conversation that was read shows the status expired"}
	}
	return nil
}

// checkOneDate compares each message in all answers of the run.
func checkOneDate(t *T) error {
	type sight struct {
		date time.Time
		from *exchange.Exchange
	}
	seen, compared := map[string]sight{}, false
	t.lookAgain()
	for _, e := range t.Client.Exchanges() {
		if e.Thread == nil || e.Request.Sign.Elsewhere() {
			continue
		}
		for _, m := range e.Thread.Messages {
			key := fmt.Sprintf("%d %d %s %s", e.Thread.ID, m.ID, m.Direction, m.Content)
			first, again := seen[key]
			if !again {
				seen[key] = sight{m.Date, e}
				continue
			}
			compared = true
			if !m.Date.Equal(first.date) {
				t.Fail(judge.Finding{
					Text: fmt.Sprintf("message %d of conversation %d has another date when it is read again", m.ID, e.Thread.ID), Expected: first.date.Format(time.RFC3339Nano),
					Actual: m.Date.Format(time.RFC3339Nano), Pointer: m.Pointer + "/date",
				}, first.from, e)
			}
		}
	}
	if !compared {
		return run.Lacks("a message that was read twice")
	}
	return nil
}

// A span is when something must have happened, by the target's clock.
type span struct{ from, to time.Time }

// spanOf is the time between a request and its answer, by the target's clock, with the slack that whole seconds need; more where the target does not
// say what its clock shows.
func spanOf(e *exchange.Exchange) span {
	slack := freshTime
	if e.Header.Get("Date") == "" {
		slack = 5 * time.Minute
	}
	ahead := clockDifference(e)
	return span{e.Asked.Add(ahead - slack), e.Answered.Add(ahead + slack)}
}

func (s span) has(at time.Time) bool { return !at.Before(s.from) && !at.After(s.to) }

func (s span) String() string {
	return s.from.UTC().Format(time.RFC3339) + " to " + s.to.UTC().Format(time.RFC3339)
}

// elsewhere reports whether a time is so far away that the target's clock is another one than that of its Date: a mock's may stand still.
func (s span) elsewhere(at time.Time) bool {
	return at.Before(s.from.Add(-24*time.Hour)) || at.After(s.to.Add(24*time.Hour))
}

// sentAt sends a text and finds it; date is what the conversation shows.
func (t *T) sentAt() (s seenText, within span, err error) {
	if s, err = t.sendAndFind(); err != nil {
		return s, within, err
	}
	if s.message == nil {
		return s, within, run.Lacks("a sent text that appears")
	}
	within = spanOf(s.out.e)
	if within.elsewhere(s.message.Date) {
		return s, within, &run.SkippedError{Reason: "the target's clock is more than a day away from its Date header"}
	}
	return s, within, nil
}

func checkSendTime(t *T) error {
	s, within, err := t.sentAt()
	if err != nil {
		return err
	}
	if !within.has(s.message.Date) {
		t.Fail(judge.Finding{Text: "a sent message is not dated when it was sent", Expected: within.String(), Actual: s.message.Date.UTC().Format(time.RFC3339), Pointer: s.message.Pointer + "/date"}, s.out.e, s.view.From)
	}
	fields, _ := s.out.e.Object()["message"].(map[string]any)
	if stamp := exchange.Number(fields["timestamp"]); stamp != nil && !within.has(time.Unix(*stamp, 0)) {
		t.Fail(judge.Finding{Text: "the timestamp of a send is not its Unix time in seconds", Expected: fmt.Sprintf("%d to %d", within.from.Unix(), within.to.Unix()), Actual: fmt.Sprint(*stamp), Pointer: "/message/timestamp"}, s.out.e)
	}
	return nil
}

func checkSendTimeAgrees(t *T) error {
	s, within, err := t.sentAt()
	if err != nil {
		return err
	}
	row, list, err := t.rowOf(t.recipient())
	if err != nil {
		return err
	}
	if row != nil {
		if until := spanOf(list.From).to; row.UpdatedAt.Before(within.from) || row.UpdatedAt.After(until) {
			t.Fail(judge.Finding{Text: "updated_at is not from when a message was sent on", Expected: span{within.from, until}.String(), Actual: row.Updated, Pointer: row.Pointer + "/updated_at"}, s.out.e, list.From)
		}
	}
	poll, err := t.StatusList()
	if err != nil {
		return err
	}
	for _, r := range poll.Rows {
		if until := spanOf(poll.From).to; r.ID == s.message.ID && (r.At.Before(within.from) || r.At.After(until)) {
			t.Fail(judge.Finding{Text: "the status of a sent message was reached before it was sent, or lies ahead", Expected: span{within.from, until}.String(), Actual: r.At.UTC().Format(time.RFC3339), Pointer: r.Pointer + "/timestamp"}, s.out.e, poll.From)
		}
	}
	return nil
}
