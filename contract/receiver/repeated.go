package receiver

import (
	"fmt"
	"sync"
	"time"
)

const (
	parallelEvents = 200
	copiesAtOnce   = 8
)

// repeated are the scenarios of several events: again, in another order, together, at once.
func repeated() []scenario {
	return []scenario{
		{id: "RECEIVER-DUPLICATE", title: "an event that comes again is accepted", webhook: messageReceived, run: func(t *trial) { t.twice() }},
		{id: "RECEIVER-DUPLICATE-EFFECT", title: "an event that comes again has one effect", webhook: messageReceived, run: func(t *trial) {
			if t.seesEffects() {
				t.once(t.twice())
			}
		}},
		{id: "RECEIVER-DUPLICATE-EFFECT.at-once", title: "an event that comes several times at once has one effect", webhook: messageReceived, run: func(t *trial) {
			if !t.seesEffects() {
				return
			}
			d := t.event(messageReceived, nil)
			var copies sync.WaitGroup
			for range copiesAtOnce {
				copies.Go(func() { t.accepted(copyOf(d), "one of several copies at once") })
			}
			copies.Wait()
			t.once(d)
		}},
		{id: "RECEIVER-ORDER", title: "a message before its conversation is accepted", run: func(t *trial) { t.reversed() }},
		{id: "RECEIVER-LATE-STATUS", title: "delivered after read is accepted", webhook: messageStatus, run: func(t *trial) { t.lateStatus() }},
		{id: "RECEIVER-LATE-STATUS-EFFECT", title: "delivered after read leaves the message read", webhook: messageStatus, run: func(t *trial) {
			if t.seesEffects() {
				t.staysRead(t.lateStatus())
			}
		}},
		{id: "RECEIVER-BATCH", title: "several events in one request are accepted", run: func(t *trial) { t.batch() }},
		{id: "RECEIVER-PARALLEL", title: fmt.Sprintf("%d events at once are accepted", parallelEvents), webhook: messageReceived, alone: true, run: func(t *trial) { t.parallel() }},
	}
}

// copyOf is the same event once more, signed anew when it is sent.
func copyOf(d *delivery) *delivery {
	if d == nil {
		return nil
	}
	again := *d
	return &again
}

// twice sends an event two times.
func (t *trial) twice() *delivery {
	d := t.event(messageReceived, nil)
	if t.accepted(d, "an event") {
		t.accepted(copyOf(d), "an event that comes again")
	}
	return d
}

// once checks that a message has one effect.
func (t *trial) once(d *delivery) {
	if d == nil || t.notAccepted() {
		return
	}
	id := messageIDOf(d)
	seen, ok := t.shows(id)
	if !ok {
		return
	}
	if len(seen) == 1 {
		var err error
		if seen, err = t.effects.rest(t.ctx, id); err != nil {
			t.lacks("effects that can be read: %v", err)
			return
		}
	}
	if len(seen) != 1 {
		t.fail("an event that came several times has several effects", "1 effect of the message", fmt.Sprint(len(seen)))
	}
}

// notAccepted reports whether what was sent was not accepted: that is for another scenario to say, and there is no effect to look at.
func (t *trial) notAccepted() bool {
	if len(t.findings) == 0 {
		return false
	}
	t.findings, t.more = nil, 0
	t.lacks("a receiver that accepts the event each time")
	return true
}

// shows waits for the effect of a message. Without one, the scenario is UNVERIFIED.
func (t *trial) shows(messageID string) ([]effect, bool) {
	seen, err := t.effects.await(t.ctx, messageID, func(seen []effect) bool { return len(seen) > 0 })
	switch {
	case err != nil:
		t.lacks("effects that can be read: %v", err)
	case len(seen) == 0:
		t.lacks("effects that show the message: --effects-url has no object with its message_id")
	}
	return seen, err == nil && len(seen) > 0
}

// notLost checks that each of some messages has its effect, where that can be seen.
func (t *trial) notLost(ids ...string) {
	if t.effects == nil {
		return
	}
	missing := 0
	for _, id := range ids {
		seen, err := t.effects.await(t.ctx, id, func(seen []effect) bool { return len(seen) > 0 })
		if err != nil {
			t.lacks("effects that can be read: %v", err)
			return
		}
		if len(seen) == 0 {
			missing++
		}
	}
	if missing > 0 {
		t.fail("accepted events have no effect", fmt.Sprintf("%d messages among the effects", len(ids)), fmt.Sprintf("%d of them are missing", missing))
	}
}

// reversed sends a message before the conversation that it began.
func (t *trial) reversed() {
	now, conversation := t.client.now(), t.generator.number()
	message := t.eventAt(now, messageReceived, object{"conversation_id": conversation})
	if message == nil {
		return
	}
	ok := t.accepted(message, "a message of a conversation that is not known yet")
	ok = t.accepted(t.eventAt(now.Add(-time.Second), conversationCreated, object{"conversation_id": conversation}), "a conversation after its first message") && ok
	if ok {
		t.notLost(messageIDOf(message))
	}
}

// lateStatus sends sent, read, and then delivered, which is older than read. It returns the message, or "".
func (t *trial) lateStatus() string {
	now, id := t.client.now(), "wamid."+t.generator.newID()
	for _, step := range []struct {
		status string
		ago    time.Duration
	}{{"sent", 3 * time.Second}, {"read", time.Second}, {"delivered", 2 * time.Second}} {
		if !t.accepted(t.eventAt(now.Add(-step.ago), messageStatus, object{fieldMessageID: id, fieldStatus: step.status}), step.status+" (of sent, read, delivered)") {
			return ""
		}
	}
	return id
}

// staysRead checks that a message is read in the end.
func (t *trial) staysRead(id string) {
	if t.notAccepted() || id == "" {
		return
	}
	if _, ok := t.shows(id); !ok {
		return
	}
	seen, err := t.effects.rest(t.ctx, id)
	switch {
	case err != nil || len(seen) == 0:
		t.lacks("effects that can be read: %v", err)
	case seen[len(seen)-1].status == "":
		t.lacks("effects that show the status of a message")
	case seen[len(seen)-1].status != "read":
		t.fail("an older status that came late has turned the message back", "read", seen[len(seen)-1].status)
	}
}

// batch sends two messages in one request.
func (t *trial) batch() {
	first, second := t.event(messageReceived, nil), t.event(messageReceived, nil)
	if first == nil || second == nil {
		return
	}
	d := t.signed(messageReceived, append(append(append(append([]byte("["), first.body...), ','), second.body...), ']'))
	if t.accepted(d, "a JSON array of two events") {
		t.notLost(messageIDOf(first), messageIDOf(second))
	}
}

// parallel sends many messages at once.
func (t *trial) parallel() {
	ids := make([]string, parallelEvents)
	var all sync.WaitGroup
	for i := range ids {
		d := t.event(messageReceived, nil)
		if d == nil {
			return
		}
		ids[i] = messageIDOf(d)
		all.Go(func() { t.accepted(d, fmt.Sprintf("one of %d events at once", parallelEvents)) })
	}
	all.Wait()
	if len(t.findings) == 0 {
		t.notLost(ids...)
	}
}
