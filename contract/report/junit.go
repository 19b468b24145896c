package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"example.com/awalmock/contract/suite"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	Err        string          `xml:"system-err,omitempty"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
	Out     string        `xml:"system-out,omitempty"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes the cases as JUnit XML, as CI servers read it. UNVERIFIED and SKIPPED are both skipped there, with their reasons; a WARN
// passes, and its text is in system-out.
func JUnit(out io.Writer, r *suite.Report) error {
	inner := junitSuite{
		Name: "contract", Tests: len(r.Cases), Time: seconds(r.Seconds), Timestamp: r.Started.Format("2006-01-02T15:04:05"),
		Properties: []junitProperty{
			{"verdict", r.Verdict}, {"base_url", r.Target.BaseURL}, {"contract", r.Contract.File + " " + r.Contract.Version}, {"tool", r.Tool.Name + " " + r.Tool.Version}, {"seed", fmt.Sprint(r.Settings.Seed)},
		},
	}
	for _, c := range r.Cases {
		entry := junitCase{Class: "contract." + c.Requirement, Name: c.ID + ": " + c.Title, Time: seconds(c.Seconds)}
		message := &junitMessage{string(c.Outcome) + ": " + c.Headline(), details(c)}
		switch {
		case c.Outcome != suite.Warn && c.Excused(r.Started):
			entry.Skipped = &junitMessage{Message: fmt.Sprintf("known until %s: %s", c.Known.Expires, c.Known.Reason)}
			inner.Skipped++
		case c.Outcome == suite.Fail:
			entry.Failure = message
			inner.Failures++
		case c.Outcome == suite.Error:
			entry.Error = message
			inner.Errors++
		case c.Outcome == suite.Skipped || c.Outcome == suite.Unverified:
			entry.Skipped = message
			inner.Skipped++
		case c.Outcome == suite.Warn:
			entry.Out = message.Message + "\n" + message.Text
		}
		inner.Cases = append(inner.Cases, entry)
	}
	if r.Verdict == suite.VerdictError { // also where no case could run, so that the file says why it is empty
		inner.Err = strings.Join(r.Why, "\n")
	}
	all := junitSuites{
		Name: "contract", Tests: inner.Tests, Failures: inner.Failures, Errors: inner.Errors, Time: inner.Time, Suites: []junitSuite{inner},
	}
	if _, err := io.WriteString(out, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(out)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(out, "\n")
	return err
}

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }

// details is a result's findings as plain text.
func details(c suite.CaseResult) string {
	var out strings.Builder
	for _, f := range c.Findings {
		fmt.Fprintf(&out, "%s\n  expected %s\n  actual   %s\n", f.Text, f.Expected, f.Actual)
		if f.Pointer != "" {
			fmt.Fprintf(&out, "  at       %s\n", f.Pointer)
		}
		for _, e := range f.Exchanges {
			fmt.Fprintf(&out, "  %s %s -> %d\n  %s\n", e.Method, e.URL, e.Status, e.Curl)
		}
		fmt.Fprintf(&out, "  again    %s\n", f.Rerun)
	}
	return out.String()
}
