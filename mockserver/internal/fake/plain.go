package fake

import (
	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/spec"
)

// A plain is a schema with its allOf merged in, and one branch taken of each oneOf and anyOf. It need not be exact:
// whatever is made by it is checked against the schema itself.
type plain struct {
	typ, format, mockValue       string
	patterns                     []string
	enum                         []any
	example                      any
	low, high                    *float64
	lowExclusive, highExclusive  bool
	multipleOf                   *float64
	minLength, maxLength         int // a highest length of -1: none
	minItems, maxItems           int
	minProperties, maxProperties int
	unique                       bool
	properties                   []spec.Property
	required                     map[string]bool
	additional, items            *spec.Schema
}

func newPlain() *plain {
	return &plain{maxLength: -1, maxItems: -1, maxProperties: -1, required: map[string]bool{}}
}

// maxMerge ends an allOf that contains itself.
const maxMerge = 16

// add merges a schema in; f draws the branches.
func (p *plain) add(s *spec.Schema, f *gofakeit.Faker, depth int) {
	if depth > maxMerge {
		return
	}
	p.addWords(s)
	p.addBounds(s)
	p.addProperties(s)
	for _, part := range s.AllOf {
		p.add(part, f, depth+1)
	}
	for _, branches := range [...][]*spec.Schema{s.OneOf, s.AnyOf} {
		if len(branches) > 0 {
			p.add(branches[f.Number(0, len(branches)-1)], f, depth+1)
		}
	}
}

func (p *plain) addWords(s *spec.Schema) {
	set(&p.typ, s.Type)
	set(&p.format, s.Format)
	set(&p.mockValue, s.MockValue)
	if s.Type == "integer" { // narrower than number
		p.typ = s.Type
	}
	if s.Pattern != "" {
		p.patterns = append(p.patterns, s.Pattern)
	}
	if len(s.Enum) > 0 && (p.enum == nil || len(s.Enum) < len(p.enum)) {
		p.enum = s.Enum
	}
	if p.example == nil {
		p.example = s.Example
	}
}

// set keeps the first text that is not empty.
func set(to *string, text string) {
	if *to == "" {
		*to = text
	}
}

func (p *plain) addBounds(s *spec.Schema) {
	if s.Minimum != nil && (p.low == nil || *s.Minimum >= *p.low) {
		p.low, p.lowExclusive = s.Minimum, s.ExclusiveMinimum
	}
	if s.Maximum != nil && (p.high == nil || *s.Maximum <= *p.high) {
		p.high, p.highExclusive = s.Maximum, s.ExclusiveMaximum
	}
	if s.MultipleOf != nil && (p.multipleOf == nil || *s.MultipleOf > *p.multipleOf) {
		p.multipleOf = s.MultipleOf
	}
	p.minLength, p.maxLength = max(p.minLength, s.MinLength), lowest(p.maxLength, s.MaxLength)
	p.minItems, p.maxItems = max(p.minItems, s.MinItems), lowest(p.maxItems, s.MaxItems)
	p.minProperties, p.maxProperties = max(p.minProperties, s.MinProperties), lowest(p.maxProperties, s.MaxProperties)
	p.unique = p.unique || s.UniqueItems
}

// lowest is the lower of two highest values, of which -1 means none.
func lowest(a, b int) int {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

func (p *plain) addProperties(s *spec.Schema) {
	for _, property := range s.Properties {
		if _, known := p.required[property.Name]; !known {
			p.properties = append(p.properties, property)
		}
		p.required[property.Name] = p.required[property.Name] || property.Required
	}
	if p.additional == nil {
		p.additional = s.Additional
	}
	if p.items == nil {
		p.items = s.Items
	}
}

// kind is the type to make: the schema's, or the one that its other rules are about.
func (p *plain) kind() string {
	switch {
	case p.typ != "":
		return p.typ
	case len(p.properties) > 0 || p.minProperties > 0 || p.additional != nil:
		return "object"
	case p.items != nil || p.minItems > 0:
		return "array"
	case p.low != nil || p.high != nil || p.multipleOf != nil:
		return "number"
	}
	return "string"
}

// free tells whether the schema says nothing about its value but type and length, so that its example says most.
func (p *plain) free() bool {
	switch p.kind() {
	case "string":
		return len(p.patterns) == 0 && p.format == ""
	case "integer", "number":
		return p.low == nil && p.high == nil && p.multipleOf == nil
	}
	return false
}

// full tells whether an object may have no further optional property; a required one may still have to come.
func (p *plain) full(properties int) bool {
	if p.maxProperties < 0 {
		return false
	}
	required := 0
	for _, is := range p.required {
		if is {
			required++
		}
	}
	return properties+required >= p.maxProperties
}

// bounds are the lowest and highest number, both included, of which there is a step between neighbours.
func (p *plain) bounds(step float64) (low, high float64) {
	const spread = 1000
	switch {
	case p.low == nil && p.high == nil:
		return step, spread
	case p.low == nil:
		low, high = *p.high-spread, *p.high
	case p.high == nil:
		low, high = *p.low, *p.low+spread
	default:
		low, high = *p.low, *p.high
	}
	if p.low != nil && p.lowExclusive {
		low += step
	}
	if p.high != nil && p.highExclusive {
		high -= step
	}
	return low, high
}
