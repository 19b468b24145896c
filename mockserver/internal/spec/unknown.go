package spec

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// An Unknown is a query parameter or a JSON property that the document does not have.
type Unknown struct {
	In      string // "query" or "body"
	Name    string // as sent, not escaped; a property's path ("location.lat")
	Nearest string // the known name that was probably meant, "" if none is near; looked for at the first 100 only
}

// Property returns the schema of a property, allOf's included; nil if the schema has none of this name.
func (s *Schema) Property(name string) *Schema {
	for i := range s.Properties {
		if s.Properties[i].Name == name {
			return s.Properties[i].Schema
		}
	}
	return nil
}

// Place returns where a parameter of this name belongs, "" if the operation has none.
func (op *Operation) Place(name string) string {
	for _, p := range op.Parameters {
		if p.Name == name {
			return p.In
		}
	}
	return ""
}

// unknownQuery lists the names in a query that no parameter of the operation has.
func (op *Operation) unknownQuery(values url.Values) []Unknown {
	var list []Unknown
	known := make([]string, 0, len(op.queries))
	for _, index := range op.queries {
		known = append(known, op.Parameters[index].Name)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !op.knowsQuery(name) && !op.isCredential(name) {
			list = appendUnknown(list, Unknown{In: "query", Name: name}, name, known)
		}
	}
	return list
}

// knowsQuery also knows the names of which an object's parts are sent: filter[from], or from.
func (op *Operation) knowsQuery(name string) bool {
	for _, index := range op.queries {
		p := op.Parameters[index]
		if p.Name == name {
			return true
		}
		if p.style.kind != kindParts || p.kin.Schema == nil {
			continue
		}
		w := howWritten(p.kin, p.Schema)
		w.taken = func(string) bool { return false }
		switch {
		case w.style == "deepObject" && strings.HasPrefix(name, p.Name+"["), w.style != "deepObject" && w.explode && w.has(name):
			return true
		}
	}
	return false
}

// appendUnknown adds a name, and the known one nearest to it. The nearest name is looked for at the first hundred only: a body
// can have 100,000 names.
func appendUnknown(list []Unknown, u Unknown, name string, known []string) []Unknown {
	if len(list) < maxViolations {
		u.Nearest = Nearest(name, known)
	}
	return append(list, u)
}

// unknown appends the properties in a value that its schema does not name, where the schema is silent about
// additional ones.
func (s *Schema) unknown(list []Unknown, v any, path string) []Unknown {
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			if items := s.alternatives(func(x *Schema) *Schema { return x.Items }); len(items) > 0 {
				list = items[0].unknown(list, item, path+"["+itoa(i)+"]")
			}
		}
	case map[string]any:
		if s.Type != "" && s.Type != "object" {
			break // the object itself is wrong, and said to be
		}
		known, open := s.names()
		for _, name := range slices.Sorted(maps.Keys(v)) {
			here := name
			if path != "" {
				here = path + "." + name
			}
			property := s.alternatives(func(x *Schema) *Schema { return x.Property(name) })
			switch {
			case len(property) == 1:
				list = property[0].unknown(list, v[name], here)
			case len(property) == 0 && !open:
				list = appendUnknown(list, Unknown{In: "body", Name: here}, name, known)
			}
		}
	}
	return list
}

// alternatives gathers a part of a schema and of all that it is combined of.
func (s *Schema) alternatives(part func(*Schema) *Schema) []*Schema {
	var list []*Schema
	s.each(map[*Schema]bool{}, func(x *Schema) {
		if found := part(x); found != nil && !slices.Contains(list, found) {
			list = append(list, found)
		}
	})
	return list
}

// names are the properties of a schema and of all that it is combined of; open if one of them allows any name.
func (s *Schema) names() (names []string, open bool) {
	s.each(map[*Schema]bool{}, func(x *Schema) {
		for _, p := range x.plan.properties {
			names = append(names, p.Name)
		}
		open = open || x.plan.open || x.plan.empty
	})
	return names, open
}

// Takes reports whether a body may give a property: a schema, or one that it is combined of, names it or leaves the names open. A body's
// other properties are reported as Unknown.
func (s *Schema) Takes(name string) bool {
	takes := false
	s.each(map[*Schema]bool{}, func(x *Schema) {
		takes = takes || x.Property(name) != nil || x.plan.open || x.plan.empty
	})
	return takes
}

// each calls f for a schema and for all that it is combined of.
func (s *Schema) each(seen map[*Schema]bool, f func(*Schema)) {
	if seen[s] {
		return
	}
	seen[s] = true
	f(s)
	for _, list := range [][]*Schema{s.AllOf, s.OneOf, s.AnyOf} {
		for _, part := range list {
			part.each(seen, f)
		}
	}
}

// Open reports whether the schema says that an object may have any other properties (additionalProperties is given and not false).
func (s *Schema) Open() bool { return s.plan.open }
