package main

import (
	"context"
	"slices"

	"example.com/awalmock/contract/suite"
)

// recheck looks for mutants that are killed by the cases that have killed nothing so far: the run of a generated mutant ends at the first stage with
// a failure, so that the cases of the later stages had no chance. It adds what it finds to the results.
func (a *runner) recheck(ctx context.Context, d *document, results []result, idle []string, processors int) {
	killed := map[string]*result{}
	for i := range results {
		if r := &results[i]; r.Kind == kindGenerated && r.Good && r.Equivalent == "" {
			killed[r.Name] = r
		}
	}
	byOperation := map[string][]generated{}
	for _, g := range d.generate(false) {
		if g.breaks == "" && killed[g.name()] != nil {
			byOperation[g.operation.id] = append(byOperation[g.operation.id], g)
		}
	}
	var jobs []job
	for _, op := range d.operations {
		cases := slices.DeleteFunc(a.of(op.id, anyCase), func(id string) bool { return !slices.Contains(idle, id) })
		if mutants := byOperation[op.id]; len(cases) > 0 {
			jobs = append(jobs, job{op.id, func(ctx context.Context) result {
				a.killWith(ctx, d, cases, mutants, killed)
				return result{}
			}, works})
		}
	}
	_, _ = measure(ctx, jobs, processors)
}

func anyCase(suite.ListedCase) bool { return true }

// killWith tries idle cases of an operation on one mutant after the other, until each has killed one. Where one of them is likely to fail it runs
// with the others, since it may judge what those ask.
func (a *runner) killWith(ctx context.Context, d *document, idle []string, mutants []generated, killed map[string]*result) {
	likely := func(g generated) bool {
		return len(a.of(g.operation.id, func(c suite.ListedCase) bool { return slices.Contains(idle, c.ID) && g.likely(c) })) > 0
	}
	first := slices.DeleteFunc(slices.Clone(mutants), func(g generated) bool { return !likely(g) })
	for i, g := range slices.Concat(first, mutants) {
		w, err := d.target(g)
		if err != nil || len(idle) == 0 {
			return
		}
		only := idle
		if i < len(first) {
			only = a.of(g.operation.id, anyCase)
		}
		failed, err := a.failing(ctx, w, g, only)
		if err != nil {
			continue
		}
		r := killed[g.name()]
		r.Failed = append(r.Failed, failed...)
		idle = slices.DeleteFunc(idle, func(id string) bool { return slices.Contains(failed, id) })
	}
}
