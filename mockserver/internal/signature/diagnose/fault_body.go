package diagnose

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
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
	// maxSerialised is the greatest body that is serialised anew: ten times what the longest message needs.
	maxSerialised = 64 << 10
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
	for _, form := range serialised(sent) {
		const again = "the body was serialised a second time for the signature (%s): sign the bytes that are sent"
		add(fmt.Sprintf(again, form.fault), form.body)
	}
	add("white space around the body was not signed but sent: sign the bytes that are sent", bytes.TrimSpace(sent))
	add("a line feed was signed behind the body but not sent", slices.Concat(sent, []byte("\n")))
	add("the lines of the body were signed with LF and sent with CR LF: sign the bytes that are sent",
		bytes.ReplaceAll(sent, []byte("\r\n"), []byte("\n")))
	add("a hash of the body was signed: sign the body itself", fmt.Appendf(nil, "%x", sha256.Sum256(sent)))
	return forms
}

// serialised writes JSON as the usual libraries write it; there is nothing for what is no JSON, or too much of it.
func serialised(sent []byte) []bodyForm {
	var out bytes.Buffer
	if len(sent) > maxSerialised || json.Compact(&out, sent) != nil {
		return nil
	}
	compact := out.Bytes()
	if depth(compact) > maxDepth {
		return nil
	}
	text := eachText(compact, plain)
	slashed := bytes.ReplaceAll(text, []byte("/"), []byte(`\/`))
	const otherwise = "the same text, encoded otherwise: "
	return []bodyForm{
		{"without spaces", compact},
		{"without spaces, as JSON.stringify does", text},
		{"keys sorted and <, >, & escaped, as json.Marshal does", sortedKeys(text, true)},
		{"keys sorted", sortedKeys(text, false)},
		{"with spaces, as Python's json.dumps does", spaced(ascii(text))},
		{"with spaces", spaced(text)},
		{"/ escaped, as PHP's json_encode does", bytes.ReplaceAll(ascii(text), []byte("/"), []byte(`\/`))},
		{"<, >, & escaped, as json.Marshal does", htmlEscaped(text)},
		{"indented by 2", indented(text, "  ")},
		{"indented by 4", indented(text, "    ")},
		{otherwise + `/ where \/ was sent, or the other way`, ascii(text)},
		{otherwise + `\/ where / was sent, letters beyond ASCII as they are`, slashed},
		{otherwise + "? in the place of letters beyond ASCII: sign the text as UTF-8", questionMarks(sent)},
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

// eachText writes every string literal of compact JSON anew.
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
