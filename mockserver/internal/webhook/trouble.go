package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// Trouble is what goes wrong on purpose with the deliveries to an endpoint, to test its receiver.
type Trouble struct {
	Twice        bool          // each event is sent a second time once it was delivered
	Late         time.Duration // how much later each event is sent, on the workspace's clock
	OutOfOrder   bool          // of two events of a conversation the second is sent first
	BadlySigned  bool          // a digit of each signature is changed
	OldTimestamp bool          // the timestamp is an hour old, and rightly signed
	BodyChanged  bool          // one byte of the body is changed after signing
	Batch        time.Duration // how long events are gathered, on the workspace's clock, to be sent as one JSON array
	UnknownEvent bool          // each event is followed by one that the document does not have
	UnknownField bool          // each event has a field that the document does not have
	Slow         time.Duration // how long the body takes to arrive, in real time
	Cut          bool          // the first attempt ends in the middle of the body
}

// Constants of trouble.
const (
	oldBy          = time.Hour
	overtakenFor   = time.Second // how long an event waits for another one to overtake it, on the workspace's clock
	unknownEvent   = "mock.unknown"
	unknownField   = `"mock_unknown":true,`
	slowPieces     = 10
	mostInOneBatch = 100
	unknownSuffix  = "unknown"
	shortestPause  = time.Millisecond
)

// spoilHeaders makes signatures wrong.
func (t *Trouble) spoilHeaders(h http.Header) {
	if !t.BadlySigned {
		return
	}
	for _, name := range []string{HeaderSignature, "Webhook-Signature"} {
		values := h[http.CanonicalHeaderKey(name)]
		for i, value := range values {
			signatures := strings.Split(value, " ")
			for j, s := range signatures {
				signatures[j] = otherDigit(s)
			}
			values[i] = strings.Join(signatures, " ")
		}
	}
}

// otherDigit changes one character of a text in hexadecimal or base64. It is not the last one, of which some bits do not count in
// base64.
func otherDigit(s string) string {
	i := len(s) * 3 / 4
	for i > 0 && (s[i] == '+' || s[i] == '/') {
		i--
	}
	other := byte('1')
	if s[i] == other {
		other = '2'
	}
	return s[:i] + string(other) + s[i+1:]
}

// spoilBody changes one byte of a body; it stays JSON.
func (t *Trouble) spoilBody(body []byte) []byte {
	if !t.BodyChanged {
		return body
	}
	changed := bytes.Clone(body)
	i := bytes.LastIndexFunc(changed, func(r rune) bool { return '0' <= r && r <= '9' })
	if i < 0 {
		return append(changed, ' ')
	}
	changed[i] = '0' + (changed[i]-'0'+1)%10
	return changed
}

// addField adds a field to a JSON object that the document does not have.
func (t *Trouble) addField(body []byte) []byte {
	if !t.UnknownField || len(body) < 3 {
		return body
	}
	return append(append([]byte{'{'}, unknownField...), body[1:]...)
}

// unknown is an event that the document does not have, to be sent after another one.
func unknown(after *Event) *Event {
	body := []byte(`{"event":"` + unknownEvent + `","timestamp":"` + after.At.UTC().Format(time.RFC3339) + `","data":{}}`)
	return &Event{ID: after.ID + "." + unknownSuffix, Name: unknownEvent, At: after.At, Conversation: after.Conversation, Body: body}
}

var errCut = errors.New("the connection was cut on purpose (cut)")

// body is a reader of a body that gives it slowly, or only its first half.
func (t *Trouble) body(ctx context.Context, body []byte, first bool) io.ReadCloser {
	r := &troubledBody{ctx: ctx, rest: body, piece: len(body)}
	if t.Cut && first {
		r.rest, r.end = body[:len(body)/2], errCut
	}
	if t.Slow > 0 {
		r.piece, r.pause = max(1, len(body)/slowPieces), max(shortestPause, t.Slow/slowPieces)
	}
	return r
}

// A troubledBody gives a body in pieces, with a pause before each.
type troubledBody struct {
	ctx   context.Context //nolint:containedctx // of the one request whose body it is
	rest  []byte
	piece int
	pause time.Duration
	end   error // instead of io.EOF
}

// Read implements io.Reader.
func (r *troubledBody) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.end != nil {
			return 0, r.end
		}
		return 0, io.EOF
	}
	if r.pause > 0 {
		timer := time.NewTimer(r.pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.ctx.Done():
			return 0, r.ctx.Err()
		}
	}
	n := copy(p, r.rest[:min(len(r.rest), r.piece)])
	r.rest = r.rest[n:]
	return n, nil
}

// Close implements io.Closer.
func (*troubledBody) Close() error { return nil }
