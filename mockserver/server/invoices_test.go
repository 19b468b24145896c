package server_test

import (
	"fmt"
	"strings"
	"testing"
)

const invoiceTarget = "/invoice-message?phone_number_id=123456"

// invoice are the parts of an invoice with a header of a kind.
func invoice(kind string, more ...part) []part {
	return append([]part{field("phone", "96650000000"), field("message_text", "Your invoice"), field("header_type", kind)}, more...)
}

func TestSendInvoice_TakesWhatGoesWithItsHeader(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	web, text := field("header_value", "https://example.com/a.pdf"), field("header_value", "Invoice")
	for name, c := range map[string]struct {
		parts []part
		field string // that is wrong; "": nothing
	}{
		"a PDF":                     {invoice("DOCUMENT", file("header_media", pdf)), ""},
		"the address of a document": {invoice("DOCUMENT", web), ""},
		"no document":               {invoice("DOCUMENT"), "header_media"},
		"an empty file part":        {invoice("DOCUMENT", field("header_media", "")), "header_media"},
		"a picture as document":     {invoice("DOCUMENT", file("header_media", png)), "header_media"},
		"a text as address":         {invoice("DOCUMENT", text), "header_value"},
		"a picture":                 {invoice("IMAGE", file("header_media", jpg)), ""},
		"the address of a picture":  {invoice("IMAGE", web), ""},
		"no picture":                {invoice("IMAGE"), "header_media"},
		"a video":                   {invoice("VIDEO", file("header_media", mp4)), ""},
		"a PDF as video":            {invoice("VIDEO", file("header_media", pdf)), "header_media"},
		"a text":                    {invoice("TEXT", text), ""},
		"no text":                   {invoice("TEXT"), "header_value"},
		"60 characters":             {invoice("TEXT", field("header_value", strings.Repeat("أ", 60))), ""},
		"61 characters":             {invoice("TEXT", field("header_value", strings.Repeat("أ", 61))), "header_value"},
		"a file with a text":        {invoice("TEXT", text, file("header_media", pdf)), "header_media"},
		"a place":                   {invoice("LOCATION", field("header_value", "24.7136,46.6753")), ""},
		"no place":                  {invoice("LOCATION", field("header_value", "Riyadh")), "header_value"},
		"a place beyond":            {invoice("LOCATION", field("header_value", "24,181")), "header_value"},
		"another kind":              {invoice("AUDIO", web), "header_type"},
		"no mail address":           {invoice("TEXT", text, field("email", "x")), "email"},
	} {
		a := m.parts(t, "POST", invoiceTarget, c.parts...)
		if t.Run(name, func(t *testing.T) { m.isRuled(t, a, c.field) }); c.field != "" {
			continue
		}
		thread := m.messages(t, 1)
		if sent, newest := a.sent(), thread[len(thread)-1]; newest["id"] != sent["id"] || newest["content"] != "Your invoice" || sent["date"] != newest["date"] || sent["status"] != "sent" {
			t.Errorf("%s: %v, answered %v", name, newest, sent)
		}
	}
	kinds := map[any]int{}
	for _, message := range m.messages(t, 1) {
		kinds[message["type"]]++
	}
	for kind, least := range map[string]int{"document": 2, "image": 2, "video": 1, "location": 1} {
		if kinds[kind] < least {
			t.Errorf("%d messages of type %s", kinds[kind], kind)
		}
	}
}

func TestSendInvoice_TheTextHasAtMost1024Characters(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	send := func(text string) *answer {
		return m.parts(t, "POST", invoiceTarget, field("phone", "96650000000"), field("message_text", text), field("header_type", "TEXT"), field("header_value", "x"))
	}
	send(strings.Repeat("😀", 1024)).is(t, 200, "")
	send(strings.Repeat("😀", 1025)).is(t, 400, "validation_failed").names(t, "message_text")
	send("").is(t, 400, "validation_failed").names(t, "message_text")
}

func TestSendInvoice_IsASend(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	urlencoded := func(phone string) *answer {
		return m.form(t, "POST", invoiceTarget, "phone="+phone+"&message_text=Your+invoice&header_type=TEXT&header_value=Invoice&name=Layla&email=layla%40example.com")
	}
	sent := urlencoded("966512300020").is(t, 200, "").sent()
	if row := m.with(t, "966512300020"); row["name"] != "Layla" || row["status"] != "my" {
		t.Errorf("%v", row)
	}
	if rows := m.rows(t, "/contacts?searchTerm=layla@example.com"); len(rows) != 1 || rows[0]["phone"] != "966512300020" {
		t.Errorf("%v", rows)
	}
	m.hasStatus(t, sent["id"], "sent", 0)
	urlencoded("966500000429").is(t, 429, "rate_limit_exceeded")
	urlencoded("966500000500").is(t, 500, "internal_error")
	urlencoded("%2B966500000500").is(t, 400, "invalid_phone_number").names(t, "phone")
	m.form(t, "POST", "/invoice-message?phone_number_id=999", "phone=1&message_text=x&header_type=TEXT&header_value=x").is(t, 404, "resource_not_found")
	m.form(t, "POST", "/invoice-message?phone_number_id=999", "phone=1&message_text=x&header_type=TEXT").is(t, 400, "validation_failed").names(t, "header_value")
	if fmt.Sprint(sent["messageId"]) == "" || sent["timestamp"] != nil {
		t.Errorf("%v", sent)
	}
}
