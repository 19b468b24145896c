package spec

import (
	"net/http"
	"net/url"
	"strings"
)

// An Input is a request to be checked against its operation.
type Input struct {
	Match    Match
	RawQuery string // after '?', as it was sent
	Header   http.Header
	Body     []byte // ignored when the operation has no request body
	Form     *Form  // set instead of Body for multipart/form-data
}

// Check checks a request's content type, then everything in it. Errors are *UnsupportedMediaTypeError and *InvalidError.
func (op *Operation) Check(in *Input) (*Request, error) {
	media, err := op.media(in)
	if err != nil {
		return nil, err
	}
	r := &Request{Operation: op}
	if len(op.Parameters) > len(r.inline) {
		r.values = make([]string, len(op.Parameters))
	} else {
		r.values = r.inline[:len(op.Parameters)]
	}
	c := checker{op: op, r: r}
	c.path(in)
	c.query(in)
	c.others(in)
	if len(op.Bodies) > 0 {
		c.body(in, media)
	}
	if len(c.violations) == 0 {
		c.rules(media)
	}
	if len(c.violations) > 0 {
		return nil, &InvalidError{Violations: c.violations, Unknown: r.Unknown}
	}
	return r, nil
}

// A checker gathers what is wrong with one request. It does not keep the input: that stays on its caller's stack.
type checker struct {
	op         *Operation
	r          *Request
	violations []Violation
}

// add adds violations, one for each field at most: the first.
func (c *checker) add(list ...Violation) {
	for _, v := range list {
		c.violations = addViolation(c.violations, v)
	}
}

func (c *checker) path(in *Input) {
	for i, index := range c.op.pathParams {
		p := c.op.Parameters[index]
		text := in.Match.PathParam(i)
		if in.Match.broken&(1<<i) != 0 {
			c.add(p.violation("encoding", errUTF8.Error()))
			continue
		}
		c.r.set(index, text)
		if !p.accept(text) {
			c.add(p.violations(in, []string{text}, nil)...)
		}
	}
}

// query checks a query string pair by pair. What occurs seldom (lists, unknown names, broken encoding) goes the slow way.
func (c *checker) query(in *Input) {
	rest := in.RawQuery
	for {
		var p pair
		var ok bool
		if p, rest, ok = nextPair(rest); !ok {
			break
		}
		parameter := c.op.queryParameter(p.name)
		if p.nameErr != nil || p.valueErr != nil || parameter == nil || parameter.repeats() || c.r.has(parameter.index) {
			c.slowQuery(in)
			return
		}
		c.r.set(parameter.index, p.value)
	}
	for _, index := range c.op.queries {
		p := c.op.Parameters[index]
		switch {
		case !c.r.has(index):
			if p.Required {
				c.add(p.violation("required", "is required"))
			}
		case p.AllowEmpty && c.r.values[index] == "":
			c.r.unset(index)
		case !p.accept(c.r.values[index]):
			c.add(p.violations(in, []string{c.r.values[index]}, nil)...)
		}
	}
}

func (op *Operation) queryParameter(name string) *Parameter {
	for _, index := range op.queries {
		if p := op.Parameters[index]; p.Name == name {
			return p
		}
	}
	return nil
}

// slowQuery checks any query string, from its beginning.
func (c *checker) slowQuery(in *Input) {
	values := url.Values{}
	broken := map[string]bool{}
	for rest := in.RawQuery; ; {
		var p pair
		var ok bool
		if p, rest, ok = nextPair(rest); !ok {
			break
		}
		switch {
		case p.nameErr != nil:
			c.add(Violation{Field: "query", In: "query", Rule: "encoding", Text: "has a name that " + p.nameErr.Error(), Pointer: c.op.Pointer})
		case p.valueErr != nil:
			broken[p.name] = true
			c.add(Violation{Field: p.name, In: "query", Rule: "encoding", Text: p.valueErr.Error(), Pointer: c.op.Pointer})
		default:
			values[p.name] = append(values[p.name], p.value)
		}
	}
	c.r.Unknown = append(c.r.Unknown, c.op.unknownQuery(values)...)
	for _, index := range c.op.queries {
		p := c.op.Parameters[index]
		texts := values[p.Name]
		c.r.unset(index)
		switch {
		case broken[p.Name]:
		case len(texts) > 1 && !p.repeats():
			c.add(p.violation("duplicate", "must be given only once"))
		case p.style.kind == kindParts:
			list, there := p.partViolations(in, texts, values)
			c.add(list...)
			if there {
				c.r.set(index, strings.Join(texts[:min(1, len(texts))], ""))
			}
		case len(texts) == 0 && p.Required:
			c.add(p.violation("required", "is required"))
		case len(texts) == 0, len(texts) == 1 && texts[0] == "" && p.AllowEmpty:
			// absent
		default:
			c.r.set(index, texts[0])
			if len(texts) > 1 || !p.accept(texts[0]) {
				c.add(p.violations(in, texts, values)...)
			}
		}
	}
}

// others checks headers and cookies.
func (c *checker) others(in *Input) {
	for _, p := range c.op.Parameters {
		switch p.In {
		case "header":
			c.header(in, p)
		case "cookie":
			c.cookie(in, p)
		}
	}
}

func (c *checker) cookie(in *Input, p *Parameter) {
	texts, all := p.cookies(in.Header)
	switch {
	case p.style.kind == kindParts:
		list, there := p.partViolations(in, texts, all)
		c.add(list...)
		if there {
			c.r.set(p.index, strings.Join(texts[:min(1, len(texts))], ""))
		}
	case len(texts) == 0 && p.Required:
		c.add(p.violation("required", "is required"))
	case len(texts) == 0:
	case len(texts) > 1 && !p.style.array:
		c.add(p.violation("duplicate", "must be given only once"))
	default:
		c.r.set(p.index, texts[0])
		c.add(p.violations(in, texts, nil)...)
	}
}

func (c *checker) header(in *Input, p *Parameter) {
	texts := in.Header[p.header]
	switch {
	case len(texts) == 0 && p.Required:
		c.add(p.violation("required", "is required"))
	case len(texts) == 0:
	case len(texts) > 1 && !p.style.array && p.style.kind != kindParts:
		c.add(p.violation("duplicate", "must be given only once"))
	default:
		c.r.set(p.index, texts[0])
		if len(texts) > 1 || !p.accept(texts[0]) {
			c.add(p.violations(in, texts, nil)...)
		}
	}
}

// media finds the media type of a request's body; nil when there is no body.
func (op *Operation) media(in *Input) (*Media, error) {
	if len(op.Bodies) == 0 || len(in.Body) == 0 && in.Form == nil {
		return nil, nil
	}
	sent := in.Header["Content-Type"]
	if len(sent) == 1 {
		if m := op.mediaOf(sent[0]); m != nil {
			return m, nil
		}
	}
	want := make([]string, len(op.Bodies))
	for i, m := range op.Bodies {
		want[i] = m.Type
	}
	return nil, &UnsupportedMediaTypeError{Sent: sent, Want: want}
}

func (op *Operation) mediaOf(sent string) *Media {
	for _, m := range op.Bodies {
		if m.Type == sent { // the usual case, exactly as documented
			return m
		}
	}
	ct := ParseContentType(sent)
	if ct.Type == "" || ct.Charset != "" && ct.Charset != "utf-8" {
		return nil
	}
	mediaType := ct.Type
	family, _, _ := strings.Cut(mediaType, "/")
	for _, want := range []string{mediaType, family + "/*", "*/*"} {
		for _, m := range op.Bodies {
			if m.Type == want {
				return m
			}
		}
	}
	return nil
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || mediaType == "text/json" || strings.HasSuffix(mediaType, "+json")
}

func (c *checker) bodyViolation(rule, text string) Violation {
	return Violation{Field: "body", In: "body", Whole: true, Rule: rule, Text: text, Pointer: c.op.Pointer + "/requestBody"}
}

// body checks a request's body by its media type.
func (c *checker) body(in *Input, m *Media) {
	if m == nil {
		if c.op.BodyRequired {
			c.add(c.bodyViolation("required", "is required"))
		}
		return
	}
	c.r.form = in.Form
	switch {
	case in.Form != nil:
		c.form(m, in.Form)
	case m.Type == "multipart/form-data":
		c.add(c.bodyViolation("form", "is not a readable multipart/form-data form"))
	case m.Type == "application/x-www-form-urlencoded":
		c.urlencoded(in, m)
	case isJSON(m.Type) || m.Type == "*/*" || m.Type == "application/*":
		c.json(in, m)
	default:
		c.r.body = string(in.Body) // kin and we know no more about it
	}
}

func (c *checker) json(in *Input, m *Media) {
	d := decode(in.Body)
	c.add(d.violations...)
	if d.broken {
		return
	}
	v := visit{}
	if !m.Schema.accept(&v, d.value) {
		v.extra = true
		c.add(m.Schema.violations(d.value, place{in: "body", root: "body"})...)
	}
	if v.extra {
		c.r.Unknown = m.Schema.unknown(c.r.Unknown, d.value, "")
	}
	if len(c.violations) > 0 {
		return
	}
	if d.fractions {
		d.value = m.Schema.canonical(d.value)
	}
	c.r.body = d.value
}
