package run

import (
	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// RuleCase makes the case that reports the findings of a rule.
func RuleCase(r judge.Rule) *Case {
	id := r.Requirement
	if r.Suffix != "" {
		id += "." + r.Suffix
	}
	return RuleCaseAs(id, r)
}

func RuleCaseAs(id string, r judge.Rule) *Case {
	c := &Case{ID: id, Requirement: r.Requirement, Title: r.Title, Operation: r.Operation, Serial: true, Rule: &r}
	c.Run = func(t *T) error {
		applied, found, more := t.Collect(c)
		t.findings, t.more = append(t.findings, found...), t.more+more
		if !applied {
			return Lacks("%s", r.Needs)
		}
		return nil
	}
	return c
}

// ruleFindings is what a rule has found in the exchanges so far.
type ruleFindings struct {
	applied  bool
	findings []judge.Finding
	more     int // further findings, or findings like one of them
	judged   int // how many exchanges were judged, for a Late rule
}

// appliesTo reports whether a rule has to do with an exchange. What the control API answers is not for the contract to say, and a 503 that was there
// for a moment may come from a gateway, which knows neither the error body nor the other headers.
func appliesTo(r *judge.Rule, e *exchange.Exchange) bool {
	if e.Unavailable() && r.Requirement != judge.NoServerError && r.Requirement != judge.NoDigest {
		return false
	}
	return e.Status != 0 && (r.Operation == "" && e.Request.Op.ID != document.Control || r.Operation == e.Request.Op.ID)
}

// immediateRules are the cases of rules that judge each exchange immediately, by operation.
func immediateRules(cases []*Case) map[string][]*Case {
	out := map[string][]*Case{}
	for _, c := range cases {
		if c.Rule != nil && !c.Rule.Late {
			out[c.Rule.Operation] = append(out[c.Rule.Operation], c)
		}
	}
	return out
}

// judge applies the selected rules to a new exchange immediately, so that its body need not be kept.
func (s *Session) judge(e *exchange.Exchange) {
	s.noteHealth(e)
	for _, list := range [][]*Case{s.rules[""], s.rules[e.Request.Op.ID]} {
		for _, c := range list {
			if appliesTo(c.Rule, e) {
				s.addVerdict(c, e, c.Rule.Judge(s.Judge, e))
			}
		}
	}
}

func (s *Session) addVerdict(c *Case, e *exchange.Exchange, v judge.Verdict) {
	s.ruleMu.Lock()
	defer s.ruleMu.Unlock()
	state := s.stateOf(c)
	state.applied = state.applied || v.Applies
	for _, f := range v.Findings {
		f.Recorded = []*exchange.Exchange{e.Slim()}
		f = s.complete(f, c)
		if !judge.Keep(&state.findings, f) {
			state.more++
		}
	}
}

// stateOf expects the lock.
func (s *Session) stateOf(c *Case) *ruleFindings {
	if s.ruleFindings[c.ID] == nil {
		s.ruleFindings[c.ID] = &ruleFindings{}
	}
	return s.ruleFindings[c.ID]
}

// Collect returns what a rule has found since the last call of Collect.
func (s *Session) Collect(c *Case) (applied bool, found []judge.Finding, more int) {
	if c.Rule.Late {
		all := s.Client.Exchanges()
		s.ruleMu.Lock()
		from := s.stateOf(c).judged
		s.ruleMu.Unlock()
		for _, e := range all[from:] {
			if appliesTo(c.Rule, e) {
				s.addVerdict(c, e, c.Rule.Judge(s.Judge, e))
			}
		}
		s.ruleMu.Lock()
		s.stateOf(c).judged = len(all)
		s.ruleMu.Unlock()
	}
	s.ruleMu.Lock()
	defer s.ruleMu.Unlock()
	state := s.stateOf(c)
	found, more = state.findings, state.more
	state.findings, state.more = nil, 0
	return state.applied, found, more
}
