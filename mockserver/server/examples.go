package server

import (
	"fmt"
	"hash/fnv"
	"maps"
	"net/http"
	"slices"
	"strings"

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
	media := engine.Accepted(c.HTTP.Header["Accept"], response.Bodies)
	body, err := body(response, media, "", op.ID, int64(id.Sum64()>>1), s.workspaces.fromCaller(c.Caller).invent)
	return engine.Reply{Status: response.Code(), ContentType: media.SaysType(), Body: body}, err
}

// made makes a documented answer on demand; it implements engine.Options.Make.
func (s *service) made(op *spec.Operation, r *spec.Response, media *spec.Media, example string) ([]byte, error) {
	return body(r, media, example, op.ID, int64(r.Status), s.workspaces.get("").invent)
}

// body is the body of a documented answer in a media type: the named example, else the first, else a value that fits the
// schema. It is nil where the document gives none.
func body(r *spec.Response, media *spec.Media, example, kind string, id int64, invent view.Invent) ([]byte, error) {
	if media == nil {
		return nil, nil
	}
	for _, x := range media.Examples {
		if example == "" || x.Name == example {
			return x.Body, nil
		}
	}
	value, err := invent(media.Schema, kind, id, "")
	if err != nil {
		return nil, fmt.Errorf("operation %s, answer %d: %w", kind, r.Status, err)
	}
	if media.IsJSON() {
		return view.Marshal(value)
	}
	return []byte(plainText(value)), nil
}

// madeValue makes a property of an error; it implements engine.Options.MakeValue.
func (s *service) madeValue(op *spec.Operation, schema *spec.Schema, property string) (any, error) {
	kind := "error"
	if op != nil {
		kind += " " + op.ID
	}
	return s.workspaces.get("").invent(schema, kind, 0, property)
}

// madeHeader makes the text of a documented header; it implements engine.Options.MakeHeader.
func (s *service) madeHeader(h *spec.ResponseHeader) (string, error) {
	value, err := s.workspaces.get("").invent(h.Schema, "header", 0, h.Name)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, plainText(value))), nil
}

// plainText writes a value without quotes, lists and objects in the style `simple` of OpenAPI.
func plainText(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case []any:
		items := make([]string, len(v))
		for i, item := range v {
			items[i] = plainText(item)
		}
		return strings.Join(items, ",")
	case map[string]any:
		var items []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			items = append(items, name, plainText(v[name]))
		}
		return strings.Join(items, ",")
	}
	return fmt.Sprint(value)
}
