// Package printable makes any text safe to show: on a terminal, in a log, in HTML and in XML.
//
// It knows Unicode and nothing else. The mock has a copy of its own, since the suite must not import it.
package printable

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line returns s as one line. Each character that cannot be seen is written as Go would write it: control and escape
// characters, marks that turn the direction of writing, other format characters, line separators, what is no UTF-8
// ("\x1b", "\u202e", "\xff"). A backslash stays as it is.
func Line(s string) string { return escape(s, "") }

// Text is Line for a text of several lines: line feeds and tabs stay.
func Text(s string) string { return escape(s, "\n\t") }

// Is reports whether a character can be seen: a letter, a mark, a digit, punctuation, a symbol, or the ASCII space.
func Is(r rune) bool { return unicode.IsPrint(r) }

func escape(s, keep string) string {
	i := unseen(s, keep)
	if i < 0 {
		return s
	}
	var out strings.Builder
	for ; i >= 0; i = unseen(s, keep) {
		r, size := utf8.DecodeRuneInString(s[i:])
		out.WriteString(s[:i])
		out.WriteString(escaped(r, s[i:i+size]))
		s = s[i+size:]
	}
	out.WriteString(s)
	return out.String()
}

// unseen returns the place of the first character to be escaped, or -1.
func unseen(s, keep string) int {
	for i, r := range s {
		if r == utf8.RuneError && !strings.HasPrefix(s[i:], "\ufffd") {
			return i // a byte that is no UTF-8
		}
		if !Is(r) && !strings.ContainsRune(keep, r) {
			return i
		}
	}
	return -1
}

func escaped(r rune, raw string) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r == utf8.RuneError, r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}
