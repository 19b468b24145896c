package spec

import (
	"fmt"
	"unicode"
)

// names of characters that come with a text that is pasted, most often from a page that is written from right to left.
func nameOf(r rune) string {
	switch r {
	case '\u00a0':
		return ", a no-break space"
	case '\u200b', '\ufeff':
		return ", a space without width"
	case '\u200e', '\u200f', '\u061c':
		return ", a mark of the text's direction"
	case '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069':
		return ", which begins or ends a text's direction"
	}
	return ""
}

// Unseen names the first character of a text that cannot be seen, and its place: "an invisible character, U+200E, at place 1".
// Without one, ok is false.
func Unseen(text string) (what string, ok bool) {
	place := 0
	for _, r := range text {
		place++
		if r != ' ' && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)) {
			return fmt.Sprintf("an invisible character, %U%s, at place %d", r, nameOf(r), place), true
		}
	}
	return "", false
}

// unseen is what to add to the text of a rule that such a character may have broken.
func unseen(text string) string {
	if what, ok := Unseen(text); ok {
		return "; it has " + what
	}
	return ""
}
