package judge

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

// A compiled is an OpenAPI 3.0 schema, compiled to check answers. kin-openapi needs about ten microseconds for a row, which is too slow for lists of ten thousand
// rows, and does not give a JSON pointer for each breach. A test compares the results of both.
type compiled struct {
	kind             string
	nullable         bool
	format           string
	pattern          *regexp.Regexp
	enum             []any
	minimum, maximum *big.Float
	exclMin, exclMax bool
	minLen, maxLen   int // -1: no bound
	minItems         int
	maxItems         int
	properties       map[string]*compiled
	required         []string
	closed           bool      // additionalProperties: false
	additional       *compiled // schema of other properties, or nil
	items            *compiled
	all, some, one   []*compiled
	not              *compiled
	inferred         bool   // x-mark: I, a breach is worth a warning
	place            string // JSON pointer in the document
}

// A violation is one breach of a schema.
type violation struct {
	keyword          string // "required", "type", "enum", …
	pointer          string // where in the body
	place            string // where in the document
	expected, actual string
	inferred         bool
}

const sameBreaches = 20 // how many breaches of one keyword are reported for one body

func full(out []violation, keyword string) bool {
	n := 0
	for _, v := range out {
		if v.keyword == keyword {
			n++
		}
	}
	return n >= sameBreaches
}

// check appends the breaches of the schema by a value; at is its JSON pointer in the body.
func (s *compiled) check(v any, at string, out *[]violation) {
	if s == nil {
		return
	}
	breach := func(keyword, expected string) {
		if full(*out, keyword) {
			return
		}
		*out = append(*out, violation{keyword, at, s.place, expected, printable.Brief(v), s.inferred})
	}
	if v == nil {
		if !s.nullable {
			breach("type", s.kind+", never null")
		}
		return
	}
	if !s.typed(v) {
		breach("type", s.kind)
		return
	}
	if len(s.enum) > 0 && !slices.ContainsFunc(s.enum, func(want any) bool { return same(want, v) }) {
		breach("enum", "one of "+words(s.enum))
	}
	switch v := v.(type) {
	case string:
		s.checkText(v, breach)
	case json.Number:
		s.checkNumber(v, breach)
	case []any:
		s.checkArray(v, at, breach, out)
	case map[string]any:
		s.checkObject(v, at, out)
	}
	s.checkCombined(v, at, breach, out)
}

func (s *compiled) typed(v any) bool {
	switch s.kind {
	case "":
		return true
	case "integer":
		n, ok := v.(json.Number)
		return ok && isInteger(n)
	case "number":
		_, ok := v.(json.Number)
		return ok
	case "string":
		_, ok := v.(string)
		return ok
	case "boolean":
		_, ok := v.(bool)
		return ok
	case "array":
		_, ok := v.([]any)
		return ok
	case "object":
		_, ok := v.(map[string]any)
		return ok
	}
	return false
}

func isInteger(n json.Number) bool {
	if _, err := n.Int64(); err == nil {
		return true
	}
	f, _, err := big.ParseFloat(n.String(), 10, 200, big.ToNearestEven)
	return err == nil && f.IsInt()
}

func (s *compiled) checkText(v string, breach func(keyword, expected string)) {
	if n := utf8.RuneCountInString(v); n < s.minLen {
		breach("minLength", fmt.Sprintf("at least %d characters", s.minLen))
	} else if s.maxLen >= 0 && n > s.maxLen {
		breach("maxLength", fmt.Sprintf("at most %d characters", s.maxLen))
	}
	if s.pattern != nil && !s.pattern.MatchString(v) {
		breach("pattern", "text that matches "+s.pattern.String())
	}
	switch s.format {
	case "date-time":
		if _, err := exchange.ParseTime(v); err != nil {
			breach("format", "an RFC 3339 date and time with an offset")
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			breach("format", "an RFC 3339 date")
		}
	}
}

func (s *compiled) checkNumber(v json.Number, breach func(keyword, expected string)) {
	f, _, err := big.ParseFloat(v.String(), 10, 200, big.ToNearestEven)
	if err != nil {
		breach("type", "a number that can be compared")
		return
	}
	if s.minimum != nil && (f.Cmp(s.minimum) < 0 || s.exclMin && f.Cmp(s.minimum) == 0) {
		breach("minimum", "at least "+s.minimum.Text('g', 10))
	}
	if s.maximum != nil && (f.Cmp(s.maximum) > 0 || s.exclMax && f.Cmp(s.maximum) == 0) {
		breach("maximum", "at most "+s.maximum.Text('g', 10))
	}
	if i, _ := f.Int(nil); s.kind == "integer" && s.format == "int64" && !i.IsInt64() || s.kind == "integer" && s.format == "int32" && (i.BitLen() > 31) {
		breach("format", s.format)
	}
}

func (s *compiled) checkArray(v []any, at string, breach func(keyword, expected string), out *[]violation) {
	if len(v) < s.minItems {
		breach("minItems", fmt.Sprintf("at least %d items", s.minItems))
	} else if s.maxItems >= 0 && len(v) > s.maxItems {
		breach("maxItems", fmt.Sprintf("at most %d items", s.maxItems))
	}
	if s.items == nil {
		return
	}
	for i, item := range v {
		s.items.check(item, at+"/"+strconv.Itoa(i), out)
	}
}

func (s *compiled) checkObject(v map[string]any, at string, out *[]violation) {
	for _, name := range s.required {
		if _, ok := v[name]; !ok && !full(*out, "required") {
			*out = append(*out, violation{"required", at + "/" + name, s.place, "the property " + name, "no such property", s.inferred})
		}
	}
	for name, value := range v {
		if property, ok := s.properties[name]; ok {
			property.check(value, at+document.PointerOf([]string{name}), out)
		} else if s.additional != nil {
			s.additional.check(value, at+document.PointerOf([]string{name}), out)
		} else if s.closed && !full(*out, "additionalProperties") {
			*out = append(*out, violation{"additionalProperties", at + "/" + name, s.place, "no other property", name, s.inferred})
		}
	}
}

func (s *compiled) checkCombined(v any, at string, breach func(keyword, expected string), out *[]violation) {
	for _, part := range s.all {
		part.check(v, at, out)
	}
	fitting := func(list []*compiled) (n int) {
		for _, part := range list {
			if part.accepts(v) {
				n++
			}
		}
		return n
	}
	if len(s.some) > 0 && fitting(s.some) == 0 {
		breach("anyOf", "one of the alternatives of anyOf")
	}
	if len(s.one) > 0 && fitting(s.one) != 1 {
		breach("oneOf", "exactly one of the alternatives of oneOf")
	}
	if s.not != nil && s.not.accepts(v) {
		breach("not", "something that the schema under not refuses")
	}
}

func (s *compiled) accepts(v any) bool {
	var found []violation
	s.check(v, "", &found)
	return len(found) == 0
}

// same compares an enum value of the document with a value of a body.
func same(want, got any) bool {
	if number, ok := got.(json.Number); ok {
		f, err := number.Float64()
		return err == nil && fmt.Sprint(want) == strconv.FormatFloat(f, 'g', -1, 64)
	}
	return want == got
}

func words(list []any) string {
	var out []string
	for _, word := range list {
		if word != nil {
			out = append(out, fmt.Sprint(word))
		}
	}
	return strings.Join(out, ", ")
}
