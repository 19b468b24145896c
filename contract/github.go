package main

import (
	"fmt"
	"html"
	"io"
	"os"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
)

// Bounds of what GitHub shows: it keeps ten annotations of a kind for each step, and a summary of 1 MiB.
const (
	annotationsShown = 10
	rowsShown        = 50
)

// github is what GitHub's runner offers a step.
type github struct {
	annotate bool
	summary  string // the file of the step's summary, "" for none
	spec     string // the document in the caller's repository, "" for the one in this program
}

// githubOf reads the setting of --annotations and the environment that GitHub's runner makes.
func githubOf(setting, spec string, env []string) (github, error) {
	if !slices.Contains([]string{"auto", "github", "off"}, setting) {
		return github{}, fmt.Errorf("--annotations takes auto, github or off, not %q%s", setting, suite.Suggestion(setting, []string{"auto", "github", "off"}))
	}
	variable := func(name string) (value string) {
		for _, entry := range env {
			if text, ok := strings.CutPrefix(entry, name+"="); ok {
				value = text
			}
		}
		return value
	}
	if setting == "off" {
		return github{}, nil
	}
	return github{annotate: setting == "github" || variable("GITHUB_ACTIONS") == "true", summary: variable("GITHUB_STEP_SUMMARY"), spec: spec}, nil
}

// show annotates the run, and adds to the step's summary.
func (g github) show(r *suite.Report, out *masking) error {
	if g.annotate {
		if err := g.annotations(r, out); err != nil {
			return err
		}
	}
	if g.summary == "" {
		return nil
	}
	file, err := os.OpenFile(g.summary, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("GITHUB_STEP_SUMMARY: %w", err)
	}
	_, err = io.WriteString(file, out.hide.Replace(suite.Clean(summaryOf(r))))
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

func (g github) annotations(r *suite.Report, out *masking) error {
	if len(r.Cases) == 0 {
		return out.command("error", []property{{"title", "contract: nothing was checked"}}, strings.Join(r.Why, "\n"))
	}
	left := map[string]int{"error": annotationsShown, "warning": annotationsShown}
	for _, c := range r.Cases {
		kind := map[suite.Outcome]string{suite.Fail: "error", suite.Error: "error", suite.Warn: "warning"}[c.Outcome]
		if kind == "" || c.Excused(r.Started) || left[kind] == 0 {
			continue
		}
		left[kind]--
		properties, text := []property{{"title", fmt.Sprintf("%s %s (%s)", c.Outcome, c.ID, c.Level)}}, c.Headline()
		if len(c.Findings) > 0 {
			f := c.Findings[0]
			text += fmt.Sprintf("\nexpected %s\nactual %s\nagain: %s", f.Expected, f.Actual, f.Rerun)
			if g.spec != "" && f.Contract.Line > 0 {
				properties = append(properties, property{"file", g.spec}, property{"line", fmt.Sprint(f.Contract.Line)})
			}
		}
		if err := out.command(kind, properties, text); err != nil {
			return err
		}
	}
	return nil
}

type property struct{ name, value string }

// command writes a workflow command of GitHub. Nothing of its text can begin another one.
func (m *masking) command(name string, properties []property, text string) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	value := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	var parts []string
	for _, p := range properties {
		parts = append(parts, p.name+"="+value.Replace(suite.CleanLine(m.hide.Replace(p.value))))
	}
	_, err := fmt.Fprintf(m.out, "::%s %s::%s\n", name, strings.Join(parts, ","), data.Replace(suite.Clean(m.hide.Replace(text))))
	return err
}

// summaryOf is the report in Markdown, for the summary of a step.
func summaryOf(r *suite.Report) string {
	var out strings.Builder
	fmt.Fprintf(&out, "## Contract: %s\n\n%s at %s, %d requests, seed %d\n\n", r.Verdict, markdown(r.Contract.Title+" "+r.Contract.Version), markdown(r.Target.BaseURL), r.Requests, r.Settings.Seed)
	if len(r.Cases) == 0 {
		for _, why := range r.Why {
			fmt.Fprintf(&out, "Nothing was checked: %s\n\n", markdown(why))
		}
		return out.String()
	}
	outcomes := []suite.Outcome{suite.Pass, suite.Fail, suite.Warn, suite.Error, suite.Unverified, suite.Skipped}
	head, line, counts := "|", "|", "|"
	for _, outcome := range outcomes {
		head, line, counts = head+fmt.Sprintf(" %s |", outcome), line+"---|", counts+fmt.Sprintf(" %d |", r.Counts[outcome])
	}
	fmt.Fprintf(&out, "%s\n%s\n%s\n\n", head, line, counts)
	if r.Since != nil {
		fmt.Fprintf(&out, "%s\n\n", markdown(r.Since.String()))
	}
	rowsOf(&out, "Failures", r, func(c *suite.CaseResult) bool {
		return !c.Excused(r.Started) && (c.Outcome == suite.Fail || c.Outcome == suite.Error)
	})
	rowsOf(&out, "Warnings", r, func(c *suite.CaseResult) bool { return !c.Excused(r.Started) && c.Outcome == suite.Warn })
	rowsOf(&out, "Known, by the baseline", r, func(c *suite.CaseResult) bool { return c.Excused(r.Started) })
	rowsOf(&out, "Could not be checked", r, func(c *suite.CaseResult) bool { return !c.Excused(r.Started) && c.Outcome == suite.Unverified })
	return out.String()
}

// rowsOf is a table of cases, or nothing if there is none.
func rowsOf(out *strings.Builder, title string, r *suite.Report, is func(*suite.CaseResult) bool) {
	rows := 0
	for i := range r.Cases {
		c := &r.Cases[i]
		if !is(c) {
			continue
		}
		if rows++; rows == 1 {
			fmt.Fprintf(out, "### %s\n\n| case | level | what |\n|---|---|---|\n", title)
		}
		if rows <= rowsShown {
			text := c.Headline()
			if c.Excused(r.Started) {
				text = fmt.Sprintf("until %s: %s (%s)", c.Known.Expires, c.Known.Reason, text)
			}
			fmt.Fprintf(out, "| %s | %s | %s |\n", markdown(c.ID), c.Level, markdown(text))
		}
	}
	if rows > rowsShown {
		fmt.Fprintf(out, "\nand %d more\n", rows-rowsShown)
	}
	if rows > 0 {
		out.WriteString("\n")
	}
}

// markdown escapes a text that may be a target's own.
func markdown(text string) string {
	plain := html.EscapeString(suite.CleanLine(text))
	return strings.NewReplacer("|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "[", `\[`, "]", `\]`, "~", `\~`).Replace(plain)
}
