package main

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// killGenerated runs the cases of a mutant's operation against it, in stages, until one of them fails. A mutant that accepts more than the contract,
// and every mutant after the first stage, also accepts what the mock refuses again although the changed document accepts it.
func (a *runner) killGenerated(ctx context.Context, d *document, g generated) result {
	r := result{Kind: kindGenerated, Name: g.name(), Operation: g.operation.id, Equivalent: g.equivalent()}
	w, err := d.target(g)
	if err != nil {
		r.Refused, r.Why = true, err.Error()
		return r
	}
	for i, only := range a.stages(g) {
		if len(only) == 0 {
			continue
		}
		if (i > 0 || !g.refusesMore()) && g.mayBeRefusedAgain() {
			if g.faulty, err = lenient(g); err != nil {
				return r.notJudged(err)
			}
		}
		if r.Failed, err = a.failing(ctx, w, g, only); err != nil {
			return r.notJudged(err)
		}
		if len(r.Failed) > 0 {
			r.Good, r.By = true, nearestTo(g.operation.id, r.Failed)
			return r
		}
	}
	return r
}

// stages are the cases that are run against a mutant: those that are likely to fail, then all but those that send large files, then these.
func (a *runner) stages(g generated) [][]string {
	likely := a.of(g.operation.id, func(c suite.ListedCase) bool { return !sendsLargeFiles(c) && (c.Operation == "" || g.likely(c)) })
	others := a.of(g.operation.id, func(c suite.ListedCase) bool { return !sendsLargeFiles(c) })
	switch {
	case g.breaks != "":
		return [][]string{a.ids(func(c suite.ListedCase) bool { return c.Requirement == g.breaks && c.Operation == g.operation.id })}
	case g.equivalent() == "":
		return [][]string{likely, others, a.of(g.operation.id, sendsLargeFiles)}
	case g.keyword == "maxBytes":
		return [][]string{nil, others, a.of(g.operation.id, sendsLargeFiles)}
	}
	return [][]string{nil, others}
}

// failing runs cases against a mutant until one fails, and returns those that have failed: several if they ran at once.
func (a *runner) failing(ctx context.Context, w *target, g generated, only []string) (failed []string, err error) {
	report, err := a.checkDocument(ctx, w, only, g.large(), g.faulty)
	for _, c := range report.Cases {
		if c.Outcome == suite.Fail {
			failed = append(failed, c.ID)
		}
	}
	return failed, err
}

// mayBeRefusedAgain reports whether a changed document may accept what the mock then refuses.
func (g generated) mayBeRefusedAgain() bool {
	return g.faulty == nil && g.place != "x-rate-limit" && !strings.HasPrefix(g.place, "response")
}

// refusesMore reports whether a mutant refuses valid requests: then it needs no server that accepts more.
func (g generated) refusesMore() bool {
	switch g.keyword {
	case "required":
		return g.change == "added" || strings.HasPrefix(g.change, "with ")
	case "enum", "mediaTypes", "content":
		return strings.HasPrefix(g.change, "without ")
	}
	return strings.HasSuffix(g.change, " added") && g.keyword != "nullable"
}

// nearestTo is the case that says most about why it failed: one that is made from the operation's own schema, if there is one.
func nearestTo(operation string, failed []string) string {
	if i := slices.IndexFunc(failed, func(id string) bool { return strings.HasPrefix(id, operation+".") }); i >= 0 {
		return failed[i]
	}
	return failed[0]
}

// target is the mock with a changed document; an error says that it does not start with it.
func (d *document) target(g generated) (*target, error) {
	options := server.Options{RateLimit: plenty, Source: d.source}
	if g.node != nil {
		var err error
		if options.Source, err = d.source.WithOperation(g.operation.path, g.operation.method, textOf(g.node, nil, nil)); err != nil {
			return nil, err
		}
	}
	if g.place == "x-rate-limit" {
		options.RateLimit = "spec"
	}
	return newTarget(options)
}

// checkDocument runs cases against the mock with a changed document, and a further change of its answers, until one of them fails.
func (a *runner) checkDocument(ctx context.Context, w *target, only []string, large bool, change change) (suite.Report, error) {
	return w.check(ctx, change, "", func(cfg *suite.Config) {
		a.writing(cfg)
		cfg.Only = only
		cfg.Large = large
		cfg.FailFast = true
	})
}

// of are the cases of an operation that have to do with its parameters, bodies and answers, and the rules of every exchange. No document of the
// mutants changes who is let in, what belongs to whom and what is no request at all, so the cases about that are left out, as long as they make
// requests of their own.
func (a *runner) of(operation string, fits func(c suite.ListedCase) bool) []string {
	rules := []string{"RATE-HEADERS", "HTTP-SUCCESS", "DATA-SUCCESS-FLAG", "ERROR-ENVELOPE"}
	return a.ids(func(c suite.ListedCase) bool {
		switch {
		case !fits(c):
			return false
		case c.Operation == "":
			return slices.Contains(rules, c.Requirement) && c.Capability == ""
		case strings.HasPrefix(c.Requirement, "AUTH-") && c.Requirement != "AUTH-VALID", strings.HasPrefix(c.Requirement, "ISOLATION-"), slices.Contains([]string{"ERROR-METHOD", "HTTP-NO-SERVER-ERROR", "HTTP-MEDIA-OTHER"}, c.Requirement):
			return false
		}
		return c.Operation == operation
	})
}

// A control finds out whether the cases of an operation tell right from wrong: of a server that is surely right, or surely wrong. If a control
// does not come out as it must, the whole measurement is void.
type control struct {
	operation documentOperation
	name      string
	faulty    change // nil: the operation as it is
}

// controls are, for each operation: as it is, from the document in the form that the generated mutants have; never a success; never a refusal.
func (d *document) controls() []control {
	var out []control
	for _, op := range d.operations {
		out = append(out, control{op, "as it is", nil}, control{op, "never succeeds", op.answers(func(a *answer) {
			if a.status < http.StatusBadRequest {
				a.fail(http.StatusForbidden, "forbidden", "The client may not do this.")
			}
		})})
		if child(op.node, "requestBody") == nil && len(child(op.node, "parameters").Content) == 1 {
			continue // nothing but the version can be wrong
		}
		out = append(out, control{op, "refuses no body and no parameter", op.answers(func(a *answer) {
			if a.status == http.StatusBadRequest || a.status == http.StatusNotFound || a.status == http.StatusUnsupportedMediaType {
				accept200(a)
			}
		})})
	}
	return out
}

// answers is a server that changes the answers to an operation.
func (op documentOperation) answers(rewrite func(a *answer)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if op.fits(r.Method, w.path(r)) {
			rewrite(a)
		}
	})
}

// try runs a control.
func (a *runner) try(ctx context.Context, d *document, c control) result {
	r := result{Kind: kindControl, Name: c.operation.id + " " + c.name, Operation: c.operation.id}
	wrong := c.faulty != nil
	w, err := d.target(generated{operation: c.operation, node: d.resolved(c.operation.node)})
	if err != nil {
		return r.notJudged(err)
	}
	report, err := a.checkDocument(ctx, w, a.of(c.operation.id, func(suite.ListedCase) bool { return true }), false, c.faulty)
	if err != nil {
		r.Good, r.Why = wrong, err.Error() // of a server that is wrong the suite may say that it cannot be used
		return r
	}
	r.Failed, r.Why = wrongFailures(report, false)
	if r.Good = (len(r.Failed) > 0) == wrong; r.Good && wrong {
		r.By, r.Why = r.Failed[0], ""
	}
	return r
}
