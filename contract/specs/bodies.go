package specs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// bodyCases makes cases from the schemas of request bodies: each bound is tried exactly and one beyond it, each required property is left out, and each
// type and enum word is replaced by a wrong one. A new property or operation needs no code here.
func bodyCases(doc *document.Document) []*run.Case {
	var out []*run.Case
	for _, op := range doc.Commands() {
		for _, b := range op.Bodies {
			w := &bodyWalk{op: op, body: b, groups: map[string][]bodyChange{}}
			w.walk(b.Schema, "", nil)
			w.brokenBodies()
			w.emptyBodies()
			for _, id := range w.order {
				changes := w.groups[id]
				text := fmt.Sprintf("%s accepts and refuses %s bodies as its schema says (%s)", op.ID, b.Media, id[strings.LastIndexByte(id, '.')+1:])
				out = append(out, &run.Case{
					ID: id, Requirement: doc.RequirementFor(op, id, changes[0].stated, text, b.Place), Title: text, Operation: op.ID, Capability: op.Capability,
					Writes: true, Independent: true, Way: "body", Requests: len(changes), Run: asCase(func(t *T) error { return t.tryBodies(op, b, changes) }),
				})
			}
		}
	}
	return out
}

// A bodyChange changes a valid body. The changed body must be accepted if valid is true, and refused with 400 if not.
type bodyChange struct {
	stated    string // the requirement in x-requirements that says the same, "" if only the schema says it
	what      string
	path      []any          // to the value that is changed: property names, indexes, inText and choice
	value     any            // the new value; gone removes the property
	others    map[string]any // other properties that the body needs with this value
	raw       func(valid *exchange.Request) *exchange.Request
	valid     bool
	alsoRight []int  // other statuses that are right
	level     string // weaker than the requirement's, "" for the same
}

type bodyWalk struct {
	op          *document.Operation
	body        *document.Body
	groups      map[string][]bodyChange // by case id
	order       []string
	enclosing   []*openapi3.Schema // the schemas around the present one: a schema may refer to itself
	changesMade int
	insideText  bool // the walk is inside a text that contains JSON (x-content-schema); which values are valid there depends on the target's data
}

// isJSON reports whether values have JSON types at the present place. In a form all values are texts.
func (w *bodyWalk) isJSON() bool { return w.insideText || w.body.Media == exchange.MediaJSON }

// add adds a change to the case of its keyword. A keyword of one property has a case of its own if x-requirements has a requirement for it.
func (w *bodyWalk) add(keyword string, c bodyChange) {
	if w.changesMade++; w.changesMade > document.MostChanges || w.insideText && c.valid {
		return
	}
	if c.level == "" && (w.insideText || w.isInferred()) {
		c.level = document.Should
	}
	if c.valid && w.op.ID == document.UpdateOrder && c.path[0] == "status" {
		return // a server may not let an order go back to an earlier status; ORDER-UPDATE.status tries the words and puts the status back
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

// isInferred reports whether the present schema is marked as inferred (x-mark: I).
func (w *bodyWalk) isInferred() bool {
	return len(w.enclosing) > 0 && w.enclosing[len(w.enclosing)-1].Extensions["x-mark"] == "I"
}

// statedOf finds the requirement in x-requirements that says the same as a keyword of a property. It is about all properties of the operation if property
// is "".
func statedOf(op, path, keyword string) (requirement, property string) {
	for _, s := range []struct{ op, path, keyword, requirement string }{
		{"sendTextMessage", "body", "maxLength", "SEND-TEXT-LENGTH"},
		{"sendTextMessage", "phone", "pattern", "SEND-PHONE-FORM"},
		{"sendMediaMessage", "link", "pattern", "SEND-MEDIA-LINK"},
		{"sendMediaMessage", "type", "enum", "SEND-MEDIA-TYPE-WORDS"},
		{"sendMediaMessage", "", "caption", "SEND-MEDIA-CAPTION"},
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
		{"createContact", "", "required", "CONTACT-REQUIRED"},
		{"createContact", "phone", "pattern", "CONTACT-PHONE-FORM"},
		{"createContactGroup", "name", "maxLength", "GROUP-NAME-LENGTH"},
		{"createContactGroup", "name", "minLength", "GROUP-NAME-LENGTH"},
		{"createBranch", "name", "maxLength", "BRANCH-NAME-LENGTH"},
		{"createBranch", "name", "minLength", "BRANCH-NAME-LENGTH"},
		{"updateOrder", "payment_status", "enum", "ORDER-UPDATE-WORDS"},
		{"sendInvoice", "message_text", "maxLength", "INVOICE-TEXT-LENGTH"},
		{"sendInvoice", "message_text", "minLength", "INVOICE-TEXT-LENGTH"},
		{"sendInvoice", "message_text", "required", "INVOICE-TEXT-LENGTH"},
		{"sendInvoice", "header_type", "enum", "INVOICE-HEADER-TYPE"},
		{"sendInvoice", "header_type", "required", "INVOICE-HEADER-TYPE"},
		{"sendInvoice", "phone", "pattern", "INVOICE-PHONE-FORM"},
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
	if ref == nil || ref.Value == nil || slices.Contains(w.enclosing, ref.Value) || len(w.enclosing) > document.MostNested || w.changesMade > document.MostChanges {
		return
	}
	if choices := slices.Concat(ref.Value.OneOf, ref.Value.AnyOf); len(choices) > 1 && len(ref.Value.Properties) == 0 {
		w.choices(choices, name, path)
		return
	}
	w.enclosing = append(w.enclosing, ref.Value)
	defer func() { w.enclosing = w.enclosing[:len(w.enclosing)-1] }()
	schema := document.Effective(ref)
	at := func(keyword, what string, value any, valid bool) {
		w.add(keyword, bodyChange{what: fmt.Sprintf("%s %s", cmp.Or(showPath(path), "the body"), what), path: path, value: value, valid: valid})
	}
	switch {
	case schema.Format == "binary":
		return
	case schema.Type.Is("object"):
		w.object(schema, path)
	case schema.Type.Is("array"):
		w.array(schema, name, path, at)
	case schema.Type.Is("string"):
		w.text(schema, name, path, at)
		w.content(schema, name, path, at)
	case schema.Type.Is("number"), schema.Type.Is("integer"):
		w.number(schema, at)
	}
	w.formats(schema, path)
	w.types(schema, path, at)
	if !schema.Nullable {
		w.null(path)
	}
}

func (w *bodyWalk) object(schema *openapi3.Schema, path []any) {
	for _, property := range slices.Sorted(maps.Keys(schema.Properties)) {
		below := append(slices.Clone(path), property)
		if slices.Contains(schema.Required, property) {
			w.add("required", bodyChange{what: "without " + showPath(below), path: below, value: removed{}})
		} else if value := optional(schema, property); value != nil {
			w.add("optional", bodyChange{what: "with " + showPath(below), path: below, value: value, valid: true})
		}
		w.walk(schema.Properties[property], property, below)
	}
	if len(path) == 0 {
		w.captions(schema)
	}
}

// optional is a valid value of an optional property; nil if which values are valid depends on the target's data, such as an id or the parameters of a
// template.
func optional(schema *openapi3.Schema, property string) any {
	if schema.Properties["template_id"] != nil || property == "reply_to" || strings.HasSuffix(property, "_id") {
		return nil
	}
	if schema.Properties["delivery_date"] != nil && strings.HasSuffix(property, "_date") {
		return nil // a server may demand that one date is before the other
	}
	one := document.Effective(schema.Properties[property])
	switch {
	case one.Format == "binary" || one.Extensions["x-content-schema"] != nil:
		return nil
	case property == "phone":
		return newPhone{}
	case one.Extensions["x-mock-value"] == "email":
		return "customer@example.com"
	}
	return sample(schema.Properties[property], property, 0)
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
