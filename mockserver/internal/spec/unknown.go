package spec

import (
	"encoding/json"
	"maps"
	"math/big"
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
		object := p.style.kind == kindKin && p.kin.Schema != nil
		switch {
		case p.Name == name:
			return true
		case object && p.kin.Style == "deepObject":
			if strings.HasPrefix(name, p.Name+"[") {
				return true
			}
		case object && p.kin.Explode == nil || object && *p.kin.Explode:
			if p.Schema.Property(name) != nil || p.Schema.Type == "object" && p.Schema.plan.open {
				return true
			}
		}
	}
	return false
}

// appendUnknown adds a name, and the known one nearest to it. That is looked for as long as somebody may read it: a body
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

// Nearest is the known name that was probably meant: the same but for case and punctuation, a beginning of it,
// or at most two typing errors away (one for short names).
func Nearest(name string, known []string) string {
	if len(name) > 64 {
		return ""
	}
	best, bestDistance := "", 3
	plain := plainName(name)
	for _, k := range known {
		p := plainName(k)
		if p == plain {
			return k
		}
		distance, limit := editDistance(plain, p), min(2, len(p)/3)
		if len(plain) >= 3 && strings.HasPrefix(p, plain) {
			distance, limit = min(distance, 2), 2
		}
		if distance <= limit && distance < bestDistance {
			best, bestDistance = k, distance
		}
	}
	return best
}

// plainName is a name in lower case, without the marks that styles of writing differ in.
func plainName(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
}

// editDistance counts the letters to insert, remove, replace, or to swap with their neighbour.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, previous := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range x {
		row := make([]int, len(y)+1)
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(previous[j]+cost, previous[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, previous = previous, row
	}
	return previous[len(y)]
}

// canonical returns the value with the numbers of integer schemas written as integers: 10 for 10.0 and 1e1.
func (s *Schema) canonical(v any) any {
	switch v := v.(type) {
	case json.Number:
		if s.Type == "integer" && !isDecimal(string(v)) {
			if f, ok := number(string(v)); ok {
				whole, _ := big.NewFloat(f).Int(nil)
				return json.Number(whole.String())
			}
		}
	case []any:
		for i := range v {
			if items := s.alternatives(func(x *Schema) *Schema { return x.Items }); len(items) == 1 {
				v[i] = items[0].canonical(v[i])
			}
		}
	case map[string]any:
		for name := range v {
			if property := s.alternatives(func(x *Schema) *Schema { return x.Property(name) }); len(property) == 1 {
				v[name] = property[0].canonical(v[name])
			} else if len(property) == 0 && s.Additional != nil {
				v[name] = s.Additional.canonical(v[name])
			}
		}
	}
	return v
}

// JSON returns the application/json body of a response, nil if it has none.
func (r *Response) JSON() *Media {
	for _, m := range r.Bodies {
		if isJSON(m.Type) {
			return m
		}
	}
	return nil
}

// Response returns the response for a status: the one of exactly this status, else of its class, else the default
// response, else nil.
func (op *Operation) Response(status int) *Response {
	var class, fallback *Response
	for _, r := range op.Responses {
		switch {
		case r.Status == status && !r.class:
			return r
		case r.class && r.Status/100 == status/100:
			class = r
		case r.Status == 0:
			fallback = r
		}
	}
	if class != nil {
		return class
	}
	return fallback
}

// Open reports whether the schema says that an object may have any other properties (additionalProperties is given and not false).
func (s *Schema) Open() bool { return s.plan.open }
