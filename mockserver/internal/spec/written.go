package spec

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/mockserver/internal/strictjson"
)

// A written says how a parameter, or a property of a form, is written: OpenAPI's style and explode. A style alone does not say
// what a text means: "a,b" may be a text or a list of two. So it is read by what the schema wants.
type written struct {
	name, in string
	style    string // "simple", "label", "matrix", "form", "spaceDelimited", "pipeDelimited", "deepObject"
	explode  bool
	schema   *Schema
	// taken reports whether another parameter has the name: an object that is spread over a query has what is left.
	taken func(name string) bool
}

// A structure is what a value is made of.
type structure uint8

const (
	leaf structure = iota
	list
	object
)

// A node is what was sent under a name: texts, and parts with names of their own (a[b]=1).
type node struct {
	texts []string
	parts map[string]*node
}

func (n *node) part(name string) *node {
	if n.parts == nil {
		n.parts = map[string]*node{}
	}
	if n.parts[name] == nil {
		n.parts[name] = &node{}
	}
	return n.parts[name]
}

// howWritten is the style of a parameter of OpenAPI.
func howWritten(kin *openapi3.Parameter, s *Schema) written {
	w := written{name: kin.Name, in: kin.In, style: kin.Style, schema: s}
	if w.style == "" {
		w.style = "simple"
		if kin.In == "query" || kin.In == "cookie" {
			w.style = "form"
		}
	}
	w.explode = w.style == "form"
	if kin.Explode != nil {
		w.explode = *kin.Explode
	}
	return w
}

// delimiter is what a list in one text is cut at.
func (w *written) delimiter() string {
	switch w.style {
	case "spaceDelimited":
		return " "
	case "pipeDelimited":
		return "|"
	}
	return ","
}

// node is what was sent for a value of a structure; nil if nothing was. ok is false if it is not written as the style asks.
func (w *written) node(wanted structure, texts []string, all url.Values) (n *node, ok bool) {
	switch w.style {
	case "deepObject":
		return w.deep(texts, all)
	case "label", "matrix", "simple":
		if len(texts) == 0 {
			return nil, true
		}
		return w.inPath(wanted, strings.Join(texts, ",")) // several header lines are one list
	}
	switch {
	case wanted == object && w.explode:
		return w.spread(all), true
	case len(texts) == 0:
		return nil, true
	case wanted == object:
		return pairs(cut(strings.Join(texts, w.delimiter()), w.delimiter()))
	case wanted == list && !w.explode:
		return &node{texts: cut(strings.Join(texts, w.delimiter()), w.delimiter())}, true
	}
	return &node{texts: texts}, true
}

func cut(text, at string) []string { return strings.Split(text, at) }

// inPath reads what is in one text of a path or header.
func (w *written) inPath(wanted structure, text string) (*node, bool) {
	between := ","
	switch w.style {
	case "label": // .blue.black, .R=100.G=200
		if !strings.HasPrefix(text, ".") {
			return nil, false
		}
		text = text[1:]
		if w.explode || !strings.Contains(text, ",") { // OpenAPI 3.0.3 shows dots without explode, RFC 6570 commas
			between = "."
		}
	case "matrix": // ;color=blue;color=black, ;R=100;G=200
		return w.matrix(wanted, text)
	}
	if wanted == leaf {
		return &node{texts: []string{text}}, true
	}
	items := cut(text, between)
	if w.in == "header" { // HTTP allows space around the commas of a list
		for i := range items {
			items[i] = strings.TrimSpace(items[i])
		}
	}
	switch {
	case wanted == list:
		return &node{texts: items}, true
	case w.explode:
		return assignments(items)
	}
	return pairs(items)
}

func (w *written) matrix(wanted structure, text string) (*node, bool) {
	if !strings.HasPrefix(text, ";") {
		return nil, false
	}
	items := cut(text[1:], ";")
	if wanted == object && w.explode {
		return assignments(items)
	}
	n := &node{}
	for _, item := range items {
		name, value, _ := strings.Cut(item, "=")
		if name != w.name {
			return nil, false
		}
		n.texts = append(n.texts, value)
	}
	switch {
	case wanted == leaf || w.explode:
		return n, true
	case len(n.texts) > 1:
		return nil, false
	case wanted == list:
		return &node{texts: cut(n.texts[0], ",")}, true
	}
	return pairs(cut(n.texts[0], ","))
}

// pairs reads names and values that follow each other: R,100,G,200.
func pairs(items []string) (*node, bool) {
	if len(items)%2 != 0 {
		return nil, false
	}
	n := &node{parts: map[string]*node{}}
	for i := 0; i < len(items); i += 2 {
		part := n.part(items[i])
		part.texts = append(part.texts, items[i+1])
	}
	return n, true
}

// assignments reads R=100 and G=200.
func assignments(items []string) (*node, bool) {
	n := &node{parts: map[string]*node{}}
	for _, item := range items {
		name, value, ok := strings.Cut(item, "=")
		if !ok {
			return nil, false
		}
		part := n.part(name)
		part.texts = append(part.texts, value)
	}
	return n, true
}

// spread reads an object whose properties are parameters of their own.
func (w *written) spread(all url.Values) *node {
	var n *node
	for name, texts := range all {
		if w.has(name) {
			if n == nil {
				n = &node{}
			}
			n.part(name).texts = texts
		}
	}
	return n
}

// has reports whether a name in a query is a property of the object that is spread over it.
func (w *written) has(name string) bool {
	found := false
	w.schema.each(map[*Schema]bool{}, func(part *Schema) {
		found = found || part.Property(name) != nil || part.plan.open && !w.taken(name)
	})
	return found
}

// deep reads name[a][b]=1. Lists may be written as name[a]=1&name[a]=2, name[a][]=1 or name[a][0]=1: OpenAPI leaves it open.
func (w *written) deep(texts []string, all url.Values) (*node, bool) {
	root := &node{texts: texts}
	for name, values := range all {
		rest, ok := strings.CutPrefix(name, w.name+"[")
		if !ok {
			continue
		}
		steps, ok := strings.CutSuffix(rest, "]")
		if !ok {
			return nil, false
		}
		at := root
		names := cut(steps, "][")
		if len(names) > strictjson.MaxDepth || strings.ContainsAny(strings.Join(names, ""), "[]") {
			return nil, false
		}
		for _, step := range names {
			at = at.part(step)
		}
		at.texts = append(at.texts, values...)
	}
	if root.texts == nil && root.parts == nil {
		return nil, true
	}
	return root, true
}

// value reads the value. there is false if nothing was sent.
func (w *written) value(r *reader, texts []string, all url.Values) (v any, there bool) {
	broken := false
	nodeOf := func(wanted structure) *node {
		n, ok := w.node(wanted, texts, all)
		broken = broken || !ok
		there = there || !ok || n != nil
		return n
	}
	v = r.choose(w.schema, w.name, len(texts) > 1, nodeOf)
	if broken && len(r.bad) == 0 && v == nil {
		r.refuse(w.name, "type", "is not written as the document says (style "+w.style+", explode "+strconv.FormatBool(w.explode)+")", w.schema)
	}
	return v, there
}

// Takes reports whether a text is a value of the header.
func (h *ResponseHeader) Takes(text string) bool {
	r := reader{in: "header"}
	v := r.leaf(text, h.Schema, h.Name)
	return len(r.bad) == 0 && h.Schema.Accepts(v)
}
