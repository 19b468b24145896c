package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/mattn/go-isatty"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

// masking takes secrets out of everything that is written, and all that could do harm to a terminal or to a CI server that reads along; only the
// program's own colours pass.
type masking struct {
	out  io.Writer
	hide *strings.Replacer
}

// own are the escape sequences that the program itself writes.
var own = regexp.MustCompile("\x1b\\[(?:0|1;[0-9]{2})m|\r\x1b\\[K")

func clean(text string) string {
	if !strings.Contains(text, "\x1b") {
		return suite.Clean(text)
	}
	var out strings.Builder
	for from := 0; ; {
		at := own.FindStringIndex(text[from:])
		if at == nil {
			out.WriteString(suite.Clean(text[from:]))
			return out.String()
		}
		out.WriteString(suite.Clean(text[from : from+at[0]]))
		out.WriteString(text[from+at[0] : from+at[1]])
		from += at[1]
	}
}

func (m *masking) Write(text []byte) (int, error) {
	if _, err := io.WriteString(m.out, clean(m.hide.Replace(string(text)))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// innermost finds the file under masks, to ask whether it is a terminal.
func innermost(w io.Writer) io.Writer {
	for {
		m, ok := w.(*masking)
		if !ok {
			return w
		}
		w = m.out
	}
}

// A terminal shows how the run goes, and then what came of it. Progress goes to standard error, so that the summary can be piped.
type terminal struct {
	out, err io.Writer
	now      func() time.Time
	began    time.Time // of the first case
	wroteAt  time.Time // when progress was last written to what is no terminal
	live     bool      // standard error is a terminal: one line is overwritten again and again
	colour   bool
}

func newTerminal(out, err io.Writer) *terminal {
	tty := func(w io.Writer) bool {
		file, ok := innermost(w).(*os.File)
		return ok && isatty.IsTerminal(file.Fd()) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return &terminal{out: out, err: err, now: time.Now, live: tty(err), colour: tty(out)}
}

const (
	clearLine = "\r\x1b[K"
	columns   = 80 // of the narrowest terminal that people use
)

func (t *terminal) progress(r suite.CaseResult, done, total int) {
	switch {
	case r.Known != nil && r.Outcome == suite.Fail:
		t.clear()
		fmt.Fprintf(t.err, "known %s: %s (until %s: %s)\n", r.ID, r.Headline(), r.Known.Expires, r.Known.Reason)
	case r.Outcome == suite.Fail || r.Outcome == suite.Error:
		t.clear()
		fmt.Fprintf(t.err, "%s %s: %s\n", r.Outcome, r.ID, r.Headline())
	}
	now := t.now()
	if t.began.IsZero() {
		t.began, t.wroteAt = now, now
	}
	left := remaining(now.Sub(t.began), done, total)
	switch {
	case t.live: // never longer than a line: the rest of it could not be cleared
		line := fmt.Sprintf("%d/%d%s %s", done, total, left, r.ID)
		fmt.Fprint(t.err, clearLine, line[:min(len(line), columns-1)])
	case now.Sub(t.wroteAt) >= quietFor:
		t.wroteAt = now
		fmt.Fprintf(t.err, "progress: %d of %d cases%s\n", done, total, left)
	}
}

// quietFor is the time between two lines of progress in a log.
const quietFor = 15 * time.Second

// remaining says how long the other cases take if they are like those before; "" as long as too little is known.
func remaining(took time.Duration, done, total int) string {
	if done < total/20+1 || took < time.Second || done == total {
		return ""
	}
	left := time.Duration(float64(took) / float64(done) * float64(total-done))
	return fmt.Sprintf(", about %s left", max(time.Second, left.Round(time.Second)))
}

func (t *terminal) notice(text string) {
	t.clear()
	fmt.Fprintln(t.err, text)
}

func (t *terminal) clear() {
	if t.live {
		fmt.Fprint(t.err, clearLine)
	}
}

func (t *terminal) paint(outcome, text string) string {
	colour := map[string]string{"PASS": "32", "FAIL": "31", "ERROR": "35", "WARN": "33", "UNVERIFIED": "36", "SKIPPED": "90"}[outcome]
	if !t.colour || colour == "" {
		return text
	}
	return "\x1b[1;" + colour + "m" + text + "\x1b[0m"
}

const failuresShown = 3 // in full on the terminal; the reports have all

// summary fits one screen: the verdict, the counts, the coverage, then the failures.
func (t *terminal) summary(r *suite.Report, dir string) {
	fmt.Fprintf(t.out, "%s  %s at %s\n", t.paint(r.Verdict, r.Verdict), r.Contract.Title, r.Target.BaseURL)
	fmt.Fprintf(t.out, "%d requirements, %d requests, %.1f s%s, %s path signed\n", len(r.Requirements), r.Requests, r.Seconds, seedOf(r), r.Target.SignedPath)
	counts := []string{"cases:"}
	for _, outcome := range []suite.Outcome{suite.Pass, suite.Fail, suite.Warn, suite.Error, suite.Unverified, suite.Skipped} {
		text := fmt.Sprintf("%s %d", outcome, r.Counts[outcome])
		if r.Counts[outcome] > 0 {
			text = t.paint(string(outcome), text)
		}
		counts = append(counts, text)
	}
	fmt.Fprintln(t.out, strings.Join(counts, "  "))
	if r.Since != nil {
		fmt.Fprintln(t.out, folded(r.Since.String()))
	}
	t.coverage(r.Coverage)
	for _, note := range r.Notes {
		fmt.Fprintln(t.out, folded("note: "+note))
	}
	t.failures(r)
	if r.Verdict != suite.VerdictFail && len(r.Why) > 0 {
		for _, why := range r.Why[:min(12, len(r.Why))] {
			fmt.Fprintln(t.out, "- "+why)
		}
		if more := len(r.Why) - 12; more > 0 {
			fmt.Fprintf(t.out, "- and %d more\n", more)
		}
	}
	if dir != "" {
		fmt.Fprintln(t.out, "reports: "+dir)
	}
}

// seedOf is the seed of a run, "" of one that draws nothing.
func seedOf(r *suite.Report) string {
	if r.Settings.Seed == 0 {
		return ""
	}
	return fmt.Sprintf(", seed %d", r.Settings.Seed)
}

const unaskedShown = 6 // names of operations, in a summary of one screen

// coverage is a table of the operations that were asked, and a line about the others.
func (t *terminal) coverage(operations []suite.OperationCoverage) {
	var unasked []string
	for i, c := range operations {
		if i == 0 {
			fmt.Fprintln(t.out, "operation               statuses seen | not seen | parameters used")
		}
		if c.Requests == 0 {
			unasked = append(unasked, c.Operation)
			continue
		}
		fmt.Fprintln(t.out, coverageLine(c))
	}
	if n := len(unasked); n > unaskedShown {
		unasked = append(unasked[:unaskedShown], fmt.Sprintf("and %d more (report.json lists all)", n-unaskedShown))
	}
	if len(unasked) > 0 {
		fmt.Fprintln(t.out, folded("not asked: "+strings.Join(unasked, ", ")))
	}
}

func coverageLine(c suite.OperationCoverage) string {
	var seen, unseen []string
	for _, s := range c.Statuses {
		if s.Answers > 0 {
			seen = append(seen, fmt.Sprint(s.Status))
		} else {
			unseen = append(unseen, fmt.Sprint(s.Status))
		}
	}
	used := 0
	for _, p := range c.Parameters {
		if p.Valid+p.Invalid+p.Missing > 0 {
			used++
		}
	}
	return fmt.Sprintf("%-23s %s | %s | %d/%d", c.Operation, strings.Join(seen, " "), strings.Join(unseen, " "), used, len(c.Parameters))
}

// folded breaks a text between words, so that no line is too long for a terminal.
func folded(text string) string {
	var out strings.Builder
	width := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i > 0 && width+1+len(word) >= columns:
			out.WriteString("\n  ")
			width = 2
		case i > 0:
			out.WriteByte(' ')
			width++
		}
		out.WriteString(word)
		width += len(word)
	}
	return out.String()
}

// failures shows the first case of each likely cause in full, and counts the others.
func (t *terminal) failures(r *suite.Report) {
	shown := 0
	for _, cause := range r.Causes {
		first := caseOf(r, cause.Cases[0])
		if shown++; shown <= failuresShown {
			t.inFull(r, first)
		} else {
			t.inALine(first)
		}
		if others := cause.Cases[1:]; len(others) > 0 {
			text := strings.Join(others[:min(len(others), 4)], ", ")
			if more := len(others) - 4; more > 0 {
				text += fmt.Sprintf(" and %d more", more)
			}
			fmt.Fprintln(t.out, folded(fmt.Sprintf("  %d more, likely since %s: %s", len(others), cause.Text, text)))
		}
	}
	for _, outcome := range []suite.Outcome{suite.Error, suite.Warn} {
		for _, c := range r.Cases {
			switch {
			case c.Outcome != outcome || c.Excused(r.Started) || slices.Contains(r.Notes, c.Reason) || slices.Contains(r.Why, c.Reason): // which are shown
			case shown < failuresShown && len(c.Findings) > 0:
				shown++
				t.inFull(r, c)
			default:
				t.inALine(c)
			}
		}
	}
	t.known(r)
	for _, why := range r.Why {
		if strings.Contains(why, "baseline") {
			fmt.Fprintln(t.out, "- "+why)
		}
	}
}

// known shows what the baseline excuses, each with its reason and last day.
func (t *terminal) known(r *suite.Report) {
	for _, c := range r.Cases {
		if c.Excused(r.Started) {
			fmt.Fprintf(t.out, "known %s (%s, until %s: %s): %s\n", c.ID, c.Outcome, c.Known.Expires, c.Known.Reason, c.Headline())
		}
	}
}

func caseOf(r *suite.Report, id string) suite.CaseResult {
	return r.Cases[slices.IndexFunc(r.Cases, func(c suite.CaseResult) bool { return c.ID == id })]
}

func (t *terminal) inALine(c suite.CaseResult) {
	fmt.Fprintf(t.out, "%s %s (%s): %s\n", t.paint(string(c.Outcome), string(c.Outcome)), c.ID, c.Level, c.Headline())
}

func (t *terminal) inFull(r *suite.Report, c suite.CaseResult) {
	f := c.Findings[0]
	fmt.Fprintf(t.out, "\n%s %s (%s): %s\n  expected  %s\n  actual    %s\n", t.paint(string(c.Outcome), string(c.Outcome)), c.ID, c.Level, f.Text, f.Expected, f.Actual)
	if f.Pointer != "" {
		fmt.Fprintf(t.out, "  at        %s of the answer\n", f.Pointer)
	}
	if f.Contract.Pointer != "" { // what the control API promises is not in the contract
		fmt.Fprintf(t.out, "  contract  %s:%d %s\n", r.Contract.File, f.Contract.Line, f.Contract.Pointer)
	}
	for _, e := range f.Exchanges[max(0, len(f.Exchanges)-1):] {
		fmt.Fprintf(t.out, "  curl      %s\n", e.Curl)
	}
	fmt.Fprintf(t.out, "  again     %s\n", f.Rerun)
}

// list prints what would be checked.
func list(cfg suite.Config, asJSON bool, out io.Writer) error {
	listing, err := suite.List(cfg)
	if err != nil {
		return err
	}
	return showListing(&listing, asJSON, out)
}

// showListing prints a listing as JSON or as a table.
func showListing(listing *suite.Listing, asJSON bool, out io.Writer) error {
	if asJSON {
		return report.EncodeJSON(out, listing)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range listing.Requirements {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Mark, r.Text)
		for _, c := range listing.Cases {
			if c.Requirement == r.ID {
				fmt.Fprintf(table, "  %s\t\t\t%s%s\n", c.ID, c.Title, bracketed(c.Skipped))
			}
		}
	}
	unclaimed := slices.DeleteFunc(slices.Clone(listing.Cases), func(c suite.ListedCase) bool { return c.Skipped == "" })
	fmt.Fprintf(table, "%d requirements, %d cases, %d of them skipped\n", len(listing.Requirements), len(listing.Cases), len(unclaimed))
	return table.Flush()
}

func bracketed(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
