package server_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestEachRuleOfTheDocumentHoldsAtItsBoundAndNotBeyond tries what the document states in extensions, at each place where it does.
func TestEachRuleOfTheDocumentHoldsAtItsBoundAndNotBeyond(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	const phone = "966555010001"
	button := func(id string) string { return `{"id":"` + id + `","title":"T` + id + `"}` }
	row := func(id string) string { return `{"id":"` + id + `","title":"T"}` }
	buttons := func(ids ...string) string {
		var list []string
		for i, id := range ids {
			list = append(list, strings.Replace(button(id), `"T`, fmt.Sprintf(`"T%d`, i), 1))
		}
		return `{"phone":"` + phone + `","body_text":"B","buttons":[` + strings.Join(list, ",") + `]}`
	}
	sections := func(one, two string) string {
		return `{"phone":"` + phone + `","body_text":"B","button_text":"B","sections":[{"title":"A","rows":[` + one + `]},{"title":"B","rows":[` + two + `]}]}`
	}
	link := func(kind, caption string) string {
		return `{"phone":"` + phone + `","type":"` + kind + `","link":"https://example.com/a"` + caption + `}`
	}
	for name, c := range map[string]struct{ kind, body, field string }{
		"buttons with two ids":               {"button", buttons("1", "2"), ""},
		"buttons with the same id":           {"button", buttons("1", "1"), "buttons[1].id"},
		"the third button is the first":      {"button", buttons("1", "2", "1"), "buttons[2].id"},
		"ids that differ in case":            {"button", buttons("a", "A"), ""},
		"ids that differ in a space":         {"button", buttons("a", "a "), ""},
		"rows with two ids":                  {"list", sections(row("1"), row("2")), ""},
		"rows of two sections with one id":   {"list", sections(row("1"), row("1")), "sections[1].rows[0].id"},
		"rows of one section with one id":    {"list", sections(row("1")+","+row("1"), row("2")), "sections[0].rows[1].id"},
		"a caption with an image by link":    {"media", link("image", `,"caption":"C"`), ""},
		"a caption with audio by link":       {"media", link("audio", `,"caption":"C"`), "caption"},
		"a caption with a sticker by link":   {"media", link("sticker", `,"caption":"C"`), "caption"},
		"an empty caption with audio":        {"media", link("audio", `,"caption":""`), "caption"},
		"audio without a caption by link":    {"media", link("audio", ""), ""},
		"a document with a caption, by link": {"media", link("document", `,"caption":"C"`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.isRuled(t, m.sendJSON(t, c.kind, c.body), c.field)
		})
	}
	template := func(params ...part) []part {
		return append([]part{field("phone", phone), field("template_id", "1"), field("header_type", "TEXT")}, params...)
	}
	header := func(kind, content string) []part {
		return []part{field("phone", phone), field("template_id", "1"), field("header_type", kind), file("header_media", content)}
	}
	for name, c := range map[string]struct {
		parts []part
		field string
	}{
		"parameters by position":           {template(field("body_params", `["a"]`)), ""},
		"parameters by name":               {template(field("body_params", `[{"name":"n","value":""}]`)), ""},
		"parameters of both kinds":         {template(field("body_params", `["a",{"name":"n","value":"v"}]`)), ""},
		"no parameters":                    {template(field("body_params", "")), ""},
		"an empty list of parameters":      {template(field("body_params", "[]")), ""},
		"parameters that are no JSON":      {template(field("body_params", "x")), "body_params"},
		"parameters that are no list":      {template(field("body_params", `{"name":"n","value":"v"}`)), "body_params"},
		"a parameter that is a number":     {template(field("body_params", "[1]")), "body_params"},
		"a parameter with an empty name":   {template(field("body_params", `[{"name":"","value":"v"}]`)), "body_params"},
		"a parameter without a value":      {template(field("body_params", `[{"name":"n"}]`)), "body_params"},
		"a button from 0":                  {template(field("button_params", `[{"index":0,"name":"n","value":"v"}]`)), ""},
		"a button below 0":                 {template(field("button_params", `[{"index":-1,"name":"n","value":"v"}]`)), "button_params"},
		"a button with an index in a text": {template(field("button_params", `[{"index":"0","name":"n","value":"v"}]`)), "button_params"},
		"a button without a value":         {template(field("button_params", `[{"index":0,"name":"n"}]`)), "button_params"},
		"a header that is a picture":       {header("IMAGE", png), ""},
		"a picture that is a document":     {header("IMAGE", pdf), "header_media"},
		"a header that is a document":      {header("DOCUMENT", pdf), ""},
		"a document that is a picture":     {header("DOCUMENT", png), "header_media"},
		"a film that is a picture":         {header("VIDEO", png), "header_media"},
		"an empty header":                  {header("IMAGE", ""), "header_media"},
		"a text with a file":               {header("TEXT", png), "header_media"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.isRuled(t, m.sendForm(t, "template", c.parts...), c.field)
		})
	}
}

// isRuled wants an answer to be a success if no field is named, and else a refusal of that field alone.
func (m *mock) isRuled(t *testing.T, a *answer, field string) {
	t.Helper()
	if field == "" {
		a.is(t, 200, "")
		return
	}
	a.is(t, 400, "validation_failed").names(t, field)
}

func TestARuleOfAnOperationThatOnlyTheDocumentHasIsKept(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), extra(t, `  /baskets:
    post:
      operationId: order
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                order:
                  type: object
                  properties:
                    lines:
                      type: array
                      x-unique: [article.number]
                      items: {type: object, properties: {article: {type: object, properties: {number: {type: integer}}}}}
                    note:
                      type: string
                      x-content-schema: {type: object, required: [text], properties: {text: {type: string}}}
          multipart/form-data:
            schema:
              type: object
              properties:
                kind: {type: string}
                scan:
                  type: string
                  format: binary
                  x-file-rules: {property: kind, rules: {page: {mediaTypes: [image/png], maxBytes: 9}}}
      responses:
        default: {description: d, content: {application/json: {schema: {type: object}}}}
`))
	post := func(body string) *answer { return m.do(t, call{method: "POST", target: "/baskets", body: body}) }
	line := func(n string) string { return `{"article":{"number":` + n + `}}` }
	post(`{"order":{"lines":[`+line("1")+","+line("2")+`],"note":"{\"text\":\"t\"}"}}`).is(t, 200, "")
	post(`{"order":{"lines":[`+line("1")+","+line("1.0")+`]}}`).is(t, 400, "validation_failed").names(t, "order.lines[1].article.number")
	a := post(`{"order":{"note":"{}"}}`).is(t, 400, "validation_failed").names(t, "order.note")
	if text := a.detail("order.note"); text != `must be a JSON object with "text": text is required (in the body)` {
		t.Errorf("the detail is %q", text)
	}
	m.postForm(t, "/baskets", field("kind", "page"), file("scan", png[:8]+"x")).is(t, 200, "")
	m.postForm(t, "/baskets", field("kind", "page"), file("scan", png[:8]+"xx")).is(t, 400, "validation_failed").names(t, "scan")
	m.postForm(t, "/baskets", field("kind", "page"), file("scan", "%PDF-1.7")).is(t, 400, "validation_failed").names(t, "scan")
}

func TestARuleThatCannotBeReadKeepsTheMockFromStarting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"a size with a unit":     {"maxBytes: 102400", "maxBytes: 100 KB", "maxBytes: must be a number of bytes"},
		"an unknown media type":  {"mediaTypes: [video/mp4, video/3gpp]", "mediaTypes: [video/mp4, video/3gp9]", `"video/3gp9" cannot be recognised`},
		"a path to nothing":      {"x-unique: rows.id", "x-unique: row.id", "no property row.id"},
		"a property of nothing":  {"            property: header_type", "            property: header", "no property header beside the file"},
		"an unknown key":         {"maxBytes: 102400", "maxByte: 102400", "maxByte: is not a known key"},
		"a schema of wrong type": {"          x-content-schema:\n            type: array", "          x-content-schema:\n            type: list", `unsupported 'type' value "list"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if message := refusal(t, edited(t, c.from, c.to)); !hasLine.MatchString(message) || !strings.Contains(message, c.want) {
				t.Errorf("got %s, want %s", message, c.want)
			}
		})
	}
}
