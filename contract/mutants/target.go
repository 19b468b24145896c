package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/server"
)

// A target is the correct server that mutants change, and what they need to know to do so.
type target struct {
	server        http.Handler
	base          string // "/api/developer"
	first, second credentials
}

type credentials struct{ domain, client, secret, number string }

func newTarget(options server.Options) (*target, error) {
	s, err := server.New(options)
	if err != nil {
		return nil, err
	}
	w := &target{server: s, base: s.BasePath()}
	for i, into := range []*credentials{&w.first, &w.second} {
		if list := s.Workspaces(); i < len(list) {
			*into = credentials{list[i].Domain, list[i].ClientID, list[i].Secret, list[i].PhoneNumberIDs[0]}
		}
	}
	return w, nil
}

// A change makes another server of the correct one.
type change func(w *target, next http.Handler) http.Handler

const (
	listPath = "/conversations"
	pollPath = "/fetch-message-status-app"
)

func (w *target) path(r *http.Request) string { return strings.TrimPrefix(r.URL.EscapedPath(), w.base) }

func (w *target) isList(r *http.Request) bool       { return w.path(r) == listPath }
func (w *target) isStatusList(r *http.Request) bool { return w.path(r) == pollPath }
func (w *target) isThread(r *http.Request) bool     { return strings.HasPrefix(w.path(r), listPath+"/") }

// digest is the signature's digest for a method, path, raw query and timestamp.
func digest(secret, method, path, query, stamp string) string {
	if query != "" {
		query = "?" + query
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(method + path + query + stamp))
	return hex.EncodeToString(mac.Sum(nil))
}

// secretOf is the secret of the workspace that a request names, "" if there is none.
func (w *target) secretOf(r *http.Request) string {
	for _, c := range []credentials{w.first, w.second} {
		if r.Header.Get("X-Domain") == c.domain && r.Header.Get("X-Client-ID") == c.client {
			return c.secret
		}
	}
	return ""
}

// expected is the digest that the correct server would want.
func (w *target) expected(r *http.Request) string {
	return digest(w.secretOf(r), r.Method, w.path(r), r.URL.RawQuery, r.Header.Get("X-Timestamp")+string(bodyOf(r)))
}

func sentDigest(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("X-Awal-Signature-256"), "sha256=")
}

func clone(r *http.Request) *http.Request {
	c := r.Clone(r.Context())
	c.RequestURI = c.URL.RequestURI()
	return c
}

// forge signs a request with right credentials as of now, so that the correct server accepts it.
func (w *target) forge(r *http.Request, as credentials) *http.Request {
	content := bodyOf(r)
	c := clone(r)
	c.Body = io.NopCloser(bytes.NewReader(content))
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	c.Header.Set("X-Domain", as.domain)
	c.Header.Set("X-Client-ID", as.client)
	c.Header.Set("X-Timestamp", stamp)
	c.Header.Set("X-Awal-Signature-256", "sha256="+digest(as.secret, c.Method, w.path(c), c.URL.RawQuery, stamp+string(content)))
	return c
}

// withQuery returns the request with another query, not yet signed.
func withQuery(r *http.Request, change func(url.Values)) *http.Request {
	c := clone(r)
	values := c.URL.Query()
	change(values)
	c.URL.RawQuery = values.Encode()
	c.RequestURI = c.URL.RequestURI()
	return c
}

// accepting is a server that also accepts requests for which accepts holds.
func accepting(accepts func(w *target, r *http.Request) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if accepts(w, r) {
				r = w.forge(r, w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}

// named are the credentials of the workspace that a request names, else the first one's.
func (w *target) named(r *http.Request) credentials {
	if r.Header.Get("X-Domain") == w.second.domain {
		return w.second
	}
	return w.first
}

// answering lets a change look at the correct server's answer before it leaves.
func answering(rewrite func(w *target, r *http.Request, a *answer)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			record := httptest.NewRecorder()
			next.ServeHTTP(record, r)
			a := recorded(record)
			rewrite(w, r, a)
			a.write(out)
		})
	}
}

// recorded is an answer that was recorded.
func recorded(record *httptest.ResponseRecorder) *answer {
	a := &answer{status: record.Code, header: http.Header{}, body: record.Body.Bytes()}
	for name, values := range record.Header() { // the mock writes some names as the vendor does, not as net/http would
		a.header[http.CanonicalHeaderKey(name)] = values
	}
	return a
}

// write sends the answer.
func (a *answer) write(out http.ResponseWriter) {
	if a.dropped {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(out.Header(), a.header)
	if out.Header().Get("Content-Type") == "" {
		out.Header()["Content-Type"] = nil // net/http would guess one
	}
	out.Header().Set("Content-Length", strconv.Itoa(len(a.body)+a.missing))
	out.WriteHeader(a.status)
	_, _ = out.Write(a.body)
}

// An answer is a recorded one, to be changed.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	missing int  // bytes announced but not sent
	dropped bool // close the connection instead
}

// json decodes the body; numbers stay as they are written.
func (a *answer) json() map[string]any {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.UseNumber()
	if decoder.Decode(&object) != nil {
		return nil
	}
	return object
}

func (a *answer) set(v any) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err == nil {
		a.body = bytes.TrimSpace(out.Bytes())
	}
}

func (a *answer) fail(status int, code, message string) {
	a.status = status
	a.header.Set("Content-Type", "application/json")
	a.set(map[string]any{"error": code, "message": message, "request_id": "req_mutant"})
}

type row = map[string]any

func rowsOf(object map[string]any) []row {
	list, _ := object["data"].([]any)
	return toRows(list)
}

func messagesOf(object map[string]any) []row {
	data, _ := object["data"].(map[string]any)
	list, _ := data["messages"].([]any)
	return toRows(list)
}

func toRows(list []any) []row {
	var out []row
	for _, item := range list {
		if r, ok := item.(map[string]any); ok {
			out = append(out, r)
		}
	}
	return out
}

func fromRows(rows []row) []any {
	out := make([]any, len(rows))
	for i := range rows {
		out[i] = rows[i]
	}
	return out
}

// lists rewrites the body of every successful list.
func lists(rewrite func(w *target, r *http.Request, object map[string]any, rows []row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); w.isList(r) && a.status == http.StatusOK && object != nil {
			rewrite(w, r, object, rowsOf(object))
			a.set(object)
		}
	})
}

// threads rewrites the body of every successful conversation.
func threads(rewrite func(data map[string]any, messages []row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); w.isThread(r) && a.status == http.StatusOK && object != nil {
			data, _ := object["data"].(map[string]any)
			rewrite(data, messagesOf(object))
			a.set(object)
		}
	})
}

// statusLists rewrites the body of every successful answer with the status list.
func statusLists(rewrite func(w *target, r *http.Request, object map[string]any, rows []row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); w.isStatusList(r) && a.status == http.StatusOK && object != nil {
			rewrite(w, r, object, rowsOf(object))
			a.set(object)
		}
	})
}

// inner asks the correct server something else, on behalf of a workspace.
func (w *target) inner(path string, query url.Values, as credentials) *answer {
	r := httptest.NewRequest(http.MethodGet, w.base+path+questionMark(query.Encode()), http.NoBody)
	record := httptest.NewRecorder()
	w.server.ServeHTTP(record, w.forge(r, as))
	return &answer{status: record.Code, header: record.Header(), body: record.Body.Bytes()}
}

// all are the rows of the first workspace's list.
func (w *target) all(filter url.Values) []row {
	query := url.Values{"phone_number_id": {w.first.number}}
	maps.Copy(query, filter)
	return rowsOf(w.inner(listPath, query, w.first).json())
}

func id(r row) string {
	n, _ := r["id"].(json.Number)
	return n.String()
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func count(v any) int64 {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return i
}

// replace changes bytes of every answer for which it is asked.
func replace(which func(w *target, r *http.Request, a *answer) bool, pattern, with string) change {
	expression := regexp.MustCompile(pattern)
	return answering(func(w *target, r *http.Request, a *answer) {
		if which(w, r, a) {
			a.body = expression.ReplaceAll(a.body, []byte(with))
		}
	})
}
