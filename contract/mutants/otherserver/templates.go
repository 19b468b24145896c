package otherserver

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

type template struct {
	id                                   int64
	name, language, header, body, status string
}

// catalogue are the templates of a workspace.
func (s *Server) catalogue(of string) []*template {
	var out []*template
	for i, body := range []string{
		"Hello {{1}}, your table for {{2}} is ready", "Dear {{customer}}, the code is {{code}}", "We are open", "Your invoice {{number}}", "أهلا {{1}}", "Closed on Friday", "Draft",
	} {
		t := &template{id: s.nextID(), name: fmt.Sprintf("%s_%d_notice", of, i), language: []string{"en", "ar"}[i%2], body: body, status: "APPROVED"}
		switch i {
		case 3:
			t.header = "DOCUMENT"
		case 5:
			t.header = "TEXT"
		case 6:
			t.status = "REJECTED"
		}
		out = append(out, t)
	}
	return out
}

func (t *template) show() object {
	components := []any{object{{"text", t.body}, {"type", "BODY"}}}
	if t.header != "" {
		components = append([]any{object{{"format", t.header}, {"type", "HEADER"}}}, components...)
	}
	return object{{"components", components}, {"category", "UTILITY"}, {"status", t.status}, {"language", t.language}, {"name", t.name}, {"id", t.id}}
}

// listTemplates is GET /templates.
func (s *Server) listTemplates(c *call) (any, *failure) {
	page, limit := int64(1), int64(100)
	for name, into := range map[string]*int64{"page": &page, "limit": &limit} {
		if !c.has(name) {
			continue
		}
		n, ok := wholeNumber(c.value(name))
		switch {
		case s.has("a page of 0 is the first page") && name == "page" && n == 0 && ok:
			n = 1
		case s.has("a limit that is no number is the usual one") && name == "limit" && !ok:
			n, ok = 100, true
		}
		if !ok || n < 1 {
			return nil, invalid(name, "is 1 or more")
		}
		*into = n
	}
	var found []*template
	from := c.workspace.templates
	if s.has("the list has a template of another workspace") {
		from = append(slices.Clone(from), s.workspaces[0].templates[0], s.workspaces[1].templates[0])
		from = slices.CompactFunc(from, func(a, b *template) bool { return a == b })
	}
	for _, t := range from {
		if strings.Contains(strings.ToLower(t.name), strings.ToLower(c.value("searchTerm"))) {
			found = append(found, t)
		}
	}
	total := int64(len(found))
	begin := min(total, (min(page, total+1)-1)*min(limit, total+1))
	end := min(total, begin+min(limit, total))
	data := []any{}
	for _, t := range found[begin:end] {
		data = append(data, t.show())
	}
	last := max(1, (total+limit-1)/limit)
	return object{{"meta", object{{"last_page", last}, {"total", total}, {"per_page", limit}, {"current_page", page}}}, {"data", data}, {"status", true}}, nil
}

// templateOf finds a template of the workspace, or of any.
func (s *Server) templateOf(w *workspace, id int64, everywhere bool) *template {
	for _, each := range s.workspaces {
		for _, t := range each.templates {
			if t.id == id && (each == w || everywhere) {
				return t
			}
		}
	}
	return nil
}

// template is GET /templates/{id}.
func (s *Server) template(c *call) (any, *failure) {
	t := s.templateOf(c.workspace, c.id, s.has("a template of another workspace can be read"))
	if t == nil {
		return nil, notFound("This id is none of ours.")
	}
	return object{{"data", t.show()}, {"status", true}}, nil
}

// sendTemplate is POST /w/message/template.
func (s *Server) sendTemplate(c *call) (any, *failure) {
	f, failed := formOf(c)
	if failed != nil {
		return nil, failed
	}
	wrong := map[string]string{}
	s.checkFields("", map[string]rule{
		"phone": phone(), "template_id": needed(text(1, 0)), "header_type": oneOf("TEXT", "IMAGE", "DOCUMENT", "VIDEO", "LOCATION"),
		"header_value": text(0, 0), "body_params": text(0, 0), "button_params": text(0, 0),
	}, f.texts, wrong)
	id, ok := wholeNumber(textOf(f.texts, "template_id"))
	if !ok {
		wrong["template_id"] = "is a number"
	}
	values, ok := bodyParameters(textOf(f.texts, "body_params"))
	if !ok {
		wrong["body_params"] = "is JSON: texts, or objects with name and value"
	}
	if !areButtonParameters(textOf(f.texts, "button_params")) {
		wrong["button_params"] = "is JSON: objects with index, name and value"
	}
	if file, there := f.files["header_media"]; there {
		kind := map[string]string{"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}[textOf(f.texts, "header_type")]
		s.checkFile("header_media", file, kind, wrong)
	}
	if len(wrong) > 0 {
		return nil, &failure{status: http.StatusBadRequest, code: "validation_failed", message: "Please look at your input once more.", details: wrong}
	}
	t := s.templateOf(c.workspace, id, s.has("a template of another workspace can be sent"))
	if t == nil {
		return nil, notFound("This template is none of ours.")
	}
	return s.sent(c, f.texts, "template", t.filled(values))
}

var placeholder = regexp.MustCompile(`\{\{(\w+)\}\}`)

func (t *template) filled(values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(t.body, func(match string) string {
		if value, given := values[strings.Trim(match, "{}")]; given {
			return value
		}
		return match
	})
}

// bodyParameters are the values by name, or by position from 1 on.
func bodyParameters(raw string) (map[string]string, bool) {
	v, ok := jsonText(raw)
	list, isList := v.([]any)
	if !ok || v != nil && !isList {
		return nil, false
	}
	out := map[string]string{}
	for i, element := range list {
		switch element := element.(type) {
		case string:
			out[fmt.Sprint(i+1)] = element
		case map[string]any:
			name, value := textOf(element, "name"), element["value"]
			text, isText := value.(string)
			if name == "" || !isText {
				return nil, false
			}
			out[name] = text
		default:
			return nil, false
		}
	}
	return out, true
}

func areButtonParameters(raw string) bool {
	v, ok := jsonText(raw)
	list, isList := v.([]any)
	if !ok || v != nil && !isList {
		return false
	}
	for _, element := range list {
		fields, _ := element.(map[string]any)
		index, isNumber := fields["index"].(float64)
		_, isText := fields["value"].(string)
		if !isNumber || index < 0 || index != float64(int64(index)) || textOf(fields, "name") == "" || !isText {
			return false
		}
	}
	return true
}

// listNumbers is GET /waba-numbers.
func (s *Server) listNumbers(c *call) (any, *failure) {
	data := []any{}
	for i, n := range c.workspace.numbers {
		data = append(data, object{
			{"updated_at", stamp(s.began)},
			{"created_at", stamp(s.began.Add(-1000 * time.Hour))},
			{"message_template_count", 6},
			{"status", n.status},
			{"quality_rating", n.rating},
			{"verified_name", n.name},
			{"phone_number_id", n.id},
			{"phone_number", n.phone},
			{"id", 31 + 7*i},
		})
	}
	return object{{"data", data}, {"status", true}}, nil
}
