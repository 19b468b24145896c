package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/awalmock/contract/document"
)

// A Problem is something in a body that encoding/json would let pass, or that makes it no JSON at all.
type Problem struct {
	Kind    ProblemKind
	Pointer string // JSON pointer of the value concerned
	Reason  string
}

type ProblemKind int

const (
	ProblemSyntax    ProblemKind = iota // not one JSON value: syntax, byte order mark, trailing bytes, bytes that are not UTF-8
	ProblemCut                          // the body ends inside the value
	ProblemDuplicate                    // the same key twice in one object
)

const (
	maxDepth    = 64
	maxValues   = 1_500_000 // of one body
	maxProblems = 100       // that are reported for one body
)

var errTooMany = fmt.Errorf("it has more than %d JSON values", maxValues)

// Decode reads one JSON value (map[string]any, []any, string, json.Number, bool or nil) and reports everything that is wrong with the
// bytes around and inside it. After a byte order mark, trailing bytes or a duplicate key the value is still returned, so that the rest of
// the answer can be judged; after a syntax error it is nil. The error is about a body that has too many values to be looked at.
func Decode(data []byte) (any, []Problem, error) {
	p := &jsonParser{data: data, keys: map[string]string{}}
	if strings.HasPrefix(string(data[:min(3, len(data))]), "\ufeff") {
		p.report(ProblemSyntax, "begins with a byte order mark")
		p.pos = 3
	}
	value, err := p.value(0)
	if err != nil {
		kind := ProblemSyntax
		if p.pos >= len(p.data) {
			kind = ProblemCut
		}
		if errors.Is(err, errTooMany) {
			return nil, nil, err
		}
		p.report(kind, err.Error())
		return nil, p.problems, nil
	}
	p.space()
	if p.pos < len(p.data) {
		p.report(ProblemSyntax, fmt.Sprintf("%d bytes follow the JSON value", len(p.data)-p.pos))
	}
	return value, p.problems, nil
}

type jsonParser struct {
	data     []byte
	pos      int
	path     []string
	keys     map[string]string // keys seen, so that ten thousand rows share their nine key strings
	problems []Problem
	values   int
}

func (p *jsonParser) report(kind ProblemKind, reason string) {
	if len(p.problems) >= maxProblems {
		return
	}
	p.problems = append(p.problems, Problem{Kind: kind, Pointer: document.PointerOf(p.path), Reason: reason})
}

func (p *jsonParser) space() {
	for p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ' ', '\t', '\n', '\r':
			p.pos++
		default:
			return
		}
	}
}

func (p *jsonParser) fault(what string) error {
	if p.pos >= len(p.data) {
		return fmt.Errorf("the body ends after %d bytes where %s is expected", len(p.data), what)
	}
	return fmt.Errorf("byte %d is %q where %s is expected", p.pos, p.data[p.pos], what)
}

func (p *jsonParser) value(depth int) (any, error) {
	if p.values++; p.values > maxValues {
		return nil, errTooMany
	}
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	p.space()
	if p.pos >= len(p.data) {
		return nil, p.fault("a value")
	}
	switch c := p.data[p.pos]; {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		return p.text()
	case c == '-' || (c >= '0' && c <= '9'):
		return p.number()
	}
	for word, value := range map[string]any{"true": true, "false": false, "null": nil} {
		if strings.HasPrefix(string(p.data[p.pos:min(p.pos+5, len(p.data))]), word) {
			p.pos += len(word)
			return value, nil
		}
	}
	if rest := string(p.data[p.pos:]); len(rest) < 5 && (strings.HasPrefix("true", rest) || strings.HasPrefix("false", rest) || strings.HasPrefix("null", rest)) {
		p.pos = len(p.data)
	}
	return nil, p.fault("a value")
}

func (p *jsonParser) object(depth int) (any, error) {
	object := map[string]any{}
	p.pos++ // {
	p.space()
	if p.pos < len(p.data) && p.data[p.pos] == '}' {
		p.pos++
		return object, nil
	}
	for {
		p.space()
		if p.pos >= len(p.data) || p.data[p.pos] != '"' {
			return nil, p.fault("a key")
		}
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		p.path = append(p.path, key)
		if _, twice := object[key]; twice {
			p.report(ProblemDuplicate, fmt.Sprintf("the key %q appears twice", key))
		}
		if p.space(); p.pos >= len(p.data) || p.data[p.pos] != ':' {
			return nil, p.fault(`":"`)
		}
		p.pos++
		if object[key], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		p.path = p.path[:len(p.path)-1]
		if more, err := p.more('}'); err != nil || !more {
			return object, err
		}
	}
}

func (p *jsonParser) array(depth int) (any, error) {
	array := []any{}
	p.pos++ // [
	p.space()
	if p.pos < len(p.data) && p.data[p.pos] == ']' {
		p.pos++
		return array, nil
	}
	for {
		p.path = append(p.path, strconv.Itoa(len(array)))
		item, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		p.path = p.path[:len(p.path)-1]
		array = append(array, item)
		if more, err := p.more(']'); err != nil || !more {
			return array, err
		}
	}
}

// more reads what follows an element: a comma, or the closing bracket.
func (p *jsonParser) more(closing byte) (bool, error) {
	p.space()
	if p.pos < len(p.data) {
		switch p.data[p.pos] {
		case ',':
			p.pos++
			return true, nil
		case closing:
			p.pos++
			return false, nil
		}
	}
	return false, p.fault(fmt.Sprintf(`"," or %q`, string(closing)))
}

func (p *jsonParser) key() (string, error) {
	end := p.pos + 1
	for end < len(p.data) && p.data[end] != '"' && p.data[end] != '\\' && p.data[end] >= ' ' && p.data[end] < utf8.RuneSelf {
		end++
	}
	if end >= len(p.data) || p.data[end] != '"' {
		return p.text()
	}
	raw := p.data[p.pos+1 : end]
	p.pos = end + 1
	if known, ok := p.keys[string(raw)]; ok {
		return known, nil
	}
	p.keys[string(raw)] = string(raw)
	return string(raw), nil
}

func (p *jsonParser) number() (any, error) {
	start := p.pos
	digits := func() bool {
		from := p.pos
		for p.pos < len(p.data) && p.data[p.pos] >= '0' && p.data[p.pos] <= '9' {
			p.pos++
		}
		return p.pos > from
	}
	at := func(c byte) bool { return p.pos < len(p.data) && p.data[p.pos] == c }
	if at('-') {
		p.pos++
	}
	if at('0') {
		p.pos++
	} else if !digits() {
		return nil, p.fault("a digit")
	}
	if at('.') {
		p.pos++
		if !digits() {
			return nil, p.fault("a digit")
		}
	}
	if at('e') || at('E') {
		p.pos++
		if at('+') || at('-') {
			p.pos++
		}
		if !digits() {
			return nil, p.fault("a digit")
		}
	}
	return json.Number(p.data[start:p.pos]), nil
}

func (p *jsonParser) text() (string, error) {
	p.pos++ // "
	start := p.pos
	for p.pos < len(p.data) && p.data[p.pos] != '"' && p.data[p.pos] != '\\' && p.data[p.pos] >= ' ' {
		p.pos++
	}
	if p.pos < len(p.data) && p.data[p.pos] == '"' { // no escape: the common case
		raw := p.data[start:p.pos]
		p.pos++
		p.checkUTF8(raw)
		return string(raw), nil
	}
	out := append([]byte(nil), p.data[start:p.pos]...)
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '"':
			p.pos++
			p.checkUTF8(out)
			return string(out), nil
		case c == '\\':
			var err error
			if out, err = p.escape(out); err != nil {
				return "", err
			}
		case c < ' ':
			return "", fmt.Errorf("byte %d is the control character 0x%02x inside a string", p.pos, c)
		default:
			out = append(out, c)
			p.pos++
		}
	}
	return "", p.fault(`'"'`)
}

func (p *jsonParser) checkUTF8(raw []byte) {
	if !utf8.Valid(raw) {
		p.report(ProblemSyntax, "a string is not valid UTF-8")
	}
}

func (p *jsonParser) escape(out []byte) ([]byte, error) {
	p.pos++ // backslash
	if p.pos >= len(p.data) {
		return nil, p.fault("an escape")
	}
	c := p.data[p.pos]
	if at := strings.IndexByte(`"\/bfnrt`, c); at >= 0 {
		p.pos++
		return append(out, "\"\\/\b\f\n\r\t"[at]), nil
	}
	if c != 'u' {
		return nil, p.fault("an escape")
	}
	first, err := p.hex()
	if err != nil {
		return nil, err
	}
	if !utf16.IsSurrogate(first) {
		return utf8.AppendRune(out, first), nil
	}
	if p.pos+1 < len(p.data) && p.data[p.pos] == '\\' && p.data[p.pos+1] == 'u' {
		p.pos++
		second, err := p.hex()
		if err != nil {
			return nil, err
		}
		if whole := utf16.DecodeRune(first, second); whole != utf8.RuneError {
			return utf8.AppendRune(out, whole), nil
		}
	}
	p.report(ProblemSyntax, "half of a surrogate pair is alone, so the string cannot be UTF-8")
	return utf8.AppendRune(out, utf8.RuneError), nil
}

// hex reads the four digits behind \u; the position is on the u.
func (p *jsonParser) hex() (rune, error) {
	p.pos++
	if p.pos+4 > len(p.data) {
		p.pos = len(p.data)
		return 0, p.fault("four hexadecimal digits")
	}
	code, err := strconv.ParseUint(string(p.data[p.pos:p.pos+4]), 16, 32)
	if err != nil {
		return 0, p.fault("four hexadecimal digits")
	}
	p.pos += 4
	return rune(code), nil
}
