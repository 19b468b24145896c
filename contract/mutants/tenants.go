package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// asSecond is a server that takes requests that fit for those of the second workspace.
func asSecond(fits func(w *target, r *http.Request) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if fits(w, r) {
				c := clone(r)
				c.Body, c.ContentLength = r.Body, r.ContentLength
				if r.URL.Query().Has("phone_number_id") {
					content := bodyOf(r)
					c = withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.second.number) })
					c.Body = io.NopCloser(bytes.NewReader(content))
				}
				r = w.forge(c, w.second)
			}
			next.ServeHTTP(out, r)
		})
	}
}

// own reports whether the first client asks, properly signed.
func (w *target) own(r *http.Request) bool {
	return r.Header.Get("X-Domain") == w.first.domain && w.secretOf(r) != "" && sentDigest(r) == w.expected(r)
}

// mixed reports whether a request names the second workspace, and is signed with the first one's secret.
func (w *target) mixed(r *http.Request) bool {
	stamp := r.Header.Get("X-Timestamp") + string(bodyOf(r))
	return r.Header.Get("X-Domain") == w.second.domain && sentDigest(r) == digest(w.first.secret, r.Method, w.path(r), r.URL.RawQuery, stamp)
}

// tenantMutants let one workspace reach another, in what is asked without a capability.
func tenantMutants() []mutant {
	return []mutant{
		{"the secret of any client opens the workspace of the domain", "ISOLATION-CREDENTIALS", asSecond((*target).mixed)},
		{"conversations of the other workspace under the same id", "ISOLATION-ID", asSecond(func(w *target, r *http.Request) bool { return w.isThread(r) && w.own(r) })},
		{"rows of the other workspace in a search", "ISOLATION-ROWS", lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if term := r.URL.Query().Get("searchTerm"); term != "" && r.Header.Get("X-Domain") == w.first.domain {
				query := url.Values{"phone_number_id": {w.second.number}, "searchTerm": {term}}
				setRows(object, append(rows, rowsOf(w.inner(listPath, query, w.second).json())...))
			}
		})},
		{"the status list of all workspaces", "ISOLATION-ROWS", statusLists(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if r.Header.Get("X-Domain") == w.first.domain {
				query := url.Values{"phone_number_id": {w.second.number}}
				object["data"] = fromRows(append(rows, rowsOf(w.inner(pollPath, query, w.second).json())...))
			}
		})},
	}
}

// livingTenantMutants do so in what needs a capability.
func livingTenantMutants() []mutant {
	return []mutant{
		{"commands over another's number", "ISOLATION-NUMBER", func(w *target, next http.Handler) http.Handler {
			return numbered(func(number string) bool { return number == w.second.number })(w, next)
		}},
		{"the secret of any client opens the workspace of the domain, asked with a capability", "ISOLATION-CREDENTIALS", asSecond((*target).mixed)},
		{"a reply to another workspace's message", "ISOLATION-ID", takes("text", containing(`"reply_to":"wamid.`))},
		{"another workspace's template by its id", "ISOLATION-ID", answering(func(w *target, r *http.Request, a *answer) {
			if object := a.json(); strings.HasPrefix(w.path(r), "/templates/") && a.status == http.StatusOK {
				object["data"].(map[string]any)["name"] = "another_company"
				a.set(object)
			}
		})},
		{"numbers of both workspaces", "ISOLATION-ROWS", func(w *target, next http.Handler) http.Handler {
			return catalogRows("/waba-numbers", func(rows []row) []row {
				return append(rows, rowsOf(w.inner("/waba-numbers", nil, w.second).json())...)
			})(w, next)
		}},
		{"what one workspace sends in the list of the other", "ISOLATION-ROWS", sharedText},
	}
}

// catalogRows changes the rows of a list that the first workspace asks for.
func catalogRows(path string, do func(rows []row) []row) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); w.path(r) == path && a.status == http.StatusOK && r.Header.Get("X-Domain") == w.first.domain && len(rowsOf(object)) > 0 {
			object["data"] = fromRows(do(rowsOf(object)))
			a.set(object)
		}
	})
}

// sharedText shows the text that was sent last to the second workspace.
func sharedText(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	var last struct{ Body string }
	shown := lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
		mu.Lock()
		defer mu.Unlock()
		if r.Header.Get("X-Domain") == w.second.domain && last.Body != "" {
			all := rowsOf(w.inner(listPath, url.Values{"phone_number_id": {w.second.number}}, w.second).json())
			all[0]["last_message"] = last.Body
			setRows(object, append(rows, all[0]))
		}
	})(w, next)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if sendOf("text")(w, r) && r.Header.Get("X-Domain") == w.first.domain {
			mu.Lock()
			_ = json.Unmarshal(bodyOf(r), &last) // what cannot be read is refused by the correct server
			mu.Unlock()
		}
		shown.ServeHTTP(out, r)
	})
}
