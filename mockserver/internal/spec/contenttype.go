package spec

import (
	"mime"
	"strconv"
	"strings"
)

// A ContentType is the value of a header Content-Type. Reading it accepts more than the standard library does.
type ContentType struct {
	Type     string // in lower case, without parameters; "" if it is no media type
	Charset  string // in lower case; "" if none is named
	Boundary string
	Problem  string // what is wrong with its parameters, "" if nothing is
}

// ParseContentType reads a header Content-Type. A parameter that is not written as it should be is a Problem; the others
// count.
func ParseContentType(header string) ContentType {
	base, rest, _ := strings.Cut(header, ";")
	var c ContentType
	mediaType, _, err := mime.ParseMediaType(base)
	if err != nil || !strings.Contains(mediaType, "/") {
		return c
	}
	c.Type = mediaType
	if _, params, err := mime.ParseMediaType(header); err == nil {
		c.Charset, c.Boundary = strings.ToLower(params["charset"]), params["boundary"]
	} else {
		c.readParameters(rest)
	}
	if c.Charset == "utf8" {
		c.Charset = "utf-8"
		c.problem("charset=utf8 should be written charset=utf-8")
	}
	return c
}

// readParameters reads parameters one by one, those that the standard library refuses too. The first of a name counts.
func (c *ContentType) readParameters(text string) {
	for text != "" {
		var piece string
		piece, text = cutParameter(text)
		name, value, found := strings.Cut(strings.TrimSpace(piece), "=")
		name = strings.ToLower(strings.TrimSpace(name))
		value, quoted := unquoted(strings.TrimSpace(value))
		switch {
		case strings.TrimSpace(piece) == "":
		case !found:
			c.problem(shortName(name) + " is a parameter without a name or a value; write it like charset=utf-8, or leave it out")
		case name == "charset" && c.Charset == "":
			c.Charset = strings.ToLower(value)
			if value == "" {
				c.problem("charset has no value")
			}
		case name == "boundary" && c.Boundary == "":
			c.Boundary = value
			if !quoted && !isToken(value) {
				c.problem("the boundary has characters that have to be in quotes: boundary=" + strconv.QuoteToASCII(value))
			}
		case name == "charset" || name == "boundary":
			c.problem("the parameter " + name + " appears twice; the first one counts")
		case !quoted && !isToken(value) || !isToken(name):
			c.problem("the parameter " + shortName(name) + " is not written as name=value")
		}
	}
	if c.Problem == "" {
		c.problem("its parameters are not written as RFC 9110 says")
	}
}

// problem keeps the first thing that is wrong.
func (c *ContentType) problem(text string) {
	if c.Problem == "" {
		c.Problem = text
	}
}

// cutParameter cuts at the first semicolon that is not in quotes.
func cutParameter(text string) (piece, rest string) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case text[i] == ';' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

func unquoted(value string) (text string, quoted bool) {
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		return strings.ReplaceAll(value[1:len(value)-1], `\`, ""), true
	}
	return strings.Trim(value, `"`), false
}

// isToken reports whether text may be in a header without quotes (RFC 9110, section 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
}

// shortName shows a name that a client chose.
func shortName(name string) string { return strconv.QuoteToASCII(clipTo(name, 40)) }
