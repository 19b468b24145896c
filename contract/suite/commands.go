package suite

import (
	"fmt"
	"net/http"
	"time"
)

// commandChecks are what holds for every operation that changes something: authentication, the sending number, the shape of its answers.
func commandChecks(doc *contract) []*check {
	var out []*check
	for _, op := range doc.commands() {
		add := func(requirement, title string, run func(p *probe, op *operation) error) {
			out = append(out, &check{
				id: requirement + "." + op.id, requirement: requirement, title: title + " (" + op.id + ")", operation: op.id,
				capability: op.capability, writes: true, last: true, run: func(p *probe) error { return run(p, op) },
			})
		}
		for _, m := range commandMatrix() {
			add(m.requirement, m.title, func(p *probe, op *operation) error {
				if m.requirement == "AUTH-COVERS-BODY" && p.target.emptyUpload && op.bodies[0].media == mediaForm {
					return &skippedError{"the target signs uploads without their body"}
				}
				return p.tryCommand(op, m.attempts)
			})
		}
		add("NUMBER-REQUIRED", "a request without phone_number_id is refused", (*probe).commandWithoutNumber)
		add("NUMBER-UNKNOWN", "a number that does not exist is refused", (*probe).commandOfUnknownNumber)
		out = append(out, validRule(op))
	}
	for _, op := range doc.operations {
		if op.capability != "" && op.responses[http.StatusOK] != nil {
			shape := answerCheck(doc, op, http.StatusOK)
			shape.capability = op.capability
			out = append(out, shape)
		}
	}
	return out
}

func commandMatrix() []matrixRow {
	otherBody := func(name string, change func(content string) string) attempt {
		return attempt{"signed " + name, func(r *request) *request {
			return r.with(signing{body: new(change(string(r.body)))})
		}, refused()}
	}
	return []matrixRow{
		{"AUTH-EVERY-OPERATION", "a request with none of the four headers is refused", []attempt{signed("without the four headers", signing{anonymous: true}, refusedLoose())}},
		{"AUTH-SIGNATURE", "a signature of another secret is refused", otherSecrets()},
		{"AUTH-COVERS-PATH", "a signature for another path is refused", []attempt{signed("signed for /conversations", signing{path: new("/conversations")}, refused())}},
		{"AUTH-COVERS-QUERY", "a signature for another query is refused", []attempt{signed("signed without its query", signing{query: new("")}, refused())}},
		{"AUTH-TIMESTAMP-STALE", "a timestamp a day old is refused", []attempt{signed("a day old", signing{shift: -24 * time.Hour}, refusedStale())}},
		{"AUTH-COVERS-BODY", "a signature for another body is refused", []attempt{
			otherBody("without its body", func(string) string { return "" }),
			otherBody("for a body with a space more", func(content string) string { return content + " " }),
			otherBody("for a body with another letter", func(content string) string { return content[:len(content)-1] + "x" }),
			otherBody("for the first half of its body", func(content string) string { return content[:len(content)/2] }),
		}},
	}
}

// tryCommand makes the attempts on a request that is otherwise valid.
func (p *probe) tryCommand(op *operation, attempts []attempt) error {
	r, err := p.valid(op)
	if err != nil {
		return err
	}
	for _, a := range attempts {
		e, err := p.ask(a.change(r))
		if err != nil {
			return err
		}
		p.want(e, "a request "+a.name+" was not refused as it should be", "", a.want...)
	}
	return nil
}

func (p *probe) commandWithoutNumber(op *operation) error {
	r, err := p.valid(op)
	if err != nil {
		return err
	}
	e, err := p.ask(r.invalid("", numberParameter, useMissing))
	if err != nil {
		return err
	}
	p.want(e, "a request without "+numberParameter+" was not refused as invalid", "", http.StatusBadRequest)
	return nil
}

func (p *probe) commandOfUnknownNumber(op *operation) error {
	r, err := p.valid(op)
	if err != nil {
		return err
	}
	e, err := p.ask(r.foreign(fmt.Sprintf("99%013d", p.rand.Int64N(1e13))))
	if err != nil {
		return err
	}
	p.want(e, "a number that does not exist was not refused", "", http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound)
	return nil
}
