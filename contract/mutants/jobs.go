package main

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// options say what is measured.
type options struct {
	out    string // file of the results; "" for none
	sample int    // of the generated mutants; 0: all
	seed   uint64 // of the sample
	only   string // part of the names of what is measured; "": everything

	large     bool // whether those are tried too that need uploads of up to 100 MB
	generated bool // whether generated mutants are tried at all
}

// A job measures one server.
type job struct {
	name string
	run  func(ctx context.Context) result
	slow bool // it waits long: it begins first
}

// jobs are all that is to be measured: written mutants, lawful servers, controls and generated mutants. Operations that
// the suite has no cases for are left out.
func (a *runner) jobs(d *document, o options) []job {
	var out []job
	d = d.without(a.unasked)
	for _, m := range mutants() {
		out = append(out, job{m.name, func(ctx context.Context) result { return a.kill(ctx, m) }, isOneOf(limitMutants(), m)})
	}
	for _, v := range variants() {
		out = append(out, job{"lawful " + v.name, func(ctx context.Context) result { return a.accept(ctx, v) }, v.slow})
	}
	for _, c := range d.controls() {
		out = append(out, job{"control " + c.operation.id, func(ctx context.Context) result { return a.try(ctx, d, c) }, false})
	}
	if !o.generated {
		return out
	}
	generated := d.generate(o.large)
	if o.sample > 0 && o.sample < len(generated) {
		random := rand.New(rand.NewPCG(o.seed, 0)) //nolint:gosec // a sample, no secret
		random.Shuffle(len(generated), func(i, j int) { generated[i], generated[j] = generated[j], generated[i] })
		generated = generated[:o.sample]
	}
	for _, g := range generated {
		out = append(out, job{g.name(), func(ctx context.Context) result { return a.killGenerated(ctx, d, g) }, false})
	}
	return out
}

// measure runs jobs, several at once, and returns their results in the order of the jobs.
func measure(ctx context.Context, jobs []job, atOnce int) []result {
	order := make([]int, len(jobs))
	for i := range order {
		order[i] = i
	}
	first := func(i int) int {
		if jobs[i].slow {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(first(a), first(b)) })
	results := make([]result, len(jobs))
	next := make(chan int)
	var wait sync.WaitGroup
	for range atOnce {
		wait.Go(func() {
			for i := range next {
				began := time.Now()
				results[i] = jobs[i].run(ctx)
				results[i].Took = time.Since(began)
			}
		})
	}
	for _, i := range order {
		next <- i
	}
	close(next)
	wait.Wait()
	return results
}
