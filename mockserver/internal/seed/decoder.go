package seed

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/internal/yamldoc"
)

// An Error is what is wrong with a fixture file, and where.
type Error struct {
	File   string
	Line   int    // 0 when the file as a whole is meant
	Path   string // "conversations[3].messages[0].type", "" for the whole
	Reason string
}

// Error is one line: "workspaces/your-workspace.yaml:41: conversations[3].messages[0].type: must be one of ...".
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	b.WriteString(": ")
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Reason)
	return b.String()
}

// A decoder reads one YAML file. The first error stays, and everything read after it is a zero value, so that callers
// read straight on and ask once at the end.
type decoder struct {
	file string
	err  error
}

// A value is a YAML node and its path. The zero node is a value that is not there.
type value struct {
	d    *decoder
	node *yaml.Node
	path string
}

// decode parses the one document of a file. A file without content is an error.
func decode(file string, data []byte) (value, *decoder) {
	d := &decoder{file: file}
	node, err := yamldoc.Parse(data)
	if err != nil {
		d.err = notYAML(file, err)
	}
	return value{d: d, node: node}, d
}

func notYAML(file string, err error) error {
	var e *yamldoc.Error
	if errors.As(err, &e) {
		return &Error{File: file, Line: e.Line, Reason: e.Reason}
	}
	return err
}

// fail keeps the first error.
func (v value) fail(format string, args ...any) {
	if v.d.err != nil {
		return
	}
	e := &Error{File: v.d.file, Path: v.path, Reason: fmt.Sprintf(format, args...)}
	if v.node != nil {
		e.Line = v.node.Line
	}
	v.d.err = e
}

func (v value) present() bool { return v.node != nil && v.d.err == nil }

func (v value) line() int {
	if v.node == nil {
		return 0
	}
	return v.node.Line
}

// An object is a mapping with known keys.
type object struct {
	value
	fields map[string]value
}

// object reads a mapping that has only the keys given.
func (v value) object(keys ...string) object {
	o := object{value: v}
	if !v.is(yaml.MappingNode, "a mapping (key: value)") {
		return o
	}
	o.fields = make(map[string]value, len(v.node.Content)/2)
	for key, field := range v.pairs() {
		if !slices.Contains(keys, key) {
			field.fail("is no known key: known here are %s", strings.Join(keys, ", "))
		}
		o.fields[key] = field
	}
	return o
}

// pairs iterates over a mapping's keys in the order of the file; a duplicate key is an error.
func (v value) pairs() func(yield func(string, value) bool) {
	return func(yield func(string, value) bool) {
		seen := map[string]bool{}
		for i := 0; i+1 < len(v.node.Content) && v.d.err == nil; i += 2 {
			key := v.node.Content[i]
			field := value{v.d, v.node.Content[i+1], join(v.path, key.Value)}
			at := value{v.d, key, field.path}
			switch {
			case key.Kind != yaml.ScalarNode || key.ShortTag() == "!!merge":
				at.fail("a key must be plain text")
			case seen[key.Value]:
				at.fail("must be unique")
			}
			seen[key.Value] = true
			if v.d.err != nil || !yield(key.Value, field) {
				return
			}
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// get gives the key's value, absent or not.
func (o object) get(key string) value {
	if field, ok := o.fields[key]; ok {
		return field
	}
	return value{d: o.d, path: join(o.path, key)}
}

// need gives the key's value and fails when it is absent.
func (o object) need(key string) value {
	field, ok := o.fields[key]
	if !ok {
		missing := value{o.d, o.node, join(o.path, key)}
		missing.fail("is required")
		missing.node = nil
		return missing
	}
	return field
}

// is reports whether the node is present and of the kind; it fails if the node is of another kind.
func (v value) is(kind yaml.Kind, want string) bool {
	switch {
	case !v.present():
		return false
	case v.node.Kind == yaml.AliasNode:
		v.fail("an alias (*name) is not supported: write the value out")
	case v.node.Kind != kind:
		v.fail("must be %s", want)
	}
	return v.d.err == nil
}

// list gives the elements of a sequence; an absent one has none.
func (v value) list() []value {
	if !v.is(yaml.SequenceNode, "a list") {
		return nil
	}
	elements := make([]value, len(v.node.Content))
	for i, node := range v.node.Content {
		elements[i] = value{v.d, node, fmt.Sprintf("%s[%d]", v.path, i)}
	}
	return elements
}

// text reads a text that is not empty; "" when absent.
func (v value) text() string { return v.scalar("text (put it in quotes)", "!!str") }

// digits reads a number that is a name, such as a phone: quoted or not, it is kept as written.
func (v value) digits() string {
	s := v.scalar("decimal digits", "!!str", "!!int")
	if strings.Trim(s, "0123456789") != "" {
		v.fail("must be decimal digits only, without + or spaces")
	}
	return s
}

// phone reads a phone number in international form.
func (v value) phone() string {
	s := v.digits()
	switch {
	case strings.HasPrefix(s, "0"):
		v.fail("must be in international form, which does not begin with 0")
	case len(s) > longestPhone:
		v.fail("must be at most %d digits", longestPhone)
	}
	return s
}

// longestPhone is the document's bound (I).
const longestPhone = 50

// label reads text, or a whole number as it is written.
func (v value) label() string { return v.scalar("text", "!!str", "!!int") }

func (v value) scalar(want string, tags ...string) string {
	if !v.is(yaml.ScalarNode, want) {
		return ""
	}
	if !slices.Contains(tags, v.node.ShortTag()) {
		v.fail("must be %s", want)
		return ""
	}
	if strings.TrimSpace(v.node.Value) == "" {
		v.fail("must not be empty: leave the key out instead")
		return ""
	}
	return v.node.Value
}

// word reads one of the words allowed; otherwise is the word when absent.
func (v value) word(otherwise string, allowed ...string) string {
	if !v.present() {
		return otherwise
	}
	s := v.label()
	if v.d.err == nil && !slices.Contains(allowed, s) {
		v.fail("must be one of %s", strings.Join(allowed, ", "))
	}
	return s
}

// integer reads a whole number within bounds, 0 when absent.
func (v value) integer(lowest, highest int64) int64 {
	s := v.scalar("a whole number", "!!int")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < lowest || n > highest {
		v.fail("must be a whole number from %d to %d", lowest, highest)
		return 0
	}
	return n
}

// degrees reads a number between -limit and limit.
func (v value) degrees(limit float64) float64 {
	s := v.scalar("a number", "!!int", "!!float")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(n) || math.Abs(n) > limit {
		v.fail("must be a number from %g to %g", -limit, limit)
		return 0
	}
	return n
}

func (v value) truth() bool {
	switch v.scalar("true or false", "!!bool") {
	case "true":
		return true
	case "false", "":
	default:
		v.fail("must be true or false")
	}
	return false
}

// ago reads an instant before the start, "-3d4h": how long before it. 0 when absent.
func (v value) ago() time.Duration {
	if !v.present() {
		return 0
	}
	s := v.label()
	d, ok := span(strings.TrimPrefix(s, "-"))
	if v.d.err == nil && (!ok || !strings.HasPrefix(s, "-")) {
		v.fail("must be a time before the start, such as -2h, -3d4h or -90s (units d, h, m, s)")
	}
	return d
}

// after reads an instant that is either before the start ("-2h") or after another one ("+5s"), as a time before the
// start; base is that other one's.
func (v value) after(base time.Duration) time.Duration {
	if !v.present() || v.node.Kind != yaml.ScalarNode || !strings.HasPrefix(v.node.Value, "+") {
		return v.ago()
	}
	d, ok := span(v.node.Value[1:])
	if !ok {
		v.fail("must be a time after the message, such as +5s or +1m30s, or before the start, such as -2h")
	}
	return base - d
}

// longest bounds times: ten years, so that no sum of them overflows.
const longest = 3650 * day

const day = 24 * time.Hour

// span parses "3d4h", largest unit first, each unit once.
func span(s string) (time.Duration, bool) {
	units := []struct {
		letter byte
		length time.Duration
	}{{'d', day}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}
	var total time.Duration
	for _, unit := range units {
		number, rest, found := strings.Cut(s, string(unit.letter))
		if !found {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 32)
		if err != nil || time.Duration(n) > longest/unit.length {
			return 0, false
		}
		total += time.Duration(n) * unit.length
		if s = rest; s == "" {
			return total, total <= longest
		}
	}
	return 0, false
}
