package receiver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

const (
	atOnce   = 8                      // scenarios
	mostLate = 8                      // requests without an answer in time, before the run sends no more
	waitEach = 200 * time.Millisecond // between two attempts to reach a receiver
)

// A runner checks one receiver.
type runner struct {
	cfg       Config
	doc       *document.Document
	rules     []document.Requirement
	scenarios []scenario
	generator *generator
	client    *client
	effects   *effectsPage // nil: effects are not judged
	accepts   bool         // a rightly signed event was accepted
	late      atomic.Int32
}

// Run checks a receiver and returns the report. Where nothing could be checked the report has no case and says why; then the error is a
// *run.UsageError (a mistake in cfg) or a *run.TargetError. A receiver that breaks a requirement is no error.
func Run(ctx context.Context, cfg Config) (run.Report, error) {
	began := time.Now()
	r, err := newRunner(cfg)
	if err != nil {
		return unchecked(&cfg, nil, began, err), err
	}
	to, effects, err := r.cfg.resolve()
	if err != nil {
		return unchecked(&r.cfg, r.doc, began, err), err
	}
	r.client = newClient(&r.cfg, to)
	defer r.client.http.CloseIdleConnections()
	if effects != nil {
		r.effects = &effectsPage{r.client.http, effects}
	}
	if err := r.await(ctx); err != nil {
		return unchecked(&r.cfg, r.doc, began, err), err
	}
	limited, cancel := context.WithTimeout(ctx, r.cfg.Timeout)
	defer cancel()
	if err := r.preflight(limited); err != nil {
		return unchecked(&r.cfg, r.doc, began, err), err
	}
	results := r.all(limited)
	return r.report(results, began, ctx.Err() != nil), nil
}

// List returns what cfg would check, without a request. The error is a *run.UsageError.
func List(cfg Config) (run.Listing, error) {
	r, err := newRunner(cfg)
	if err != nil {
		return run.Listing{}, err
	}
	out := run.Listing{Version: run.ListVersion, Contract: contractOf(r.doc), Requirements: []document.Requirement{}, Cases: []run.ListedCase{}, Capabilities: []document.Capability{}}
	for _, requirement := range r.rules {
		for _, s := range r.scenarios {
			if s.requirement == requirement.ID {
				out.Cases = append(out.Cases, run.ListedCase{ID: s.id, Requirement: s.requirement, Level: requirement.Level, Title: s.title, Operation: r.operation(&s), Labels: []string{s.id, s.requirement, requirement.Level}})
			}
		}
		if slices.ContainsFunc(out.Cases, func(c run.ListedCase) bool { return c.Requirement == requirement.ID }) {
			out.Requirements = append(out.Requirements, requirement)
		}
	}
	return out, nil
}

// newRunner reads the contract and selects the scenarios.
func newRunner(cfg Config) (*runner, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	doc, err := document.Read(cmp.Or(cfg.SpecName, "openapi.yaml"), cfg.Spec)
	if err != nil {
		return nil, &run.UsageError{Reason: err.Error()}
	}
	r := &runner{cfg: cfg, doc: doc, rules: requirements(doc)}
	if r.generator, err = cfg.generator(doc); err != nil {
		return nil, err
	}
	all := slices.Concat(checked(), r.generator.taken(), malformed(), forgeries(), repeated(), overall())
	var names []string
	for i := range all {
		all[i].requirement, _, _ = strings.Cut(all[i].id, ".")
		names = append(names, all[i].id, all[i].requirement)
	}
	for _, name := range slices.Concat(cfg.Only, cfg.Skip) {
		if !slices.Contains(names, name) {
			return nil, run.Usage("there is no requirement or case %q%s", name, run.Suggestion(name, names))
		}
	}
	named := func(list []string, s scenario) bool {
		return slices.Contains(list, s.id) || slices.Contains(list, s.requirement)
	}
	r.scenarios = slices.DeleteFunc(all, func(s scenario) bool {
		return len(cfg.Only) > 0 && !named(cfg.Only, s) || named(cfg.Skip, s)
	})
	if len(r.scenarios) == 0 {
		return nil, run.Usage("no case is left: --only %q --skip %q", strings.Join(cfg.Only, ","), strings.Join(cfg.Skip, ","))
	}
	return r, nil
}

// requirement returns the one of an id, which is in the table.
func (r *runner) requirement(id string) *document.Requirement {
	return &r.rules[slices.IndexFunc(r.rules, func(q document.Requirement) bool { return q.ID == id })]
}

// operation is the operationId of the webhook that a scenario is about, or "".
func (r *runner) operation(s *scenario) string {
	if w := r.generator.webhook(s.webhook); w != nil {
		return w.Operation
	}
	return ""
}

// await waits until something answers at the receiver's address, as long as the caller wants to wait.
func (r *runner) await(ctx context.Context) error {
	until := time.Now().Add(r.cfg.Wait)
	for time.Now().Before(until) {
		a := r.client.send(ctx, "wait", &delivery{webhook: document.Verification, id: "suite.wait", body: verification("wait")})
		if a.err == nil || !pause(ctx, waitEach) {
			return nil
		}
	}
	return nil
}

// preflight finds out whether there is a receiver, and whether it accepts what is rightly signed. The error is a *run.TargetError.
func (r *runner) preflight(ctx context.Context) error {
	at := r.client.hide.Replace(r.client.url.Redacted())
	challenge := r.client.send(ctx, "preflight", &delivery{webhook: document.Verification, id: "suite." + r.generator.newID(), body: verification("suite-" + r.generator.newID()), wants: free})
	switch {
	case isLate(challenge):
		return &run.TargetError{Reason: fmt.Sprintf("%s takes the challenge and gives no answer within %s", at, r.client.patience)}
	case challenge.status == 0:
		return &run.TargetError{Reason: fmt.Sprintf("nothing answers at %s: %v", at, challenge.err)}
	}
	first := &trial{runner: r, scenario: &scenario{id: "preflight"}, ctx: ctx}
	event := first.event(r.generator.events()[0], nil)
	answer := first.deliver(event, free)
	if answer == nil {
		return &run.TargetError{Reason: "no event could be sent: " + first.reason}
	}
	r.accepts = answer.accepted()
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		if challenge.status == status && answer.status == status {
			return &run.TargetError{Reason: fmt.Sprintf("nothing receives webhooks at %s: it answers %s to the challenge and to a signed event", at, exchange.StatusLine(status))}
		}
	}
	return nil
}

func isLate(a *answer) bool { return errors.Is(a.err, errLate) }

// all runs the scenarios: several at once, then those that are alone, then the rules about all that was sent.
func (r *runner) all(ctx context.Context) []run.CaseResult {
	results := make([]run.CaseResult, len(r.scenarios))
	var (
		running sync.WaitGroup
		mu      sync.Mutex
		done    int
	)
	perform := func(i int) {
		result := r.perform(ctx, &r.scenarios[i])
		mu.Lock()
		defer mu.Unlock()
		results[i] = result
		if done++; r.cfg.OnCase != nil {
			r.cfg.OnCase(result, done, len(r.scenarios))
		}
	}
	places := make(chan struct{}, atOnce)
	for i := range r.scenarios {
		if s := &r.scenarios[i]; s.alone || s.rule != nil {
			continue
		}
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			perform(i)
		})
	}
	running.Wait()
	for _, rules := range []bool{false, true} {
		for i := range r.scenarios {
			if s := &r.scenarios[i]; (s.alone || s.rule != nil) && rules == (s.rule != nil) {
				perform(i)
			}
		}
	}
	return results
}

// perform runs a scenario to its result.
func (r *runner) perform(ctx context.Context, s *scenario) run.CaseResult {
	t := &trial{runner: r, scenario: s, ctx: ctx}
	began := time.Now()
	switch {
	case s.target && r.cfg.Scheme != SchemeAwal:
		t.skip("a signature of Standard Webhooks does not cover the path")
	case s.rule != nil:
		s.rule(t, r.client.answers())
	default:
		s.run(t)
	}
	requirement := r.requirement(s.requirement)
	result := run.CaseResult{
		ID: s.id, Requirement: s.requirement, Title: s.title, Operation: r.operation(s), Level: requirement.Level,
		Findings: t.findings, MoreFound: t.more, Requests: t.requests, Seconds: time.Since(began).Seconds(),
	}
	result.Outcome, result.Reason = t.result()
	return result
}

// rerun is the command that checks a case again. The secret is not part of it: CONTRACT_SECRET has it.
func (r *runner) rerun(id string) string {
	parts := []string{r.cfg.Program, "receiver", "--url", exchange.Quote(r.client.hide.Replace(r.cfg.URL)), "--only", id}
	if r.cfg.Scheme != SchemeAwal {
		parts = append(parts, "--signature", r.cfg.Scheme)
	}
	if r.cfg.EffectsURL != "" {
		parts = append(parts, "--effects-url", exchange.Quote(r.client.hide.Replace(r.cfg.EffectsURL)))
	}
	return strings.Join(parts, " ")
}
