package run

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/onsi/gomega"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// performed is the result of one case that asks nothing.
func performed(t *testing.T, requirement string, body func(*T)) CaseResult {
	t.Helper()
	c := &Case{ID: requirement, Requirement: requirement, Run: func(t *T) error { body(t); return nil }}
	s, err := NewSession(Config{}, only(c))
	if err != nil {
		t.Fatal(err)
	}
	return s.perform(context.Background(), c)
}

// only reads the contract with one case instead of its own.
func only(cases ...*Case) func(Config) (*Contract, error) {
	return func(cfg Config) (*Contract, error) {
		return ReadContract(cfg, func(*document.Document) ([]*Case, error) { return cases, nil })
	}
}

func answered(status int, body string) *exchange.Exchange {
	e := &exchange.Exchange{Request: &exchange.Request{Op: &document.Operation{ID: "x"}, Method: "GET", Path: "/x"}, Status: status}
	value, problems, _ := exchange.Decode([]byte(body))
	e.Content = &exchange.Content{Value: value, Problems: problems}
	return e
}

func TestAnExpectationThatDoesNotHoldIsAFindingAndEndsTheCase(t *testing.T) {
	t.Parallel()
	r := performed(t, "AUTH-VALID", func(t *T) {
		t.Expect(answered(409, `{"error":"conflict"}`)).To(match.HaveStatus(200), "the text %d", 7)
		t.Expect(1).To(gomega.Equal(2), "never reached")
	})
	if r.Outcome != judge.Fail || len(r.Findings) != 1 {
		t.Fatalf("%s, %d findings", r.Outcome, len(r.Findings))
	}
	f := r.Findings[0]
	if f.Requirement != "AUTH-VALID" || f.Text != "the text 7" || f.Expected != "200 OK" || f.Actual != "409 Conflict conflict" || f.Status != 409 || len(f.Recorded) != 1 {
		t.Errorf("%+v", f)
	}
}

func TestACheckThatDoesNotHoldIsAFindingAndTheCaseGoesOn(t *testing.T) {
	t.Parallel()
	r := performed(t, "AUTH-VALID", func(t *T) {
		t.Check(answered(200, `{"data":{"id":3}}`)).To(match.HaveNumber("/data/id", 4), "first")
		t.Check([]int{1}).To(gomega.BeEmpty(), "second")
		t.Check(1).NotTo(gomega.Equal(1), "third")
		t.Check(1).To(gomega.Equal(1), "holds")
	})
	var texts []string
	for _, f := range r.Findings {
		texts = append(texts, f.Text+": "+f.Expected+", "+f.Actual+" "+f.Pointer)
	}
	want := []string{"first: 4 at /data/id, 3 /data/id", "second: Expected <[]int | len:1, cap:1>: [1] to be empty, [1] ", "third: "}
	if len(texts) != len(want) {
		t.Fatalf("%q", texts)
	}
	for i := range want {
		if !strings.HasPrefix(texts[i], want[i]) {
			t.Errorf("%q, want %q", texts[i], want[i])
		}
	}
}

func TestAnAdviceIsNoMoreThanAWarning(t *testing.T) {
	t.Parallel()
	r := performed(t, "AUTH-VALID", func(t *T) { t.Advise(1).To(gomega.Equal(2)) })
	if r.Outcome != judge.Warn || r.Findings[0].Level != document.Should {
		t.Errorf("%s %+v", r.Outcome, r.Findings)
	}
}

func TestACaseThatLacksSomethingIsUnverifiedAndOneWithAnErrorIsAnError(t *testing.T) {
	t.Parallel()
	if r := performed(t, "AUTH-VALID", func(t *T) { t.Lacks("a row of %d", 7) }); r.Outcome != judge.Unverified || r.Reason != "needs a row of 7" {
		t.Errorf("%s %q", r.Outcome, r.Reason)
	}
	if r := performed(t, "AUTH-VALID", func(t *T) { t.End(errors.New("no route")) }); r.Outcome != judge.Error || r.Reason != "no route" {
		t.Errorf("%s %q", r.Outcome, r.Reason)
	}
}

func TestEventuallyLooksAgainAndShowsWhatItSawLast(t *testing.T) {
	t.Parallel()
	looked := 0
	look := func() any { looked++; return looked }
	if r := performed(t, "AUTH-VALID", func(t *T) { t.Eventually(look).Should(gomega.Equal(3)) }); r.Outcome != judge.Pass || looked != 3 {
		t.Errorf("%s after %d looks", r.Outcome, looked)
	}
	thread := &exchange.Thread{Status: "opened", From: answered(200, `{}`)}
	r := performed(t, "AUTH-VALID", func(t *T) {
		t.Eventually(func() any { return thread }).About(answered(201, `{}`)).Should(match.BeClosed(), "it is not closed")
	})
	if r.Outcome != judge.Fail || r.Findings[0].Actual != "opened" || r.Findings[0].Pointer != "/data/status" || len(r.Findings[0].Recorded) != 2 {
		t.Errorf("%s %+v", r.Outcome, r.Findings)
	}
}

func TestWhatWasDeferredIsCalledHoweverTheCaseEndsTheLastFirst(t *testing.T) {
	t.Parallel()
	var called []string
	r := performed(t, "AUTH-VALID", func(t *T) {
		t.DeferCleanup(func() error { called = append(called, "first"); return errors.New("first failed") })
		t.DeferCleanup(func() error { called = append(called, "second"); return nil })
		t.Lacks("a row")
	})
	if r.Outcome != judge.Unverified || strings.Join(called, " ") != "second first" {
		t.Errorf("%s %q after %q", r.Outcome, r.Reason, called)
	}
	if r := performed(t, "AUTH-VALID", func(t *T) { t.DeferCleanup(func() error { return errors.New("not removed") }) }); r.Outcome != judge.Error || r.Reason != "not removed" {
		t.Errorf("%s %q", r.Outcome, r.Reason)
	}
}

func TestWhatIsNotExpectedIsSaidWithNot(t *testing.T) {
	t.Parallel()
	r := performed(t, "AUTH-VALID", func(t *T) { t.Check(int64(3)).NotTo(match.At("/data/id", match.Equal(int64(3))), "the same id") })
	if got := negated("a row with the id 7"); got != "no row with the id 7" {
		t.Error(got)
	}
	if f := r.Findings[0]; f.Text != "the same id" || f.Expected != "not 3" || f.Actual != "3" || f.Pointer != "/data/id" {
		t.Errorf("%+v", f)
	}
}
