package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// goal is the least score, in percent of the mutants that are faults.
const goal = 98

// A tally counts results.
type tally struct {
	results                []result
	cases                  []string // of the suite
	idle                   []string // cases that killed nothing
	unasked                []string // operations that the suite has no cases for
	mutants, killed        int      // written and generated
	equivalents, refused   int
	lawful, accepted       int
	controls, controlsGood int
	late                   []string // mutants that were killed only at the second attempt
	misjudged              []string // equivalents that were killed after all
	whole                  bool     // nothing was left out
	took                   time.Duration
}

func tallyOf(results []result, cases []string) *tally {
	t := &tally{results: results, cases: cases}
	killing := map[string]bool{}
	for _, r := range results {
		good := 0
		if r.Good {
			good = 1
		}
		switch {
		case r.Kind == kindLawful:
			t.lawful++
			t.accepted += good
			continue
		case r.Kind == kindControl:
			t.controls++
			t.controlsGood += good
		case r.Refused:
			t.refused++
		case r.Equivalent != "":
			t.equivalents++
			if r.Good {
				t.misjudged = append(t.misjudged, r.Name+" by "+r.By)
			}
		default:
			t.mutants++
			t.killed += good
		}
		for _, id := range r.Failed {
			killing[id] = true
		}
	}
	t.idle = slices.DeleteFunc(slices.Clone(cases), func(id string) bool { return killing[id] })
	return t
}

func (t *tally) score() float64 { return 100 * float64(t.killed) / float64(max(1, t.mutants)) }

// print writes what was written by hand, what is not as it should be, and the sums.
func (t *tally) print(out io.Writer) {
	for _, r := range t.results {
		word := r.word()
		if r.Kind == kindGenerated && (r.Good || r.Refused || r.Equivalent != "") || r.Kind == kindControl && r.Good {
			continue
		}
		fmt.Fprintf(out, "%-24s %-56s %-9s %s\n", r.Requirement, r.Name, word, r.By+r.Why)
	}
	for _, name := range t.late {
		fmt.Fprintf(out, "killed only at the second attempt, when nothing else ran: %s\n", name)
	}
	for _, id := range t.idle {
		fmt.Fprintf(out, "kills nothing: %s\n", id)
	}
	for _, name := range t.misjudged {
		fmt.Fprintf(out, "killed, though listed as no fault: %s\n", name)
	}
	if len(t.unasked) > 0 {
		fmt.Fprintf(out, "not measured, since the suite has no cases for them: %s\n", strings.Join(t.unasked, ", "))
	}
	fmt.Fprintf(out, "%d servers in %.1f s; %d more documents are refused by the mock, %d mutants are no faults\n", len(t.results)-t.refused, t.took.Seconds(), t.refused, t.equivalents)
	fmt.Fprintf(out, "killed %d/%d (%.1f %%), lawful accepted %d/%d, controls as they should be %d/%d, cases that kill nothing: %d\n",
		t.killed, t.mutants, t.score(), t.accepted, t.lawful, t.controlsGood, t.controls, len(t.idle))
}

func (r result) word() string {
	switch {
	case r.Kind == kindLawful && r.Good:
		return "accepted"
	case r.Kind == kindLawful:
		return "REJECTED"
	case r.Kind == kindControl && r.Good:
		return "right"
	case r.Kind == kindControl:
		return "WRONG"
	case r.Good:
		return "killed by"
	}
	return "SURVIVED"
}

// verdict says what is not as it should be.
func (t *tally) verdict() error {
	var errs []error
	written, unknown := 0, 0
	known := pending()
	for _, r := range t.results {
		switch {
		case r.Good || r.Refused || r.Equivalent != "":
		case r.Kind == kindMutant:
			written++
		case r.Kind == kindGenerated && !known[r.Name]:
			unknown++
		}
	}
	for _, s := range []struct {
		n    int
		what string
	}{
		{t.controls - t.controlsGood, "controls are wrong, so that the rest says nothing"},
		{written, "mutants that were written by hand survived"},
		{unknown, "generated mutants survived that are not in pending.txt"},
		{t.lawful - t.accepted, "lawful servers were rejected"},
		{len(t.idle), "cases kill nothing"},
		{len(t.misjudged), "mutants are listed as no faults, but were killed"},
	} {
		if s.n > 0 {
			errs = append(errs, fmt.Errorf("%d %s", s.n, s.what))
		}
	}
	if t.whole && t.score() < goal {
		errs = append(errs, fmt.Errorf("the score is %.1f %%, below %d %%", t.score(), goal))
	}
	return errors.Join(errs...)
}
