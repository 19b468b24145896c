package engine

import (
	"slices"

	"example.com/awalmock/mockserver/internal/spec"
)

// An operation is what New works out for an operation of the document, so that no request has to.
type operation struct {
	handler  Handler
	own      bool // the handler is the operation's, not the fallback
	settings *operationSettings
	security []alternative
}

// An alternative is what a request may be authenticated with: all that it names, together. One that names nothing admits any
// request.
type alternative struct {
	signed bool                   // the vendor's scheme: its four headers
	others []*spec.SecurityScheme // the schemes beside it
}

// compile works out the operations of the document.
func (e *Engine) compile() map[*spec.Operation]*operation {
	usual := newSettings(OperationSettings{})
	all := make(map[*spec.Operation]*operation, len(e.Document.Operations))
	for _, op := range e.Document.Operations {
		o := &operation{settings: usual, security: e.vendor.alternatives(op)}
		if o.handler, o.own = e.Handlers[op.ID]; !o.own {
			o.handler = e.Fallback
		}
		if settings, given := e.Operations[op.ID]; given {
			o.settings = newSettings(settings)
		}
		all[op] = o
	}
	return all
}

// alternatives are those of an operation, in the document's order.
func (v *vendor) alternatives(op *spec.Operation) []alternative {
	var list []alternative
	for _, together := range op.Security {
		a := alternative{signed: slices.ContainsFunc(together, v.Headers.isSignature), others: together}
		if a.signed {
			a.others = slices.DeleteFunc(slices.Clone(together), v.Headers.Has)
		}
		list = append(list, a)
	}
	return list
}
