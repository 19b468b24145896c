package engine

import (
	"io"
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
)

// An Exchange is one request and what became of it.
type Exchange struct {
	HTTP      *http.Request
	ID        string // the request's id, also the header X-Request-Id
	Started   time.Time
	Target    string          // path and query of the request line, unchanged
	Path      string          // the part of Target before '?'
	Query     string          // the part of Target after '?'
	Body      []byte          // as it came
	Form      *spec.Form      // instead of Body for an upload, which is not kept
	Operation *spec.Operation // nil when none matched
	Caller    Caller

	// What became of it, filled in on the way.
	Status     int
	Code       string           // the error code of the answer, "" when there was no error
	Refusal    *Error           // the answer that was an error, nil for any other
	Warnings   []string         // what the header X-Mock-Warning says
	Violations []spec.Violation // why it was refused, when it broke the document
	Failure    error            // what a 5xx hides from the caller
	Fault      string           // the kind of injected fault that fired, "" if none
	Sent       int64            // bytes of the answer's body
	Duration   time.Duration    // until the answer was there; of one that is written piece by piece, until it was written

	w        http.ResponseWriter
	vendor   *vendor
	compiled *operation // what is known of Operation
	special  *special   // nil for most
}

// special is what few requests have: uploads, streams, refused and broken ones. It keeps the exchange of any other small.
type special struct {
	stream        io.Reader           // instead of Body, for a handler that reads it itself
	turn          chan struct{}       // that the request has taken, see OperationSettings.LargeAtOnce
	exceeded      *Quota              // the limit that refused it
	digests       []*signature.Digest // of an upload that has passed, one for each key of the client
	names         []sent              // what elsewhere looks through; nil: not gathered yet
	formBroken    error               // why an upload's form could not be read
	signature     *RefusedSignature   // why a signature was refused
	badCredential bool                // what was sent to say who is calling is wrong
	stalled       bool                // the body stopped for too long
	broken        bool                // the answer broke off in the middle
}

// A RefusedSignature says what is wrong with a signature. It holds no secret and no digest.
type RefusedSignature struct {
	ToSign string // the text that should have been signed, as printable text
	Signed string // the text that the caller signed with the right secret; "": that was not found out, or the fault is not in the text
	Hint   string // what went wrong, for people
}

// RefusedSignature says why the signature was refused; nil if it was not, or if no reason was looked for.
func (x *Exchange) RefusedSignature() *RefusedSignature {
	if x.special == nil {
		return nil
	}
	return x.special.signature
}

// makeSpecial returns what the exchange has beside the usual, to be changed.
func (x *Exchange) makeSpecial() *special {
	if x.special == nil {
		x.special = &special{}
	}
	return x.special
}

func (e *Engine) newExchange(w http.ResponseWriter, r *http.Request) *Exchange {
	x := &Exchange{HTTP: r, ID: e.NewID(), Started: e.Now(), Target: signature.OriginForm(r.RequestURI), w: w, vendor: e.vendor}
	x.Path, x.Query, _ = strings.Cut(x.Target, "?")
	w.Header()["X-Request-Id"] = []string{x.ID}
	return x
}

// OperationID is the operation's id, "" when none matched.
func (x *Exchange) OperationID() string {
	if x.Operation == nil {
		return ""
	}
	return x.Operation.ID
}

// ReplyHeader is the header of the answer. It is complete when the journal gets the exchange.
func (x *Exchange) ReplyHeader() http.Header { return x.w.Header() }
