package fake

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/spec"
)

// An Unsatisfiable is a schema that no value was found for.
type Unsatisfiable struct {
	Pointer string // where the schema stands in its document
	Reason  string
}

func (e *Unsatisfiable) Error() string {
	return fmt.Sprintf("%s: no value fits this schema: %s", e.Pointer, e.Reason)
}

// errSpent tells a schema that no part of it can be made any more.
var errSpent = errors.New("too many attempts")

// Bounds of the search for a value.
const (
	maxTries = 64   // for one schema
	maxWork  = 4096 // for a value with everything in it
	maxDepth = 24   // of nesting; reached by cyclic schemas only
)

// Value makes a value that fits the schema, in the form that spec.DecodeStrict gives: map[string]any, []any, json.Number,
// string, bool and nil. It is never null where the schema takes anything else.
//
// x-mock-value comes first, then an enum; a string or number that the schema says nothing else about takes its example; the
// rest is made by format, pattern, bounds and type. All properties are there, optional ones too, as far as they do not
// make the value endless. The error is an *Unsatisfiable.
func (t *Tables) Value(s *spec.Schema, k Key) (any, error) {
	m := &maker{tables: t, key: k}
	return m.value(s, k.Property)
}

// A maker makes one value.
type maker struct {
	tables *Tables
	key    Key
	work   int            // attempts so far
	within []*spec.Schema // the schemas around the present one
}

// value makes the part of the value that stands at path.
func (m *maker) value(s *spec.Schema, path string) (any, error) {
	if len(m.within) >= maxDepth {
		return nil, &Unsatisfiable{s.Pointer, "it contains itself without an end"}
	}
	if m.work >= maxWork {
		return nil, errSpent
	}
	m.within = append(m.within, s)
	defer func() { m.within = m.within[:len(m.within)-1] }()
	var failure error
	for try := 0; try < maxTries && m.work < maxWork; try++ {
		m.work++
		v, err := m.attempt(s, path, try)
		switch {
		case err == nil && s.Accepts(v):
			return v, nil
		case errors.Is(err, errSpent): // by this schema: the parts of it were made often enough
		case err != nil:
			failure = err
		}
	}
	if failure != nil {
		return nil, failure
	}
	return nil, &Unsatisfiable{s.Pointer, "its rules contradict each other, or leave so little that it was not found"}
}

// inside tells whether the schema is being made already, which would start a circle.
func (m *maker) inside(s *spec.Schema) bool { return slices.Contains(m.within, s) }

// faker is the source of chance for a place and a try.
func (m *maker) faker(path string, try int) *gofakeit.Faker {
	k := m.key
	k.Property = path
	hi, lo := k.Source()
	return gofakeit.NewFaker(rand.NewPCG(hi, lo+uint64(try)), false)
}

func (m *maker) attempt(s *spec.Schema, path string, try int) (any, error) {
	f := m.faker(path, try)
	p := newPlain()
	p.add(s, f, 0)
	if p.mockValue != "" && try < maxTries/2 {
		return m.named(p.mockValue, f)
	}
	if p.enum != nil {
		return oneOf(f, p.enum), nil
	}
	if p.example != nil && try == 0 && p.free() && s.Accepts(p.example) {
		return p.example, nil
	}
	switch p.kind() {
	case "object":
		return m.object(p, path)
	case "array":
		return m.array(p, f, path)
	case "integer":
		return integer(p, f)
	case "number":
		return number(p, f, try)
	case "boolean":
		return f.Bool(), nil
	default:
		return m.text(p, f, try)
	}
}

// oneOf draws an element, null only if there is nothing else.
func oneOf(f *gofakeit.Faker, choices []any) any {
	start := f.Number(0, len(choices)-1)
	for i := range choices {
		if v := choices[(start+i)%len(choices)]; v != nil {
			return v
		}
	}
	return nil
}

func (m *maker) object(p *plain, path string) (any, error) {
	value := map[string]any{}
	for _, property := range p.properties {
		required := p.required[property.Name]
		if !required && (m.inside(property.Schema) || property.Schema.WriteOnly || p.full(len(value))) {
			continue
		}
		if m.inside(property.Schema) && property.Schema.Nullable {
			value[property.Name] = nil
			continue
		}
		part, err := m.value(property.Schema, path+"."+property.Name)
		switch {
		case err == nil:
			value[property.Name] = part
		case required:
			return nil, err
		}
	}
	for i := 1; len(value) < p.minProperties; i++ {
		name := "property" + strconv.Itoa(i)
		if _, taken := value[name]; taken {
			continue
		}
		if p.additional == nil {
			value[name] = "value " + strconv.Itoa(i)
			continue
		}
		part, err := m.value(p.additional, path+"."+name)
		if err != nil {
			return nil, err
		}
		value[name] = part
	}
	return value, nil
}

func (m *maker) array(p *plain, f *gofakeit.Faker, path string) (any, error) {
	length := m.length(p, f)
	if p.items == nil {
		return anything(length), nil
	}
	value := make([]any, 0, length)
	seen := map[string]bool{}
	for i := 0; len(value) < length; i++ {
		if i == length+maxTries {
			return value, nil // whether it is long enough is for the caller's check to say
		}
		part, err := m.value(p.items, path+"["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		if p.unique {
			text, _ := json.Marshal(part) // it is made of marshalable parts only
			if seen[string(text)] {
				continue
			}
			seen[string(text)] = true
		}
		value = append(value, part)
	}
	return value, nil
}

// anything is a list of what no schema is given for.
func anything(length int) []any {
	value := make([]any, length)
	for i := range value {
		value[i] = "value " + strconv.Itoa(i+1)
	}
	return value
}

// length draws an array's length: one to three elements, if the bounds take that, and none of what would start a circle.
func (m *maker) length(p *plain, f *gofakeit.Faker) int {
	low, high := max(p.minItems, 1), max(p.minItems, 3)
	if p.items != nil && m.inside(p.items) {
		low, high = p.minItems, p.minItems
	}
	if p.maxItems >= 0 {
		low, high = min(low, p.maxItems), min(high, p.maxItems)
	}
	return f.Number(low, max(low, high))
}
