package specs

import (
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// validRules makes one case for each operation: every properly signed request of the run must have been accepted.
func validRules(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Operations {
		if op.Asked() && !op.Public {
			out = append(out, validRule(op))
		}
	}
	return out
}

func validRule(op *document.Operation) *run.Case {
	c := run.RuleCaseAs("AUTH-VALID."+op.ID, judge.Rule{
		Requirement: "AUTH-VALID", Operation: op.ID, Title: "a properly signed request is accepted (" + op.ID + ")", Needs: "a request that is properly signed", Judge: judge.Accepted,
	})
	c.Capability = op.Capability
	return c
}

// writtenRules makes a case for each operation that creates or changes a record: the answer shows the fields that were sent. The answer to a change of an
// order is compared by the specs of orders.
func writtenRules(doc *document.Document) Specs {
	var out Specs
	for _, w := range []struct{ operation, requirement string }{
		{document.CreateContact, "CONTACT-CREATE-APPEARS"},
		{document.UpdateContact, "CONTACT-UPDATE"},
		{document.CreateContactGroup, "GROUP-CREATE-APPEARS"},
		{document.UpdateContactGroup, "GROUP-UPDATE"},
		{document.CreateBranch, "BRANCH-CREATE-APPEARS"},
		{document.UpdateBranch, "BRANCH-UPDATE"},
	} {
		if op := doc.Operation(w.operation); op != nil {
			c := run.RuleCase(judge.WrittenRule(op, w.requirement))
			c.Capability = op.Capability
			out = append(out, c)
		}
	}
	return out
}

// rules makes the cases of the rules that every exchange of a run must keep.
func rules() Specs {
	var out Specs
	for _, r := range slices.Concat(judge.HTTPRules(), judge.TimeRules(), judge.DeprecationRules(), judge.ConversationRules()) {
		out = append(out, run.RuleCase(r))
	}
	return out
}

// All makes all cases of a contract. It returns an error if a case has no requirement in the contract, or a requirement has no case. Only a requirement
// whose capability has no cases in this version of the suite may be without one: it is listed, but not checked.
func All(doc *document.Document) ([]*run.Case, error) {
	doc.Requirements = append(doc.Requirements, controlRequirements()...)
	out := allOf(doc)
	seen, checked := map[string]bool{}, map[string]bool{}
	var kept []*run.Case
	for _, c := range out {
		if c.Requirement == "" {
			return nil, run.Usage("the case %s has no requirement", c.ID)
		}
		if seen[c.ID] {
			return nil, run.Usage("the case %s is registered twice", c.ID)
		}
		seen[c.ID], checked[c.Requirement] = true, true
		if doc.Requirement(c.Requirement) == nil {
			if doc.Own && !doc.Later[c.Requirement] {
				return nil, run.Usage("the case %s checks %s, which is no requirement of %s", c.ID, c.Requirement, doc.Name)
			}
			continue // another version of the contract does not ask for it
		}
		kept = append(kept, c)
	}
	for _, r := range doc.Requirements {
		if !checked[r.ID] && !withoutCases(r.Capability) {
			return nil, run.Usage("%s:%d: the requirement %s has no case in this version of the suite, so it cannot be checked", doc.Name, r.Place.Line, r.ID)
		}
	}
	return kept, nil
}

// allOf makes the cases of all groups, in the order in which they are listed.
func allOf(doc *document.Document) []*run.Case {
	return slices.Concat(
		Describe("derived from the document", Specs(derive(doc))),
		errorAnswers(doc),
		Describe("parameters and answers of reads", Specs(readCases(doc))),
		conversations(),
		httpSpecs(),
		isolation(),
		isolatedSend(),
		numbers(),
		templates(),
		sends(),
		tickets(),
		contacts(),
		groups(),
		branches(),
		orders(),
		invoices(),
		commands(doc),
		Describe("bodies", Specs(bodyCases(doc))),
		Describe("files", Specs(fileCases(doc))),
		control(),
		webhooks(),
		usedUpLimits(doc),
		rateHeaders(doc),
		times(),
		Describe("rules of every exchange", Specs(validRules(doc)), writtenRules(doc), rules()),
	)
}

func withoutCases(capability string) bool {
	return slices.ContainsFunc(document.Capabilities(), func(c document.Capability) bool { return c.Name == capability && !c.Cases })
}
