package specs

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// statusProgress follows a sent message through its statuses.
func statusProgress() Specs {
	return Describe("the status of a sent message",
		It("a sent message is delivered, then read, everywhere, as time passes", Requirement("STATUS-PROGRESS"), asked(inWorkspace(checkProgress)), Operation(document.GetMessageStatus)),
		It("a status is forced forward, and never backward", Requirement("CONTROL-STATUS-FORWARD"), asked(inWorkspace(checkForcedStatus)), Operation(document.Control)),
	)
}

// A sentState is what the poll and the conversation say of one message.
type sentState struct {
	poll exchange.StatusRow
	talk exchange.Message
	from []*exchange.Exchange
}

// stateOf reads the status of a message of a conversation.
func (t *T) stateOf(conversation, id int64) (s sentState, err error) {
	poll, err := t.StatusList()
	if err != nil {
		return s, err
	}
	talk, err := t.Thread(conversation)
	if err != nil {
		return s, err
	}
	polled, there := poll.NewestStatus()[id]
	s = sentState{poll: polled, from: []*exchange.Exchange{talk.From, poll.From}}
	for _, m := range talk.Messages {
		if m.ID == id {
			s.talk = m
		}
	}
	if !there || s.talk.ID != id {
		return s, run.Lacks("a sent message that the status poll and its conversation show")
	}
	return s, nil
}

// sentTo sends a text to the customer of a new conversation.
func (t *T) sentTo() (controlled, *sent, error) {
	c, err := t.begin()
	if err != nil {
		return c, nil, err
	}
	r, err := t.textRequest(c.Phone, t.nonce("Here we are"))
	if err != nil {
		return c, nil, err
	}
	out, err := t.send(r)
	return c, out, err
}

// steps are how the time passes: by seconds, then in strides up to most of a day, since nobody says how long it takes.
func steps() []time.Duration {
	return []time.Duration{
		time.Second, time.Second, time.Second, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 12 * time.Hour,
	}
}

func checkProgress(t *T) error {
	c, out, err := t.sentTo()
	if err != nil {
		return err
	}
	last, err := t.stateOf(c.ID, out.id)
	if err != nil {
		return err
	}
	t.agrees(last)
	for _, step := range steps() {
		if last.poll.Status == "read" {
			break
		}
		if err := t.advance(step); err != nil {
			return err
		}
		now, err := t.stateOf(c.ID, out.id)
		if err != nil {
			return err
		}
		t.agrees(now)
		if exchange.Progress(now.poll.Status) < exchange.Progress(last.poll.Status) {
			t.Fail(judge.Finding{Text: "the status of a sent message went back as time passed", Expected: last.poll.Status + ", or further", Actual: now.poll.Status, Pointer: now.poll.Pointer + "/status"}, append(last.from, now.from...)...)
		}
		if now.poll.At.Before(last.poll.At) {
			t.Fail(judge.Finding{Text: "the time of a status went back", Expected: "not before " + last.poll.At.Format(time.RFC3339), Actual: now.poll.At.Format(time.RFC3339), Pointer: now.poll.Pointer + "/timestamp"}, append(last.from, now.from...)...)
		}
		last = now
	}
	if last.poll.Status != "read" {
		t.Fail(judge.Finding{Text: "a sent message is not read within a day", Expected: "read", Actual: last.poll.Status, Pointer: last.poll.Pointer + "/status"}, last.from...)
	}
	return nil
}

func (t *T) agrees(s sentState) {
	if s.poll.Status != s.talk.Status {
		t.Fail(judge.Finding{Text: "poll and conversation disagree on the status of a message", Expected: s.talk.Status, Actual: s.poll.Status, Pointer: s.poll.Pointer + "/status"}, s.from...)
	}
}

func checkForcedStatus(t *T) error {
	c, out, err := t.sentTo()
	if err != nil {
		return err
	}
	path := "/messages/" + strconv.FormatInt(out.id, 10)
	var forced controlledMessage
	if err := t.do(t.ToControl(http.MethodPatch, path, t.Own.Domain, map[string]any{"status": "read"}), exchange.Wanted{Status: http.StatusOK, Shows: shownOfMessage()}, &forced); err != nil {
		return err
	}
	for _, word := range []string{"delivered", "failed"} {
		before, err := t.stateOf(c.ID, out.id)
		if err != nil {
			return err
		}
		if before.poll.Status != "read" {
			t.Fail(judge.Finding{Text: "a message that was brought to a status does not show it", Expected: "read", Actual: before.poll.Status, Pointer: before.poll.Pointer + "/status"}, before.from...)
			return nil
		}
		e, err := t.try(http.MethodPatch, path, map[string]any{"status": word})
		if err != nil {
			return err
		}
		t.refused(e, fmt.Sprintf("a message that was read was not refused to become %s", word), http.StatusConflict)
		after, err := t.stateOf(c.ID, out.id)
		if err != nil {
			return err
		}
		if after.poll.Status != "read" || after.talk.Status != "read" {
			t.Fail(judge.Finding{Text: "a status went back", Expected: "read", Actual: after.poll.Status + " in the poll, " + after.talk.Status + " in the conversation", Pointer: after.poll.Pointer + "/status"}, append([]*exchange.Exchange{e}, after.from...)...)
			return nil
		}
	}
	return nil
}
