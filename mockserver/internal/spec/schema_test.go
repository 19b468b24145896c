package spec

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func TestASchemaAcceptsWhatFitsAndNamesWhatDoesNot(t *testing.T) {
	t.Parallel()
	cases := []struct{ schema, value, want string }{
		{`{}`, `1`, ""},
		{`{}`, `null`, "must be a value, not null"},
		{`{nullable: true}`, `null`, ""},
		{`{properties: {a: {}}}`, `{"a":null}`, ""},
		{`{type: object, properties: {a: {}}}`, `{"a":null}`, "must be a value, not null"},
		{`{type: string}`, `"x"`, ""},
		{`{type: string}`, `null`, "must be a string, not null"},
		{`{type: string, nullable: true, enum: [a]}`, `null`, ""},
		{`{type: string, enum: [a, b]}`, `"c"`, "must be one of a, b"},
		{`{type: string, enum: [v1]}`, `"v2"`, "must be v1"},
		{`{enum: [1, x, [1, {a: 2}], ""]}`, `[1.0,{"a":2e0}]`, ""},
		{`{enum: [1, x, [1, {a: 2}], ""]}`, `[1,{"a":3}]`, `must be one of 1, x, [1,{"a":2}], ""`},
		{`{enum: [{a: 1}]}`, `{"a":1}`, ""},
		{`{enum: [{a: 1}]}`, `{"a":1,"b":1}`, `must be {"a":1}`},
		{`{enum: [true, null], nullable: false}`, `true`, ""},
		{`{enum: [1]}`, `"1"`, "must be 1"},
		{`{type: string, maxLength: 1}`, `"😀"`, ""},
		{`{type: string, maxLength: 1}`, `"ab"`, "must be at most 1 character"},
		{`{type: string, minLength: 2}`, `"😀"`, "must be at least 2 characters"},
		{`{type: string, minLength: 2}`, `""`, "must not be empty"},
		{`{type: string, maxLength: 0}`, `"a"`, "must be at most 0 characters"},
		{`{type: string, pattern: '^\u00E9$'}`, `"é"`, ""},
		{`{pattern: '^a$'}`, `"b"`, "must match the pattern ^a$"},
		{`{pattern: '^a$'}`, `1`, ""},
		{`{type: integer}`, `1.0`, ""},
		{`{type: integer}`, `1e2`, ""},
		{`{type: integer}`, `1e300`, ""},
		{`{type: integer}`, `0.5`, "must be an integer"},
		{`{type: integer, format: int64}`, `9223372036854775807`, ""},
		{`{type: integer, format: int64}`, `-9223372036854775808`, ""},
		{`{type: integer, format: int64}`, `9223372036854775808`, "must be between -9223372036854775808 and 9223372036854775807"},
		{`{type: integer, format: int64}`, `-9223372036854775809`, "must be between -9223372036854775808 and 9223372036854775807"},
		{`{type: integer, format: int64, maximum: 9223372036854775807}`, `9223372036854775807`, ""},
		{`{type: number}`, `1`, ""},
		{`{type: number}`, `1e400`, "must be a number"},
		{`{type: number}`, `"1"`, "must be a number"},
		{`{type: number, multipleOf: 3}`, `9`, ""},
		{`{type: number, multipleOf: 3}`, `10`, "must be a multiple of 3"},
		{`{type: number, multipleOf: 0.1}`, `0.3`, ""},
		{`{type: number, minimum: 1.5}`, `1`, "must be at least 1.5"},
		{`{type: boolean}`, `0`, "must be true or false"},
		{`{type: array, items: {}}`, `{}`, "must be an array"},
		{`{type: array, items: {}, uniqueItems: true}`, `[1,1.0]`, "must not have an item twice"},
		{`{type: array, items: {}, uniqueItems: true}`, `[1,"1",[1],{}]`, ""},
		{`{type: array, items: {type: string}, uniqueItems: true}`, `["a","b"]`, ""},
		{`{type: array, items: {}, minItems: 2}`, `[1]`, "must have at least 2 items"},
		{`{type: object}`, `[]`, "must be an object"},
		{`{type: object, maxProperties: 1}`, `{"a":1,"b":2}`, "must have at most 1 property"},
		{`{type: object, required: [b]}`, `{"a":1}`, "is required"},
		{`{type: object, additionalProperties: false}`, `{"a":1}`, "is not a property of this object"},
		{`{type: object, additionalProperties: {type: string}}`, `{"a":1}`, "must be a string"},
		{`{type: string, format: hostname}`, `"-"`, ""},
		{`{not: {type: integer, multipleOf: 2}}`, `3`, ""},
		{`{not: {type: integer, multipleOf: 2}}`, `4`, "is a value that the schema rules out"},
		{`{oneOf: [{type: integer, multipleOf: 2}, {type: integer, multipleOf: 3}]}`, `6`, "must fit exactly one of its 2 alternatives"},
		{`{oneOf: [{type: integer, multipleOf: 2}, {type: integer, multipleOf: 3}]}`, `9`, ""},
		{`{anyOf: [{type: string}, {type: string, nullable: true}]}`, `null`, ""},
		{`{allOf: [{type: string, nullable: true}], enum: [a]}`, `null`, ""},
		{`{allOf: [{type: string, minLength: 3}, {type: string, pattern: a}]}`, `"b"`, "must be at least 3 characters"},
		{`{type: object, properties: {s: {type: string, writeOnly: true}}}`, `{"s":"x"}`, "is write-only and must not be answered"},
		{`{type: object, required: [s], properties: {s: {type: string, writeOnly: true}}}`, `{}`, ""},
		{`{type: object, required: [s], properties: {s: {type: string, readOnly: true}}}`, `{}`, "is required"},
		{`{allOf: [{$ref: '#/components/schemas/S'}], type: string}`, `"x"`, ""},
		{`{allOf: [{$ref: '#/components/schemas/S'}], type: string}`, `1`, "must be a string"},
	}
	for _, c := range cases {
		t.Run(c.schema+" "+c.value, func(t *testing.T) {
			t.Parallel()
			s := schemaOf(t, c.schema)
			v, bad := DecodeStrict([]byte(c.value))
			if bad != nil {
				t.Fatal(bad)
			}
			got := ""
			for _, violation := range s.Violations(v) {
				got = violation.Text
				break
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if s.Accepts(v) != (c.want == "") {
				t.Errorf("Accepts is %v", s.Accepts(v))
			}
			if s.AcceptsJSON([]byte(c.value)) != (c.want == "") {
				t.Errorf("AcceptsJSON is %v", s.AcceptsJSON([]byte(c.value)))
			}
		})
	}
}

func TestAcceptsJSONIsAsStrictAsDecodeStrict(t *testing.T) {
	t.Parallel()
	s := schemaOf(t, `{type: object, nullable: true, required: [a], properties: {a: {type: array, items: {nullable: true}}, b: {type: string}, c: {type: object, properties: {d: {}}}}}`)
	cases := map[string]bool{
		`{"a":[],"b":"x"}`:    true,
		`{"b":"x","a":[1,2]}`: true,
		` { "a" : [ 1 , { } , "x" ] , "c" : { "d" : [ ] , "e" : 1 } , "more" : null } `: true,
		`{"b":"x"}`:                     false,
		`{"a":[],"a":[]}`:               false,
		`{"a":[],"z":1,"z":2}`:          false,
		`{"a":[{"x":1,"x":1}]}`:         false,
		`{"a":[],"b":"\ud800"}`:         false,
		`{"a":["\ud800"]}`:              false,
		`{"a":[]} 1`:                    false,
		`{"a":[`:                        false,
		"\ufeff{\"a\":[]}":              false,
		"{\"a\":[\"\xff\"]}":            false,
		`{"a":[1,]}`:                    false,
		`{"\u0061":[]}`:                 true,
		`null`:                          true,
		``:                              false,
		`{"a":` + deep(63) + `}`:        true,
		`{"a":` + deep(64) + `}`:        false,
		`{"a":[` + deep(63) + `]}`:      false,
		`{"c":{"d":` + deep(63):         false,
		`{"a":[],"c":` + deep(99):       false,
		`{"a":[],"x":` + deep(64) + `}`: false,
	}
	for text, want := range cases {
		if got := s.AcceptsJSON([]byte(text)); got != want {
			t.Errorf("%.50s: got %v", text, got)
		}
	}
}

func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

func TestFormatsAreEnforced(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ good, bad []string }{
		"date-time": {
			[]string{"2024-01-20T10:30:00Z", "2024-01-20t10:30:00z", "2024-02-29T23:59:60Z", "2024-01-20T10:30:00.123456789+03:00", "0000-01-01T00:00:00-23:59"},
			[]string{
				"", "2024-01-20", "2024-01-20 10:30:00Z", "2024-01-20T10:30:00", "2024-01-20T10:30Z", "2024-01-20T24:00:00Z", "2024-01-20T10:60:00Z", "2024-01-20T10:30:61Z", "2023-02-29T10:30:00Z",
				"2024-01-20T10:30:00.Z", "2024-01-20T10:30:00+0300", "2024-01-20T10:30:00+24:00", "2024-01-20T10:30:00ZZ", "2024-01-20T1 :30:00Z", "2024-01-20T10-30:00Z", "2024-01-20T10:30:00+03:60",
			},
		},
		"date":  {[]string{"2024-01-20", "2024-02-29", "2024-12-31"}, []string{"", "2024-1-20", "2024-13-01", "2024-00-01", "2024-01-00", "2024-04-31", "2024-01-32", "20240120", "2024/01/20", "2024-01-2x"}},
		"uuid":  {[]string{"123e4567-e89b-12d3-a456-426614174000", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"}, []string{"", "123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g", "{23e4567-e89b-12d3-a456-42661417400}", "123e4567-e89b-12d3-a4560426614174000"}},
		"email": {[]string{"a@b.c", "first.last+tag@example.com"}, []string{"", "a", "a@", "@b.c", "A <a@b.c>", "<a@b.c>", "a b@c.d", "a@b.c,d@e.f"}},
		"uri":   {[]string{"https://example.com/a?b=c#d", "mailto:a@b.c", "urn:x:y", "http://[::1]:80/"}, []string{"", "/a/b", "example.com", "http://", "http://a b", "http://é.example", "http://%zz", ":"}},
		"ipv4":  {[]string{"127.0.0.1"}, []string{"", "127.0.0", "127.0.0.256", "::1", "::ffff:1.2.3.4", "01.2.3.4"}},
		"ipv6":  {[]string{"::1", "2001:db8::1"}, []string{"", "127.0.0.1", "fe80::1%eth0", "::g"}},
		"byte":  {[]string{"", "YQ==", "+/8="}, []string{"YQ", "YQ=", "Y", "YR==", "-_==", "YQ==\n", "é"}},
	}
	for format, c := range cases {
		s := schemaOf(t, "{type: string, format: "+format+"}")
		for _, text := range c.good {
			if violations := s.Violations(text); violations != nil {
				t.Errorf("%s %q: %v", format, text, violations)
			}
		}
		for _, text := range c.bad {
			violations := s.Violations(text)
			if len(violations) != 1 || violations[0].Rule != "format" || violations[0].Text != formatText(format) {
				t.Errorf("%s %q: %v", format, text, violations)
			}
		}
	}
}

func TestASimplifiedPatternMatchesLikeTheOriginal(t *testing.T) {
	t.Parallel()
	texts := []string{"", "0", "9", "123", "12a", "a", "Z", "_", "-", "é", "٣", "1\n", "\n", "1 ", " ", "\x00", "\x7f", "ab12", "K", "\u212a"}
	fast := []string{`^[0-9]+$`, `^\d+$`, `^[a-z0-9_-]*$`, `\A[A-Z]+\z`, `^[^é]+$`, `^(?i:[k-m])+$`, `^\w*$`}
	for _, pattern := range append(fast, `^[0-9]+`, `[0-9]+$`, `^[0-9]?$`, `(?m)^[0-9]+$`, `^a+$`, `^(?:[0-9]+)+$`, `^.+$`, `^[é]+$`, `^([0-9])+$`, `^[0-9]{2}$`) {
		re := regexp.MustCompile(pattern)
		m := simplify(re)
		for _, text := range texts {
			if m.MatchString(text) != re.MatchString(text) {
				t.Errorf("%s and %q: %v", pattern, text, m.MatchString(text))
			}
		}
	}
	if _, ok := simplify(regexp.MustCompile(fast[0])).(*classMatcher); !ok {
		t.Error("the pattern of phone numbers has no fast form")
	}
}

func TestNumbersAreComparedByTheirNearestFloat(t *testing.T) {
	t.Parallel()
	cases := map[string]float64{"0": 0, "-0": 0, "-12": -12, "123456789012345": 123456789012345, "1.5": 1.5, "1e3": 1000, "9007199254740993": 9007199254740992, "9223372036854775807": 1 << 63, "-9223372036854775808": -1 << 63}
	for text, want := range cases {
		if got, ok := number(text); !ok || got != want {
			t.Errorf("%s: %v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"1e400", "-1e400", "x", ""} {
		if _, ok := number(text); ok {
			t.Errorf("%s is a number", text)
		}
	}
	for text, side := range map[string]int{"9223372036854775808": 1, "9223372036854775807.0": 1, "-9223372036854775809": -1} {
		if got, _ := number(text); math.Abs(got) <= 1<<63 || got > 0 != (side > 0) {
			t.Errorf("%s: %v is within 64 bits", text, got)
		}
	}
}

func TestADocumentIsSharedByManyGoroutines(t *testing.T) {
	t.Parallel()
	d := must(Load("rich.yaml", richDocument().Source()))
	var group sync.WaitGroup
	for i := range 16 {
		group.Go(func() {
			for range 20 {
				bad := call{path: "/items", query: fmt.Sprintf("q=a&page=x&either=%d&filter[from]=x", i), header: neededHeader()}
				if got := bad.violations(t, d); !strings.Contains(got, "page: must be an integer") {
					t.Error(got)
				}
				body := call{method: "POST", path: "/items", header: jsonHeader(), body: `{"name":"","phone":"x","tags":[1],"parts":[{}],"step":7,"uuid":"x","mame":1}`}
				if got := body.violations(t, d); !strings.Contains(got, "phone: must match") {
					t.Error(got)
				}
				animal := call{method: "POST", path: "/animal", header: http1("application/vnd.animal+json"), body: `{"kind":"cat"}`}
				if got := animal.violations(t, d); got != "lives: is required" {
					t.Error(got)
				}
			}
		})
	}
	group.Wait()
}

func http1(contentType string) map[string][]string {
	return map[string][]string{"Content-Type": {contentType}}
}

func TestValuesAreNotChangedByTheirCheck(t *testing.T) {
	t.Parallel()
	s := richDocument().Operation("createItem").Bodies[0].Schema
	text := `{"name":"a","count":1,"word":null,"step":7,"parts":[{"title":1}]}`
	v, _ := DecodeStrict([]byte(text))
	before, _ := json.Marshal(v)
	s.Violations(v)
	after, _ := json.Marshal(v)
	if string(before) != string(after) {
		t.Errorf("got %s, was %s", after, before)
	}
}
