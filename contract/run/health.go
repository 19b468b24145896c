package run

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// A health says whether the target still works. If it does not, the run ends early with one cause, instead of a failure of each case.
type health struct {
	why      atomic.Pointer[string] // why the target does not work; nil while it works
	reported atomic.Bool            // a case has the reason as its result
	worked   atomic.Int64           // turn of the latest answer that a working API may give

	asking  chan struct{}      // full while a goroutine asks whether the target still works; it guards the two counts. Waiting for it ends with the context, which a mutex cannot do
	faults  int                // faulty answers since the last good one
	ignored int                // how many of them are ignored before the target is asked again, so that a target that is partly broken is not asked each time
	ended   context.Context    // ends when the target does not work
	cancel  context.CancelFunc // ends it, and with it the requests that still wait for an answer
}

const mostIgnored = 32

func (h *health) begin() {
	h.asking = make(chan struct{}, 1)
	h.ended, h.cancel = context.WithCancel(context.Background())
}

// faultOf says what is wrong with an answer that no working API gives: none, a part of one, a server error, a redirection, or a success whose JSON
// cannot be read. It is "" for any other.
func faultOf(e *exchange.Exchange) string {
	switch {
	case e.TooLarge || errors.Is(e.Err, exchange.ErrBudget) || e.Err != nil && e.Sent == nil: // it was not asked
		return ""
	case e.Err != nil || e.Status >= http.StatusInternalServerError:
		return e.Result()
	case e.Status >= http.StatusMultipleChoices && e.Status < http.StatusBadRequest:
		return e.Result() + ": redirected to " + e.Header.Get("Location")
	case e.Status >= http.StatusBadRequest || e.Status == http.StatusNoContent || e.OK():
		return ""
	case e.Content != nil && len(e.Content.Problems) > 0:
		return e.Result() + ", whose JSON cannot be read: " + e.Content.Problems[0].Reason
	case e.Fatal != "":
		return e.Result() + ", but " + e.Fatal
	case e.Content == nil:
		return e.Result() + " with an empty body"
	}
	return e.Result() + " with null"
}

// setDown ends all requests: each case that has no result yet becomes UNVERIFIED, except for the first, which becomes an ERROR with the reason.
func (s *Session) setDown(why string) {
	why = printable.CleanLine(s.masker.Replace(printable.Cut(why, 1500)))
	s.health.why.Store(&why)
	s.health.cancel()
}

// errDown is the error of a case if the target does not work; nil while it works.
func (s *Session) errDown() error {
	if s.health.why.Load() == nil {
		return nil
	}
	return Lacks("a target that works, and this one does not")
}

// reportDown turns the first result without a verdict into an ERROR with the reason why the target does not work.
func (s *Session) reportDown(c *Case, r *CaseResult) {
	if why := s.health.why.Load(); why != nil && c.Rule == nil && r.Outcome == judge.Unverified && s.health.reported.CompareAndSwap(false, true) {
		r.Outcome, r.Reason = judge.Error, *why
	}
}

// noteHealth remembers the latest answer of a working API.
func (s *Session) noteHealth(e *exchange.Exchange) {
	if e.Request.Op.ID != document.Control && e.Status != 0 && faultOf(e) == "" {
		_, answered := e.Turns()
		s.health.worked.Store(answered)
	}
}

// checkHealth finds out, after an answer that no working API gives, whether the target still works.
func (s *Session) checkHealth(ctx context.Context, e *exchange.Exchange) {
	fault := faultOf(e)
	if fault == "" || e.Request.Fault || e.Request.Op.ID == document.Control {
		return
	}
	h := &s.health
	select {
	case h.asking <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-h.asking }()
	if asked, _ := e.Turns(); h.worked.Load() > asked {
		h.faults = 0
		return
	}
	if h.faults++; h.why.Load() != nil || h.faults <= h.ignored || ctx.Err() != nil {
		return
	}
	now, works := s.stillWorks(ctx)
	if ctx.Err() != nil {
		return
	}
	if works {
		h.faults, h.ignored = 0, min(2*h.ignored+1, mostIgnored)
		return
	}
	then := "so did every list after it"
	if now != "" && now != fault {
		then = "every list after it with " + now
	}
	if errors.Is(e.Err, exchange.ErrLate) {
		fault = fmt.Sprintf("no whole answer within %s", s.Config.answerTimeout())
	}
	r := e.Request
	s.setDown(fmt.Sprintf("the target stopped working: %s %s (%s) ended with %s, and %s; the rest was not checked", r.Method, r.Path+exchange.QuestionMark(r.Query), e.CaseID, fault, then))
}

// stillWorks asks for the lists, a few times, and returns what is wrong with them if none is answered. A target of a document without a list counts as
// working: there is nothing to ask it.
func (s *Session) stillWorks(ctx context.Context) (fault string, works bool) {
	ctx, cancel := context.WithTimeout(ctx, s.Config.answerTimeout())
	defer cancel()
	lists := s.Collections()
	if len(lists) == 0 {
		return "", true
	}
	for range 3 {
		for _, op := range lists {
			e := s.Client.Ask(ctx, "health", s.To(op, 0).AnyAnswer())
			got := faultOf(e)
			switch {
			case got != "":
				fault = got
			case ctx.Err() == nil: // answered, or not to be asked now
				return "", true
			}
		}
	}
	return fault, false
}

// untilDown is a context that also ends when the target does not work any more.
func (s *Session) untilDown(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.health.ended, cancel)
	return ctx, func() { stop(); cancel() }
}
