package run

import (
	"errors"
	"slices"
	"time"

	"example.com/awalmock/contract/exchange"
)

// pollPauses are the pauses before each call of look in Poll.
func pollPauses() []time.Duration {
	return []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond}
}

// Poll calls look until it returns true, for about 1.5 seconds. If the first call was not enough, it remembers how long it took: the next Poll waits as
// long before its first call, so that a slow target does not cost more requests. After one Poll that failed, later ones call look only once.
func (t *T) Poll(look func() (bool, error)) (bool, error) {
	began, usual := time.Now(), time.Duration(t.usualDelay.Load())
	for i, wait := range pollPauses() {
		if wait > 0 && t.pollFailed.Load() {
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
	t.pollFailed.Store(true)
	return false, nil
}

// WaitUsualDelay waits as long as Poll has needed in this run; not at all if every first call was enough.
func (t *T) WaitUsualDelay() { t.End(exchange.Pause(t.Ctx, time.Duration(t.usualDelay.Load()))) }

// EventuallyAll makes the assertions of look again until all of them hold, as Gomega's Eventually does with a function that takes a Gomega: a change may take a
// moment until it is shown everywhere. Only the last attempt records findings, and only the last one can end the case.
func (t *T) EventuallyAll(look func()) {
	kept, more := slices.Clone(t.findings), t.more
	var end *ended
	_, err := t.Poll(func() (bool, error) {
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

// attempt calls a part of a case. If the part ends the case, attempt returns how, and the case goes on; else it returns nil.
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
