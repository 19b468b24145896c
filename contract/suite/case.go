package suite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"sync"
	"time"

	"example.com/awalmock/contract/printable"
)

// An Outcome of a case. They are kept apart everywhere: a skip is never a pass.
type Outcome string

// The outcomes.
const (
	Pass       Outcome = "PASS"
	Fail       Outcome = "FAIL"
	Warn       Outcome = "WARN"       // a SHOULD does not hold
	Skipped    Outcome = "SKIPPED"    // a capability is not claimed, or the profile forbids it
	Unverified Outcome = "UNVERIFIED" // the target's data, or the request budget, did not allow it
	Error      Outcome = "ERROR"      // the suite or the network
)

// A check is one thing to find out, registered under the requirement that it checks.
type check struct {
	id          string // the requirement's id, with a suffix where a requirement has several checks
	requirement string
	title       string
	operation   string // "" if it concerns several
	capability  string // "" for reading
	writes      bool   // it uses other methods than GET: not under the production profile
	last        bool   // it judges what all others have asked, or disturbs them: after them, and alone
	run         func(*probe) error
	rule        *rule // whose check it is, or nil
}

// A probe is a check that runs. It is used by one goroutine, but for ask.
type probe struct {
	*session
	check *check
	ctx   context.Context
	rand  *rand.Rand
	own   *Credentials // of the workspace that the check made; nil: it asks as the first client

	mu       sync.Mutex
	requests int
	findings []Finding
	more     int // findings beyond findingsKept
}

// A Finding is one breach of a requirement.
type Finding struct {
	Requirement string     `json:"requirement"`
	Level       string     `json:"level"`
	Text        string     `json:"text"`     // what is wrong
	Expected    string     `json:"expected"` // what should have been
	Actual      string     `json:"actual"`
	Operation   string     `json:"operation,omitempty"` // of the last exchange
	Status      int        `json:"status,omitempty"`    // of its answer, 0: none
	Pointer     string     `json:"pointer,omitempty"`   // JSON pointer in the body of the last exchange
	Contract    Place      `json:"contract"`            // where the contract says so
	Exchanges   []Exchange `json:"exchanges,omitempty"`
	Known       *Known     `json:"known,omitempty"` // the entry of the baseline that covers it
	Rerun       string     `json:"rerun"`           // the command that checks this again

	exchanges []*exchange
}

const findingsKept = 5 // of a case

// fail notes a finding. The requirement's level is used unless the finding has a weaker one.
func (p *probe) fail(f Finding, exchanges ...*exchange) {
	for _, e := range exchanges {
		f.exchanges = append(f.exchanges, e.slim())
	}
	f = p.complete(f, p.check)
	if !keepFinding(&p.findings, f) {
		p.more++
	}
}

// keepFinding adds a finding to a list, unless the list has one like it or enough. It reports whether it did. Findings that are under an entry
// of the baseline leave room for those that are not.
func keepFinding(list *[]Finding, f Finding) bool {
	room := findingsKept
	for _, other := range *list {
		if f.like(other) {
			return false
		}
		if f.Known.equal(other.Known) {
			room--
		}
	}
	if room <= 0 {
		return false
	}
	*list = append(*list, f)
	return true
}

// like reports whether two findings are the same breach in two places of a body, or in two bodies.
func (f *Finding) like(other Finding) bool {
	anyIndex := func(pointer string) string { return digits.ReplaceAllString(pointer, "0") }
	return f.Text == other.Text && f.Expected == other.Expected && f.Contract == other.Contract && anyIndex(f.Pointer) == anyIndex(other.Pointer) &&
		f.Operation == other.Operation && f.Status == other.Status && f.Known.equal(other.Known)
}

var digits = regexp.MustCompile(`[0-9]+`)

// complete fills in what follows from the check.
func (s *session) complete(f Finding, c *check) Finding {
	f.Requirement = c.requirement
	f.Text, f.Expected, f.Actual, f.Pointer = printable.CleanLine(f.Text), printable.CleanLine(f.Expected), printable.CleanLine(f.Actual), printable.CleanLine(f.Pointer)
	r := s.contract.requirement(c.requirement)
	if f.Level == "" || r.Level == Should {
		f.Level = r.Level
	}
	if f.Contract.Pointer == "" {
		f.Contract = r.Place
	} else {
		f.Contract = s.contract.place(f.Contract.Pointer)
	}
	if n := len(f.exchanges); n > 0 && f.exchanges[n-1] != nil {
		f.Operation, f.Status = f.exchanges[n-1].request.op.id, f.exchanges[n-1].status
	}
	f.Known = s.knownFinding(c, &f)
	return f
}

// An unverifiedError says what a check lacked.
type unverifiedError struct{ lacked string }

func (e *unverifiedError) Error() string { return e.lacked }

// lacks ends a check as UNVERIFIED.
func lacks(format string, args ...any) error { return &unverifiedError{fmt.Sprintf(format, args...)} }

// ask makes a request and waits for its answer. The error is not nil if there is none, or only a part. A 5xx that comes by chance is asked
// again, so that it is no evidence for what the case is about; the rule HTTP-NO-SERVER-ERROR counts it.
func (p *probe) ask(r *request) (*exchange, error) {
	var e *exchange
	for tries := 0; ; tries++ {
		p.mu.Lock()
		p.requests++
		p.mu.Unlock()
		e = p.client.ask(p.ctx, p.check.id, r)
		if e.status < 500 || e.err != nil || r.fault || r.op.id == opControl || r.body != nil || tries >= 2 {
			break
		}
	}
	switch {
	case e.status >= 500 && e.err == nil && !r.fault && r.op.id != opControl && r.body != nil: // what is sent is never sent again
		return e, fmt.Errorf("%s was answered with %s (HTTP-NO-SERVER-ERROR tells), and a send is never repeated", r.op.id, statusLine(e.status))
	case errors.Is(e.err, errBudget):
		return e, lacks("more requests: %v", e.err)
	case e.err != nil && !e.cut && !e.tooLarge:
		return e, fmt.Errorf("%s: %w", e.request.method+" "+e.request.path, e.err)
	}
	return e, nil
}

// askAll makes the requests at once, and returns the answers in their order.
func (p *probe) askAll(requests []*request) ([]*exchange, error) {
	out := make([]*exchange, len(requests))
	errs := make([]error, len(requests))
	var wait sync.WaitGroup
	for i, r := range requests {
		wait.Go(func() { out[i], errs[i] = p.ask(r) })
	}
	wait.Wait()
	return out, cmp.Or(errs...)
}

// askValid makes a request that must succeed.
func (p *probe) askValid(r *request) (*exchange, error) {
	e, err := p.ask(r)
	if err == nil && !e.ok() {
		err = lacks("a readable answer to %s", e)
	}
	return e, err
}

func (p *probe) list(pairs ...pair) (*listView, error) {
	return p.listOf(p.to(p.contract.operation(opList), 0, pairs...))
}

func (p *probe) listOf(r *request) (*listView, error) {
	e, err := p.askValid(r)
	if err != nil {
		return nil, err
	}
	if e.list == nil {
		return nil, lacks("rows in the answer to %s", e)
	}
	return e.list, nil
}

func (p *probe) talk(id int64) (*talkView, error) {
	e, err := p.askValid(p.to(p.contract.operation(opTalk), id).free())
	if err != nil {
		return nil, err
	}
	if e.talk == nil {
		return nil, lacks("messages in the answer to %s", e)
	}
	return e.talk, nil
}

func (p *probe) poll() (*pollView, error) {
	e, err := p.askValid(p.to(p.contract.operation(opState), 0))
	if err != nil {
		return nil, err
	}
	if e.poll == nil {
		return nil, lacks("rows in the answer to %s", e)
	}
	return e.poll, nil
}

// A CaseResult is how a check came out.
type CaseResult struct {
	ID          string    `json:"id"`
	Requirement string    `json:"requirement"`
	Title       string    `json:"title"`
	Operation   string    `json:"operation,omitempty"`
	Capability  string    `json:"capability,omitempty"`
	Level       string    `json:"level"`
	Outcome     Outcome   `json:"outcome"`
	Reason      string    `json:"reason,omitempty"` // of SKIPPED, UNVERIFIED and ERROR
	Known       *Known    `json:"known,omitempty"`  // the entry of the baseline that it is under
	Findings    []Finding `json:"findings,omitempty"`
	MoreFound   int       `json:"more_findings,omitempty"` // findings like those, or beyond the first five
	Requests    int       `json:"requests"`
	Seconds     float64   `json:"seconds"`
}

// Headline is the result in a line: what was found first, else why there is no result; "" for a case that passed.
func (r CaseResult) Headline() string {
	if len(r.Findings) > 0 {
		return r.Findings[0].Text
	}
	return r.Reason
}

// perform runs a check to its result. It never panics: a fault of the suite is an ERROR of this check alone.
func (s *session) perform(ctx context.Context, c *check) (result CaseResult) {
	p := &probe{session: s, check: c, ctx: ctx, rand: s.randFor(c.id)}
	began := time.Now()
	err := func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = fmt.Errorf("the suite itself failed: %v", r)
			}
		}()
		if reason := s.skips(c); reason != "" {
			return &skippedError{reason}
		}
		return c.run(p)
	}()
	result = s.blank(c)
	result.Findings, result.MoreFound, result.Requests = p.findings, p.more, p.requests
	result.Seconds = time.Since(began).Seconds()
	result.Outcome = s.outcome(p.findings)
	if result.Outcome == Pass && err != nil {
		result.Outcome, result.Reason = outcomeOf(err)
		result.Reason = printable.CleanLine(result.Reason)
	}
	return result
}

type skippedError struct{ reason string }

func (e *skippedError) Error() string { return e.reason }

func outcomeOf(err error) (Outcome, string) {
	var skipped *skippedError
	var lacking *unverifiedError
	switch {
	case errors.As(err, &skipped):
		return Skipped, skipped.reason
	case errors.As(err, &lacking):
		return Unverified, "needs " + lacking.lacked
	}
	return Error, err.Error()
}

// outcome of findings: the worst of their levels.
func (s *session) outcome(findings []Finding) Outcome {
	worst := Pass
	for _, f := range findings {
		if f.Level == Must || s.cfg.Strict {
			return Fail
		}
		worst = Warn
	}
	return worst
}

func (s *session) blank(c *check) CaseResult {
	return CaseResult{
		ID: c.id, Requirement: c.requirement, Title: c.title, Operation: c.operation, Capability: c.capability,
		Level: s.contract.requirement(c.requirement).Level,
	}
}

func (s *session) skips(c *check) string {
	switch {
	case c.capability != "" && !s.cfg.claims(c.capability):
		return "the capability " + c.capability + " is not claimed"
	case c.writes && s.cfg.Profile == ProfileProduction:
		return "the profile production only uses GET"
	}
	return ""
}
