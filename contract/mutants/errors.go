package main

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// everyNth changes every nth successful answer.
func everyNth(n int64, do func(a *answer)) change {
	return func(w *target, next http.Handler) http.Handler {
		var count atomic.Int64
		return answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusOK && count.Add(1)%n == 0 {
				do(a)
			}
		})(w, next)
	}
}

// errorsOf rewrites the bodies of errors with one of the statuses (none: all).
func errorsOf(rewrite func(object map[string]any), statuses ...int) change {
	return answering(func(_ *target, _ *http.Request, a *answer) {
		if object := a.json(); a.status >= 400 && object != nil && (len(statuses) == 0 || slices.Contains(statuses, a.status)) {
			rewrite(object)
			a.set(object)
		}
	})
}

// insteadOf answers otherwise where the correct server answers with a status.
func insteadOf(status int, which func(w *target, r *http.Request) bool, do func(w *target, r *http.Request, a *answer)) change {
	return answering(func(w *target, r *http.Request, a *answer) {
		if a.status == status && which(w, r) {
			do(w, r, a)
		}
	})
}

var leadingDigits = regexp.MustCompile(`^(/conversations/\d+)[^\d].*$`)

func emptyThread(a *answer) {
	a.status = http.StatusOK
	a.set(map[string]any{"status": true, "data": map[string]any{"id": 0, "phone": "0", "name": nil, "status": "opened", "messages": []any{}, "meta": map[string]any{"total_messages": 0}}})
}

func emptyList(a *answer) {
	a.status = http.StatusOK
	a.set(map[string]any{"status": true, "data": []any{}, "meta": map[string]any{"total": 0, "unread_total": 0}})
}

func errorMutants() []mutant {
	numberless := func(_ *target, r *http.Request) bool { return r.URL.Query().Get("phone_number_id") == "" }
	return []mutant{
		{"unknown id 200 empty", "MSG-UNKNOWN-ID", insteadOf(404, (*target).isThread, func(_ *target, _ *http.Request, a *answer) { emptyThread(a) })},
		{"unknown id 500", "MSG-UNKNOWN-ID", insteadOf(404, (*target).isThread, func(_ *target, _ *http.Request, a *answer) {
			a.fail(http.StatusInternalServerError, "internal_error", "The server failed.")
		})},
		{"malformed id 500", "MSG-MALFORMED-ID", insteadOf(400, func(w *target, r *http.Request) bool {
			return w.isThread(r) && !numberless(w, r)
		}, func(_ *target, _ *http.Request, a *answer) {
			a.fail(http.StatusInternalServerError, "internal_error", "The server failed.")
		})},
		{"malformed id read up to its first letter", "MSG-MALFORMED-ID", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if m := leadingDigits.FindStringSubmatch(w.path(r)); m != nil && sentDigest(r) == w.expected(r) {
					c := clone(r)
					c.URL.Path, c.URL.RawPath = w.base+m[1], ""
					r = w.forge(c, w.named(r))
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"unknown status word ignored", "LIST-STATUS-WORDS", unknownWord(func(r *http.Request) *http.Request {
			return withQuery(r, func(v url.Values) { v.Del("status") })
		})},
		{"unknown status word 200 empty", "LIST-STATUS-WORDS", insteadOf(400, func(w *target, r *http.Request) bool {
			return w.isList(r) && r.URL.Query().Get("status") != "" && !numberless(w, r)
		}, func(_ *target, _ *http.Request, a *answer) { emptyList(a) })},
		{"a documented status word refused", "LIST-STATUS-WORDS", answering(func(w *target, r *http.Request, a *answer) {
			if w.isList(r) && r.URL.Query().Get("status") == "bot" && a.status == http.StatusOK {
				a.fail(http.StatusBadRequest, "validation_failed", "The status is unknown.")
			}
		})},
		{"missing phone_number_id accepted", "NUMBER-REQUIRED", number400(false)},
		{"empty phone_number_id accepted", "NUMBER-REQUIRED", number400(true)},
		{"unknown number taken for the default one", "NUMBER-UNKNOWN", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Query().Get("phone_number_id"), "99") && sentDigest(r) == w.expected(r) {
					r = w.forge(withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.first.number) }), w.first)
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"envelope without request_id", "ERROR-ENVELOPE", errorsOf(func(o map[string]any) { delete(o, "request_id") })},
		{"error a number", "ERROR-ENVELOPE", errorsOf(func(o map[string]any) { o["error"] = 42 })},
		{"message missing from 404 only", "ERROR-ENVELOPE", errorsOf(func(o map[string]any) { delete(o, "message") }, http.StatusNotFound)},
		{"details a text", "ERROR-ENVELOPE", errorsOf(func(o map[string]any) { o["details"] = "phone_number_id" }, http.StatusBadRequest)},
		{"401 body empty", "ERROR-ENVELOPE", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusUnauthorized {
				a.body = nil
			}
		})},
		{"401 body HTML", "ERROR-CONTENT-TYPE", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusUnauthorized {
				a.header.Set("Content-Type", "text/html")
				a.body = []byte("<html><body>401 Authorization Required</body></html>")
			}
		})},
		{"error as text/html", "ERROR-CONTENT-TYPE", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status >= 400 {
				a.header.Set("Content-Type", "text/html; charset=utf-8")
			}
		})},
		{"error with 200", "ERROR-STATUS", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusNotFound {
				a.status = http.StatusOK
			}
		})},
		{"another code than documented", "ERROR-CODE", errorsOf(func(o map[string]any) { o["error"] = "oops" })},
		{"details left out", "ERROR-DETAILS", errorsOf(func(o map[string]any) { delete(o, "details") }, http.StatusBadRequest)},
		{"only the first offending field named", "ERROR-DETAILS", errorsOf(func(o map[string]any) {
			if details, ok := o["details"].(map[string]any); ok && len(details) > 1 {
				delete(details, "status")
			}
		}, http.StatusBadRequest)},
		{"wrong method 200", "ERROR-METHOD", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodGet {
					c := clone(r)
					c.Method = http.MethodGet
					r = w.forge(c, w.named(r))
				}
				next.ServeHTTP(out, r)
			})
		}},
	}
}

func unknownWord(repair func(r *http.Request) *http.Request) change {
	known := " unassigned my unread expired opened closed bot "
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			word := r.URL.Query().Get("status")
			if w.isList(r) && word != "" && !strings.Contains(known, " "+word+" ") && sentDigest(r) == w.expected(r) {
				r = w.forge(repair(r), w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}

// number400 is a server that uses its default number where none (or an empty one) is given.
func number400(empty bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			query := r.URL.Query()
			if query.Has("phone_number_id") == empty && query.Get("phone_number_id") == "" && sentDigest(r) == w.expected(r) {
				r = w.forge(withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.named(r).number) }), w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}
