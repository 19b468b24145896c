package engine

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// fromViolations has one entry a field. Where nothing is wrong but texts of one form, such as phone numbers, the document may
// give that its own code (x-error-code).
func fromViolations(x *Exchange, violations []spec.Violation) *Error {
	e := Invalid()
	for _, v := range violations {
		text := located(x, v)
		switch i := slices.IndexFunc(e.Details, func(d Detail) bool { return d.Field == v.Field }); {
		case i < 0:
			e.Details = append(e.Details, Detail{v.Field, text})
		case !strings.Contains(e.Details[i].Text, text) && len(e.Details[i].Text) < 500:
			e.Details[i].Text += "; and " + text // the same name in another place
		}
	}
	if slices.ContainsFunc(violations, func(v spec.Violation) bool { return v.TooLarge }) {
		e.Status, e.Code, e.Message = http.StatusRequestEntityTooLarge, "payload_too_large", "The file is larger than it may be."
		return e
	}
	code := violations[0].Code
	if code == "" || slices.ContainsFunc(violations, func(v spec.Violation) bool { return v.Code != code }) {
		return e
	}
	e.Code = code
	if message := x.vendor.Messages[code]; message != "" {
		e.Message = message
	}
	return e
}

// located is a violation's text that says where was looked, and where the value was found instead.
func located(x *Exchange, v spec.Violation) string {
	switch {
	case v.Whole && v.Rule == "required":
		return noBody(x)
	case v.Whole:
		return "the request body " + v.Text
	case v.Rule == "required":
		return v.Text + " in the " + v.In + x.elsewhere(v.In, lastStep(v.Field))
	case v.Rule == "unknown": // says it itself
		return v.Text
	default:
		return v.Text + " (in the " + v.In + ")"
	}
}

// noBody is the text for a request without a body. A missing property called body has another text.
func noBody(x *Exchange) string {
	text := "the request has no body; send it as " + strings.Join(mediaTypes(x.Operation), " or ")
	var found []string
	for _, media := range x.Operation.Bodies[:min(1, len(x.Operation.Bodies))] {
		for _, p := range media.Schema.Properties {
			if slices.ContainsFunc(x.sentNames(), func(s sent) bool { return s.in == "query" && s.name == p.Name }) {
				found = append(found, p.Name)
			}
		}
	}
	if len(found) > 0 {
		text += ", not in the query, where " + strings.Join(found, ", ") + " was sent"
	}
	return text
}

func mediaTypes(op *spec.Operation) []string {
	types := make([]string, len(op.Bodies))
	for i, m := range op.Bodies {
		types[i] = m.Type
	}
	return types
}

// unsupportedType says what is wrong with a Content-Type.
func unsupportedType(e *spec.UnsupportedMediaTypeError) *Error {
	want := strings.Join(e.Want, " or ")
	refusal := unsupported(want)
	detail := func(text string) *Error {
		refusal.Details = []Detail{{"Content-Type", text}}
		return refusal
	}
	switch len(e.Sent) {
	case 0:
		return detail("is required in the header, since the request has a body; send " + want)
	case 1:
	default:
		return detail("must be sent once in the header; it was sent " + strconv.Itoa(len(e.Sent)) + " times")
	}
	header := strconv.QuoteToASCII(CutMiddle(e.Sent[0], 100))
	ct := spec.ParseContentType(e.Sent[0])
	switch {
	case strings.TrimSpace(e.Sent[0]) == "":
		return detail("is empty in the header; send " + want)
	case ct.Type == "":
		return detail(header + " (in the header) is no media type; send " + want)
	case slices.Contains(e.Want, ct.Type):
		refusal.Message = "The body must be sent as " + want + ", in UTF-8."
		return detail("names the charset " + strconv.QuoteToASCII(CutMiddle(ct.Charset, 40)) + " (in the header); send UTF-8, with charset=utf-8 or without a charset")
	case ct.Type == "application/x-www-form-urlencoded":
		return detail(ct.Type + " (in the header) is not taken here; send " + want + " (curl -d sends a form unless it is given -H 'Content-Type: …')")
	default:
		return detail(strconv.QuoteToASCII(CutMiddle(ct.Type, 100)) + " (in the header) is not taken here; send " + want)
	}
}

// withPointers are rules that no schema states, each with the place of the property that it is about.
func withPointers(op *spec.Operation, details []Detail) []spec.Violation {
	violations := make([]spec.Violation, len(details))
	for i, d := range details {
		v := spec.Violation{Field: d.Field, In: "header", Rule: "operation", Text: d.Text, Pointer: op.Pointer}
		if in := op.Place(d.Field); in != "" {
			v.In = in
		}
		if d.Field == "body" {
			v.In, v.Whole = "body", true
		}
		for _, media := range op.Bodies {
			if s := media.Schema.Property(d.Field); s != nil {
				v.In, v.Pointer, v.Whole = "body", s.Pointer, false
			}
		}
		violations[i] = v
	}
	return violations
}

// sayWhere lets details that no schema has brought forth say where was looked as well.
func sayWhere(x *Exchange, answer *Error) *Error {
	refusal := *answer // a handler may answer the same error again
	refusal.Details = slices.Clone(answer.Details)
	for i, v := range x.Violations {
		known := v.In != "header" || x.Operation.Place(v.Field) != "" || len(x.HTTP.Header.Values(v.Field)) > 0
		if known && !v.Whole && !strings.Contains(v.Text, "in the "+v.In) {
			refusal.Details[i].Text += " (in the " + v.In + ")"
		}
	}
	return &refusal
}
