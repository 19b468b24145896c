package suite

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// errorChecks provoke the documented errors. That their bodies are right is a rule of every exchange.
func errorChecks(doc *contract) []*check {
	out := []*check{
		{id: "ERROR-CODE", requirement: "ERROR-CODE", title: "error is the documented code of the case", run: checkErrorCode},
		{id: "ERROR-DETAILS", requirement: "ERROR-DETAILS", title: "details names each offending field", run: checkErrorDetails},
	}
	for _, op := range doc.reads() {
		out = append(out,
			&check{
				id: "ERROR-METHOD." + op.id, requirement: "ERROR-METHOD", title: "another method than the contract has is not answered with 2xx (" + op.id + ")",
				operation: op.id, writes: true, run: func(p *probe) error { return p.otherMethods(op) },
			},
		)
		if op.parameter("query", numberParameter) == nil {
			continue
		}
		out = append(out,
			&check{
				id: "NUMBER-UNKNOWN." + op.id, requirement: "NUMBER-UNKNOWN", title: "a number that does not exist shows no data (" + op.id + ")", operation: op.id,
				run: func(p *probe) error { return p.unknownNumber(op) },
			},
		)
	}
	return out
}

func checkErrorCode(p *probe) error {
	type wanted struct {
		request *request
		status  int
		codes   []string
	}
	list, talk := p.contract.operation(opList), p.contract.operation(opTalk)
	if list == nil || talk == nil {
		return lacks("the operations %s and %s in the contract", opList, opTalk)
	}
	judged := false
	withoutNumber := p.to(list, 0).invalid("", numberParameter, useMissing)
	for _, w := range []wanted{
		{p.to(list, 0).with(signing{secret: new("not-the-secret")}), http.StatusUnauthorized, []string{"authentication_failed"}},
		{p.to(talk, p.unknownID()).free(), http.StatusNotFound, []string{"resource_not_found"}},
		{withoutNumber, http.StatusBadRequest, []string{"validation_failed", "invalid_phone_number"}},
	} {
		e, err := p.ask(w.request)
		if err != nil {
			return err
		}
		if e.status != w.status {
			continue // another case tells
		}
		judged = true
		code, _ := e.object()["error"].(string)
		if !slices.Contains(w.codes, code) {
			p.fail(Finding{
				Text: "the error has another code than documented", Expected: strings.Join(w.codes, " or "), Actual: cmp.Or(code, "no text"), Pointer: "/error",
			}, e)
		}
	}
	if !judged {
		return lacks("an error whose code is documented")
	}
	return nil
}

func checkErrorDetails(p *probe) error {
	list := p.contract.operation(opList)
	if list == nil {
		return lacks("the operation %s in the contract", opList)
	}
	judged := false
	for _, attempt := range []struct {
		query string
		names []string
	}{{"", []string{numberParameter}}, {"status=nosuchword", []string{numberParameter, "status"}}} {
		e, err := p.ask(p.to(list, 0).invalid(attempt.query, numberParameter, useMissing))
		if err != nil {
			return err
		}
		if e.status != http.StatusBadRequest || e.object()["error"] != "validation_failed" {
			continue
		}
		judged = true
		details, _ := e.object()["details"].(map[string]any)
		for _, name := range attempt.names {
			if _, ok := details[name]; !ok {
				p.fail(Finding{
					Text: "details does not name an offending field", Expected: "a text under " + name, Actual: cmp.Or(strings.Join(slices.Sorted(maps.Keys(details)), ", "), "nothing"), Pointer: "/details",
				}, e)
			}
		}
	}
	if !judged {
		return lacks("a 400 with the code validation_failed")
	}
	return nil
}

// otherMethods tries methods that the contract does not have at the path. DELETE is left out where the path names a thing, since a server that
// implements it in spite of the contract would lose that thing.
func (p *probe) otherMethods(op *operation) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	methods := []string{http.MethodPost, http.MethodPut, http.MethodPatch}
	if op.id == opState {
		methods = append(methods, http.MethodDelete)
	}
	for _, method := range methods {
		if p.documents(op.path, method) {
			continue
		}
		r := p.to(op, id)
		r.method, r.expect, r.about, r.proper = method, expectNothing, nil, false
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		if e.status >= 200 && e.status < 300 {
			p.fail(Finding{Text: fmt.Sprintf("%s, which %s does not have, was answered with success", method, op.path), Expected: "404 or 405", Actual: e.result()}, e)
		}
	}
	return nil
}

func (p *probe) documents(path, method string) bool {
	return slices.ContainsFunc(p.contract.operations, func(op *operation) bool { return op.path == path && op.method == method })
}

func (p *probe) unknownNumber(op *operation) error {
	id, err := p.subject(op)
	if err != nil {
		return err
	}
	e, err := p.ask(p.to(op, id).foreign(fmt.Sprintf("99%013d", p.rand.Int64N(1e13))))
	if err != nil {
		return err
	}
	p.wantNothing(e, "a number that does not exist was answered with data", http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound)
	return nil
}

// wantNothing wants a refusal, or a success without any row.
func (p *probe) wantNothing(e *exchange, text string, refusals ...int) {
	if rows, isList := e.object()["data"].([]any); e.request.op.succeeds(e.status) && isList && len(rows) == 0 || slices.Contains(refusals, e.status) {
		return
	}
	p.fail(Finding{Text: text, Expected: "400, 403, 404 or an empty list", Actual: e.result(), Pointer: "/data"}, e)
}

// unknownID is an id that no list contains and that is far from those that one does.
func (p *probe) unknownID() int64 {
	highest := int64(0)
	for id := range p.crawled.known {
		highest = max(highest, id)
	}
	if highest > 1<<52 {
		highest = 0
	}
	return highest + 1_000_003 + p.rand.Int64N(1_000_000)
}
