package specs

import (
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// surelyNotExpired is an hour less than the 24 hours of the vendor, so that different clocks and rounding cannot cause a finding.
const surelyNotExpired = 23 * time.Hour

// times compare times in the answers of the run with each other, and the time of a sent message with that of its request.
func times() Specs {
	return Describe("times",
		expiredConversations(),
		It("shows the same date of a message each time it is read", Requirement("MSG-TIME"), func(t *T) {
			t.readAgainForStatuses()
			type message struct {
				conversation, id   int64
				direction, content string
			}
			type sight struct {
				date time.Time
				from *exchange.Exchange
			}
			seen, compared := map[message]sight{}, false
			for e := range t.ownExchanges() {
				if e.Thread == nil {
					continue
				}
				for _, m := range e.Thread.Messages {
					key := message{e.Thread.ID, m.ID, m.Direction, m.Content}
					first, again := seen[key]
					if !again {
						seen[key] = sight{m.Date, e}
						continue
					}
					compared = true
					t.About(first.from, e).Check(m.Date).To(match.At(m.Pointer+"/date", match.Equal(first.date)), "message %d of conversation %d has another date when it is read again", m.ID, e.Thread.ID)
				}
			}
			if !compared {
				t.Lacks("a message that was read twice")
			}
		}, Operation(document.GetConversationMessages), Final()),
		sendTimes(),
		recordTimes(),
	)
}

func expiredConversations() Specs {
	return Describe("expired conversations", Operation(document.ListConversations),
		It("shows a conversation as expired only after 24 hours without a message of its customer", Requirement("LIST-EXPIRED-AGE"), func(t *T) {
			compared := false
			for id, thread := range t.threadsRead() {
				if thread.Status != "expired" || len(thread.Messages) == 0 || t.Crawl().CutThread(thread) {
					continue
				}
				compared = true
				now := judge.Latest(thread.From)
				t.Check(thread).To(match.HaveNoMessageBetween("inbound", now.Add(-judge.ExpiresAfter), now), "conversation %d is expired, but its customer wrote less than 24 hours ago", id)
			}
			if !compared {
				t.Lacks("a conversation with the status expired that has messages")
			}
		}),
		It("shows no conversation as expired that was used in the last 23 hours", Requirement("LIST-EXPIRED-YOUNG"), func(t *T) {
			const young = "conversation %d is expired, but was used less than 24 hours ago"
			compared := false
			for id, thread := range t.threadsRead() {
				if thread.Status != "expired" || len(thread.Messages) == 0 {
					continue
				}
				compared = true
				// Date has whole seconds. A message with a later date is not judged: the clock of a mock may be ahead of Date.
				now := thread.From.Date()
				from, to := now.Add(-surelyNotExpired), now.Add(time.Second)
				t.Check(thread).To(match.HaveNoMessageBetween("inbound", from, to), young, id)
				t.Advise(thread).To(match.HaveNoMessageBetween("outbound", from, to), young, id) // the vendor does not say whether a message of the business counts
			}
			if !compared {
				t.Skip("no conversation that was read shows the status expired")
			}
		}),
	)
}

func sendTimes() Specs {
	return Describe("of sent messages", Operation(document.SendTextMessage), Capability(document.CapabilitySend), Writes(), Serial(),
		It("shows the time of sending as the date of a message", Requirement("SEND-TIME"), func(t *T) {
			s, when := t.sendsAndDates()
			t.About(s.sent.e, s.thread.From).Check(s.message.Date).To(match.At(s.message.Pointer+"/date", match.BeWithin(when.from, when.to)), "the date of a sent message is not the time at which it was sent")
			if stamp := exchange.Number(s.sent.e.At("/message/timestamp")); stamp != nil {
				t.About(s.sent.e).Check(time.Unix(*stamp, 0)).To(match.At("/message/timestamp", match.BeWithin(when.from, when.to)), "the timestamp of a send is not its Unix time in seconds")
			}
		}),
		It("shows the time of a sent message in its row and its status", Requirement("SEND-TIME-AGREES"), func(t *T) {
			s, when := t.sendsAndDates()
			if row, list := t.row(t.recipient()); row != nil {
				t.About(s.sent.e, list.From).Check(row.UpdatedAt).To(match.At(row.Pointer+"/updated_at", match.BeWithin(when.from, spanOf(list.From).to)), "updated_at is not between the sending of a message and the answer")
			}
			list := t.statuses()
			for _, row := range list.Rows {
				if row.ID == s.message.ID {
					t.About(s.sent.e, list.From).Check(row.At).To(match.At(row.Pointer+"/timestamp", match.BeWithin(when.from, spanOf(list.From).to)), "the time of a status is before the sending of its message, or in the future")
				}
			}
		}),
	)
}

// A span is the time in which something must have happened, by the target's clock.
type span struct{ from, to time.Time }

// spanOf is the time between a request and its answer by the target's clock, a few seconds wider because of rounding. Without a Date header it is minutes
// wider.
func spanOf(e *exchange.Exchange) span {
	slack := freshTime
	if e.Header.Get("Date") == "" {
		slack = 5 * time.Minute
	}
	ahead := clockDifference(e)
	return span{e.Asked.Add(ahead - slack), e.Answered.Add(ahead + slack)}
}

// isOtherClock reports whether a time is more than a day away from the span. Then it is not from the clock of the Date header: the clock of a mock may be stopped.
func (s span) isOtherClock(at time.Time) bool {
	return at.Before(s.from.Add(-24*time.Hour)) || at.After(s.to.Add(24*time.Hour))
}

// sendsAndDates sends a text, finds it in its conversation, and returns the time in which it was sent. If the target's clock is not known, the case ends.
func (t *T) sendsAndDates() (seenText, span) {
	s := t.findsText()
	if s.message == nil {
		t.Lacks("a sent text that its conversation shows")
	}
	when := spanOf(s.sent.e)
	if when.isOtherClock(s.message.Date) {
		t.Skip("the target's clock is more than a day away from its Date header")
	}
	return s, when
}
