package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
)

// A recordPath is where records of one kind are: /contacts, and /contacts/{id} below it.
type recordPath string

func (p recordPath) isList(w *target, r *http.Request) bool { return w.path(r) == string(p) }
func (p recordPath) isItem(w *target, r *http.Request) bool {
	return strings.HasPrefix(w.path(r), string(p)+"/")
}

func (p recordPath) named(w *target, r *http.Request) bool { return p.isList(w, r) || p.isItem(w, r) }

// list rewrites the body of each successful list.
func (p recordPath) list(rewrite func(w *target, r *http.Request, object map[string]any, rows []row)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if object := a.json(); p.isList(w, r) && r.Method == http.MethodGet && a.status == http.StatusOK && object != nil {
			rewrite(w, r, object, rowsOf(object))
			a.set(object)
		}
	})
}

// data rewrites the record of each successful answer to a method that has one.
func (p recordPath) data(method string, rewrite func(data map[string]any)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		object := a.json()
		if data, ok := object["data"].(map[string]any); ok && p.named(w, r) && r.Method == method && a.status < http.StatusMultipleChoices {
			rewrite(data)
			a.set(object)
		}
	})
}

// refusal rewrites the answers to a method that have a status.
func (p recordPath) refusal(method string, status int, rewrite func(a *answer)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if p.named(w, r) && r.Method == method && a.status == status {
			rewrite(a)
		}
	})
}

// asked changes the query of each list before the correct server sees it.
func (p recordPath) asked(rewrite func(url.Values)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if p.isList(w, r) && r.Method == http.MethodGet && r.URL.RawQuery != "" {
				r = w.forge(withQuery(r, rewrite), w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}

// undone answers a method with success, and does nothing.
func (p recordPath) undone(method string) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if !p.isItem(w, r) || r.Method != method {
				next.ServeHTTP(out, r)
				return
			}
			out.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(out, `{"status":true,"message":"Done.","data":{"unlinked_contacts":0}}`)
		})
	}
}

// after does something more when a method has succeeded.
func (p recordPath) after(method string, more func(w *target, r *http.Request, a *answer)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if p.named(w, r) && r.Method == method && a.status < http.StatusMultipleChoices {
			more(w, r, a)
		}
	})
}

// do asks the correct server for a change, as the client of a request.
func (w *target) do(r *http.Request, method, path, media, content string) {
	c := httptest.NewRequest(method, w.base+path, bytes.NewReader([]byte(content)))
	c.Header.Set("Content-Type", media)
	w.server.ServeHTTP(httptest.NewRecorder(), w.forge(c, w.named(r)))
}

// made is the path of the record that an answer shows.
func (p recordPath) made(a *answer) string {
	data, _ := a.json()["data"].(map[string]any)
	return string(p) + "/" + id(data)
}

const urlEncoded = "application/x-www-form-urlencoded"

// succeed makes an answer of a success with a record.
func succeed(status int) func(a *answer) {
	return func(a *answer) {
		a.status = status
		a.header.Set("Content-Type", "application/json")
		a.set(map[string]any{"status": true, "message": "Done.", "data": map[string]any{
			"id": 999999999, "name": "x", "phone": "966550000001", "status": 1, "contacts_count": 0, "is_favorite": false, "created_at": "2024-01-20T10:30:00Z", "updated_at": "2024-01-20T10:30:00Z",
		}})
	}
}

// recordMutants break what holds for contacts, groups and branches.
func recordMutants() []mutant {
	return slices.Concat(
		recordPath("/contacts").mutants("CONTACTS", "CONTACT"),
		recordPath("/contact-groups").mutants("GROUPS", "GROUP"),
		recordPath("/branches").mutants("BRANCHES", "BRANCH"),
		contactMutants(), groupMutants(), branchMutants(), fieldMutants(), flagMutants(), uniqueMutants(), deletionLimitMutants(), recordTimeMutants(), pageMutants(),
	)
}

// mutants are those that each kind of record has.
func (p recordPath) mutants(many, one string) []mutant {
	in := func(name string) string { return name + " (" + strings.TrimPrefix(string(p), "/") + ")" }
	return []mutant{
		{in("the second page is the first"), many + "-PAGES", p.asked(func(v url.Values) { v.Del("page") })},
		{in("pages leave out a record"), many + "-PAGES", p.list(func(_ *target, r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Has("page") && len(rows) > 0 {
				object["data"] = fromRows(rows[1:])
			}
		})},
		{in("pages are longer than their limit"), many + "-PAGES", p.asked(func(v url.Values) {
			if v.Has("limit") {
				v.Set("limit", "100")
			}
		})},
		{in("meta counts the page"), many + "-META", p.list(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			object["meta"].(map[string]any)["total"] = len(rows)
		})},
		{in("the last page is always 1"), many + "-META", p.list(func(_ *target, _ *http.Request, object map[string]any, _ []row) {
			object["meta"].(map[string]any)["last_page"] = 1
		})},
		{in("a search finds everything"), p.matchRequirement(many), p.asked(func(v url.Values) { v.Del("searchTerm") })},
		{in("a search finds nothing"), many + "-SEARCH", p.list(func(_ *target, r *http.Request, object map[string]any, _ []row) {
			if r.URL.Query().Get("searchTerm") != "" {
				object["data"], object["meta"] = []any{}, map[string]any{"current_page": 1, "per_page": 100, "total": 0, "last_page": 1}
			}
		})},
		{in("a search is forgotten on the second page"), many + "-PAGES", p.onPageTwo("searchTerm")},
		{in("the total under a search is that of all"), many + "-META", p.countsAll("searchTerm")},
		{in("a search tells capitals from small letters"), many + "-SEARCH", p.exactly("email", "name")},
		{in("a search takes % and _ for any characters"), p.matchRequirement(many), p.wild()},
		{in("a new record is not accepted"), one + "-CREATE", p.after(http.MethodPost, func(_ *target, _ *http.Request, a *answer) {
			a.fail(http.StatusBadRequest, "validation_failed", "It is not accepted.")
		})},
		{in("a new record is in no list"), one + "-CREATE-APPEARS", p.after(http.MethodPost, func(w *target, r *http.Request, a *answer) {
			w.do(r, http.MethodDelete, p.made(a), "", "")
		})},
		{in("a record has another name at its own address"), one + "-AGREES", p.data(http.MethodGet, func(data map[string]any) { data["name"] = "another" })},
		{in("an unknown id 200"), one + "-UNKNOWN-ID", p.refusal(http.MethodGet, http.StatusNotFound, succeed(http.StatusOK))},
		{in("a change is not made"), one + "-UPDATE", p.undone(http.MethodPatch)},
		{in("a change is answered, and made for the answer only"), one + "-UPDATE", p.after(http.MethodPatch, func(w *target, r *http.Request, a *answer) {
			w.do(r, http.MethodPatch, p.made(a), p.media(), p.body("name", "another"))
		})},
		{in("a change changes more"), one + "-UPDATE-REST", p.changesMore()},
		{in("a change renames the record that was created before"), one + "-UPDATE-REST", p.before(http.MethodPatch, http.MethodPatch)},
		{in("a new record renames the one that was created before"), one + "-UPDATE-REST", p.before(http.MethodPost, http.MethodPatch)},
		{in("the record that was created before is deleted too"), one + "-DELETE", p.before(http.MethodDelete, http.MethodDelete)},
		{in("a change of an unknown record 200"), one + "-UPDATE-UNKNOWN-ID", p.refusal(http.MethodPatch, http.StatusNotFound, succeed(http.StatusOK))},
		{in("a deleted record stays"), one + "-DELETE", p.undone(http.MethodDelete)},
		{in("deleting an unknown record 200"), one + "-DELETE-UNKNOWN-ID", p.refusal(http.MethodDelete, http.StatusNotFound, succeed(http.StatusOK))},
	}
}

// changesMore changes the name too, where it was not sent.
func (p recordPath) changesMore() change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := string(bodyOf(r))
			p.after(http.MethodPatch, func(w *target, r *http.Request, a *answer) {
				if !strings.Contains(content, `"name"`) {
					w.do(r, http.MethodPatch, p.made(a), p.media(), p.body("name", "another"))
				}
			})(w, next).ServeHTTP(out, r)
		})
	}
}

// matchRequirement is the requirement that a search finds nothing else.
func (p recordPath) matchRequirement(many string) string {
	if many == "CONTACTS" {
		return "CONTACTS-SEARCH-MATCH"
	}
	return many + "-SEARCH"
}

// media is the type of the body of a change.
func (p recordPath) media() string {
	if p == "/contact-groups" {
		return "application/json"
	}
	return urlEncoded
}

// body is a body with one field.
func (p recordPath) body(name, value string) string {
	if p.media() == urlEncoded {
		return url.Values{name: {value}}.Encode()
	}
	return `{"` + name + `":"` + value + `"}`
}

// own mixes the rows of the second workspace into those of the first one.
func (p recordPath) own() change {
	return p.list(func(w *target, r *http.Request, object map[string]any, rows []row) {
		if w.named(r) == w.first {
			object["data"] = fromRows(append(rows, rowsOf(w.inner(string(p), url.Values{}, w.second).json())...))
		}
	})
}

// taken accepts bodies that the correct server refuses, where fits says so.
func (p recordPath) taken(status, created int, fits func(content string) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := ""
			if p.isList(w, r) && r.Method == http.MethodPost {
				content = string(bodyOf(r))
			}
			p.refusal(http.MethodPost, status, func(a *answer) {
				if fits(content) {
					succeed(created)(a)
				}
			})(w, next).ServeHTTP(out, r)
		})
	}
}
