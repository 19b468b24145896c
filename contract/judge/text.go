package judge

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"example.com/awalmock/contract/exchange"
)

// fold maps texts that differ only in case to the same text: Unicode simple case folding of the composed form.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		smallest := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			smallest = min(smallest, other)
		}
		return smallest
	}, norm.NFC.String(text))
}

// foldAll is fold, and also ignores marks, and maps similar letters to the same letter: those with the same upper case (ı and i), and Arabic letters such as أ and
// ا. The vendor does not say how a search compares letters, so a server may do all of this.
func foldAll(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ', unicode.Is(unicode.Cf, r):
			return -1
		case strings.ContainsRune("أإآٱ", r):
			return 'ا'
		case r == 'ى', r == 'ئ':
			return 'ي'
		case r == 'ة':
			return 'ه'
		case r == 'ؤ':
			return 'و'
		}
		return r
	}, norm.NFKD.String(fold(strings.ToUpper(norm.NFC.String(strings.Join(strings.Fields(text), " "))))))
}

// ContainsTerm reports whether a row contains a search term in its name or phone, in the widest sense that the contract allows: without regard to case, similar
// letters and surrounding spaces, and comparing only the digits of a term that looks like a number.
func ContainsTerm(r *exchange.Row, term string) bool { return containsFolded(r, term, true) }

// containsFolded is ContainsTerm; folded says whether similar letters are taken for the same letter.
func containsFolded(r *exchange.Row, term string, folded bool) bool {
	term = strings.TrimSpace(term)
	if term == "" {
		return true
	}
	if r.Name != nil && (strings.Contains(fold(*r.Name), fold(term)) || folded && containsFoldedAll(*r.Name, term)) {
		return true
	}
	if strings.Contains(r.Phone, term) {
		return true
	}
	digits := digitsOf(term)
	return digits != "" && strings.Trim(term, "0123456789٠١٢٣٤٥٦٧٨٩+-(). ") == "" && strings.Contains(digitsOf(r.Phone), digits)
}

// FoldArabic maps similar Arabic letters to the same letter, as --search-folding=arabic of the mock does. It does less than loose, since it says what a search
// must find.
func FoldArabic(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("أإآٱ", r):
			return 'ا'
		case r == 'ى':
			return 'ي'
		case r == 'ة':
			return 'ه'
		case r == 'ـ', r >= 0x064b && r <= 0x0652, r == 0x0670:
			return -1
		}
		return r
	}, fold(text))
}

func containsFoldedAll(name, term string) bool {
	return foldAll(term) != "" && strings.Contains(foldAll(name), foldAll(term))
}

func digitsOf(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '٠' && r <= '٩':
			return '0' + (r - '٠')
		}
		return -1
	}, text)
}

func HasLatin(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') })
}

func HasArabic(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

// Parts are three parts of a text, for a search: from its beginning, its middle and its end. Each has at least two characters, and no space at its ends. No part
// separates a letter from its marks. A text of less than four letters has none.
func Parts(text string) []string {
	letters := clusters(text)
	n := len(letters)
	if n < 4 {
		return nil
	}
	size := max(2, min(4, n/2))
	var out []string
	for _, from := range []int{0, n/2 - size/2, n - size} {
		if piece := strings.TrimSpace(strings.Join(letters[from:from+size], "")); len([]rune(piece)) >= 2 {
			out = append(out, piece)
		}
	}
	return out
}

// clusters are the letters of a text as a reader sees them: each with the marks, joiners and modifiers that follow it.
func clusters(text string) []string {
	var out []string
	joined := false
	for _, r := range text {
		follows := unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r) || r >= 0x1f3fb && r <= 0x1f3ff || r >= 0xfe00 && r <= 0xfe0f
		if len(out) > 0 && (follows || joined) {
			out[len(out)-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		joined = r == '\u200d'
	}
	return out
}

// MustContain reports whether a search for a term must find a row: its phone contains the term, or its name does, compared letter by letter after fold.
func MustContain(r *exchange.Row, term string) bool {
	term = strings.TrimSpace(term)
	if strings.Contains(r.Phone, term) {
		return true
	}
	if r.Name == nil {
		return false
	}
	name, want := clusters(fold(*r.Name)), clusters(fold(term))
	for i := 0; i+len(want) <= len(name); i++ {
		if slices.Equal(name[i:i+len(want)], want) {
			return true
		}
	}
	return false
}
