package journal

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
)

const (
	mask          = "***"
	minSecret     = 4    // a shorter one is found in any text
	retainSecrets = 1000 // of workspaces that are gone: what they sent is still shown
)

// Secrets hides secrets wherever they are in a text: as they are, in base64 (also as a part of what was encoded),
// in hexadecimal, percent-encoded, escaped as in JSON, and in any case. It is safe for concurrent use.
type Secrets struct {
	mu      sync.RWMutex
	inUse   map[string]bool
	retired []string
	needles map[uint16][]needle // by their first two bytes
}

// A needle is a form in which secrets are looked for, folded, and how many secrets have it.
type needle struct {
	text    string
	secrets int
}

// Use hides these secrets from now on, and those that were in use before.
func (s *Secrets) Use(inUse []string) {
	next := make(map[string]bool, len(inUse))
	for _, secret := range inUse {
		if len(secret) >= minSecret {
			next[secret] = true
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.needles == nil {
		s.needles = map[uint16][]needle{}
	}
	for secret := range next {
		if !s.inUse[secret] {
			s.count(secret, 1)
		}
	}
	for secret := range s.inUse {
		if !next[secret] {
			s.retired = append(s.retired, secret)
		}
	}
	for ; len(s.retired) > retainSecrets; s.retired = s.retired[1:] {
		s.count(s.retired[0], -1)
	}
	s.inUse = next
}

// count adds a secret, or takes one away.
func (s *Secrets) count(secret string, n int) {
	for _, form := range forms(secret) {
		text := fold(form)
		key := uint16(text[0])<<8 | uint16(text[1])
		list := s.needles[key]
		i := slices.IndexFunc(list, func(known needle) bool { return known.text == text })
		if i < 0 {
			list, i = append(list, needle{text: text}), len(list)
		}
		if list[i].secrets += n; list[i].secrets == 0 {
			list = slices.Delete(list, i, i+1)
		}
		s.needles[key] = list
	}
}

// forms are the ways in which a secret is written.
func forms(secret string) []string {
	forms := []string{secret, hex.EncodeToString([]byte(secret))}
	// In base64 the same bytes have three forms, by their place in what was encoded. The digits at both ends that hold
	// bits of something else are left out.
	for before := range 3 {
		digits := base64.RawStdEncoding.EncodeToString(append(make([]byte, before), secret...))
		digits = digits[[]int{0, 2, 3}[before]:]
		if (before+len(secret))%3 != 0 {
			digits = digits[:len(digits)-1]
		}
		forms = append(forms, digits)
	}
	return forms
}

// Mask returns text with each secret in it replaced.
func (s *Secrets) Mask(text string) string { return s.mask(text, false) }

// MaskCut is Mask for a text whose end is missing: the beginning of a secret at its end is replaced too.
func (s *Secrets) MaskCut(text string) string { return s.mask(text, true) }

func (s *Secrets) mask(text string, cut bool) string {
	if s == nil || len(text) < minSecret {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.needles) == 0 {
		return text
	}
	seen := view{text: text}
	found := s.find(nil, seen, cut)
	for range 2 { // encoded, and encoded twice
		if strings.IndexByte(seen.text, '%') < 0 && strings.IndexByte(seen.text, '\\') < 0 {
			break
		}
		seen = seen.decoded()
		found = s.find(found, seen, cut)
	}
	return replaced(text, found)
}

// span is a part of a text, from one place to before another.
type span struct{ from, to int }

func (s *Secrets) find(found []span, v view, cut bool) []span {
	for i := 0; i+1 < len(v.text); i++ {
		for _, known := range s.needles[uint16(folded(v.text[i]))<<8|uint16(folded(v.text[i+1]))] {
			needle, rest := known.text, v.text[i:]
			switch {
			case len(rest) >= len(needle) && fold(rest[:len(needle)]) == needle:
				found = append(found, span{v.place(i), v.place(i + len(needle))})
			case cut && len(rest) >= minSecret && len(rest) < len(needle) && fold(rest) == needle[:len(rest)]:
				found = append(found, span{v.place(i), v.place(len(v.text))})
			}
		}
	}
	return found
}

func replaced(text string, found []span) string {
	if len(found) == 0 {
		return text
	}
	slices.SortFunc(found, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	end := 0 // of what has been dealt with
	for _, f := range found {
		if f.from >= end {
			out.WriteString(text[end:f.from] + mask)
		}
		end = max(end, f.to)
	}
	out.WriteString(text[end:])
	return out.String()
}

// fold writes what differs between the ways to write a secret in one way: letters in lower case, + and - as the space that
// forms and the alphabets of base64 make of each other, _ as /.
func fold(text string) string {
	out := make([]byte, len(text))
	for i := range out {
		out[i] = folded(text[i])
	}
	return string(out)
}

func folded(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c + 'a' - 'A'
	case c == '+', c == '-':
		return ' '
	case c == '_':
		return '/'
	}
	return c
}

// A view is a text, decoded or not, that remembers where its bytes come from.
type view struct {
	text   string
	places []int // of each byte, and of the end; nil: the text is as it was
}

func (v view) place(i int) int {
	if v.places == nil {
		return i
	}
	return v.places[i]
}

// decoded undoes percent-encoding and the escapes of JSON.
func (v view) decoded() view {
	out := make([]byte, 0, len(v.text))
	places := make([]int, 0, len(v.text)+1)
	for i := 0; i < len(v.text); {
		text, size := decodedUnit(v.text[i:])
		for j := range len(text) {
			out = append(out, text[j])
			places = append(places, v.place(i))
		}
		i += size
	}
	return view{string(out), append(places, v.place(len(v.text)))}
}

// decodedUnit decodes what text begins with, and reports how long that is.
func decodedUnit(text string) (decoded string, size int) {
	switch {
	case text[0] == '%' && len(text) >= 3:
		if b, err := hex.DecodeString(text[1:3]); err == nil {
			return string(b), 3
		}
	case text[0] == '\\' && len(text) >= 6 && text[1] == 'u':
		if b, err := hex.DecodeString(text[2:6]); err == nil {
			return string(rune(b[0])<<8 | rune(b[1])), 6
		}
	case text[0] == '\\' && len(text) >= 2:
		if i := strings.IndexByte(`"\/bfnrt`, text[1]); i >= 0 {
			return "\"\\/\b\f\n\r\t"[i : i+1], 2
		}
	}
	return text[:1], 1
}
