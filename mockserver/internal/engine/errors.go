package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// An Error is an answer that tells what went wrong, in the vendor's envelope (D, vendor page api/error-handling):
// error, message, details, request_id. There is no status field.
type Error struct {
	Status  int
	Code    string // machine code
	Message string // for people
	Details []Detail
	Header  http.Header
}

// A Detail is one entry of details: a field and what is wrong with it.
type Detail struct{ Field, Text string }

func (e *Error) Error() string { return e.Message }

// A Refuser is a domain's error that a caller can act on. kind is "not_found", "conflict", "invalid", "forbidden" or "unavailable";
// field is the member of the request that it is about, "" if none.
type Refuser interface {
	error
	Refusal() (kind, field, text string)
}

// errorFrom is the one table from errors to answers.
func errorFrom(err error) *Error {
	var (
		told        *Error
		method      *spec.MethodNotAllowed
		tooLarge    *http.MaxBytesError
		broken      *brokenBody
		media       *spec.UnsupportedMediaType
		invalid     *spec.Invalid
		refuser     Refuser
		skew, isOld = skewDetails(err)
	)
	switch {
	case isOld:
		return skew
	case errors.As(err, &told):
		return told
	case errors.Is(err, spec.ErrNotFound):
		return &Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: "There is nothing at this path."}
	case errors.As(err, &method):
		allow := strings.Join(method.Allow, ", ")
		return &Error{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Message: "This path answers " + allow + " only.", Header: http.Header{"Allow": {allow}}}
	case errors.As(err, &tooLarge):
		return &Error{Status: http.StatusRequestEntityTooLarge, Code: "payload_too_large", Message: "The body is larger than " + itoa(tooLarge.Limit) + " bytes."}
	case errors.As(err, &broken):
		return Invalid(Detail{"body", broken.Error()})
	case errors.As(err, &media):
		return unsupported(strings.Join(media.Want, " or ") + charset(media.Got))
	case errors.As(err, &invalid):
		return fromViolations(invalid.Violations)
	case errors.As(err, &refuser):
		return fromRefusal(refuser)
	default:
		return failed()
	}
}

// failed is the answer to what is nobody's fault but the server's.
func failed() *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "internal_error", Message: "The server failed. The request id finds the reason in the server's log."}
}

func unsupported(want string) *Error {
	return &Error{Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Message: "The body must be sent as " + want + "."}
}

// charset says what is wrong with a content type that may be the right one, in another charset.
func charset(contentType string) string {
	if strings.Contains(strings.ToLower(contentType), "charset") {
		return ", in UTF-8"
	}
	return ""
}

// notCoded refuses a body that is compressed: what is signed is the body as it is sent (I), and nobody unpacks it here.
func notCoded(x *Exchange) error {
	coding := x.HTTP.Header.Get("Content-Encoding")
	if coding == "" || strings.EqualFold(coding, "identity") || len(x.Operation.Bodies) == 0 || x.HTTP.ContentLength == 0 {
		return nil
	}
	return unsupported("it is, without Content-Encoding")
}

// Invalid refuses a request that breaks a rule, with one entry a field.
func Invalid(details ...Detail) *Error {
	return &Error{Status: http.StatusBadRequest, Code: "validation_failed", Message: "The request is not valid.", Details: details}
}

// fromViolations has one entry a field. Where nothing is wrong but texts of one form, such as phone numbers, the document may
// give that its own code (x-error-code).
func fromViolations(violations []spec.Violation) *Error {
	e := Invalid()
	for _, v := range violations {
		if !slices.ContainsFunc(e.Details, func(d Detail) bool { return d.Field == v.Field }) {
			e.Details = append(e.Details, Detail{v.Field, v.Text})
		}
	}
	code := violations[0].Code
	if code == "" || slices.ContainsFunc(violations, func(v spec.Violation) bool { return v.Code != code }) {
		return e
	}
	e.Code = code
	if code == "invalid_phone_number" {
		e.Message = "The phone number must be in international form without +, such as 96650000000."
	}
	return e
}

var refusals = map[string]Error{
	"not_found": {Status: http.StatusNotFound, Code: "resource_not_found"},
	"conflict":  {Status: http.StatusConflict, Code: "conflict"},
	"forbidden": {Status: http.StatusForbidden, Code: "forbidden"},
	"unavailable": {
		Status: http.StatusServiceUnavailable, Code: "service_unavailable", Header: http.Header{"Retry-After": {"1"}},
	},
}

func fromRefusal(r Refuser) *Error {
	kind, field, text := r.Refusal()
	if kind == "invalid" {
		return Invalid(Detail{field, text})
	}
	e, known := refusals[kind]
	if !known {
		return failed()
	}
	e.Message = text
	return &e
}

// fail is the reply to an error, and the only place where an error becomes one.
func (e *Engine) fail(x *Exchange, err error) Reply {
	answer := errorFrom(err)
	if answer.Status < http.StatusBadRequest {
		err, answer = fmt.Errorf("an error with the status %d: %w", answer.Status, err), failed()
	}
	x.Code = answer.Code
	if e.Hint != "" && errors.Is(err, spec.ErrNotFound) {
		answer.Message += " " + e.Hint
	}
	var invalid *spec.Invalid
	switch {
	case errors.As(err, &invalid):
		x.Violations = invalid.Violations
	case answer.Status == http.StatusBadRequest:
		x.Violations = placed(x.Operation, answer.Details)
	}
	if answer.Status >= http.StatusInternalServerError {
		x.Failure = explained(err)
	}
	return Reply{Status: answer.Status, Header: answer.Header, Body: answer.envelope(x.ID)}
}

// explained names the kind of a refusal that became a 500, since no answer is known for it.
func explained(err error) error {
	var refuser Refuser
	if !errors.As(err, &refuser) {
		return err
	}
	kind, _, _ := refuser.Refusal()
	if _, known := refusals[kind]; known {
		return err
	}
	return fmt.Errorf("a refusal of the unknown kind %q: %w", kind, err)
}

// placed are rules that no schema states, each with the place of the property that it is about.
func placed(op *spec.Operation, details []Detail) []spec.Violation {
	violations := make([]spec.Violation, len(details))
	for i, d := range details {
		v := spec.Violation{Field: d.Field, In: "header", Rule: "operation", Text: d.Text, Pointer: op.Pointer}
		if d.Field == "body" {
			v.In = "body"
		}
		for _, media := range op.Bodies {
			if s := media.Schema.Property(d.Field); s != nil {
				v.In, v.Pointer = "body", s.Pointer
			}
		}
		violations[i] = v
	}
	return violations
}

// envelope is the error as the vendor documents it; details are left out when there are none.
func (e *Error) envelope(id string) []byte {
	b := make([]byte, 0, 256)
	b = append(b, `{"error":`...)
	b = appendQuoted(b, e.Code)
	b = append(b, `,"message":`...)
	b = appendQuoted(b, e.Message)
	for i, d := range e.Details {
		if i == 0 {
			b = append(b, `,"details":{`...)
		} else {
			b = append(b, ',')
		}
		b = append(appendQuoted(b, d.Field), ':')
		b = appendQuoted(b, d.Text)
	}
	if len(e.Details) > 0 {
		b = append(b, '}')
	}
	b = append(b, `,"request_id":`...)
	return append(appendQuoted(b, id), '}')
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// appendQuoted appends s as a JSON string.
func appendQuoted(dst []byte, s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string and a buffer cannot fail
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}
