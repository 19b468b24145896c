package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// shards is how many processes share the work that needs the processor: Ginkgo runs one suite per process.
const shards = 2

// processes are their names: beside the shards, one for servers that wait, one for mutants that the suite waits for, and one for what is checked
// with the control API.
func processes() []string {
	names := []string{"slow", "living", "control"}
	for i := range shards {
		names = append(names, strconv.Itoa(i))
	}
	return names
}

// run measures the suite and prints the table. With the word "shard" it is one of the processes that do the work.
func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 2 && args[0] == "shard" {
		return shard(ctx, args[1], out)
	}
	began := time.Now()
	arena, err := newArena()
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	names := processes()
	results := make([][]result, len(names))
	errs := make([]error, len(names)+1)
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() { results[i], errs[i] = child(ctx, self, name) })
	}
	wait.Go(func() { errs[len(names)] = arena.unchanged(ctx) })
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return tell(out, slices.Concat(results...), arena.cases, time.Since(began))
}

func child(ctx context.Context, self, name string) ([]result, error) {
	command := exec.CommandContext(ctx, self, "shard", name)
	command.Stderr = os.Stderr
	command.Env = append(os.Environ(), shardVariable+"="+name)
	raw, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("shard %s: %w", name, err)
	}
	var list []result
	return list, json.Unmarshal(raw, &list)
}

// shardVariable lets the test binary, whose arguments are not its own, be a shard too.
const shardVariable = "CONTRACT_MUTANTS_SHARD"

func shard(ctx context.Context, name string, out io.Writer) error {
	arena, err := newArena()
	if err != nil {
		return err
	}
	anyShard := func(i int) string { return strconv.Itoa(i % shards) }
	var list []result
	for i, m := range mutants() {
		owner := anyShard(i)
		switch {
		case isOneOf(livingMutants(), m):
			owner = "living"
		case isOneOf(controlMutants(), m):
			owner = "control"
		}
		if owner == name {
			list = append(list, arena.kill(ctx, m))
		}
	}
	for i, v := range variants() {
		owner := anyShard(i)
		switch {
		case v.slow:
			owner = "slow"
		case v.control:
			owner = "control"
		}
		if owner == name {
			list = append(list, arena.accept(ctx, v))
		}
	}
	return json.NewEncoder(out).Encode(list)
}

// tell prints the table and its last line; the error says what is not as it should be.
func tell(out io.Writer, results []result, cases []string, took time.Duration) error {
	order := map[string]int{}
	for i, m := range mutants() {
		order[m.name] = i
	}
	for _, v := range variants() {
		order["lawful "+v.name] = len(order)
	}
	key := func(r result) int {
		if r.Requirement == "" {
			return order["lawful "+r.Name]
		}
		return order[r.Name]
	}
	slices.SortStableFunc(results, func(a, b result) int { return key(a) - key(b) })
	killing := map[string]bool{}
	killed, mutants, accepted, lawful := 0, 0, 0, 0
	for _, r := range results {
		word := "SURVIVED"
		if r.Requirement == "" {
			lawful++
			if word = "REJECTED"; r.Good {
				word = "accepted"
				accepted++
			}
		} else {
			mutants++
			if r.Good {
				word = "killed by"
				killed++
			}
			for _, id := range r.Failed {
				killing[id] = true
			}
		}
		fmt.Fprintf(out, "%-24s %-56s %-9s %s\n", r.Requirement, r.Name, word, r.Said)
	}
	idle := slices.DeleteFunc(slices.Clone(cases), func(id string) bool { return killing[id] })
	for _, id := range idle {
		fmt.Fprintf(out, "kills nothing: %s\n", id)
	}
	fmt.Fprintf(out, "%d mutants and lawful servers in %.1f s\n", len(results), took.Seconds())
	fmt.Fprintf(out, "killed %d/%d, lawful accepted %d/%d, cases that kill nothing: %d\n", killed, mutants, accepted, lawful, len(idle))
	if killed < mutants || accepted < lawful || len(idle) > 0 {
		return fmt.Errorf("the suite does not measure up: %s", strings.Join(shortcomings(mutants-killed, lawful-accepted, len(idle)), ", "))
	}
	return nil
}

func shortcomings(survived, rejected, idle int) (out []string) {
	for _, s := range []struct {
		n    int
		what string
	}{{survived, "mutants survived"}, {rejected, "lawful servers were rejected"}, {idle, "cases kill nothing"}} {
		if s.n > 0 {
			out = append(out, fmt.Sprintf("%d %s", s.n, s.what))
		}
	}
	return out
}
