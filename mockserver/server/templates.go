package server

import (
	"encoding/json"
	"net/http"
	"strconv"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// messageTemplates is what the collection of message templates does beyond x-collection (vendor page api/templates): the text and
// the header of a template show as its components.
func messageTemplates(t *workspaceEntry) *collection.Resource {
	return &collection.Resource{
		Hooks: collection.Hooks{
			Computed: map[string]collection.Compute{"components": components},
			Stored:   []string{"body", "header"},
		},
		Seeds: func(sandbox.Beginning) ([]collection.Seed, error) {
			seeds := make([]collection.Seed, len(t.fixture.Templates))
			for i, x := range t.fixture.Templates {
				seeds[i] = collection.Seed{Where: t.fixture.File, Value: collection.Record{
					"id": x.ID, "name": x.Name, "language": x.Language, "category": x.Category, "status": x.Status,
					"body": x.Body, "header": x.Header,
				}}
			}
			return seeds, nil
		},
	}
}

// components are the parts of a template: each has the properties that its kind has (E).
func components(_ *sandbox.Workspace, r collection.Record) (any, error) {
	parts := []any{collection.Record{"type": "BODY", "text": str(r, "body")}}
	if header := str(r, "header"); header != "" {
		parts = append(parts, collection.Record{"type": "HEADER", "format": header})
	}
	return parts, nil
}

// templates are the message templates of the workspace; those of the fixture when the document does not have the collection.
func (t *workspaceEntry) templates(w *sandbox.Workspace) []sandbox.Template {
	page, err := w.Records(sandbox.RecordQuery{Collection: "templates"})
	if t.resources["templates"] == nil || err != nil {
		return t.fixture.Templates
	}
	list := make([]sandbox.Template, 0, len(page.Records))
	for _, kept := range page.Records {
		if r, err := collection.Decode(kept.Text); err == nil {
			list = append(list, templateOf(r))
		}
	}
	return list
}

func templateOf(r collection.Record) sandbox.Template {
	id, _ := r["id"].(json.Number)
	number, _ := id.Int64()
	return sandbox.Template{
		ID: number, Name: str(r, "name"), Language: str(r, "language"), Category: str(r, "category"), Status: str(r, "status"),
		Body: str(r, "body"), Header: str(r, "header"),
	}
}

func (t *workspaceEntry) template(id int64) (sandbox.Template, error) {
	if r := t.resources["templates"]; r != nil {
		record, err := r.Get(t.Workspace, strconv.FormatInt(id, 10))
		return templateOf(record), err
	}
	for _, x := range t.fixture.Templates {
		if x.ID == id {
			return x, nil
		}
	}
	return sandbox.Template{}, &engine.Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: "There is no such template in this workspace."}
}

// templateContent is a template's text with its parameters filled in (I); a parameter that is not given stays as it is.
func templateContent(t *workspaceEntry, _ *engine.Call, body map[string]any) (content, error) {
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
