package specs

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// null replaces a value of a JSON body by null. A server may treat null like an absent property, so refusing it is only a SHOULD.
func (w *bodyWalk) null(path []any) {
	if w.body.Media == exchange.MediaJSON && len(path) > 0 && !isChoice(path) {
		w.add("null", bodyChange{what: showPath(path) + " that is null", path: path, level: document.Should})
	}
}

// almostMatching are texts that differ a little from a text that matches a pattern: a phone, a link or an email. There are none for other patterns.
func almostMatching(pattern *regexp.Regexp, name string) []string {
	right := []string{"https://example.com/menu.png", "customer@example.com"}
	if name == "phone" {
		right = []string{"966550000001"}
	}
	at := slices.IndexFunc(right, pattern.MatchString)
	if at < 0 {
		return nil
	}
	text := right[at]
	var out []string
	for _, wrong := range []string{
		"+" + text, "x-" + text, text + "x", text[:5] + " " + text[5:], strings.Replace(text, "@", "", 1),
		strings.Replace(text, "https:", "http:", 1), strings.Replace(text, "https:", "ftp:", 1), strings.TrimPrefix(text, "https://"),
	} {
		if !pattern.MatchString(wrong) && !slices.Contains(out, wrong) {
			out = append(out, wrong)
		}
	}
	return out
}

// phoneForms tries phones at the bounds of the pattern. That no phone begins with a zero or has more than 50 digits is inferred, so it is a SHOULD.
func (w *bodyWalk) phoneForms(name string, pattern *regexp.Regexp, path []any) {
	if name != "phone" {
		return
	}
	for _, wrong := range []struct{ what, phone string }{
		{"with a zero in front", "0966550000001"}, {"of 51 digits", "966550000001966550000001966550000001966550000001966"},
	} {
		if !pattern.MatchString(wrong.phone) {
			w.add("pattern", bodyChange{what: fmt.Sprintf("%s %s", showPath(path), wrong.what), path: path, value: wrong.phone, level: document.Should})
		}
	}
	const american = "12025550123" // a number that is reserved for fiction
	if managesRecords(w.op) && pattern.MatchString(american) {
		w.add("pattern", bodyChange{what: showPath(path) + " that begins with a 1", path: path, value: american, valid: true, alsoRight: []int{http.StatusConflict}})
	}
}

// emptyBodies tries bodies that are empty, absent or null.
func (w *bodyWalk) emptyBodies() {
	with := func(content string) func(valid *exchange.Request) *exchange.Request {
		return func(valid *exchange.Request) *exchange.Request {
			c := *valid
			c.Body = []byte(content)
			return &c
		}
	}
	if w.body.Required {
		w.add("syntax", bodyChange{what: "that is empty", raw: with("")})
	}
	if w.body.Required && len(document.Effective(w.body.Schema).Required) > 0 {
		w.add("syntax", bodyChange{what: "that is not there", raw: func(valid *exchange.Request) *exchange.Request {
			c := *valid
			c.Body, c.Header = nil, maps.Clone(valid.Header)
			delete(c.Header, "Content-Type")
			return &c
		}})
	}
	if w.body.Media == exchange.MediaJSON {
		w.add("syntax", bodyChange{what: "that is null", raw: with("null"), level: document.Should})
	}
}

// brokenBodies tries bodies that are not of their media type, such as broken JSON.
func (w *bodyWalk) brokenBodies() {
	raw := func(what, level string, change func(valid *exchange.Request) *exchange.Request) {
		w.add("syntax", bodyChange{what: what, raw: change, level: level})
	}
	withBytes := func(change func(content string) string) func(*exchange.Request) *exchange.Request {
		return func(r *exchange.Request) *exchange.Request {
			c := *r
			c.Body = []byte(change(string(r.Body)))
			return &c
		}
	}
	raw("that is cut short", "", withBytes(func(content string) string { return content[:len(content)/2] }))
	if w.body.Media == exchange.MediaForm {
		raw("of another boundary", "", withBytes(func(content string) string { return strings.ReplaceAll(content, exchange.Boundary, "other") }))
		raw("with a part twice", document.Should, withBytes(func(content string) string {
			first, _, _ := strings.Cut(content[len(exchange.Boundary)+4:], "--"+exchange.Boundary)
			return "--" + exchange.Boundary + "\r\n" + first + content
		}))
		return
	}
	raw("that is no JSON", "", withBytes(func(string) string { return "phone=1" }))
	raw("that is an array", "", withBytes(func(content string) string { return "[" + content + "]" }))
	raw("with a comma after its last property", document.Should, withBytes(func(content string) string { return strings.TrimSuffix(content, "}") + ",}" }))
	raw("with other bytes after its JSON", document.Should, withBytes(func(content string) string { return content + "{}" }))
	raw("with a key twice", document.Should, withBytes(func(content string) string {
		name, _, _ := strings.Cut(content[1:], ":")
		value, _, _ := strings.Cut(content[len(name)+2:], ",")
		return "{" + name + ":" + strings.TrimSuffix(value, "}") + "," + content[1:]
	}))
}
