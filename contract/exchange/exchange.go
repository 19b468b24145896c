package exchange

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/printable"
)

// An Exchange is one request and its answer.
type Exchange struct {
	number      int
	CaseID      string
	Request     *Request
	URL         string
	Sent        http.Header
	RightDigest string // the digest with which the request would have been properly signed
	Asked       time.Time
	Answered    time.Time
	begun       int64 // place of the request, and of its answer, among all requests and answers of the client
	ended       int64
	Status      int
	Header      http.Header
	Body        []byte // decoded
	Sum         [sha256.Size]byte
	Cut         bool   // the connection ended inside the body
	TooLarge    bool   // the body was longer than --max-body
	Err         error  // why there is no answer, or only a part of one
	Attempts    int    // how often the request was sent, this time included
	Retried     bool   // the request was sent again, after a network error, a 429 or a 503
	judged      bool   // the rules have judged it already
	Revealed    bool   // the body or a header had a secret in it; it is masked there
	Fatal       string // why the body could not be decoded
	Size        int    // of the whole body; Body may be shortened
	code        string // the error code in the body, if the body was shortened
	isWebhook   bool   // it is a webhook: the target sent the request, and the suite answered
	Content     *Content
	List        *List
	Thread      *Thread
	StatusList  *StatusList
}

// Content is a decoded body; it is shared by all exchanges with the same bytes.
type Content struct {
	Value    any
	Problems []Problem
}

// Slim is a copy for a finding, without large data.
func (e *Exchange) Slim() *Exchange {
	if e == nil {
		return nil
	}
	c := e.light()
	c.List, c.Thread, c.StatusList = nil, nil, nil
	return c
}

// light is a copy with the views, without the bytes of large bodies.
func (e *Exchange) light() *Exchange {
	c := *e
	c.shrink()
	return &c
}

// skeleton is the part of a large body that is kept after it has been judged: its scalars and its first row.
func (c *Content) skeleton() *Content {
	if c == nil {
		return nil
	}
	object, ok := c.Value.(map[string]any)
	if !ok {
		return c
	}
	out := map[string]any{}
	for name, value := range object {
		switch value := value.(type) {
		case []any:
			out[name] = slices.Clone(value[:min(1, len(value))])
		case map[string]any:
			out[name] = map[string]any{}
		default:
			out[name] = value
		}
	}
	return &Content{Value: out, Problems: c.Problems}
}

// After reports whether the request was sent after the earlier one had been answered. It compares counters, since a clock may show the same time for both.
func (e *Exchange) After(earlier *Exchange) bool { return e.begun > earlier.ended }

// Turns are the places of the request and of its answer among all requests and answers of the client.
func (e *Exchange) Turns() (asked, answered int64) { return e.begun, e.ended }

// Unavailable reports whether the answer is a 503 after which the request was made again: the target may have been away for a moment.
func (e *Exchange) Unavailable() bool {
	return e.Status == http.StatusServiceUnavailable && e.Retried && e.Err == nil
}

// Unreadable reports whether the body is cut, or is no JSON at all.
func (e *Exchange) Unreadable() bool {
	return e.Cut || e.Content != nil && e.Content.Value == nil && len(e.Content.Problems) > 0
}

// OK reports whether the answer is a success whose JSON could be read.
func (e *Exchange) OK() bool {
	return e != nil && e.Err == nil && e.Status >= 200 && e.Status < 300 && e.Content != nil && e.Content.Value != nil
}

// Object is the decoded body if it is an object.
func (e *Exchange) Object() map[string]any {
	if e == nil || e.Content == nil {
		return nil
	}
	object, _ := e.Content.Value.(map[string]any)
	return object
}

// LooksLikeJSON reports whether the body begins like a JSON object, or says that it is JSON.
func (e *Exchange) LooksLikeJSON() bool {
	body := bytes.TrimPrefix(bytes.TrimSpace(e.Body), []byte("\ufeff"))
	return bytes.HasPrefix(body, []byte("{")) || strings.Contains(e.Header.Get("Content-Type"), "json")
}

// Coding is the content coding of the body, "" for none. Its name may be written in any case (RFC 9110, 8.4.1).
func (e *Exchange) Coding() string {
	if coding := strings.ToLower(e.Header.Get("Content-Encoding")); coding != "identity" {
		return coding
	}
	return ""
}

// String is the exchange in one line.
func (e *Exchange) String() string {
	return e.Request.Method + " " + e.Request.Path + QuestionMark(e.Request.Query) + " → " + e.Result()
}

func (e *Exchange) Result() string {
	switch {
	case errors.Is(e.Err, ErrLate):
		return e.Err.Error()
	case e.Status > 0 && e.Status < http.StatusOK:
		return StatusLine(e.Status) + ", which nothing asked for"
	case e.Err != nil && e.Status == 0:
		return "no answer: " + e.Err.Error()
	case e.Err != nil:
		return StatusLine(e.Status) + ", then " + e.Err.Error()
	}
	text := StatusLine(e.Status)
	if code, ok := e.Object()["error"].(string); ok {
		text += " " + printable.Cut(code, 40)
	} else if e.code != "" {
		text += " " + e.code
	}
	return text
}

// bodyKept is the size from which on a body is not kept once the rules have judged it.
const bodyKept = 16 << 10

// shrink removes large bodies, except for their beginnings, which a report shows.
func (e *Exchange) shrink() {
	e.Request = e.Request.light()
	if len(e.Body) <= bodyKept {
		return
	}
	e.code, _ = e.Object()["error"].(string)
	e.code = strings.Clone(printable.Cut(e.code, 40))
	e.Body, e.Content = bytes.Clone(e.Body[:bodyShown]), nil
}

const bodyShown = 4096

func StatusLine(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}
