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

// Trouble makes deliveries to an endpoint go wrong on purpose: a receiver has to survive it.
type Trouble struct {
	Twice        bool          // each event is sent a second time once it was delivered
	Late         time.Duration // each event is sent so much later, on the workspace's clock
	OutOfOrder   bool          // of two events of a conversation the second is sent first
	BadlySigned  bool          // the last digit of each signature is another one
	OldTimestamp bool          // the timestamp is an hour old, and rightly signed
	BodyChanged  bool          // one byte of the body is changed once it is signed
	Batch        time.Duration // events are gathered so long, on the workspace's clock, and sent as one JSON array
	UnknownEvent bool          // after each event comes one that no document has
	UnknownField bool          // each event has a field that no document has
	Slow         time.Duration // the body takes so long to arrive, in real time
	Cut          bool          // the first attempt ends in the middle of the body
}

// What trouble is made of.
const (
	oldBy           = time.Hour
	aloneFor        = time.Second // how long an event waits for one that overtakes it, on the workspace's clock
	unknownEvent    = "mock.unknown"
	unknownField    = `"mock_unknown":true,`
	slowPieces      = 10
	mostInOneBatch  = 100
	unknownSuffix   = "unknown"
	millisecondSlow = time.Millisecond
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

// otherDigit changes a letter or digit in the middle of what is written in hexadecimal or base64: the last one of base64 may
// say nothing.
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

// addField puts a field into a JSON object that no document has.
func (t *Trouble) addField(body []byte) []byte {
	if !t.UnknownField || len(body) < 3 {
		return body
	}
	return append(append([]byte{'{'}, unknownField...), body[1:]...)
}

// unknown is an event that no document has, after another one.
func unknown(after *Event) *Event {
	body := []byte(`{"event":"` + unknownEvent + `","timestamp":"` + after.At.UTC().Format(time.RFC3339) + `","data":{}}`)
	return &Event{ID: after.ID + "." + unknownSuffix, Name: unknownEvent, At: after.At, Conversation: after.Conversation, Body: body}
}

var errCut = errors.New("the connection was cut on purpose (cut)")

// body is what is sent of a body: slowly, or only its first half.
func (t *Trouble) body(ctx context.Context, body []byte, first bool) io.ReadCloser {
	r := &troubledBody{ctx: ctx, rest: body, piece: len(body)}
	if t.Cut && first {
		r.rest, r.end = body[:len(body)/2], errCut
	}
	if t.Slow > 0 {
		r.piece, r.pause = max(1, len(body)/slowPieces), max(millisecondSlow, t.Slow/slowPieces)
	}
	return r
}

// A troubledBody comes in pieces, with a pause before each.
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
