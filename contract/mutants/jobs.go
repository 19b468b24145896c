package main

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"
)

// options say what is measured.
type options struct {
	out    string // file of the results; "" for none
	sample int    // of the generated mutants; 0: all
	seed   uint64 // of the sample
	only   string // part of the names of what is measured; "": everything

	large   bool  // whether those are tried too that need uploads of up to 100 MB
	mutants bool  // whether mutants and controls are tried
	lawful  bool  // whether lawful servers are tried
	seeds   int64 // how many seeds of the suite each lawful server is tried with; 0: one
}

// whole reports whether nothing is left out.
func (o options) whole() bool { return o.mutants && o.lawful && o.sample == 0 && o.only == "" }

// A job measures one server.
type job struct {
	name string
	run  func(ctx context.Context) result
	pace pace
}

// A pace is what a job spends its time with. Jobs of one pace share a bound of how many run at once.
type pace int

const (
	works pace = iota // it keeps a processor busy
	waits             // it waits, for webhooks that do not come or for slow answers
	races             // it makes more than a hundred requests within a second: no other job may be in its way
)

// paceOf is the pace of a mutant.
func paceOf(m mutant) pace {
	switch {
	case isOneOf(limitMutants(), m):
		return races
	case isOneOf(webhookMutants(), m):
		return waits
	}
	return works
}

func (v variant) pace() pace {
	if v.slow || v.hooks {
		return waits
	}
	return works
}

// jobs are all that is to be measured: written mutants, lawful servers, controls and generated mutants. Operations that
// the suite has no cases for are left out.
func (a *runner) jobs(d *document, o options) []job {
	var out []job
	d = d.without(a.unasked)
	if o.lawful {
		out = append(out, a.lawfulJobs(1)...)
	}
	if o.mutants {
		for _, m := range mutants() {
			out = append(out, job{m.name, func(ctx context.Context) result { return a.kill(ctx, m) }, paceOf(m)})
		}
		for _, c := range d.controls() {
			out = append(out, job{"control " + c.operation.id, func(ctx context.Context) result { return a.try(ctx, d, c) }, works})
		}
		out = append(out, a.generatedJobs(d, o.drawn(d.generate(o.large)))...)
	}
	return o.chosen(out)
}

// lawfulJobs are the lawful servers, with a seed of the suite.
func (a *runner) lawfulJobs(seed int64) []job {
	var out []job
	for _, v := range variants() {
		out = append(out, job{"lawful " + v.name, func(ctx context.Context) result { return a.accept(ctx, v, seed) }, v.pace()})
	}
	return out
}

// chosen are the jobs that have the text of -only in their names.
func (o options) chosen(jobs []job) []job {
	return slices.DeleteFunc(jobs, func(j job) bool { return !strings.Contains(j.name, o.only) })
}

// drawn is the sample of the generated mutants.
func (o options) drawn(generated []generated) []generated {
	if o.sample == 0 || o.sample >= len(generated) {
		return generated
	}
	random := rand.New(rand.NewPCG(o.seed, 0)) //nolint:gosec // a sample, no secret
	random.Shuffle(len(generated), func(i, j int) { generated[i], generated[j] = generated[j], generated[i] })
	return generated[:o.sample]
}

// measure runs jobs and returns their results in the order of the jobs, and how long each pace took. Those that race run first, and then the others:
// many that wait, and beside them as many that work as keep the processors busy.
func measure(ctx context.Context, jobs []job, processors int) ([]result, map[pace]time.Duration) {
	results := make([]result, len(jobs))
	run := func(pace pace, atOnce int) time.Duration {
		began := time.Now()
		next := make(chan int)
		var wait sync.WaitGroup
		for range atOnce {
			wait.Go(func() {
				for i := range next {
					results[i] = jobs[i].run(ctx)
				}
			})
		}
		for i := range jobs {
			if jobs[i].pace == pace {
				next <- i
			}
		}
		close(next)
		wait.Wait()
		return time.Since(began)
	}
	raced := run(races, 2*processors)
	var waited, worked time.Duration
	var both sync.WaitGroup
	both.Go(func() { waited = run(waits, 16*processors) })
	both.Go(func() { worked = run(works, 8*processors) })
	both.Wait()
	return results, map[pace]time.Duration{races: raced, waits: waited, works: worked}
}

// most survivors that are tried again. More than these do not come from a busy machine.
const mostTriedAgain = 20

// tryAgain checks mutants that survived once more, one after the other, and returns the names of those that are killed now. The suite does not judge
// a difference that a slow server may explain, so a busy machine can save a mutant. It is not done for lawful servers: these must be accepted on any machine.
func tryAgain(ctx context.Context, jobs []job, results []result) (killed []string) {
	var survivors []int
	for i, r := range results {
		if isMutant := r.Kind == kindMutant || r.Kind == kindGenerated && r.Equivalent == "" && !r.Refused; isMutant && !r.Good {
			survivors = append(survivors, i)
		}
	}
	if len(survivors) > mostTriedAgain {
		return nil
	}
	for _, i := range survivors {
		if r := jobs[i].run(ctx); r.Good {
			results[i] = r
			killed = append(killed, r.Name)
		}
	}
	return killed
}
