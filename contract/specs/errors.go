package specs

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// errorAnswers provoke the documented errors. That their bodies are right is a rule of every exchange.
func errorAnswers(doc *document.Document) Specs {
	each := Specs{}
	for _, op := range doc.Reads() {
		of := []Decorator{Suffix("." + op.ID), Operation(op.ID), Capability(op.Capability)}
		each = append(each, It("another method than the contract has is not answered with 2xx ("+op.ID+")", Requirement("ERROR-METHOD"),
			asked(func(t *T) error { return t.otherMethods(op) }), append(of, Writes())...)...)
		if op.Parameter("query", exchange.NumberParameter) != nil {
			each = append(each, It("a number that does not exist shows no data ("+op.ID+")", Requirement("NUMBER-UNKNOWN"),
				asked(func(t *T) error { return t.unknownNumber(op) }), of...)...)
		}
	}
	return Describe("errors",
		It("error is the documented code of the case", Requirement("ERROR-CODE"), asked(checkErrorCode)),
		It("details names each offending field", Requirement("ERROR-DETAILS"), asked(checkErrorDetails)),
		each,
	)
}

func checkErrorCode(t *T) error {
	type wanted struct {
		request *exchange.Request
		status  int
		codes   []string
	}
	list, talk := t.Document.Operation(document.ListConversations), t.Document.Operation(document.GetConversationMessages)
	if list == nil || talk == nil {
		return run.Lacks("the operations %s and %s in the contract", document.ListConversations, document.GetConversationMessages)
	}
	judged := false
	withoutNumber := t.To(list, 0).Invalid("", exchange.NumberParameter, exchange.UseMissing)
	for _, w := range []wanted{
		{t.To(list, 0).With(exchange.Signing{Secret: new("not-the-secret")}), http.StatusUnauthorized, []string{"authentication_failed"}},
		{t.To(talk, t.unknownID()).Free(), http.StatusNotFound, []string{"resource_not_found"}},
		{withoutNumber, http.StatusBadRequest, []string{"validation_failed", "invalid_phone_number"}},
	} {
		e, err := t.Ask(w.request)
		if err != nil {
			return err
		}
		if e.Status != w.status {
			continue // another case tells
		}
		judged = true
		code, _ := e.Object()["error"].(string)
		if !slices.Contains(w.codes, code) {
			t.Fail(judge.Finding{
				Text: "the error has another code than documented", Expected: strings.Join(w.codes, " or "), Actual: cmp.Or(code, "no text"), Pointer: "/error",
			}, e)
		}
	}
	if !judged {
		return run.Lacks("an error whose code is documented")
	}
	return nil
}

func checkErrorDetails(t *T) error {
	list := t.Document.Operation(document.ListConversations)
	if list == nil {
		return run.Lacks("the operation %s in the contract", document.ListConversations)
	}
	judged := false
	for _, attempt := range []struct {
		query string
		names []string
	}{{"", []string{exchange.NumberParameter}}, {"status=nosuchword", []string{exchange.NumberParameter, "status"}}} {
		e, err := t.Ask(t.To(list, 0).Invalid(attempt.query, exchange.NumberParameter, exchange.UseMissing))
		if err != nil {
			return err
		}
		if e.Status != http.StatusBadRequest || e.Object()["error"] != "validation_failed" {
			continue
		}
		judged = true
		details, _ := e.Object()["details"].(map[string]any)
		for _, name := range attempt.names {
			if _, ok := details[name]; !ok {
				t.Fail(judge.Finding{
					Text: "details does not name an offending field", Expected: "a text under " + name, Actual: cmp.Or(strings.Join(slices.Sorted(maps.Keys(details)), ", "), "nothing"), Pointer: "/details",
				}, e)
			}
		}
	}
	if !judged {
		return run.Lacks("a 400 with the code validation_failed")
	}
	return nil
}

// otherMethods tries methods that the contract does not have at the path. DELETE is left out where the path names a thing, since a server that
// implements it in spite of the contract would lose that thing.
func (t *T) otherMethods(op *document.Operation) error {
	id, err := t.subject(op)
	if err != nil {
		return err
	}
	methods := []string{http.MethodPost, http.MethodPut, http.MethodPatch}
	if op.ID == document.GetMessageStatus {
		methods = append(methods, http.MethodDelete)
	}
	for _, method := range methods {
		if t.documents(op.Path, method) {
			continue
		}
		r := t.To(op, id)
		r.Method, r.Expect, r.About, r.Proper = method, exchange.ExpectNothing, nil, false
		e, err := t.Ask(r)
		if err != nil {
			return err
		}
		if e.Status >= 200 && e.Status < 300 {
			t.Fail(judge.Finding{Text: fmt.Sprintf("%s, which %s does not have, was answered with success", method, op.Path), Expected: "404 or 405", Actual: e.Result()}, e)
		}
	}
	return nil
}

func (t *T) documents(path, method string) bool {
	return slices.ContainsFunc(t.Document.Operations, func(op *document.Operation) bool { return op.Path == path && op.Method == method })
}

func (t *T) unknownNumber(op *document.Operation) error {
	id, err := t.subject(op)
	if err != nil {
		return err
	}
	e, err := t.Ask(t.To(op, id).Foreign(fmt.Sprintf("99%013d", t.Rand.Int64N(1e13))))
	if err != nil {
		return err
	}
	t.wantNothing(e, "a number that does not exist was answered with data", http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound)
	return nil
}

// wantNothing wants a refusal, or a success without any row.
func (t *T) wantNothing(e *exchange.Exchange, text string, refusals ...int) {
	if rows, isList := e.Object()["data"].([]any); e.Request.Op.Succeeds(e.Status) && isList && len(rows) == 0 || slices.Contains(refusals, e.Status) {
		return
	}
	t.Fail(judge.Finding{Text: text, Expected: "400, 403, 404 or an empty list", Actual: e.Result(), Pointer: "/data"}, e)
}
