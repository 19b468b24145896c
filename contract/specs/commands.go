package specs

import (
	"fmt"
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// commands are the specs of all operations that write: the sending number, the id in the path, the schema of the answers.
func commands(doc *document.Document) Specs {
	var all Specs
	for _, op := range doc.Commands() {
		if p := op.PathParameter(); p != nil && p.Schema.Type.Is("integer") {
			all = append(all, pathCase(doc, op, p))
		}
		if op.Parameter("query", exchange.NumberParameter) != nil {
			all = append(all, numberOf(op)...)
		}
	}
	for _, op := range doc.Operations {
		for _, status := range []int{http.StatusOK, http.StatusCreated} {
			if op.Asked() && op.Changes() && op.Responses[status] != nil {
				shape := answerCase(doc, op, status)
				shape.Capability = op.Capability
				all = append(all, shape)
			}
		}
	}
	return Describe("commands", all)
}

// numberOf are the specs about the number that a command is sent from.
func numberOf(op *document.Operation) Specs {
	return Describe(op.ID,
		It("refuses a request without phone_number_id ("+op.ID+")", Requirement("NUMBER-REQUIRED"), func(t *T) {
			e := t.answer(t.validCommand(op).Invalid("", exchange.NumberParameter, exchange.UseMissing))
			t.Check(e).To(match.BeRefused(), "a request without phone_number_id was not refused as invalid")
		}),
		It("refuses a number that does not exist ("+op.ID+")", Requirement("NUMBER-UNKNOWN"), func(t *T) {
			e := t.answer(t.validCommand(op).WithNumber(fmt.Sprintf("99%013d", t.Rand.Int64N(1e13))))
			t.Check(e).To(match.HaveStatus(http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound), "a number that does not exist was not refused")
		}),
		Suffix("."+op.ID), Operation(op.ID), Capability(op.Capability), Writes(), Independent(),
	)
}

// validCommand is a request that must succeed. If the target lacks what it needs, the case ends.
func (t *T) validCommand(op *document.Operation) *exchange.Request {
	r, err := t.valid(op)
	t.End(err)
	return r
}

// pathCase tries ids that are not valid in the path of a command.
func pathCase(doc *document.Document, op *document.Operation, p *document.Parameter) *run.Case {
	id, text := fmt.Sprintf("%s.path.%s.type", op.ID, p.Name), fmt.Sprintf("%s refuses a %s that is not an integer", op.ID, p.Name)
	return &run.Case{
		ID: id, Requirement: doc.RequirementFor(op, id, "", text, p.Place), Title: text, Operation: op.ID, Capability: op.Capability, Way: "path",
		Writes: true, Independent: true, Run: asCase(func(t *T) error { return t.refusesMalformedIDs(op, p) }),
	}
}
