package specs

import (
	"net/http"

	"example.com/awalmock/contract/match"
)

// acceptsForeignValue uses a value that only a record of another workspace has, in a change and in a new record: it is no conflict.
func (c collection) acceptsForeignValue(property string, value func(t *T) string) func(t *T) {
	return func(t *T) {
		other := t.asSecond()
		defer t.takeOver(other)
		taken := value(t)
		_, first := c.create(other, map[string]any{property: taken})
		id, _ := c.create(t, nil)
		changed := t.answer(c.changeRequest(t, id, map[string]any{property: taken}).MayBeRefused())
		t.About(first).Check(changed).NotTo(match.HaveStatus(http.StatusConflict), "the refusal of a change reveals a %s of another workspace", c.noun)
		t.Expect(c.delete(t, id)).To(match.BeAccepted(), "a %s was not deleted", c.noun)
		again := t.answer(c.createRequest(t, map[string]any{property: taken}).MayBeRefused())
		t.About(first).Check(again).NotTo(match.HaveStatus(http.StatusConflict), "a refusal reveals a %s of another workspace", c.noun)
	}
}

// acceptsOwnValue changes a record to the value that it already has: it is no conflict. After the record is deleted, a new one may have the value; that is
// inferred, so it is a SHOULD.
func (c collection) acceptsOwnValue(property string, value func(t *T) string) func(t *T) {
	return func(t *T) {
		own := value(t)
		id, made := c.create(t, map[string]any{property: own})
		kept := t.answer(c.changeRequest(t, id, map[string]any{property: own}).MayBeRefused())
		t.About(made).Check(kept).To(match.BeAccepted(), "a change to the %s that the %s has already was not accepted", property, c.noun)
		t.Expect(c.delete(t, id)).To(match.BeAccepted(), "a %s was not deleted", c.noun)
		again := t.answer(c.createRequest(t, map[string]any{property: own}).MayBeRefused())
		t.About(made).Advise(again).To(match.BeAccepted(), "the %s of a deleted %s was not accepted for a new one", property, c.noun)
	}
}
