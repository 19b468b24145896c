package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// A mutant is one small change to a correct server, and the requirement that it breaks.
type mutant struct {
	name        string
	requirement string
	change      change
}

// A result is what became of one server.
type result struct {
	Name        string   `json:"name"`
	Requirement string   `json:"requirement,omitempty"` // of a mutant
	Good        bool     `json:"good"`                  // killed, or accepted
	Said        string   `json:"said"`                  // by which case, or what it was accused of
	Failed      []string `json:"failed"`                // every case that failed
}

const (
	limited = "130/1s"     // the rate limit under which limits are measured
	plenty  = "1000000/1m" // and the one that nothing meets
)

// An arena runs the suite against one server after the other.
type arena struct {
	plain, limited  *world
	living, control selection // of the capabilities send and tickets, and of control
	phones          atomic.Int64
	cases           []string // of all runs of correct servers
}

// A selection is the cases of some capabilities: ids, with their requirements.
type selection map[string]string

func (s selection) all() []string { return slices.Sorted(maps.Keys(s)) }

// of are those of a requirement; all of them for a requirement that many cases have to do with.
func (s selection) of(requirement string) []string {
	if slices.Contains([]string{"DATA-SCHEMA", "AUTH-VALID", "sendTextMessage.body.required", "CONTROL-ANSWERS", "RATE-HEADERS", "RATE-REMAINING", "RATE-RESET"}, requirement) {
		return s.all()
	}
	return slices.DeleteFunc(s.all(), func(id string) bool { return s[id] != requirement })
}

func newArena() (*arena, error) {
	plain, err := newWorld(server.Options{RateLimit: plenty})
	if err != nil {
		return nil, err
	}
	small, err := newWorld(server.Options{RateLimit: limited})
	if err != nil {
		return nil, err
	}
	a := &arena{plain: plain, limited: small, living: selection{}, control: selection{}}
	listing, err := suite.List(suite.Config{})
	if err != nil {
		return nil, err
	}
	for _, c := range listing.Cases {
		switch c.Capability {
		case suite.CapabilitySend, suite.CapabilityTickets, suite.CapabilityNumbers, suite.CapabilityTemplates:
			a.living[c.ID] = c.Requirement
		case suite.CapabilityControl:
			a.control[c.ID] = c.Requirement
		}
	}
	return a, nil
}

// controlled claims control.
func (a *arena) controlled(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityControl)
	cfg.Only = a.control.all()
}

// alive claims send and tickets, and writes to phones that the server does not know yet.
func (a *arena) alive(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilitySend, suite.CapabilityTickets)
	cfg.Only = a.living.all()
	cfg.SendTo = nil
	for range 2 {
		cfg.SendTo = append(cfg.SendTo, fmt.Sprintf("9665550%05d", a.phones.Add(1)))
	}
	cfg.SendTo = append(cfg.SendTo, "96650000000") // has a conversation, on which tickets can be opened
}

// config is how every server is checked; strict, so that a SHOULD counts.
func (w *world) config(base string, strict bool) suite.Config {
	return suite.Config{
		BaseURL: base, Strict: strict, Seed: 1, Timeout: time.Minute,
		Credentials:  suite.Credentials{Domain: w.first.domain, ClientID: w.first.client, HMACSecret: w.first.secret, PhoneNumberID: w.first.number},
		Second:       suite.Credentials{Domain: w.second.domain, ClientID: w.second.client, HMACSecret: w.second.secret, PhoneNumberID: w.second.number},
		Capabilities: []string{suite.CapabilitySecondClient},
	}
}

// check runs the suite against a server made of a world.
func (w *world) check(ctx context.Context, change change, prefix string, settings func(*suite.Config)) (suite.Report, error) {
	handler := w.server
	if change != nil {
		handler = change(w, w.server)
	}
	if prefix != "" {
		handler = behind(prefix, handler)
	}
	target := listening(handler)
	defer target.Close()
	cfg := w.config(target.URL+prefix+w.base, true)
	settings(&cfg)
	return suite.Run(ctx, cfg)
}

// behind is a proxy that takes a prefix off the request target.
func behind(prefix string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		c := clone(r)
		c.URL.Path, c.URL.RawPath = strings.TrimPrefix(r.URL.Path, prefix), strings.TrimPrefix(r.URL.RawPath, prefix)
		c.RequestURI = strings.TrimPrefix(r.RequestURI, prefix)
		next.ServeHTTP(out, c)
	})
}

func onlyLimits(cfg *suite.Config) {
	cfg.Capabilities = []string{suite.CapabilityRateLimit}
	cfg.Only = limitRequirements()
	cfg.Timeout = 10 * time.Second
}

func limitRequirements() []string {
	return []string{"RATE-HEADERS", "RATE-REMAINING", "RATE-ENFORCED", "RATE-EXCEEDED-HEADERS", "RATE-RETRY-AFTER", "RATE-RESET"}
}

// kill runs the suite against a mutant.
func (a *arena) kill(ctx context.Context, m mutant) result {
	w, settings := a.settings(m)
	report, err := w.check(ctx, m.change, "", settings)
	r := result{Name: m.name, Requirement: m.requirement}
	if err != nil {
		r.Said = "not judged: " + err.Error()
		return r
	}
	for _, c := range report.Cases {
		if c.Outcome != suite.Fail {
			continue
		}
		r.Failed = append(r.Failed, c.ID)
		if c.Requirement == m.requirement && !r.Good {
			r.Good, r.Said = true, c.ID
		}
	}
	if !r.Good {
		r.Said = "survived; failed: " + cutList(r.Failed)
	}
	return r
}

// settings are how a mutant is checked: with the cases that can kill it, where those cost something.
func (a *arena) settings(m mutant) (*world, func(*suite.Config)) {
	switch {
	case isOneOf(headerMutants(), m):
		return a.plain, func(*suite.Config) {}
	case slices.Contains(limitRequirements(), m.requirement) && !isOneOf(livingMutants(), m):
		return a.limited, onlyLimits
	case isOneOf(livingMutants(), m):
		return a.plain, func(cfg *suite.Config) {
			a.alive(cfg)
			cfg.Only = a.living.of(m.requirement)
		}
	case isOneOf(controlMutants(), m):
		return a.plain, func(cfg *suite.Config) {
			a.controlled(cfg)
			cfg.Only = a.control.of(m.requirement)
		}
	}
	return a.plain, func(*suite.Config) {}
}

// accept runs the suite against a lawful server.
func (a *arena) accept(ctx context.Context, v variant) result {
	r := result{Name: v.name}
	if v.options.RateLimit == "" {
		v.options.RateLimit = plenty
	}
	w, err := newWorld(v.options)
	if err != nil {
		r.Said = err.Error()
		return r
	}
	report, err := w.check(ctx, v.change, v.prefix, func(cfg *suite.Config) {
		cfg.Strict = !v.should
		if v.living {
			a.alive(cfg)
			cfg.Only = nil
		}
		if v.control {
			a.controlled(cfg)
		}
	})
	if err != nil {
		r.Said = "not judged: " + err.Error()
		return r
	}
	for _, c := range report.Cases {
		if c.Outcome == suite.Fail || c.Outcome == suite.Error || c.Outcome == suite.Unverified && c.Level == suite.Must && !v.sparse {
			r.Failed = append(r.Failed, c.ID)
			reason := c.Reason
			if len(c.Findings) > 0 {
				reason = c.Findings[0].Text + "; expected " + c.Findings[0].Expected + ", actual " + c.Findings[0].Actual
			}
			r.Said = fmt.Sprintf("%s %s: %s", c.Outcome, c.ID, reason)
		}
	}
	if r.Good = len(r.Failed) == 0; r.Good {
		r.Said = fmt.Sprintf("exit %d", report.ExitCode)
	}
	return r
}

// unchanged checks the correct server under the settings of the mutants: only then does a failure on a mutant mean anything.
func (a *arena) unchanged(ctx context.Context) error {
	for _, run := range []struct {
		w        *world
		settings func(*suite.Config)
	}{{a.plain, func(*suite.Config) {}}, {a.limited, onlyLimits}, {a.plain, a.alive}, {a.plain, a.controlled}} {
		report, err := run.w.check(ctx, nil, "", run.settings)
		if err != nil {
			return fmt.Errorf("the unchanged server was not judged: %w", err)
		}
		if report.ExitCode != 0 {
			return fmt.Errorf("the unchanged server does not pass (%s): %s", report.Verdict, strings.Join(report.Why, "; "))
		}
		for _, c := range report.Cases {
			if c.Outcome == suite.Pass && !slices.Contains(a.cases, c.ID) {
				a.cases = append(a.cases, c.ID)
			}
		}
	}
	return nil
}

func cutList(list []string) string {
	if len(list) > 3 {
		return strings.Join(list[:3], ", ") + fmt.Sprintf(" and %d more", len(list)-3)
	}
	return strings.Join(list, ", ")
}

func mutants() []mutant {
	return slices.Concat(authMutants(), signatureMutants(), malformedMutants(), tenantMutants(), timeMutants(), headerMutants(), errorMutants(), listMutants(), dataMutants(), statusMutants(), httpMutants(), limitMutants(), livingMutants(), controlMutants())
}

func isOneOf(list []mutant, m mutant) bool {
	return slices.ContainsFunc(list, func(other mutant) bool { return other.name == m.name })
}
