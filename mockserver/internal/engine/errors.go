package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/printable"
	"example.com/awalmock/mockserver/internal/spec"
)

// An Error is an answer that says what went wrong, in the vendor's envelope (D, vendor page api/error-handling):
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
func errorFrom(x *Exchange, err error) *Error {
	var (
		known       *Error
		method      *spec.MethodNotAllowedError
		tooLarge    *http.MaxBytesError
		broken      *brokenBodyError
		media       *spec.UnsupportedMediaTypeError
		invalid     *spec.InvalidError
		refuser     Refuser
		skew, isOld = skewDetails(x, err)
	)
	switch {
	case isOld:
		return skew
	case errors.As(err, &known):
		return known
	case errors.Is(err, spec.ErrNotFound):
		return &Error{Status: http.StatusNotFound, Code: "resource_not_found", Message: "There is nothing at this path."}
	case errors.As(err, &method):
		allow := strings.Join(method.Allow, ", ")
		return &Error{Status: http.StatusMethodNotAllowed, Code: "method_not_allowed", Message: "This path answers " + allow + " only.", Header: http.Header{"Allow": {allow}}}
	case errors.As(err, &tooLarge):
		return &Error{Status: http.StatusRequestEntityTooLarge, Code: "payload_too_large", Message: "The body is larger than " + itoa(tooLarge.Limit) + " bytes."}
	case errors.As(err, &broken):
		return Invalid(Detail{"body", "the request body " + broken.Error()})
	case errors.As(err, &media):
		return unsupportedType(media)
	case errors.As(err, &invalid):
		return fromViolations(x, invalid.Violations)
	case errors.As(err, &refuser):
		return fromRefusal(refuser)
	default:
		return failed()
	}
}

// failed is the answer to a failure of the server.
func failed() *Error {
	return &Error{Status: http.StatusInternalServerError, Code: "internal_error", Message: "The server failed. The request id finds the reason in the server's log."}
}

func unsupported(want string) *Error {
	return &Error{Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Message: "The body must be sent as " + want + "."}
}

// rejectContentEncoding refuses a body that is compressed: what is signed is the body as it is sent (I), and the mock does not unpack it.
func rejectContentEncoding(x *Exchange) error {
	coding := x.HTTP.Header["Content-Encoding"]
	if len(coding) == 0 || coding[0] == "" || strings.EqualFold(coding[0], "identity") || len(x.Operation.Bodies) == 0 || x.HTTP.ContentLength == 0 {
		return nil
	}
	return unsupported("it is, without Content-Encoding")
}

// Invalid refuses a request that breaks a rule, with one entry a field.
func Invalid(details ...Detail) *Error {
	return &Error{Status: http.StatusBadRequest, Code: "validation_failed", Message: "The request is not valid.", Details: details}
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
	answer := errorFrom(x, err)
	if answer.Status < http.StatusBadRequest {
		err, answer = fmt.Errorf("an error with the status %d: %w", answer.Status, err), failed()
	}
	x.Code, x.Refusal = answer.Code, answer
	if errors.Is(err, spec.ErrNotFound) {
		answer.Message = strings.TrimSpace(answer.Message + " " + e.hint(x.Path))
	}
	var invalid *spec.InvalidError
	switch {
	case errors.As(err, &invalid):
		x.Violations = invalid.Violations
	case answer.Status == http.StatusBadRequest && answer.Code == "validation_failed" && x.Operation != nil:
		x.Violations = withPointers(x.Operation, answer.Details)
		answer = sayWhere(x, answer)
	}
	if answer.Status == http.StatusBadRequest && answer.Code == "validation_failed" && e.hasOtherStatus(x.Operation) {
		other := *answer
		other.Status, answer = e.ValidationStatus, &other
		x.Refusal = answer
	}
	if answer.Status >= http.StatusInternalServerError {
		x.Failure = explained(err)
	}
	body, contentType := e.errorBody(x, answer)
	return Reply{Status: answer.Status, Header: answer.Header, ContentType: contentType, Body: body}
}

// hasOtherStatus reports whether an operation answers invalid requests with ValidationStatus: it is documented for it.
func (e *Engine) hasOtherStatus(op *spec.Operation) bool {
	return e.ValidationStatus != 0 && op != nil && op.Response(e.ValidationStatus) != nil
}

// hint is what is said to who asks for a path that is not there.
func (e *Engine) hint(path string) string {
	if e.Elsewhere != nil {
		if text := e.Elsewhere(path); text != "" {
			return text
		}
	}
	return e.Hint
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

// envelope is the error as the vendor documents it; details are left out when there are none.
func (e *Error) envelope(id string) []byte {
	b := make([]byte, 0, 256)
	b = append(b, `{"error":`...)
	b = appendShown(b, e.Code)
	b = append(b, `,"message":`...)
	b = appendShown(b, e.Message)
	for i, d := range e.Details {
		if i == 0 {
			b = append(b, `,"details":{`...)
		} else {
			b = append(b, ',')
		}
		b = append(appendShown(b, d.Field), ':')
		b = appendShown(b, d.Text)
	}
	if len(e.Details) > 0 {
		b = append(b, '}')
	}
	b = append(b, `,"request_id":`...)
	return append(appendShown(b, id), '}')
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

// appendShown appends s as a JSON string in which what a terminal would obey is escaped: a name that a caller has chosen
// may be part of it.
func appendShown(dst []byte, s string) []byte {
	quoted := string(appendQuoted(nil, s))
	for _, r := range quoted {
		switch {
		case printable.Is(r):
			dst = utf8.AppendRune(dst, r)
		case r < 0x10000:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			dst = fmt.Appendf(dst, `\u%04x\u%04x`, high, low)
		}
	}
	return dst
}
