package engine

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/spec"
)

// A Vendor is what the maker of an API decides and no document says. The zero Vendor has no signed requests.
type Vendor struct {
	Headers   AuthHeaders
	Challenge string // what Www-Authenticate says of a signed request; "": nothing
	Limits    LimitHeaders
	// Deprecation are the headers of an operation that goes away.
	Deprecation DeprecationHeaders
	Rate        spec.RateLimit    // of an operation for which the document gives none
	Messages    map[string]string // error code of the document (x-error-code) → message for people; without: that of any invalid request
}

// AuthHeaders are the names of the four headers that a signed request carries.
type AuthHeaders struct{ Signature, Timestamp, Workspace, Client string }

// LimitHeaders are the names of the headers that show what is left of a limit. With none of them nothing is shown.
type LimitHeaders struct{ Limit, Remaining, Reset string }

// A vendor is a Vendor with the keys of its headers; New makes it once.
type vendor struct {
	Vendor
	auth [4]header // in the order in which an error lists them
}

// A header is a name as the vendor writes it, and its key in http.Header.
type header struct{ name, key string }

// The places in vendor.auth.
const (
	signatureHeader = iota
	timestampHeader
	workspaceHeader
	clientHeader
)

// Exchanges returns a function that makes the exchange of a request, for a program that authenticates requests of one operation
// with a Guard and has no Engine.
func Exchanges(v Vendor, op *spec.Operation, now func() time.Time) func(*http.Request) *Exchange {
	n := newVendor(v)
	compiled := &operation{security: n.alternatives(op)}
	return func(r *http.Request) *Exchange {
		return &Exchange{HTTP: r, Started: now(), Target: r.RequestURI, Operation: op, compiled: compiled, vendor: n}
	}
}

func newVendor(v Vendor) *vendor {
	n := &vendor{Vendor: v}
	for i, name := range v.Headers.names() {
		n.auth[i] = header{name, http.CanonicalHeaderKey(name)}
	}
	return n
}

func (h *AuthHeaders) names() [4]string {
	return [...]string{signatureHeader: h.Signature, timestampHeader: h.Timestamp, workspaceHeader: h.Workspace, clientHeader: h.Client}
}

// sent is the first value of one of the four headers, "" if there is none.
func (v *vendor) sent(x *Exchange, header int) string {
	if values := x.HTTP.Header[v.auth[header].key]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// isSignature reports whether a scheme is the header that carries the vendor's signature.
func (h *AuthHeaders) isSignature(s *spec.SecurityScheme) bool {
	return s.Type == "apiKey" && s.In == "header" && strings.EqualFold(s.Key, h.Signature)
}

// Has reports whether a scheme is one of the four headers.
func (h *AuthHeaders) Has(s *spec.SecurityScheme) bool {
	names := h.names()
	return s.Type == "apiKey" && s.In == "header" && slices.ContainsFunc(names[:], func(name string) bool { return strings.EqualFold(name, s.Key) })
}

// show reports what is left of a limit.
func (l *LimitHeaders) show(h http.Header, q Quota) {
	if l.Limit == "" {
		return
	}
	h[l.Limit] = []string{strconv.Itoa(q.Limit)}
	h[l.Remaining] = []string{strconv.Itoa(q.Remaining)}
	h[l.Reset] = []string{strconv.FormatInt(q.Reset, 10)}
}
