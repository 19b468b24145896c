package spec

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestDecodeStrictGivesTheValue(t *testing.T) {
	t.Parallel()
	cases := []struct {
		text string
		want any
	}{
		{`null`, nil},
		{` true `, true},
		{`false`, false},
		{`""`, ""},
		{`"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, "a\"\\/\b\f\n\r\té😀"},
		{`"\\ud800"`, `\ud800`},
		{`-0.10e+5`, json.Number("-0.10e+5")},
		{`12345678901234567890`, json.Number("12345678901234567890")},
		{`[]`, []any{}},
		{`{}`, map[string]any{}},
		{"\t[ 1 , \"a\" , [ ] , { \"b\" : null } ]\r\n", []any{json.Number("1"), "a", []any{}, map[string]any{"b": nil}}},
		{`{"a":{"b":[{"c":1}]},"A":2,"":3}`, map[string]any{"a": map[string]any{"b": []any{map[string]any{"c": json.Number("1")}}}, "A": json.Number("2"), "": json.Number("3")}},
		{strings.Repeat("[", 64) + strings.Repeat("]", 64), nested64()},
	}
	for _, c := range cases {
		got, violations := DecodeStrict([]byte(c.text))
		if violations != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, %v", c.text, got, violations)
		}
	}
}

func nested64() any {
	v := []any{}
	for range 63 {
		v = []any{v}
	}
	return v
}

func TestDecodeStrictRefusesWhatOthersLetThrough(t *testing.T) {
	t.Parallel()
	cases := []struct{ text, field, rule string }{
		{``, "body", "json"},
		{` `, "body", "json"},
		{`{`, "body", "json"},
		{`[1,]`, "body", "json"},
		{`{"a":1,}`, "body", "json"},
		{`01`, "body", "json"},
		{`+1`, "body", "json"},
		{`.5`, "body", "json"},
		{`NaN`, "body", "json"},
		{`'a'`, "body", "json"},
		{"\"\x00\"", "body", "json"},
		{"\ufeff1", "body", "json"},
		{`1 2`, "body", "json"},
		{`{} {}`, "body", "json"},
		{"\"\xc3\"", "body", "encoding"},
		{"\"\xed\xa0\x80\"", "body", "encoding"},
		{`"\ud800"`, "body", "encoding"},
		{`"\udc00\ud800"`, "body", "encoding"},
		{`"\ud800\n"`, "body", "encoding"},
		{`"\ud800\ud800\udc00"`, "body", "encoding"},
		{`{"\ud800":1}`, "body", "encoding"},
		{`{"a":{"\udfff":1}}`, "a", "encoding"},
		{`{"a":["x","\uD800"]}`, "a[1]", "encoding"},
		{`{"a":1,"a":1}`, "a", "duplicate"},
		{`{"a":1,"\u0061":1}`, "a", "duplicate"},
		{`[{"b":[0,{"c":1,"c":2}]}]`, "[0].b[1].c", "duplicate"},
		{strings.Repeat("[", 65) + strings.Repeat("]", 65), "body", "depth"},
		{strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65), "body", "depth"},
		{strings.Repeat(`[{"a":1},`, 64) + `[1,{"b":[2]}` + strings.Repeat("]", 65), "body", "depth"},
	}
	for _, c := range cases {
		_, violations := DecodeStrict([]byte(c.text))
		if len(violations) != 1 || violations[0].Field != c.field || violations[0].Rule != c.rule || violations[0].In != "body" || violations[0].Text == "" {
			t.Errorf("%.60q: got %+v, want %s at %s", c.text, violations, c.rule, c.field)
		}
	}
}

func TestDecodeStrictKeepsGoingAfterADuplicate(t *testing.T) {
	t.Parallel()
	got, violations := DecodeStrict([]byte(`{"a":1,"a":2,"a":3,"b":{"c":1,"c":2}}`))
	if len(violations) != 2 || violations[0].Field != "a" || violations[1].Field != "b.c" {
		t.Errorf("got %+v", violations)
	}
	if !reflect.DeepEqual(got, map[string]any{"a": json.Number("3"), "b": map[string]any{"c": json.Number("2")}}) {
		t.Errorf("got %v", got)
	}
}

func FuzzDecodeStrictAgreesWithEncodingJSON(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,2.5e3,"x\u00e9",true,null]}`, `[`, `{"a":1,"a":2}`, `"\ud83d\ude00"`, `"\ud83d"`, "\ufeff{}", "\"\xff\"", ` [ ] `, `1 2`, `{"a":{"b":{"c":[]}}}`,
		strings.Repeat("[", 70), strings.Repeat("[", 64) + strings.Repeat("]", 64), `-0`, `1E400`, `{"":""}`, `"\\u"`, `"\"`, `[{"a":1},{"a":1}]`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, violations := DecodeStrict(data)
		var want any
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		valid := json.Valid(data) && dec.Decode(&want) == nil
		if len(violations) == 0 {
			if !valid {
				t.Fatalf("accepted what encoding/json refuses: %q", data)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%q: got %#v, encoding/json %#v", data, got, want)
			}
			return
		}
		if !valid {
			return
		}
		for _, v := range violations { // a stricter case: it has to be one of the documented ones
			switch v.Rule {
			case "duplicate", "depth":
			case "encoding":
				if utf8.Valid(data) && !bytes.Contains(data, []byte(`\u`)) {
					t.Fatalf("%q: %+v", data, v)
				}
			default:
				t.Fatalf("%q is valid JSON, got %+v", data, v)
			}
		}
	})
}
