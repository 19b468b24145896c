package run

import (
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
