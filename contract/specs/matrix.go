package specs

import (
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/run"
)

// A column of the matrix is a way of asking; unfit says why an operation has no case of it.
type column struct {
	name  string
	unfit func(op *document.Operation) string
}

// columns are the generated cases of parameters, bodies and headers, and the ways of derive.go.
func columns() []column {
	lacks := func(in, why string) func(op *document.Operation) string {
		return func(op *document.Operation) string {
			if !slices.ContainsFunc(op.Parameters, func(p *document.Parameter) bool { return p.In == in }) {
				return "it has no parameter in the " + in
			}
			return why
		}
	}
	out := []column{
		{"path", lacks("path", "its id is no integer")},
		{"query", lacks("query", "its parameters take any text, or it is a command, whose number is tried by NUMBER-REQUIRED and NUMBER-UNKNOWN")},
		{"header", lacks("header", "it is a command: odd words are tried by HTTP-NO-SERVER-ERROR")},
		{"body", func(*document.Operation) string { return "it has no body" }},
		{"rate headers", unsigned},
	}
	for _, w := range ways() {
		out = append(out, column{w.name, func(op *document.Operation) string { return unfit(&w, op) }})
	}
	return out
}

// Matrix says which ways are tried on which operations. A cell without a case has the reason.
func Matrix(doc *document.Document, cases []*run.Case) run.Matrix {
	var out run.Matrix
	for _, op := range doc.Operations {
		row := run.MatrixRow{Operation: op.ID, Method: op.Method, Path: op.Path, Capability: op.Capability}
		for _, c := range columns() {
			cell := run.MatrixCell{Way: c.name, Cases: []string{}}
			for _, one := range cases {
				if one.Way == c.name && one.Operation == op.ID {
					cell.Cases = append(cell.Cases, one.ID)
				}
			}
			if len(cell.Cases) == 0 {
				cell.Why = whyNone(c, op)
			}
			row.Cells = append(row.Cells, cell)
		}
		out.Operations = append(out.Operations, row)
	}
	return out
}

func whyNone(c column, op *document.Operation) string {
	if !op.Asked() {
		return op.WhyNotAsked()
	}
	if why := c.unfit(op); why != "" {
		return why
	}
	return "there is nothing of the kind to change, or the selection leaves it out"
}
