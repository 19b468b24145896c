package fake

import "example.com/awalmock/mockserver/internal/spec"

// maxParts is how many parts a value may have before optional objects and lists in it are left out.
const maxParts = 1500

// optionalDepth returns the deepest level at which a value of the schema has optional objects and lists, so that it has at most maxParts parts.
func optionalDepth(s *spec.Schema) int {
	for _, limit := range [...]int{maxDepth, 8, 6, 5, 4, 3, 2, 1} {
		g := gauge{left: maxParts, limit: limit}
		g.count(s)
		if g.left > 0 {
			return limit
		}
	}
	return 0
}

// A gauge counts the parts that a value of a schema may have, up to a bound.
type gauge struct {
	left, limit int
	within      []*spec.Schema
}

func (g *gauge) count(s *spec.Schema) {
	if g.left--; g.left <= 0 || len(g.within) >= maxDepth {
		return
	}
	for _, around := range g.within {
		if around == s {
			return
		}
	}
	g.within = append(g.within, s)
	for _, property := range s.Properties {
		if property.Required || len(g.within) <= g.limit || !compound(property.Schema) {
			g.count(property.Schema)
		}
	}
	g.countBeside(s, 0)
	g.within = g.within[:len(g.within)-1]
}

// countBeside counts the parts of a schema other than its properties. Properties of an allOf are already among them.
func (g *gauge) countBeside(s *spec.Schema, depth int) {
	if s.Items != nil && s.MaxItems != 0 {
		for range max(2, min(s.MinItems, maxParts)) {
			g.count(s.Items)
		}
	}
	for _, branches := range [...][]*spec.Schema{s.OneOf, s.AnyOf} {
		for _, branch := range branches {
			g.count(branch)
		}
	}
	for _, part := range s.AllOf {
		if depth < maxMerge {
			g.countBeside(part, depth+1)
		}
	}
}
