package diagnose

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/printable"
)

const encodedOtherwise = "the same text, encoded otherwise: "

// otherEncoding finds a path or a query that has the same text as the one sent, encoded otherwise.
func (s *search) otherEncoding(p reading) string {
	query, hasQuery := strings.CutPrefix(p.query, "?")
	mark := p.query[:len(p.query)-len(query)]
	fault := ""
	size := len(p.path) + len(p.query) + len(s.r.Body)
	if hasQuery {
		pieces := queryPieces(query)
		try := func(written []string) bool {
			if !s.tries(newReading(p.path+mark+string(joined(written)), ""), s.r) {
				return false
			}
			fault = differences(pieces, written)
			return true
		}
		if !slices.ContainsFunc(encoders(), func(e encoder) bool { return try(e.write(pieces)) }) {
			s.eachWriting(pieces, size, try)
		}
	}
	if fault == "" && strings.Contains(p.path, "%") {
		pieces := textPieces(p.path, "the path", false)
		s.eachWriting(pieces, size, func(written []string) bool {
			if !s.tries(newReading(string(joined(written))+p.query, ""), s.r) {
				return false
			}
			fault = differences(pieces, written)
			return true
		})
	}
	if fault == "" {
		return ""
	}
	return encodedOtherwise + fault + ": sign the path and the query as they are in the request line"
}

// queryPieces takes a query, without its question mark, apart.
func queryPieces(query string) []piece {
	var pieces []piece
	for i, parameter := range strings.Split(query, "&") {
		if i > 0 {
			pieces = append(pieces, piece{sent: "&"})
		}
		name, value, found := strings.Cut(parameter, "=")
		place := "the parameter " + cutName(printable.Line(unescapeForm(name)))
		pieces = append(pieces, textPieces(name, place, true)...)
		switch {
		case !found:
			pieces = append(pieces, piece{"", "no value", []string{"="}, place})
		case value == "":
			pieces = append(pieces, piece{"=", "no value", []string{""}, place})
		default:
			pieces = append(pieces, piece{sent: "="})
		}
		pieces = append(pieces, textPieces(value, place, true)...)
	}
	return pieces
}

func cutName(name string) string {
	if runes := []rune(name); len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return name
}

// textPieces takes a part of a target apart, a character each. In a form, a plus sign means a space.
func textPieces(text, place string, form bool) []piece {
	var pieces []piece
	for len(text) > 0 {
		r, size := encodedRune(text)
		p := piece{sent: text[:size], place: place}
		switch {
		case form && text[0] == '+':
			p.class, p.forms = "plus", []string{"%20", " ", "%2B"}
		case r == utf8.RuneError:
		case r == ' ':
			p.class, p.forms = "space", []string{"+", "%20", " "}
		case r >= utf8.RuneSelf:
			p.class, p.forms = "beyond ASCII", beyondASCII(r)
		case isAlphanumeric(r) && size > 1:
			p.class, p.forms = "letter", []string{string(r)}
		case !isAlphanumeric(r) && (size > 1 || !strings.ContainsRune("-._", r)):
			p.class, p.forms = string(r), []string{string(r), fmt.Sprintf("%%%02X", r)}
		}
		if p.class == "]" {
			p.class = "["
		}
		pieces = append(pieces, p)
		text = text[size:]
	}
	return pieces
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// beyondASCII are the ways to write a letter in a target: UTF-8, encoded or raw, damaged, and Latin-1.
func beyondASCII(r rune) []string {
	forms := []string{string(r), url.QueryEscape(string(r)), "?"}
	if r < 0x100 {
		forms = append(forms, fmt.Sprintf("%%%02X", r), string([]byte{byte(r)}))
	}
	return forms
}

// encodedRune reads the first character of a target, percent-encoded or not, and how many bytes it takes there.
// What is neither is utf8.RuneError.
func encodedRune(text string) (rune, int) {
	var raw []byte
	for at := 0; len(raw) < utf8.UTFMax && at+2 < len(text) && text[at] == '%'; at += 3 {
		decoded, err := url.PathUnescape(text[at : at+3])
		if err != nil {
			break
		}
		raw = append(raw, decoded...)
	}
	if len(raw) == 0 {
		return utf8.DecodeRuneInString(text)
	}
	r, size := utf8.DecodeRune(raw)
	return r, 3 * size
}

// encoder is how a library encodes what is not a letter or digit.
type encoder struct {
	plain string // what it leaves as it is
	space string
}

func encoders() []encoder {
	return []encoder{
		{"*", "+"},                        // URLSearchParams of JavaScript, URLEncoder of Java
		{"~", "+"},                        // url.Values of Go, Python
		{"~", "%20"},                      // RFC 3986, rawurlencode of PHP
		{"!'()*~", "%20"},                 // encodeURIComponent
		{"!'()*~:$,", "+"},                // axios
		{"!'()*~:$,[]", "+"},              // older axios
		{";,/?:@&=+$!~*'()#", "%20"},      // encodeURI
		{";,/?:@&=+$!~*()[]|^`{}", "%20"}, // the URL of a browser
	}
}

func (e encoder) write(pieces []piece) []string {
	written := make([]string, len(pieces))
	for i, p := range pieces {
		r, _ := encodedRune(p.sent)
		switch {
		case p.class == "plus" || p.class == "space":
			written[i] = e.space
		case p.class == "no value" || p.class == "":
			written[i] = p.sent
		case p.class != "letter" && !strings.ContainsRune(e.plain, r):
			written[i] = url.PathEscape(string(r))
			if r < utf8.RuneSelf {
				written[i] = fmt.Sprintf("%%%02X", r)
			}
		default:
			written[i] = string(r)
		}
	}
	return written
}
