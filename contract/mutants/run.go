package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
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
	Seconds     float64  `json:"seconds"`
}

const limited = "130/1s" // the rate limit under which limits are measured

// An arena runs the suite against one server after the other.
type arena struct {
	plain, limited *world
	living         []string          // ids of the cases that need the capabilities send and tickets
	requirementOf  map[string]string // of those cases
	phones         atomic.Int64
	cases          []string // of all runs of correct servers
}

func newArena() (*arena, error) {
	plain, err := newWorld(server.Options{RateLimit: "off"})
	if err != nil {
		return nil, err
	}
	small, err := newWorld(server.Options{RateLimit: limited})
	if err != nil {
		return nil, err
	}
	a := &arena{plain: plain, limited: small, requirementOf: map[string]string{}}
	cfg := plain.config("http://127.0.0.1", true)
	a.alive(&cfg)
	cfg.Only = nil
	listing, err := suite.List(cfg)
	if err != nil {
		return nil, err
	}
	for _, c := range listing.Cases {
		if c.Capability == suite.CapabilitySend || c.Capability == suite.CapabilityTickets {
			a.living = append(a.living, c.ID)
			a.requirementOf[c.ID] = c.Requirement
		}
	}
	return a, nil
}

// alive claims send and tickets, and writes to phones that the server does not know yet.
func (a *arena) alive(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilitySend, suite.CapabilityTickets)
	cfg.Only = a.living
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
	target := httptest.NewServer(handler)
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
	began := time.Now()
	w, settings := a.plain, func(*suite.Config) {}
	if slices.Contains(limitRequirements(), m.requirement) {
		w, settings = a.limited, onlyLimits
	}
	if isLiving(m) {
		settings = func(cfg *suite.Config) {
			a.alive(cfg)
			cfg.Only = a.livingCases(m.requirement)
		}
	}
	report, err := w.check(ctx, m.change, "", settings)
	r := result{Name: m.name, Requirement: m.requirement, Seconds: time.Since(began).Seconds()}
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

// accept runs the suite against a lawful server.
func accept(ctx context.Context, v variant) result {
	began := time.Now()
	r := result{Name: v.name}
	if v.options.RateLimit == "" {
		v.options.RateLimit = "off"
	}
	w, err := newWorld(v.options)
	if err != nil {
		r.Said = err.Error()
		return r
	}
	report, err := w.check(ctx, v.change, v.prefix, func(cfg *suite.Config) {
		cfg.Strict = !v.should
		if v.living {
			new(arena).alive(cfg)
			cfg.Only = nil
		}
	})
	r.Seconds = time.Since(began).Seconds()
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
	}{{a.plain, func(*suite.Config) {}}, {a.limited, onlyLimits}, {a.plain, a.alive}} {
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
	return slices.Concat(authMutants(), errorMutants(), listMutants(), dataMutants(), statusMutants(), httpMutants(), limitMutants(), livingMutants())
}

// livingCases are those of a requirement; all of them for a mutant that breaks many cases at once.
func (a *arena) livingCases(requirement string) []string {
	if slices.Contains([]string{"DATA-SCHEMA", "AUTH-VALID", "sendTextMessage.body.required"}, requirement) {
		return a.living
	}
	var out []string
	for id, of := range a.requirementOf {
		if of == requirement {
			out = append(out, id)
		}
	}
	return out
}

func isLiving(m mutant) bool {
	return slices.ContainsFunc(livingMutants(), func(other mutant) bool { return other.name == m.name })
}
