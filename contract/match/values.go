package match

import (
	"fmt"
	"strconv"
	"time"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// Equal matches a value that is the same as another. Times are the same if they are the same instant.
func Equal[V comparable](want V) types.GomegaMatcher {
	return &matcher[V]{
		what:  fmt.Sprintf("a %T", want),
		holds: func(v V) bool { return v == want || sameInstant(v, want) },
		explain: func(v V) judge.Finding {
			return judge.Finding{Text: "the value is not the expected one", Expected: shown(want), Actual: shown(v)}
		},
	}
}

// BeAsFarAs matches the status of a message that is the same as an earlier one, or a later one: delivered after sent, read after delivered. Read and failed are
// final.
func BeAsFarAs(earlier string) types.GomegaMatcher {
	return &matcher[string]{
		what: "a status",
		holds: func(v string) bool {
			now, before := exchange.Progress(v), exchange.Progress(earlier)
			return now >= before && (before < exchange.Progress("read") || now == before)
		},
		explain: func(v string) judge.Finding {
			return judge.Finding{Text: "the status went back", Expected: earlier + ", or further", Actual: v}
		},
	}
}

// BeStatusBetween matches the status of a message that is not before one status and not after another.
func BeStatusBetween(first, last string) types.GomegaMatcher {
	return &matcher[string]{
		what: "a status",
		holds: func(v string) bool {
			now := exchange.Progress(v)
			return now >= exchange.Progress(first) && now <= exchange.Progress(last)
		},
		explain: func(v string) judge.Finding {
			return judge.Finding{Text: "the status is not the expected one", Expected: fmt.Sprintf("%s before and %s after", first, last), Actual: v}
		},
	}
}

// BeBetween matches a number between two bounds, or a bound itself.
func BeBetween(low, high int64) types.GomegaMatcher {
	return &matcher[int64]{
		what:  "a number",
		holds: func(v int64) bool { return low <= v && v <= high },
		explain: func(v int64) judge.Finding {
			return judge.Finding{Text: "the number is out of bounds", Expected: fmt.Sprintf("%d to %d", low, high), Actual: strconv.FormatInt(v, 10)}
		},
	}
}

// BeAtLeast matches a number that is no less than another.
func BeAtLeast(bound int64) types.GomegaMatcher {
	return &matcher[int64]{
		what:  "a number",
		holds: func(v int64) bool { return v >= bound },
		explain: func(v int64) judge.Finding {
			return judge.Finding{Text: "the number is too small", Expected: fmt.Sprintf("at least %d", bound), Actual: strconv.FormatInt(v, 10)}
		},
	}
}

// BeBelow matches a number that is less than another.
func BeBelow(bound int64) types.GomegaMatcher {
	return &matcher[int64]{
		what:  "a number",
		holds: func(v int64) bool { return v < bound },
		explain: func(v int64) judge.Finding {
			return judge.Finding{Text: "the number is too large", Expected: fmt.Sprintf("less than %d", bound), Actual: strconv.FormatInt(v, 10)}
		},
	}
}

// BeNoEarlierThan matches an instant that is the same as another one, or later.
func BeNoEarlierThan(at time.Time) types.GomegaMatcher {
	return &matcher[time.Time]{
		what:  "a time",
		holds: func(v time.Time) bool { return !v.Before(at) },
		explain: func(v time.Time) judge.Finding {
			return judge.Finding{Text: "the time went back", Expected: "not before " + shown(at), Actual: shown(v)}
		},
	}
}

// BeWithin matches an instant between two bounds, or a bound itself.
func BeWithin(from, to time.Time) types.GomegaMatcher {
	return &matcher[time.Time]{
		what:  "a time",
		holds: func(v time.Time) bool { return !v.Before(from) && !v.After(to) },
		explain: func(v time.Time) judge.Finding {
			return judge.Finding{Text: "the time is not the expected one", Expected: seconds(from) + " to " + seconds(to), Actual: seconds(v)}
		},
	}
}

// seconds is a time in UTC, without a fraction of a second.
func seconds(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// NotBeLaterThan matches an instant that is later than another one by at most a duration.
func NotBeLaterThan(most time.Duration, at time.Time) types.GomegaMatcher {
	return &matcher[time.Time]{
		what:  "a time",
		holds: func(v time.Time) bool { return v.Sub(at) <= most },
		explain: func(v time.Time) judge.Finding {
			return judge.Finding{Text: "the time is too late", Expected: "about " + shown(at), Actual: shown(v)}
		},
	}
}

func sameInstant(a, b any) bool {
	one, isTime := a.(time.Time)
	other, areTimes := b.(time.Time)
	return isTime && areTimes && one.Equal(other)
}

func shown(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case string:
		return printable.Brief(v)
	}
	return fmt.Sprint(v)
}
