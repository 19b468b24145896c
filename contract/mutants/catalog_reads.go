package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
)

func (w *target) isCatalog(r *http.Request) bool {
	return strings.HasPrefix(w.path(r), "/waba-numbers") || strings.HasPrefix(w.path(r), "/templates")
}

// catalogReadMutants break what holds for every operation on numbers and templates alone.
func catalogReadMutants() []mutant {
	return []mutant{
		{"numbers and templates need no headers", "AUTH-EVERY-OPERATION", accepting(func(w *target, r *http.Request) bool {
			return w.isCatalog(r) && r.Header.Get("X-Domain") == "" && r.Header.Get("X-Awal-Signature-256") == ""
		})},
		{"valid requests for numbers and templates refused now and then", "AUTH-VALID", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return answering(func(w *target, r *http.Request, a *answer) {
				if w.isCatalog(r) && a.status == http.StatusOK && n.Add(1)%3 == 0 {
					a.fail(http.StatusUnauthorized, "authentication_failed", "Invalid HMAC signature")
				}
			})(w, next)
		}},
		{"numbers and templates take every method", "ERROR-METHOD", answering(func(w *target, r *http.Request, a *answer) {
			if w.isCatalog(r) && r.Method != http.MethodGet {
				emptyList(a)
			}
		})},
		{"version v1 of numbers and templates refused", "VERSION-V1", answering(func(w *target, r *http.Request, a *answer) {
			if w.isCatalog(r) && r.Header.Get("X-API-Version") != "" {
				a.fail(http.StatusBadRequest, "validation_failed", "The version is unknown.")
			}
		})},
		{"an id of a template read up to its first letter", "getTemplate.path.id.type", insteadOf(http.StatusBadRequest, func(w *target, r *http.Request) bool {
			return strings.HasPrefix(w.path(r), "/templates/") && strings.HasSuffix(w.path(r), "abc")
		}, func(_ *target, _ *http.Request, a *answer) {
			a.status = http.StatusOK
			a.set(map[string]any{"status": true, "data": map[string]any{"id": 1, "name": "x", "language": "en", "status": "APPROVED", "category": "UTILITY", "components": []any{}}})
		})},
	}
}

// forgiving is a server that leaves a parameter out of account where its value fits.
func forgiving(parameter string, fits func(value string) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has(parameter) && fits(r.URL.Query().Get(parameter)) && sentDigest(r) == w.expected(r) {
				r = w.forge(withQuery(r, func(v url.Values) { v.Del(parameter) }), w.named(r))
			}
			next.ServeHTTP(out, r)
		})
	}
}
