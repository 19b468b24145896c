package specs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

func templateSends() Specs {
	return Describe("templates that are sent", Operation(document.SendTemplateMessage),
		It("each kind of header that a template has is accepted", Requirement("SEND-TEMPLATE-HEADER-TYPE"), asked(checkHeaderWords), Suffix(".words")),
		It("a listed template is accepted", Requirement("SEND-TEMPLATE"), asked(checkSendTemplate)),
		It("an unknown template is refused", Requirement("SEND-TEMPLATE-UNKNOWN"), asked(checkSendUnknownTemplate)),
		It("body_params is accepted in both forms", Requirement("SEND-TEMPLATE-PARAMETERS"), asked(checkTemplateParameters)),
		It("a template stands in its conversation, filled in", Requirement("SEND-TEMPLATE-APPEARS"), asked(checkTemplateAppears)),
	)
}

// A template is one that List Templates shows, as far as a send needs it.
type template struct {
	id         int64
	header     string
	body       string
	parameters []string // names, or "1", "2", …
}

func (t *template) named() bool {
	return slices.ContainsFunc(t.parameters, func(name string) bool { return strings.Trim(name, "0123456789") != "" })
}

var templateParameter = regexp.MustCompile(`\{\{\s*(\w+)\s*\}\}`)

// template finds one with parameters of a form ("named", "positional" or "" for any), those without a header first, since a header may want a file.
func (t *T) template(form string) (*template, error) {
	e, err := t.someTemplates()
	if err != nil {
		return nil, err
	}
	var found *template
	for _, tmpl := range approvedTemplates(e) {
		fits := form == "" || len(tmpl.parameters) > 0 && tmpl.named() == (form == "named")
		if fits && (found == nil || found.header != "TEXT" && tmpl.header == "TEXT") {
			found = tmpl
		}
	}
	if found == nil {
		return nil, run.Lacks("an approved template with %s parameters", cmp.Or(form, "any"))
	}
	return found, nil
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

// checkHeaderWords sends one template of each kind of header that there is and that the suite can fill.
func checkHeaderWords(t *T) error {
	e, err := t.someTemplates()
	if err != nil {
		return err
	}
	tried := map[string]bool{"LOCATION": true} // how its place is given is not documented
	for _, tmpl := range approvedTemplates(e) {
		if tried[tmpl.header] {
			continue
		}
		tried[tmpl.header] = true
		r, err := t.templateRequest(tmpl)
		if err != nil {
			return err
		}
		answer, err := t.Ask(r)
		if err != nil {
			return err
		}
		t.want(answer, "a template with the header_type "+tmpl.header+" was not accepted", "", http.StatusOK)
	}
	return nil
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

func (t *template) value(name string) string { return "value-" + name }

// filled is the text of the body with the values in it.
func (t *template) filled() string {
	return templateParameter.ReplaceAllStringFunc(t.body, func(match string) string {
		return t.value(templateParameter.FindStringSubmatch(match)[1])
	})
}

func (t *T) templateRequest(tmpl *template) (*exchange.Request, error) {
	op, err := t.operation(document.SendTemplateMessage)
	if err != nil {
		return nil, err
	}
	v, err := t.validBody(op, op.Bodies[0])
	if err != nil {
		return nil, err
	}
	fields := map[string]any{"phone": t.recipient()}
	tmpl.fill(fields)
	return v.with(fields), nil
}

func (t *T) acceptsTemplate(form string) error {
	tmpl, err := t.template(form)
	if err != nil {
		return err
	}
	r, err := t.templateRequest(tmpl)
	if err != nil {
		return err
	}
	e, err := t.Ask(r)
	if err != nil {
		return err
	}
	t.want(e, fmt.Sprintf("template %d was not accepted", tmpl.id), "", http.StatusOK)
	return nil
}

func checkSendTemplate(t *T) error { return t.acceptsTemplate("") }

func checkTemplateParameters(t *T) error {
	if err := t.acceptsTemplate("named"); err != nil {
		return err
	}
	return t.acceptsTemplate("positional")
}

func checkSendUnknownTemplate(t *T) error {
	tmpl, err := t.template("")
	if err != nil {
		return err
	}
	unknown := *tmpl
	unknown.id = 1_000_003 + t.Rand.Int64N(1_000_000)
	r, err := t.templateRequest(&unknown)
	if err != nil {
		return err
	}
	e, err := t.Ask(r.Unacceptable())
	if err != nil {
		return err
	}
	t.want(e, "a template that does not exist was not refused", "", http.StatusNotFound, http.StatusBadRequest)
	return nil
}

func checkTemplateAppears(t *T) error {
	tmpl, err := t.template("")
	if err != nil {
		return err
	}
	r, err := t.templateRequest(tmpl)
	if err != nil {
		return err
	}
	return t.sentAs(r, "template", func(m exchange.Message) bool { return strings.Contains(m.Content, tmpl.filled()) })
}
