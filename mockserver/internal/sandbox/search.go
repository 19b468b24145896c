package sandbox

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold makes two spellings equal that differ in case only: Unicode simple case folding of the NFC form, and nothing
// else (no accents, no Arabic letter forms: I). With arabic those are equal too.
func fold(s string, arabic bool) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	s = norm.NFC.String(strings.Map(foldRune, norm.NFC.String(s)))
	if arabic {
		s = strings.Map(foldArabic, s)
	}
	return s
}

// foldArabic makes Arabic letters equal that are often written one for the other (I), and drops what decorates: tatweel and
// the harakat.
func foldArabic(r rune) rune {
	switch r {
	case 'آ', 'أ', 'إ', 'ٱ':
		return 'ا'
	case 'ة':
		return 'ه'
	case 'ى':
		return 'ي'
	case tatweel, superscriptAlef:
		return -1
	}
	if fathatan <= r && r <= sukun {
		return -1
	}
	return r
}

const (
	tatweel         = '\u0640'
	fathatan        = '\u064b' // the first of the harakat ...
	sukun           = '\u0652' // ... and the last
	superscriptAlef = '\u0670'
)

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

// A term is a search term, made ready once per request.
type term struct {
	text   string // folded; "" matches all
	digits string // the digits alone, if the term can be meant as a phone number and has other characters too
	never  bool
}

// newTerm reads a searchTerm: what cannot be seen around it is ignored, only that matches all, and a term that can be meant as
// a phone number is compared as digits with the phone as well (I). No character is a wildcard.
func newTerm(text string, arabic bool) term {
	if text == "" {
		return term{}
	}
	text = strings.TrimFunc(text, invisible)
	t := term{text: fold(text, arabic), never: strings.Contains(text, "\x00")}
	if digits, ok := phoneDigits(text); ok && digits != text {
		t.digits = digits
	}
	return t
}

// phoneDigits are the digits of a text that can be meant as a phone number: one with a digit, European or Arabic, and otherwise
// only digits, '+', '(', ')', dashes, and what cannot be seen.
func phoneDigits(text string) (digits string, ok bool) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case '٠' <= r && r <= '٩':
			b.WriteRune(r - '٠' + '0')
		case '۰' <= r && r <= '۹':
			b.WriteRune(r - '۰' + '0')
		case !strings.ContainsRune("+()\u2212", r) && !unicode.Is(unicode.Pd, r) && !invisible(r):
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}

// invisible reports whether a character is a space or a format character (Cf), such as the marks of a text's direction.
func invisible(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// in reports whether the term is in a searchable text.
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
