package collection

import (
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// Query is what a request for the list asks for.
func (r *Resource) Query(request *spec.Request) (sandbox.RecordQuery, error) {
	c := r.Collection
	q := sandbox.RecordQuery{Collection: c.Name, Page: 1, Limit: c.standard}
	if value := request.Text(r.Scope); value != "" {
		q.Filters = append(q.Filters, sandbox.RecordFilter{Property: r.Scope, Operator: "=", Value: textKind.encodeText(value)})
	}
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
	return q, c.inOrder(request, q.Filters)
}

// inOrder refuses a range that ends before it begins: nothing can be in it.
func (c *Collection) inOrder(request *spec.Request, filters []sandbox.RecordFilter) error {
	for _, from := range filters {
		for _, to := range filters {
			if from.Property == to.Property && from.Operator == ">=" && to.Operator == "<=" && to.Value < from.Value {
				first, last := c.filterOf(request, from), c.filterOf(request, to)
				return &spec.InvalidError{Violations: []spec.Violation{{
					Field: last.Name, In: last.In, Rule: "range", Text: "must not be before " + first.Name, Pointer: last.Pointer,
				}}}
			}
		}
	}
	return nil
}

// filterOf is the parameter of a request that a filter was made of.
func (c *Collection) filterOf(request *spec.Request, made sandbox.RecordFilter) *spec.Parameter {
	for i := range c.filters {
		if f := &c.filters[i]; f.property.name == made.Property && f.operator == made.Operator && request.Has(f.parameter) {
			return f.parameter
		}
	}
	return nil // each was made of one
}

// ID is the id that a request names in its path.
func (c *Collection) ID(request *spec.Request) string { return request.Path(c.idName) }

// InScope reports whether a record belongs to what a request names with the parameter of Scope.
func (r *Resource) InScope(request *spec.Request, record Record) bool {
	value := request.Text(r.Scope)
	return value == "" || record[r.Scope] == value
}

// Get is one record of the workspace.
func (r *Resource) Get(w *sandbox.Workspace, id string) (Record, error) {
	kept, err := w.Record(r.Name, id)
	if err != nil {
		return nil, err
	}
	return Decode(kept.Text)
}
