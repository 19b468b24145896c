package spec

import (
	"maps"
	"slices"
)

// A reader makes values of nodes, and keeps what cannot be read.
type reader struct {
	in  string
	bad []Violation
}

func (r *reader) refuse(field, rule, text string, s *Schema) {
	v := Violation{Field: field, In: r.in, Rule: rule, Text: text}
	if s != nil {
		v.Pointer = s.Pointer
	}
	r.bad = append(r.bad, v)
}

// structures are what a value of the schema may be, the likeliest first.
func structures(s *Schema, many bool) []structure {
	var has [3]bool
	if s != nil {
		s.each(map[*Schema]bool{}, func(part *Schema) {
			switch part.Type {
			case "array":
				has[list] = true
			case "object":
				has[object] = true
			case "":
			default:
				has[leaf] = true
			}
		})
	}
	order := []structure{leaf, list, object}
	if many {
		order = []structure{list, object, leaf}
	}
	if has == [3]bool{} {
		return order
	}
	return slices.DeleteFunc(order, func(sh structure) bool { return !has[sh] })
}

// choose reads what was sent as the first of the structures in which it fits the schema; else as the first that was sent.
func (r *reader) choose(s *Schema, field string, many bool, nodeOf func(structure) *node) any {
	var first any
	var firstBad []Violation
	tried := false
	all := structures(s, many)
	for _, sh := range all {
		n := nodeOf(sh)
		if n == nil {
			continue
		}
		try := reader{in: r.in}
		v := try.read(sh, n, s, field)
		if len(try.bad) == 0 && (len(all) == 1 || s == nil || s.violations(v, place{}) == nil) {
			return v
		}
		if !tried {
			first, firstBad, tried = v, try.bad, true
		}
	}
	r.bad = append(r.bad, firstBad...)
	return first
}

func (r *reader) read(sh structure, n *node, s *Schema, field string) any {
	switch sh {
	case list:
		return r.list(n, s, field)
	case object:
		return r.object(n, s, field)
	}
	switch {
	case n.parts != nil || len(n.texts) == 0:
		r.refuse(field, "type", typeText(typesIn(s)), s)
		return nil
	case len(n.texts) > 1:
		r.refuse(field, "duplicate", "must be given only once", s)
		return nil
	}
	return r.leaf(n.texts[0], s, field)
}

func typesIn(s *Schema) []string {
	if s == nil || s.Type == "" {
		return nil
	}
	return []string{s.Type}
}

func (r *reader) leaf(text string, s *Schema, field string) any {
	switch {
	case s == nil:
		return text
	case text == "" && s.Type != "string" && s.Type != "":
		r.refuse(field, "minLength", "must not be empty", s)
		return nil
	}
	p := Parameter{Name: field, In: r.in}
	kind := kindOf(s)
	if kind == kindParts {
		kind = kindAny
	}
	v, bad := p.value(kind, text, field, s)
	if bad != nil {
		r.bad = append(r.bad, *bad)
	}
	return v
}

// inside reads a part of a list or an object.
func (r *reader) inside(n *node, s *Schema, field string) any {
	return r.choose(s, field, len(n.texts) > 1 || n.parts != nil, func(structure) *node { return n })
}

func (r *reader) list(n *node, s *Schema, field string) any {
	var items *Schema
	s.eachPart(func(part *Schema) bool { items = part.Items; return items != nil })
	values := []any{}
	add := func(item *node) {
		values = append(values, r.inside(item, items, field+"["+itoa(len(values))+"]"))
	}
	for _, text := range n.texts {
		add(&node{texts: []string{text}})
	}
	names := make([]string, 0, len(n.parts))
	for name := range n.parts {
		if _, isIndex := parseInt(name); !isIndex && name != "" {
			r.refuse(field, "type", "must be an array", s)
			return nil
		}
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		i, _ := parseInt(a)
		j, _ := parseInt(b)
		return int(max(-1, min(1, i-j)))
	})
	for _, name := range names {
		part := n.parts[name]
		if name != "" || part.parts != nil {
			add(part)
			continue
		}
		for _, text := range part.texts {
			add(&node{texts: []string{text}})
		}
	}
	return values
}

func (r *reader) object(n *node, s *Schema, field string) any {
	if len(n.texts) > 0 {
		r.refuse(field, "type", "must be an object", s)
		return nil
	}
	values := make(map[string]any, len(n.parts))
	for _, name := range slices.Sorted(maps.Keys(n.parts)) {
		var property *Schema
		s.eachPart(func(in *Schema) bool {
			if property = in.Property(name); property == nil {
				property = in.Additional
			}
			return property != nil
		})
		values[name] = r.inside(n.parts[name], property, field+"."+name)
	}
	return values
}

// eachPart calls f for the schema and those that apply to the same value, until it is found what is looked for.
func (s *Schema) eachPart(f func(*Schema) bool) {
	if s == nil {
		return
	}
	found := false
	s.each(map[*Schema]bool{}, func(part *Schema) { found = found || f(part) })
}
