package fake

import (
	"slices"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/spec"
)

// A mergedSchema is a schema with its allOf merged in, and one branch taken of each oneOf and anyOf. It need not be exact:
// every value made from it is checked against the schema itself.
type mergedSchema struct {
	generator *generator      // nil: no branch is chosen
	f         *gofakeit.Faker // draws the branches

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
	names                        []string // of the properties, in the order of the file
	required                     map[string]bool
	words                        map[string]string // what a property must be, by a discriminator
	extra                        bool              // additional properties have a schema
	items                        []*spec.Schema

	parts    []*spec.Schema // all that was merged
	others   []*spec.Schema // the alternatives of a oneOf that were not taken
	branched bool           // another draw may take another branch
	torn     bool           // two parts have different types
}

func newMergedSchema(g *generator, f *gofakeit.Faker) *mergedSchema {
	return &mergedSchema{generator: g, f: f, maxLength: -1, maxItems: -1, maxProperties: -1, required: map[string]bool{}, words: map[string]string{}}
}

// maxMerge ends an allOf that contains itself.
const maxMerge = 16

// add merges a schema in. owner is the schema whose allOf contains it, nil if there is none.
func (p *mergedSchema) add(s, owner *spec.Schema, depth int) {
	if depth > maxMerge || slices.Contains(p.parts, s) {
		return
	}
	p.parts = append(p.parts, s)
	p.addWords(s)
	p.addBounds(s)
	p.addProperties(s)
	if owner == nil || s.Discriminator != nil && s.Discriminator.Word(owner) == "" {
		owner = s
	}
	if s.Discriminator != nil && len(s.OneOf)+len(s.AnyOf) == 0 {
		p.setWord(s.Discriminator, owner)
		p.takeMapped(s, owner, depth)
	}
	for _, part := range s.AllOf {
		p.add(part, owner, depth+1)
	}
	for _, branches := range [...][]*spec.Schema{s.OneOf, s.AnyOf} {
		if len(branches) == 0 {
			continue
		}
		p.branched = p.branched || len(branches) > 1
		if p.generator == nil {
			continue
		}
		taken := p.generator.branch(branches, p.f)
		if s.Discriminator != nil {
			p.setWord(s.Discriminator, taken)
			p.require(s.Discriminator.Property) // the alternatives differ only by it
		}
		if len(s.OneOf) > 0 {
			p.others = append(p.others, slices.DeleteFunc(slices.Clone(s.OneOf), func(x *spec.Schema) bool { return x == taken })...)
		}
		p.add(taken, nil, depth+1)
	}
}

// takeMapped takes an alternative that only the mapping of a discriminator names, if the schema is used directly and is
// none of them.
func (p *mergedSchema) takeMapped(s, owner *spec.Schema, depth int) {
	d := s.Discriminator
	if p.generator == nil || owner != s || len(d.Mapped) == 0 || d.Word(s) != "" {
		return
	}
	taken := p.generator.branch(d.Mapped, p.f)
	p.branched = p.branched || len(d.Mapped) > 1
	p.setWord(d, taken)
	p.add(taken, nil, depth+1)
}

func (p *mergedSchema) setWord(d *spec.Discriminator, alternative *spec.Schema) {
	if p.words[d.Property] == "" {
		p.words[d.Property] = d.Word(alternative)
	}
}

// branch draws an alternative. At a deep level it prefers one that does not contain the schemas around it.
func (g *generator) branch(branches []*spec.Schema, f *gofakeit.Faker) *spec.Schema {
	taken := branches[f.Number(0, len(branches)-1)]
	if g.depth > 4 && g.inside(taken) {
		if i := slices.IndexFunc(branches, func(s *spec.Schema) bool { return !g.inside(s) }); i >= 0 {
			return branches[i]
		}
	}
	return taken
}

func (p *mergedSchema) addWords(s *spec.Schema) {
	p.torn = p.torn || p.typ != "" && s.Type != "" && p.typ != s.Type && !(isNumeric(p.typ) && isNumeric(s.Type))
	set(&p.typ, s.Type)
	set(&p.format, s.Format)
	set(&p.mockValue, s.MockValue)
	if s.Type == "integer" { // narrower than number
		p.typ = s.Type
	}
	if pattern := s.GoPattern(); pattern != "" {
		p.patterns = append(p.patterns, pattern)
	}
	if len(s.Enum) > 0 && (p.enum == nil || len(s.Enum) < len(p.enum)) {
		p.enum = s.Enum
	}
	if p.example == nil {
		p.example = s.Example
	}
}

func isNumeric(typ string) bool { return typ == "integer" || typ == "number" }

// set keeps the first text that is not empty.
func set(to *string, text string) {
	if *to == "" {
		*to = text
	}
}

func (p *mergedSchema) addBounds(s *spec.Schema) {
	if s.Minimum != nil && (p.low == nil || *s.Minimum >= *p.low) {
		p.low, p.lowExclusive = s.Minimum, s.ExclusiveMinimum
	}
	if s.Maximum != nil && (p.high == nil || *s.Maximum <= *p.high) {
		p.high, p.highExclusive = s.Maximum, s.ExclusiveMaximum
	}
	if s.MultipleOf != nil {
		p.multipleOf = common(p.multipleOf, *s.MultipleOf)
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

func (p *mergedSchema) addProperties(s *spec.Schema) {
	for _, property := range s.Properties {
		p.know(property.Name)
		p.required[property.Name] = p.required[property.Name] || property.Required
	}
	for _, name := range s.Required {
		p.require(name)
	}
	p.extra = p.extra || s.Additional != nil
	if s.Items != nil && !slices.Contains(p.items, s.Items) {
		p.items = append(p.items, s.Items)
	}
}

func (p *mergedSchema) know(name string) {
	if _, known := p.required[name]; !known {
		p.names = append(p.names, name)
		p.required[name] = false
	}
}

func (p *mergedSchema) require(name string) {
	p.know(name)
	p.required[name] = true
}

// A member is what all parts say about a member of the object.
type member struct {
	schemas   []*spec.Schema
	writeOnly bool
	ruledOut  string // the pointer of the part that does not allow it
}

func (p *mergedSchema) member(name string) member {
	var all member
	for _, part := range p.parts {
		s, allowed := part.Member(name)
		if !allowed {
			all.ruledOut = part.Pointer
		}
		if s != nil && !slices.Contains(all.schemas, s) {
			all.schemas = append(all.schemas, s)
			all.writeOnly = all.writeOnly || s.WriteOnly
		}
	}
	return all
}

// kind is the type to make: the schema's, or the one that its other rules are about.
func (p *mergedSchema) kind() string {
	switch {
	case p.typ != "":
		return p.typ
	case len(p.names) > 0 || p.minProperties > 0 || p.extra:
		return "object"
	case len(p.items) > 0 || p.minItems > 0:
		return "array"
	case p.low != nil || p.high != nil || p.multipleOf != nil:
		return "number"
	}
	return "string"
}

// kindAt is the type to make at a try: without a type, other types than the likely one may fit.
func (p *mergedSchema) kindAt(try int) string {
	kinds := [...]string{p.kind(), "string", "integer", "boolean", "object", "array", "number"}
	if p.typ != "" {
		return p.typ
	}
	return kinds[try%len(kinds)]
}

// free reports whether the schema has no rules other than type and length. Its example is then the best value.
func (p *mergedSchema) free() bool {
	switch p.kind() {
	case "string":
		return len(p.patterns) == 0 && p.format == ""
	case "integer", "number":
		return p.low == nil && p.high == nil && p.multipleOf == nil
	}
	return false
}

// full reports whether an object may have no further optional property. Required ones that are still missing are counted.
func (p *mergedSchema) full(value map[string]any) bool {
	if p.maxProperties < 0 {
		return false
	}
	properties := len(value)
	for name, is := range p.required {
		if _, there := value[name]; is && !there {
			properties++
		}
	}
	return properties >= p.maxProperties
}

// contradiction returns the reason why no value can fit, or "" if there may be one.
func (p *mergedSchema) contradiction() string {
	text := strconv.Itoa
	switch {
	case p.torn:
		return "it must be of two types at once"
	case p.low != nil && p.high != nil && (*p.low > *p.high || *p.low == *p.high && (p.lowExclusive || p.highExclusive)):
		return "no number lies between its minimum and its maximum"
	case p.maxLength >= 0 && p.minLength > p.maxLength:
		return "its minLength " + text(p.minLength) + " is above its maxLength " + text(p.maxLength)
	case p.maxItems >= 0 && p.minItems > p.maxItems:
		return "its minItems " + text(p.minItems) + " is above its maxItems " + text(p.maxItems)
	case p.maxProperties >= 0 && p.minProperties > p.maxProperties:
		return "its minProperties " + text(p.minProperties) + " is above its maxProperties " + text(p.maxProperties)
	}
	return ""
}

// bounds returns the lowest and the highest number, both included. step is the distance between two possible numbers.
func (p *mergedSchema) bounds(step float64) (low, high float64) {
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
