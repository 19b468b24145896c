package specs

import (
	"cmp"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

func templateSends() Specs {
	return Describe("templates that are sent", Operation(document.SendTemplateMessage),
		It("accepts each kind of header that a template has", Requirement("SEND-TEMPLATE-HEADER-TYPE"), headerWords, Suffix(".words")),
		It("accepts a listed template", Requirement("SEND-TEMPLATE"), func(t *T) {
			t.acceptsTemplate("")
			if plain, err := t.template("plain"); err == nil {
				t.Check(t.answer(t.templateRequest(plain))).To(match.BeAccepted(), "template %d, which has no parameters, was not accepted without body_params", plain.id)
			}
		}),
		It("refuses an unknown template", Requirement("SEND-TEMPLATE-UNKNOWN"), func(t *T) {
			unknown := *t.approvedTemplate("")
			unknown.id = 1_000_003 + t.Rand.Int64N(1_000_000)
			t.Expect(t.answer(t.templateRequest(&unknown).MayBeRefused())).To(match.HaveStatus(http.StatusNotFound, http.StatusBadRequest), "a template that does not exist was not refused")
		}),
		It("accepts body_params in both forms", Requirement("SEND-TEMPLATE-PARAMETERS"), func(t *T) {
			t.acceptsTemplate("named")
			t.acceptsTemplate("positional")
		}),
		It("shows a sent template in its conversation, with its parameters filled in", Requirement("SEND-TEMPLATE-APPEARS"), func(t *T) {
			found := t.richestTemplate()
			found.odd = " ☎️ e\u0301 👋🏽 &amp; <b> a+b%20"
			t.expectSent(t.templateRequest(found), "template", "", func(m exchange.Message) bool { return strings.Contains(m.Content, found.filled()) })
		}),
	)
}

// A template is a row of List Templates, with the properties that a send needs.
type template struct {
	id         int64
	header     string
	body       string
	parameters []string // names, or "1", "2", …
	odd        string   // a text at the end of each value, for the case that looks for it
}

func (t *template) named() bool {
	return slices.ContainsFunc(t.parameters, func(name string) bool { return strings.Trim(name, "0123456789") != "" })
}

var templateParameter = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// form is "named" or "positional", like the parameters of a template, or "plain" if it has none.
func (t *template) form() string {
	switch {
	case len(t.parameters) == 0:
		return "plain"
	case t.named():
		return "named"
	}
	return "positional"
}

// shortest is the length of the shortest name of a parameter.
func (t *template) shortest() int {
	return len(slices.MinFunc(append([]string{t.body}, t.parameters...), func(a, b string) int { return len(a) - len(b) }))
}

// template finds an approved template of a form ("" for any). One with a text header is preferred, since another header may need a file, and then the one
// with the shortest parameter name.
func (t *T) template(form string) (*template, error) {
	e, err := t.someTemplates()
	if err != nil {
		return nil, err
	}
	var found *template
	for _, tmpl := range approvedTemplates(e) {
		if (form == "" || tmpl.form() == form) && (found == nil || tmpl.before(found)) {
			found = tmpl
		}
	}
	if found == nil {
		return nil, run.Lacks("an approved template with %s parameters", cmp.Or(form, "any"))
	}
	return found, nil
}

// richestTemplate is the approved template with the most parameters, of those with the same header as approvedTemplate. Without one, the case ends.
func (t *T) richestTemplate() *template {
	found := t.approvedTemplate("")
	e, err := t.someTemplates()
	t.End(err)
	for _, other := range approvedTemplates(e) {
		if other.header == found.header && len(other.parameters) > len(found.parameters) {
			found = other
		}
	}
	return found
}

// before reports whether template prefers t to another template.
func (t *template) before(other *template) bool {
	if (t.header == "TEXT") != (other.header == "TEXT") {
		return t.header == "TEXT"
	}
	return t.shortest() < other.shortest()
}

// approvedTemplates are those of a list that can be sent.
func approvedTemplates(e *exchange.Exchange) []*template {
	var out []*template
	for _, row := range e.Items() {
		id := exchange.Number(row.Fields["id"])
		if id == nil || row.Text("status") != "APPROVED" {
			continue
		}
		tmpl := &template{id: *id, header: "TEXT"}
		components, _ := row.Fields["components"].([]any)
		for _, component := range components {
			c, _ := component.(map[string]any)
			text, _ := c["text"].(string)
			switch format, _ := c["format"].(string); c["type"] {
			case "HEADER":
				tmpl.header = cmp.Or(format, "TEXT")
			case "BODY":
				tmpl.body = text
			}
		}
		for _, match := range templateParameter.FindAllStringSubmatch(tmpl.body, -1) {
			tmpl.parameters = append(tmpl.parameters, match[1])
		}
		out = append(out, tmpl)
	}
	return out
}

// headerWords sends one template of each header_type that the list has. LOCATION is left out, since the vendor does not document its value.
func headerWords(t *T) {
	e, err := t.someTemplates()
	t.End(err)
	tried := map[string]bool{"LOCATION": true} // its header_value is not documented
	for _, tmpl := range approvedTemplates(e) {
		if !tried[tmpl.header] {
			tried[tmpl.header] = true
			t.Check(t.answer(t.templateRequest(tmpl))).To(match.BeAccepted(), "a template with the header_type %s was not accepted", tmpl.header)
		}
	}
}

// fill puts the template into the fields of a send, with a value for each of its parameters.
func (t *template) fill(fields map[string]any) {
	fields["template_id"], fields["header_type"] = t.id, t.header
	switch t.header {
	case "IMAGE":
		fields["header_value"] = "https://example.com/menu.png"
	case "VIDEO":
		fields["header_value"] = "https://example.com/menu.mp4"
	case "DOCUMENT":
		fields["header_value"] = "https://example.com/menu.pdf"
	}
	var values any
	if t.named() {
		list := []map[string]string{}
		for _, name := range t.parameters {
			list = append(list, map[string]string{"name": name, "value": t.value(name)})
		}
		values = list
	} else {
		list := []string{}
		for _, name := range t.parameters {
			list = append(list, t.value(name))
		}
		values = list
	}
	if text, err := json.Marshal(values); err == nil && len(t.parameters) > 0 {
		fields["body_params"] = string(text)
	}
}

func (t *template) value(name string) string { return "value-" + name + t.odd }

// filled is the text of the body with the values in it.
func (t *template) filled() string {
	return templateParameter.ReplaceAllStringFunc(t.body, func(match string) string {
		return t.value(templateParameter.FindStringSubmatch(match)[1])
	})
}

// approvedTemplate is a template with parameters of a form. Without one, the case ends.
func (t *T) approvedTemplate(form string) *template {
	found, err := t.template(form)
	t.End(err)
	return found
}

func (t *T) templateRequest(of *template) *exchange.Request {
	op := t.operationNamed(document.SendTemplateMessage)
	v, err := t.validBody(op, op.Bodies[0])
	t.End(err)
	fields := map[string]any{"phone": t.recipient()}
	of.fill(fields)
	return v.with(fields)
}

func (t *T) acceptsTemplate(form string) {
	found := t.approvedTemplate(form)
	t.Expect(t.answer(t.templateRequest(found))).To(match.BeAccepted(), "template %d was not accepted", found.id)
}
