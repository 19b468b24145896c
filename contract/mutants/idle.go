package main

import (
	"context"
	"slices"

	"example.com/awalmock/contract/suite"
)

// recheck looks for mutants that are killed by the cases that have killed nothing so far: the run of a generated mutant ends at the first stage with
// a failure, so that the cases of the later stages had no chance. It adds what it finds to the results.
func (a *runner) recheck(ctx context.Context, d *document, results []result, idle []string, processors int) {
	found := map[string]*result{}
	for i := range results {
		if r := &results[i]; r.Kind == kindGenerated && r.Good && r.Equivalent == "" {
			found[r.Name] = r
		}
	}
	var jobs []job
	for _, op := range d.operations {
		list := slices.DeleteFunc(a.of(op.id, func(suite.ListedCase) bool { return true }), func(id string) bool { return !slices.Contains(idle, id) })
		var mutants []generated
		for _, g := range d.generate(false) {
			if g.operation.id == op.id && found[g.name()] != nil {
				mutants = append(mutants, g)
			}
		}
		if len(list) > 0 {
			jobs = append(jobs, job{op.id, func(ctx context.Context) result { return a.killWith(ctx, d, list, mutants, found) }, works})
		}
	}
	measure(ctx, jobs, processors)
}

// killWith tries cases on one mutant of their operation after the other, until each case has killed one.
func (a *runner) killWith(ctx context.Context, d *document, cases []string, mutants []generated, found map[string]*result) result {
	for _, g := range mutants {
		w, err := d.target(g)
		if err != nil || len(cases) == 0 {
			break
		}
		failed, err := a.failing(ctx, w, g, cases)
		if err != nil {
			continue
		}
		r := found[g.name()]
		r.Failed = append(r.Failed, failed...)
		cases = slices.DeleteFunc(cases, func(id string) bool { return slices.Contains(failed, id) })
	}
	return result{}
}
