package specs

import (
	"fmt"
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// commandChecks are what holds for every operation that changes something: authentication, the sending number, the shape of its answers.
func commandChecks(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Commands() {
		add := func(requirement, title string, check func(t *T, op *document.Operation) error) {
			out = append(out, &run.Case{
				ID: requirement + "." + op.ID, Requirement: requirement, Title: title + " (" + op.ID + ")", Operation: op.ID,
				Capability: op.Capability, Writes: true, Beside: true, Run: asCase(func(t *T) error { return check(t, op) }),
			})
		}
		if p := op.PathParameter(); p != nil && p.Schema.Type.Is("integer") {
			out = append(out, pathCheck(doc, op, p))
		}
		add("NUMBER-REQUIRED", "a request without phone_number_id is refused", (*T).commandWithoutNumber)
		add("NUMBER-UNKNOWN", "a number that does not exist is refused", (*T).commandOfUnknownNumber)
	}
	for _, op := range doc.Operations {
		if op.Asked() && op.Changes() && op.Responses[http.StatusOK] != nil {
			shape := answerCheck(doc, op, http.StatusOK)
			shape.Capability = op.Capability
			out = append(out, shape)
		}
	}
	return out
}

// pathCheck tries ids that are none in the path of a command.
func pathCheck(doc *document.Document, op *document.Operation, p *document.Parameter) *run.Case {
	id, text := fmt.Sprintf("%s.path.%s.type", op.ID, p.Name), fmt.Sprintf("%s refuses a %s that is not an integer", op.ID, p.Name)
	return &run.Case{
		ID: id, Requirement: doc.RequirementFor(op, id, "", text, p.Place), Title: text, Operation: op.ID, Capability: op.Capability, Way: "path",
		Writes: true, Beside: true, Run: asCase(func(t *T) error { return t.malformed(op, p) }),
	}
}

func (t *T) commandWithoutNumber(op *document.Operation) error {
	r, err := t.valid(op)
	if err != nil {
		return err
	}
	e, err := t.Ask(r.Invalid("", exchange.NumberParameter, exchange.UseMissing))
	if err != nil {
		return err
	}
	t.want(e, "a request without "+exchange.NumberParameter+" was not refused as invalid", "", http.StatusBadRequest)
	return nil
}

func (t *T) commandOfUnknownNumber(op *document.Operation) error {
	r, err := t.valid(op)
	if err != nil {
		return err
	}
	e, err := t.Ask(r.Foreign(fmt.Sprintf("99%013d", t.Rand.Int64N(1e13))))
	if err != nil {
		return err
	}
	t.want(e, "a number that does not exist was not refused", "", http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound)
	return nil
}
