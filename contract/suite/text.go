package suite

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes two texts equal that differ in case only: Unicode simple folding of the composed form.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		smallest := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			smallest = min(smallest, other)
		}
		return smallest
	}, norm.NFC.String(text))
}

// loose also forgets marks, and the Arabic letters that are commonly written one for another. The vendor does not say how Arabic is compared,
// so a server that folds as much still finds only rows that contain the term.
func loose(text string) string {
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
	}, norm.NFKD.String(fold(norm.NFC.String(strings.Join(strings.Fields(text), " ")))))
}

// containsTerm tells whether a row contains a search term in its name or phone, in the most generous reading that the contract leaves open:
// case, surrounding space, and comparing the digits of a term that looks like a number.
func containsTerm(r *row, term string) bool {
	term = strings.TrimSpace(term)
	if term == "" {
		return true
	}
	if r.name != nil && (strings.Contains(fold(*r.name), fold(term)) || loose(term) != "" && strings.Contains(loose(*r.name), loose(term))) {
		return true
	}
	if strings.Contains(r.phone, term) {
		return true
	}
	digits := digitsOf(term)
	return digits != "" && strings.Trim(term, "0123456789٠١٢٣٤٥٦٧٨٩+-(). ") == "" && strings.Contains(digitsOf(r.phone), digits)
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

func hasLatin(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') })
}

func hasArabic(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

// parts are pieces of a text from its beginning, its middle and its end, at least two characters long and without space at their ends; the
// middle one does not begin where a word does, if the text is long enough.
func parts(text string) []string {
	runes := []rune(text)
	n := len(runes)
	if n < 4 {
		return nil
	}
	size := max(2, min(4, n/2))
	var out []string
	for _, from := range []int{0, n/2 - size/2, n - size} {
		if piece := strings.TrimSpace(string(runes[from : from+size])); len([]rune(piece)) >= 2 {
			out = append(out, piece)
		}
	}
	return out
}
