package match

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// A matcher matches values of one type.
type matcher[V any] struct {
	what    string // the name of the type, for the message about a value of another type
	holds   func(V) bool
	explain func(V) judge.Finding
}

// Match implements Gomega's matcher.
func (m *matcher[V]) Match(actual any) (bool, error) {
	value, ok := actual.(V)
	if !ok {
		return false, fmt.Errorf("%s was expected, not %T", m.what, actual)
	}
	return m.holds(value), nil
}

// Explain is the finding for a value that does not match.
func (m *matcher[V]) Explain(actual any) judge.Finding {
	value, ok := actual.(V)
	if !ok {
		return judge.Finding{Text: "the suite itself failed", Expected: m.what, Actual: fmt.Sprintf("%T", actual)}
	}
	return m.explain(value)
}

// FailureMessage is the finding in one line.
func (m *matcher[V]) FailureMessage(actual any) string {
	f := m.Explain(actual)
	return fmt.Sprintf("%s: expected %s, actual %s", f.Text, f.Expected, f.Actual)
}

// NegatedFailureMessage is for NotTo.
func (m *matcher[V]) NegatedFailureMessage(actual any) string {
	return "not expected: " + m.Explain(actual).Expected
}

// HaveStatus matches an exchange whose answer has one of the statuses, or an equivalent status of the operation, see document.Operation.Answers.
func HaveStatus(wanted ...int) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			return slices.Contains(wanted, e.Status) || e.Request.Op != nil && e.Request.Op.Answers(e.Status, wanted...)
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has another status", Expected: statuses(wanted), Actual: e.Result()}
		},
	}
}

// statuses are statuses in words.
func statuses(list []int) string {
	var names []string
	for _, status := range list {
		names = append(names, exchange.StatusLine(status))
	}
	return strings.Join(names, " or ")
}

// BeAccepted matches an exchange whose answer is the documented success.
func BeAccepted() types.GomegaMatcher { return HaveStatus(http.StatusOK) }

// BeRefused matches an exchange whose request was refused as invalid.
func BeRefused() types.GomegaMatcher { return HaveStatus(http.StatusBadRequest) }

// HaveNumber matches an exchange whose body has a whole number at a JSON pointer: the one that is given, or any.
func HaveNumber(pointer string, want ...int64) types.GomegaMatcher {
	expected := "a whole number at " + pointer
	if len(want) > 0 {
		expected = strconv.FormatInt(want[0], 10) + " at " + pointer
	}
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			n := exchange.Number(e.At(pointer))
			return n != nil && (len(want) == 0 || *n == want[0])
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has another number", Expected: expected, Actual: printable.Brief(e.At(pointer)), Pointer: pointer}
		},
	}
}

// BeClosed matches a conversation that shows the status closed.
func BeClosed() types.GomegaMatcher { return showClosed(true) }

// BeOpen matches a conversation that does not show the status closed.
func BeOpen() types.GomegaMatcher { return showClosed(false) }

func showClosed(want bool) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return v.Closed() == want },
		explain: func(v *exchange.Thread) judge.Finding {
			return judge.Finding{Text: "the conversation has the status " + v.Status, Expected: map[bool]string{true: "closed", false: "not closed"}[want], Actual: v.Status, Pointer: "/data/status"}
		},
	}
}

// At adds a JSON pointer to the finding of a matcher: where in the body the value was read.
func At(pointer string, m types.GomegaMatcher) types.GomegaMatcher {
	return &withPointer{m, pointer}
}

type withPointer struct {
	types.GomegaMatcher
	pointer string
}

func (p *withPointer) Explain(actual any) judge.Finding {
	var f judge.Finding
	if e, ok := p.GomegaMatcher.(interface{ Explain(any) judge.Finding }); ok {
		f = e.Explain(actual)
	}
	f.Pointer = p.pointer
	return f
}
