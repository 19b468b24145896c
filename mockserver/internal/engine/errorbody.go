package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// errorBody is an error as the document's schema of this answer has it: what the schema does not name is left out, what it has
// beside the vendor's envelope is made up as in any answer. Where nothing can be made that fits, it is the vendor's envelope.
func (e *Engine) errorBody(x *Exchange, answer *Error) (body []byte, contentType string) {
	envelope := answer.envelope(x.ID)
	media := e.errorMedia(x.Operation, answer.Status)
	if media == nil || e.MakeValue == nil || e.isEnvelope[media.Schema] {
		return envelope, ""
	}
	if body = e.errorLike(x, answer, media.Schema); body == nil {
		return envelope, ""
	}
	return body, media.ContentType
}

// errorMedia is the JSON body that the document has for an error of an operation; of no operation, that of any unknown path.
func (e *Engine) errorMedia(op *spec.Operation, status int) *spec.Media {
	if op == nil {
		for _, op := range e.Document.Operations {
			if m := e.errorMedia(op, http.StatusNotFound); m != nil {
				return m
			}
		}
		return nil
	}
	r := op.Response(status)
	if r == nil || r == op.Success() {
		return nil
	}
	return r.JSON()
}

// envelopes are the schemas of errors that have the vendor's envelope and nothing else.
func envelopes(d *spec.Document) map[*spec.Schema]bool {
	sample, _ := spec.DecodeStrict(SampleError())
	same := map[*spec.Schema]bool{}
	for _, op := range d.Operations {
		for _, r := range op.Responses {
			if m := r.JSON(); m != nil && r != op.Success() {
				same[m.Schema] = isEnvelope(m.Schema) && m.Schema.Accepts(sample)
			}
		}
	}
	return same
}

func isEnvelope(s *spec.Schema) bool {
	if len(s.Properties) == 0 {
		return true // anything will do
	}
	names := []string{"error", "message", "details", "request_id"}
	for _, p := range s.Properties {
		if !slices.Contains(names, p.Name) {
			return false
		}
	}
	return len(s.Properties) == len(names)
}

// errorLike makes an error of a schema; nil: it has no place for what has to be said, or refuses what can be made.
func (e *Engine) errorLike(x *Exchange, answer *Error, s *spec.Schema) []byte {
	w := errorWriter{engine: e, x: x, answer: answer}
	body := w.object(nil, s, 0)
	value, broken := spec.DecodeStrict(body)
	if !w.says || broken != nil || !s.Accepts(value) {
		return nil
	}
	return body
}

// An errorWriter writes an error by a schema.
type errorWriter struct {
	engine *Engine
	x      *Exchange
	answer *Error
	says   bool // the message or the code has a place
}

// maxErrorDepth is how deep an error may be nested in its body.
const maxErrorDepth = 3

func (w *errorWriter) object(dst []byte, s *spec.Schema, depth int) []byte {
	dst = append(dst, '{')
	first := true
	for _, p := range s.Properties {
		value := w.property(p, depth)
		if value == nil {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(append(appendShown(dst, p.Name), ':'), value...)
	}
	return append(dst, '}')
}

// property is the JSON of a property, nil if it is left out.
func (w *errorWriter) property(p spec.Property, depth int) []byte {
	name := plainName(p.Name)
	isError := name == "error" || name == "errors" || name == "fault" || name == "details"
	switch {
	case name == "details" && p.Schema.Type == "object" && len(p.Schema.Properties) == 0:
		return w.details(p)
	case isError && depth < maxErrorDepth && p.Schema.Type == "object" && len(p.Schema.Properties) > 0:
		return w.object(nil, p.Schema, depth+1)
	case isError && depth < maxErrorDepth && p.Schema.Type == "array" && p.Schema.Items != nil && len(p.Schema.Items.Properties) > 0:
		return append(w.object([]byte{'['}, p.Schema.Items, depth+1), ']')
	}
	if text, says := w.known(name, p.Schema); text != nil {
		if value, broken := spec.DecodeStrict(text); broken == nil && p.Schema.Accepts(value) {
			w.says = w.says || says
			return text
		}
	}
	value, err := w.engine.MakeValue(w.x.Operation, p.Schema, p.Name)
	if err != nil {
		return nil
	}
	return appendShownValue(nil, value)
}

func (w *errorWriter) details(p spec.Property) []byte {
	if len(w.answer.Details) == 0 {
		if p.Required {
			return []byte("{}")
		}
		return nil
	}
	dst := []byte{'{'}
	for i, d := range w.answer.Details {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendShown(append(appendShown(dst, d.Field), ':'), d.Text)
	}
	return append(dst, '}')
}

// known is what a property of this name and type means in an error, nil for any other. says: it says what went wrong.
func (w *errorWriter) known(name string, s *spec.Schema) (text []byte, says bool) {
	shown := func(text string) []byte { return appendShown(nil, text) }
	if s.Type == "integer" || s.Type == "number" {
		if name == "status" || name == "statuscode" || name == "code" || name == "httpstatus" {
			return []byte(itoa(int64(w.answer.Status))), name == "code"
		}
		return nil, false
	}
	if s.Type == "boolean" && (name == "success" || name == "ok") {
		return []byte("false"), false
	}
	if s.Type != "string" && s.Type != "" {
		return nil, false
	}
	switch name {
	case "message", "detail", "description", "errormessage", "errordescription", "msg", "reason":
		return shown(w.message()), true
	case "error", "code", "errorcode":
		return shown(w.answer.Code), true
	case "title":
		return shown(http.StatusText(w.answer.Status)), false
	case "type":
		if strings.HasPrefix(s.Format, "uri") {
			return shown("about:blank"), false
		}
		return shown(w.answer.Code), false
	case "status", "statuscode":
		return shown(itoa(int64(w.answer.Status))), false
	case "requestid", "traceid", "correlationid":
		return shown(w.x.ID), false
	}
	return nil, false
}

// message is the text for people. A schema without the vendor's details has it alone: it says what they would.
func (w *errorWriter) message() string {
	media := w.engine.errorMedia(w.x.Operation, w.answer.Status)
	if len(w.answer.Details) == 0 || media == nil || media.Schema.Property("details") != nil || media.Schema.Property("request_id") != nil {
		return w.answer.Message
	}
	text := w.answer.Message
	for _, d := range w.answer.Details {
		text += " " + d.Field + " " + d.Text + "."
	}
	return text
}

// appendShownValue appends a decoded JSON value, its texts as appendShown has them.
func appendShownValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendShown(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendShownValue(dst, item)
		}
		return append(dst, ']')
	case map[string]any:
		dst = append(dst, '{')
		for i, name := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendShownValue(append(appendShown(dst, name), ':'), v[name])
		}
		return append(dst, '}')
	}
	text, err := json.Marshal(value)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, text...)
}

// CheckErrors refuses a document in which one of some operations documents an error whose body cannot be made.
func (e *Engine) CheckErrors(of func(operation string) bool) error {
	answer := &Error{Status: http.StatusBadRequest, Code: "validation_failed", Message: "The request is not valid.", Details: []Detail{{"field", "is required"}}}
	for _, op := range e.Document.Operations {
		if !of(op.ID) {
			continue
		}
		for _, r := range op.Responses {
			if r == op.Success() || r.Status != 0 && r.Status < http.StatusBadRequest || r.JSON() == nil {
				continue
			}
			schema := r.JSON().Schema
			if e.MakeValue != nil && !e.isEnvelope[schema] && e.errorLike(&Exchange{ID: "req_abcdefgh2345", Operation: op}, answer, schema) != nil {
				continue
			}
			value, _ := spec.DecodeStrict(SampleError())
			for _, v := range schema.Violations(value) {
				return fmt.Errorf("%s:%d: operation %s: no body can be made for the error %s, since %s %s; a body has to fit that says what is wrong (error, message, details, request_id)",
					e.Document.Name, max(1, e.Document.Line(v.Pointer)), op.ID, r.Name(), v.Field, v.Text)
			}
		}
	}
	return nil
}
