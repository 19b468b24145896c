package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// listTemplates answers GET /templates (vendor page api/templates).
func (s *service) listTemplates(c *engine.Call) (engine.Reply, error) {
	t := s.tenants.fromCaller(c.Caller)
	page, limit := queryInt(c, "page", 1), queryInt(c, "limit", 100)
	search := c.Request.Text("searchTerm")
	found := slices.DeleteFunc(t.Templates(), func(x sandbox.Template) bool {
		return !strings.Contains(strings.ToLower(x.Name), strings.ToLower(strings.TrimSpace(search)))
	})
	last := max(1, (len(found)-1)/limit+1)
	rest := found[min(len(found), (min(page, last+1)-1)*limit):]
	body, err := t.commands.Templates(&view.TemplatePage{
		Templates: rest[:min(len(rest), limit)], Page: page, PerPage: limit, Total: len(found), LastPage: last,
	})
	return engine.Reply{Body: body}, err
}

// queryInt is a whole number of the query, at least 1; the vendor's default when it is absent.
func queryInt(c *engine.Call, name string, def int) int {
	if n, ok := c.Request.QueryInt(name); ok {
		return int(max(n, 1))
	}
	return def
}

// getTemplate answers GET /templates/{id} (vendor page api/templates).
func (s *service) getTemplate(c *engine.Call) (engine.Reply, error) {
	t := s.tenants.fromCaller(c.Caller)
	x, err := t.template(idOf(c))
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := t.commands.Template(x)
	return engine.Reply{Body: body}, err
}

func (t *tenant) template(id int64) (sandbox.Template, error) {
	for _, x := range t.Templates() {
		if x.ID == id {
			return x, nil
		}
	}
	return sandbox.Template{}, &engine.Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: "There is no such template in this workspace."}
}

// templateContent is a template's text with its parameters filled in (I); a parameter that is not given stays as it is.
func templateContent(t *tenant, _ *engine.Call, body map[string]any) (content, error) {
	id, _ := body["template_id"].(json.Number)
	number, _ := id.Int64()
	x, err := t.template(number)
	if err != nil {
		return content{}, err
	}
	params, err := bodyParams(str(body, "body_params"))
	if err != nil {
		return content{}, err
	}
	text, missing, unused := x.Fill(params)
	return content{kind: "template", text: text, refused: refusedTemplate(&x, str(body, "header_type"), params, missing, unused)}, nil
}

// bodyParams reads body_params, a JSON text with parameters by position or by name (D), as the document's x-content-schema says.
// Of two with one name the first counts.
func bodyParams(text string) (map[string]string, error) {
	params := map[string]string{}
	if text == "" {
		return params, nil
	}
	wrong := engine.Invalid(engine.Detail{Field: "body_params", Text: `must be a JSON array of texts, or of objects with "name" and "value"`})
	value, violations := spec.DecodeStrict([]byte(text))
	list, ok := value.([]any)
	if len(violations) > 0 || !ok {
		return nil, wrong
	}
	for i, item := range list {
		name, text, ok := strconv.Itoa(i+1), "", false
		switch item := item.(type) {
		case string:
			text, ok = item, true
		case map[string]any:
			var valued bool
			name, ok = item["name"].(string)
			text, valued = item["value"].(string)
			ok = ok && valued && name != ""
		}
		if !ok {
			return nil, wrong
		}
		if _, twice := params[name]; !twice {
			params[name] = text
		}
	}
	return params, nil
}
