package sandbox

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes two spellings equal that differ in case only: Unicode simple case folding of the NFC form, and nothing
// else (no accents, no Arabic letter forms: I).
func fold(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return norm.NFC.String(strings.Map(foldRune, norm.NFC.String(s)))
}

// foldRune is the smallest rune of r's case orbit.
func foldRune(r rune) rune {
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return least
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// searchable is the text that a term is looked for in: phone and folded name, apart.
func searchable(c *Conversation) string {
	if c.Name == "" {
		return c.Phone
	}
	return c.Phone + "\x00" + fold(c.Name)
}

// A term is a search term, made ready once per request.
type term struct {
	text   string // folded; "" matches all
	digits string // the digits alone, if the term can be meant as a phone number and has other characters too
	never  bool
}

// newTerm reads a searchTerm: surrounding space is ignored, only space matches all, and a term with a digit and
// otherwise only digits, '+', spaces, '-', '(', ')' is compared as digits with the phone as well (I). No character is a
// wildcard.
func newTerm(text string) term {
	text = strings.TrimSpace(text)
	t := term{text: fold(text), never: strings.Contains(text, "\x00")}
	var digits strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune("+-() ", r):
			return t
		}
	}
	if digits.Len() > 0 && digits.Len() < len(text) {
		t.digits = digits.String()
	}
	return t
}

// in tells whether the term stands in a searchable text.
func (t *term) in(text string) bool {
	if t.never {
		return false
	}
	if t.digits != "" {
		phone, _, _ := strings.Cut(text, "\x00")
		if strings.Contains(phone, t.digits) {
			return true
		}
	}
	return strings.Contains(text, t.text)
}
