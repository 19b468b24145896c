package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// eachForm runs a test for every operation that takes a form, with its target and parts that it accepts: every property.
func eachForm(t *testing.T, test func(t *testing.T, m *mock, op operation, parts []part)) {
	t.Helper()
	m := start(t, unlimited())
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, op := range c.operations() {
		schema := op.form()
		if schema == nil || !op.isSend() {
			continue
		}
		found++
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			test(t, m, op, wholeForm(schema))
		})
	}
	if found != 2 {
		t.Fatalf("%d operations take a form: media and template do", found)
	}
}

// form is the schema of the operation's form, nil if it takes none.
func (op operation) form() *openapi3.Schema {
	if op.RequestBody == nil {
		return nil
	}
	media := op.RequestBody.Value.Content["multipart/form-data"]
	if media == nil {
		return nil
	}
	return media.Schema.Value
}

func wholeForm(schema *openapi3.Schema) []part {
	var parts []part
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		switch s := schema.Properties[name].Value; {
		case s.Format == "binary":
			parts = append(parts, file(name, png))
		case name == "header_type":
			parts = append(parts, field(name, "IMAGE"))
		case strings.HasSuffix(name, "_params"):
			parts = append(parts, field(name, "[]"))
		default:
			parts = append(parts, field(name, fmt.Sprint((&filler{}).value(name, s))))
		}
	}
	return parts
}

func (m *mock) postForm(t *testing.T, target string, parts ...part) *answer {
	t.Helper()
	body, contentType := form(t, parts...)
	return m.do(t, call{method: "POST", target: target, body: body, header: []string{"Content-Type: " + contentType}})
}

// replaced is the parts with others in the place of one.
func replaced(parts []part, i int, by ...part) []part {
	return slices.Concat(parts[:i], by, parts[i+1:])
}

func TestAWholeFormIsAcceptedInAnyOrderOfItsParts(t *testing.T) {
	t.Parallel()
	eachForm(t, func(t *testing.T, m *mock, op operation, parts []part) {
		m.postForm(t, op.target, parts...).is(t, 200, "")
		slices.Reverse(parts)
		m.postForm(t, op.target, parts...).is(t, 200, "")
	})
}

func TestAMissingPartIs400IfItIsRequiredAndElseNot(t *testing.T) {
	t.Parallel()
	eachForm(t, func(t *testing.T, m *mock, op operation, parts []part) {
		for i, p := range parts {
			a := m.postForm(t, op.target, replaced(parts, i)...)
			if slices.Contains(op.form().Required, p.name) {
				a.is(t, 400, "validation_failed").names(t, p.name)
			} else {
				a.is(t, 200, "")
			}
		}
		m.postForm(t, op.target).is(t, 400, "validation_failed").names(t, op.form().Required...)
	})
}

func TestAPartTwiceIs400(t *testing.T) {
	t.Parallel()
	eachForm(t, func(t *testing.T, m *mock, op operation, parts []part) {
		m.changesNothing(t, func() {
			for _, p := range parts {
				m.postForm(t, op.target, append(slices.Clone(parts), p)...).is(t, 400, "validation_failed").names(t, p.name)
			}
		})
	})
}

func TestAFileAsAFieldAndAFieldAsAFileIs400(t *testing.T) {
	t.Parallel()
	eachForm(t, func(t *testing.T, m *mock, op operation, parts []part) {
		for i, p := range parts {
			other := file(p.name, p.value)
			if p.fileName != "" {
				other = field(p.name, p.value)
			}
			if a := m.postForm(t, op.target, replaced(parts, i, other)...).is(t, 400, "validation_failed"); a.detail(p.name) == "" {
				t.Errorf("%s: %s", p.name, a.body)
			}
		}
	})
}

func TestAFieldThatItsSchemaDoesNotTakeIs400(t *testing.T) {
	t.Parallel()
	for kind, cases := range map[string]map[string][]string{
		"media":    {"type": {"", "gif", "IMAGE", " image"}, "phone": {"", "+966", "9 6"}},
		"template": {"template_id": {"", "x", "1.0", "1e0", " 1", "01", "99999999999999999999"}, "header_type": {"", "text", "VOICE", "TEXT "}, "phone": {"", "+966"}},
	} {
		m := start(t, unlimited())
		c, err := ownContract()
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range c.operations() {
			if op.target != sendTo(kind) {
				continue
			}
			parts := wholeForm(op.form())
			for name, values := range cases {
				code := "validation_failed"
				if name == "phone" {
					code = "invalid_phone_number"
				}
				i := slices.IndexFunc(parts, func(p part) bool { return p.name == name })
				for _, value := range values {
					m.postForm(t, op.target, replaced(parts, i, field(name, value))...).is(t, 400, code).names(t, name)
				}
			}
		}
	}
}

func TestAFormThatIsNotWholeIs400OnBody(t *testing.T) {
	t.Parallel()
	eachForm(t, func(t *testing.T, m *mock, op operation, parts []part) {
		whole, contentType := form(t, parts...)
		_, boundary, _ := strings.Cut(contentType, "boundary=")
		for name, c := range map[string][2]string{
			"no end":              {strings.TrimSuffix(strings.TrimSpace(whole), "--"+boundary+"--"), contentType},
			"cut off":             {whole[:len(whole)/2], contentType},
			"another boundary":    {whole, "multipart/form-data; boundary=other"},
			"no boundary":         {whole, "multipart/form-data"},
			"a part with no name": {strings.Replace(whole, `name="phone"`, `nam="phone"`, 1), contentType},
			"no form":             {"hello", contentType},
		} {
			a := m.do(t, call{method: "POST", target: op.target, body: c[0], header: []string{"Content-Type: " + c[1]}})
			if a.status != 400 || a.detail("body") == "" {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
	})
}

// samples has a file of each documented format, by type.
func samples() map[string][]string {
	return map[string][]string{
		"image": {jpg, png, webp}, "video": {mp4, gp3}, "audio": {mp3, "\xff\xfb\x90\x64\x00", ogg, amr},
		"document": {pdf, ole, office("word/document.xml"), office("xl/workbook.xml"), office("ppt/presentation.xml")}, "sticker": {webp},
	}
}

func (m *mock) upload(t *testing.T, kind string, f part) *answer {
	t.Helper()
	return m.sendForm(t, "media", field("phone", "966555010001"), field("type", kind), f)
}

func TestAFileOfEachDocumentedFormatIsAccepted(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for kind, contents := range samples() {
		for _, content := range contents {
			m.upload(t, kind, file("file", content)).is(t, 200, "")
		}
	}
}

func TestAFileIsWhatItsContentIsNotWhatItSays(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	lies := map[string][2]string{
		"image": {"photo.png", "image/png"}, "video": {"film.mp4", "video/mp4"}, "audio": {"voice.ogg", "audio/ogg"}, "document": {"offer.pdf", "application/pdf"}, "sticker": {"s.webp", "image/webp"},
	}
	m.changesNothing(t, func() {
		for kind, lie := range lies {
			for other, contents := range samples() {
				if other == kind || kind == "image" && other == "sticker" {
					continue
				}
				// A sticker is an image; of the images only the first is none of a sticker's.
				a := m.upload(t, kind, part{"file", lie[0], lie[1], contents[0]}).is(t, 400, "validation_failed").names(t, "file")
				if !strings.Contains(a.detail("file"), "/") {
					t.Errorf("the formats are not named: %s", a.body)
				}
			}
			for _, content := range []string{"MZ\x90\x00 a program", "<html><script>alert(1)</script>", "#!/bin/sh\n", "plain text", "{}", "\x00\x00\x00\x00", "GIF89a"} {
				m.upload(t, kind, part{"file", lie[0], lie[1], content}).is(t, 400, "validation_failed").names(t, "file")
			}
			m.upload(t, kind, part{"file", lie[0], lie[1], ""}).is(t, 400, "validation_failed").names(t, "file")
		}
	})
	// And the other way round: a right file, though its name and type say something else.
	m.upload(t, "image", part{"file", "a.exe", "application/pdf", png}).is(t, 200, "")
}

func TestAStickerIs512By512(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.upload(t, "sticker", file("file", webp)).is(t, 200, "")
	for _, other := range []string{strings.Replace(webp, "\x2f\xff", "\x2f\xfe", 1), webp[:20], strings.Replace(webp, "\xc1\x7f", "\xc1\x7e", 1)} {
		a := m.upload(t, "sticker", file("file", other)).is(t, 400, "validation_failed").names(t, "file")
		if !strings.Contains(a.detail("file"), "512") {
			t.Errorf("%s", a.body)
		}
	}
	m.upload(t, "image", file("file", strings.Replace(webp, "\x2f\xff", "\x2f\xfe", 1))).is(t, 200, "")
}

func TestTheFileOfATemplatesHeaderIsOfTheHeadersType(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	send := func(header string, f part) *answer {
		return m.sendForm(t, "template", field("phone", "966555010002"), field("template_id", "4"), field("header_type", header), f)
	}
	for header, kind := range map[string]string{"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"} {
		for other, contents := range samples() {
			a := send(header, file("header_media", contents[0]))
			if other == kind || kind == "image" && other == "sticker" {
				a.is(t, 200, "")
			} else {
				a.is(t, 400, "validation_failed").names(t, "header_media")
			}
		}
	}
	for _, header := range []string{"TEXT", "LOCATION"} {
		send(header, file("header_media", png)).is(t, 400, "validation_failed").names(t, "header_media")
	}
	send("IMAGE", file("header_media", png+strings.Repeat("\x00", 5<<20))).is(t, 400, "validation_failed").names(t, "header_media")
}

func TestAFormOfManyPartsOrLargeFieldsIs400OnBody(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	whole := []part{field("phone", "966555014001"), field("type", "image"), file("file", png)}
	fill := func(n int) []part {
		parts := slices.Clone(whole)
		for i := range n {
			parts = append(parts, field(fmt.Sprint("x", i), ""))
		}
		return parts
	}
	m.sendForm(t, "media", fill(997)...).is(t, 200, "")
	a := m.sendForm(t, "media", fill(998)...).is(t, 400, "validation_failed").names(t, "body")
	if !strings.Contains(a.detail("body"), "1000 parts") {
		t.Errorf("%s", a.body)
	}
	for _, large := range []part{
		field("caption", strings.Repeat("x", 1<<20)), field(strings.Repeat("x", 1<<20), ""), {name: "x", fileName: strings.Repeat("x", 1<<20), value: "x"},
	} {
		a := m.sendForm(t, "media", append(slices.Clone(whole), large)...).is(t, 400, "validation_failed").names(t, "body")
		if detail := a.detail("body"); !strings.Contains(detail, "too large") && !strings.Contains(detail, "larger than 16384 bytes") {
			t.Errorf("%s", a.body)
		}
	}
}
