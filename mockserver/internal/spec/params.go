package spec

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// A style says how the text of a parameter becomes a value.
type style struct {
	kind  kind
	array bool // a list of such values
	// separator of a list in one value; "" for a list that repeats the parameter
	separator string
}

type kind uint8

const (
	kindText    kind = iota
	kindInteger      // canonical decimal
	kindNumber
	kindBoolean
	kindAny   // a choice of them, or no type: the reading that fits
	kindParts // objects, lists beside other things, styles beyond form and simple, content
)

func styleOf(kin *openapi3.Parameter, s *Schema) style {
	if kin.Schema == nil {
		return style{kind: kindParts}
	}
	w := howWritten(kin, s)
	beyond := w.style == "label" || w.style == "matrix" || w.style == "deepObject"
	switch {
	case beyond:
		return style{kind: kindParts}
	case s.Type == "array" && s.Items != nil:
		st := style{kind: kindOf(s.Items), array: true, separator: w.delimiter()}
		if w.explode && w.style != "simple" {
			st.separator = ""
		}
		if st.kind == kindParts {
			return style{kind: kindParts}
		}
		return st
	}
	return style{kind: kindOf(s)}
}

func kindOf(s *Schema) kind {
	switch s.Type {
	case "string":
		return kindText
	case "integer":
		return kindInteger
	case "number":
		return kindNumber
	case "boolean":
		return kindBoolean
	case "":
		k := kindAny
		s.each(map[*Schema]bool{}, func(part *Schema) {
			if part.Type == "object" || part.Type == "array" {
				k = kindParts
			}
		})
		return k
	}
	return kindParts
}

// repeats reports whether a query parameter may be sent more than once.
func (p *Parameter) repeats() bool {
	return p.style.kind == kindParts && p.kin.Schema != nil || p.style.array && p.style.separator == ""
}

// accept reports whether the plan takes the text of a parameter; false means that it has to be looked at again.
func (p *Parameter) accept(text string) bool {
	if text == "" || p.style.array {
		return false
	}
	switch p.style.kind {
	case kindText:
		return p.Schema.acceptString(&visit{}, text)
	case kindInteger:
		return isCanonicalInteger(text) && p.Schema.acceptNumber(&visit{}, text)
	case kindNumber:
		return isJSONNumber(text) && p.Schema.acceptNumber(&visit{}, text)
	case kindBoolean:
		return (text == "true" || text == "false") && p.Schema.accept(&visit{}, text == "true")
	}
	return false
}

// Refuses reports what is wrong with a text as the value of the parameter, "" if nothing. A style that is more than one text is not
// looked into.
func (p *Parameter) Refuses(text string) string {
	if p.style.kind == kindParts || p.style.array || p.accept(text) {
		return ""
	}
	for _, v := range p.violations(nil, []string{text}, nil) {
		return v.Text
	}
	return ""
}

// violations are what is wrong with the texts of a parameter that is there; kin has the last word.
func (p *Parameter) violations(in *Input, texts []string, query url.Values) []Violation {
	if p.style.kind == kindParts {
		list, _ := p.partViolations(in, texts, query)
		return list
	}
	emptyText := p.style.kind == kindText && !p.Required && p.Schema.MinLength == 0
	if texts[0] == "" && !p.style.array && !emptyText {
		return []Violation{p.violation("minLength", "must not be empty")}
	}
	if !p.style.array {
		v, bad := p.value(p.style.kind, texts[0], p.Name, p.Schema)
		if bad != nil {
			return []Violation{*bad}
		}
		return p.Schema.violations(v, place{in: p.In, root: p.Name})
	}
	items := texts
	if p.style.separator != "" {
		items = strings.Split(texts[0], p.style.separator)
		for _, more := range texts[1:] { // several header lines
			items = append(items, strings.Split(more, p.style.separator)...)
		}
	}
	list := make([]any, len(items))
	var all []Violation
	for i, item := range items {
		field := p.Name + "[" + itoa(i) + "]"
		if p.In == "header" {
			item = strings.TrimSpace(item) // HTTP allows space around the commas of a list
		}
		v, bad := p.value(p.style.kind, item, field, p.Schema.Items)
		if bad != nil {
			all = append(all, *bad)
		}
		list[i] = v
	}
	if all != nil {
		return all
	}
	return p.Schema.violations(list, place{in: p.In, root: p.Name})
}

// value reads a primitive value strictly.
func (p *Parameter) value(k kind, text, field string, s *Schema) (any, *Violation) {
	want := ""
	switch k {
	case kindText:
		return text, nil
	case kindInteger:
		if isCanonicalInteger(text) {
			return json.Number(text), nil
		}
		want = "must be an integer"
		if isDecimal(text) {
			want = "must be an integer of at most 64 bits"
		}
	case kindNumber:
		if isJSONNumber(text) {
			return json.Number(text), nil
		}
		want = "must be a number"
	case kindBoolean:
		if text == "true" || text == "false" {
			return text == "true", nil
		}
		want = "must be true or false"
	case kindAny:
		return reading(text, s), nil
	}
	v := p.violation("type", want+unseen(text))
	v.Field, v.Pointer = field, s.Pointer
	return nil, &v
}

// reading is the first way to read a text that the schema accepts: as a number, a boolean, a text.
func reading(text string, s *Schema) any {
	switch {
	case isDecimal(text) || isJSONNumber(text):
		if s.violations(json.Number(text), place{}) == nil {
			return json.Number(text)
		}
	case text == "true", text == "false":
		if s.violations(text == "true", place{}) == nil {
			return text == "true"
		}
	}
	return text
}

func (p *Parameter) violation(rule, text string) Violation {
	return Violation{Field: p.Name, In: p.In, Rule: rule, Text: text, Pointer: p.Pointer}
}

// isDecimal reports whether text is an integer without anything superfluous, of any size.
func isDecimal(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] == '0' && text != "0" {
		return false
	}
	for i := range len(digits) {
		if digits[i] < '0' || digits[i] > '9' {
			return false
		}
	}
	return true
}

// isCanonicalInteger reports whether text is a 64-bit integer as strconv would write it.
func isCanonicalInteger(text string) bool {
	if !isDecimal(text) {
		return false
	}
	_, ok := parseInt(text)
	return ok
}

// partViolations are those of a parameter that is more than one text, or none that form and simple write. there reports whether it
// was sent.
func (p *Parameter) partViolations(in *Input, texts []string, query url.Values) (list []Violation, there bool) {
	if p.kin.Schema == nil {
		return p.contentViolations(texts), len(texts) > 0
	}
	w := howWritten(p.kin, p.Schema)
	op := in.Match.Operation // not in: what a function keeps would no longer be on its caller's stack
	w.taken = func(name string) bool { return op.queryParameter(name) != nil }
	r := reader{in: p.In}
	v, there := w.value(&r, texts, query)
	switch {
	case !there && p.Required:
		return []Violation{p.violation("required", "is required")}, false
	case !there, len(texts) == 1 && texts[0] == "" && p.AllowEmpty:
		return nil, false
	case r.bad != nil:
		return r.bad, true
	}
	return p.Schema.violations(v, place{in: p.In, root: p.Name}), true
}

// contentViolations are those of a parameter that is written in a media type.
func (p *Parameter) contentViolations(texts []string) []Violation {
	switch {
	case len(texts) == 0 && p.Required:
		return []Violation{p.violation("required", "is required")}
	case len(texts) == 0, len(texts) == 1 && texts[0] == "" && p.AllowEmpty:
		return nil
	case len(texts) > 1:
		return []Violation{p.violation("duplicate", "must be given only once")}
	}
	for mediaType := range p.kin.Content {
		mediaType, _, _ = strings.Cut(mediaType, ";")
		if !isJSON(strings.ToLower(strings.TrimSpace(mediaType))) {
			return p.Schema.violations(texts[0], place{in: p.In, root: p.Name})
		}
	}
	d := decode([]byte(texts[0]))
	for i := range d.violations {
		v := &d.violations[i]
		if v.Field = p.Name + "." + v.Field; v.Whole {
			v.Field, v.Whole = p.Name, false
		}
		v.In, v.Pointer = p.In, p.Pointer
	}
	if d.violations != nil {
		return d.violations
	}
	return p.Schema.violations(d.value, place{in: p.In, root: p.Name})
}

// cookies are the texts of a cookie parameter: of its own name, which a list in the style form repeats behind &.
func (p *Parameter) cookies(header http.Header) (texts []string, all url.Values) {
	all = url.Values{}
	request := http.Request{Header: header}
	for _, c := range request.Cookies() {
		value := c.Value
		if decoded, err := unescape(value, false); err == nil {
			value = decoded
		}
		all[c.Name] = append(all[c.Name], value)
	}
	for _, text := range all[p.Name] {
		if p.style.array || p.style.kind == kindParts {
			texts = append(texts, strings.Split(text, "&"+p.Name+"=")...)
			continue
		}
		texts = append(texts, text)
	}
	return texts, all
}
