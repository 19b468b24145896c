package run

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/judge"
)

// A SinceReport compares the failures of a run with those of an earlier one, by the ids of cases. What the baseline excuses is no failure.
type SinceReport struct {
	Started   time.Time `json:"started"` // of the earlier run
	Verdict   string    `json:"verdict"` // of the earlier run
	Note      string    `json:"note,omitempty"`
	New       []string  `json:"new"`       // fail now, and did not in the earlier run
	Fixed     []string  `json:"fixed"`     // failed in the earlier run, and hold now
	Same      []string  `json:"same"`      // fail in both runs
	Unchecked []string  `json:"unchecked"` // failed in the earlier run, and were not checked now
}

// Compare compares the failures of two reports.
func Compare(before, now *Report) *SinceReport {
	out := &SinceReport{Started: before.Started, Verdict: before.Verdict, New: []string{}, Fixed: []string{}, Same: []string{}, Unchecked: []string{}}
	switch {
	case before.Target.BaseURL != now.Target.BaseURL:
		out.Note = "the earlier run checked " + before.Target.BaseURL
	case before.Contract.SHA256 != now.Contract.SHA256:
		out.Note = fmt.Sprintf("the earlier run had another contract (version %s)", before.Contract.Version)
	}
	failed, checked := map[string]bool{}, map[string]bool{}
	for _, c := range before.Cases {
		failed[c.ID] = c.fails(before.Started)
	}
	for _, c := range now.Cases {
		checked[c.ID] = c.Outcome == judge.Pass || c.Outcome == judge.Warn || c.Outcome == judge.Fail
		switch fails := c.fails(now.Started); {
		case fails && failed[c.ID]:
			out.Same = append(out.Same, c.ID)
		case fails:
			out.New = append(out.New, c.ID)
		}
	}
	for _, c := range before.Cases {
		switch {
		case !failed[c.ID]:
		case !checked[c.ID]:
			out.Unchecked = append(out.Unchecked, c.ID)
		case !slices.Contains(out.Same, c.ID):
			out.Fixed = append(out.Fixed, c.ID)
		}
	}
	return out
}

func (r *CaseResult) fails(at time.Time) bool { return r.Outcome == judge.Fail && !r.Excused(at) }

// String is the comparison in a line.
func (s *SinceReport) String() string {
	var parts []string
	for _, part := range []struct {
		what  string
		cases []string
	}{{"new", s.New}, {"fixed", s.Fixed}, {"the same", s.Same}, {"not checked now", s.Unchecked}} {
		text := fmt.Sprintf("%d %s", len(part.cases), part.what)
		if n := len(part.cases); n > 0 && n <= 5 && part.what != "the same" {
			text += " (" + strings.Join(part.cases, ", ") + ")"
		}
		parts = append(parts, text)
	}
	text := fmt.Sprintf("failures since the run of %s: %s", s.Started.UTC().Format("2006-01-02 15:04 MST"), strings.Join(parts, ", "))
	if s.Note != "" {
		text += "; " + s.Note
	}
	return text
}
