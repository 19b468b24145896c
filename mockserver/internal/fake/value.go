package fake

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/seed/corpus"
	"example.com/awalmock/mockserver/internal/spec"
)

// An UnsatisfiableError is a schema that no value was found for.
type UnsatisfiableError struct {
	Pointer string // of the schema in its document
	Reason  string
	Certain bool // its rules contradict each other: no search would find a value

	circle bool // only because it was made inside itself
}

func (e *UnsatisfiableError) Error() string {
	return fmt.Sprintf("%s: no value fits this schema: %s", e.Pointer, e.Reason)
}

// errSpent is the error when the search for a value took too many attempts.
var errSpent = errors.New("it has too many parts, or leaves so few values that none was found in " + strconv.Itoa(maxWork) +
	" attempts; give it fewer parts, or the answer an example")

// Bounds of the search for a value.
const (
	maxTries = 64      // for one schema
	maxWork  = 1 << 14 // for a value with everything in it
	maxDepth = 24      // of nesting; reached by cyclic schemas only
	maxItems = 1 << 13 // of a list, or of the properties of an object
	spares   = 4       // keys that are tried when one gives no value
)

// Value makes a value that fits the schema, in the form that spec.DecodeStrict gives: map[string]any, []any, json.Number,
// string, bool and nil. It is never null where the schema takes anything else.
//
// x-mock-value comes first, then an enum; a string or number without further rules takes its example; the
// rest is made by format, pattern, bounds and type. All properties are present except write-only ones; optional ones too
// unless they make the value endless or very large. The error is an *UnsatisfiableError.
//
// If Value makes a value for one key, it makes one for every key: when a key gives no value, the same spare keys are tried.
func Value(t *corpus.Tables, s *spec.Schema, k Key) (any, error) {
	v, _, err := value(t, s, k)
	return v, err
}

// value does what Value does, and returns the schemas that were used for its parts as well.
func value(t *corpus.Tables, s *spec.Schema, k Key) (any, map[*spec.Schema]bool, error) {
	limit := optionalDepth(s)
	var first error
	for spare := range int64(spares + 1) {
		if spare > 0 {
			k = Key{Kind: "spare", ID: spare}
		}
		g := &generator{tables: t, key: k, limit: limit, failed: map[*spec.Schema]*UnsatisfiableError{}, made: map[*spec.Schema]bool{}}
		v, err := g.value([]*spec.Schema{s}, k.Property)
		if err == nil {
			return v, g.made, nil
		}
		if first == nil {
			first = err
		}
		if u := (*UnsatisfiableError)(nil); errors.As(err, &u) && (u.Certain || u.circle) {
			break
		}
	}
	if errors.Is(first, errSpent) {
		first = &UnsatisfiableError{Pointer: s.Pointer, Reason: errSpent.Error()}
	}
	return nil, nil, first
}

// A generator makes one value.
type generator struct {
	tables *corpus.Tables
	key    Key
	limit  int            // the deepest level of optional objects and lists
	work   int            // attempts so far
	depth  int            // of the present value
	within []*spec.Schema // the schemas around the present value
	failed map[*spec.Schema]*UnsatisfiableError
	made   map[*spec.Schema]bool
}

// value makes the part of the value at a path. It fits each of the schemas.
func (g *generator) value(all []*spec.Schema, path string) (any, error) {
	s := all[0]
	if g.depth >= maxDepth {
		return nil, &UnsatisfiableError{Pointer: s.Pointer, Reason: "it contains itself without an end", circle: true}
	}
	if failure := g.failed[s]; failure != nil {
		return nil, failure
	}
	around := len(g.within)
	g.within = append(g.within, all...)
	g.depth++
	v, err := g.search(all, path)
	g.depth--
	g.within = g.within[:around]
	if err == nil {
		g.made[s] = true
		return v, nil
	}
	if u := (*UnsatisfiableError)(nil); len(all) == 1 && errors.As(err, &u) && !u.circle {
		g.failed[s] = u
	}
	return nil, err
}

func (g *generator) search(all []*spec.Schema, path string) (any, error) {
	var failure error
	var last any
	for try := range maxTries {
		if g.work++; g.work > maxWork {
			return nil, errSpent
		}
		f := g.faker(path, try)
		p := newMergedSchema(g, f)
		for _, s := range all {
			p.add(s, nil, 0)
		}
		v, err := g.attempt(p, all, path, try, f)
		switch {
		case err == nil && accept(all, v):
			return v, nil
		case err == nil:
			last = v
		case errors.Is(err, errSpent):
			return nil, err
		default:
			failure = err
		}
		if err != nil && !p.branched && p.typ != "" && p.mockValue == "" { // another try would give the same
			break
		}
	}
	if v, found := written(all); found {
		return v, nil
	}
	if failure != nil {
		return nil, failure
	}
	return nil, misfit(all, last)
}

func accept(all []*spec.Schema, v any) bool {
	for _, s := range all {
		if !s.Accepts(v) {
			return false
		}
	}
	return true
}

// written finds a value in the document if none could be made: an example, a default, or null.
func written(all []*spec.Schema) (any, bool) {
	for _, s := range all {
		for _, v := range [...]any{s.Example, s.Default} {
			if v != nil && accept(all, v) {
				return v, true
			}
		}
	}
	return nil, accept(all, nil)
}

// misfit returns an error about the value that was tried last.
func misfit(all []*spec.Schema, last any) error {
	p := newMergedSchema(nil, nil)
	for _, s := range all {
		p.add(s, nil, 0)
	}
	u := &UnsatisfiableError{Pointer: all[0].Pointer, Reason: p.contradiction()}
	if u.Reason != "" {
		u.Certain = true
		return u
	}
	u.Reason = "its rules contradict each other, or leave so little that it was not found"
	for _, s := range all {
		if violations := s.Violations(last); len(violations) > 0 {
			what := violations[0].Field
			if what == "body" {
				what = "a value"
			}
			u.Reason += " (" + what + " " + violations[0].Text + ")"
			break
		}
	}
	u.Reason += "; correct it, or give it an example that fits"
	return u
}

// inside reports whether a value of the schema is being made already, so that another one would start a circle.
func (g *generator) inside(s *spec.Schema) bool { return slices.Contains(g.within, s) }

// faker returns the source of randomness for a path and a try.
func (g *generator) faker(path string, try int) *gofakeit.Faker {
	k := g.key
	k.Property = path
	hi, lo := k.Source()
	return gofakeit.NewFaker(rand.NewPCG(hi, lo+uint64(try)), false)
}

func (g *generator) attempt(p *mergedSchema, all []*spec.Schema, path string, try int, f *gofakeit.Faker) (any, error) {
	if p.mockValue != "" && try < maxTries/2 {
		return g.named(p.mockValue, f)
	}
	if p.enum != nil {
		return p.word(all, f)
	}
	if p.example != nil && try == 0 && p.free() && accept(all, p.example) {
		return p.example, nil
	}
	if try > 0 { // the parts are made again as well
		path += "~" + strconv.Itoa(try)
	}
	switch p.kindAt(try) {
	case "object":
		return g.object(p, path, try)
	case "array":
		return g.array(p, f, path)
	case "integer":
		return integer(p, f)
	case "number":
		return number(p, f, try)
	case "boolean":
		return f.Bool(), nil
	default:
		return g.text(p, f, try)
	}
}

// word draws a value of the enum that fits everything else.
func (p *mergedSchema) word(all []*spec.Schema, f *gofakeit.Faker) (any, error) {
	fitting := slices.DeleteFunc(slices.Clone(p.enum), func(v any) bool { return !accept(all, v) })
	if len(fitting) > 0 {
		return oneOf(f, fitting), nil
	}
	u := &UnsatisfiableError{Pointer: all[0].Pointer, Reason: "no value of its enum fits its other rules", Certain: !p.branched}
	text, _ := json.Marshal(p.enum[0]) // a value of the document
	for _, s := range all {
		if violations := s.Violations(p.enum[0]); len(violations) > 0 {
			u.Reason += ": " + string(text) + " " + violations[0].Text
			break
		}
	}
	return nil, u
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
