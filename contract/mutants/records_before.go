package main

import (
	"net/http"
	"strconv"
	"strings"
)

// before does the same to the record that was created before: after a success of one method it renames that record, or deletes it.
func (p recordPath) before(after, does string) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			path := w.path(r)
			p.after(after, func(w *target, r *http.Request, a *answer) {
				if w.isMade(r) {
					return
				}
				if after == http.MethodPost {
					path = p.made(a)
				}
				id, err := strconv.ParseInt(strings.TrimPrefix(path, string(p)+"/"), 10, 64)
				if err != nil {
					return
				}
				earlier := string(p) + "/" + strconv.FormatInt(id-1, 10)
				if now, ok := w.inner(earlier, nil, w.named(r)).json()["data"].(map[string]any); !ok || !isNew(now) {
					return // it is one of those that the mock began with
				}
				w.do(r, does, earlier, p.media(), p.body("name", "another"))
			})(w, next).ServeHTTP(out, r)
		})
	}
}

// isNew reports whether the suite created a record.
func isNew(data map[string]any) bool { return strings.HasPrefix(text(data["name"]), "Suite") }
