package diagnose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// layout is where a library puts white space between the tokens of JSON.
type layout struct {
	name  string
	apply func(text []byte) []byte
}

func layouts() []layout {
	return []layout{
		{"", func(text []byte) []byte { return text }},
		{"without white space", compacted},
		{"with a space behind each comma and colon", func(text []byte) []byte { return spaced(compacted(text)) }},
		{"indented by 2", func(text []byte) []byte { return indented(text, "  ") }},
		{"indented by 4", func(text []byte) []byte { return indented(text, "    ") }},
		{"indented by a tab", func(text []byte) []byte { return indented(text, "\t") }},
		{"with CR LF between the lines", withCRLF},
		{"indented by 2, with CR LF", func(text []byte) []byte { return withCRLF(indented(text, "  ")) }},
	}
}

func compacted(text []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, text) != nil {
		return text
	}
	return out.Bytes()
}

func withCRLF(text []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
}

// rebuilt is a body read and written again by a program, its strings and its white space left alone.
type rebuilt struct {
	name string
	text []byte
}

// rebuiltBodies are the body as it is, and with what a program changes that reads it into values.
func rebuiltBodies(sent []byte) []rebuilt {
	out := []rebuilt{{"", sent}}
	sorted, numbers := sortedKeys(sent, false), eachNumber(sent)
	if !bytes.Equal(sorted, compacted(sent)) {
		out = append(out, rebuilt{"keys sorted", sorted})
	}
	if !bytes.Equal(numbers, sent) {
		out = append(out, rebuilt{"numbers written differently, such as 1 for 1.0", numbers})
	}
	return out
}

// otherJSON finds a body with the same JSON values as the one sent, encoded otherwise.
func (s *search) otherJSON(p reading) string {
	sent := s.r.Body
	if len(sent) > maxSerialised || len(sent) == 0 || !json.Valid(sent) || depth(sent) > maxDepth {
		return ""
	}
	for _, body := range rebuiltBodies(sent) {
		pieces := jsonPieces(body.text)
		for _, layout := range layouts() {
			fault := ""
			s.eachWriting(pieces, len(sent)+len(s.r.Target), func(written []string) bool {
				signed := layout.apply(joined(written))
				if !s.triesBody(p, signed) {
					return false
				}
				fault = s.jsonFault(differences(pieces, written), body.name, layout.name, signed)
				return true
			})
			if fault != "" {
				return fault
			}
		}
	}
	return ""
}

func (s *search) triesBody(p reading, body []byte) bool {
	r := s.r
	r.Body = body
	return s.tries(p, r)
}

// jsonFault joins what is otherwise in the body, and names the library that is known to write it so.
func (s *search) jsonFault(texts, values, layout string, signed []byte) string {
	var parts []string
	for _, part := range []string{texts, values, layout} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	library := ""
	for _, form := range serialised(s.r.Body) {
		if bytes.Equal(form.body, signed) {
			library = ", " + form.library
			break
		}
	}
	return encodedOtherwise + "the body was written a second time for the signature, " + strings.Join(parts, "; ") + library +
		": sign the bytes that are sent"
}

// jsonPieces takes JSON apart: the characters of its strings, and what is between the strings.
func jsonPieces(text []byte) []piece {
	var pieces []piece
	for at := 0; at < len(text); {
		start := bytes.IndexByte(text[at:], '"')
		if start < 0 {
			return appendFixed(pieces, text[at:])
		}
		start += at
		end := literalEnd(text, start)
		pieces = appendFixed(pieces, text[at:start+1])
		for i := start + 1; i < end-1; {
			r, size := jsonRune(text[i : end-1])
			p := jsonPiece(r, string(text[i:i+size]))
			p.place = fmt.Sprintf("byte %d of the body", i+1)
			i += size
			if p.class == "" {
				pieces = appendFixed(pieces, []byte(p.sent))
				continue
			}
			pieces = append(pieces, p)
		}
		pieces = appendFixed(pieces, text[end-1:end])
		at = end
	}
	return pieces
}

// appendFixed appends a text that has only one form, to the piece before where that has only one as well.
func appendFixed(pieces []piece, text []byte) []piece {
	if last := len(pieces) - 1; last >= 0 && pieces[last].class == "" {
		pieces[last].sent += string(text)
		return pieces
	}
	return append(pieces, piece{sent: string(text)})
}

// jsonRune reads the first character inside a string literal, and how many bytes it takes there.
func jsonRune(text []byte) (rune, int) {
	if text[0] != '\\' || len(text) < 2 {
		return utf8.DecodeRune(text)
	}
	if text[1] != 'u' {
		at := strings.IndexByte(`"\/bfnrt`, text[1])
		if at < 0 {
			return utf8.RuneError, 2
		}
		return rune("\"\\/\b\f\n\r\t"[at]), 2
	}
	first, ok := hexRune(text)
	if !ok {
		return utf8.RuneError, 1
	}
	if second, ok := hexRune(text[6:]); ok && utf16.IsSurrogate(first) {
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return r, 12
		}
	}
	return first, 6
}

// hexRune reads an escape such as \u0041.
func hexRune(text []byte) (rune, bool) {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	return rune(n), err == nil
}

func jsonPiece(r rune, sent string) piece {
	p := piece{sent: sent}
	escaped := string(ascii([]byte(string(r))))
	switch {
	case r == utf8.RuneError || utf16.IsSurrogate(r):
	case r == '\u2028' || r == '\u2029':
		p.class, p.forms = "line separator", []string{string(r), escaped}
	case r >= utf8.RuneSelf:
		p.class, p.forms = "beyond ASCII", []string{string(r), escaped, "?"}
		switch {
		case r < 0x100:
			p.forms = append(p.forms, string([]byte{byte(r)}))
		case r > 0xffff:
			p.forms = append(p.forms, "??")
		}
	case r == '/':
		p.class, p.forms = "/", []string{"/", `\/`}
	case r == '"':
		p.class, p.forms = `"`, []string{`\"`, `\u0022`}
	case r == '<' || r == '>' || r == '&':
		p.class, p.forms = "<", []string{string(r), fmt.Sprintf(`\u%04x`, r)}
	case r == '\'' || r == '+' || r == '`':
		p.class, p.forms = "'", []string{string(r), fmt.Sprintf(`\u%04x`, r)}
	case r == '\n' || r == '\r' || r == '\t' || r == '\b' || r == '\f':
		p.class, p.forms = "control", []string{shortEscape(r), fmt.Sprintf(`\u%04x`, r)}
	case len(sent) == 6: // an escape that is not needed
		p.class, p.forms = "letter", []string{string(r)}
	}
	return p
}

func shortEscape(r rune) string {
	return `\` + string("bfnrt"[strings.IndexRune("\b\f\n\r\t", r)])
}

// eachNumber writes the numbers of JSON again, as JSON.stringify writes what it has read.
func eachNumber(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '"':
			end = literalEnd(text, i)
		case c == '-' || c >= '0' && c <= '9':
			for end < len(text) && strings.IndexByte("0123456789.eE+-", text[end]) >= 0 {
				end++
			}
			var number float64
			if json.Unmarshal(text[i:end], &number) == nil {
				if anew, err := json.Marshal(number); err == nil {
					out = append(out, anew...)
					i = end
					continue
				}
			}
		}
		out = append(out, text[i:end]...)
		i = end
	}
	return out
}
