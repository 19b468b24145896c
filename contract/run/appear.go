package run

import (
	"time"

	"example.com/awalmock/contract/exchange"
)

// patience is how long after the first look it is looked again.
func patience() []time.Duration {
	return []time.Duration{0, 50 * time.Millisecond, 150 * time.Millisecond, 300 * time.Millisecond, 500 * time.Millisecond, 500 * time.Millisecond}
}

// Appears looks until something holds. How long that took is remembered, and waited for before the first look of the next, so that a slow target
// does not cost more requests. What did not appear in time once is not waited for again.
func (t *T) Appears(look func() (bool, error)) (bool, error) {
	began, usual := time.Now(), time.Duration(t.usualDelay.Load())
	for _, wait := range patience() {
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
			if took := time.Since(began); wait > 0 && took > usual {
				t.usualDelay.Store(int64(min(took, time.Second)))
			}
			return true, nil
		}
	}
	t.impatient.Store(true)
	return false, nil
}
