package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/awalmock/contract/judge"
)

// LookAhead runs all cases in a goroutine, in five phases: those that can run at once, those that are Serial, those that are Independent (the Slow ones first),
// the Final ones, and the rules. Under Ginkgo the specs then only wait for their results, so that a target with a long round trip does not slow down each
// spec. The channel is closed when all cases are done.
func (s *Session) LookAhead(ctx context.Context) <-chan struct{} {
	var early, late, slow, beside, final, rules []*Case
	for _, c := range s.Selected {
		s.done[c.ID] = make(chan struct{})
		switch {
		case c.Rule != nil:
			rules = append(rules, c)
		case c.Final:
			final = append(final, c)
		case c.Independent && c.Slow:
			slow = append(slow, c)
		case c.Independent:
			beside = append(beside, c)
		case c.Serial:
			late = append(late, c)
		default:
			early = append(early, c)
		}
	}
	random := s.randFor("order")
	shuffle := func(list []*Case) {
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	shuffle(early)
	shuffle(beside)
	beside = append(slow, beside...)
	finished := make(chan struct{})
	s.ahead = finished
	go func() {
		defer close(finished)
		s.performAtOnce(ctx, early)
		s.performInTurn(ctx, late)
		s.performAtOnce(ctx, beside)
		s.performInTurn(ctx, final)
		s.performInTurn(ctx, rules)
	}()
	return finished
}

// performUnlessHalted runs a case, unless the run has ended at its first failure.
func (s *Session) performUnlessHalted(ctx context.Context, c *Case) {
	if !s.halted.Load() {
		s.AddResult(s.perform(ctx, c))
		return
	}
	if waiting := s.done[c.ID]; waiting != nil {
		close(waiting)
	}
}

// AddResult records the result of a case. If the time-out caused an ERROR, the result is UNVERIFIED instead.
func (s *Session) AddResult(r CaseResult) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.done[r.ID]; waiting != nil {
		defer close(waiting)
	}
	if s.closed {
		return
	}
	if r.Outcome == judge.Error && s.Ctx != nil && s.Ctx.Err() != nil && s.StartErr == nil {
		r.Outcome, r.Reason = judge.Unverified, endedBefore
		s.interruptedCases++
	}
	r.newFirst()
	if c := s.CaseOf(r.ID); c != nil {
		r.Known = s.known(c, &r)
	}
	s.Results[r.ID] = r
	if s.Config.FailFast && r.Outcome == judge.Fail && !r.Excused(s.Began) {
		s.halted.Store(true)
	}
	if !s.skipped[r.ID] {
		s.performed++
	}
	if s.Config.OnCase != nil {
		s.Config.OnCase(r, s.performed, len(s.Selected)-len(s.skipped))
	}
}

// Close ends a run: later results are not in the report.
func (s *Session) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.Stop()
}

// Drain waits a moment for cases that still run, so that they can delete what they created.
func (s *Session) Drain() {
	if s.ahead == nil {
		return
	}
	select {
	case <-s.ahead:
	case <-time.After(grace):
	}
}

// endEarly ends a run, and records whether all cases had a result.
func (s *Session) endEarly(outer context.Context) {
	s.Close()
	s.endedEarly = s.interruptedCases > 0 || len(s.Results) < len(s.Selected)
	s.interrupted.Store(outer.Err() != nil)
}

// Result is the result of a case. It waits for LookAhead or, if that was not called, runs the case.
func (s *Session) Result(ctx context.Context, c *Case) CaseResult {
	if waiting := s.done[c.ID]; waiting != nil {
		<-waiting
	} else {
		s.performUnlessHalted(ctx, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Results[c.ID]
}

// grace is how long a case may still run after the time-out.
const grace = 300 * time.Millisecond

// Bound returns the context of the whole run: it ends with ctx, at the time-out, and with Stop or Interrupt.
func (s *Session) Bound(ctx context.Context) context.Context {
	ctx, stop := context.WithTimeout(ctx, s.Config.Timeout)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Ctx, s.stop = ctx, stop
	if s.interrupted.Load() {
		stop()
	}
	return ctx
}

// Stop ends the context of the run.
func (s *Session) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
	}
}

// Interrupt ends the run. The report says which cases have no result.
func (s *Session) Interrupt() {
	s.interrupted.Store(true)
	s.Stop()
}

// WasInterrupted sets whether the run was interrupted. With several processes of Ginkgo only its report knows: another process may have been interrupted, or
// this one was ended because another one failed.
func (s *Session) WasInterrupted(interrupted bool) {
	s.interrupted.Store(interrupted)
	s.endedEarly = s.endedEarly || interrupted
}

func (s *Session) Run(ctx context.Context) (Report, error) {
	outer := ctx
	if err := s.Find(ctx); err != nil {
		return Report{}, s.NotBegun(ctx, err)
	}
	ctx = s.Bound(ctx)
	defer s.Stop()
	begun := make(chan error, 1)
	go func() { begun <- s.begin(ctx) }()
	select {
	case err := <-begun:
		if err != nil {
			return Report{}, s.NotBegun(ctx, err)
		}
	case <-s.afterGrace(ctx):
		return Report{}, s.NotBegun(ctx, ctx.Err())
	}
	finished := s.LookAhead(ctx)
	select {
	case <-finished:
	case <-s.afterGrace(ctx):
	}
	s.endEarly(outer)
	report := s.Report()
	s.Disconnect()
	if s.Config.OnReport != nil {
		s.Config.OnReport(report)
	}
	return report, nil
}

// afterGrace returns a channel that is closed a moment after ctx has ended.
func (s *Session) afterGrace(ctx context.Context) <-chan struct{} {
	late := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(grace, func() { close(late) }) })
	return late
}

// NotBegun is the error of a run that ended with err before its first case.
func (s *Session) NotBegun(ctx context.Context, err error) error {
	var target *TargetError
	var wrong *UsageError
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	switch {
	case ctx.Err() == nil, errors.As(err, &wrong), late && errors.As(err, &target):
		return err
	case late:
		return &TargetError{fmt.Sprintf("the time (--timeout %s) was used up before anything was checked: raise it", s.Config.Timeout)}
	}
	return &TargetError{"the run was interrupted before anything was checked"} // what failed, failed for that
}
