package run

import "slices"

const steadyRounds = 3

// Steady runs a part of a case that only reads. If something does not hold, it runs again, since others may have written meanwhile: what does not hold then
// is a finding if state is the same before and after. If state never is, the case ends as UNVERIFIED.
func (t *T) Steady(state func() string, part func()) {
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
		t.Again = true
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
