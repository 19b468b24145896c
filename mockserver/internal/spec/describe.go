package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Accepts reports whether a value, decoded as DecodeStrict does, fits the schema as part of an answer
// (a write-only property does not; a read-only one does).
func (s *Schema) Accepts(v any) bool {
	return s.accept(&visit{answer: true}, v) || s.visitKin(v, true) == nil
}

// Violations returns all rules that a value breaks. There is none if and only if Accepts reports true.
// A rule about the value itself has the field "body".
func (s *Schema) Violations(v any) []Violation {
	if s.accept(&visit{answer: true}, v) {
		return nil
	}
	return s.describe(v, s.visitKin(v, true), place{in: "body", root: "body"})
}

// violations are those of a value that a client sent.
func (s *Schema) violations(v any, p place) []Violation {
	if s.accept(&visit{}, v) {
		return nil
	}
	return s.describe(v, s.visitKin(v, false), p)
}

// visitKin asks kin. The value is copied: kin compares float64, and must not change what is not its own.
func (s *Schema) visitKin(v any, answer bool) error {
	shared := s.plan.shared
	options := []openapi3.SchemaValidationOption{openapi3.MultiErrors(), openapi3.WithStringFormatValidators(shared.formats)}
	switch {
	case !shared.directed: // kin is faster if it need not look at the direction
	case answer:
		options = append(options, openapi3.VisitAsResponse())
	default:
		options = append(options, openapi3.VisitAsRequest())
	}
	return s.kin.VisitJSON(kinValue(v), options...)
}

// kinValue copies a value, its numbers as float64. A number that no float64 holds stays: kin refuses it.
func kinValue(v any) any {
	return withNumbers(v, func(n json.Number) any {
		if f, ok := number(string(n)); ok {
			return f
		}
		return n
	})
}

// withNumbers copies a decoded JSON value and replaces each number in it.
func withNumbers(v any, replace func(json.Number) any) any {
	switch v := v.(type) {
	case json.Number:
		return replace(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = withNumbers(item, replace)
		}
		return list
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, member := range v {
			m[name] = withNumbers(member, replace)
		}
		return m
	}
	return v
}

// A place is where a value is in a request.
type place struct {
	in   string
	root string // the field of the value itself
}

// field writes the path of a value inside of the one at the place: "buttons[0].title".
func (p place) field(root any, path []string) string {
	if len(path) == 0 {
		return p.root
	}
	var b strings.Builder
	if p.root != "body" {
		b.WriteString(p.root)
	}
	for _, token := range path {
		switch at := root.(type) {
		case []any:
			b.WriteString("[" + token + "]")
			if i, err := strconv.Atoi(token); err == nil && i < len(at) {
				root = at[i]
			}
			continue
		case map[string]any:
			root = at[token]
		}
		if b.Len() > 0 {
			b.WriteByte('.')
		}
		b.WriteString(token)
	}
	return b.String()
}

// describe turns kin's errors about a value into violations, one for each field: the first. It takes the rule from
// the schema and never kin's text, which may repeat the value.
func (s *Schema) describe(v any, err error, p place) []Violation {
	d := describer{schemas: s.plan.shared.schemas, root: v, place: p}
	d.walk(err)
	return d.list
}

type describer struct {
	schemas map[*openapi3.Schema]*Schema
	root    any
	place   place
	list    []Violation
}

func (d *describer) walk(err error) {
	switch e := err.(type) { //nolint:errorlint // a SchemaError may wrap those of its parts, which are not meant here
	case nil:
	case openapi3.MultiError:
		for _, part := range e {
			d.walk(part)
		}
	case *openapi3.SchemaError:
		d.schemaError(e)
	default:
		d.add(nil, nil, "schema", "does not fit its schema")
	}
}

func (d *describer) schemaError(e *openapi3.SchemaError) {
	path := e.JSONPointer()
	switch e.SchemaField {
	case "allOf":
		for _, part := range nested(e) {
			d.walk(part)
		}
		return
	case "oneOf":
		if parts := nested(e); len(parts) == 1 { // the one that the discriminator chose
			d.walk(parts[0])
			return
		}
	case "properties":
		object, _ := e.Value.(map[string]any)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if e.Schema.Properties[name] == nil {
				d.add(append(slices.Clone(path), name), e.Schema, "additionalProperties", "is not a property of this object")
			}
		}
		return
	case "discriminator":
		path = append(path, e.Schema.Discriminator.PropertyName)
		d.add(path, e.Schema, "discriminator", discriminatorText(e.Schema, e.Value == nil))
		return
	case "required":
		object := e.Schema
		if property := object.Properties[path[len(path)-1]]; property != nil {
			object = property.Value
		}
		d.add(path, object, "required", "is required")
		return
	}
	rule, text := d.rule(e)
	if sent, ok := e.Value.(string); ok && (rule == "pattern" || rule == "enum") {
		text += unseen(sent)
	}
	d.add(path, e.Schema, rule, text)
}

// nested are the errors of the parts of an allOf or oneOf.
func nested(e *openapi3.SchemaError) openapi3.MultiError {
	parts, _ := errors.Unwrap(errors.Unwrap(e.Origin)).(openapi3.MultiError) //nolint:errorlint // exactly this layer
	return parts
}

func (d *describer) add(path []string, kin *openapi3.Schema, rule, text string) {
	v := Violation{Field: d.place.field(d.root, path), In: d.place.in, Rule: rule, Text: text}
	v.Whole = v.In == "body" && d.place.root == "body" && len(path) == 0
	if s := d.schemas[kin]; s != nil {
		v.Code, v.Pointer = s.code(rule), s.Pointer
	}
	d.list = addViolation(d.list, v)
}

// rule names the broken rule and its bound.
func (d *describer) rule(e *openapi3.SchemaError) (rule, text string) {
	k := e.Schema
	switch e.SchemaField {
	case "type":
		return "type", typeText(k.Type.Slice())
	case "nullable":
		return "type", typeText(k.Type.Slice()) + ", not null"
	case "enum":
		return "enum", enumText(d.schemas[k])
	case "minLength":
		if k.MinLength == 1 || e.Value == "" {
			return "minLength", "must not be empty"
		}
		return "minLength", "must be at least " + count(k.MinLength, "character")
	case "maxLength":
		return "maxLength", "must be at most " + count(*k.MaxLength, "character")
	case "pattern":
		return "pattern", "must match the pattern " + d.pattern(k) + suchAs(k.Example)
	case "format":
		return "format", formatText(k.Format)
	case "minimum":
		return "minimum", "must be at least " + decimal(*k.Min)
	case "maximum":
		return "maximum", "must be at most " + decimal(*k.Max)
	case "exclusiveMinimum":
		return "minimum", "must be greater than " + decimal(*k.Min)
	case "exclusiveMaximum":
		return "maximum", "must be less than " + decimal(*k.Max)
	case "multipleOf":
		return "multipleOf", "must be a multiple of " + decimal(*k.MultipleOf)
	}
	return containerRule(e.SchemaField, k)
}

// pattern is a pattern as the document writes it.
func (d *describer) pattern(k *openapi3.Schema) string {
	if s := d.schemas[k]; s != nil {
		return s.Pattern
	}
	return k.Pattern
}

// containerRule is for arrays, objects and combinations.
func containerRule(field string, k *openapi3.Schema) (rule, text string) {
	switch field {
	case "minItems":
		return field, "must have at least " + count(k.MinItems, "item")
	case "maxItems":
		return field, "must have at most " + count(*k.MaxItems, "item")
	case "uniqueItems":
		return field, "must not have an item twice"
	case "minProperties":
		return field, "must have at least " + properties(k.MinProps)
	case "maxProperties":
		return field, "must have at most " + properties(*k.MaxProps)
	case "readOnly":
		return field, "is read-only and must not be sent"
	case "writeOnly":
		return field, "is write-only and must not be answered"
	case "oneOf":
		return field, fmt.Sprintf("must fit exactly one of its %d alternatives", len(k.OneOf))
	case "anyOf":
		return field, fmt.Sprintf("must fit one of its %d alternatives", len(k.AnyOf))
	case "not":
		return field, "is a value that the schema rules out"
	}
	return "schema", "does not fit its schema"
}

// suchAs shows the document's example: a pattern says little to people.
func suchAs(example any) string {
	if text, ok := example.(string); ok {
		return ", such as " + text
	}
	return ""
}

func typeText(types []string) string {
	if len(types) == 0 {
		return "must be a value"
	}
	switch types[0] {
	case "boolean":
		return "must be true or false"
	case "integer", "array", "object":
		return "must be an " + types[0]
	}
	return "must be a " + types[0]
}

func enumText(s *Schema) string {
	if s == nil {
		return "must be one of the allowed values"
	}
	list := make([]string, len(s.Enum))
	for i, v := range s.Enum {
		if word, ok := v.(string); ok && word != "" {
			list[i] = word
			continue
		}
		b, _ := json.Marshal(v) // a value of the document
		list[i] = string(b)
	}
	if len(list) == 1 {
		return "must be " + list[0]
	}
	return "must be one of " + strings.Join(list, ", ")
}

func discriminatorText(k *openapi3.Schema, missing bool) string {
	if missing {
		return "is required"
	}
	if len(k.Discriminator.Mapping) == 0 {
		return "must be the name of one of the alternatives"
	}
	return "must be one of " + strings.Join(slices.Sorted(maps.Keys(k.Discriminator.Mapping)), ", ")
}

func count(n uint64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.FormatUint(n, 10) + " " + thing + "s"
}

func properties(n uint64) string {
	if n == 1 {
		return "1 property"
	}
	return strconv.FormatUint(n, 10) + " properties"
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
