package server_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// whatsApp are requests that the vendor's pages allow and WhatsApp refuses, with the field that the warning names.
func whatsApp() []struct {
	kind, field string
	body        object
} {
	rows := func(n int) []any {
		list := make([]any, n)
		for i := range list {
			list[i] = object{"id": string(rune('a' + i)), "title": "Row"}
		}
		return list
	}
	twelve := rows(12)
	template := func(params string) object {
		body := object{"phone": "966500000001", "template_id": 1, "header_type": "TEXT"}
		if params != "" {
			body["body_params"] = params
		}
		return body
	}
	return []struct {
		kind, field string
		body        object
	}{
		{"template", "body_params", template("")},
		{"template", "body_params", template(`["Ahmed\n","1"]`)},
		{"template", "body_params", template(`["Ahmed\tAli","1"]`)},
		{"template", "body_params", template(`["Ahmed    Ali","1"]`)},
		{"template", "body_params", template(`[" ","1"]`)},
		{"template", "body_params", template(`["a","b","c","d","e","f","g"]`)},
		{"template", "body_params", template(`[{"name":"nobody","value":"x"}]`)},
		{"list", "sections", object{"phone": "966500000001", "body_text": "Choose", "button_text": "Menu", "sections": []any{
			object{"title": "One", "rows": twelve[:6]}, object{"title": "Two", "rows": twelve[6:]},
		}}},
		{"button", "buttons[1].title", object{"phone": "966500000001", "body_text": "Choose", "buttons": []any{
			object{"id": "a", "title": "Yes"}, object{"id": "b", "title": "Yes"},
		}}},
		{"text", "body", object{"phone": "966500000001", "body": "   \u00a0\u200e\n"}},
		{"button", "buttons[0].title", object{"phone": "966500000001", "body_text": "Choose", "buttons": []any{object{"id": "a", "title": " "}}}},
		{"media", "caption", object{"phone": "966500000001", "type": "image", "link": "https://example.com/a.png", "caption": "  "}},
	}
}

// sendAny sends a template as a form, and anything else as JSON.
func (m *mock) sendAny(t *testing.T, kind string, body object) *answer {
	t.Helper()
	if kind != "template" {
		return m.sendJSON(t, kind, body)
	}
	var parts []part
	for name, value := range body {
		parts = append(parts, field(name, fmt.Sprint(value)))
	}
	return m.sendForm(t, kind, parts...)
}

func TestWhatWhatsAppWouldRefuseIsAcceptedWithAWarning(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, c := range whatsApp() {
		a := m.sendAny(t, c.kind, c.body).is(t, 200, "")
		warnings := strings.Join(a.header.Values("X-Mock-Warning"), " | ")
		if !strings.Contains(warnings, c.field+" ") || !strings.Contains(warnings, "WhatsApp") {
			t.Errorf("%s %v: the warning is %q", c.kind, c.body, warnings)
		}
	}
}

func TestWithStrictWhatWhatsAppWouldRefuseIs400AndChangesNothing(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), mocktest.Strict())
	m.changesNothing(t, func() {
		for _, c := range whatsApp() {
			m.sendAny(t, c.kind, c.body).is(t, 400, "validation_failed").names(t, c.field)
		}
	})
}

func TestWhatWhatsAppTakesHasNoWarning(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), mocktest.Strict())
	eachSend(t, func(t *testing.T, op operation, r call) {
		if op.id == "sendTemplateMessage" {
			return // the template of the example has parameters of its own
		}
		if warnings := m.do(t, r.to("966500000002")).is(t, 200, "").header.Values("X-Mock-Warning"); len(warnings) > 0 {
			t.Errorf("%s: %q", op.id, warnings)
		}
	})
}

func TestTheNamesThatAreKeptOfAFileAndOfACustomerAreBounded(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	long := strings.Repeat("ش", 100_000)
	m.sendForm(t, "media", field("phone", "966700000011"), field("type", "image"),
		part{name: "file", fileName: long[:10_000], contentType: "image/png", value: png}).is(t, 200, "")
	m.sendForm(t, "media", field("phone", "966700000011"), field("type", "image"),
		part{name: "file", fileName: long, contentType: "image/png", value: png}).is(t, 400, "validation_failed").names(t, "body")
	m.sendForm(t, "media", field("phone", "966700000012"), field("type", "document"), field("file_name", long),
		part{name: "file", fileName: "a.pdf", contentType: "application/pdf", value: pdf}).is(t, 200, "")
	for _, phone := range []string{"966700000011", "966700000012"} {
		if text, _ := m.with(t, phone)["last_message"].(string); len(text) != 254 || !strings.HasPrefix(long, text) {
			t.Errorf("%s: a name of %d bytes is kept", phone, len(text))
		}
	}
	m.sendJSON(t, "media", object{"phone": "966700000013", "type": "image", "link": "https://example.com/a.png", "caption": long}).is(t, 200, "")
	if text, _ := m.with(t, "966700000013")["last_message"].(string); len([]rune(text)) != 4096 {
		t.Errorf("a caption of %d bytes is kept", len(text))
	}
}
