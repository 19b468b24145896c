package spec

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// An Error is a reason why a document cannot be used. Its text is one line:
// "openapi.yaml:41: paths./conversations.get: operationId is missing".
type Error struct {
	File         string
	Line, Column int // 1-based; 0 when unknown
	Reason       string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Reason
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
}

// ErrNotFound says that no path of the document fits.
var ErrNotFound = errors.New("no such path")

// MethodNotAllowedError says that the path is known, but not with this method.
type MethodNotAllowedError struct {
	Allow []string // the methods that the path has, sorted
}

func (e *MethodNotAllowedError) Error() string {
	return "method not allowed, allowed are " + strings.Join(e.Allow, ", ")
}

// UnsupportedMediaTypeError says that the body's content type is none of the operation's.
type UnsupportedMediaTypeError struct {
	Sent []string // each header Content-Type, as sent
	Want []string // in the order of the document
}

func (e *UnsupportedMediaTypeError) Error() string {
	got := strings.Join(e.Sent, ", ")
	if got == "" {
		got = "no content type"
	}
	return fmt.Sprintf("%s is not accepted, accepted are %s", got, strings.Join(e.Want, ", "))
}

// InvalidError carries what is wrong with a request: at least one violation, at most one for each field, at most 100.
type InvalidError struct {
	Violations []Violation
	Unknown    []Unknown // beside them: often the misspelt name of what is missing
}

func (e *InvalidError) Error() string {
	texts := make([]string, len(e.Violations))
	for i, v := range e.Violations {
		texts[i] = v.Field + " " + v.Text
	}
	return strings.Join(texts, "; ")
}

// A Violation is a rule of the document that a value breaks. Nothing in it repeats the value.
type Violation struct {
	// Field is a parameter's name or a property's path ("buttons[0].title"); "body" for the body as a whole,
	// "query" for a query string with a name that cannot be decoded.
	Field string
	// Whole: it is about the body as a whole, and not about a property called body.
	Whole bool
	// Text names the rule and its bound: "must be at most 4096 characters".
	Text string
	// In is "path", "query", "header", "cookie" or "body".
	In string
	// Rule is the broken keyword ("enum", "maxLength", "required", …), or one of the strict layer:
	// "duplicate", "encoding", "json", "depth", "unknown".
	Rule string
	// TooLarge: a file is larger than it may be, where the document answers that with 413 (x-file-rules).
	TooLarge bool
	// Code is the error code that the schema gives to a breach of its pattern (x-error-code), "" without one.
	Code string
	// Pointer is the JSON pointer of the rule's place in the document.
	Pointer string
}

// maxViolations bounds how many faults of one request are named, since a body can have 100,000.
const maxViolations = 100

// addViolation adds a violation unless there is one for its field, or enough of them.
func addViolation(list []Violation, v Violation) []Violation {
	if len(list) >= maxViolations {
		return list
	}
	v.Field = clip(v.Field)
	for _, known := range list {
		if known.Field == v.Field && known.In == v.In && known.Whole == v.Whole {
			return list
		}
	}
	return append(list, v)
}

// clip bounds a name that a client chose.
func clip(name string) string { return clipTo(name, 200) }

func clipTo(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + "…"
}
