package judge

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"example.com/awalmock/contract/exchange"
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

// loose also takes letters for one that have the same upper case (ı and i), forgets marks, and the Arabic letters that are commonly written one for another. The vendor does not say how Arabic is compared,
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
	}, norm.NFKD.String(fold(strings.ToUpper(norm.NFC.String(strings.Join(strings.Fields(text), " "))))))
}

// ContainsTerm reports whether a row contains a search term in its name or phone, in the most generous reading that the contract leaves open:
// case, surrounding space, and comparing the digits of a term that looks like a number.
func ContainsTerm(r *exchange.Row, term string) bool { return containsFolded(r, term, true) }

// containsFolded is the same, with or without the letters that are written one for another.
func containsFolded(r *exchange.Row, term string, folded bool) bool {
	term = strings.TrimSpace(term)
	if term == "" {
		return true
	}
	if r.Name != nil && (strings.Contains(fold(*r.Name), fold(term)) || folded && looselyContains(*r.Name, term)) {
		return true
	}
	if strings.Contains(r.Phone, term) {
		return true
	}
	digits := digitsOf(term)
	return digits != "" && strings.Trim(term, "0123456789٠١٢٣٤٥٦٧٨٩+-(). ") == "" && strings.Contains(digitsOf(r.Phone), digits)
}

// FoldArabic takes those letters for one that are commonly written one for another, as --search-folding=arabic of the mock does: no more, since
// it says what must be found.
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

func looselyContains(name, term string) bool {
	return loose(term) != "" && strings.Contains(loose(name), loose(term))
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

// Parts are pieces of a text from its beginning, its middle and its end, at least two characters long and without space at their ends; the
// middle one does not begin where a word does, if the text is long enough. No piece cuts a letter from its marks.
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

// clusters are the letters of a text as people see them: a character with the marks, joiners and modifiers behind it, and what a joiner joins.
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

// MustContain reports whether a search for a term has to find a row: its name in composed form has the term, letter by letter as people see
// them and without regard to case by simple folding, or its phone has it. What looser readings find is allowed, never demanded.
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
