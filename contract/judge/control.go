package judge

import (
	"maps"
	"slices"
	"strings"

	"example.com/awalmock/contract/exchange"
)

// Control judges an answer of the control API by the Wanted of its request.
func Control(_ *Judge, e *exchange.Exchange) Verdict {
	want := e.Request.Wanted
	switch {
	case want == nil:
		return NotApplicable()
	case e.Status != want.Status:
		return Applicable(Finding{Text: "the control API did not do what was requested", Expected: exchange.StatusLine(want.Status), Actual: e.Result()})
	}
	for _, name := range want.Shows {
		if _, there := e.Object()[name]; !there {
			return Applicable(Finding{Text: "an answer of the control API lacks a property", Expected: "the property " + name, Actual: strings.Join(slices.Sorted(maps.Keys(e.Object())), ", ")})
		}
	}
	return Applicable()
}
