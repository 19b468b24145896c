package spec

import (
	"unsafe"

	"example.com/awalmock/mockserver/internal/strictjson"
)

// AcceptsJSON is Accepts for JSON text, several times faster than to decode it and ask then. What DecodeStrict refuses
// does not fit.
func (s *Schema) AcceptsJSON(data []byte) bool {
	rule, _ := strictjson.Unreadable(data)
	return rule == "" && s.AcceptsWritten(data)
}

// AcceptsWritten is AcceptsJSON for text that the caller wrote and knows to be JSON: to find that out is most of the work.
// Any other text must not be given.
func (s *Schema) AcceptsWritten(data []byte) bool {
	// The reader keeps nothing of the text when this returns: no copy is needed.
	r := strictjson.Over(unsafe.String(unsafe.SliceData(data), len(data))) //nolint:gosec // data does not change while it is read
	if s.acceptText(&visit{answer: true}, &r, 1) && r.OK() {
		return true
	}
	d := decode(data)
	return len(d.violations) == 0 && s.Accepts(d.value)
}

// Independent reports whether each property of an object is checked by itself. Then an object of which one property changes has
// to be checked for that property only.
func (s *Schema) Independent() bool {
	return !s.plan.beyond && !s.plan.combined && len(s.plan.enum) == 0
}

// acceptText is accept for the value at the reader's place. Only objects, lists, texts and numbers are looked at as
// text; anything else is decoded first. False means, as everywhere in a plan, that it has to be looked at again.
func (s *Schema) acceptText(v *visit, r *strictjson.Reader, depth int) bool {
	p := &s.plan
	c := r.Peek()
	if p.beyond || p.combined || len(p.enum) > 0 && c != '"' || depth > strictjson.MaxDepth {
		return s.accept(v, r.Value(depth))
	}
	switch {
	case c == '{' && p.types&typeObject != 0 && len(p.properties) <= 64 && s.Additional == nil:
		return s.acceptObjectText(v, r, depth)
	case c == '[' && p.types&typeArray != 0 && s.Items != nil && !s.UniqueItems:
		return s.acceptArrayText(v, r, depth)
	case c == '"':
		return s.acceptString(v, r.Text())
	case c == '-' || '0' <= c && c <= '9':
		return s.acceptNumber(v, r.Number())
	}
	return s.accept(v, r.Value(depth))
}

func (s *Schema) acceptArrayText(v *visit, r *strictjson.Reader, depth int) bool {
	r.Skip()
	n := 0
	for {
		switch r.Peek() {
		case ']':
			r.Skip()
			return n >= s.MinItems && (s.MaxItems < 0 || n <= s.MaxItems)
		case ',':
			r.Skip()
		}
		if !s.Items.acceptText(v, r, depth+1) || r.TooDeep() {
			return false
		}
		n++
	}
}

func (s *Schema) acceptObjectText(v *visit, r *strictjson.Reader, depth int) bool {
	p := &s.plan
	if v.answer && p.writeOnly || !v.answer && p.readOnly || len(p.required) > 0 || s.MinProperties > 0 || s.MaxProperties >= 0 {
		return s.accept(v, r.Value(depth))
	}
	var seen uint64
	next := 0 // the property that comes next if they come in order
	for r.Skip(); ; {
		switch r.Peek() {
		case '}':
			r.Skip()
			return seen&p.needed == p.needed
		case ',':
			r.Skip()
			r.Peek() // the key follows
		}
		key := r.Text()
		r.Peek()
		r.Skip() // the colon
		i, known := next, next < len(p.properties) && p.properties[next].Name == key
		if !known {
			i, known = p.index[key]
		}
		if !known {
			// A name that the schema does not have is rare in an answer, and may be there twice: the text is decoded to find out.
			return false
		}
		if seen&(1<<i) != 0 || !p.properties[i].Schema.acceptText(v, r, depth+1) || r.TooDeep() {
			return false
		}
		seen |= 1 << i
		next = i + 1
	}
}
