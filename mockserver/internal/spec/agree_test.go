package spec

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// The plan is fast, kin is right: these tests hold them together.

// schemasOf are all schemas of a document, in an order that does not change.
func schemasOf(d *Document) []*Schema {
	list := slices.Collect(maps.Values(d.Operations[0].Parameters[0].Schema.plan.shared.schemas))
	slices.SortFunc(list, func(a, b *Schema) int { return strings.Compare(a.Pointer, b.Pointer) })
	return list
}

// agree compares the verdicts of plan and kin about one value in both directions.
func agree(t *testing.T, s *Schema, v any) {
	t.Helper()
	for _, answer := range []bool{false, true} {
		plan := s.accept(&visit{answer: answer}, v)
		kin := s.visitKin(v, answer) == nil
		if plan && !kin || s.plan.exact && plan != kin {
			b, _ := json.Marshal(v)
			t.Fatalf("%s (answer %v, exact %v): plan says %v, kin says %v about %s: %v", s.Pointer, answer, s.plan.exact, plan, kin, b, s.visitKin(v, answer))
		}
		if answer && s.Accepts(v) != kin {
			t.Fatalf("%s: Accepts says %v, kin %v", s.Pointer, !kin, kin)
		}
	}
}

// A chance makes values that often fit a schema and often nearly do.
type chance struct{ *rand.Rand }

func (c chance) pick(list ...any) any { return list[c.IntN(len(list))] }

// value makes a value for a schema; about one part in sixteen is something else.
func (c chance) value(s *Schema, depth int) any {
	if c.IntN(16) == 0 || depth > 6 {
		return c.pick(nil, true, "", "x", "12", "2024-01-20T10:30:00Z", json.Number("0"), json.Number("1.5"), json.Number("-7"), json.Number("9223372036854775808"),
			json.Number("1e2"), json.Number("1e400"), []any{}, []any{"a", "a"}, map[string]any{}, map[string]any{"a": json.Number("1")})
	}
	if len(s.Enum) > 0 {
		return s.Enum[c.IntN(len(s.Enum))]
	}
	for _, list := range [][]*Schema{s.OneOf, s.AnyOf} {
		if len(list) > 0 {
			return c.value(list[c.IntN(len(list))], depth+1)
		}
	}
	switch s.Type {
	case "object", "":
		return c.object(s, depth)
	case "array":
		list := []any{}
		for range c.IntN(5) {
			list = append(list, c.value(s.Items, depth+1))
		}
		return list
	case "string":
		if fitting := map[string]any{
			"^[0-9]+$": "96650000000", "^[A-Z]{2}[0-9]+$": "AB1", "date": "2024-01-20", "date-time": "2024-01-20T10:30:00Z", "uuid": "123e4567-e89b-12d3-a456-426614174000",
		}[cmp.Or(s.Pattern, s.Format)]; fitting != nil && c.IntN(16) > 0 {
			return fitting
		}
		if s.Example != nil && c.IntN(2) == 0 {
			return s.Example
		}
		return c.pick("a", "abc", "أب", "abcdefghi", "96650000000", "2024-01-20", "2024-01-20T10:30:00Z", "123e4567-e89b-12d3-a456-426614174000", "a@b.c", "https://a.b", "1.2.3.4", "::1", "YQ==", "")
	case "boolean":
		return c.IntN(2) == 0
	}
	return c.pick(json.Number("1"), json.Number("5"), json.Number("0"), json.Number("-5"), json.Number("3.0"), json.Number("0.07"), json.Number("99.5"), json.Number("2147483648"),
		json.Number("9007199254740993"), json.Number("9223372036854775807"), json.Number("-9223372036854775809"), json.Number("50"), json.Number("1e3"))
}

func (c chance) object(s *Schema, depth int) any {
	m := map[string]any{}
	for _, p := range s.Properties {
		if p.Required && c.IntN(40) > 0 || c.IntN(4) == 0 {
			m[p.Name] = c.value(p.Schema, depth+1)
		}
	}
	if c.IntN(5) == 0 {
		m[c.pick("extra", "a", "b", "kind").(string)] = c.pick("x", json.Number("1"), nil)
	}
	return m
}

func TestPlanAndKinAgreeOnManyValues(t *testing.T) {
	t.Parallel()
	for _, d := range []*Document{richDocument(), awalDocument()} {
		values := 200
		if testing.Short() && d == awalDocument() {
			values = 40
		}
		for i, s := range schemasOf(d) {
			c := chance{rand.New(rand.NewPCG(1, uint64(i)))}
			fitting := 0
			for range values {
				v := c.value(s, 0)
				agree(t, s, v)
				text, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				if s.AcceptsJSON(text) != s.Accepts(v) {
					t.Fatalf("%s: AcceptsJSON says %v about %s", s.Pointer, s.AcceptsJSON(text), text)
				}
				if s.Accepts(v) {
					fitting++
				}
			}
			if d == richDocument() && (fitting == 0 || fitting == 200) { // our own document has its schemas for this
				t.Errorf("%s: %d of 200 values fit: the test shows nothing", s.Pointer, fitting)
			}
		}
	}
}

func FuzzPlanAndKinAgreeOnBodies(f *testing.F) {
	for _, text := range []string{
		`{"name":"a","count":1}`, `{"name":"a","count":1,"tags":["a","b"],"parts":[{"title":"x","hidden":null,"place":{"latitude":-90}}],"parent":{"name":"b","count":-5}}`,
		`{"one":"abc","some":{"a":1},"both":{"a":"","b":1,"c":true},"never":1,"maybe":null,"tree":{"right":{"right":1}}}`, `{"kind":"cat","lives":9}`, `[]`, `null`, `1e400`, `"x"`,
		`{"error":"validation_failed","message":"m","details":{"status":"x"},"request_id":"r"}`,
		`{"status":true,"data":[{"id":1,"phone":"96650000000","name":null,"last_message":"x","last_message_type":"text","unread_count":0,"status":"bot","updated_at":"2024-01-20T10:30:00Z","created_at":"2024-01-20T10:30:00Z"}],"meta":{"total":1,"unread_total":0}}`,
	} {
		f.Add(uint64(len(text)), text)
	}
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		v, violations := DecodeStrict([]byte(text))
		for _, d := range []*Document{richDocument(), awalDocument()} {
			for _, s := range schemasOf(d) {
				agree(t, s, chance{rand.New(rand.NewPCG(seed, 0))}.value(s, 0))
				if violations == nil {
					agree(t, s, v)
				}
				if s.AcceptsJSON([]byte(text)) != (violations == nil && s.Accepts(v)) {
					t.Fatalf("%s: AcceptsJSON disagrees about %q", s.Pointer, text)
				}
			}
		}
	})
}

var (
	strictInteger = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)
	strictNumber  = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
)

// reference is what kin's own request validation and the strict rules, written a second time, say about a query.
func reference(op *Operation, query string) bool {
	values := url.Values{}
	for piece := range strings.SplitSeq(query, "&") {
		if piece == "" {
			continue
		}
		name, value, _ := strings.Cut(piece, "=")
		name, errName := url.QueryUnescape(name)
		value, errValue := url.QueryUnescape(value)
		if errName != nil || errValue != nil || !utf8.ValidString(name) || !utf8.ValidString(value) {
			return false
		}
		values.Add(name, value)
	}
	for _, p := range op.Parameters {
		if p.In == "query" && !referenceParameter(op, p, values) {
			return false
		}
	}
	return true
}

func referenceParameter(op *Operation, p *Parameter, values url.Values) bool {
	texts := values[p.Name]
	if p.style.kind != kindParts && p.Schema.Type != "array" {
		if len(texts) > 1 {
			return false
		}
		absent := len(texts) == 0 || p.AllowEmpty && texts[0] == ""
		if !absent && !strictText(p, texts[0]) {
			return false
		}
	}
	input := &openapi3filter.RequestValidationInput{
		Request: &http.Request{Method: op.Method, URL: &url.URL{RawQuery: values.Encode()}, Header: http.Header{}}, QueryParams: values,
		Options: &openapi3filter.Options{
			SkipSettingDefaults: true, MultiError: true,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(formatValidators())},
		},
	}
	return openapi3filter.ValidateParameter(context.Background(), input, p.kin) == nil
}

func strictText(p *Parameter, text string) bool {
	switch p.Schema.Type {
	case "integer":
		_, err := strconv.ParseInt(text, 10, 64)
		return strictInteger.MatchString(text) && err == nil
	case "number":
		return strictNumber.MatchString(text)
	case "boolean":
		return text == "true" || text == "false"
	case "string":
		return text != "" || !p.Required && p.Schema.MinLength == 0
	}
	return true
}

// agreeOnQuery compares Check with the reference for each operation whose parameters kin decodes as we do.
func agreeOnQuery(t *testing.T, query string) {
	t.Helper()
	for _, d := range []*Document{richDocument(), awalDocument()} {
		for _, op := range d.Operations {
			if op.Method != http.MethodGet {
				continue
			}
			m := Match{Operation: op}
			for range op.pathParams {
				m.push("1")
			}
			violations := violationsOf(op, m, query)
			got := !slices.ContainsFunc(violations, func(v Violation) bool { return v.In == "query" })
			if want := reference(op, query); got != want && !differsFromKin(query) {
				t.Fatalf("%s?%s: Check says %v (%v), kin and the strict rules say %v", op.ID, query, got, violations, want)
			}
		}
	}
}

// differsFromKin are parameters of the rich document that kin decodes in a way of its own: lists (it splits and reads
// their items loosely), objects (as loosely) and choices (it takes the last alternative that can be read).
func differsFromKin(query string) bool {
	decoded, err := url.QueryUnescape(query)
	if err != nil {
		decoded = query
	}
	return strings.Contains(decoded, "ids") || strings.Contains(decoded, "pipes") || strings.Contains(decoded, "either") || strings.Contains(decoded, "tags") || strings.Contains(decoded, "filter")
}

func TestCheckAndKinAgreeOnQueries(t *testing.T) {
	t.Parallel()
	names := []string{"q", "page", "big", "ratio", "flag", "kind", "email", "when", "code", "phone_number_id", "status", "searchTerm", "other", "filter[from]"}
	values := []string{
		"", "ab", "abcdef", "1", "0", "-1", "01", "1.5", "1e0", "0.25", "true", "TRUE", "new", "unread", "x", "a%40b.c", "2024-01-20T10:30:00Z", "AB12", "+", "%20", "%D8%A3%D8%A3", "%zz", "%ff",
		"9223372036854775807", "9223372036854775808", "2147483648", "123456", ".5", "NaN", "1_0", "%00",
	}
	c := chance{rand.New(rand.NewPCG(7, 7))}
	queries := 3000
	if testing.Short() {
		queries = 600
	}
	for range queries {
		query := "q=ab&phone_number_id=1"
		for range c.IntN(4) {
			query += "&" + names[c.IntN(len(names))] + "=" + values[c.IntN(len(values))]
		}
		if c.IntN(3) == 0 {
			_, query, _ = strings.Cut(query, "&")
		}
		agreeOnQuery(t, query)
	}
}

func FuzzCheckAndKinAgreeOnQueries(f *testing.F) {
	for _, query := range []string{"", "q=ab", "phone_number_id=123456&status=unread", "q=ab&page=+1", "status=&phone_number_id=1", "q=%zz", "q=ab;c&kind=", "&=&", "q=ab&q=cd", "%71=ab", "q=ab&ratio=1e-2&big=-9223372036854775808"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) { agreeOnQuery(t, query) })
}

func FuzzPathValuesAgreeWithKin(f *testing.F) {
	for _, text := range []string{"1", "01", "-1", "%31", "x", "9223372036854775807", "9223372036854775808", "%ff", "a%2Fb", "+1", "1%20"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, d := range []*Document{richDocument(), awalDocument()} {
			for _, op := range d.Operations {
				names := templateNames(op.Path)
				if len(names) != 1 || strings.Contains(raw, "/") || op.Method != http.MethodGet {
					continue
				}
				m, err := d.Match(op.Method, d.BasePath+strings.Replace(op.Path, "{"+names[0]+"}", raw, 1))
				if err != nil || m.Operation != op {
					continue
				}
				p := op.Parameters[op.pathParams[0]]
				decoded, err := url.PathUnescape(raw)
				_, errInt := strconv.ParseInt(decoded, 10, 64)
				want := err == nil && utf8.ValidString(decoded) && strictInteger.MatchString(decoded) && errInt == nil &&
					p.Schema.visitKin(json.Number(decoded), false) == nil
				got := !slices.ContainsFunc(violationsOf(op, m, ""), func(v Violation) bool { return v.In == "path" })
				if got != want {
					t.Fatalf("%s %q: Check says %v, kin %v", op.ID, raw, got, want)
				}
			}
		}
	})
}

func violationsOf(op *Operation, m Match, query string) []Violation {
	_, err := op.Check(&Input{Match: m, RawQuery: query, Header: http.Header{}})
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		return nil
	}
	return invalid.Violations
}
