package spec

import (
	"math"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// A plan is what a schema needs to accept a value quickly. It never accepts what kin and the strict layer refuse;
// where it refuses, kin is asked and decides (Accepts, Violations): a construct may be beyond it.
type plan struct {
	shared *shared

	empty     bool // kin takes the schema for {}: everything but null
	beyond    bool // a discriminator, or a schema that applies itself to the same value
	exact     bool // what the plan refuses, kin refuses as well
	combined  bool // not, oneOf, anyOf or allOf
	xof       bool // oneOf, anyOf or allOf
	readOnly  bool // a property is read-only
	writeOnly bool // a property is write-only
	open      bool // additionalProperties is given, as true or as a schema: no name is unknown

	types      typeSet
	properties []Property     // the schema's own, without allOf's
	index      map[string]int // into properties
	needed     uint64         // the required ones among the first 64 properties, as bits
	required   []string       // names that are not among the properties
	enum       []any
	words      []string // the texts of the enum
	pattern    matcher
	format     func(string) bool
	low, high  float64 // of an integer format
}

// shared is what the schemas of a document have in common.
type shared struct {
	schemas map[*openapi3.Schema]*Schema
	formats map[string]openapi3.StringFormatValidator
	// directed: the document has read-only or write-only properties
	directed bool
}

type typeSet uint8

const (
	typeBoolean typeSet = 1 << iota
	typeInteger
	typeNumber
	typeString
	typeArray
	typeObject
	anyType typeSet = 255
)

type matcher interface{ MatchString(string) bool }

// A visit is one walk of a plan over a value.
type visit struct {
	answer bool // the value is sent by the server; otherwise by the client
	extra  bool // set when a property was seen that its schema does not name
}

// plan makes the plan of a compiled schema.
func (c *compiler) plan(s *Schema) error {
	re, err := c.pattern(s)
	if err != nil {
		return err
	}
	p := &s.plan
	if re != nil {
		p.pattern = simplify(re)
	}
	p.shared = c.shared
	p.empty = s.kin.IsEmpty()
	p.beyond = s.kin.Discriminator != nil
	p.xof = len(s.OneOf)+len(s.AnyOf)+len(s.AllOf) > 0
	p.combined = p.xof || s.Not != nil
	p.types = typesOf(s.Type)
	p.properties = s.Properties
	p.enum = s.Enum
	p.words = words(s.Enum)
	p.format = stringFormat(s.Format)
	p.low, p.high = integerRange(s)
	named := make(map[string]int, len(s.Properties))
	for i, property := range s.Properties {
		named[property.Name] = i
		if property.Required {
			p.needed |= 1 << i
		}
		p.readOnly = p.readOnly || property.Schema.ReadOnly
		p.writeOnly = p.writeOnly || property.Schema.WriteOnly
	}
	c.shared.directed = c.shared.directed || p.readOnly || p.writeOnly
	for _, name := range s.kin.Required {
		if _, ok := named[name]; !ok {
			p.required = append(p.required, name)
		}
	}
	p.index = named
	ap := s.kin.AdditionalProperties
	p.open = ap.Has != nil && *ap.Has || ap.Schema != nil
	return nil
}

func typesOf(name string) typeSet {
	switch name {
	case "boolean":
		return typeBoolean
	case "integer":
		return typeInteger
	case "number":
		return typeInteger | typeNumber
	case "string":
		return typeString
	case "array":
		return typeArray
	case "object":
		return typeObject
	}
	return anyType
}

// words returns the texts of an enum.
func words(enum []any) []string {
	var list []string
	for _, v := range enum {
		if word, ok := v.(string); ok {
			list = append(list, word)
		}
	}
	return list
}

// integerRange is what the format of an integer schema allows.
func integerRange(s *Schema) (low, high float64) {
	switch {
	case s.Type == "integer" && s.Format == "int32":
		return math.MinInt32, math.MaxInt32
	case s.Type == "integer" && s.Format == "int64":
		return math.MinInt64, math.MaxInt64 // 2^63 as a float; number moves what is beyond out of the way
	}
	return math.Inf(-1), math.Inf(1)
}

// finish works out what can be said only when all schemas are compiled, since they may be cyclic.
func finish(schemas map[*openapi3.Schema]*Schema) {
	for _, s := range schemas {
		seen := map[*Schema]bool{}
		s.plan.beyond = s.plan.beyond || appliesTo(seen, s, s)
	}
	spreadInexact(schemas)
}

// spreadInexact marks each schema whose plan is not exact: it is not if a part of it, however deep, is not.
func spreadInexact(schemas map[*openapi3.Schema]*Schema) {
	wholes := map[*Schema][]*Schema{} // by their parts
	var spread []*Schema
	for _, s := range schemas {
		s.plan.exact = !s.inexact()
		if !s.plan.exact {
			spread = append(spread, s)
		}
		for _, part := range s.parts() {
			wholes[part] = append(wholes[part], s)
		}
	}
	for len(spread) > 0 {
		part := spread[len(spread)-1]
		spread = spread[:len(spread)-1]
		for _, whole := range wholes[part] {
			if whole.plan.exact {
				whole.plan.exact = false
				spread = append(spread, whole)
			}
		}
	}
}

// inexact reports whether the plan may refuse what kin accepts.
func (s *Schema) inexact() bool {
	p := &s.plan
	return p.beyond || s.MultipleOf != nil || s.UniqueItems || p.readOnly || p.writeOnly
}

// appliesTo reports whether the schema from applies s to the same value, directly or through other schemas.
func appliesTo(seen map[*Schema]bool, from, s *Schema) bool {
	for _, next := range from.combinations() {
		if next == s {
			return true
		}
		if !seen[next] {
			seen[next] = true
			if appliesTo(seen, next, s) {
				return true
			}
		}
	}
	return false
}

// combinations are the schemas that apply to the same value.
func (s *Schema) combinations() []*Schema {
	list := slices.Concat(s.AllOf, s.OneOf, s.AnyOf)
	if s.Not != nil {
		list = append(list, s.Not)
	}
	return list
}

// parts are all schemas that a schema is made of.
func (s *Schema) parts() []*Schema {
	list := s.combinations()
	for _, property := range s.plan.properties {
		list = append(list, property.Schema)
	}
	for _, part := range []*Schema{s.Items, s.Additional} {
		if part != nil {
			list = append(list, part)
		}
	}
	return list
}
