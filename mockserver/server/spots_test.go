package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// A spot is a place in a request body and the schema of what is there. Tests of bad input walk over all of them, so
// that a limit that is added to the document is tested without a line.
type spot struct {
	path     []any // names of properties, and indexes
	schema   *openapi3.Schema
	required bool
}

// field is the key of details for the spot: "buttons[0].title".
func (s spot) field() string {
	var b strings.Builder
	for _, step := range s.path {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, step)
		}
	}
	return b.String()
}

// spots are all places of a body: each property, and the first element of each list.
func spots(schema *openapi3.Schema, path ...any) []spot {
	var all []spot
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		s := spot{slices.Concat(path, []any{name}), schema.Properties[name].Value, slices.Contains(schema.Required, name)}
		all = append(all, s)
		all = append(all, spots(s.schema, s.path...)...)
	}
	if schema.Items != nil {
		first := slices.Concat(path, []any{0})
		all = append(all, spot{first, schema.Items.Value, true})
		all = append(all, spots(schema.Items.Value, first...)...)
	}
	return all
}

// A filler makes bodies that have every property. Each id is another one.
type filler struct{ ids int }

func (f *filler) value(name string, s *openapi3.Schema) any {
	switch {
	case s.Type.Is("object"):
		o := object{}
		for _, property := range slices.Sorted(maps.Keys(s.Properties)) {
			if s.MaxProps == nil || uint64(len(o)) < *s.MaxProps {
				o[property] = f.value(property, s.Properties[property].Value)
			}
		}
		return o
	case s.Type.Is("array"):
		return []any{f.value("", s.Items.Value)}
	case name == "id":
		f.ids++
		return fmt.Sprint("id", f.ids)
	case name == "reply_to":
		return "1" // a message of the conversation with the example's phone
	case s.Example != nil:
		return s.Example
	case len(s.Enum) > 0:
		return s.Enum[0]
	case (name == "branch_id" || name == "contact_group_id") && s.Type.Is("string"):
		return "1"
	case name == "email":
		return "a@example.com"
	case s.Format == "date":
		return "2024-01-21"
	case strings.HasPrefix(s.Pattern, "^https"), name == "avatar":
		return "https://example.com/a.png"
	case s.Format == "date-time":
		return "2030-01-01T00:00:00Z"
	case s.Format == "byte":
		return "eA=="
	case s.Type.Is("string"):
		return "x"
	case s.Type.Is("boolean"):
		return true
	default:
		return max(1, least(s))
	}
}

func least(s *openapi3.Schema) float64 {
	if s.Min == nil {
		return 0
	}
	return *s.Min
}

// body is a whole body with a value in the place of what is at a spot.
func (s spot) body(root *openapi3.Schema, value any) any {
	return replace((&filler{}).value("", root), s.path, func(parent any) any { return set(parent, s.path, value) })
}

// without is a whole body without the property at a spot.
func (s spot) without(root *openapi3.Schema) any {
	name := s.path[len(s.path)-1]
	return replace((&filler{}).value("", root), s.path, func(parent any) any {
		delete(parent.(object), name.(string))
		return parent
	})
}

// replace changes the object or list in which a path ends.
func replace(value any, path []any, change func(parent any) any) any {
	if len(path) == 1 {
		return change(value)
	}
	switch step := path[0].(type) {
	case int:
		list := value.([]any)
		list[step] = replace(list[step], path[1:], change)
	case string:
		o := value.(object)
		o[step] = replace(o[step], path[1:], change)
	}
	return value
}

func set(parent any, path []any, value any) any {
	switch step := path[len(path)-1].(type) {
	case int:
		parent.([]any)[step] = value
	case string:
		parent.(object)[step] = value
	}
	return parent
}

// twice is a whole body as JSON in which the property at a spot appears twice.
func (s spot) twice(t *testing.T, root *openapi3.Schema) string {
	t.Helper()
	name := s.path[len(s.path)-1].(string)
	var member string
	marked := replace((&filler{}).value("", root), s.path, func(parent any) any {
		o := parent.(object)
		text, err := json.Marshal(o[name])
		if err != nil {
			t.Fatal(err)
		}
		member = fmt.Sprintf("%q:%s", name, text)
		delete(o, name)
		o["twice!"] = 0
		return o
	})
	return strings.Replace(asJSON(t, marked), `"twice!":0`, member+","+member, 1)
}

// others are values of every JSON type that a schema does not take.
func others(s *openapi3.Schema) []any {
	all := map[string][]any{
		"string": {"x"}, "number": {1.5}, "boolean": {true}, "array": {[]any{}}, "object": {object{}}, "null": {nil},
	}
	if s.Nullable {
		delete(all, "null")
	}
	switch {
	case s.Type.Is("integer"):
		all["string"] = []any{"1"}
	case s.Type.Is("number"):
		delete(all, "number")
		all["string"] = []any{"1.5"}
	default:
		delete(all, (*s.Type)[0])
	}
	return slices.Concat(slices.Collect(maps.Values(all))...)
}

// characters are written in one, two, three and four bytes, the last one as two of UTF-16; each is one code point.
func characters() []string { return []string{"x", "ش", "√", "👋"} }

// jsonBodies are the operations of a document that take JSON, with the schema of the body.
func (c *contract) jsonBodies() map[string]*openapi3.Schema {
	all := map[string]*openapi3.Schema{}
	for _, op := range c.operations() {
		if op.RequestBody == nil {
			continue
		}
		if media := op.RequestBody.Value.Content["application/json"]; media != nil {
			all[op.id] = media.Schema.Value
		}
	}
	return all
}
