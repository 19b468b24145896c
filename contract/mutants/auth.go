package main

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

func validAt(w *target, r *http.Request, stamp string) bool {
	secret := w.secretOf(r)
	return secret != "" && sentDigest(r) == digest(secret, r.Method, w.path(r), r.URL.RawQuery, stamp+string(bodyOf(r)))
}

// matches reports whether the signature was made for any of the given methods, paths and queries.
func matches(w *target, r *http.Request, methods, paths, queries []string) bool {
	secret := w.secretOf(r)
	for _, method := range methods {
		for _, path := range paths {
			for _, query := range queries {
				if secret != "" && sentDigest(r) == digest(secret, method, path, query, r.Header.Get("X-Timestamp")+string(bodyOf(r))) {
					return true
				}
			}
		}
	}
	return false
}

func stampOf(r *http.Request) (int64, bool) {
	n, err := strconv.ParseInt(r.Header.Get("X-Timestamp"), 10, 64)
	return n, err == nil
}

// missing is a server that fills in an authentication header which is absent (or empty).
func missing(empty bool, names ...string) change {
	return accepting(func(_ *target, r *http.Request) bool {
		for _, name := range names {
			if _, there := r.Header[http.CanonicalHeaderKey(name)]; r.Header.Get(name) == "" && there == empty {
				return true
			}
		}
		return false
	})
}

// refusing is a server that refuses valid requests whose raw query fits.
func refusing(fits func(query string) bool) change {
	return answering(func(_ *target, r *http.Request, a *answer) {
		if fits(r.URL.RawQuery) {
			a.fail(http.StatusUnauthorized, "authentication_failed", "Invalid HMAC signature")
		}
	})
}

func authMutants() []mutant {
	fresh := func(r *http.Request) bool {
		n, ok := stampOf(r)
		return ok && time.Since(time.Unix(n, 0)).Abs() < time.Hour
	}
	return []mutant{
		{"any signature accepted", "AUTH-SIGNATURE", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && len(sentDigest(r)) == 64 && r.Header.Get("X-Awal-Signature-256") != sentDigest(r)
		})},
		{"a wrong secret accepted on one operation", "AUTH-SIGNATURE", accepting(func(w *target, r *http.Request) bool {
			return w.isStatusList(r) && fresh(r) && w.secretOf(r) != "" && len(sentDigest(r)) == 64
		})},
		{"an empty key accepted", "AUTH-SIGNATURE", accepting(func(w *target, r *http.Request) bool {
			return sentDigest(r) == digest("", r.Method, w.path(r), r.URL.RawQuery, r.Header.Get("X-Timestamp")+string(bodyOf(r)))
		})},
		{"only a prefix of the digest compared", "AUTH-SIGNATURE-WHOLE", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && strings.HasPrefix(sentDigest(r), w.expected(r)[:16])
		})},
		{"only the end of the digest compared", "AUTH-SIGNATURE-WHOLE", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && strings.HasSuffix(sentDigest(r), w.expected(r)[48:])
		})},
		{"a digest that begins with the right one accepted", "AUTH-SIGNATURE-WHOLE", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && strings.HasPrefix(sentDigest(r), w.expected(r))
		})},
		{"a signature of another form taken for none", "AUTH-SIGNATURE-FORM", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && r.Header.Get("X-Awal-Signature-256") != "" && !strings.HasPrefix(r.Header.Get("X-Awal-Signature-256"), "sha256=")
		})},
		{"an empty digest accepted", "AUTH-SIGNATURE-FORM", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && strings.HasPrefix(w.expected(r), sentDigest(r)) && r.Header.Get("X-Awal-Signature-256") != ""
		})},
		{"query not covered", "AUTH-COVERS-QUERY", accepting(func(w *target, r *http.Request) bool {
			return matches(w, r, []string{r.Method}, []string{w.path(r)}, []string{""})
		})},
		{"only the first parameter covered", "AUTH-COVERS-QUERY", accepting(func(w *target, r *http.Request) bool {
			return matches(w, r, []string{r.Method}, []string{w.path(r)}, []string{strings.SplitN(r.URL.RawQuery, "&", 2)[0]})
		})},
		{"path not covered", "AUTH-COVERS-PATH", accepting(func(w *target, r *http.Request) bool {
			return matches(w, r, []string{r.Method}, []string{"", listPath, pollPath}, []string{r.URL.RawQuery})
		})},
		{"only the beginning of the path covered", "AUTH-COVERS-PATH", accepting(func(w *target, r *http.Request) bool {
			return matches(w, r, []string{r.Method}, []string{w.path(r) + "1"}, []string{r.URL.RawQuery})
		})},
		{"method not covered", "AUTH-COVERS-METHOD", accepting(func(w *target, r *http.Request) bool {
			return matches(w, r, []string{"POST", "PUT", "DELETE", ""}, []string{w.path(r)}, []string{r.URL.RawQuery})
		})},
		{"timestamp not covered", "AUTH-COVERS-TIMESTAMP", accepting(func(w *target, r *http.Request) bool {
			n, ok := stampOf(r)
			for shift := int64(-120); ok && shift <= 120; shift++ {
				if validAt(w, r, strconv.FormatInt(n+shift, 10)) {
					return fresh(r)
				}
			}
			return false
		})},
		{"day-old timestamp accepted", "AUTH-TIMESTAMP-STALE", accepting(func(w *target, r *http.Request) bool {
			n, ok := stampOf(r)
			return ok && n < time.Now().Unix() && validAt(w, r, r.Header.Get("X-Timestamp"))
		})},
		{"far-future timestamp accepted", "AUTH-TIMESTAMP-AHEAD", accepting(func(w *target, r *http.Request) bool {
			n, ok := stampOf(r)
			return ok && n > time.Now().Unix() && validAt(w, r, r.Header.Get("X-Timestamp"))
		})},
		{"timestamp read up to its first letter", "AUTH-TIMESTAMP-FORM", accepting(func(w *target, r *http.Request) bool {
			_, whole := stampOf(r)
			return !whole && len(r.Header.Get("X-Timestamp")) > 9 && validAt(w, r, r.Header.Get("X-Timestamp"))
		})},
		{"percent-encoded query refused", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool {
			values, err := url.ParseQuery(query)
			return err == nil && strings.Contains(query, "%3") && values.Encode() != query
		})},
		{"Arabic query refused", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool { return strings.Contains(strings.ToUpper(query), "%D8") })},
		{"+ in the query refused", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool { return strings.Contains(query, "+") })},
		{"enforced on one operation only", "AUTH-EVERY-OPERATION", accepting(func(w *target, r *http.Request) bool { return !w.isList(r) })},
		{"not enforced on the list", "AUTH-EVERY-OPERATION", accepting(func(w *target, r *http.Request) bool { return w.isList(r) })},
		{"client id not needed", "AUTH-HEADER-MISSING", missing(false, "X-Client-ID")},
		{"timestamp not needed", "AUTH-HEADER-MISSING", missing(false, "X-Timestamp")},
		{"empty domain taken for the default one", "AUTH-HEADER-EMPTY", missing(true, "X-Domain")},
		{"empty signature accepted", "AUTH-HEADER-EMPTY", missing(true, "X-Awal-Signature-256")},
		{"unknown client 500", "AUTH-UNKNOWN-CLIENT", answering(func(w *target, r *http.Request, a *answer) {
			if client := r.Header.Get("X-Client-ID"); client != "" && client != w.first.client && client != w.second.client {
				a.fail(http.StatusInternalServerError, "internal_error", "The server failed.")
			}
		})},
		{"unknown client has an empty secret", "AUTH-UNKNOWN-CLIENT", accepting(func(w *target, r *http.Request) bool {
			return w.secretOf(r) == "" && r.Header.Get("X-Domain") == w.first.domain && sentDigest(r) == w.expected(r)
		})},
		{"unknown workspace has an empty secret", "AUTH-UNKNOWN-DOMAIN", accepting(func(w *target, r *http.Request) bool {
			return w.secretOf(r) == "" && r.Header.Get("X-Client-ID") == w.first.client && sentDigest(r) == w.expected(r)
		})},
		{"domain ignored", "AUTH-UNKNOWN-DOMAIN", accepting(func(w *target, r *http.Request) bool {
			c := clone(r)
			c.Header.Set("X-Domain", w.first.domain)
			return r.Header.Get("X-Domain") != "" && w.secretOf(c) != "" && fresh(r) && sentDigest(r) == w.expected(c)
		})},
		{"wrong signature 404", "AUTH-SIGNATURE", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusUnauthorized {
				a.fail(http.StatusNotFound, "resource_not_found", "There is no such resource.")
			}
		})},
		{"401 reveals the digest", "AUTH-NO-DIGEST", answering(func(w *target, r *http.Request, a *answer) {
			if object := a.json(); a.status == http.StatusUnauthorized && object != nil {
				object["details"] = map[string]any{"expected": "sha256=" + w.expected(r)}
				a.set(object)
			}
		})},
		{"401 reveals the digest in a header", "AUTH-NO-DIGEST", answering(func(w *target, r *http.Request, a *answer) {
			if a.status == http.StatusUnauthorized {
				a.header.Set("X-Debug", w.expected(r))
			}
		})},
		{"every valid list refused but the plain one", "AUTH-VALID", answering(func(w *target, r *http.Request, a *answer) {
			if r.URL.Query().Has("status") || w.isStatusList(r) || w.isThread(r) {
				a.fail(http.StatusUnauthorized, "authentication_failed", "Invalid HMAC signature")
			}
		})},
		{"valid requests refused now and then", "AUTH-VALID", everyNth(7, func(a *answer) { a.fail(http.StatusUnauthorized, "authentication_failed", "Invalid HMAC signature") })},
		{"version v1 refused", "VERSION-V1", answering(func(_ *target, r *http.Request, a *answer) {
			if r.Header.Get("X-API-Version") != "" {
				a.fail(http.StatusBadRequest, "validation_failed", "The version is unknown.")
			}
		})},
		{"other workspace's list", "ISOLATION-LIST", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if w.isList(r) && r.Header.Get("X-Domain") == w.second.domain && r.URL.Query().Get("phone_number_id") == w.second.number && sentDigest(r) == w.expected(r) {
					r = w.forge(withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.first.number) }), w.first)
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"other workspace's conversation by id", "ISOLATION-CONVERSATION", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if w.isThread(r) && sentDigest(r) == w.expected(r) && r.Header.Get("X-Domain") == w.second.domain {
					r = w.forge(withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.first.number) }), w.first)
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"other workspace's number", "ISOLATION-NUMBER", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("phone_number_id") == w.second.number && sentDigest(r) == w.expected(r) {
					r = w.forge(r, w.second)
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"another workspace's secret accepted", "ISOLATION-CREDENTIALS", accepting(func(w *target, r *http.Request) bool {
			return fresh(r) && w.secretOf(r) != "" && sentDigest(r) == digest(w.second.secret, r.Method, w.path(r), r.URL.RawQuery, r.Header.Get("X-Timestamp")+string(bodyOf(r)))
		})},
	}
}
