// Package strictjson decodes JSON and refuses what encoding/json lets through: a byte order mark, invalid UTF-8, half of a
// surrogate pair, a key that is given twice, and more than 64 levels.
package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may be nested.
const MaxDepth = 64

// maxFaults bounds what is said about one text: a body can hold 100,000 faults.
const maxFaults = 100

// A Fault is a rule that a text breaks. Its text does not repeat the value.
type Fault struct {
	Path  string // "buttons[0].title"; "" for the value as a whole, and for a member whose name is empty
	Whole bool   // the fault is one of the value as a whole
	Rule  string // "json", "encoding", "depth" or "duplicate"
	Text  string // "must be given only once"
}

// A Decoded is the result of decoding.
type Decoded struct {
	Value     any // objects are map[string]any, numbers json.Number
	Faults    []Fault
	Broken    bool // there is no value
	Fractions bool // a number is written with a fraction or an exponent, or as -0
}

// Decode decodes one JSON value.
func Decode(data []byte) Decoded {
	if rule, text := Unreadable(data); rule != "" {
		return broken(rule, text)
	}
	r := Over(string(data))
	v := r.Value(1)
	if r.tooDeep {
		return broken("depth", tooDeep())
	}
	return Decoded{Value: v, Faults: r.faults, Fractions: r.fractions}
}

func broken(rule, text string) Decoded {
	return Decoded{Broken: true, Faults: []Fault{{Whole: true, Rule: rule, Text: text}}}
}

func tooDeep() string { return fmt.Sprintf("must not be nested deeper than %d levels", MaxDepth) }

// Unreadable says which rule a text breaks as a whole, and how; "" if it is JSON. encoding/json decides about the syntax.
func Unreadable(data []byte) (rule, text string) {
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
		return "depth", tooDeep()
	case strings.Contains(syntax.Error(), "unexpected end"):
		return "json", "is not valid JSON: it ends too early"
	}
	return "json", fmt.Sprintf("is not valid JSON (byte %d)", syntax.Offset)
}

// add adds a fault at the present path, if there is none yet.
func (r *Reader) add(rule, text string) {
	fault := Fault{Path: r.pathText(), Whole: len(r.path) == 0, Rule: rule, Text: text}
	known := func(f Fault) bool { return f.Path == fault.Path && f.Whole == fault.Whole }
	if len(r.faults) < maxFaults && !slices.ContainsFunc(r.faults, known) {
		r.faults = append(r.faults, fault)
	}
}

// pathText is the present path: "buttons[0].title".
func (r *Reader) pathText() string {
	var b strings.Builder
	for _, s := range r.path {
		switch {
		case s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		b.WriteString(s.key)
	}
	return b.String()
}
