package spec

import (
	"errors"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

const jsonType = "application/json; charset=utf-8"

// answers sets the content type of an answer of this media type. For a range it is the most likely type in it.
func (m *Media) answers(written string) {
	switch m.Type {
	case "*/*", "application/*":
		m.Type, m.ContentType = "application/json", jsonType
	case "text/*":
		m.Type, m.ContentType = "text/plain", "text/plain"
	default:
		m.ContentType = strings.TrimSpace(written)
		if m.ContentType == "application/json" {
			m.ContentType = jsonType
		}
	}
}

// SaysType is ContentType, "" where there is no body.
func (m *Media) SaysType() string {
	if m == nil {
		return ""
	}
	return m.ContentType
}

// IsJSON reports whether a body of the media type is JSON.
func (m *Media) IsJSON() bool { return isJSON(m.Type) }

// makeable reports whether an answer of the media type can be made: from its example, or because any value will do.
func (m *Media) makeable() bool {
	if m.IsJSON() || len(m.Examples) > 0 {
		return true
	}
	switch m.Type {
	case "text/plain", "text/html", "text/markdown", "application/octet-stream":
		return m.Schema.Type != "object" && m.Schema.Type != "array"
	}
	return false
}

// KeepMakeable leaves out of each answer the media types of which no body can be made, and refuses the document if none
// is left. It is for servers that answer from the document, and changes it: call it before the document is used.
func (d *Document) KeepMakeable() error {
	warned := map[string]bool{}
	for _, op := range d.Operations {
		for _, r := range op.Responses {
			unmade := slices.DeleteFunc(slices.Clone(r.Bodies), (*Media).makeable)
			for _, m := range unmade {
				e := &Error{
					File: d.Name, Line: d.Line(m.Pointer),
					Reason: readable(m.Pointer) + ": a body of this media type cannot be made up: give it an example, as text",
				}
				if len(unmade) == len(r.Bodies) {
					return e
				}
				if !warned[m.Pointer] {
					warned[m.Pointer] = true
					d.LeftOut = append(d.LeftOut, e.Error()+"; until then it is left out")
				}
			}
			if len(unmade) > 0 {
				r.Bodies = slices.DeleteFunc(slices.Clone(r.Bodies), func(m *Media) bool { return !m.makeable() })
			}
		}
	}
	return nil
}

// overlaps reports whether the only fault of a value is that it fits several alternatives of a oneOf: the document's own
// examples often do.
func (s *Schema) overlaps(v any) bool { return onlyOverlaps(s.visitKin(v, true)) }

func onlyOverlaps(err error) bool {
	switch e := err.(type) { //nolint:errorlint // layer by layer
	case openapi3.MultiError:
		return !slices.ContainsFunc(e, func(part error) bool { return !onlyOverlaps(part) })
	case *openapi3.SchemaError:
		if e.SchemaField == "allOf" {
			parts := nested(e)
			return len(parts) > 0 && onlyOverlaps(parts)
		}
		return e.SchemaField == "oneOf" && errors.Is(e.Origin, openapi3.ErrOneOfConflict)
	}
	return false
}

// content compiles the media types at a pointer, in the order of the file: of an answer, or of a request.
func (c *compiler) content(kin openapi3.Content, pointer string, answer bool) ([]*Media, error) {
	node, _ := c.tree.at(pointer)
	var list []*Media
	var err error
	members(node, func(key, _ *yaml.Node) {
		if err != nil {
			return
		}
		here := pointer + "/" + escapeToken(key.Value)
		mediaType, _, _ := strings.Cut(key.Value, ";")
		m := &Media{Type: strings.ToLower(strings.TrimSpace(mediaType)), Pointer: here, encoding: kin[key.Value].Encoding}
		if answer {
			m.answers(key.Value)
		}
		if m.Schema, err = c.schema(kin[key.Value].Schema, here+"/schema"); err != nil {
			return
		}
		m.Examples = c.examples(m, here, answer)
		list = append(list, m)
	})
	return list, err
}

// examples reads a media type's example and examples. A JSON one that does not fit the schema is left out: it would be
// a wrong answer, and a document that has just got a new property must not be refused for its old examples.
func (c *compiler) examples(m *Media, pointer string, answer bool) []Example {
	var list []Example
	add := func(name, at string) {
		node, _ := c.tree.at(at)
		if node == nil {
			return
		}
		if !isJSON(m.Type) && answer {
			if node.Kind != yaml.ScalarNode {
				c.leaveOut(c.errorAt(at, "is no text, and this media type is no JSON"), "the example is left out")
				return
			}
			list = append(list, Example{Name: name, Body: []byte(node.Value)})
			return
		}
		if isJSON(m.Type) {
			c.pending = append(c.pending, func() error {
				misfit := c.fits(m.Schema, node, at, answer)
				if misfit != nil && !(answer && m.Schema.overlaps(value(node))) {
					c.leaveOut(misfit, "the example is left out")
					m.Examples = slices.DeleteFunc(m.Examples, func(e Example) bool { return e.Name == name })
				}
				return nil
			})
		}
		list = append(list, Example{Name: name, Body: appendJSON(nil, node)})
	}
	add("", pointer+"/example")
	node, _ := c.tree.at(pointer + "/examples")
	members(node, func(key, _ *yaml.Node) {
		_, at := c.tree.resolve(pointer + "/examples/" + escapeToken(key.Value))
		add(key.Value, at+"/value")
	})
	return list
}
