package judge

import (
	"example.com/awalmock/contract/exchange"
)

// A Rule must hold for every exchange of the run, whichever case has caused it. A case of its own reports its findings after all other cases.
type Rule struct {
	Requirement string
	Suffix      string // of the id of the case
	Operation   string // "" for all
	Title       string
	Needs       string // what the run lacks if the rule applied to no exchange
	Late        bool   // it compares with the crawl, so it judges all exchanges at the end
	Judge       func(j *Judge, e *exchange.Exchange) Verdict
}

// A Verdict is what a rule says about one exchange: whether it applies to the exchange, and what is wrong.
type Verdict struct {
	Applies  bool
	Findings []Finding
}

func NotApplicable() Verdict { return Verdict{} }

func Applicable(findings ...Finding) Verdict { return Verdict{Applies: true, Findings: findings} }
