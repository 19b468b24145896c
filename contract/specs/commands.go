package specs

import (
	"fmt"
	"net/http"
	"time"

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
				Capability: op.Capability, Writes: true, Alone: true, Run: asCase(func(t *T) error { return check(t, op) }),
			})
		}
		for _, m := range commandMatrix() {
			add(m.requirement, m.title, func(t *T, op *document.Operation) error {
				if m.requirement == "AUTH-COVERS-BODY" && t.Target.EmptyUpload && op.Bodies[0].Media == exchange.MediaForm {
					return &run.SkippedError{Reason: "the target signs uploads without their body"}
				}
				return t.tryCommand(op, m.attempts)
			})
		}
		add("NUMBER-REQUIRED", "a request without phone_number_id is refused", (*T).commandWithoutNumber)
		add("NUMBER-UNKNOWN", "a number that does not exist is refused", (*T).commandOfUnknownNumber)
		out = append(out, validRule(op))
	}
	for _, op := range doc.Operations {
		if op.Capability != "" && op.Responses[http.StatusOK] != nil {
			shape := answerCheck(doc, op, http.StatusOK)
			shape.Capability = op.Capability
			out = append(out, shape)
		}
	}
	return out
}

func commandMatrix() []matrixRow {
	otherBody := func(name string, change func(content string) string) authCase {
		return authCase{"signed " + name, func(r *exchange.Request) *exchange.Request {
			return r.With(exchange.Signing{Body: new(change(string(r.Body)))})
		}, refused()}
	}
	return []matrixRow{
		{"AUTH-EVERY-OPERATION", "a request with none of the four headers is refused", []authCase{signed("without the four headers", exchange.Signing{Anonymous: true}, refusedLoose())}},
		{"AUTH-SIGNATURE", "a signature of another secret is refused", otherSecrets()},
		{"AUTH-COVERS-PATH", "a signature for another path is refused", []authCase{signed("signed for /conversations", exchange.Signing{Path: new("/conversations")}, refused())}},
		{"AUTH-COVERS-QUERY", "a signature for another query is refused", []authCase{signed("signed without its query", exchange.Signing{Query: new("")}, refused())}},
		{"AUTH-TIMESTAMP-STALE", "a timestamp a day old is refused", []authCase{signed("a day old", exchange.Signing{Shift: -24 * time.Hour}, refusedStale())}},
		{"AUTH-COVERS-BODY", "a signature for another body is refused", []authCase{
			otherBody("without its body", func(string) string { return "" }),
			otherBody("for a body with a space more", func(content string) string { return content + " " }),
			otherBody("for a body with another letter", func(content string) string { return content[:len(content)-1] + "x" }),
			otherBody("for the first half of its body", func(content string) string { return content[:len(content)/2] }),
		}},
	}
}

// tryCommand makes the attempts on a request that is otherwise valid.
func (t *T) tryCommand(op *document.Operation, attempts []authCase) error {
	r, err := t.valid(op)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		e, err := t.Ask(a.change(r))
		if err != nil {
			return err
		}
		t.want(e, "a request "+a.name+" was not refused as it should be", "", a.want...)
	}
	return nil
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
