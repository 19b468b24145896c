package main

// What was measured with a server.
const (
	kindMutant    = "mutant"    // written by hand; a case of its requirement must fail
	kindGenerated = "generated" // from openapi.yaml; a case of its operation must fail
	kindLawful    = "lawful"    // no case may fail
	kindControl   = "control"   // finds out whether the cases of an operation can tell right from wrong at all
)

// A result is what became of one server.
type result struct {
	Kind, Name  string
	Requirement string // of a mutant
	Operation   string // of a generated mutant
	Good        bool   // killed, accepted, or as a control should be
	By          string // the case that killed it
	Why         string // why it is not good
	Refused     bool   // the mock does not start with the document of a generated mutant, so that there is no such server
	Equivalent  string // why a generated mutant is no fault
	Failed      []string
}

// notJudged is the result of a server that the suite could not check.
func (r result) notJudged(err error) result {
	r.Why = "not judged: " + err.Error()
	return r
}
