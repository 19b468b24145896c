package diagnose

import (
	"bytes"
	"crypto/md5" //nolint:gosec // A mistake of others is recognised.
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	hashSigned = "a hash of the body was signed: sign the body itself"
	mark       = "\ufeff" // the byte order mark
)

const bodyLeftOut = "the body was left out: it belongs to the string to sign, byte for byte as it is sent"

// bodyLeftOut finds a signature over everything but the body.
func (s *search) bodyLeftOut() string {
	r := s.r
	r.Body = nil
	for _, p := range s.paths {
		if s.tries(p, r) {
			return join(p.fault, bodyLeftOut)
		}
	}
	return ""
}

// otherBody finds a body that was signed in another form than it was sent.
func (s *search) otherBody(p reading) string {
	r := s.r
	for _, form := range s.bodies {
		r.Body = form.body
		if s.tries(p, r) {
			return form.fault
		}
	}
	return ""
}

const (
	// maxSerialised is the greatest body that is serialised again: five times what the longest message needs.
	maxSerialised = 32 << 10
	// maxDepth is the deepest one: indentation makes a deep body grow with the square of its depth.
	maxDepth = 64
)

// bodyForm is a body that a caller may have signed instead of the one sent.
type bodyForm struct {
	fault string
	body  []byte
}

func bodyForms(sent []byte) []bodyForm {
	var forms []bodyForm
	if len(sent) == 0 {
		for _, text := range []string{"{}", "null", "undefined", "[]", `""`, "None"} {
			forms = append(forms, bodyForm{
				"the request has no body, but " + text + " was signed as its body: sign nothing there", []byte(text),
			})
		}
		return forms
	}
	add := func(fault string, body []byte) {
		known := func(f bodyForm) bool { return bytes.Equal(f.body, body) }
		if !bytes.Equal(body, sent) && !slices.ContainsFunc(forms, known) {
			forms = append(forms, bodyForm{fault, body})
		}
	}
	add(bodyLeftOut, nil)
	add("white space around the body was not signed but sent: sign the bytes that are sent", bytes.TrimSpace(sent))
	add("a line feed was signed behind the body but not sent", slices.Concat(sent, []byte("\n")))
	add("a line feed was signed behind the body but not sent", slices.Concat(sent, []byte("\r\n")))
	add("the lines of the body were signed with LF and sent with CR LF: sign the bytes that are sent",
		bytes.ReplaceAll(sent, []byte("\r\n"), []byte("\n")))
	add("the lines of the body were signed with CR LF and sent with LF: sign the bytes that are sent", withCRLF(sent))
	add("a byte order mark was signed before the body but not sent: sign the bytes that are sent", slices.Concat([]byte(mark), sent))
	add("a byte order mark was sent before the body but not signed: send none", bytes.TrimPrefix(sent, []byte(mark)))
	add("? was signed in the place of letters beyond ASCII: sign the text as UTF-8", questionMarks(sent))
	add(hashSigned, fmt.Appendf(nil, "%x", sha256.Sum256(sent)))
	add(hashSigned, fmt.Appendf(nil, "%x", md5.Sum(sent))) //nolint:gosec // A mistake of others is recognised.
	if len(sent) > maxSerialised {
		return forms
	}
	add("the body was signed in Latin-1 and sent in UTF-8: sign the bytes that are sent", latin1(sent))
	add("the body was signed in UTF-16 and sent in UTF-8: sign the bytes that are sent", utf16LE(sent))
	add("the body was signed in base64: sign the bytes that are sent", []byte(base64.StdEncoding.EncodeToString(sent)))
	add("a JSON text of the body was signed, in quotes: sign the bytes that are sent", encode(string(sent), false, sent))
	if len(sent) > 0 && sent[0] == '{' {
		for _, text := range []string{"{}", "null", "undefined", "[]", "[object Object]"} {
			add(text+" was signed as the body: sign the bytes that are sent", []byte(text))
		}
	}
	return forms
}

// libraryForm is a body as a library writes it.
type libraryForm struct {
	library string
	body    []byte
}

// serialised writes JSON as the usual libraries write it.
func serialised(sent []byte) []libraryForm {
	compact := compacted(sent)
	text := eachText(compact, plain)
	return []libraryForm{
		{"as JSON.stringify does", text},
		{"as json.Marshal of Go does with a map", sortedKeys(text, true)},
		{"as json.dumps of Python does", spaced(ascii(text))},
		{"as json_encode of PHP does", bytes.ReplaceAll(ascii(text), []byte("/"), []byte(`\/`))},
		{"as json.Marshal of Go does", htmlEscaped(text)},
	}
}

// sortedKeys serialises as Go does with a map; numbers keep their digits.
func sortedKeys(text []byte, escapeHTML bool) []byte {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return text
	}
	return encode(value, escapeHTML, text)
}

// encode writes value as JSON, or gives back instead where that fails.
func encode(value any, escapeHTML bool, instead []byte) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(escapeHTML)
	if err := encoder.Encode(value); err != nil {
		return instead
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func htmlEscaped(text []byte) []byte {
	var out bytes.Buffer
	json.HTMLEscape(&out, text)
	return out.Bytes()
}

func indented(text []byte, by string) []byte {
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", by); err != nil {
		return text
	}
	return out.Bytes()
}

// eachText writes every string literal of compact JSON again.
func eachText(text []byte, change func(literal []byte) []byte) []byte {
	var out []byte
	for len(text) > 0 {
		start := bytes.IndexByte(text, '"')
		if start < 0 {
			break
		}
		end := literalEnd(text, start)
		out = append(out, text[:start]...)
		out = append(out, change(text[start:end])...)
		text = text[end:]
	}
	return append(out, text...)
}

// literalEnd returns the place behind the string literal that begins at start.
func literalEnd(text []byte, start int) int {
	for i := start + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// plain escapes no more than JSON asks for, as JSON.stringify does.
func plain(literal []byte) []byte {
	var value string
	if err := json.Unmarshal(literal, &value); err != nil {
		return literal
	}
	text := encode(value, false, literal)
	if !strings.ContainsAny(value, "\u2028\u2029") {
		return text
	}
	// Go escapes the two line separators of Unicode always, JSON.stringify never.
	text = bytes.ReplaceAll(text, []byte(`\u2028`), []byte("\u2028"))
	return bytes.ReplaceAll(text, []byte(`\u2029`), []byte("\u2029"))
}

// ascii escapes everything beyond ASCII, as Python and PHP do by default.
func ascii(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, r := range string(text) {
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		}
	}
	return out
}

// questionMarks is a text as an encoder to ASCII damages it.
func questionMarks(text []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r >= utf8.RuneSelf {
			return '?'
		}
		return r
	}, text)
}

// latin1 is a text in ISO 8859-1, or as it is where it has other letters.
func latin1(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		if r > 0xff {
			return text
		}
		out = append(out, byte(r))
	}
	return out
}

// utf16LE is a text as a string of .NET or Windows lies in memory.
func utf16LE(text []byte) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// spaced puts a space behind every comma and colon that is not part of a string.
func spaced(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	for i := 0; i < len(text); i++ {
		if text[i] == '"' {
			end := literalEnd(text, i)
			out = append(out, text[i:end]...)
			i = end - 1
			continue
		}
		out = append(out, text[i])
		if text[i] == ',' || text[i] == ':' {
			out = append(out, ' ')
		}
	}
	return out
}

// depth returns how deep objects and arrays are nested in compact JSON.
func depth(text []byte) int {
	level, deepest := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i = literalEnd(text, i) - 1
		case '{', '[':
			level++
			deepest = max(deepest, level)
		case '}', ']':
			level--
		}
	}
	return deepest
}
