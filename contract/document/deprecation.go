package document

import (
	"fmt"
	"time"
)

// A Deprecation is x-deprecation of an operation, or of the whole document.
type Deprecation struct {
	Date   string // when the operation becomes deprecated, YYYY-MM-DD
	Sunset string // the last day on which it is answered, YYYY-MM-DD
}

// deprecation reads x-deprecation; nil where there is none.
func deprecation(extensions map[string]any) *Deprecation {
	raw, ok := extensions["x-deprecation"].(map[string]any)
	if !ok {
		return nil
	}
	return &Deprecation{Date: fmt.Sprint(raw["date"]), Sunset: fmt.Sprint(raw["sunset"])}
}

// Gone reports whether an operation is past its sunset at an instant: from the day after it, in UTC.
func (op *Operation) Gone(at time.Time) bool {
	if op.Deprecation == nil {
		return false
	}
	sunset, err := time.Parse(time.DateOnly, op.Deprecation.Sunset)
	return err == nil && !at.Before(sunset.AddDate(0, 0, 1))
}
