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

// A Case checks one requirement, or a part of it. Package specs makes the cases.
type Case struct {
	Container   []string // texts of the groups that it is in, the outermost first
	ID          string   // the id of the requirement, with a suffix if the requirement has several cases
	Requirement string
	Title       string
	Operation   string // "" if it is about several
	Capability  string // that it needs, "" for none
	Needs       string // a second capability, "" for none
	Forged      bool   // its attempts are requests with wrong signatures or headers
	Way         string // its column in the matrix
	Writes      bool   // it uses other methods than GET: not under the production profile
	Serial      bool   // it disturbs others, or judges the exchanges of all: it runs after them, one at a time
	Independent bool   // it writes, but only judges its own answers: it runs after those that are Serial, several at once
	Slow        bool   // it is Independent and mostly waits: it begins before the others of these
	Final       bool   // it runs after all others, one at a time
	Run         func(*T) error
	Rule        *judge.Rule // the rule that it reports, or nil
	Derived     bool        // it is made for every operation; the seed may leave it out
	Attempts    int         // of a derived case: how many requests the seed chooses from
	Requests    int         // how many other requests it makes at most, 0 if they are few
}

// complete fills in the fields of a finding that follow from the case.
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

// A CaseResult is the result of a case.
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

// Headline is the result in one line: the first finding, or the reason why the case was not checked; "" for a case that passed.
func (r CaseResult) Headline() string {
	if len(r.Findings) > 0 {
		return r.Findings[0].Text
	}
	return r.Reason
}

// perform runs a case. It never panics: a bug of the suite is an ERROR of this case alone.
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
		if err := s.errDown(); err != nil && c.Rule == nil {
			return err
		}
		return c.Run(t)
	}()
	err = t.cleanUp(err)
	result = s.EmptyResult(c)
	result.Findings, result.MoreFound, result.Requests = t.findings, t.more, t.requests
	result.Seconds = time.Since(began).Seconds()
	result.Outcome = s.outcome(t.findings)
	if result.Outcome == judge.Pass && err != nil {
		result.Outcome, result.Reason = outcomeOf(err)
		result.Reason = printable.CleanLine(result.Reason)
	}
	s.reportDown(c, &result)
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

// outcome is FAIL if a finding is a MUST, WARN if all are a SHOULD, PASS if there is none.
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

func (s *Session) EmptyResult(c *Case) CaseResult {
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
	case s.Config.Profile == ProfileProduction && (c.Writes || op != nil && op.Changes()): // also the rules of every exchange
		return "the profile production only uses GET"
	}
	return ""
}
