package spec

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// pattern compiles a schema's pattern, which OpenAPI writes as ECMA 262 does. Go's RE2 has no look-around and no
// back-references: the document is refused. kin gets the translated pattern too, so that one expression judges everywhere.
func (c *compiler) pattern(s *Schema) (*regexp.Regexp, error) {
	if s.Pattern == "" {
		return nil, nil
	}
	s.kin.Pattern = goPattern(s.Pattern)
	re, err := regexp.Compile(s.kin.Pattern)
	if err != nil {
		return nil, c.errorAt(s.Pointer+"/pattern", "%q does not compile as a Go RE2 pattern (no look-around, no back-references): %s", s.Pattern, oneLine(strings.TrimPrefix(err.Error(), "error parsing regexp: ")))
	}
	return re, nil
}

// GoPattern is the schema's pattern as Go's regexp writes it, "" without one.
func (s *Schema) GoPattern() string { return s.kin.Pattern }

// goPattern translates what ECMA 262 writes otherwise than Go: \u0600, \u{1F600}, \cJ, [^], [], \p{Script=Arabic}.
func goPattern(ecma string) string {
	var b strings.Builder
	for i := 0; i < len(ecma); {
		written, goes, ok := ecmaPart(ecma[i:])
		if !ok {
			written = 1
			if ecma[i] == '\\' && i+1 < len(ecma) {
				written = 2 // an escape that both know: its second character begins nothing
			}
			goes = ecma[i : i+written]
		}
		b.WriteString(goes)
		i += written
	}
	return b.String()
}

// ecmaPart translates what a text begins with, if Go writes that otherwise: how long it is, and what Go writes.
func ecmaPart(text string) (written int, goes string, ok bool) {
	switch {
	case strings.HasPrefix(text, "[^]"):
		return 3, `[\x{0}-\x{10FFFF}]`, true
	case strings.HasPrefix(text, "[]"):
		return 2, `[^\x{0}-\x{10FFFF}]`, true
	case strings.HasPrefix(text, `\u{`):
		if end := strings.IndexByte(text, '}'); end > 0 {
			return end + 1, `\x` + text[2:end+1], true
		}
	case strings.HasPrefix(text, `\u`):
		return codeUnits(text)
	case strings.HasPrefix(text, `\c`) && len(text) > 2 && isLetter(text[2]):
		return 3, `\x{` + strconv.FormatInt(int64(text[2]&31), 16) + "}", true
	case strings.HasPrefix(text, `\p{`), strings.HasPrefix(text, `\P{`):
		if end := strings.IndexByte(text, '}'); end > 0 {
			return end + 1, text[:3] + propertyName(text[3:end]) + "}", true
		}
	}
	return 0, "", false
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// codeUnits translates \uD83D\uDE00, which is one character, or \u00E9.
func codeUnits(text string) (written int, goes string, ok bool) {
	first, ok := codeUnit(text)
	if !ok {
		return 0, "", false
	}
	written = 6
	if second, pair := codeUnit(text[6:]); pair && utf16.IsSurrogate(first) {
		if whole := utf16.DecodeRune(first, second); whole != '\uFFFD' {
			first, written = whole, 12
		}
	}
	return written, `\x{` + strconv.FormatInt(int64(first), 16) + "}", true
}

func codeUnit(text string) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(text[2:6], 16, 16)
	return rune(n), err == nil
}

// propertyName is the name that Go has for a Unicode property: Arabic for Script=Arabic, L for General_Category=Letter.
func propertyName(ecma string) string {
	key, name, given := strings.Cut(ecma, "=")
	if !given {
		name = key
	}
	switch name {
	case "Letter":
		return "L"
	case "Uppercase_Letter":
		return "Lu"
	case "Lowercase_Letter":
		return "Ll"
	case "Mark":
		return "M"
	case "Number":
		return "N"
	case "Decimal_Number":
		return "Nd"
	case "Punctuation":
		return "P"
	case "Symbol":
		return "S"
	case "Separator":
		return "Z"
	case "Space_Separator":
		return "Zs"
	}
	return name
}
