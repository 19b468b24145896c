package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

func main() {
	var o options
	flag.StringVar(&o.out, "o", "", "`file` for the results as JSON, see docs/mutants.md")
	flag.IntVar(&o.sample, "sample", 0, "how many of the generated mutants are tried; 0: all")
	flag.Uint64Var(&o.seed, "seed", 1, "of the sample")
	flag.StringVar(&o.only, "only", "", "try only what has this text in its name, and judge nothing else")
	flag.BoolVar(&o.large, "large", false, "try the bounds of large files too, with uploads of up to 100 MB")
	flag.BoolVar(&o.mutants, "mutants", true, "try mutants and controls")
	flag.BoolVar(&o.lawful, "lawful", true, "try lawful servers")
	flag.Int64Var(&o.seeds, "seeds", 1, "how many seeds of the suite each lawful server is tried with")
	flag.Parse()
	if err := run(context.Background(), o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures the suite, prints the table and writes the results.
func run(ctx context.Context, o options, out io.Writer) error {
	began := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // a thousand mocks come and go: a quarter of the time went into collecting garbage
	a, err := newRunner()
	if err != nil {
		return err
	}
	d, err := readDocument()
	if err != nil {
		return err
	}
	jobs := a.jobs(d, o)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	limits, err := a.passesLimits(ctx)
	if err != nil {
		return err
	}
	correct := a.checkUnchanged(stop)
	results, spent := measure(ctx, append(correct.jobs, jobs...), runtime.NumCPU())
	results = results[len(correct.jobs):]
	cases, err := correct.cases(limits)
	if err != nil {
		return err
	}
	whole := o.whole()
	if !whole {
		cases = nil // some are killed by what is left out
	}
	late := tryAgain(ctx, jobs, results)
	for seed := int64(2); o.lawful && seed <= o.seeds; seed++ {
		more, _ := measure(ctx, o.chosen(a.lawfulJobs(seed)), runtime.NumCPU())
		results = append(results, more...)
	}
	t := tallyOf(results, cases)
	if len(t.idle) > 0 {
		a.recheck(ctx, d, results, t.idle, runtime.NumCPU())
		t = tallyOf(results, cases)
	}
	t.unasked, t.late = a.unasked, late
	t.whole, t.took = whole, time.Since(began)
	t.print(out)
	fmt.Fprintf(out, "limits took %.1f s, then what waits %.1f s beside all else %.1f s\n", spent[races].Seconds(), spent[waits].Seconds(), spent[works].Seconds())
	if o.out != "" {
		if err := t.write(o); err != nil {
			return err
		}
	}
	return t.verdict()
}
