package match

import (
	"fmt"
	"slices"
	"time"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// Equal matches a value that is the same as another. Times are the same if they are the same instant.
func Equal[V comparable](want V) types.GomegaMatcher {
	return &matcher[V]{
		what:  fmt.Sprintf("a %T", want),
		holds: func(v V) bool { return v == want || sameInstant(v, want) },
		explain: func(v V) judge.Finding {
			return judge.Finding{Text: "the value is another one", Expected: shown(want), Actual: shown(v)}
		},
	}
}

// OneOf matches a text that is one of the words.
func OneOf(words ...string) types.GomegaMatcher {
	return &matcher[string]{
		what:  "a text",
		holds: func(v string) bool { return slices.Contains(words, v) },
		explain: func(v string) judge.Finding {
			return judge.Finding{Text: "the text is none of the words", Expected: fmt.Sprint(words), Actual: printable.Brief(v)}
		},
	}
}

// NotBeLaterThan matches an instant that is at most so much later than another.
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
		return v.Format(time.RFC3339)
	case string:
		return printable.Brief(v)
	}
	return fmt.Sprint(v)
}
