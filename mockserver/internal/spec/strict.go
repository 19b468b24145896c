package spec

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep arrays and objects may be nested.
const maxDepth = 64

// DecodeStrict decodes one JSON value: objects as map[string]any, numbers as json.Number. Beyond what encoding/json
// refuses, it refuses a byte order mark, invalid UTF-8, half a surrogate pair, a key that stands twice and more than
// 64 levels. The value is nil where there are violations that leave none.
func DecodeStrict(data []byte) (any, []Violation) {
	d := decode(data)
	return d.value, d.violations
}

// A decoded is the result of decoding, and what the check of a body needs to know besides.
type decoded struct {
	value      any
	violations []Violation
	broken     bool // there is no value
	fractions  bool // a number is written with a fraction or an exponent
}

func decode(data []byte) decoded {
	if rule, text := unreadable(data); rule != "" {
		return decoded{broken: true, violations: []Violation{{Field: "body", In: "body", Whole: true, Rule: rule, Text: text}}}
	}
	w := walker{data: string(data)}
	v := w.value(1)
	if w.tooDeep {
		return decoded{broken: true, violations: []Violation{{
			Field: "body", In: "body", Whole: true, Rule: "depth", Text: fmt.Sprintf("must not be nested deeper than %d levels", maxDepth),
		}}}
	}
	return decoded{value: v, violations: w.violations, fractions: w.fractions}
}

// unreadable says why data is no JSON text; encoding/json is the judge of the syntax.
func unreadable(data []byte) (rule, text string) {
	switch {
	case len(data) == 0:
		return "json", "must not be empty"
	case strings.HasPrefix(string(data[:min(3, len(data))]), "\ufeff"):
		return "json", "must not begin with a byte order mark"
	case !utf8.Valid(data):
		return "encoding", "is not valid UTF-8"
	case json.Valid(data):
		return "", ""
	}
	var raw json.RawMessage
	var syntax *json.SyntaxError
	err := json.Unmarshal(data, &raw)
	switch {
	case !errors.As(err, &syntax):
		return "json", "is not valid JSON"
	case strings.Contains(syntax.Error(), "after top-level value"):
		return "json", fmt.Sprintf("has data after the JSON value (byte %d)", syntax.Offset)
	case strings.Contains(syntax.Error(), "exceeded max depth"):
		return "depth", fmt.Sprintf("must not be nested deeper than %d levels", maxDepth)
	case strings.Contains(syntax.Error(), "unexpected end"):
		return "json", "is not valid JSON: it ends too early"
	}
	return "json", fmt.Sprintf("is not valid JSON (byte %d)", syntax.Offset)
}

// A walker builds the value of a text that is known to be valid JSON.
type walker struct {
	data       string
	at         int
	path       []step // of the value being read
	violations []Violation
	tooDeep    bool
	fractions  bool
}

// A step leads into an object (by key) or into an array (by index).
type step struct {
	key   string
	index int // -1 for a key
}

func (w *walker) space() {
	for w.at < len(w.data) {
		switch w.data[w.at] {
		case ' ', '\t', '\n', '\r':
			w.at++
		default:
			return
		}
	}
}

func (w *walker) value(depth int) any {
	w.space()
	switch w.data[w.at] {
	case '{':
		return w.object(depth)
	case '[':
		return w.array(depth)
	case '"':
		return strings.Clone(w.text()) // a value that is kept must not keep the whole text
	case 't':
		w.at += len("true")
		return true
	case 'f':
		w.at += len("false")
		return false
	case 'n':
		w.at += len("null")
		return nil
	}
	start := w.at
	w.skipNumber()
	return json.Number(strings.Clone(w.data[start:w.at]))
}

// skipNumber leads behind a number.
func (w *walker) skipNumber() {
	for ; w.at < len(w.data); w.at++ {
		switch c := w.data[w.at]; {
		case c >= '0' && c <= '9' || c == '-' || c == '+':
		case c == '.' || c == 'e' || c == 'E':
			w.fractions = true
		default:
			return
		}
	}
}

// text reads a string: a part of the data where nothing in it is escaped.
func (w *walker) text() string {
	w.at++
	start := w.at
	for i := start; ; i++ {
		switch w.data[i] {
		case '"':
			w.at = i + 1
			return w.data[start:i]
		case '\\':
			return w.escaped(start, i)
		}
	}
}

// escaped reads a string with at least one backslash, the first of them at i.
func (w *walker) escaped(start, i int) string {
	for w.data[i] != '"' {
		if w.data[i] == '\\' {
			i++
		}
		i++
	}
	w.at = i + 1
	quoted := w.data[start-1 : w.at]
	if halfSurrogate(quoted) {
		w.add("encoding", "must not contain half of a surrogate pair")
	}
	var s string
	_ = json.Unmarshal([]byte(quoted), &s) // known to be valid
	return s
}

// halfSurrogate tells whether a quoted string has a \ud800 to \udfff without its other half.
func halfSurrogate(quoted string) bool {
	for i := 0; i < len(quoted); i++ {
		if quoted[i] != '\\' {
			continue
		}
		i++
		if quoted[i] != 'u' {
			continue
		}
		switch surrogate(quoted[i+1:]) {
		case low:
			return true
		case high:
			if next := quoted[i+5:]; len(next) < 6 || next[0] != '\\' || next[1] != 'u' || surrogate(next[2:]) != low {
				return true
			}
			i += 6
		}
		i += 4
	}
	return false
}

const (
	none = iota
	high
	low
)

// surrogate classifies four hex digits.
func surrogate(hex string) int {
	if len(hex) < 4 || unhex(hex[0]) != 0xd || unhex(hex[1]) < 8 {
		return none
	}
	if unhex(hex[1]) < 0xc {
		return high
	}
	return low
}

func (w *walker) array(depth int) any {
	if depth > maxDepth {
		w.tooDeep = true
		w.at = len(w.data)
		return nil
	}
	list := []any{}
	w.at++
	w.path = append(w.path, step{})
	for w.space(); !w.tooDeep; w.space() {
		if c := w.data[w.at]; c == ']' {
			w.at++
			break
		} else if c == ',' {
			w.at++
		}
		w.path[len(w.path)-1].index = len(list)
		list = append(list, w.value(depth+1))
	}
	w.path = w.path[:len(w.path)-1]
	return list
}

func (w *walker) object(depth int) any {
	if depth > maxDepth {
		w.tooDeep = true
		w.at = len(w.data)
		return nil
	}
	m := map[string]any{}
	w.at++
	for w.space(); !w.tooDeep; w.space() {
		switch w.data[w.at] {
		case '}':
			w.at++
			return m
		case ',':
			w.at++
			w.space()
		}
		key := w.text()
		w.path = append(w.path, step{key: key, index: -1})
		if _, twice := m[key]; twice {
			w.add("duplicate", "must be given only once")
		}
		w.space()
		w.at++ // the colon
		m[key] = w.value(depth + 1)
		w.path = w.path[:len(w.path)-1]
	}
	return m
}

// add adds a violation at the present path, if there is none yet.
func (w *walker) add(rule, text string) {
	var b strings.Builder
	for _, s := range w.path {
		switch {
		case s.index >= 0:
			b.WriteString("[" + itoa(s.index) + "]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(s.key)
	}
	v := Violation{Field: b.String(), In: "body", Whole: len(w.path) == 0, Rule: rule, Text: text}
	if v.Field == "" {
		v.Field = "body"
	}
	w.violations = addViolation(w.violations, v)
}
