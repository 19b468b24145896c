package exchange

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/awalmock"
	"example.com/awalmock/contract/document"
)

const headerAuthorization = "Authorization"

// Wanted says how the control API must answer. A request without it is judged by its case.
type Wanted struct {
	Status int
	Shows  []string // properties that must be there
}

// A Request is a request of a case. It is signed when it is sent, so that it can be sent again after a wait.
type Request struct {
	Op        *document.Operation // for its budget, and to judge its answer
	Method    string
	Path      string            // relative to the base URL, percent-encoded
	Query     string            // as in the request line, without "?"
	Header    map[string]string // beyond the four of authentication
	Body      []byte            // nil: none
	long      int               // bytes of a large body that is not kept, of which Body is the beginning; 0: Body is all of it
	Sign      Signing
	Expect    expectation
	Proper    bool           // properly signed, by a client for its own data: 401 and 403 are wrong answers
	Fault     bool           // the control API was told to answer with a server error
	CleansUp  bool           // it deletes something that the suite created: it is sent also when the budget is used up
	Malformed bool           // a server error is judged immediately, without another try
	Wanted    *Wanted        // how the control API must answer
	About     map[string]Use // parameters that the request is about, for the coverage table
}

// expectation says which answers the rules of every exchange accept.
type expectation int

const (
	expectAny     expectation = iota // a documented answer of the operation, success or not
	ExpectSuccess                    // the request is valid: a documented 2xx
	ExpectNothing                    // the request is not one of the operation, such as another method: any answer but a 5xx
)

// Use says how a request used a parameter.
type Use int

const (
	UseValid Use = iota
	UseInvalid
	UseMissing
)

// Pair is one query parameter; the order is kept, since the query is signed as it is sent.
type Pair struct{ name, value string }

// Param is a query parameter.
func Param(name, value string) Pair { return Pair{name, value} }

func EncodeQuery(pairs ...Pair) string {
	var parts []string
	for _, p := range pairs {
		parts = append(parts, url.QueryEscape(p.name)+"="+strings.ReplaceAll(url.QueryEscape(p.value), "+", "%20"))
	}
	return strings.Join(parts, "&")
}

const NumberParameter = "phone_number_id"

func NewRequest(op *document.Operation, id int64, number string, extra ...Pair) *Request {
	r := &Request{Op: op, Method: op.Method, Path: op.Path, Expect: ExpectSuccess, Proper: true, About: map[string]Use{}}
	if p := op.PathParameter(); p != nil {
		r.Path = strings.ReplaceAll(op.Path, "{"+p.Name+"}", strconv.FormatInt(id, 10))
		r.About[p.Name] = UseValid
	}
	var pairs []Pair
	if p := op.Parameter("query", NumberParameter); p != nil {
		pairs = append(pairs, Pair{NumberParameter, number})
	}
	pairs = append(pairs, extra...)
	for _, p := range pairs {
		r.About[p.name] = UseValid
	}
	r.Query = EncodeQuery(pairs...)
	return r
}

// repeatable reports whether a request that was answered with 503 may be made again: it writes nothing, or nothing that a server takes.
func (r *Request) repeatable() bool {
	return (r.Body == nil || r.Malformed) && !r.Fault && r.Op.ID != document.Control
}

// light is the request without the bytes of a large body.
func (r *Request) light() *Request {
	if len(r.Body) <= bodyKept {
		return r
	}
	c := *r
	c.long, c.Body = len(r.Body), bytes.Clone(r.Body[:bodyShown])
	return &c
}

// With returns a copy that is signed in another way. It may be refused, also with 401 or 403.
func (r *Request) With(s Signing) *Request {
	c := *r
	c.Sign, c.Expect, c.Proper = s, expectAny, false
	return &c
}

// AnyAnswer returns a copy for which the rules of every exchange accept any documented answer.
func (r *Request) AnyAnswer() *Request {
	c := *r
	c.Expect = expectAny
	return &c
}

// Invalid returns a copy with another query, in which the parameter breaks the contract.
func (r *Request) Invalid(query, parameter string, how Use) *Request {
	c := *r
	c.Query, c.Expect, c.Proper = query, expectAny, false
	c.About = map[string]Use{parameter: how}
	return &c
}

// WithNumber returns a copy with a sending number that may not belong to the client. It may be refused.
func (r *Request) WithNumber(number string) *Request {
	c := r.AnyAnswer()
	c.Query, c.Proper = EncodeQuery(Pair{NumberParameter, number}), false
	c.About = map[string]Use{NumberParameter: UseInvalid}
	return c
}

func (r *Request) WithHeader(name, value string) *Request {
	c := *r
	c.Header = map[string]string{name: value}
	for known, old := range r.Header {
		if known != name {
			c.Header[known] = old
		}
	}
	return &c
}

// value is a decoded query parameter of the request; false if it is absent.
func (r *Request) value(name string) (string, bool) {
	values, err := url.ParseQuery(r.Query)
	if err != nil || !values.Has(name) {
		return "", false
	}
	return values.Get(name), true
}

func (r *Request) httpRequest(t *Target, seconds int64) (*http.Request, string, error) {
	var content io.Reader = http.NoBody
	if r.Body != nil {
		content = bytes.NewReader(r.Body)
	}
	out, err := http.NewRequest(r.Method, t.url(r), content)
	if err != nil {
		return nil, "", err
	}
	headers, right := r.headers(t, seconds)
	for name, value := range headers {
		if r.Sign.Lower {
			out.Header[strings.ToLower(name)] = []string{value}
			continue
		}
		out.Header[http.CanonicalHeaderKey(name)] = []string{value}
	}
	out.Header.Set("Accept", "application/json")
	out.Header.Set("Accept-Encoding", "gzip")
	out.Header.Set("User-Agent", UserAgent())
	for _, h := range t.headersFor(r.Op.ID == document.Control) {
		out.Header.Set(h.Name, h.Value)
	}
	if r.Op.ID == document.Control && t.ControlToken != "" {
		out.Header.Set(headerAuthorization, "Bearer "+t.ControlToken)
	}
	for name, value := range r.Header {
		out.Header.Set(name, value)
	}
	return out, right, nil
}

// ToolName is what the suite calls itself in reports and to servers.
const ToolName = "awalmock-contract"

// UserAgent is what requests are sent with.
func UserAgent() string { return ToolName + "/" + awalmock.ReadBuild().Version }
