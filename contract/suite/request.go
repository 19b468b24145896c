package suite

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/awalmock"
)

// A request is what a case wants to ask; it is signed when it is sent, so that it can be sent again after a wait.
type request struct {
	op     *operation // the operation it is aimed at, for its budget and the check of its answer
	method string
	path   string            // relative to the base URL, percent-encoded
	query  string            // as in the request line, without "?"
	header map[string]string // beyond the four of authentication
	body   []byte            // nil: none
	sign   signing
	expect expectation
	proper bool           // properly signed, by a client for what is its own
	fault  bool           // a server error was asked for, and is right
	wanted *wanted        // how the control API should answer
	about  map[string]use // parameters that the request is about, for the coverage table
}

// expectation says what the rules of every exchange may ask of an answer.
type expectation int

const (
	expectAny     expectation = iota // a documented answer of the operation, success or not
	expectSuccess                    // the request is valid: a documented 2xx
	expectNothing                    // not the operation's method: any body, but no 5xx
)

// use says how a request used a parameter.
type use int

const (
	useValid use = iota
	useInvalid
	useMissing
)

// pair is one query parameter; the order is kept, since the query is signed as it is sent.
type pair struct{ name, value string }

// Param is a query parameter.
func Param(name, value string) pair { return pair{name, value} }

func encodeQuery(pairs ...pair) string {
	var parts []string
	for _, p := range pairs {
		parts = append(parts, url.QueryEscape(p.name)+"="+strings.ReplaceAll(url.QueryEscape(p.value), "+", "%20"))
	}
	return strings.Join(parts, "&")
}

const numberParameter = "phone_number_id"

// to makes a valid, properly signed request to an operation; id fills its path parameter.
func (s *session) to(op *operation, id int64, extra ...pair) *request {
	return requestTo(op, id, s.target.first.PhoneNumberID, extra...)
}

// to is the session's, in the workspace that the check made if it made one.
func (p *probe) to(op *operation, id int64, extra ...pair) *request {
	if p.own == nil {
		return p.session.to(op, id, extra...)
	}
	r := requestTo(op, id, p.own.PhoneNumberID, extra...)
	r.sign.as = p.own
	return r
}

func requestTo(op *operation, id int64, number string, extra ...pair) *request {
	r := &request{op: op, method: op.method, path: op.path, expect: expectSuccess, proper: true, about: map[string]use{}}
	if p := op.pathParameter(); p != nil {
		r.path = strings.ReplaceAll(op.path, "{"+p.name+"}", strconv.FormatInt(id, 10))
		r.about[p.name] = useValid
	}
	var pairs []pair
	if p := op.parameter("query", numberParameter); p != nil {
		pairs = append(pairs, pair{numberParameter, number})
	}
	pairs = append(pairs, extra...)
	for _, p := range pairs {
		r.about[p.name] = useValid
	}
	r.query = encodeQuery(pairs...)
	return r
}

// with returns a copy of the request that is signed otherwise; its answer may be any documented one.
func (r *request) with(s signing) *request {
	c := *r
	c.sign, c.expect, c.proper = s, expectAny, false
	return &c
}

// free returns a copy whose answer may be any documented one.
func (r *request) free() *request {
	c := *r
	c.expect = expectAny
	return &c
}

// invalid returns a copy with another query, in which the parameter is not as the contract wants it.
func (r *request) invalid(query, parameter string, how use) *request {
	c := *r
	c.query, c.expect, c.proper = query, expectAny, false
	c.about = map[string]use{parameter: how}
	return &c
}

// foreign returns a copy that asks for what may not be the client's own: refusing it is right.
func (r *request) foreign(number string) *request {
	c := r.free()
	c.query, c.proper = encodeQuery(pair{numberParameter, number}), false
	c.about = map[string]use{numberParameter: useInvalid}
	return c
}

func (r *request) withHeader(name, value string) *request {
	c := *r
	c.header = map[string]string{name: value}
	for known, old := range r.header {
		if known != name {
			c.header[known] = old
		}
	}
	return &c
}

// value is a decoded query parameter of the request; false if it is absent.
func (r *request) value(name string) (string, bool) {
	values, err := url.ParseQuery(r.query)
	if err != nil || !values.Has(name) {
		return "", false
	}
	return values.Get(name), true
}

// A target is where the requests go.
type target struct {
	base          *url.URL // without a trailing slash
	first, second Credentials
	fullPath      bool     // the signed path carries the path of the base URL
	emptyUpload   bool     // an upload is signed as if it had no body
	control       *url.URL // of the control API, without a trailing slash; nil unless it is claimed
	controlToken  string
}

func (t *target) secrets() []string {
	return []string{t.first.HMACSecret, t.second.HMACSecret, t.controlToken}
}

// signedPath is the path as it stands in the string to sign.
func (t *target) signedPath(relative string) string {
	if t.fullPath {
		return t.base.EscapedPath() + relative
	}
	return relative
}

func (t *target) url(r *request) string {
	base := t.base
	if r.op.id == opControl {
		base = t.control
	}
	return base.String() + r.path + questionMark(r.query)
}

func (r *request) httpRequest(t *target, seconds int64) (*http.Request, string, error) {
	var content io.Reader = http.NoBody
	if r.body != nil {
		content = bytes.NewReader(r.body)
	}
	out, err := http.NewRequest(r.method, t.url(r), content)
	if err != nil {
		return nil, "", err
	}
	headers, right := r.headers(t, seconds)
	for name, value := range headers {
		out.Header[http.CanonicalHeaderKey(name)] = []string{value}
	}
	out.Header.Set("Accept", "application/json")
	out.Header.Set("Accept-Encoding", "gzip")
	out.Header.Set("User-Agent", userAgent())
	if r.op.id == opControl && t.controlToken != "" {
		out.Header.Set(headerAuthorization, "Bearer "+t.controlToken)
	}
	for name, value := range r.header {
		out.Header.Set(name, value)
	}
	return out, right, nil
}

// toSecond is a valid request of the second client for its own number.
func (s *session) toSecond(op *operation, id int64) *request {
	r := s.to(op, id)
	if op.parameter("query", numberParameter) != nil {
		r.query = encodeQuery(pair{numberParameter, s.target.second.PhoneNumberID})
	}
	r.sign.asSecond = true
	return r
}

// toolName is what the suite calls itself in reports and to servers.
const toolName = "awalmock-contract"

// userAgent is what requests are sent with.
func userAgent() string { return toolName + "/" + awalmock.ReadBuild().Version }
