package fake_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/spec"
)

// A schemaDrawer draws schemas at random, as JSON.
type schemaDrawer struct {
	t     *rapid.T
	parts int // how many were drawn
}

func (d *schemaDrawer) number(low, high int) int {
	return rapid.IntRange(low, high).Draw(d.t, "number")
}

// chance is true once in n times.
func (d *schemaDrawer) chance(n int) bool { return d.number(1, n) == 1 }

func (d *schemaDrawer) among(words ...string) string {
	return rapid.SampledFrom(words).Draw(d.t, "word")
}

// randomPatterns are patterns as ECMA 262 writes them.
var randomPatterns = []string{
	`^[a-z]+$`, `^[0-9]{2,4}$`, `^[\u0600-\u06FF ]{3,10}$`, `^\u00e9?[\u0041-\u005a]*$`, `^(yes|no)$`, `^\d{4}-\d{2}-\d{2}$`, `^https:\/\/`,
	`a`, `^.{0,5}$`, `^[^]*$`, `^\w+@\w+\.com$`, `^\p{Script=Arabic}+$`, `^\uD83D\uDE00$`, `^$`, `^x?y*z+$`, `^[A-Z]{3}(-[0-9]{4})?$`,
}

func (d *schemaDrawer) schema(depth int) map[string]any {
	d.parts++
	s := map[string]any{}
	kind := d.among("string", "integer", "number", "boolean", "object", "array", "ref", "combined", "none")
	if depth <= 0 || d.parts > 40 {
		kind = d.among("string", "integer", "number", "boolean", "ref")
	}
	switch kind {
	case "string":
		d.text(s)
	case "integer", "number":
		d.numeric(s, kind)
	case "boolean":
		s["type"] = kind
	case "object":
		d.object(s, depth)
	case "array":
		d.array(s, depth)
	case "ref":
		return map[string]any{"$ref": "#/components/schemas/" + d.among("A", "B", "C")}
	case "combined":
		d.combined(s, depth)
	}
	if d.chance(6) {
		s["nullable"] = true
	}
	if d.chance(12) {
		s["not"] = d.schema(0)
	}
	if d.chance(10) {
		s["enum"] = []any{d.among("a", "yes", "2024-01-20"), d.number(-3, 300), true}[:d.number(1, 3)]
	}
	if d.chance(10) {
		s[d.among("readOnly", "writeOnly")] = true
	}
	return s
}

func (d *schemaDrawer) text(s map[string]any) {
	s["type"] = "string"
	if d.chance(2) {
		s["format"] = d.among("date-time", "date", "uuid", "email", "uri", "ipv4", "ipv6", "byte", "binary", "password", "hostname", "time", "phone", "odd")
	}
	if d.chance(3) {
		s["pattern"] = rapid.SampledFrom(randomPatterns).Draw(d.t, "pattern")
	}
	if d.chance(4) {
		s["minLength"] = d.number(0, 60)
	}
	if d.chance(4) {
		s["maxLength"] = d.number(0, 70)
	}
}

func (d *schemaDrawer) numeric(s map[string]any, kind string) {
	s["type"] = kind
	if d.chance(3) {
		s["minimum"] = float64(d.number(-2000, 2000)) / 4
		s["exclusiveMinimum"] = d.chance(2)
	}
	if d.chance(3) {
		s["maximum"] = float64(d.number(-2000, 4000)) / 4
		s["exclusiveMaximum"] = d.chance(2)
	}
	if d.chance(4) {
		s["multipleOf"] = rapid.SampledFrom([]float64{1, 2, 3, 7, 10, 0.5, 0.1, 0.01, 2.5, 100}).Draw(d.t, "step")
	}
	if d.chance(3) {
		s["format"] = d.among("int32", "int64", "float", "double")
	}
}

func (d *schemaDrawer) object(s map[string]any, depth int) {
	if !d.chance(5) {
		s["type"] = "object"
	}
	properties := map[string]any{}
	for range d.number(0, 4) {
		properties[d.among("a", "b", "c", "kind")] = d.schema(depth - 1)
	}
	s["properties"] = properties
	required := map[string]bool{}
	for range d.number(0, 2) {
		required[d.among("a", "b", "c", "kind", "else")] = true
	}
	var names []string
	for name := range required {
		names = append(names, name)
	}
	if len(names) > 0 {
		s["required"] = names
	}
	switch d.number(1, 6) {
	case 1:
		s["additionalProperties"] = false
	case 2:
		s["additionalProperties"] = d.schema(depth - 1)
	}
	if d.chance(6) {
		s["minProperties"] = d.number(0, 6)
	}
	if d.chance(6) {
		s["maxProperties"] = d.number(0, 6)
	}
}

func (d *schemaDrawer) array(s map[string]any, depth int) {
	s["type"], s["items"] = "array", d.schema(depth-1)
	if d.chance(3) {
		s["minItems"] = d.number(0, 5)
	}
	if d.chance(3) {
		s["maxItems"] = d.number(0, 6)
	}
	if d.chance(3) {
		s["uniqueItems"] = true
	}
}

func (d *schemaDrawer) combined(s map[string]any, depth int) {
	word := d.among("allOf", "oneOf", "anyOf")
	var parts []any
	for range d.number(1, 3) {
		parts = append(parts, d.schema(depth-1))
	}
	s[word] = parts
	if word != "allOf" && d.chance(2) {
		s["oneOf"], s["discriminator"] = []any{map[string]any{"$ref": "#/components/schemas/A"}, map[string]any{"$ref": "#/components/schemas/B"}}, map[string]any{"propertyName": "kind"}
		if d.chance(2) {
			s["discriminator"] = map[string]any{"propertyName": "kind", "mapping": map[string]any{"first": "#/components/schemas/A", "second": "#/components/schemas/B"}}
		}
	}
	if d.chance(4) {
		d.object(s, depth-1)
	}
}

func randomDocument(t *rapid.T) []byte {
	d := &schemaDrawer{t: t}
	content := map[string]any{"application/json": map[string]any{"schema": d.schema(3)}}
	document := map[string]any{
		"openapi": "3.0.3", "info": map[string]any{"title": "t", "version": "1"},
		"paths": map[string]any{"/probe": map[string]any{"get": map[string]any{
			"operationId": "probe", "responses": map[string]any{"200": map[string]any{"description": "d", "content": content}},
		}}},
		"components": map[string]any{"schemas": map[string]any{"A": d.named(), "B": d.named(), "C": d.named()}},
	}
	text, err := json.MarshalIndent(document, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// named is a schema that others refer to: never a reference itself.
func (d *schemaDrawer) named() map[string]any {
	s := map[string]any{}
	if d.chance(4) {
		d.text(s)
	} else {
		d.object(s, 2)
	}
	return s
}

var place = regexp.MustCompile(`^/(paths|components)/.+: no value fits this schema: .+`)

// TestWhatLoadsCanBeAnswered draws documents: each is refused when it is loaded, with place and reason, or every value of every
// key fits, by kin-openapi's own judgement too.
func TestWhatLoadsCanBeAnswered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := randomDocument(t)
		d, err := spec.Load("random.json", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "random.json:") {
				t.Fatalf("%v in\n%s", err, text)
			}
			return
		}
		if err := fake.CheckDocument(d, everywhere); err != nil {
			var unsatisfiable *fake.UnsatisfiableError
			if !errors.As(err, &unsatisfiable) || !place.MatchString(err.Error()) || d.Line(fake.Pointer(err)) == 0 {
				t.Fatalf("%v (line %d) in\n%s", err, d.Line(fake.Pointer(err)), text)
			}
			return
		}
		s := d.Operation("probe").Success().JSON().Schema
		judge := kinJudge(t, text)
		ts := tables()
		for id := range int64(12) {
			v, err := fake.Value(ts, s, key(id))
			if err != nil {
				t.Fatalf("key %d: %v in\n%s", id, err, text)
			}
			if violations := s.Violations(v); len(violations) > 0 {
				t.Fatalf("key %d: %v does not fit: %v in\n%s", id, v, violations, text)
			}
			if err := judge(v); err != nil {
				t.Fatalf("key %d: kin refuses %v: %v in\n%s", id, v, err, text)
			}
		}
	})
}

// kinJudge is kin-openapi with nothing of the mock's but the translation of patterns.
func kinJudge(t *rapid.T, text []byte) func(any) error {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Paths.Value("/probe").Get.Responses.Value("200").Value.Content["application/json"].Schema.Value
	compile := openapi3.SetSchemaRegexCompiler(func(pattern string) (openapi3.RegexMatcher, error) {
		return regexp.Compile(inGo.Replace(pattern))
	})
	formats := openapi3.WithStringFormatValidators(kinFormats())
	return func(v any) error {
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		var plain any
		if err := json.Unmarshal(text, &plain); err != nil {
			return err
		}
		if err := schema.VisitJSON(plain, openapi3.VisitAsResponse(), compile, formats); err != nil {
			return fmt.Errorf("%w", err)
		}
		return nil
	}
}

// kinFormats are the formats that kin judges only if it is shown how.
func kinFormats() map[string]openapi3.StringFormatValidator {
	by := openapi3.NewCallbackValidator[string]
	return map[string]openapi3.StringFormatValidator{
		"uuid":  openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC4122),
		"email": by(func(s string) error { _, err := mail.ParseAddress(s); return err }),
		"uri": by(func(s string) error {
			u, err := url.Parse(s)
			if err == nil && u.Scheme == "" {
				err = errors.New("no scheme")
			}
			return err
		}),
		"ipv4": openapi3.NewIPValidator(true),
		"ipv6": openapi3.NewIPValidator(false),
	}
}

// inGo writes what randomPatterns have of ECMA 262 as Go does, by hand.
var inGo = strings.NewReplacer(`\u0600`, "\u0600", `\u06FF`, "\u06ff", `\u00e9`, "é", `\u0041-\u005a`, `A-Z`, `[^]`, `[\s\S]`, `\p{Script=Arabic}`, `\p{Arabic}`, `\uD83D\uDE00`, "😀")
