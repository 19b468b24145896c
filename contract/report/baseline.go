package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/contract/suite"
)

// index is a step of a JSON pointer that is an index.
var index = regexp.MustCompile(`/[0-9]+(/|$)`)

// Baseline writes what fails or could not be checked as a baseline. Each entry names as little as it can: the case, the operation, the status and
// the place in the answer. Reason and last day are empty, so that the file is refused until someone fills them in; those that the run's own
// baseline excused keep theirs.
func Baseline(out io.Writer, r *suite.Report) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "# What %s did not keep on %s. Give each entry a reason and expires, the last day on\n", suite.CleanLine(r.Target.BaseURL), r.Started.Format("2006-01-02"))
	text.WriteString("# which it is accepted, such as 2026-12-31: a file with an empty one is refused.\n")
	fmt.Fprintf(&text, "contract: %q\nknown:", r.Contract.Version)
	entries := 0
	for _, c := range r.Cases {
		for _, e := range baselineEntries(&c, r) {
			item, err := yaml.Marshal([]suite.Known{e.known})
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "\n  # %s\n  %s\n", suite.CleanLine(e.comment), strings.ReplaceAll(strings.TrimSpace(string(item)), "\n", "\n  "))
			entries++
		}
	}
	if entries == 0 {
		text.WriteString(" []\n")
	}
	_, err := out.Write(text.Bytes())
	return err
}

type baselineEntry struct {
	known   suite.Known
	comment string
}

func baselineEntries(c *suite.CaseResult, r *suite.Report) (out []baselineEntry) {
	add := func(k suite.Known, comment string) {
		for _, other := range out {
			if other.known == k {
				return
			}
		}
		out = append(out, baselineEntry{k, comment})
	}
	switch {
	case c.Outcome == suite.Unverified && c.Known != nil:
		add(*c.Known, c.Level+": "+c.Reason)
	case c.Outcome == suite.Unverified && c.Level == suite.Must:
		add(suite.Known{ID: c.ID, Outcome: suite.Unverified}, c.Level+": "+c.Reason)
	case c.Outcome == suite.Fail || c.Known != nil:
		for _, f := range c.Findings {
			comment := fmt.Sprintf("%s: %s (expected %s, actual %s)", f.Level, f.Text, f.Expected, f.Actual)
			if f.Known != nil && !f.Known.Expired(r.Started) {
				add(*f.Known, comment)
				continue
			}
			add(suite.Known{ID: c.ID, Operation: f.Operation, Status: f.Status, Pointer: anyIndex(f.Pointer)}, comment)
		}
	}
	return out
}

// anyIndex writes * for each index of a JSON pointer.
func anyIndex(pointer string) string {
	for index.MatchString(pointer) {
		pointer = index.ReplaceAllString(pointer, "/*$1")
	}
	return pointer
}
