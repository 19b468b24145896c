package specs

import (
	"bytes"
	"encoding/json"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// otherBodies sign another body than they send, in each media type of the operation.
func otherBodies(_ *document.Document, op *document.Operation) []attempt {
	var out []attempt
	for i, b := range op.Bodies {
		of := func(name string, sent, signed func(content string) string) {
			out = append(out, attempt{name: name + " (" + b.Media + ")", body: i, signsBody: true, want: refused(), change: func(r *exchange.Request) *exchange.Request {
				c := r.With(exchange.Signing{Body: new(signed(string(r.Body)))})
				c.Body = []byte(sent(string(r.Body)))
				return c
			}})
		}
		same := func(content string) string { return content }
		of("signed without its body", same, func(string) string { return "" })
		of("signed for a body with one more space", same, func(content string) string { return content + " " })
		of("signed for a body with one more line feed", same, func(content string) string { return content + "\n" })
		of("signed for the first half of its body", same, func(content string) string { return content[:len(content)/2] })
		of("signed for a body with another byte in the middle", same, func(content string) string { return otherByte(content, len(content)/2) })
		of("signed for a body with another byte near the end", same, func(content string) string { return otherByte(content, max(0, len(content)-len(exchange.Boundary)-10)) })
		if b.Media == exchange.MediaJSON {
			of("whose JSON was indented after it was signed", indented, same)
			of("signed for its JSON with another indentation", same, indented)
			continue
		}
		of("signed for its first part alone", same, func(content string) string { first, _, _ := strings.Cut(content, "\r\n--"); return first })
	}
	if len(out) == 0 {
		return nil // the operation has no body
	}
	return append(out, otherForm())
}

// otherForm is a form as a browser sends it, signed without its body. Few operations have one; a server that reads it all the same must not take it for
// signed. It may look at the media type first.
func otherForm() attempt {
	return attempt{
		name: "signed without its body, which is " + exchange.MediaEncoded, signsBody: true, want: append(refused(), refusedMedia()...),
		change: func(r *exchange.Request) *exchange.Request {
			return r.In(exchange.MediaEncoded).With(exchange.Signing{Body: new("")})
		},
	}
}

func otherByte(content string, at int) string {
	if at >= len(content) {
		return content + "x"
	}
	with := byte('x')
	if content[at] == with {
		with = 'y'
	}
	return content[:at] + string(with) + content[at+1:]
}

// indented is the same JSON, indented.
func indented(content string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(content), "", "  ") != nil {
		return content + "\n"
	}
	return out.String()
}

// bodiesAsSent are valid bodies whose bytes change when a server decodes and encodes them again. They are signed as they are sent.
func bodiesAsSent(_ *document.Document, op *document.Operation) []attempt {
	var out []attempt
	for i, b := range op.Bodies {
		of := func(name string, change func(content string) string) {
			out = append(out, attempt{name: name, body: i, want: accepted(), change: func(r *exchange.Request) *exchange.Request {
				c := r.AnyAnswer()
				c.Body = []byte(change(string(r.Body)))
				return c
			}})
		}
		if b.Media != exchange.MediaJSON {
			continue
		}
		of("with indented JSON", indented)
		of("with escapes in its JSON", escapedJSON)
		of("with a line feed after its JSON", func(content string) string { return content + "\n" })
	}
	return out
}

// escapedJSON is the same JSON, with some characters of its texts written as escapes.
func escapedJSON(content string) string {
	var out strings.Builder
	inside := false
	for i := range len(content) {
		switch c := content[i]; {
		case c == '"' && (i == 0 || content[i-1] != '\\'):
			inside = !inside
			out.WriteByte(c)
		case inside && c == '/':
			out.WriteString(`\/`)
		case inside && c == 'e' && content[i-1] != '\\':
			out.WriteString(`\u0065`)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}
