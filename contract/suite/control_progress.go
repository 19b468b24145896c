package suite

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// progressChecks follow a sent message through its statuses.
func progressChecks() []*check {
	return []*check{
		{id: "STATUS-PROGRESS", requirement: "STATUS-PROGRESS", title: "a sent message is delivered, then read, everywhere, as time passes", operation: opState, run: inWorkspace(checkProgress)},
		{id: "CONTROL-STATUS-FORWARD", requirement: "CONTROL-STATUS-FORWARD", title: "a status is forced forward, and never backward", operation: opControl, run: inWorkspace(checkForcedStatus)},
	}
}

// A sentState is what the poll and the conversation say of one message.
type sentState struct {
	poll pollRow
	talk message
	from []*exchange
}

// stateOf reads the status of a message of a conversation.
func (p *probe) stateOf(conversation, id int64) (s sentState, err error) {
	poll, err := p.poll()
	if err != nil {
		return s, err
	}
	talk, err := p.talk(conversation)
	if err != nil {
		return s, err
	}
	polled, there := poll.newestStatus()[id]
	s = sentState{poll: polled, from: []*exchange{talk.from, poll.from}}
	for _, m := range talk.messages {
		if m.id == id {
			s.talk = m
		}
	}
	if !there || s.talk.id != id {
		return s, lacks("a sent message that the status poll and its conversation show")
	}
	return s, nil
}

// sentTo sends a text to the customer of a new conversation.
func (p *probe) sentTo() (controlled, *sent, error) {
	c, err := p.begin()
	if err != nil {
		return c, nil, err
	}
	r, err := p.textRequest(c.Phone, p.nonce("Here we are"))
	if err != nil {
		return c, nil, err
	}
	out, err := p.send(r)
	return c, out, err
}

// steps are how the time passes: by seconds, then in strides up to most of a day, since nobody says how long it takes.
func steps() []time.Duration {
	return []time.Duration{
		time.Second, time.Second, time.Second, time.Second, 10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 6 * time.Hour, 12 * time.Hour,
	}
}

func checkProgress(p *probe) error {
	c, out, err := p.sentTo()
	if err != nil {
		return err
	}
	last, err := p.stateOf(c.ID, out.id)
	if err != nil {
		return err
	}
	p.agrees(last)
	for _, step := range steps() {
		if last.poll.status == "read" {
			break
		}
		if err := p.advance(step); err != nil {
			return err
		}
		now, err := p.stateOf(c.ID, out.id)
		if err != nil {
			return err
		}
		p.agrees(now)
		if progress(now.poll.status) < progress(last.poll.status) {
			p.fail(Finding{Text: "the status of a sent message went back as time passed", Expected: last.poll.status + ", or further", Actual: now.poll.status, Pointer: now.poll.pointer + "/status"}, append(last.from, now.from...)...)
		}
		if now.poll.at.Before(last.poll.at) {
			p.fail(Finding{Text: "the time of a status went back", Expected: "not before " + last.poll.at.Format(time.RFC3339), Actual: now.poll.at.Format(time.RFC3339), Pointer: now.poll.pointer + "/timestamp"}, append(last.from, now.from...)...)
		}
		last = now
	}
	if last.poll.status != "read" {
		p.fail(Finding{Text: "a sent message is not read within a day", Expected: "read", Actual: last.poll.status, Pointer: last.poll.pointer + "/status"}, last.from...)
	}
	return nil
}

func (p *probe) agrees(s sentState) {
	if s.poll.status != s.talk.status {
		p.fail(Finding{Text: "poll and conversation disagree on the status of a message", Expected: s.talk.status, Actual: s.poll.status, Pointer: s.poll.pointer + "/status"}, s.from...)
	}
}

func checkForcedStatus(p *probe) error {
	c, out, err := p.sentTo()
	if err != nil {
		return err
	}
	path := "/messages/" + strconv.FormatInt(out.id, 10)
	var forced controlledMessage
	if err := p.do(p.toControl(http.MethodPatch, path, p.own.Domain, map[string]any{"status": "read"}), wanted{http.StatusOK, shownOfMessage()}, &forced); err != nil {
		return err
	}
	for _, word := range []string{"delivered", "failed"} {
		before, err := p.stateOf(c.ID, out.id)
		if err != nil {
			return err
		}
		if before.poll.status != "read" {
			p.fail(Finding{Text: "a message that was brought to a status does not show it", Expected: "read", Actual: before.poll.status, Pointer: before.poll.pointer + "/status"}, before.from...)
			return nil
		}
		e, err := p.try(http.MethodPatch, path, map[string]any{"status": word})
		if err != nil {
			return err
		}
		p.refused(e, fmt.Sprintf("a message that was read was not refused to become %s", word), http.StatusConflict)
		after, err := p.stateOf(c.ID, out.id)
		if err != nil {
			return err
		}
		if after.poll.status != "read" || after.talk.status != "read" {
			p.fail(Finding{Text: "a status went back", Expected: "read", Actual: after.poll.status + " in the poll, " + after.talk.status + " in the conversation", Pointer: after.poll.pointer + "/status"}, append([]*exchange{e}, after.from...)...)
			return nil
		}
	}
	return nil
}
