package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/server"
)

// alone is a server that has nothing but one operation, and answers it by the schema of its success: it refuses what the document refuses, and
// no handler refuses more.
func (d *document) alone(op documentOperation, node *yaml.Node) (*target, error) {
	node = with(d.resolved(node), "operationId", scalar(op.id+"Alone")) // no handler has this name
	root := with(d.root, "paths", object(op.path, object(op.method, node)))
	whole := document{root: root, fixtures: d.fixtures}
	return newTarget(server.Options{RateLimit: plenty, Spec: whole.text(nil, nil), Fixtures: d.fixtures, AllowMissing: true})
}

// lenient is a server that accepts what the changed document alone accepts and the original one refuses. The mock itself may refuse that
// again: what it stores must fit the schemas of its answers, too.
func (d *document) lenient(g generated) (change, error) {
	changed, err := d.alone(g.operation, g.node)
	if err != nil {
		return nil, err
	}
	original, err := d.alone(g.operation, g.operation.node)
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
				if other := answerOf(changed.server, r, content); other.status < http.StatusMultipleChoices {
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
