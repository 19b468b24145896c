package specs

import (
	"maps"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// readsFlags writes each boolean of a form as 1, as 0 and as 1 again: it is shown as it was meant. That 1 and 0 are taken in a form is inferred.
func (c collection) readsFlags(t *T) {
	properties := t.operationNamed(c.updateOperation).Bodies[0].Properties()
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !document.Effective(properties[name]).Type.Is("boolean") {
			continue
		}
		made := t.answer(c.createRequest(t, map[string]any{name: "1"}).MayBeRefused())
		id := exchange.Number(made.At("/data/id"))
		if !t.Advise(made).To(match.BeAccepted(), "a new %s with the %s 1 was not accepted", c.noun, name) || id == nil {
			return
		}
		c.expectFlag(t, made, *id, name, true)
		for _, written := range []struct {
			digit string
			means bool
		}{{"0", false}, {"1", true}} {
			e := t.answer(c.changeRequest(t, *id, map[string]any{name: written.digit}).MayBeRefused())
			if t.Advise(e).To(match.BeAccepted(), "a change to the %s %s was not accepted", name, written.digit) {
				c.expectFlag(t, e, *id, name, written.means)
			}
		}
	}
}

func (c collection) expectFlag(t *T, e *exchange.Exchange, id int64, name string, means bool) {
	t.EventuallyAll(func() {
		t.About(e).Advise(c.get(t, id)).To(match.ShowValue("/data/"+name, means), "the %s %d shows another %s than was sent", c.noun, id, name)
	})
}

// readsFlagsOfFilters asks for each boolean of the query with 1 and 0: that is refused, or says what true and false say.
func (c collection) readsFlagsOfFilters(t *T) {
	for _, p := range t.operationNamed(c.listOperation).Parameters {
		if p.In != "query" || !p.Schema.Type.Is("boolean") {
			continue
		}
		for _, asked := range []struct{ digit, word string }{{"1", "true"}, {"0", "false"}} {
			e := t.answer(t.To(t.operationNamed(c.listOperation), 0, exchange.Param(p.Name, asked.digit)).MayBeRefused())
			if e.OK() {
				meant := c.page(t, exchange.Param(p.Name, asked.word))
				t.About(meant).Advise(e).To(match.HaveNumber("/meta/total", totalOf(meant)), "%s %s is accepted, and is not %s", p.Name, asked.digit, asked.word)
			}
		}
	}
}
