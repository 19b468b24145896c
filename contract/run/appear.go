package run

import (
	"errors"
	"slices"
	"time"

	"example.com/awalmock/contract/exchange"
)

// patience returns the pause before each look.
func patience() []time.Duration {
	return []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond}
}

// Appears looks until something holds. If that was not at the first look, it remembers how long it took, and the next call waits as long before its
// first look, so that a slow target does not cost more requests. After one call that did not find it in time, later calls look only once.
func (t *T) Appears(look func() (bool, error)) (bool, error) {
	began, usual := time.Now(), time.Duration(t.usualDelay.Load())
	for i, wait := range patience() {
		if wait > 0 && t.impatient.Load() {
			return false, nil
		}
		if wait == 0 {
			wait = usual
		}
		if err := exchange.Pause(t.Ctx, wait); err != nil {
			return false, err
		}
		found, err := look()
		if err != nil {
			return false, err
		}
		if found {
			if took := time.Since(began); i > 0 && took > usual {
				t.usualDelay.Store(int64(min(took, time.Second)))
			}
			return true, nil
		}
	}
	t.impatient.Store(true)
	return false, nil
}

// WaitAsUsual waits as long as a change took to be seen in this run; not at all where each was seen at once.
func (t *T) WaitAsUsual() { t.End(exchange.Pause(t.Ctx, time.Duration(t.usualDelay.Load()))) }

// Settles makes the assertions of look again and again until all of them hold, since what was written may take a moment to be seen everywhere. Only what
// does not hold at the last look is a finding; an end of look ends the case if it is the last one too.
func (t *T) Settles(look func()) {
	kept, more := slices.Clone(t.findings), t.more
	var end *ended
	_, err := t.Appears(func() (bool, error) {
		t.findings, t.more = slices.Clone(kept), more
		end = attempt(look)
		var lacks *UnverifiedError
		if end != nil && end.err != nil && !errors.As(end.err, &lacks) {
			return false, end.err
		}
		return end == nil && len(t.findings) == len(kept) && t.more == more, nil
	})
	t.End(err)
	if end != nil {
		panic(*end)
	}
}

// attempt calls a part of a case, and returns how it ended the case; nil if it did not.
func attempt(part func()) (end *ended) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case ended:
			end = &r
		default:
			panic(r)
		}
	}()
	part()
	return nil
}
