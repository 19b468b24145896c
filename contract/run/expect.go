package run

import (
	"fmt"
	"strings"

	"github.com/onsi/gomega"
	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// An explainer is a matcher that makes a finding for a value that does not match, as those of package match do.
type explainer interface {
	Explain(actual any) judge.Finding
}

// ended is the panic that ends a case; err is nil if a finding has ended it.
type ended struct{ err error }

// End ends the case if err is not nil: as UNVERIFIED for the error of Lacks, as SKIPPED for a *SkippedError, else as ERROR.
func (t *T) End(err error) {
	if err != nil {
		panic(ended{err})
	}
}

// Lacks ends the case as UNVERIFIED. The text says what the target's data or the request budget lacks: the report says "needs" and the text.
func (t *T) Lacks(format string, args ...any) { t.End(Lacks(format, args...)) }

// Expect makes an assertion about a value, as Gomega's Expect does. If it fails, that is a finding with the level of the requirement, and the case ends. The
// description of the assertion is the text of the finding.
func (t *T) Expect(actual any) types.Assertion { return t.assert(actual, "", true) }

// Check is Expect, but the case goes on after a finding.
func (t *T) Check(actual any) types.Assertion { return t.assert(actual, "", false) }

// Advise is Check with the level SHOULD, also if the requirement is a MUST.
func (t *T) Advise(actual any) types.Assertion { return t.assert(actual, document.Should, false) }

// About adds exchanges to the findings of the assertions that follow: t.About(e).Check(value) shows e, and then the exchange of the value.
func (t *T) About(exchanges ...*exchange.Exchange) Asserter { return Asserter{t, exchanges} }

// An Asserter makes assertions whose findings show more exchanges, see About.
type Asserter struct {
	t         *T
	exchanges []*exchange.Exchange
}

// Expect is that of T.
func (a Asserter) Expect(actual any) types.Assertion {
	return a.t.assert(actual, "", true, a.exchanges...)
}

// Check is that of T.
func (a Asserter) Check(actual any) types.Assertion {
	return a.t.assert(actual, "", false, a.exchanges...)
}

// Advise is that of T.
func (a Asserter) Advise(actual any) types.Assertion {
	return a.t.assert(actual, document.Should, false, a.exchanges...)
}

func (t *T) assert(actual any, level string, ends bool, about ...*exchange.Exchange) types.Assertion {
	return newAssertion(&assertion{record: t.Fail, actual: actual, level: level, ends: ends, about: about})
}

func newAssertion(a *assertion) types.Assertion {
	a.Assertion = gomega.NewGomega(func(message string, _ ...int) { a.failed(message) }).Expect(a.actual)
	return a
}

// An assertion is Gomega's, and knows its matcher when it fails.
type assertion struct {
	types.Assertion
	record  func(judge.Finding, ...*exchange.Exchange) // is given the finding
	actual  any
	level   string
	ends    bool
	about   []*exchange.Exchange
	matcher types.GomegaMatcher
	negated bool
	text    []any // the description
}

func (a *assertion) with(matcher types.GomegaMatcher, description []any) types.Assertion {
	a.matcher, a.text = matcher, description
	return a.Assertion
}

func (a *assertion) To(m types.GomegaMatcher, description ...any) bool {
	return a.with(m, description).To(m)
}

func (a *assertion) Should(m types.GomegaMatcher, description ...any) bool {
	return a.with(m, description).Should(m)
}

func (a *assertion) NotTo(m types.GomegaMatcher, description ...any) bool {
	a.negated = true
	return a.with(m, description).NotTo(m)
}

func (a *assertion) ToNot(m types.GomegaMatcher, description ...any) bool {
	return a.NotTo(m, description...)
}

func (a *assertion) ShouldNot(m types.GomegaMatcher, description ...any) bool {
	return a.NotTo(m, description...)
}

// describe is a description as Gomega takes it: a text, a format with its values, or a function.
func describe(description []any) string {
	if len(description) == 0 {
		return ""
	}
	if text, ok := description[0].(func() string); ok {
		return text()
	}
	format, ok := description[0].(string)
	if !ok {
		return fmt.Sprint(description...)
	}
	return fmt.Sprintf(format, description[1:]...)
}

// failed makes a finding of an assertion that does not hold.
func (a *assertion) failed(message string) {
	var f judge.Finding
	if e, ok := a.matcher.(explainer); ok {
		f = e.Explain(a.actual)
		if a.negated {
			f.Expected = negated(f.Expected)
		}
	} else {
		f = judge.Finding{Text: "the expectation is not met", Expected: strings.Join(strings.Fields(message), " "), Actual: printable.Brief(a.actual)}
	}
	if text := describe(a.text); text != "" {
		f.Text = text
	}
	if a.level != "" {
		f.Level = a.level
	}
	a.record(f, append(a.about, exchangeOf(a.actual)...)...)
	if a.ends {
		panic(ended{})
	}
}

// negated is the opposite of what a matcher expects: no row for a row, not 3 for 3.
func negated(expected string) string {
	if rest, ok := strings.CutPrefix(expected, "a "); ok {
		return "no " + rest
	}
	return "not " + expected
}

// exchangeOf is the exchange that a value is or was read from.
func exchangeOf(actual any) []*exchange.Exchange {
	var e *exchange.Exchange
	switch v := actual.(type) {
	case *exchange.Exchange:
		e = v
	case *exchange.List:
		if v != nil {
			e = v.From
		}
	case *exchange.Row:
		if v != nil {
			e = v.From
		}
	case *exchange.Thread:
		if v != nil {
			e = v.From
		}
	case *exchange.Event:
		if v != nil {
			e = v.From
		}
	case *exchange.StatusList:
		if v != nil {
			e = v.From
		}
	}
	if e == nil {
		return nil
	}
	return []*exchange.Exchange{e}
}

// Eventually calls look until a matcher matches its value, as Gomega's Eventually does: a change may take a moment until it is shown.
func (t *T) Eventually(look func() any) *Eventual { return &Eventual{t: t, look: look} }

// An Eventual is an assertion about the value of a function that is called repeatedly.
type Eventual struct {
	t     *T
	look  func() any
	about []*exchange.Exchange
}

// About adds exchanges that a finding shows.
func (e *Eventual) About(exchanges ...*exchange.Exchange) *Eventual {
	e.about = exchanges
	return e
}

// Should expects the matcher to match in the end. If it does not, the last value makes a finding, and the case ends.
func (e *Eventual) Should(m types.GomegaMatcher, description ...any) {
	var last any
	_, err := e.t.Poll(func() (bool, error) {
		last = e.look()
		return m.Match(last)
	})
	e.t.End(err)
	e.t.assert(last, "", true, e.about...).Should(m, description...)
}
