package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

const adminPath = "/__admin"

// controlMutants need the capability control.
func controlMutants() []mutant {
	return slices.Concat(wordMutants(), receivedMutants(), progressMutants(), toolMutants(), faultMutants())
}

// isMade reports whether a request is about a workspace that the suite made.
func (w *target) isMade(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("X-Domain"), "contract-")
}

// admin asks the correct server's control API.
func (w *target) admin(method, path, workspace string, body any) *answer {
	raw, err := json.Marshal(body)
	if err != nil || body == nil {
		raw = nil
	}
	r := httptest.NewRequest(method, adminPath+path+"?"+url.Values{"workspace": {workspace}}.Encode(), bytes.NewReader(raw))
	r.Host = "127.0.0.1"
	r.Header.Set("Content-Type", "application/json")
	record := httptest.NewRecorder()
	w.server.ServeHTTP(record, r)
	return &answer{status: record.Code, header: record.Header(), body: record.Body.Bytes()}
}

// seen is what the correct server answers in a workspace whose secret it alone has.
func (w *target) seen(workspace, target string) *answer {
	headers, _ := w.admin(http.MethodPost, "/sign", workspace, row{"method": http.MethodGet, "target": target}).json()["headers"].(map[string]any)
	r := httptest.NewRequest(http.MethodGet, w.base+target, http.NoBody)
	for name, value := range headers {
		r.Header.Set(name, text(value))
	}
	record := httptest.NewRecorder()
	w.server.ServeHTTP(record, r)
	return &answer{status: record.Code, header: record.Header(), body: record.Body.Bytes()}
}

// everyRow is the whole list of the workspace and number that a request is about.
func (w *target) everyRow(r *http.Request) []row {
	query := url.Values{"phone_number_id": {r.URL.Query().Get("phone_number_id")}}
	return rowsOf(w.seen(r.Header.Get("X-Domain"), listPath+"?"+query.Encode()).json())
}

func (w *target) now(workspace string) time.Time {
	at, err := time.Parse(time.RFC3339, text(w.admin(http.MethodGet, "/clock", workspace, nil).json()["now"]))
	if err != nil {
		return time.Time{}
	}
	return at
}

// An order is a request to the control API.
type order struct {
	*http.Request
	workspace string
	fields    row // of its body
}

func orderOf(r *http.Request) order {
	o := order{r, r.URL.Query().Get("workspace"), row{}}
	decoder := json.NewDecoder(bytes.NewReader(bodyOf(r)))
	decoder.UseNumber()
	_ = decoder.Decode(&o.fields) // a request without a body has no fields
	return o
}

// orders lets a change handle requests to the control API, of a method and at paths that fit; next is the correct server.
func orders(method, path string, do func(w *target, out http.ResponseWriter, o order, next http.Handler)) change {
	fits := regexp.MustCompile("^" + adminPath + path + "$")
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if r.Method != method || !fits.MatchString(r.URL.Path) {
				next.ServeHTTP(out, r)
				return
			}
			do(w, out, orderOf(r), next)
		})
	}
}

// told lets a change look at the answers to such requests before they leave.
func told(method, path string, rewrite func(w *target, o order, a *answer)) change {
	return orders(method, path, func(w *target, out http.ResponseWriter, o order, next http.Handler) {
		answering(func(w *target, _ *http.Request, a *answer) { rewrite(w, o, a) })(w, next).ServeHTTP(out, o.Request)
	})
}

// misheard changes the body of such requests.
func misheard(method, path string, change func(o order) row) change {
	return orders(method, path, func(_ *target, out http.ResponseWriter, o order, next http.Handler) {
		next.ServeHTTP(out, withFields(o.Request, change(o)))
	})
}

func withFields(r *http.Request, fields row) *http.Request {
	raw, err := json.Marshal(fields)
	if err != nil {
		return r
	}
	c := clone(r)
	c.Body, c.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return c
}

// unheard answers such requests without doing anything.
func unheard(method, path string, status int, body func(o order) any) change {
	return orders(method, path, func(_ *target, out http.ResponseWriter, o order, _ http.Handler) {
		a := &answer{header: out.Header()}
		if body != nil {
			a.header.Set("Content-Type", "application/json")
			a.set(body(o))
		}
		out.WriteHeader(status)
		_, _ = out.Write(a.body)
	})
}

// madeLists rewrites the rows of lists in workspaces that the suite made.
func madeLists(rewrite func(w *target, r *http.Request, rows []row) []row) change {
	return lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
		if w.isMade(r) {
			setRows(object, rewrite(w, r, rows))
		}
	})
}

// madeRows rewrites each row of them.
func madeRows(rewrite func(r row)) change {
	return madeLists(func(_ *target, _ *http.Request, rows []row) []row {
		for _, r := range rows {
			rewrite(r)
		}
		return rows
	})
}

// madeThreads rewrites conversations in such workspaces.
func madeThreads(rewrite func(w *target, r *http.Request, data row, messages []row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); w.isThread(r) && w.isMade(r) && a.status == http.StatusOK && object != nil {
			data, _ := object["data"].(map[string]any)
			rewrite(w, r, data, messagesOf(object))
			a.set(object)
		}
	})
}

// received rewrites what customers wrote in them.
func received(rewrite func(m row)) change {
	return madeThreads(func(_ *target, _ *http.Request, _ row, messages []row) {
		for _, m := range messages {
			if m["direction"] == "inbound" {
				rewrite(m)
			}
		}
	})
}

func receivedText(do func(s string) string) change {
	return received(func(m row) { m["content"] = do(text(m["content"])) })
}

// both is a server with two changes that are one mistake.
func both(one, other change) change {
	return func(w *target, next http.Handler) http.Handler { return one(w, other(w, next)) }
}
