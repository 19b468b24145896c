package run

import "slices"

const steadyRounds = 3

// WhileUnchanged runs a part of a case that only reads. If an assertion fails, the part runs again, since another client may have changed the data meanwhile. The
// failure is a finding if state returns the same before and after a repetition. If the data change during each repetition, the case ends as UNVERIFIED.
func (t *T) WhileUnchanged(state func() string, part func()) {
	kept, more := slices.Clone(t.findings), t.more
	holds := func() (bool, *ended) {
		t.findings, t.more = slices.Clone(kept), more
		end := attempt(part)
		return len(t.findings) == len(kept) && t.more == more, end
	}
	ok, end := holds()
	for round := 1; !ok; round++ {
		if round > steadyRounds {
			t.findings, t.more = kept, more
			t.Lacks("data that others do not change while it is read")
		}
		t.Repeating = true
		before := state()
		ok, end = holds()
		if !ok && state() == before {
			break
		}
	}
	if end != nil {
		panic(*end)
	}
}
