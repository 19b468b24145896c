package specs

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// errorAnswers provoke the documented errors. A rule of every exchange checks that the bodies of errors fit their schema.
func errorAnswers(doc *document.Document) Specs {
	each := Specs{}
	for _, op := range doc.Reads() {
		each = append(each, errorsOf(op)...)
	}
	return Describe("errors",
		It("answers with the documented code of the error", Requirement("ERROR-CODE"), func(t *T) {
			compared := false
			expectCode := func(r *exchange.Request, status int, codes ...string) {
				if e := t.answer(r); e.Status == status { // another status is reported by the case of that error
					compared = true
					t.Check(e).To(match.HaveErrorCode(codes...), "the error has another code than documented")
				}
			}
			expectCode(t.listRequest().With(exchange.Signing{Secret: new("not-the-secret")}), http.StatusUnauthorized, "authentication_failed")
			expectCode(t.threadRequest(t.unknownID()), http.StatusNotFound, "resource_not_found")
			expectCode(t.withoutNumber(""), http.StatusBadRequest, "validation_failed", "invalid_phone_number")
			if !compared {
				t.Lacks("an error whose code is documented")
			}
		}),
		It("names each offending field in details", Requirement("ERROR-DETAILS"), func(t *T) {
			compared := false
			expectDetails := func(r *exchange.Request, fields ...string) {
				e := t.answer(r)
				if e.Status != http.StatusBadRequest || e.Object()["error"] != "validation_failed" {
					return
				}
				compared = true
				for _, field := range fields {
					t.Check(e).To(match.HaveDetail(field), "details does not name an offending field")
				}
			}
			expectDetails(t.withoutNumber(""), exchange.NumberParameter)
			expectDetails(t.withoutNumber("status=nosuchword"), exchange.NumberParameter, "status")
			if !compared {
				t.Lacks("a 400 with the code validation_failed")
			}
		}),
		each,
	)
}

// errorsOf are the errors that each operation that reads must give.
func errorsOf(op *document.Operation) Specs {
	group := Describe(op.ID,
		It("does not answer another method than the contract has with 2xx ("+op.ID+")", Requirement("ERROR-METHOD"), func(t *T) {
			id := t.idFor(op)
			for _, method := range t.otherMethods(op) {
				r := t.To(op, id)
				r.Method, r.Expect, r.About, r.Proper = method, exchange.ExpectNothing, nil, false
				t.Check(t.answer(r)).NotTo(match.BeSuccess(), "%s, which %s does not have, was answered with success instead of 404 or 405", method, op.Path)
			}
		}, Writes()),
		It("shows no data for a number that does not exist ("+op.ID+")", Requirement("NUMBER-UNKNOWN"), func(t *T) {
			e := t.answer(t.To(op, t.idFor(op)).WithNumber(fmt.Sprintf("99%013d", t.Rand.Int64N(1e13))))
			t.Check(e).To(match.ShowNoData(http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound), "a number that does not exist was answered with data")
		}),
		Suffix("."+op.ID), Operation(op.ID), Capability(op.Capability),
	)
	if op.Parameter("query", exchange.NumberParameter) == nil {
		return group[:1]
	}
	return group
}

// idFor is an id for the path of an operation, 0 if it needs none. If the target has none, the case ends.
func (t *T) idFor(op *document.Operation) int64 {
	id, err := t.existingID(op)
	t.End(err)
	return id
}

// withoutNumber is a request for the list that lacks phone_number_id, with the given query.
func (t *T) withoutNumber(query string) *exchange.Request {
	return t.listRequest().Invalid(query, exchange.NumberParameter, exchange.UseMissing)
}

// otherMethods are methods that the contract does not have at the path of an operation. DELETE is not tried on a path with an id: a server that accepts it
// would lose data.
func (t *T) otherMethods(op *document.Operation) []string {
	methods := []string{http.MethodPost, http.MethodPut, http.MethodPatch}
	if op.ID == document.GetMessageStatus {
		methods = append(methods, http.MethodDelete)
	}
	return slices.DeleteFunc(methods, func(method string) bool {
		return slices.ContainsFunc(t.Document.Operations, func(other *document.Operation) bool { return other.Path == op.Path && other.Method == method })
	})
}
