package server

import (
	"fmt"
	"hash/fnv"
	"net/http"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// exampleAnswer answers an operation that only the document knows: its first documented success, else a redirection,
// else what there is, from the example or the schema. The same path gives the same answer.
func (s *service) exampleAnswer(c *engine.Call) (engine.Reply, error) {
	op := c.Request.Operation
	response := op.Answer()
	if response == nil {
		return engine.Reply{Status: http.StatusNoContent}, nil // the document says nothing about it
	}
	id := fnv.New64a()
	_, _ = id.Write([]byte(c.Path)) // a hash cannot fail
	body, contentType, err := body(response, "", op.ID, int64(id.Sum64()>>1), s.tenants.fromCaller(c.Caller).invent)
	return engine.Reply{Status: response.Code(), ContentType: contentType, Body: body}, err
}

// made makes a documented answer on demand; it implements engine.Options.Make.
func (s *service) made(op *spec.Operation, r *spec.Response, example string) ([]byte, string, error) {
	return body(r, example, op.ID, int64(r.Status), s.tenants.get("").invent)
}

// body is the body of a documented answer: the named example, else the first, else a value that fits the schema. It is
// nil where the document gives none.
func body(r *spec.Response, example, kind string, id int64, invent view.Invent) ([]byte, string, error) {
	if len(r.Bodies) == 0 {
		return nil, "", nil
	}
	media := r.JSON()
	if media == nil {
		media = r.Bodies[0]
	}
	contentType := media.Type
	if media == r.JSON() {
		contentType = ""
	}
	for _, x := range media.Examples {
		if example == "" || x.Name == example {
			return x.JSON, contentType, nil
		}
	}
	if media.Schema == nil {
		return nil, contentType, nil
	}
	value, err := invent(media.Schema, kind, id, "")
	if err != nil {
		return nil, "", fmt.Errorf("operation %s, answer %d: %w", kind, r.Status, err)
	}
	text, err := view.Marshal(value)
	return text, contentType, err
}
