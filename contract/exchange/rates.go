package exchange

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Rate is what the headers of an answer say about the limit.
type Rate struct {
	Limit, Remaining, Reset int64
	Wrong                   string // "" if all three are there as integers, each with one value
}

func RateOf(h http.Header) Rate {
	var r Rate
	for _, field := range []struct {
		name string
		to   *int64
	}{{HeaderLimit, &r.Limit}, {HeaderRemaining, &r.Remaining}, {HeaderReset, &r.Reset}} {
		n, err := strconv.ParseInt(h.Get(field.name), 10, 64)
		if err != nil && r.Wrong == "" {
			r.Wrong = fmt.Sprintf("%s is %q", field.name, h.Get(field.name))
		}
		if values := slices.Compact(slices.Clone(h.Values(field.name))); len(values) > 1 && r.Wrong == "" {
			r.Wrong = fmt.Sprintf("%s has the values %q", field.name, values)
		}
		*field.to = n
	}
	return r
}

// Date is when the target answered, by its own clock: its Date header, else this machine's clock.
func (e *Exchange) Date() time.Time {
	if date, err := http.ParseTime(e.Header.Get("Date")); err == nil {
		return date
	}
	return e.Answered
}

// EarliestDate is the earliest time, by the target's clock, at which the target can have made the answer. A slow target may write its Date long after that.
func (e *Exchange) EarliestDate() time.Time { return e.Date().Add(-e.Answered.Sub(e.Asked)) }
