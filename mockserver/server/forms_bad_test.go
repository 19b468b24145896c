package server_test

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/mockserver/mocktest"
)

// A formCase is an operation on a record, or an invoice, with a form that it accepts: every field.
type formCase struct {
	operation
	schema *openapi3.Schema
	parts  []part
}

// formPhones makes phones that no contact has yet.
var formPhones atomic.Int64

// renew gives a form what no other record may have: a phone, and the external id of a branch.
func (f formCase) renew() formCase {
	f.parts = slices.Clone(f.parts)
	for i, p := range f.parts {
		switch {
		case p.name == "phone" && f.tag() != "invoices":
			f.parts[i].value = fmt.Sprint(966577000000 + formPhones.Add(1))
		case p.name == "branch_id" && f.tag() == "branches":
			f.parts[i].value = fmt.Sprint("EXT-", formPhones.Add(1))
		}
	}
	return f
}

// formValues are values of fields that every form accepts, by name.
var formValues = map[string]part{
	"branch_id": field("", "1"), "contact_group_id": field("", "1"), "is_favorite": field("", "true"), "file": file("", jpg), "avatar": field("", "https://example.com/a.png"),
	"email": field("", "a@mail.example"), "header_type": field("", "DOCUMENT"), "header_media": file("", pdf), "header_value": field("", "https://example.com/a.pdf"), "phone": field("", "966577000000"),
}

// eachRecordForm runs a test for every operation that takes a form and sends no message of its own address.
func eachRecordForm(t *testing.T, test func(t *testing.T, m *mock, f formCase)) {
	t.Helper()
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	m := start(t, unlimited())
	var found []string
	for _, op := range c.operations() {
		schema := op.form()
		if schema == nil || op.isSend() {
			continue
		}
		f := formCase{operation: op, schema: schema}
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			p, known := formValues[name]
			if !known {
				p = field("", "Some text")
			}
			p.name = name
			f.parts = append(f.parts, p)
		}
		found = append(found, op.id)
		t.Run(op.id, func(t *testing.T) {
			t.Parallel()
			test(t, m, f)
		})
	}
	slices.Sort(found)
	if got := strings.Join(found, " "); got != "createBranch createContact sendInvoice updateBranch updateContact" {
		t.Fatalf("forms are taken by %s", got)
	}
}

func (m *mock) sendParts(t *testing.T, f formCase, parts []part) *answer {
	t.Helper()
	return m.parts(t, f.method, f.target, parts...)
}

// done is the status of a form that is accepted.
func (f formCase) done() int {
	if f.id == "createContact" {
		return 201
	}
	return 200
}

// asURL is a form without its files as application/x-www-form-urlencoded.
func asURL(parts []part) string {
	var pairs []string
	for _, p := range parts {
		if p.fileName == "" {
			pairs = append(pairs, p.name+"="+url.QueryEscape(p.value))
		}
	}
	return strings.Join(pairs, "&")
}

func TestAWholeFormOfARecordIsAcceptedInBothForms(t *testing.T) {
	t.Parallel()
	eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
		answers := []*answer{m.sendParts(t, f, f.renew().parts)}
		if f.RequestBody.Value.Content["application/x-www-form-urlencoded"] != nil {
			answers = append(answers, m.form(t, f.method, f.target, asURL(f.renew().parts)))
		}
		for _, a := range answers {
			if a.is(t, f.done(), ""); a.header.Get("X-Mock-Warning") != "" {
				t.Errorf("%s", a.header.Get("X-Mock-Warning"))
			}
		}
	})
}

func TestAFieldOfARecordsFormTwiceIs400(t *testing.T) {
	t.Parallel()
	eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
		for _, p := range f.parts {
			m.sendParts(t, f, append(f.renew().parts, p)).is(t, 400, "validation_failed").names(t, p.name)
			if p.fileName == "" && f.RequestBody.Value.Content["application/x-www-form-urlencoded"] != nil {
				m.form(t, f.method, f.target, asURL(append(f.renew().parts, p))).is(t, 400, "validation_failed").names(t, p.name)
			}
		}
	})
}

func TestAFieldOfARecordsFormThatIsMissingIs400IfItIsRequiredAndElseNot(t *testing.T) {
	t.Parallel()
	eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
		for i, p := range f.parts {
			a := m.sendParts(t, f, replaced(f.renew().parts, i))
			if slices.Contains(f.schema.Required, p.name) {
				a.is(t, 400, "validation_failed").names(t, p.name)
			} else {
				a.is(t, f.done(), "")
			}
		}
	})
}

func TestAFieldOfARecordsFormAsAFileAndAFileAsAFieldIs400(t *testing.T) {
	t.Parallel()
	eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
		for i, p := range f.parts {
			other := file(p.name, p.value)
			if p.fileName != "" {
				other = field(p.name, p.value)
			}
			if a := m.sendParts(t, f, replaced(f.renew().parts, i, other)).is(t, 400, "validation_failed"); a.detail(p.name) == "" {
				t.Errorf("%s: %s", p.name, a.body)
			}
		}
	})
}

func TestAnUnknownFieldOfARecordsFormIsWarnedOfOrRefusedByStrict(t *testing.T) {
	t.Parallel()
	strict := start(t, unlimited(), mocktest.Strict())
	eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
		parts := slices.Concat(f.renew().parts, []part{field("add", "x")})
		if a := m.sendParts(t, f, parts).is(t, f.done(), ""); !strings.Contains(a.header.Get("X-Mock-Warning"), `"add"`) {
			t.Errorf("%q", a.header.Get("X-Mock-Warning"))
		}
		strict.sendParts(t, f, parts).is(t, 400, "validation_failed").names(t, "add")
	})
}

// wrongFields are values that a field does not take, by what the document says of it, each with the code of its refusal.
func wrongFields(f formCase, name string, s *openapi3.Schema) map[string]string {
	wrong := map[string]string{}
	add := func(code string, values ...string) {
		for _, value := range values {
			wrong[value] = code
		}
	}
	const invalid = "validation_failed"
	if s.MinLength > 0 {
		add(invalid, "")
	}
	if s.MaxLength != nil {
		add(invalid, strings.Repeat("ش", int(*s.MaxLength)+1))
	}
	switch {
	case len(s.Enum) > 0:
		add(invalid, "", "x", strings.ToLower(fmt.Sprint(s.Enum[0])), " "+fmt.Sprint(s.Enum[0]))
	case s.Type.Is("boolean"):
		add(invalid, "yes", "TRUE", "2", "null", " true")
	case name == "phone":
		add("invalid_phone_number", "", "+966512300001", "966-512300001", "0966512300001", "٩٦٦", "96651230000x", strings.Repeat("9", 51))
	case name == "email":
		add(invalid, "x", "a@", "@b", "a b@c.example", "a@b@c")
	case name == "avatar":
		add(invalid, "", "ftp://a.example/b", "example.com/a.png", "http://")
	case name == "contact_group_id", name == "branch_id" && f.tag() == "contacts":
		add(invalid, "x", "01", "1.0", "0", "-1", " 1", "999999", "99999999999999999999")
	case name == "header_value":
		add(invalid, "ftp://a.example/b", "a.pdf", "https://")
	}
	return wrong
}

func TestAFieldOfARecordsFormTakesNoOtherValue(t *testing.T) {
	t.Parallel()
	eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
		for i, p := range f.parts {
			s := f.schema.Properties[p.name].Value
			for value, code := range wrongFields(f, p.name, s) {
				m.sendParts(t, f, replaced(f.renew().parts, i, field(p.name, value))).is(t, 400, code).names(t, p.name)
			}
			if s.MaxLength != nil {
				m.sendParts(t, f, replaced(f.renew().parts, i, field(p.name, strings.Repeat("ش", int(*s.MaxLength))))).is(t, f.done(), "")
			}
		}
	})
}

func TestAFileOfARecordsFormIsWhatItsContentIsAndNotLargerThanItsLimit(t *testing.T) {
	t.Parallel()
	for operation, c := range map[string]struct {
		right []string
		most  int // bytes
		over  int // status of a larger one
	}{
		"createContact": {[]string{png, jpg}, 5 << 20, 413}, "updateContact": {[]string{png, jpg}, 5 << 20, 413},
		"createBranch": {[]string{png, jpg, pdf}, 10 << 20, 413}, "updateBranch": {[]string{png, jpg, pdf}, 10 << 20, 413},
		"sendInvoice": {[]string{png, jpg, webp}, 5 << 20, 400},
	} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			eachRecordForm(t, func(t *testing.T, m *mock, f formCase) {
				if f.id != operation {
					return
				}
				if i := slices.IndexFunc(f.parts, func(p part) bool { return p.name == "header_type" }); i >= 0 {
					f.parts[i].value = "IMAGE"
				}
				i := slices.IndexFunc(f.parts, func(p part) bool { return p.fileName != "" })
				with := func(content string) *answer {
					return m.sendParts(t, f, replaced(f.renew().parts, i, part{f.parts[i].name, "photo.png", "image/png", content}))
				}
				for _, content := range c.right {
					with(content).is(t, f.done(), "")
				}
				with(png+strings.Repeat("x", c.most-len(png))).is(t, f.done(), "")
				for _, content := range []string{"MZ\x90\x00 a program", "<html><script>alert(1)</script>", "plain text", "{}", "\x00\x00\x00\x00", "GIF89a", mp4, office("word/document.xml"), ""} {
					with(content).is(t, 400, "validation_failed").names(t, f.parts[i].name)
				}
				code := map[int]string{400: "validation_failed", 413: "payload_too_large"}[c.over]
				with(png+strings.Repeat("x", c.most-len(png)+1)).is(t, c.over, code).names(t, f.parts[i].name)
			})
		})
	}
}
