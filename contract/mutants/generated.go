package main

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// killGenerated runs the cases of a mutant's operation against it.
func (a *runner) killGenerated(ctx context.Context, d *document, g generated) result {
	r := result{Kind: kindGenerated, Name: g.name(), Operation: g.operation, Equivalent: g.equivalent()}
	report, refused, err := a.checkDocument(ctx, d, g, nil)
	switch {
	case refused:
		r.Refused, r.Why = true, err.Error()
		return r
	case err != nil:
		return r.notJudged(err)
	}
	for _, c := range report.Cases {
		if c.Outcome == suite.Fail {
			r.Failed = append(r.Failed, c.ID)
		}
	}
	if r.Good = len(r.Failed) > 0; r.Good {
		r.By = r.Failed[0]
	}
	return r
}

// checkDocument runs the cases of an operation against the mock with a changed document; refused says that it does not start with it.
func (a *runner) checkDocument(ctx context.Context, d *document, g generated, change change) (report suite.Report, refused bool, err error) {
	options := server.Options{RateLimit: plenty, Spec: d.text(g.instead, g.node), Fixtures: d.fixtures}
	if g.place == "x-rate-limit" {
		options.RateLimit = "spec"
	}
	w, err := newTarget(options)
	if err != nil {
		return report, true, err
	}
	report, err = w.check(ctx, change, "", func(cfg *suite.Config) {
		a.writing(cfg)
		cfg.Only = a.of(g.operation)
		cfg.Large = g.large()
	})
	return report, false, err
}

// of are the cases of an operation that have to do with its parameters, bodies and answers, and the rules of every exchange. No document of the
// mutants changes who is let in, what belongs to whom and what is no request at all, so the cases about that are left out, as long as they make
// requests of their own.
func (a *runner) of(operation string) []string {
	rules := []string{"RATE-HEADERS", "HTTP-SUCCESS", "DATA-SUCCESS-FLAG", "ERROR-ENVELOPE"}
	return a.ids(func(c suite.ListedCase) bool {
		switch {
		case c.Operation == "":
			return slices.Contains(rules, c.Requirement) && c.Capability == ""
		case strings.HasPrefix(c.Requirement, "AUTH-") && c.Requirement != "AUTH-VALID", strings.HasPrefix(c.Requirement, "ISOLATION-"), c.Requirement == "ERROR-METHOD", c.Requirement == "HTTP-NO-SERVER-ERROR":
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
	report, _, err := a.checkDocument(ctx, d, generated{operation: c.operation.id, instead: c.operation.node, node: d.resolved(c.operation.node)}, c.faulty)
	if err != nil {
		r.Good, r.Why = wrong, err.Error() // of a server that is wrong the suite may say that it cannot be used
		return r
	}
	r.Failed, r.Why = accusations(report, false)
	if r.Good = (len(r.Failed) > 0) == wrong; r.Good && wrong {
		r.By, r.Why = r.Failed[0], ""
	}
	return r
}
