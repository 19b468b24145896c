package spec

import "unsafe"

// AcceptsJSON is Accepts for JSON text, several times faster than to decode it and ask then. What DecodeStrict refuses
// does not fit.
func (s *Schema) AcceptsJSON(data []byte) bool {
	rule, _ := unreadable(data)
	return rule == "" && s.AcceptsWritten(data)
}

// AcceptsWritten is AcceptsJSON for text that the caller wrote and knows to be JSON: to find that out is most of the work.
// Any other text must not be given.
func (s *Schema) AcceptsWritten(data []byte) bool {
	// What the walker takes out of the text it forgets before this returns: no copy is needed.
	w := walker{data: unsafe.String(unsafe.SliceData(data), len(data))} //nolint:gosec // data does not change while it is read
	if s.acceptText(&visit{answer: true}, &w, 1) && len(w.violations) == 0 && !w.tooDeep {
		return true
	}
	d := decode(data)
	return len(d.violations) == 0 && s.Accepts(d.value)
}

// Independent tells whether each property of an object is judged on its own: then an object whose one property changes has
// to be judged by that property only.
func (s *Schema) Independent() bool {
	return !s.plan.beyond && !s.plan.combined && len(s.plan.enum) == 0
}

// acceptText is accept for the value at the walker's place. Only objects, lists, texts and numbers are looked at as
// they stand; anything else is decoded first. False means, as everywhere in a plan, that it has to be looked at again.
func (s *Schema) acceptText(v *visit, w *walker, depth int) bool {
	p := &s.plan
	w.space()
	c := w.data[w.at]
	if p.beyond || p.combined || len(p.enum) > 0 && c != '"' || depth > maxDepth {
		return s.accept(v, w.value(depth))
	}
	switch {
	case c == '{' && p.types&typeObject != 0 && len(p.properties) <= 64 && s.Additional == nil:
		return s.acceptObjectText(v, w, depth)
	case c == '[' && p.types&typeArray != 0 && s.Items != nil && !s.UniqueItems:
		return s.acceptArrayText(v, w, depth)
	case c == '"':
		return s.acceptString(v, w.text())
	case c == '-' || '0' <= c && c <= '9':
		start := w.at
		w.skipNumber()
		return s.acceptNumber(v, w.data[start:w.at])
	}
	return s.accept(v, w.value(depth))
}

func (s *Schema) acceptArrayText(v *visit, w *walker, depth int) bool {
	w.at++
	n := 0
	for {
		w.space()
		switch w.data[w.at] {
		case ']':
			w.at++
			return n >= s.MinItems && (s.MaxItems < 0 || n <= s.MaxItems)
		case ',':
			w.at++
		}
		if !s.Items.acceptText(v, w, depth+1) || w.tooDeep {
			return false
		}
		n++
	}
}

func (s *Schema) acceptObjectText(v *visit, w *walker, depth int) bool {
	p := &s.plan
	if v.answer && p.writeOnly || !v.answer && p.readOnly || len(p.required) > 0 || s.MinProperties > 0 || s.MaxProperties >= 0 {
		return s.accept(v, w.value(depth))
	}
	var seen uint64
	next := 0 // the property that comes next if they come in order
	for w.at++; ; {
		w.space()
		switch w.data[w.at] {
		case '}':
			w.at++
			return seen&p.needed == p.needed
		case ',':
			w.at++
			w.space()
		}
		key := w.text()
		w.space()
		w.at++ // the colon
		i, known := next, next < len(p.properties) && p.properties[next].Name == key
		if !known {
			i, known = p.index[key]
		}
		if !known {
			// A name that is not the schema's is rare in an answer, and may stand twice: decoding tells.
			return false
		}
		if seen&(1<<i) != 0 || !p.properties[i].Schema.acceptText(v, w, depth+1) || w.tooDeep {
			return false
		}
		seen |= 1 << i
		next = i + 1
	}
}
