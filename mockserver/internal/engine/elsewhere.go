package engine

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// What is looked through for a value that was sent in another place than it belongs.
const (
	maxSearchedBody  = 64 << 10
	maxSearchedNames = 1000
	maxSearchedDepth = 3
)

// sent is a name that a request has, and where.
type sent struct{ in, name string }

// elsewhere says where a required value was sent instead of in its place: "; it was sent in the body as phoneId". It is "" where
// nothing like it was sent.
func (x *Exchange) elsewhere(in, name string) string {
	if x.makeSpecial().names == nil {
		x.special.names = x.sentNames()
	}
	same := func(s sent) bool { return sameName(name, lastStep(s.name)) && (s.in != in || s.name != name) }
	i := slices.IndexFunc(x.special.names, func(s sent) bool { return s.in != in && same(s) })
	if i < 0 {
		i = slices.IndexFunc(x.special.names, same)
	}
	if i < 0 {
		return ""
	}
	found := x.special.names[i]
	text := "; it was sent in the " + found.in
	if found.name != name {
		text += " as " + CutMiddle(found.name, maxWarningName)
	}
	return text
}

// sentNames are the names in query, body and header, in this order.
func (x *Exchange) sentNames() []sent {
	list := []sent{}
	add := func(in string, names ...string) {
		for _, name := range names {
			if len(list) < maxSearchedNames {
				list = append(list, sent{in, name})
			}
		}
	}
	query, _ := url.ParseQuery(x.Query) // what can be read of it
	add("query", slices.Sorted(maps.Keys(query))...)
	switch contentType := x.HTTP.Header.Get("Content-Type"); {
	case x.Form != nil:
		for _, f := range x.Form.Fields {
			add("body", f.Name)
		}
		for _, f := range x.Form.Files {
			add("body", f.Name)
		}
	case len(x.Body) > maxSearchedBody:
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		form, _ := url.ParseQuery(string(x.Body)) // what can be read of it
		add("body", slices.Sorted(maps.Keys(form))...)
	default:
		value, _ := spec.DecodeStrict(x.Body)
		add("body", propertyNames(value, "", maxSearchedDepth)...)
	}
	add("header", slices.Sorted(maps.Keys(x.HTTP.Header))...)
	return list
}

// propertyNames are the paths of all properties of a JSON value, those of an object before those inside of them.
func propertyNames(value any, path string, depth int) []string {
	object, _ := value.(map[string]any)
	var names, inside []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		names = append(names, path+name)
		if depth > 1 {
			inside = append(inside, propertyNames(object[name], path+name+".", depth-1)...)
		}
	}
	return append(names, inside...)
}

func lastStep(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// sameName compares names without regard to the style that they are written in: phone_number_id, phoneNumberId and
// X-Phone-Number-ID.
func sameName(a, b string) bool { return plainName(a) == plainName(b) }

func plainName(name string) string {
	name = strings.TrimPrefix(strings.ToLower(name), "x-")
	return strings.NewReplacer("_", "", "-", "", ".", "").Replace(name)
}
