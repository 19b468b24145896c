package judge

import (
	"example.com/awalmock/contract/exchange"
)

// A Rule must hold for every exchange of the run, of all cases. Its check judges all of them when the others are done.
type Rule struct {
	Requirement string
	Suffix      string // of the check's id
	Operation   string // "" for all
	Title       string
	Needs       string // what the run lacked if no exchange was one that the rule is about
	Late        bool   // it compares with what the crawl saw, so it is judged at the end
	Judge       func(j *Judge, e *exchange.Exchange) Verdict
}

// A Verdict of a rule on an exchange.
type Verdict struct {
	Applies  bool
	Findings []Finding
}

func Unconcerned() Verdict { return Verdict{} }

func Concerned(findings ...Finding) Verdict { return Verdict{Applies: true, Findings: findings} }
