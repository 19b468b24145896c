package collection

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// keys are what x-collection may say.
var keys = []string{
	"name", "key", "search", "search_parameter", "filters", "page", "limit", "default_limit", "unique", "order", "put",
}

// Compile compiles each x-collection of a document, in their order. An error is one line with file, line and reason.
func Compile(d *spec.Document, extensions []spec.Extension) ([]*Collection, error) {
	var all []*Collection
	names := map[string]string{}
	for _, x := range extensions {
		c := &compiler{document: d, source: x, made: &Collection{document: d, Pointer: x.Pointer}}
		c.compile()
		if other, taken := names[c.made.Name]; taken && c.err == nil {
			c.refuse("/name", "%s is also the name of the collection at %s", c.made.Name, other)
		}
		if c.err != nil {
			return nil, c.err
		}
		names[c.made.Name] = x.Path
		all = append(all, c.made)
	}
	return all, nil
}

// A compiler compiles one x-collection. The first error stays.
type compiler struct {
	document *spec.Document
	source   spec.Extension
	keys     map[string]any
	made     *Collection
	err      error
}

// refuse reports what is wrong with a part of x-collection.
func (c *compiler) refuse(part, format string, args ...any) {
	c.refuseAt(c.source.Pointer+part, "x-collection of %s: "+format, append([]any{c.source.Path}, args...)...)
}

func (c *compiler) refuseAt(pointer, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s:%d: %s", c.document.Name, max(1, c.document.Line(pointer)), fmt.Sprintf(format, args...))
	}
}

// isName reports whether a text is a name of a collection: lower-case letters, digits and _, a letter first, at most 64 of them.
func isName(text string) bool {
	return text != "" && len(text) <= 64 && text[0] >= 'a' && text[0] <= 'z' &&
		strings.IndexFunc(text, func(r rune) bool { return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) < 0
}

func (c *compiler) compile() {
	if c.source.Method != "" {
		c.refuse("", "belongs on the path, beside %s, not into it", c.source.Method)
		return
	}
	var object bool
	if c.keys, object = c.source.Value.(map[string]any); !object {
		c.refuse("", "must be a mapping with name and key")
		return
	}
	for _, key := range slices.Sorted(maps.Keys(c.keys)) {
		if !slices.Contains(keys, key) {
			c.refuse("/"+key, "%s is no known key; known are %s", key, strings.Join(keys, ", "))
		}
	}
	c.made.Name = c.text("name", true)
	if c.err == nil && !isName(c.made.Name) {
		c.refuse("/name", "name must be lower-case letters, digits and _, such as contact_groups")
	}
	for _, step := range []func(){c.operations, c.records, c.key, c.searching, c.filtering, c.paging, c.ordering} {
		if c.err == nil {
			step()
		}
	}
}

// text reads a key that is text.
func (c *compiler) text(key string, needed bool) string {
	value, there := c.keys[key]
	text, ok := value.(string)
	switch {
	case !there && !needed:
	case !there:
		c.refuse("", "%s is required", key)
	case !ok || text == "":
		c.refuse("/"+key, "%s must be text", key)
	}
	return text
}

// list reads a key that is a list of texts.
func (c *compiler) list(key string) []string {
	value, there := c.keys[key]
	if !there {
		return nil
	}
	items, ok := value.([]any)
	var list []string
	for _, item := range items {
		text, isText := item.(string)
		ok = ok && isText && !slices.Contains(list, text)
		list = append(list, text)
	}
	if !ok {
		c.refuse("/"+key, "%s must be a list of different names of properties", key)
	}
	return list
}

// operations finds what the paths have: the list's own, and the one with the id behind it.
func (c *compiler) operations() {
	m := c.made
	m.Operations, m.answers = map[Role]*spec.Operation{}, map[Role]*answer{}
	roles := map[string]Role{"GET": List, "POST": Create}
	itemRoles := map[string]Role{"GET": Read, "PUT": Put, "PATCH": Patch, "DELETE": Delete}
	prefix := strings.TrimSuffix(c.source.Path, "/") + "/{"
	for _, op := range c.document.Operations {
		id, isItem := strings.CutPrefix(op.Path, prefix)
		id = strings.TrimSuffix(id, "/")
		switch {
		case op.Path == c.source.Path && roles[op.Method] != "":
			m.Operations[roles[op.Method]] = op
		case isItem && strings.Index(id, "}") == len(id)-1 && itemRoles[op.Method] != "":
			m.Operations[itemRoles[op.Method]] = op
			m.idName = strings.TrimSuffix(id, "}")
		}
	}
	if len(m.Operations) == 0 {
		c.refuse("", "the path has no GET or POST, and there is no path %sid} with GET, PUT, PATCH or DELETE", prefix)
	}
	for _, role := range []Role{List, Read, Put, Patch, Create, Delete} {
		if op := m.Operations[role]; op != nil && c.err == nil {
			m.answers[role] = c.answer(role, op)
		}
	}
}

// scalar reports whether values of a schema can be compared.
func scalar(s *spec.Schema) bool { return s.Type != "array" && s.Type != "object" && s.Type != "" }

// comparable is a property that can be compared.
func (c *compiler) comparable(part, name string) *property {
	p := c.made.property(name)
	switch {
	case p == nil:
		c.refuse(part, "the records have no property %s; they have %s", name, c.made.names())
	case !scalar(p.schemas[0]):
		c.refuse(part, "the property %s must be a text, a number or a boolean", name)
	default:
		return p
	}
	return nil
}

func (c *compiler) key() {
	m := c.made
	m.Key = c.text("key", true)
	if c.err != nil {
		return
	}
	if p := c.comparable("/key", m.Key); p != nil {
		m.keyKind = p.kind
		if t := p.schemas[0].Type; t != "integer" && t != "string" {
			c.refuse("/key", "the key %s must be an integer or a string", m.Key)
		}
	}
}

func (c *compiler) searching() {
	m := c.made
	m.search = c.list("search")
	for i, name := range m.search {
		c.comparable(fmt.Sprintf("/search/%d", i), name)
	}
	m.searchTerm = c.text("search_parameter", false)
	if m.searchTerm == "" {
		m.searchTerm = "searchTerm"
	}
	if c.err == nil && len(m.search) > 0 {
		c.parameter("/search", m.searchTerm, "the search term; name another one with search_parameter")
	}
}

// parameter is a parameter of the list, which has to be there.
func (c *compiler) parameter(part, name, what string) *spec.Parameter {
	list := c.made.Operations[List]
	if list == nil {
		c.refuse(part, "there is no GET %s, which would have the parameter %s", c.source.Path, name)
		return nil
	}
	for _, p := range list.Parameters {
		if p.Name != name {
			continue
		}
		if p.Schema.Type == "array" || p.Schema.Type == "object" {
			c.refuse(part, "the parameter %s must be one value, not an %s", name, p.Schema.Type)
			return nil
		}
		return p
	}
	c.refuse(part, "the operation %s has no parameter %s (%s)", list.ID, name, what)
	return nil
}

var operators = []string{"=", ">=", "<="}

func (c *compiler) filtering() {
	value, there := c.keys["filters"]
	if !there {
		return
	}
	filters, ok := value.(map[string]any)
	if !ok {
		c.refuse("/filters", `filters must be a mapping from parameters to properties, such as {status: status, from_date: "created_at >="}`)
	}
	for _, name := range slices.Sorted(maps.Keys(filters)) {
		part := "/filters/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		text, _ := filters[name].(string)
		words := strings.Fields(text)
		if len(words) == 1 {
			words = append(words, "=")
		}
		if len(words) != 2 || !slices.Contains(operators, words[1]) {
			c.refuse(part, `%s must be a property, alone or with >= or <= behind it, such as "created_at >="`, name)
			return
		}
		f := filter{parameter: c.parameter(part, name, "a filter"), property: c.comparable(part, words[0]), operator: words[1]}
		if c.err != nil {
			return
		}
		if f.operator != "=" && f.property.kind == booleanKind {
			c.refuse(part, "the property %s is true or false: it cannot be compared with %s", words[0], words[1])
		}
		c.made.filters = append(c.made.filters, f)
		if !slices.Contains(c.made.filterable, f.property) {
			c.made.filterable = append(c.made.filterable, f.property)
		}
	}
}

func (c *compiler) paging() {
	m := c.made
	m.page, m.limit = c.text("page", false), c.text("limit", false)
	for part, name := range map[string]string{"/page": m.page, "/limit": m.limit} {
		if name == "" || c.err != nil {
			continue
		}
		if p := c.parameter(part, name, "of paging"); p != nil && p.Schema.Type != "integer" {
			c.refuse(part, "the parameter %s must be an integer", name)
		}
	}
	if c.err == nil && m.page != "" && m.limit == "" {
		c.refuse("/page", "page needs limit: name the parameter that says how many records a page has")
	}
	c.standardLimit()
}

// standardLimit is the limit when none is given: default_limit, else the parameter's own default, else 100.
func (c *compiler) standardLimit() {
	m := c.made
	limit, there := c.keys["default_limit"]
	if c.err != nil || m.limit == "" {
		if c.err == nil && there {
			c.refuse("/default_limit", "default_limit needs limit")
		}
		return
	}
	p := c.parameter("/limit", m.limit, "of paging")
	if !there {
		limit = p.Schema.Default
	}
	number, _ := limit.(json.Number)
	m.standard, _ = number.Int64()
	switch {
	case there && (m.standard < 1 || !p.Schema.Accepts(limit)):
		c.refuse("/default_limit", "default_limit must be a whole number that the parameter %s allows", m.limit)
	case m.standard < 1:
		m.standard = 100
	}
}

func (c *compiler) ordering() {
	m := c.made
	for i, name := range c.list("unique") {
		if p := c.comparable(fmt.Sprintf("/unique/%d", i), name); p != nil {
			m.unique = append(m.unique, p)
		}
	}
	order := c.text("order", false)
	if order == "" {
		order = m.Key
	}
	name, descending := strings.CutPrefix(order, "-")
	m.order, m.descending = c.comparable("/order", name), descending
	switch put := c.text("put", false); put {
	case "", "replace":
	case "merge":
		m.putMerges = true
	default:
		c.refuse("/put", "put must be replace or merge, not %s", put)
	}
}
