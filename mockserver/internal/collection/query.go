package collection

import (
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// Query is what a request for the list asks for.
func (c *Collection) Query(request *spec.Request) (sandbox.RecordQuery, error) {
	q := sandbox.RecordQuery{Collection: c.Name, Page: 1, Limit: c.standard}
	if len(c.search) > 0 {
		q.Term = request.Text(c.searchTerm)
	}
	if n, ok := request.QueryInt(c.page); ok {
		q.Page = max(n, 1)
	}
	if n, ok := request.QueryInt(c.limit); ok {
		q.Limit = max(n, 1)
	}
	for i := range c.filters {
		f := &c.filters[i]
		if !request.Has(f.parameter) {
			continue
		}
		value := f.encodeBound(request.Text(f.parameter.Name))
		if value == "" {
			return q, &spec.InvalidError{Violations: []spec.Violation{{
				Field: f.parameter.Name, In: f.parameter.In, Rule: "format", Text: f.wanted(), Pointer: f.parameter.Pointer,
			}}}
		}
		q.Filters = append(q.Filters, sandbox.RecordFilter{Property: f.property.name, Operator: f.operator, Value: value})
	}
	return q, nil
}

// ID is the id that a request names in its path.
func (c *Collection) ID(request *spec.Request) string { return request.Path(c.idName) }

// Get is one record of the workspace.
func (r *Resource) Get(w *sandbox.Workspace, id string) (Record, error) {
	kept, err := w.Record(r.Name, id)
	if err != nil {
		return nil, err
	}
	return Decode(kept.Text)
}
