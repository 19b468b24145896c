package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// register makes every check of a contract, and holds the registry to both directions: no check without a requirement of the contract, and no
// requirement without a check. Requirements of operations that need a capability without cases are listed, but not checked.
func register(doc *contract) ([]*check, error) {
	doc.requirements = append(doc.requirements, controlRequirements()...)
	var out []*check
	for _, group := range [][]*check{authChecks(doc), errorChecks(doc), schemaChecks(doc), conversationChecks(), isolationChecks(doc), sendingReads(), sendChecks(), ticketChecks(), commandChecks(doc), bodyChecks(doc), controlChecks(), limitChecks(doc), validRules(doc)} {
		out = append(out, group...)
	}
	for _, r := range append(httpRules(), conversationRules()...) {
		out = append(out, ruleCheck(r))
	}
	seen, checked := map[string]bool{}, map[string]bool{}
	var kept []*check
	for _, c := range out {
		if c.requirement == "" {
			return nil, usage("the case %s has no requirement", c.id)
		}
		if seen[c.id] {
			return nil, usage("the case %s is registered twice", c.id)
		}
		seen[c.id], checked[c.requirement] = true, true
		if doc.requirement(c.requirement) == nil {
			if doc.own && !doc.later[c.requirement] {
				return nil, usage("the case %s checks %s, which is no requirement of %s", c.id, c.requirement, doc.name)
			}
			continue // another version of the contract does not ask for it
		}
		kept = append(kept, c)
	}
	for _, r := range doc.requirements {
		if !checked[r.ID] && !withoutCases(r.capability) {
			return nil, usage("%s:%d: the requirement %s has no case in this version of the suite, so it cannot be checked", doc.name, r.Place.Line, r.ID)
		}
	}
	return kept, nil
}

// sendingReads are the checks of numbers and templates, which are asked only of a target that sends.
func sendingReads() []*check {
	out := append(numberChecks(), templateChecks()...)
	for _, c := range out {
		c.capability = CapabilitySend
	}
	return out
}

func withoutCases(capability string) bool {
	return slices.ContainsFunc(Capabilities(), func(c Capability) bool { return c.Name == capability && !c.Cases })
}

func (s *session) failed(c *check, err error) CaseResult {
	r := s.blank(c)
	r.Outcome, r.Reason = Error, err.Error()
	return r
}

// summary is a result in a few lines.
func summary(r CaseResult) string {
	text := fmt.Sprintf("%s %s (%s): %s", r.Outcome, r.ID, r.Level, cmp.Or(r.Reason, r.Title))
	for _, f := range r.Findings {
		text += fmt.Sprintf("\n  %s\n    expected %s\n    actual   %s", f.Text, f.Expected, f.Actual)
		if f.Pointer != "" {
			text += " at " + f.Pointer
		}
	}
	return text
}

// Run checks a target and returns the report. The error is a *UsageError (a mistake in cfg), a *TargetError (nothing could be checked), or
// ctx's. A target that breaks the contract is no error: the report says so. Run may be called any number of times, several at once, inside
// any test: it looks at no flag of the process.
func Run(ctx context.Context, cfg Config) (Report, error) {
	s, err := newSession(cfg)
	if err != nil {
		return Report{}, err
	}
	if err := s.checksSomething(); err != nil {
		return Report{}, err
	}
	return s.run(ctx)
}

// grace is how long cases that still work when the time is used up may take to notice it.
const grace = 300 * time.Millisecond

func (s *session) run(ctx context.Context) (Report, error) {
	outer := ctx
	if err := s.find(ctx); err != nil {
		return Report{}, err
	}
	ctx, s.stop = context.WithTimeout(ctx, s.cfg.Timeout)
	defer s.stop()
	s.ctx = ctx
	begun := make(chan error, 1)
	go func() { begun <- s.begin(ctx) }()
	select {
	case err := <-begun:
		if err != nil {
			return Report{}, s.notBegun(ctx, err)
		}
	case <-s.late(ctx):
		return Report{}, s.notBegun(ctx, ctx.Err())
	}
	finished := s.lookAhead(ctx)
	select {
	case <-finished:
	case <-s.late(ctx):
	}
	s.close(outer)
	report := s.report()
	s.client.close()
	if s.cfg.OnReport != nil {
		s.cfg.OnReport(report)
	}
	return report, nil
}

// late is closed a moment after ctx has ended.
func (s *session) late(ctx context.Context) <-chan struct{} {
	late := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { close(late) }) })
	return late
}

// notBegun is why nothing was checked.
func (s *session) notBegun(ctx context.Context, err error) error {
	var target *TargetError
	var wrong *UsageError
	if ctx.Err() == nil || errors.As(err, &target) || errors.As(err, &wrong) {
		return err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &TargetError{fmt.Sprintf("the time (--timeout %s) was used up before anything was checked: raise it", s.cfg.Timeout)}
	}
	return &TargetError{"the run was interrupted before anything was checked"}
}
