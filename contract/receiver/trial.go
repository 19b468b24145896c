package receiver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// A scenario is one thing to find out about a receiver.
type scenario struct {
	id, requirement, title string
	webhook                string // "" if it concerns several
	alone                  bool   // after all others, and alone
	target                 bool   // it is about the signed path, which Standard Webhooks does not sign
	run                    func(*trial)
	rule                   func(*trial, []*answer) // judges what all others have sent, after them
}

// A trial is a run of a scenario.
type trial struct {
	*runner
	scenario *scenario
	ctx      context.Context

	mu       sync.Mutex // of what follows: some scenarios send at once
	findings []judge.Finding
	more     int
	requests int
	outcome  judge.Outcome // UNVERIFIED or SKIPPED, where nothing was found
	reason   string
}

// event makes a rightly signed delivery of an event, with some fields of its data set.
func (t *trial) event(name string, data object) *delivery {
	return t.eventAt(t.client.now(), name, data)
}

// eventAt is event, of what happened at an instant.
func (t *trial) eventAt(at time.Time, name string, data object) *delivery {
	m := *t.generator
	m.now = func() time.Time { return at }
	body, err := m.event(name, data)
	if err != nil {
		t.lacks("%v", err)
		return nil
	}
	return t.signed(name, encode(body))
}

// signed is a rightly signed delivery of any body.
func (t *trial) signed(name string, body []byte) *delivery {
	webhook := name
	if t.generator.webhook(name) == nil {
		webhook = ""
	}
	return &delivery{webhook: webhook, id: "suite." + t.generator.newID(), body: body}
}

// deliver sends. It returns nil if there is nothing to send, or if the receiver has left too many requests without an answer.
func (t *trial) deliver(d *delivery, wants wish) *answer {
	if d == nil {
		return nil
	}
	if t.late.Load() >= mostLate {
		t.lacks("a receiver that answers: %d requests got no answer within %s", mostLate, t.client.patience)
		return nil
	}
	if t.ctx.Err() != nil {
		t.lacks("more time: the run ended before")
		return nil
	}
	d.wants = wants
	a := t.client.send(t.ctx, t.scenario.id, d)
	if isLate(a) {
		t.late.Add(1)
	}
	t.mu.Lock()
	t.requests++
	t.mu.Unlock()
	if a.err != nil && t.ctx.Err() != nil {
		t.lacks("more time: the run ended before")
		return nil
	}
	return a
}

// accepted sends a delivery that has to be answered with 2xx, and reports whether it was.
func (t *trial) accepted(d *delivery, what string) bool {
	a := t.deliver(d, accept)
	if a == nil {
		return false
	}
	if !a.accepted() {
		text := what + " is not accepted"
		if !t.accepts {
			text += "; no rightly signed event is: is --secret the receiver's?"
		}
		t.fail(text, "2xx within "+t.client.patience.String(), a.String(), a)
		return false
	}
	return true
}

// refused sends a delivery that must not be accepted. A 2xx is no breach where the effects show that nothing came of it.
func (t *trial) refused(d *delivery, what string) {
	if !t.accepts {
		t.lacks("a receiver that accepts a rightly signed event: this one refuses all")
		return
	}
	a := t.deliver(d, refuse)
	if a != nil && errors.Is(a.err, syscall.ECONNREFUSED) { // silence is no refusal
		t.lacks("a receiver that is still there: %v", a.err)
		return
	}
	if a == nil || !a.accepted() {
		return
	}
	actual := a.String()
	if id := messageIDOf(d); t.effects != nil && id != "" {
		seen, err := t.effects.rest(t.ctx, id)
		if err == nil && len(seen) == 0 {
			return
		}
		actual += ", and it shows among the effects"
	}
	t.fail(what+" is accepted", "4xx", actual, a)
}

// forged is an event as a forger would like it to be accepted: a customer's message.
func (t *trial) forged(s signing) *delivery {
	d := t.event(messageReceived, nil)
	if d != nil {
		d.sign = s
	}
	return d
}

// fail adds a finding at the level of the requirement.
func (t *trial) fail(text, expected, actual string, about ...*answer) {
	r := t.requirement(t.scenario.requirement)
	f := judge.Finding{
		Requirement: r.ID, Level: r.Level, Text: printable.CleanLine(text), Expected: printable.CleanLine(expected), Actual: printable.CleanLine(t.client.hide.Replace(actual)),
		Contract: r.Place, Rerun: t.rerun(t.selection(about)),
	}
	for _, a := range about {
		f.Exchanges = append(f.Exchanges, t.client.show(a))
		f.Status = a.status
		if w := t.generator.webhook(a.sent.webhook); w != nil {
			f.Operation, f.Contract = w.Operation, w.Place
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !judge.Keep(&t.findings, f) {
		t.more++
	}
}

// selection is what --only takes to check the scenario again: a rule judges what another one sends.
func (t *trial) selection(about []*answer) string {
	if t.scenario.rule == nil {
		return t.scenario.id
	}
	for _, a := range about {
		if slices.ContainsFunc(t.scenarios, func(s scenario) bool { return s.id == a.caseID }) {
			return t.scenario.id + "," + a.caseID
		}
	}
	return t.scenario.id
}

// lacks says why the scenario could not find out what it is about.
func (t *trial) lacks(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outcome, t.reason = judge.Unverified, "needs "+printable.CleanLine(t.client.hide.Replace(fmt.Sprintf(format, args...)))
}

// skip says why the scenario does not concern the receiver.
func (t *trial) skip(reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.outcome, t.reason = judge.Skipped, reason
}

// seesEffects reports whether effects can be looked at. If not, the scenario is UNVERIFIED.
func (t *trial) seesEffects() bool {
	if t.effects == nil {
		t.lacks("--effects-url, under which the receiver shows what it has done")
		return false
	}
	return true
}

// result is how the scenario came out.
func (t *trial) result() (judge.Outcome, string) {
	level := t.requirement(t.scenario.requirement).Level
	switch {
	case len(t.findings) > 0 && (level == document.Must || t.cfg.Strict):
		return judge.Fail, ""
	case len(t.findings) > 0:
		return judge.Warn, ""
	case t.outcome != "":
		return t.outcome, t.reason
	}
	return judge.Pass, ""
}
