package suite

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

	"github.com/getkin/kin-openapi/openapi3"
)

// A shape is an OpenAPI 3.0 schema compiled for checking answers: kin-openapi takes about ten microseconds a row, which ten thousand rows a
// list would make seconds, and its messages have no JSON pointer for each breach. A test holds both to the same verdicts.
type shape struct {
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
	properties       map[string]*shape
	required         []string
	closed           bool   // additionalProperties: false
	additional       *shape // schema of other properties, or nil
	items            *shape
	all, some, one   []*shape
	not              *shape
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

type shapes struct{ made map[*openapi3.Schema]*shape }

// compile turns a schema into a shape. Schemas may be cyclic.
func (c *shapes) compile(ref *openapi3.SchemaRef, place string) (*shape, error) {
	if ref == nil || ref.Value == nil {
		return nil, nil
	}
	if ref.Ref != "" {
		place = strings.TrimPrefix(ref.Ref, "#")
	}
	if made, ok := c.made[ref.Value]; ok {
		return made, nil
	}
	in := ref.Value
	s := &shape{
		nullable: in.Nullable, format: in.Format, enum: in.Enum, place: place,
		minLen: int(in.MinLength), maxLen: bound(in.MaxLength), minItems: int(in.MinItems), maxItems: bound(in.MaxItems),
		required: in.Required, inferred: in.Extensions["x-mark"] == "I",
		minimum: float(in.Min), maximum: float(in.Max),
		exclMin: in.ExclusiveMin.Bool != nil && *in.ExclusiveMin.Bool, exclMax: in.ExclusiveMax.Bool != nil && *in.ExclusiveMax.Bool,
	}
	c.made[in] = s
	if types := in.Type.Slice(); len(types) > 0 {
		s.kind = types[0]
	}
	var err error
	if in.Pattern != "" {
		if s.pattern, err = regexp.Compile(in.Pattern); err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
	}
	if err := c.children(s, in); err != nil {
		return nil, err
	}
	if s.madeOf(s, 0) {
		return nil, fmt.Errorf("%s: the schema is made of itself, so nothing can fit it", place)
	}
	return s, nil
}

// madeOf tells whether a schema combines another one, at any depth: then checking a value against it would not end.
func (s *shape) madeOf(other *shape, depth int) bool {
	for _, part := range slices.Concat(s.all, s.some, s.one, []*shape{s.not}) {
		if part == other || part != nil && (depth > 64 || part.madeOf(other, depth+1)) {
			return true
		}
	}
	return false
}

func (c *shapes) children(s *shape, in *openapi3.Schema) (err error) {
	if len(in.Properties) > 0 {
		s.properties = make(map[string]*shape, len(in.Properties))
	}
	for name, ref := range in.Properties {
		if s.properties[name], err = c.compile(ref, s.place+"/properties/"+name); err != nil {
			return err
		}
	}
	if s.items, err = c.compile(in.Items, s.place+"/items"); err != nil {
		return err
	}
	s.closed = in.AdditionalProperties.Has != nil && !*in.AdditionalProperties.Has
	if s.additional, err = c.compile(in.AdditionalProperties.Schema, s.place+"/additionalProperties"); err != nil {
		return err
	}
	if s.not, err = c.compile(in.Not, s.place+"/not"); err != nil {
		return err
	}
	for _, list := range []struct {
		name string
		refs openapi3.SchemaRefs
		out  *[]*shape
	}{{"allOf", in.AllOf, &s.all}, {"anyOf", in.AnyOf, &s.some}, {"oneOf", in.OneOf, &s.one}} {
		for i, ref := range list.refs {
			child, err := c.compile(ref, fmt.Sprintf("%s/%s/%d", s.place, list.name, i))
			if err != nil {
				return err
			}
			*list.out = append(*list.out, child)
		}
	}
	return nil
}

func bound(n *uint64) int {
	if n == nil {
		return -1
	}
	return int(*n)
}

func float(f *float64) *big.Float {
	if f == nil {
		return nil
	}
	return big.NewFloat(*f)
}

const sameBreaches = 20 // of one keyword that are told of one body

func full(out []violation, keyword string) bool {
	n := 0
	for _, v := range out {
		if v.keyword == keyword {
			n++
		}
	}
	return n >= sameBreaches
}

// check appends every breach of the schema by the value, which stands at the JSON pointer at.
func (s *shape) check(v any, at string, out *[]violation) {
	if s == nil {
		return
	}
	breach := func(keyword, expected string) {
		if full(*out, keyword) {
			return
		}
		*out = append(*out, violation{keyword, at, s.place, expected, brief(v), s.inferred})
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

func (s *shape) typed(v any) bool {
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

func (s *shape) checkText(v string, breach func(keyword, expected string)) {
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
		if _, err := parseTime(v); err != nil {
			breach("format", "an RFC 3339 date and time with an offset")
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			breach("format", "an RFC 3339 date")
		}
	}
}

func (s *shape) checkNumber(v json.Number, breach func(keyword, expected string)) {
	f, _, err := big.ParseFloat(v.String(), 10, 200, big.ToNearestEven)
	if err != nil {
		breach("type", "a number of a sane size")
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

func (s *shape) checkArray(v []any, at string, breach func(keyword, expected string), out *[]violation) {
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

func (s *shape) checkObject(v map[string]any, at string, out *[]violation) {
	for _, name := range s.required {
		if _, ok := v[name]; !ok && !full(*out, "required") {
			*out = append(*out, violation{"required", at + "/" + name, s.place, "the property " + name, "no such property", s.inferred})
		}
	}
	for name, value := range v {
		if property, ok := s.properties[name]; ok {
			property.check(value, at+pointerOf([]string{name}), out)
		} else if s.additional != nil {
			s.additional.check(value, at+pointerOf([]string{name}), out)
		} else if s.closed && !full(*out, "additionalProperties") {
			*out = append(*out, violation{"additionalProperties", at + "/" + name, s.place, "no other property", name, s.inferred})
		}
	}
}

func (s *shape) checkCombined(v any, at string, breach func(keyword, expected string), out *[]violation) {
	for _, part := range s.all {
		part.check(v, at, out)
	}
	fitting := func(list []*shape) (n int) {
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

func (s *shape) accepts(v any) bool {
	var found []violation
	s.check(v, "", &found)
	return len(found) == 0
}

// same compares a value of the document with one of a body.
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

// brief shows a value in a message.
func brief(v any) string {
	switch v := v.(type) {
	case []any:
		return fmt.Sprintf("an array of %d", len(v))
	case map[string]any:
		return fmt.Sprintf("an object of %d properties", len(v))
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return cutText(string(text), 120)
}

func cutText(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// rfc3339 is stricter than time.Parse, which takes "24:00" offsets and one-digit hours, and wider: a lower-case t or z is lawful.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

func parseTime(text string) (time.Time, error) {
	if !rfc3339.MatchString(text) {
		return time.Time{}, fmt.Errorf("%q is not an RFC 3339 time", text)
	}
	return time.Parse(time.RFC3339Nano, strings.ToUpper(text))
}
