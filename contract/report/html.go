package report

import (
	_ "embed" // for the page's template
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
)

//go:embed page.html
var page string

// HTML writes one page that loads nothing: it has no script, no font and no request.
func HTML(out io.Writer, r *suite.Report) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"lower":    func(o any) string { return strings.ToLower(fmt.Sprint(o)) },
		"outcomes": outcomes,
		"seconds":  func(s float64) string { return fmt.Sprintf("%.1f s", s) },
		"of":       withOutcome,
		"verdict":  verdict,
		"asked":    func(c suite.OperationCoverage) bool { return c.Requests > 0 },
		"unasked":  unasked,
		"groups":   groups,
		"broken":   func(o suite.Outcome) bool { return o == suite.Fail },
		"notable":  func(o suite.Outcome) bool { return o != suite.Pass && o != suite.Skipped },
		"few":      func(n int) bool { return n <= 8 },
		"file":     func() string { return r.Contract.File },
		"failures": func() int { return len(withOutcome(r, suite.Fail)) },
		"excused":  excused,
		"rest":     func(list []suite.Finding) []suite.Finding { return list[min(1, len(list)):] },
		"title":    title,
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(out, r)
}

func outcomes() []suite.Outcome {
	return []suite.Outcome{suite.Fail, suite.Error, suite.Warn, suite.Unverified, suite.Skipped, suite.Pass}
}

// excused returns the cases that the baseline accepts.
func excused(r *suite.Report) (out []suite.CaseResult) {
	for _, c := range r.Cases {
		if c.Excused(r.Started) {
			out = append(out, c)
		}
	}
	return out
}

func unasked(r *suite.Report) (out []suite.OperationCoverage) {
	for _, c := range r.Coverage {
		if c.Requests == 0 {
			out = append(out, c)
		}
	}
	return out
}

func withOutcome(r *suite.Report, outcome suite.Outcome) (out []suite.CaseResult) {
	for _, c := range r.Cases {
		if c.Outcome == outcome && !c.Excused(r.Started) {
			out = append(out, c)
		}
	}
	return out
}

// A group is cases that failed for what is likely the same cause: the first is shown whole, the others folded.
type group struct {
	Cause  string
	First  suite.CaseResult
	Others []suite.CaseResult
}

const groupsShown = 8

// groups returns the groups of the failures: those that are shown, and the rest.
func groups(r *suite.Report) (out struct{ Shown, Folded []group }) {
	for i, cause := range r.Causes {
		g := group{Cause: cause.Text}
		for _, c := range r.Cases {
			switch {
			case c.ID == cause.Cases[0]:
				g.First = c
			case slices.Contains(cause.Cases, c.ID):
				g.Others = append(g.Others, c)
			}
		}
		if i < groupsShown {
			out.Shown = append(out.Shown, g)
		} else {
			out.Folded = append(out.Folded, g)
		}
	}
	return out
}

func title(o suite.Outcome) string {
	return map[suite.Outcome]string{
		suite.Fail: "Failures", suite.Error: "Errors of the suite or the network", suite.Warn: "Warnings", suite.Unverified: "Could not be checked",
	}[o]
}

// verdict returns the verdict as a sentence.
func verdict(r *suite.Report) string {
	switch r.Verdict {
	case suite.VerdictPass:
		return "The target keeps the contract: every MUST that was asked for was checked and holds."
	case suite.VerdictFail:
		return "The target breaks the contract."
	case suite.VerdictUnverified:
		return "Nothing is broken, but some MUST could not be checked."
	}
	return "The suite or the network failed; nothing is known to be broken."
}
