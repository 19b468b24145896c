package suite

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/printable"
)

// An Exchange is one request and its answer, as a report shows it: secrets masked, signatures shortened, a long body cut.
type Exchange struct {
	Number   int               `json:"number"` // in the order of the answers
	Case     string            `json:"case"`   // who asked
	Method   string            `json:"method"`
	URL      string            `json:"url"`
	Request  map[string]string `json:"request_headers"`
	Status   int               `json:"status"` // 0: no answer
	Answer   map[string]string `json:"answer_headers,omitempty"`
	Body     string            `json:"body,omitempty"`
	BodySize int               `json:"body_size"`
	Error    string            `json:"error,omitempty"`
	Curl     string            `json:"curl"` // for a POSIX shell, with the secret in CONTRACT_HMAC_SECRET
}

// An exchange is one request and its answer, as the oracles see it.
type exchange struct {
	number   int
	caseID   string
	request  *request
	url      string
	sent     http.Header
	right    string // the digest that would have been right for what was sent
	asked    time.Time
	answered time.Time
	status   int
	header   http.Header
	body     []byte // decoded
	sum      [sha256.Size]byte
	cut      bool   // the connection ended inside the body
	tooLarge bool   // it was longer than the suite reads
	err      error  // no answer, or a part of one
	retried  bool   // asked again afterwards, since the network failed or it was a 429
	judged   bool   // by the rules
	revealed bool   // the body or the head had a secret in it, which is masked in both
	fatal    string // why the body could not be decoded
	size     int    // of the body, which may have been cut since
	code     string // the error code of the body
	content  *content
	list     *listView
	talk     *talkView
	poll     *pollView
}

// content is a decoded body; it is shared by all exchanges with the same bytes.
type content struct {
	value    any
	problems []jsonProblem
}

// slim is a copy for findings: it shows the same, and holds on to nothing large.
func (e *exchange) slim() *exchange {
	if e == nil {
		return nil
	}
	c := e.light()
	c.list, c.talk, c.poll = nil, nil, nil
	return c
}

// light is a copy that knows what was said, without the bytes of a large body.
func (e *exchange) light() *exchange {
	c := *e
	c.shrink()
	return &c
}

// skeleton is what is left of a large body when it has been judged: its scalars, and the first of its rows.
func (c *content) skeleton() *content {
	if c == nil {
		return nil
	}
	object, ok := c.value.(map[string]any)
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
	return &content{value: out, problems: c.problems}
}

// ok tells whether the answer is a success whose JSON could be read.
func (e *exchange) ok() bool {
	return e != nil && e.err == nil && e.status >= 200 && e.status < 300 && e.content != nil && e.content.value != nil
}

// object is the decoded body if it is an object.
func (e *exchange) object() map[string]any {
	if e == nil || e.content == nil {
		return nil
	}
	object, _ := e.content.value.(map[string]any)
	return object
}

// coding is the coding of the body as it came, "" for none. Its name may be written in any case (RFC 9110, 8.4.1).
func (e *exchange) coding() string {
	if coding := strings.ToLower(e.header.Get("Content-Encoding")); coding != "identity" {
		return coding
	}
	return ""
}

// String is the exchange in one line.
func (e *exchange) String() string {
	return e.request.method + " " + e.request.path + questionMark(e.request.query) + " → " + e.result()
}

func (e *exchange) result() string {
	switch {
	case errors.Is(e.err, errLate):
		return e.err.Error()
	case e.status > 0 && e.status < http.StatusOK:
		return statusLine(e.status) + ", which nothing asked for"
	case e.err != nil && e.status == 0:
		return "no answer: " + e.err.Error()
	case e.err != nil:
		return statusLine(e.status) + ", then " + e.err.Error()
	}
	text := statusLine(e.status)
	if code, ok := e.object()["error"].(string); ok {
		text += " " + cutText(code, 40)
	} else if e.code != "" {
		text += " " + e.code
	}
	return text
}

// bodyKept is the size from which on a body is not kept once the rules have judged it.
const bodyKept = 16 << 10

// shrink lets go of a large body, but for what a report shows of it.
func (e *exchange) shrink() {
	if len(e.body) <= bodyKept {
		return
	}
	e.code, _ = e.object()["error"].(string)
	e.code = strings.Clone(cutText(e.code, 40))
	e.body, e.content = bytes.Clone(e.body[:bodyShown]), nil
}

const bodyShown = 4096

// show is the exchange for a report.
func (e *exchange) show(t *target, hide *strings.Replacer) Exchange {
	out := Exchange{
		Number: e.number, Case: e.caseID, Method: e.request.method, URL: hide.Replace(e.url), Status: e.status, BodySize: e.size,
		Request: showHeader(e.sent, hide), Answer: showHeader(e.header, hide), Curl: hide.Replace(e.request.shell(t, e.url)),
	}
	if e.err != nil {
		out.Error = hide.Replace(e.err.Error())
	}
	body := hide.Replace(strings.ToValidUTF8(string(e.body), "\ufffd"))
	if len(body) > bodyShown || e.size > len(e.body) {
		body = strings.ToValidUTF8(body[:min(len(body), bodyShown)], "") + "…"
	}
	out.Body, out.URL, out.Error, out.Curl = printable.Clean(body), printable.CleanLine(out.URL), printable.CleanLine(out.Error), printable.Clean(out.Curl)
	return out
}

func showHeader(h http.Header, hide *strings.Replacer) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		text := hide.Replace(strings.Join(values, ", "))
		if name == headerSignature && len(text) > len("sha256=")+8 {
			text = text[:len("sha256=")+8] + "…"
		}
		if name == headerAuthorization {
			text = "Bearer " + masked // also a token that is too short to be masked everywhere
		}
		out[printable.CleanLine(name)] = printable.CleanLine(text)
	}
	return out
}

const masked = "«secret»"

// Hider masks secrets in a text, also in the forms that a server, JSON, a URL or a shell would write them in. A secret shorter than four bytes
// would mask half the report.
func Hider(secrets ...string) *strings.Replacer {
	var pairs []string
	for _, secret := range secrets {
		if len(secret) < 4 {
			continue
		}
		var plain strings.Builder
		encoder := json.NewEncoder(&plain)
		encoder.SetEscapeHTML(false)
		escaped, err := json.Marshal(secret)
		if err != nil || encoder.Encode(secret) != nil {
			continue
		}
		for _, form := range []string{
			secret, inner(string(escaped)), inner(strings.TrimSpace(plain.String())), inner(strconv.Quote(secret)),
			url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), strings.ReplaceAll(secret, "'", `'\''`),
			base64.StdEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret)),
		} {
			pairs = append(pairs, form, masked)
		}
	}
	return strings.NewReplacer(pairs...)
}

// inner is a quoted text without its quotes.
func inner(quoted string) string { return quoted[1 : len(quoted)-1] }

func statusLine(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}
