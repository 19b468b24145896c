package view

import (
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
)

// component is a part of a message template.
type component struct{ kind, format, text string }

// TemplatePage is one page of the list of message templates.
type TemplatePage struct {
	Templates                      []sandbox.Template
	Page, PerPage, Total, LastPage int
}

// number is a sending number as the list of numbers shows it.
type number struct {
	sandbox.Number
	id        int64 // its place in the workspace (I)
	templates int   // how many are approved
}

func compileNumbers(schema *spec.Schema, invent Invent) answer[[]number] {
	row := newTemplate("number", at(schema, "data", "[]"), map[string]writer[number]{
		"id":                     intOf(func(n number) int64 { return n.id }),
		"phone_number":           stringOf(func(n number) string { return n.Phone }),
		"phone_number_id":        stringOf(func(n number) string { return n.ID }),
		"verified_name":          stringOf(func(n number) string { return n.VerifiedName }),
		"quality_rating":         stringOf(func(n number) string { return n.Quality }),
		"status":                 stringOf(func(n number) string { return n.Status }),
		"message_template_count": intOf(func(n number) int64 { return int64(n.templates) }),
		"created_at":             timeOf(func(n number) int64 { return n.CreatedAt.Unix() }),
		"updated_at":             timeOf(func(n number) int64 { return n.CreatedAt.Unix() }),
	}, func(n number) int64 { return n.id }, invent)
	return answer[[]number]{newTemplate("listWabaNumbers", schema, map[string]writer[[]number]{
		"status": always[[]number]("true"),
		"data":   arrayOf(func(all []number) []number { return all }, row),
	}, only, invent), schema}
}

func compileTemplates(schema *spec.Schema, invent Invent) answer[*TemplatePage] {
	count := func(get func(*TemplatePage) int) writer[*TemplatePage] {
		return intOf(func(p *TemplatePage) int64 { return int64(get(p)) })
	}
	meta := newTemplate("templates.meta", at(schema, "meta"), map[string]writer[*TemplatePage]{
		"current_page": count(func(p *TemplatePage) int { return p.Page }),
		"per_page":     count(func(p *TemplatePage) int { return p.PerPage }),
		"total":        count(func(p *TemplatePage) int { return p.Total }),
		"last_page":    count(func(p *TemplatePage) int { return p.LastPage }),
	}, only, invent)
	row := templateOf(at(schema, "data", "[]"), invent)
	return answer[*TemplatePage]{newTemplate("listTemplates", schema, map[string]writer[*TemplatePage]{
		"status": always[*TemplatePage]("true"),
		"data":   arrayOf(func(p *TemplatePage) []sandbox.Template { return p.Templates }, row),
		"meta":   object(meta),
	}, only, invent), schema}
}

func compileTemplate(schema *spec.Schema, invent Invent) answer[sandbox.Template] {
	return answer[sandbox.Template]{newTemplate("getTemplate", schema, map[string]writer[sandbox.Template]{
		"status": always[sandbox.Template]("true"),
		"data":   object(templateOf(at(schema, "data"), invent)),
	}, templateID, invent), schema}
}

func templateID(t sandbox.Template) int64 { return t.ID }

func templateOf(s *spec.Schema, invent Invent) *template[sandbox.Template] {
	return newTemplate("template", s, map[string]writer[sandbox.Template]{
		"id":         intOf(templateID),
		"name":       stringOf(func(t sandbox.Template) string { return t.Name }),
		"language":   stringOf(func(t sandbox.Template) string { return t.Language }),
		"status":     stringOf(func(t sandbox.Template) string { return t.Status }),
		"category":   stringOf(func(t sandbox.Template) string { return t.Category }),
		"components": components(at(s, "components", "[]"), invent),
	}, templateID, invent)
}

// components writes the parts of a template: each has the properties that its kind has (E).
func components(s *spec.Schema, invent Invent) writer[sandbox.Template] {
	known := map[string]writer[component]{
		"type":   stringOf(func(p component) string { return p.kind }),
		"format": stringOf(func(p component) string { return p.format }),
		"text":   stringOf(func(p component) string { return p.text }),
	}
	body := newTemplate("component", without(s, "format"), known, only, invent)
	header := newTemplate("component", without(s, "text"), known, only, invent)
	return func(dst []byte, t sandbox.Template) ([]byte, error) {
		dst, err := body.append(append(dst, '['), component{kind: "BODY", text: t.Body})
		if err == nil && t.Header != "" {
			dst, err = header.append(append(dst, ','), component{kind: "HEADER", format: t.Header})
		}
		return append(dst, ']'), err
	}
}

// Numbers is the answer of listWabaNumbers; approved is how many templates are approved.
func (c *Commands) Numbers(numbers []sandbox.Number, approved int) ([]byte, error) {
	rows := make([]number, len(numbers))
	for i, n := range numbers {
		rows[i] = number{n, int64(i + 1), approved}
	}
	return c.numbers.write(rows)
}

// Templates is the answer of listTemplates.
func (c *Commands) Templates(page *TemplatePage) ([]byte, error) { return c.templates.write(page) }

// Template is the answer of getTemplate.
func (c *Commands) Template(t sandbox.Template) ([]byte, error) { return c.template.write(t) }
