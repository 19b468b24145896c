package document

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Succeeds reports whether a status is a success that the contract documents: by itself, or by `default` if it has no other.
func (op *Operation) Succeeds(status int) bool {
	isSuccess := func(status int) bool { return status >= 200 && status < 300 }
	if !isSuccess(status) || op.Responses[status] != nil {
		return isSuccess(status)
	}
	if op.creates() && op.Response(status) != op.fallback {
		return true
	}
	return op.fallback != nil && !slices.ContainsFunc(op.Statuses(), isSuccess)
}

// Unprocessable reports whether an invalid request may be answered with 422 in place of 400. The vendor names 400 for the whole API, and both for
// contacts and branches; what came with them may do the same (I).
func (op *Operation) Unprocessable() bool {
	return slices.Contains([]string{CapabilityContacts, CapabilityBranches, CapabilityOrders, CapabilityInvoices}, op.Capability)
}

// creates reports whether an operation creates a record: with 201 or 200, as the requirements CONTACT-CREATE, GROUP-CREATE and BRANCH-CREATE say.
func (op *Operation) creates() bool {
	return op.Method == http.MethodPost && (op.Capability == CapabilityContacts || op.Capability == CapabilityBranches)
}

// Answers reports whether a status is one of those that are wanted, or as good as one: any documented success for 200, and 422 for 400 where the
// operation may answer with it.
func (op *Operation) Answers(status int, wanted ...int) bool {
	switch {
	case slices.Contains(wanted, status):
		return true
	case status == http.StatusUnprocessableEntity:
		return op.Unprocessable() && slices.Contains(wanted, http.StatusBadRequest)
	}
	return slices.Contains(wanted, http.StatusOK) && op.Succeeds(status)
}

// Response is what the contract documents for a status, nil if it does not have it.
func (op *Operation) Response(status int) *Response {
	switch {
	case op.Responses[status] != nil:
	case status == http.StatusUnprocessableEntity && op.Unprocessable():
		status = http.StatusBadRequest
	case op.creates() && status == http.StatusOK:
		status = http.StatusCreated
	case op.creates() && status == http.StatusCreated:
		status = http.StatusOK
	}
	if r := op.Responses[status]; r != nil {
		return r
	}
	return op.fallback
}

// AllResponses are the documented ones, in the order of their statuses, `default` last.
func (op *Operation) AllResponses() []*Response {
	var out []*Response
	for _, status := range op.Statuses() {
		out = append(out, op.Responses[status])
	}
	if op.fallback != nil {
		out = append(out, op.fallback)
	}
	return out
}

func (op *Operation) Statuses() []int {
	return slices.Sorted(maps.Keys(op.Responses))
}

func (op *Operation) Parameter(in, name string) *Parameter {
	for _, p := range op.Parameters {
		if p.In == in && p.Name == name {
			return p
		}
	}
	return nil
}

// PathParameter is the operation's parameter in the path, or nil.
func (op *Operation) PathParameter() *Parameter {
	for _, p := range op.Parameters {
		if p.In == "path" {
			return p
		}
	}
	return nil
}

// EnumWords are the words of a parameter's enum as they are written in a request, in the order of the file.
func (p *Parameter) EnumWords() []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, word := range p.Schema.Enum {
		out = append(out, fmt.Sprint(word))
	}
	return out
}

// Takes reports whether the operation has a body of a media type; the document may have a whole family of them, as application/*.
func (op *Operation) Takes(media string) bool {
	family, _, _ := strings.Cut(media, "/")
	return slices.ContainsFunc(op.media, func(own string) bool {
		own, _, _ = strings.Cut(own, ";")
		return slices.Contains([]string{media, family + "/*", "*/*"}, strings.ToLower(strings.TrimSpace(own)))
	})
}
