package engine

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/signature/diagnose"
)

// A Client is one workspace's credentials.
type Client struct {
	Workspace string // its domain
	ID        string
	Key       *signature.Key
	Older     []*signature.Key // secrets from before a rotation that are still accepted
	Value     any              // handed on to the Caller
}

func (c *Client) caller() Caller { return Caller{c.Workspace, c.ID, c.Value} }

// Clients finds the client of a workspace; "" is the first workspace.
type Clients func(domain string) (Client, bool)

// Replays remembers the signatures that were accepted.
type Replays interface {
	// First reports whether a workspace has not used the signature before, and remembers it.
	First(workspace, signature string) bool
}

// Signed is the guard of the API as the vendor has it: HMAC-SHA256 over each request.
type Signed struct {
	Scheme      signature.Scheme
	Clients     Clients
	Credentials Credentials
	// Decoy is a key of random text: an unknown client's request costs as much time as a known one's.
	Decoy *signature.Key
	// MissingStatus is 401 or 400: the vendor's pages name both for a missing header.
	MissingStatus int
	MaxSkew       time.Duration // 0: any timestamp
	Replays       Replays       // nil: replays are accepted
	hints         Hints
}

// Admit implements Guard: what the document asks for at the operation. One that it leaves open needs nothing.
func (g *Signed) Admit(x *Exchange) (Caller, error) {
	d := door{clients: g.Clients, credentials: g.Credentials, signed: g.signed}
	return d.admit(x)
}

// AdmitClient lets in by the vendor's scheme alone: what the operation asks for does not count.
func (g *Signed) AdmitClient(x *Exchange) (Caller, error) { return g.signed(x) }

// signed is the vendor's scheme: headers present, then signature, then timestamp.
func (g *Signed) signed(x *Exchange) (Caller, error) {
	var h [4]string
	if err := present(x, g.MissingStatus, &h); err != nil {
		return Caller{}, err
	}
	request := signature.Request{
		Method: x.HTTP.Method, Target: x.Target, Timestamp: h[timestampHeader], Body: x.Body, Host: x.HTTP.Host, Upload: isUpload(x.HTTP.Header["Content-Type"]),
	}
	domain := h[workspaceHeader]
	client, known := g.Clients(domain)
	known = known && domain != "" && client.ID == h[clientHeader]
	if !known {
		g.verify(x, g.Decoy, h[signatureHeader], request)
		return Caller{}, errUnknownCaller
	}
	sent, err := signature.ParseTimestamp(h[timestampHeader])
	if err != nil {
		return Caller{}, authFailed("The "+x.vendor.Headers.Timestamp+" header is malformed.", Detail{x.vendor.Headers.Timestamp, "must be Unix time in seconds, 1 to 13 decimal digits without zeros before them"})
	}
	if !g.verifyAny(x, &client, h[signatureHeader], request) {
		return Caller{}, g.wrongSignature(x, client, h[signatureHeader], request)
	}
	if err := signature.CheckSkew(sent, x.Started, g.MaxSkew); err != nil {
		return Caller{}, err
	}
	if g.Replays != nil && !g.Replays.First(client.Workspace, sameSignature(h[signatureHeader])) {
		return Caller{}, authFailed("This signature has been used before.", Detail{x.vendor.Headers.Signature, "sign each request again: the mock was started with --reject-replays"})
	}
	return client.caller(), nil
}

func isUpload(contentType []string) bool {
	return len(contentType) > 0 && signature.IsUpload(contentType[0])
}

// digests are what an upload has to pass through, since it is not kept: one with each key of the workspace that is named, the
// newest first, or one with the decoy.
func (g *Signed) digests(x *Exchange) []*signature.Digest {
	keys := []*signature.Key{g.Decoy}
	if client, ok := g.Clients(x.vendor.sent(x, workspaceHeader)); ok {
		keys = append([]*signature.Key{client.Key}, client.Older...)
	}
	list := make([]*signature.Digest, len(keys))
	for i, key := range keys {
		list[i] = g.Scheme.Digest(key, signature.Request{
			Method: x.HTTP.Method, Target: x.Target, Timestamp: x.vendor.sent(x, timestampHeader), Host: x.HTTP.Host,
		})
	}
	return list
}

// verifyAny tries each key of a client. It takes longer while an old one is accepted.
func (g *Signed) verifyAny(x *Exchange, c *Client, header string, r signature.Request) bool {
	ok := g.verify(x, c.Key, header, r)
	for _, key := range c.Older {
		ok = g.verify(x, key, header, r) || ok
	}
	return ok
}

func (g *Signed) verify(x *Exchange, key *signature.Key, header string, r signature.Request) bool {
	if x.special != nil && x.special.digests != nil {
		return slices.ContainsFunc(x.special.digests, func(d *signature.Digest) bool { return d.Verify(header) })
	}
	return g.Scheme.Verify(key, header, r)
}

func (g *Signed) wrongSignature(x *Exchange, c Client, header string, r signature.Request) error {
	if !g.hints.take(c.Workspace, x.Started) {
		return authFailed("Invalid HMAC signature", Detail{"hint", hintsUsedUp})
	}
	var d diagnose.Diagnosis
	if x.special != nil && x.special.digests != nil {
		d = diagnose.ExplainUpload(x.special.digests[0], header)
	} else {
		d = diagnose.Explain(g.Scheme, c.Key, header, r)
	}
	hint := g.hint(x, d, r.Timestamp)
	x.makeSpecial().signature = &RefusedSignature{ToSign: d.ToSign, Signed: d.Signed, Hint: hint}
	return authFailed("Invalid HMAC signature", Detail{"string_to_sign", d.StringToSign}, Detail{"hint", hint})
}

// present reads the four headers, each of which must be there once and not be empty.
func present(x *Exchange, missingStatus int, values *[4]string) error {
	var missing, twice []Detail
	for i, h := range &x.vendor.auth {
		switch v := x.HTTP.Header[h.key]; {
		case len(v) == 0 || len(v) == 1 && v[0] == "":
			missing = append(missing, Detail{h.name, "is required in the header" + x.elsewhere("header", h.name)})
		case len(v) > 1:
			twice = append(twice, Detail{h.name, sentTimes("header", len(v))})
		default:
			values[i] = v[0]
		}
	}
	switch {
	case missing != nil && missingStatus == http.StatusBadRequest:
		return &Error{Status: http.StatusBadRequest, Code: "missing_headers", Message: "Required headers are missing.", Details: missing}
	case missing != nil:
		return authFailed("Required headers are missing.", missing...)
	case twice != nil:
		return authFailed("A header was sent twice.", twice...)
	}
	return nil
}

// once refuses a header that is sent twice where only one can count: it cannot be known which is meant.
func once(x *Exchange, name string) error {
	if n := len(x.HTTP.Header[name]); n > 1 {
		return authFailed("A header was sent twice.", Detail{name, sentTimes("header", n)})
	}
	return nil
}

func sentTimes(in string, n int) string {
	return "must be sent once in the " + in + "; it was sent " + strconv.Itoa(n) + " times"
}

// errUnknownCaller is the one answer for three cases, so that the answer does not show which workspaces and clients exist.
var errUnknownCaller = authFailed("The workspace is unknown, the client is unknown, or the client belongs to another workspace.")

func authFailed(message string, details ...Detail) *Error {
	return &Error{Status: http.StatusUnauthorized, Code: "authentication_failed", Message: message, Details: details}
}

// HeadersOnly is the guard of --auth=headers: the four headers must be there and the workspace must exist. Other schemes are
// checked as Signed does.
type HeadersOnly struct {
	Clients       Clients
	Credentials   Credentials
	MissingStatus int
}

// Admit implements Guard. The caller acts as the workspace's client.
func (g *HeadersOnly) Admit(x *Exchange) (Caller, error) {
	d := door{clients: g.Clients, credentials: g.Credentials, signed: g.headers}
	return d.admit(x)
}

// AdmitClient lets in by the four headers alone: what the operation asks for does not count.
func (g *HeadersOnly) AdmitClient(x *Exchange) (Caller, error) { return g.headers(x) }

func (g *HeadersOnly) headers(x *Exchange) (Caller, error) {
	var h [4]string
	if err := present(x, g.MissingStatus, &h); err != nil {
		return Caller{}, err
	}
	client, ok := g.Clients(h[workspaceHeader])
	if !ok {
		return Caller{}, errUnknownCaller
	}
	return client.caller(), nil
}

// Open is the guard of --auth=off: the workspace that the header names if it is sent, else the first one.
type Open struct{ Clients Clients }

// Admit implements Guard. The caller acts as the workspace's client.
func (g *Open) Admit(x *Exchange) (Caller, error) { return openCaller(g.Clients, x) }

// AdmitClient is Admit.
func (g *Open) AdmitClient(x *Exchange) (Caller, error) { return openCaller(g.Clients, x) }

func openCaller(clients Clients, x *Exchange) (Caller, error) {
	client, ok := clients(x.vendor.sent(x, workspaceHeader))
	if !ok {
		return Caller{}, errUnknownCaller
	}
	return client.caller(), nil
}

// skewDetails gives the mock's time to a caller whose clock is off.
func skewDetails(x *Exchange, err error) (*Error, bool) {
	var skew *signature.SkewError
	if !errors.As(err, &skew) {
		return nil, false
	}
	text := "is too far from the server's time; the server's time is " + itoa(skew.Now) + ", and at most " + skew.Max.String() + " apart is accepted"
	if skew.Milliseconds {
		text += "; milliseconds were sent: send seconds"
	}
	return &Error{
		Status: http.StatusForbidden, Code: "timestamp_expired", Message: "The request's timestamp is too old or too far ahead.",
		Details: []Detail{{x.vendor.Headers.Timestamp, text}, {"server_time", itoa(skew.Now)}},
	}, true
}

// sameSignature is the form in which signatures are compared: hex digits of any case are the same signature.
func sameSignature(header string) string { return strings.ToLower(header) }
