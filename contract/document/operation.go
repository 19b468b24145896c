package document

import (
	"maps"
	"slices"
)

// Succeeds reports whether a status is a success that the contract documents: by itself, or by `default` if it has no other.
func (op *Operation) Succeeds(status int) bool {
	isSuccess := func(status int) bool { return status >= 200 && status < 300 }
	if !isSuccess(status) || op.Responses[status] != nil {
		return isSuccess(status)
	}
	return op.fallback != nil && !slices.ContainsFunc(op.Statuses(), isSuccess)
}

func (op *Operation) Response(status int) *Response {
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

// EnumWords are the words of a text parameter's enum, in the order of the file.
func (p *Parameter) EnumWords() []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, word := range p.Schema.Enum {
		if text, ok := word.(string); ok {
			out = append(out, text)
		}
	}
	return out
}
