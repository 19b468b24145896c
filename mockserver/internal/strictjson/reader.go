package strictjson

import (
	"encoding/json"
	"strings"
)

// A Reader reads a text that is known to be valid JSON: whole values, or a part at a time. The zero Reader is of no use; Over
// makes one.
type Reader struct {
	data      string
	at        int
	path      []step // of the value being read
	faults    []Fault
	tooDeep   bool
	fractions bool
}

// Over returns a reader at the beginning of a text, which must be valid JSON.
func Over(text string) Reader { return Reader{data: text} }

// OK reports whether nothing was found that Decode refuses.
func (r *Reader) OK() bool { return len(r.faults) == 0 && !r.tooDeep }

// TooDeep reports whether a value was nested deeper than MaxDepth; nothing is read then.
func (r *Reader) TooDeep() bool { return r.tooDeep }

// Peek skips white space and returns the next byte.
func (r *Reader) Peek() byte {
	r.space()
	return r.data[r.at]
}

// Skip skips the byte that Peek has returned.
func (r *Reader) Skip() { r.at++ }

// A step leads into an object (by key) or into an array (by index).
type step struct {
	key   string
	index int // -1 for a key
}

func (r *Reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// Value reads a value that is nested so deep; 1 is the outermost. Texts in it are copies, and do not keep the whole text.
func (r *Reader) Value(depth int) any {
	r.space()
	switch r.data[r.at] {
	case '{':
		return r.object(depth)
	case '[':
		return r.array(depth)
	case '"':
		return strings.Clone(r.Text())
	case 't':
		r.at += len("true")
		return true
	case 'f':
		r.at += len("false")
		return false
	case 'n':
		r.at += len("null")
		return nil
	}
	return json.Number(strings.Clone(r.Number()))
}

// Number reads a number, as a part of the text.
func (r *Reader) Number() string {
	start := r.at
read:
	for ; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c >= '0' && c <= '9' || c == '-' || c == '+':
		case c == '.' || c == 'e' || c == 'E':
			r.fractions = true
		default:
			break read
		}
	}
	text := r.data[start:r.at]
	r.fractions = r.fractions || text == "-0"
	return text
}

func (r *Reader) array(depth int) any {
	if depth > MaxDepth {
		r.tooDeep = true
		r.at = len(r.data)
		return nil
	}
	list := []any{}
	r.at++
	r.path = append(r.path, step{})
	for r.space(); !r.tooDeep; r.space() {
		if c := r.data[r.at]; c == ']' {
			r.at++
			break
		} else if c == ',' {
			r.at++
		}
		r.path[len(r.path)-1].index = len(list)
		list = append(list, r.Value(depth+1))
	}
	r.path = r.path[:len(r.path)-1]
	return list
}

func (r *Reader) object(depth int) any {
	if depth > MaxDepth {
		r.tooDeep = true
		r.at = len(r.data)
		return nil
	}
	m := map[string]any{}
	r.at++
	for r.space(); !r.tooDeep; r.space() {
		switch r.data[r.at] {
		case '}':
			r.at++
			return m
		case ',':
			r.at++
			r.space()
		}
		key := r.Text()
		r.path = append(r.path, step{key: key, index: -1})
		if _, twice := m[key]; twice {
			r.add("duplicate", "must be given only once")
		}
		r.space()
		r.at++ // the colon
		m[key] = r.Value(depth + 1)
		r.path = r.path[:len(r.path)-1]
	}
	return m
}
