package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// unchanged are checks of the correct server under the settings of the mutants: only if it passes, a failure on a mutant means anything.
type unchanged struct {
	jobs   []job
	passed [][]string // the cases that passed, by job
	errs   []error
}

// checkUnchanged prepares the checks. Each calls stop if the correct server does not pass, since nothing else counts then.
func (a *runner) checkUnchanged(stop func()) *unchanged {
	u := &unchanged{}
	add := func(name string, pace pace, options server.Options, settings func(*suite.Config)) {
		i := len(u.jobs)
		u.passed, u.errs = append(u.passed, nil), append(u.errs, nil)
		u.jobs = append(u.jobs, job{"unchanged " + name, func(ctx context.Context) result {
			if u.passed[i], u.errs[i] = a.passing(ctx, options, settings); u.errs[i] != nil {
				stop()
			}
			return result{}
		}, pace})
	}
	plain := server.Options{RateLimit: plenty, Source: a.source}
	add("webhooks", waits, plain, a.hooked)
	add("reads", works, plain, func(*suite.Config) {})
	add("sends", works, plain, a.sending)
	add("records", works, plain, a.writingRecords)
	add("offers", works, plain, a.offering)
	add("control", works, plain, a.controlled)
	add("deprecation", works, a.deprecatedServer(), a.deprecating)
	return u
}

// passesLimits are the cases about rate limits that the correct server passes. It is for a time when no other server is checked, since they need more than
// a hundred requests within a second.
func (a *runner) passesLimits(ctx context.Context) ([]string, error) {
	return a.passing(ctx, server.Options{RateLimit: limited, Source: a.source}, onlyLimits)
}

// cases are those that the correct server has passed, and these more.
func (u *unchanged) cases(more []string) ([]string, error) {
	all := slices.Concat(append(u.passed, more)...)
	slices.Sort(all)
	return slices.Compact(all), errors.Join(u.errs...)
}

// passing are the cases that the correct server passes under options and settings of the suite. An error says that it fails one.
func (a *runner) passing(ctx context.Context, options server.Options, settings func(*suite.Config)) (passed []string, err error) {
	w, err := newTarget(options)
	if err != nil {
		return nil, err
	}
	report, err := w.check(ctx, nil, "", func(cfg *suite.Config) {
		settings(cfg)
		variant{hooks: cfg.WebhookWait > 0}.patient(cfg)
	})
	if err != nil {
		return nil, fmt.Errorf("the unchanged server was not judged: %w", err)
	}
	if report.ExitCode != 0 {
		return nil, fmt.Errorf("the unchanged server does not pass (%s): %s", report.Verdict, strings.Join(report.Why, "; "))
	}
	for _, c := range report.Cases {
		if c.Outcome == suite.Pass {
			passed = append(passed, c.ID)
		}
	}
	return passed, nil
}
