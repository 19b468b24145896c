package main

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // a form of signature that the suite must see refused
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// everywhereMutants are the mutants of authentication again, judged by what is asked of the operations that need a capability, and those of the
// forms of a signature.
func everywhereMutants() []mutant {
	var out []mutant
	skip := []string{"VERSION-V1", "ISOLATION-LIST", "ISOLATION-CONVERSATION", "ISOLATION-NUMBER", "AUTH-NO-DIGEST"}
	for _, m := range slices.Concat(authMutants(), signatureMutants()) {
		if m.name == "enforced on one operation only" || slices.Contains(skip, m.requirement) || m.name == "a wrong secret accepted on one operation" || m.name == "not enforced on the list" || m.name == "every valid list refused but the plain one" {
			continue
		}
		if m.name == "another workspace's secret accepted" { // isolation is tried where two workspaces are
			continue
		}
		out = append(out, mutant{m.name + ", asked with a capability", m.requirement, m.change})
	}
	return append(out,
		mutant{"JSON that is laid out otherwise refused", "AUTH-VALID", refusingBody(func(content string) bool { return strings.Contains(content, "\n") && strings.HasPrefix(content, "{") })},
		mutant{"a signature over JSON that was encoded again", "AUTH-COVERS-BODY", trusting(func(w *target, r *http.Request, content []byte) bool {
			var value any
			if json.Unmarshal(content, &value) != nil {
				return false
			}
			again, err := json.Marshal(value)
			secret := w.secretOf(r)
			return err == nil && secret != "" && sentDigest(r) == digest(secret, r.Method, w.path(r), r.URL.RawQuery, r.Header.Get("X-Timestamp")+string(again))
		})},
		mutant{"the body of an upload not covered", "AUTH-COVERS-BODY", trusting(func(w *target, r *http.Request, content []byte) bool {
			return strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") && w.secretOf(r) != "" && len(sentDigest(r)) == 64 && strings.Contains(string(content), "Content-Type: image/")
		})},
	)
}

// refusingBody is a server that takes a command for wrongly signed where its body fits.
func refusingBody(fits func(content string) bool) change {
	return commands((*target).isCommand, func(_ *target, content string, a *answer) {
		if (a.status < 300 || a.status == http.StatusConflict) && fits(content) {
			a.fail(http.StatusUnauthorized, "authentication_failed", "Invalid HMAC signature")
		}
	})
}

// signatureMutants accept the right digest in another form than the documented one, or want it in another case.
func signatureMutants() []mutant {
	worn := func(prefix string) change {
		return accepting(func(w *target, r *http.Request) bool {
			return w.secretOf(r) != "" && r.Header.Get("X-Awal-Signature-256") == prefix+w.expected(r)
		})
	}
	return []mutant{
		{"a bare digest accepted", "AUTH-SIGNATURE-FORM", worn("")},
		{"any prefix of the digest accepted", "AUTH-SIGNATURE-FORM", worn("sha512=")},
		{"an HMAC-SHA1 accepted", "AUTH-SIGNATURE-FORM", accepting(func(w *target, r *http.Request) bool {
			mac := hmac.New(sha1.New, []byte(w.secretOf(r)))
			mac.Write([]byte(r.Method + w.path(r) + questionMark(r.URL.RawQuery) + r.Header.Get("X-Timestamp") + string(bodyOf(r))))
			return w.secretOf(r) != "" && r.Header.Get("X-Awal-Signature-256") == "sha1="+hex.EncodeToString(mac.Sum(nil))
		})},
		{"names of headers told apart by case", "AUTH-HEADER-CASE", rawHeaders},
		{"? in a value ends the query", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool { return strings.Contains(query, "?") })},
		{"escapes in small letters refused", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool { return strings.Contains(query, "%2f") || strings.Contains(query, "%d8") })},
		{"a parameter without a value refused", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool { return strings.HasSuffix(query, "=") })},
		{"a parameter before the number refused", "AUTH-QUERY-AS-SENT", refusing(func(query string) bool { return query != "" && !strings.HasPrefix(query, "phone_number_id") })},
		{"a / at the end of the path not covered", "AUTH-COVERS-PATH", accepting(func(w *target, r *http.Request) bool {
			return matches(w, r, []string{r.Method}, []string{w.path(r) + "/"}, []string{r.URL.RawQuery})
		})},
	}
}

func questionMark(query string) string {
	if query == "" {
		return ""
	}
	return "?" + query
}
