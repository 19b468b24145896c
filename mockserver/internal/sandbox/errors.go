package sandbox

import "fmt"

// Kind says what an Error means to a caller.
type Kind string

// The kinds of refusal a domain call has.
const (
	NotFound    Kind = "not_found"   // what was named does not exist, or not for this caller
	Conflict    Kind = "conflict"    // it exists, but its present state forbids the call
	Invalid     Kind = "invalid"     // what was given breaks a rule that depends on the state; Field says which member
	Unavailable Kind = "unavailable" // the mock cannot do it at the moment
)

// An Error is a refusal that a caller can act on.
type Error struct {
	kind  Kind
	field string // "" or the member of the request that is refused
	text  string
}

func (e *Error) Error() string { return e.text }

// Refusal gives the kind of the error, the member of the request it is about ("" if none), and the text for people.
func (e *Error) Refusal() (kind, field, text string) { return string(e.kind), e.field, e.text }

func refuse(kind Kind, field, format string, args ...any) *Error {
	return &Error{kind, field, fmt.Sprintf(format, args...)}
}
