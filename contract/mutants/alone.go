package main

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/server"
)

// An aloneOperation is a server that has nothing but one operation, and answers it by the schema of its success: it refuses what the document
// refuses, and no handler refuses more.
type aloneOperation struct {
	operation documentOperation
	source    *server.Source
	server    http.Handler // it has no state
}

func (d *document) alone(op documentOperation, fixtures fs.FS) (*aloneOperation, error) {
	root := with(d.root, "paths", object(op.path, object(op.method, op.renamed(d.resolved(op.node)))))
	source, err := server.ReadSource(server.Options{Spec: textOf(root, nil, nil), SpecName: "openapi.json", Fixtures: fixtures})
	if err != nil {
		return nil, err
	}
	one, err := server.New(server.Options{RateLimit: plenty, Source: source, AllowMissing: true})
	return &aloneOperation{op, source, one}, err
}

// renamed is the operation with a name that no handler has.
func (op documentOperation) renamed(node *yaml.Node) *yaml.Node {
	return with(node, "operationId", scalar(op.id+"Alone"))
}

// changed is the same with another operation.
func (a *aloneOperation) changed(node *yaml.Node) (http.Handler, error) {
	source, err := a.source.WithOperation(a.operation.path, a.operation.method, textOf(a.operation.renamed(node), nil, nil))
	if err != nil {
		return nil, err
	}
	return server.New(server.Options{RateLimit: plenty, Source: source, AllowMissing: true})
}

// lenient is a server that accepts what the changed document alone accepts and the original one refuses. The mock itself may refuse that
// again: what it stores must fit the schemas of its answers, too.
func lenient(g generated) (change, error) {
	original, err := g.operation.alone()
	if err != nil {
		return nil, err
	}
	changed, err := original.changed(g.node)
	if err != nil {
		return nil, err
	}
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if !g.operation.fits(r.Method, w.path(r)) {
				next.ServeHTTP(out, r)
				return
			}
			content := bodyOf(r)
			a := answerOf(next, r, content)
			if isInvalid(a) && isInvalid(answerOf(original.server, r, content)) {
				if other := answerOf(changed, r, content); other.status < http.StatusMultipleChoices {
					a = other
				}
			}
			a.write(out)
		})
	}, nil
}

// isInvalid reports whether a request was refused for what is in it. A mock whose changed document lets something through that a handler cannot
// store answers with 500.
func isInvalid(a *answer) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusInternalServerError}, a.status)
}

// answerOf is what a server answers to a request with a body.
func answerOf(server http.Handler, r *http.Request, content []byte) *answer {
	c := clone(r)
	c.Body = io.NopCloser(bytes.NewReader(content))
	record := httptest.NewRecorder()
	server.ServeHTTP(record, c)
	return recorded(record)
}
