package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// A Case is one thing to find out, registered under the requirement that it checks.
type Case struct {
	Container   []string // texts of the groups that it is in, the outermost first
	ID          string   // the requirement's id, with a suffix where a requirement has several checks
	Requirement string
	Title       string
	Operation   string // "" if it concerns several
	Capability  string // "" for reading
	Needs       string // a second capability, "" for none
	Forged      bool   // its attempts are requests that are not rightly signed
	Way         string // of asking, in the matrix
	Writes      bool   // it uses other methods than GET: not under the production profile
	Alone       bool   // it judges what all others have asked, or disturbs them: after them, and alone
	Beside      bool   // it changes something, and looks at its own answers only: after those that are alone, several at once
	Final       bool   // after all others, and alone
	Run         func(*T) error
	Rule        *judge.Rule // whose check it is, or nil
	Derived     bool        // it is made for every operation, and drawn
	Attempts    int         // of a derived one: requests of which some may be left out
	Requests    int         // and most others that it makes, of one that is not drawn too where they are many
}

// complete fills in what follows from the check.
func (s *Session) complete(f judge.Finding, c *Case) judge.Finding {
	f.Requirement = c.Requirement
	f.Text, f.Expected, f.Actual, f.Pointer = printable.CleanLine(f.Text), printable.CleanLine(f.Expected), printable.CleanLine(f.Actual), printable.CleanLine(f.Pointer)
	r := s.Document.Requirement(c.Requirement)
	if f.Level == "" || r.Level == document.Should {
		f.Level = r.Level
	}
	if f.Contract.Pointer == "" {
		f.Contract = r.Place
	} else {
		f.Contract = s.Document.Place(f.Contract.Pointer)
	}
	if n := len(f.Recorded); n > 0 && f.Recorded[n-1] != nil {
		f.Operation, f.Status = f.Recorded[n-1].Request.Op.ID, f.Recorded[n-1].Status
	}
	f.Known = s.knownFinding(c, &f)
	return f
}

// A CaseResult is how a check came out.
type CaseResult struct {
	ID          string          `json:"id"`
	Requirement string          `json:"requirement"`
	Title       string          `json:"title"`
	Operation   string          `json:"operation,omitempty"`
	Capability  string          `json:"capability,omitempty"`
	Needs       string          `json:"needs,omitempty"` // a second capability
	Level       string          `json:"level"`
	Outcome     judge.Outcome   `json:"outcome"`
	Reason      string          `json:"reason,omitempty"` // of SKIPPED, UNVERIFIED and ERROR
	Known       *judge.Known    `json:"known,omitempty"`  // the entry of the baseline that it is under
	Findings    []judge.Finding `json:"findings,omitempty"`
	MoreFound   int             `json:"more_findings,omitempty"` // findings like those, or beyond the first five
	Requests    int             `json:"requests"`
	Seconds     float64         `json:"seconds"`
}

// Headline is the result in a line: what was found first, else why there is no result; "" for a case that passed.
func (r CaseResult) Headline() string {
	if len(r.Findings) > 0 {
		return r.Findings[0].Text
	}
	return r.Reason
}

// perform runs a check to its result. It never panics: a fault of the suite is an ERROR of this check alone.
func (s *Session) perform(ctx context.Context, c *Case) (result CaseResult) {
	t := &T{Session: s, Case: c, Ctx: ctx, Rand: s.randFor(c.ID)}
	began := time.Now()
	err := func() (err error) {
		defer func() {
			switch r := recover().(type) {
			case nil:
			case ended:
				err = r.err
			default:
				err = fmt.Errorf("the suite itself failed: %v", r)
			}
		}()
		if reason := s.skips(c); reason != "" {
			return &SkippedError{reason}
		}
		return c.Run(t)
	}()
	err = t.cleanUp(err)
	result = s.Blank(c)
	result.Findings, result.MoreFound, result.Requests = t.findings, t.more, t.requests
	result.Seconds = time.Since(began).Seconds()
	result.Outcome = s.outcome(t.findings)
	if result.Outcome == judge.Pass && err != nil {
		result.Outcome, result.Reason = outcomeOf(err)
		result.Reason = printable.CleanLine(result.Reason)
	}
	return result
}

func outcomeOf(err error) (judge.Outcome, string) {
	var skipped *SkippedError
	var lacking *UnverifiedError
	switch {
	case errors.As(err, &skipped):
		return judge.Skipped, skipped.Reason
	case errors.As(err, &lacking):
		return judge.Unverified, "needs " + lacking.lacked
	}
	return judge.Error, err.Error()
}

// outcome of findings: the worst of their levels.
func (s *Session) outcome(findings []judge.Finding) judge.Outcome {
	worst := judge.Pass
	for _, f := range findings {
		if f.Level == document.Must || s.Config.Strict {
			return judge.Fail
		}
		worst = judge.Warn
	}
	return worst
}

func (s *Session) Blank(c *Case) CaseResult {
	return CaseResult{
		ID: c.ID, Requirement: c.Requirement, Title: c.Title, Operation: c.Operation, Capability: c.Capability, Needs: c.Needs,
		Level: s.Document.Requirement(c.Requirement).Level,
	}
}

func (s *Session) skips(c *Case) string {
	op := s.Document.Operation(c.Operation)
	switch {
	case c.Capability != "" && !s.Config.Claims(c.Capability):
		return "the capability " + c.Capability + " is not claimed"
	case c.Needs != "" && !s.Config.Claims(c.Needs):
		return "the capability " + c.Needs + " is not claimed"
	case s.withoutForged(c):
		return fmt.Sprintf("--auth-probes %d leaves no forged request for it", s.Config.AuthProbes)
	case s.unclaimedKind(op) != "":
		return s.unclaimedKind(op)
	case s.Config.Profile == ProfileProduction && (c.Writes || op != nil && op.Changes()): // the rules of every exchange too
		return "the profile production only uses GET"
	}
	return ""
}
