package specs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

const nestedDeep = 5000 // nested arrays: a decoder without a limit on depth overflows its stack

// malformedBodies are bodies that may be accepted or refused, but not with a 5xx. Bodies that must be refused are in bodyWalk.brokenBodies.
func malformedBodies(_ *document.Document, op *document.Operation) []attempt {
	var out []attempt
	for i, b := range op.Bodies {
		add := func(name string, change func(content string) string) {
			a := noServerError("with "+name+" ("+b.Media+")", func(r *exchange.Request) *exchange.Request {
				c := *r
				c.Body = []byte(change(string(r.Body)))
				return &c
			})
			a.body = i
			out = append(out, a)
		}
		if b.Media == exchange.MediaJSON {
			malformedJSON(b, add)
		} else {
			malformedForms(op, b, add)
		}
		for name, media := range map[string]string{"a body without a Content-Type": "", "a Content-Type that is no media type": "json", "a media type that is not known": "application/x-awal"} {
			a := noServerError("with "+name+" ("+b.Media+")", func(r *exchange.Request) *exchange.Request { return r.WithHeader("Content-Type", media) })
			a.body = i
			out = append(out, a)
		}
	}
	out = append(out, malformedEncoded()...)
	slices.SortFunc(out, func(a, b attempt) int { return strings.Compare(a.name, b.name) })
	return out
}

// malformedEncoded are urlencoded forms, which few operations have: a valid one, and one that cannot be decoded.
func malformedEncoded() []attempt {
	return []attempt{
		noServerError("with a body of "+exchange.MediaEncoded, func(r *exchange.Request) *exchange.Request { return r.In(exchange.MediaEncoded) }),
		noServerError("with a broken escape in a body of "+exchange.MediaEncoded, func(r *exchange.Request) *exchange.Request {
			c := r.In(exchange.MediaEncoded)
			c.Body = append(c.Body, "&extra=%ZZ&=&%"...)
			return c
		}),
	}
}

// malformedJSON replaces a whole JSON body, and one text in it.
func malformedJSON(b *document.Body, add func(name string, change func(content string) string)) {
	add("a text as its body", func(string) string { return `"text"` })
	add("5,000 nested arrays", func(string) string { return strings.Repeat("[", nestedDeep) + strings.Repeat("]", nestedDeep) })
	for _, text := range []struct{ name, content string }{
		{"half a surrogate pair in a text", `"a\ud83d"`},
		{"a NUL in a text", `"a\u0000b"`},
		{"bytes that are no UTF-8 in a text", "\"a\xff\xfe\""},
		{"the number 1e999", "1e999"},
		{"5,000 nested arrays as a value", strings.Repeat("[", nestedDeep) + strings.Repeat("]", nestedDeep)},
	} {
		property := textOf(b)
		add(text.name+" of "+property, func(content string) string { return withRaw(content, property, text.content) })
	}
	for _, name := range slices.Sorted(maps.Keys(b.Properties())) {
		if document.Effective(b.Properties()[name]).Type.Is("integer") { // JSON has one kind of number, so that this is a whole one
			add("1.0 in "+name, func(content string) string { return withRaw(content, name, "1.0") })
		}
	}
}

// textOf is the name of a required property that may be any text; "extra" if there is none, since a server decodes unknown properties too.
func textOf(b *document.Body) string {
	schema := document.Effective(b.Schema)
	for _, name := range slices.Sorted(slices.Values(schema.Required)) {
		if one := document.Effective(schema.Properties[name]); one.Type.Is("string") && one.Pattern == "" && len(one.Enum) == 0 && one.Format == "" {
			return name
		}
	}
	return "extra"
}

// freeText is the name of an optional field of a form that may be any text and is not an id; "extra" if there is none.
func freeText(b *document.Body) string {
	schema := document.Effective(b.Schema)
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		one := document.Effective(schema.Properties[name])
		if one.Type.Is("string") && one.Pattern == "" && one.Format == "" && len(one.Enum) == 0 && one.MinLength == 0 && !slices.Contains(schema.Required, name) &&
			!strings.HasSuffix(name, "_id") && one.Extensions["x-content-schema"] == nil {
			return name
		}
	}
	return "extra"
}

// withRaw replaces the value of a property in a JSON object by a text, which need not be JSON.
func withRaw(content, property, raw string) string {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal([]byte(content), &fields) != nil {
		return content
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != property {
			parts = append(parts, fmt.Sprintf("%q:%s", name, fields[name]))
		}
	}
	return "{" + strings.Join(append(parts, fmt.Sprintf("%q:%s", property, raw)), ",") + "}"
}

// malformedForms adds malformed parts to a form.
func malformedForms(op *document.Operation, b *document.Body, add func(name string, change func(content string) string)) {
	part := func(head, content string) func(string) string {
		return func(whole string) string {
			return "--" + exchange.Boundary + "\r\n" + head + "\r\n\r\n" + content + "\r\n" + whole
		}
	}
	add("a part without a name", part("Content-Disposition: form-data", "a"))
	add("a part without a head", func(whole string) string { return "--" + exchange.Boundary + "\r\n\r\na\r\n" + whole })
	free := "extra"
	if managesRecords(op) { // the value goes into a record that is deleted after the case
		free = freeText(b)
	}
	add("a NUL in "+free, part(`Content-Disposition: form-data; name="`+free+`"`, "a\x00b"))
	add("bytes that are no UTF-8 in "+free, part(`Content-Disposition: form-data; name="`+free+`"`, "a\xff\xfe"))
	add("no part at all", func(string) string { return "--" + exchange.Boundary + "--\r\n" })
	for _, name := range slices.Sorted(maps.Keys(b.Properties())) {
		switch schema := document.Effective(b.Properties()[name]); {
		case schema.Format == "binary":
			add("an empty file in "+name, part(`Content-Disposition: form-data; name="`+name+`"; filename="a.png"`+"\r\nContent-Type: image/png", ""))
			add("a quote in the name of the file "+name, part(`Content-Disposition: form-data; name="`+name+`"; filename="a\"b'.png"`+"\r\nContent-Type: image/png", "x"))
		case schema.Type.Is("integer"):
			add("a number of 30 digits in "+name, part(`Content-Disposition: form-data; name="`+name+`"`, strings.Repeat("9", 30)))
		case schema.Format == "date":
			add("the date 0000-00-00 in "+name, part(`Content-Disposition: form-data; name="`+name+`"`, "0000-00-00"))
		case schema.Extensions["x-content-schema"] != nil:
			for _, content := range []string{"null", "{}", "[null]", `[{"name":null}]`} {
				add(content+" in "+name, part(`Content-Disposition: form-data; name="`+name+`"`, content))
			}
		}
	}
}
