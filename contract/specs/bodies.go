package specs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// bodyChecks are generated from the schemas of request bodies: each bound is tried at itself and one beyond, each required property is left
// out, each type and word is replaced by a wrong one. A new property or operation needs no code here.
func bodyChecks(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Commands() {
		for _, b := range op.Bodies {
			w := &bodyWalk{op: op, body: b, groups: map[string][]bodyChange{}}
			w.walk(b.Schema, "", nil)
			w.whole()
			w.nothing()
			for _, id := range w.order {
				changes := w.groups[id]
				text := fmt.Sprintf("%s takes %s bodies as its schema says (%s)", op.ID, b.Media, id[strings.LastIndexByte(id, '.')+1:])
				out = append(out, &run.Case{
					ID: id, Requirement: doc.RequirementFor(op, id, changes[0].stated, text, b.Place), Title: text, Operation: op.ID, Capability: op.Capability,
					Writes: true, Beside: true, Way: "body", Run: asCase(func(t *T) error { return t.tryBodies(op, b, changes) }),
				})
			}
		}
	}
	return out
}

// A bodyChange makes another body of a valid one. It is accepted, or refused with 400.
type bodyChange struct {
	stated string // the requirement of the contract that says so, "" for the schema alone
	what   string
	path   []any // of property names and indexes
	value  any   // instead of what is there; gone to take it out
	raw    func(valid *exchange.Request) *exchange.Request
	valid  bool
	level  string // weaker than the requirement's, "" for the same
}

// gone takes a property out.
type gone struct{}

type bodyWalk struct {
	op     *document.Operation
	body   *document.Body
	groups map[string][]bodyChange // by case id
	order  []string
	above  []*openapi3.Schema // those that the walk is inside of: a schema may refer to itself
	made   int
}

// add puts a change into the case of its keyword, or of its property too where the contract has a requirement for just that.
func (w *bodyWalk) add(keyword string, c bodyChange) {
	if w.made++; w.made > document.MostChanges {
		return
	}
	code := "body"
	if w.body.Media == exchange.MediaForm {
		code = "form"
	}
	id := w.op.ID + "." + code + "." + keyword
	var names []string
	for _, step := range c.path {
		if name, ok := step.(string); ok {
			names = append(names, name)
		}
	}
	if requirement, property := statedOf(w.op.ID, strings.Join(names, "."), keyword); requirement != "" {
		c.stated = requirement
		if property != "" {
			id = w.op.ID + "." + code + "." + property + "." + keyword
		}
	}
	if w.groups[id] == nil {
		w.order = append(w.order, id)
	}
	w.groups[id] = append(w.groups[id], c)
}

// statedOf finds the requirement of the contract for a keyword of a property; property is "" where it is for all properties of the operation.
func statedOf(op, path, keyword string) (requirement, property string) {
	for _, s := range []struct{ op, path, keyword, requirement string }{
		{"sendTextMessage", "body", "maxLength", "SEND-TEXT-LENGTH"},
		{"sendTextMessage", "phone", "pattern", "SEND-PHONE-FORM"},
		{"sendMediaMessage", "link", "pattern", "SEND-MEDIA-LINK"},
		{"sendMediaMessage", "type", "enum", "SEND-MEDIA-TYPE-WORDS"},
		{"sendTemplateMessage", "header_type", "enum", "SEND-TEMPLATE-HEADER-TYPE"},
		{"sendTemplateMessage", "header_type", "required", "SEND-TEMPLATE-HEADER-TYPE"},
		{"sendTemplateMessage", "", "content", "SEND-TEMPLATE-PARAMETERS-JSON"},
		{"sendButtonMessage", "", "maxLength", "SEND-BUTTON-LENGTHS"},
		{"sendButtonMessage", "", "items", "SEND-BUTTON"},
		{"sendButtonMessage", "", "unique", "SEND-BUTTON-ID-UNIQUE"},
		{"sendListMessage", "", "maxLength", "SEND-LIST-LENGTHS"},
		{"sendListMessage", "", "items", "SEND-LIST"},
		{"sendListMessage", "", "unique", "SEND-LIST-ID-UNIQUE"},
		{"sendLocationMessage", "", "bounds", "SEND-LOCATION-BOUNDS"},
		{"updateTicket", "route", "enum", "TICKET-ROUTE"},
		{"updateTicket", "route", "required", "TICKET-ROUTE"},
	} {
		if s.op == op && s.keyword == keyword && (s.path == "" || s.path == path) {
			return s.requirement, s.path
		}
	}
	if op == "sendLocationMessage" && keyword == "required" && strings.HasPrefix(path, "location.") {
		return "SEND-LOCATION", "location"
	}
	return "", ""
}

func (w *bodyWalk) walk(ref *openapi3.SchemaRef, name string, path []any) {
	if ref == nil || ref.Value == nil || slices.Contains(w.above, ref.Value) || len(w.above) > document.MostNested || w.made > document.MostChanges {
		return
	}
	w.above = append(w.above, ref.Value)
	defer func() { w.above = w.above[:len(w.above)-1] }()
	schema := document.Effective(ref)
	at := func(keyword, what string, value any, valid bool) {
		w.add(keyword, bodyChange{what: fmt.Sprintf("%s %s", cmp.Or(showPath(path), "the body"), what), path: path, value: value, valid: valid})
	}
	switch {
	case schema.Format == "binary":
		return
	case schema.Type.Is("object"):
		for _, property := range slices.Sorted(maps.Keys(schema.Properties)) {
			below := append(slices.Clone(path), property)
			if slices.Contains(schema.Required, property) {
				w.add("required", bodyChange{what: "without " + showPath(below), path: below, value: gone{}})
			} else if value := optional(schema, property); value != nil {
				w.add("optional", bodyChange{what: "with " + showPath(below), path: below, value: value, valid: true})
			}
			w.walk(schema.Properties[property], property, below)
		}
	case schema.Type.Is("array"):
		w.array(schema, name, path, at)
	case schema.Type.Is("string"):
		w.text(schema, name, path, at)
	case schema.Type.Is("number"), schema.Type.Is("integer"):
		w.number(schema, at)
	}
	w.types(schema, path, at)
	if !schema.Nullable {
		w.null(path)
	}
}

// optional is a valid value of a property that may be left out; nil where that hangs on what the target has: another message, the parts of a template.
func optional(schema *openapi3.Schema, property string) any {
	if schema.Properties["template_id"] != nil || property == "reply_to" {
		return nil
	}
	one := document.Effective(schema.Properties[property])
	switch {
	case one.Format == "binary" || one.Extensions["x-content-schema"] != nil:
		return nil
	case one.Extensions["x-mock-value"] == "email":
		return "customer@example.com"
	}
	return sample(schema.Properties[property], property, 0)
}

type addChange func(keyword, what string, value any, valid bool)

func (w *bodyWalk) array(schema *openapi3.Schema, name string, path []any, at addChange) {
	items := func(n int) []any {
		out := make([]any, n)
		for i := range out {
			out[i] = sample(schema.Items, name, i)
		}
		return out
	}
	if least := schema.MinItems; least > 0 && least <= document.MostElements {
		at("items", fmt.Sprintf("with %d items", least), items(int(least)), true)
		at("items", fmt.Sprintf("with %d items", least-1), items(int(least)-1), false)
	}
	if schema.MaxItems != nil && *schema.MaxItems < document.MostElements {
		most := int(*schema.MaxItems)
		at("items", fmt.Sprintf("with %d items", most), items(most), true)
		at("items", fmt.Sprintf("with %d items", most+1), items(most+1), false)
	}
	if unique, ok := schema.Extensions["x-unique"].(string); ok {
		w.unique(schema, name, unique, at)
	}
	w.walk(schema.Items, name, append(slices.Clone(path), 0))
}

// unique tries twins; "rows.id" are twins in one element: that the whole array has none is inferred.
func (w *bodyWalk) unique(schema *openapi3.Schema, name, unique string, at addChange) {
	inner, property, nested := strings.Cut(unique, ".")
	twins := twinsOf(schema.Items, name, inner)
	if nested {
		list := document.Effective(document.Effective(schema.Items).Properties[inner]).Items
		element, _ := sample(schema.Items, name, 0).(map[string]any)
		if element == nil {
			return
		}
		element[inner] = twinsOf(list, inner, property)
		twins = []any{element}
	} else {
		property = inner
	}
	at("unique", "with the same "+property+" twice", twins, false)
}

// twinsOf are two elements that have nothing in common but a property.
func twinsOf(items *openapi3.SchemaRef, name, property string) []any {
	one, other := sample(items, name, 0), sample(items, name, 1)
	if a, ok := one.(map[string]any); ok {
		if b, ok := other.(map[string]any); ok {
			b[property] = a[property]
		}
	}
	return []any{one, other}
}

// text tries lengths in Arabic letters at the bound, so that it is characters that count, and in ASCII beyond it.
func (w *bodyWalk) text(schema *openapi3.Schema, name string, path []any, at addChange) {
	if schema.MinLength > 0 && schema.MinLength <= document.LongestText && schema.Pattern == "" {
		at("minLength", fmt.Sprintf("of %d characters", schema.MinLength), strings.Repeat("x", int(schema.MinLength)), true)
		if schema.MinLength == 1 {
			at("minLength", "that is 0", "0", true)
		}
		at("minLength", fmt.Sprintf("of %d characters", schema.MinLength-1), strings.Repeat("x", int(schema.MinLength)-1), false)
	}
	if schema.MaxLength != nil && *schema.MaxLength < document.LongestText {
		most := int(*schema.MaxLength)
		at("maxLength", fmt.Sprintf("of %d Arabic letters", most), strings.Repeat("م", most), true)
		at("maxLength", fmt.Sprintf("of %d characters", most), strings.Repeat("x", most), true)
		at("maxLength", fmt.Sprintf("of %d characters beyond the basic plane", most), strings.Repeat("😀", most), true)
		at("maxLength", fmt.Sprintf("of %d characters", max(0, most-1)), strings.Repeat("y", max(0, most-1)), true)
		at("maxLength", fmt.Sprintf("of %d characters", most+1), strings.Repeat("x", most+1), false)
	}
	if len(schema.Enum) > 0 {
		word := fmt.Sprint(schema.Enum[0])
		at("enum", "of an unknown word", "nosuchword", false)
		at("enum", "of a word with a letter more", word+"x", false)
		at("enum", "of a word without its last letter", cutShort(word), false)
		for _, each := range schema.Enum {
			if other := swapCase(fmt.Sprint(each)); !slices.Contains(schema.Enum, any(other)) {
				at("enum", "of the word "+other, other, false)
			}
		}
		if w.body.Media == exchange.MediaJSON { // in a form, other parts may have to go with a word
			for _, word := range schema.Enum {
				at("enum", fmt.Sprintf("of the word %v", word), word, true)
			}
		}
	}
	if pattern, err := regexp.Compile(schema.Pattern); err == nil && schema.Pattern != "" {
		w.phoneForms(name, pattern, path)
		for _, wrong := range []string{"+966550000001", "96655 0000001", "966550000001x", "http://example.com/menu.png", "ftp://example.com/menu.png", "example.com/menu.png", "x-https://example.com/menu.png"} {
			if strings.HasPrefix(wrong, "9") == (name == "phone") || strings.HasPrefix(wrong, "+") && name == "phone" {
				if !pattern.MatchString(wrong) {
					at("pattern", "of the form "+wrong, wrong, false)
				}
			}
		}
	}
	if schema.Extensions["x-content-schema"] != nil {
		for _, wrong := range []string{"no JSON", `["one"`, `"one"`} {
			at("content", "with the text "+wrong, wrong, false)
		}
	}
}

func (w *bodyWalk) number(schema *openapi3.Schema, at addChange) {
	if schema.Min != nil {
		at("bounds", fmt.Sprintf("of %v", *schema.Min), *schema.Min, true)
		at("bounds", fmt.Sprintf("of %v", *schema.Min-0.001), *schema.Min-0.001, false)
	}
	if schema.Max != nil {
		at("bounds", fmt.Sprintf("of %v", *schema.Max), *schema.Max, true)
		at("bounds", fmt.Sprintf("of %v", *schema.Max+0.001), *schema.Max+0.001, false)
	}
}

// types puts values of other JSON types in a place. In a form everything is text, so only a number can have a wrong type.
func (w *bodyWalk) types(schema *openapi3.Schema, path []any, at addChange) {
	if len(path) == 0 {
		return // the whole body, see whole
	}
	if w.body.Media == exchange.MediaForm {
		if schema.Type.Is("integer") {
			at("type", "with letters", "abc", false)
		}
		return
	}
	for _, wrong := range []struct {
		kind  string
		value any
	}{{"object", map[string]any{"a": 1}}, {"array", []any{"a"}}} {
		if !schema.Type.Is(wrong.kind) {
			at("type", "that is an "+wrong.kind, wrong.value, false)
		}
	}
	// A service may read a number for a text, and the other way round; the schema does not.
	strange := any("abc")
	if schema.Type.Is("string") {
		strange = 12
	}
	c := bodyChange{what: fmt.Sprintf("%s that is %v", showPath(path), printable.Brief(jsonOf(strange))), path: path, value: strange}
	if schema.Type.Is("string") {
		c.level = document.Should
	}
	w.add("type", c)
}

// whole has bodies that are no such thing at all.
func (w *bodyWalk) whole() {
	raw := func(what, level string, change func(valid *exchange.Request) *exchange.Request) {
		w.add("syntax", bodyChange{what: what, raw: change, level: level})
	}
	withBytes := func(change func(content string) string) func(*exchange.Request) *exchange.Request {
		return func(r *exchange.Request) *exchange.Request {
			c := *r
			c.Body = []byte(change(string(r.Body)))
			return &c
		}
	}
	raw("that is cut short", "", withBytes(func(content string) string { return content[:len(content)/2] }))
	if w.body.Media == exchange.MediaForm {
		raw("of another boundary", "", withBytes(func(content string) string { return strings.ReplaceAll(content, exchange.Boundary, "other") }))
		raw("with a part twice", document.Should, withBytes(func(content string) string {
			first, _, _ := strings.Cut(content[len(exchange.Boundary)+4:], "--"+exchange.Boundary)
			return "--" + exchange.Boundary + "\r\n" + first + content
		}))
		return
	}
	raw("that is no JSON", "", withBytes(func(string) string { return "phone=1" }))
	raw("that is an array", "", withBytes(func(content string) string { return "[" + content + "]" }))
	raw("with something behind its JSON", document.Should, withBytes(func(content string) string { return content + "{}" }))
	raw("with a key twice", document.Should, withBytes(func(content string) string {
		name, _, _ := strings.Cut(content[1:], ":")
		value, _, _ := strings.Cut(content[len(name)+2:], ",")
		return "{" + name + ":" + strings.TrimSuffix(value, "}") + "," + content[1:]
	}))
}

func showPath(path []any) string {
	var out strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			out.WriteString("[" + strconv.Itoa(step) + "]")
		case string:
			if out.Len() > 0 {
				out.WriteByte('.')
			}
			out.WriteString(step)
		}
	}
	return out.String()
}

// jsonOf is a value as a decoder would have made it.
func jsonOf(v any) any {
	if n, ok := v.(int); ok {
		return json.Number(strconv.Itoa(n))
	}
	return v
}
