package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"example.com/awalmock/contract/memnet"
	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// A mutant is one small change to a correct server, and the requirement that it breaks.
type mutant struct {
	name        string
	requirement string
	change      change
}

const (
	limited = "130/1s"     // the rate limit under which limits are measured
	plenty  = "1000000/1m" // and the one that nothing meets
)

// A runner runs the suite against one server after the other, several at once.
type runner struct {
	cases   []suite.ListedCase
	claimed []string     // capabilities of operations that the suite has cases for
	unasked []string     // operations whose capability it has no cases for
	phones  atomic.Int64 // so that each run writes to phones of its own

	source, deprecated *server.Source // what most servers are made of, and those with operations that go away
}

func newRunner() (*runner, error) {
	listing, err := suite.List(suite.Config{})
	if err != nil {
		return nil, err
	}
	matrix, err := suite.MatrixOf(suite.Config{})
	if err != nil {
		return nil, err
	}
	a := &runner{cases: listing.Cases}
	if a.source, err = server.ReadSource(server.Options{}); err != nil {
		return nil, err
	}
	if a.deprecated, err = server.ReadSource(server.Options{Spec: deprecatedDocument(), SpecName: "deprecated.yaml"}); err != nil {
		return nil, err
	}
	for _, op := range matrix.Operations {
		switch {
		case op.Capability == "" || slices.Contains(a.claimed, op.Capability):
		case hasCases(op.Capability):
			a.claimed = append(a.claimed, op.Capability)
		default:
			a.unasked = append(a.unasked, op.Operation)
		}
	}
	return a, nil
}

func hasCases(capability string) bool {
	return slices.ContainsFunc(suite.Capabilities(), func(c suite.Capability) bool { return c.Name == capability && c.Cases })
}

// ids are those of the cases that fit.
func (a *runner) ids(fits func(c suite.ListedCase) bool) []string {
	var out []string
	for _, c := range a.cases {
		if fits(c) {
			out = append(out, c.ID)
		}
	}
	return out
}

func (a *runner) sends(c suite.ListedCase) bool { return slices.Contains(a.claimed, c.Capability) }

func records(c suite.ListedCase) bool {
	return c.Capability == suite.CapabilityContacts || c.Capability == suite.CapabilityBranches || c.Requirement == "DATA-TIMES"
}

// writingRecords claims contacts and branches, and control for the contacts of conversations.
func (a *runner) writingRecords(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityContacts, suite.CapabilityBranches, suite.CapabilityControl)
	cfg.Only = a.ids(records)
}

func reads(c suite.ListedCase) bool {
	return c.Capability == "" || c.Capability == suite.CapabilitySecondClient
}

// offers are the capabilities of what came with orders and invoices.
func offers(c suite.ListedCase) bool {
	return slices.Contains([]string{suite.CapabilityOrders, suite.CapabilityInvoices}, c.Capability) || c.Requirement == "DATA-TIMES"
}

// offering claims them, and writes to phones that the server does not know yet.
func (a *runner) offering(cfg *suite.Config) {
	a.writing(cfg)
	cfg.Capabilities = []string{suite.CapabilitySecondClient, suite.CapabilityControl, suite.CapabilityOrders, suite.CapabilityInvoices}
	cfg.Only = a.ids(offers)
}

func controls(c suite.ListedCase) bool { return c.Capability == suite.CapabilityControl }

func hooks(c suite.ListedCase) bool { return c.Capability == suite.CapabilityWebhooks }

// hookWait is how long a webhook may take on a busy machine.
const hookWait = 5 * time.Second

// hooked claims webhooks and control, and what events are compared with.
func (a *runner) hooked(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityControl, suite.CapabilityWebhooks, suite.CapabilityNumbers, suite.CapabilityContacts)
	cfg.Only, cfg.WebhookWait = a.ids(hooks), hookWait
}

// controlled claims control.
func (a *runner) controlled(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, suite.CapabilityControl)
	cfg.Only = a.ids(controls)
}

// sending claims all that operations need, and writes to phones that the server does not know yet.
func (a *runner) sending(cfg *suite.Config) {
	a.writing(cfg)
	cfg.Only = a.ids(a.sends)
}

func (a *runner) writing(cfg *suite.Config) {
	cfg.Capabilities = append(cfg.Capabilities, a.claimed...)
	cfg.SendTo = nil
	for range 2 {
		cfg.SendTo = append(cfg.SendTo, fmt.Sprintf("9665550%05d", a.phones.Add(1)))
	}
	cfg.SendTo = append(cfg.SendTo, "96650000000") // has a conversation, on which tickets can be opened
}

// config is how every server is checked; strict, so that a SHOULD counts.
func (w *target) config(base string) suite.Config {
	return suite.Config{
		BaseURL: base, Strict: true, Seed: 1, Timeout: 5 * time.Minute,
		Credentials:  suite.Credentials{Domain: w.first.domain, ClientID: w.first.client, HMACSecret: w.first.secret, PhoneNumberID: w.first.number},
		Second:       suite.Credentials{Domain: w.second.domain, ClientID: w.second.client, HMACSecret: w.second.secret, PhoneNumberID: w.second.number},
		Capabilities: []string{suite.CapabilitySecondClient},
	}
}

// check runs the suite against a changed server; nil changes nothing.
func (w *target) check(ctx context.Context, change change, prefix string, settings func(*suite.Config)) (suite.Report, error) {
	handler := w.server
	if change != nil {
		handler = change(w, w.server)
	}
	if prefix != "" {
		handler = behind(prefix, handler)
	}
	cfg := w.config("")
	settings(&cfg)
	listener, err := listen(&cfg)
	if err != nil {
		return suite.Report{}, err
	}
	served := serve(listener, handler)
	defer func() { _ = served.Close() }()
	cfg.BaseURL = "http://" + listener.Addr().String() + prefix + w.base
	return suite.Run(ctx, cfg)
}

// listen is a network in memory, which spares thousands of servers the system calls. Webhooks need a socket: a change of them lets the server send them to
// itself.
func listen(cfg *suite.Config) (net.Listener, error) {
	if slices.Contains(cfg.Capabilities, suite.CapabilityWebhooks) {
		return net.Listen("tcp", "127.0.0.1:0")
	}
	memory := memnet.Listen()
	cfg.Dial = memory.Dial
	return memory, nil
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
}

func limitRequirements() []string {
	return []string{"RATE-HEADERS", "RATE-REMAINING", "RATE-ENFORCED", "RATE-EXCEEDED-HEADERS", "RATE-RETRY-AFTER", "RATE-RESET"}
}

// sendsLargeFiles reports whether a case sends files of megabytes, which take more time than all else that a run with sends does.
func sendsLargeFiles(c suite.ListedCase) bool { return strings.HasSuffix(c.ID, ".file.size") }

// kill runs the cases of a mutant's requirement against it. If those do not fail, it runs all that have to do with it, but for those with large
// files: a rule of every exchange needs exchanges, which the other cases make.
func (a *runner) kill(ctx context.Context, m mutant) result {
	r := result{Kind: kindMutant, Name: m.name, Requirement: m.requirement}
	options, claim, related := a.settings(m)
	own := a.ids(func(c suite.ListedCase) bool { return related(c) && c.Requirement == m.requirement })
	others := a.ids(func(c suite.ListedCase) bool { return related(c) && !sendsLargeFiles(c) })
	for _, only := range [][]string{own, others} {
		if len(only) == 0 {
			continue
		}
		w, err := newTarget(options)
		if err != nil {
			return r.notJudged(err)
		}
		report, err := w.check(ctx, m.change, "", func(cfg *suite.Config) {
			claim(cfg)
			cfg.Only = only
		})
		if err != nil {
			r = r.notJudged(err)
			continue
		}
		if r.judge(report); r.Good {
			return r
		}
	}
	if r.Why == "" {
		r.Why = "failed: " + cutList(r.Failed)
	}
	return r
}

// judge notes the cases that failed, and whether one of the mutant's requirement is among them.
func (r *result) judge(report suite.Report) {
	r.Failed, r.Why = nil, ""
	for _, c := range report.Cases {
		if c.Outcome != suite.Fail {
			continue
		}
		r.Failed = append(r.Failed, c.ID)
		if c.Requirement == r.Requirement && !r.Good {
			r.Good, r.By = true, c.ID
		}
	}
}

// settings are how a mutant is checked: the server's options, what is claimed of it, and the cases that have to do with it.
func (a *runner) settings(m mutant) (server.Options, func(*suite.Config), func(suite.ListedCase) bool) {
	plain := server.Options{RateLimit: plenty, Source: a.source}
	switch {
	case isOneOf(headerMutants(), m):
		return plain, func(*suite.Config) {}, reads
	case slices.Contains(limitRequirements(), m.requirement) && !isOneOf(sendingMutants(), m) && !isOneOf(recordMutants(), m):
		return server.Options{RateLimit: limited, Source: a.source}, onlyLimits, func(c suite.ListedCase) bool { return slices.Contains(limitRequirements(), c.Requirement) }
	case isOneOf(sendingMutants(), m):
		return plain, a.writing, a.sends
	case isOneOf(offerMutants(), m):
		return plain, a.offering, offers
	case isOneOf(recordMutants(), m):
		return plain, a.writingRecords, records
	case isOneOf(deprecationMutants(), m):
		return a.deprecatedServer(), a.deprecating, deprecated
	case isOneOf(controlMutants(), m):
		return plain, a.controlled, controls
	case isOneOf(webhookMutants(), m):
		return plain, a.hooked, hooks
	}
	return plain, func(*suite.Config) {}, reads
}

// patient waits long before it takes an answer or a webhook for missing: a right server is slow while forty others are checked on a busy machine. These times only
// end what hangs. A server without some of the webhooks, which is lawful, costs all of the wait for each of them.
func (v variant) patient(cfg *suite.Config) {
	cfg.Timeout, cfg.AnswerTimeout = 30*time.Minute, 2*time.Minute
	if v.hooks && !v.should {
		cfg.WebhookWait = time.Minute
	}
}

// accept runs the suite against a lawful server, with a seed of the suite.
func (a *runner) accept(ctx context.Context, v variant, seed int64) result {
	r := result{Kind: kindLawful, Name: v.name}
	if seed > 1 {
		r.Name += fmt.Sprintf(" (seed %d)", seed)
	}
	if v.options.RateLimit == "" {
		v.options.RateLimit = plenty
	}
	if v.options.Spec == nil && v.options.Fixtures == nil {
		v.options.Source = a.source
	}
	w, err := newTarget(v.options)
	if err != nil {
		return r.notJudged(err)
	}
	report, err := w.check(ctx, v.change, v.prefix, func(cfg *suite.Config) {
		cfg.Strict, cfg.Seed = !v.should, seed
		if v.sending {
			a.writing(cfg)
			cfg.Only = a.ids(func(c suite.ListedCase) bool {
				return reads(c) || a.sends(c) && !records(c) && !offers(c) && (v.large || !sendsLargeFiles(c))
			})
		}
		if v.offering {
			a.offering(cfg)
		}
		if v.records {
			a.writingRecords(cfg)
			cfg.Only = a.ids(func(c suite.ListedCase) bool { return records(c) && (v.large || !sendsLargeFiles(c)) })
		}
		if v.control {
			a.controlled(cfg)
		}
		if v.hooks {
			a.hooked(cfg)
		}
		v.patient(cfg)
	})
	if err != nil {
		return r.notJudged(err)
	}
	r.Failed, r.Why = wrongFailures(report, v.sparse)
	r.Good = len(r.Failed) == 0
	return r
}

// wrongFailures returns the cases that accuse a lawful server of a fault, and describes the last one.
func wrongFailures(report suite.Report, sparse bool) (failed []string, last string) {
	for _, c := range report.Cases {
		if c.Outcome == suite.Fail || c.Outcome == suite.Error || c.Outcome == suite.Unverified && c.Level == suite.Must && !sparse {
			failed = append(failed, c.ID)
			last = fmt.Sprintf("%s %s: %s", c.Outcome, c.ID, c.Headline())
			if len(c.Findings) > 0 {
				last += "; expected " + c.Findings[0].Expected + ", actual " + c.Findings[0].Actual
			}
		}
	}
	return failed, last
}

func cutList(list []string) string {
	if len(list) > 3 {
		return strings.Join(list[:3], ", ") + fmt.Sprintf(" and %d more", len(list)-3)
	}
	return strings.Join(list, ", ")
}

func mutants() []mutant {
	return slices.Concat(authMutants(), signatureMutants(), malformedMutants(), tenantMutants(), timeMutants(), headerMutants(), errorMutants(), listMutants(), dataMutants(), statusMutants(), httpMutants(), limitMutants(), sendingMutants(), recordMutants(), offerMutants(), deprecationMutants(), controlMutants(), webhookMutants())
}

func isOneOf(list []mutant, m mutant) bool {
	return slices.ContainsFunc(list, func(other mutant) bool { return other.name == m.name })
}
