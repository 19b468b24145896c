package suite

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

const opSendTemplate = "sendTemplateMessage"

func templateSendChecks(of makeCheck) []*check {
	return []*check{
		of(opSendTemplate, "SEND-TEMPLATE", "a listed template is accepted", checkSendTemplate),
		of(opSendTemplate, "SEND-TEMPLATE-UNKNOWN", "an unknown template is refused", checkSendUnknownTemplate),
		of(opSendTemplate, "SEND-TEMPLATE-PARAMETERS", "body_params is accepted in both forms", checkTemplateParameters),
		of(opSendTemplate, "SEND-TEMPLATE-APPEARS", "a template stands in its conversation, filled in", checkTemplateAppears),
	}
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
func (p *probe) template(form string) (*template, error) {
	e, err := p.allTemplates()
	if err != nil {
		return nil, err
	}
	var found *template
	for _, row := range e.items() {
		id := number(row.fields["id"])
		if id == nil || row.text("status") != "APPROVED" {
			continue
		}
		t := &template{id: *id, header: "TEXT"}
		components, _ := row.fields["components"].([]any)
		for _, component := range components {
			c, _ := component.(map[string]any)
			text, _ := c["text"].(string)
			switch format, _ := c["format"].(string); c["type"] {
			case "HEADER":
				t.header = cmp.Or(format, "TEXT")
			case "BODY":
				t.body = text
			}
		}
		for _, match := range templateParameter.FindAllStringSubmatch(t.body, -1) {
			t.parameters = append(t.parameters, match[1])
		}
		fits := form == "" || len(t.parameters) > 0 && t.named() == (form == "named")
		if fits && (found == nil || found.header != "TEXT" && t.header == "TEXT") {
			found = t
		}
	}
	if found == nil {
		return nil, lacks("an approved template with %s parameters", cmp.Or(form, "any"))
	}
	return found, nil
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

func (p *probe) templateRequest(t *template) (*request, error) {
	op, err := p.operation(opSendTemplate)
	if err != nil {
		return nil, err
	}
	v, err := p.validBody(op, op.bodies[0])
	if err != nil {
		return nil, err
	}
	fields := map[string]any{"phone": p.recipient()}
	t.fill(fields)
	return v.with(fields), nil
}

func (p *probe) acceptsTemplate(form string) error {
	t, err := p.template(form)
	if err != nil {
		return err
	}
	r, err := p.templateRequest(t)
	if err != nil {
		return err
	}
	e, err := p.ask(r)
	if err != nil {
		return err
	}
	p.want(e, fmt.Sprintf("template %d was not accepted", t.id), "", http.StatusOK)
	return nil
}

func checkSendTemplate(p *probe) error { return p.acceptsTemplate("") }

func checkTemplateParameters(p *probe) error {
	if err := p.acceptsTemplate("named"); err != nil {
		return err
	}
	return p.acceptsTemplate("positional")
}

func checkSendUnknownTemplate(p *probe) error {
	t, err := p.template("")
	if err != nil {
		return err
	}
	unknown := *t
	unknown.id = 1_000_003 + p.rand.Int64N(1_000_000)
	r, err := p.templateRequest(&unknown)
	if err != nil {
		return err
	}
	e, err := p.ask(r.unacceptable())
	if err != nil {
		return err
	}
	p.want(e, "a template that does not exist was not refused", "", http.StatusNotFound, http.StatusBadRequest)
	return nil
}

func checkTemplateAppears(p *probe) error {
	t, err := p.template("")
	if err != nil {
		return err
	}
	r, err := p.templateRequest(t)
	if err != nil {
		return err
	}
	return p.sentAs(r, "template", func(m message) bool { return strings.Contains(m.content, t.filled()) })
}
