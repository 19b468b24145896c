package specs

import (
	"fmt"
	"maps"
	"slices"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// whileUnchanged makes the body of a spec that only reads the list and its records. If an assertion fails, the body runs again, since another client may have changed
// the list: it is a finding if the list did not change while the body ran. See run.T.WhileUnchanged.
func (c collection) whileUnchanged(spec func(t *T)) func(t *T) {
	return func(t *T) {
		t.WhileUnchanged(func() string {
			e := c.page(t, largestPage(t.operationNamed(c.listOperation))...)
			return fmt.Sprint(e.At("/data"), e.At("/meta"))
		}, func() { spec(t) })
	}
}

// mustRead reads a record that must exist.
func (c collection) mustRead(t *T, id int64) *exchange.Exchange {
	e := c.get(t, id)
	t.Expect(e).To(match.BeAccepted(), "the %s %d cannot be read", c.noun, id)
	return e
}

// readWhenShown reads a record until it shows the fields that were sent, or for as long as a change may take. It returns the last answer; another case checks
// that the fields are shown.
func (c collection) readWhenShown(t *T, id int64, sent map[string]any) (e *exchange.Exchange) {
	_, err := t.Poll(func() (bool, error) {
		e = c.get(t, id)
		return e.OK() && !slices.ContainsFunc(slices.Collect(maps.Keys(sent)), func(property string) bool {
			shows, _ := match.ShowValue("/data/"+property, sent[property]).Match(e)
			return !shows && e.At("/data/"+property) != nil
		}), nil
	})
	t.End(err)
	t.Expect(e).To(match.BeAccepted(), "the %s %d cannot be read", c.noun, id)
	return e
}
