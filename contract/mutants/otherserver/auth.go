package otherserver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// authenticate finds the workspace of a caller who proves who they are.
func (s *Server) authenticate(c *call) *failure {
	if s.has("numbers need no headers") && c.route.path == "/waba-numbers" {
		c.workspace = s.workspaces[0]
		return nil
	}
	stamp, signature, domain, client := c.Header.Get("X-Timestamp"), c.Header.Get("X-Awal-Signature-256"), c.Header.Get("X-Domain"), c.Header.Get("X-Client-ID")
	missing := map[string]string{}
	for name, value := range map[string]string{"X-Timestamp": stamp, "X-Awal-Signature-256": signature, "X-Domain": domain, "X-Client-ID": client} {
		if value == "" {
			missing[name] = "is not there"
		}
	}
	if len(missing) > 0 {
		return &failure{status: http.StatusBadRequest, code: "validation_failed", message: "Some headers are not there.", details: missing}
	}
	for _, w := range s.workspaces {
		if w.domain == domain {
			c.workspace = w
		}
	}
	if c.workspace == nil {
		return notFound("We do not know this workspace.")
	}
	secret := c.workspace.secret
	if c.workspace.client != client {
		i := s.clientIndex(client)
		if i < 0 || !s.has("the domain alone names the workspace") {
			return &failure{status: http.StatusForbidden, code: "no_client", message: "This workspace has no such client."}
		}
		secret = s.workspaces[i].secret
	}
	return s.verify(c, secret, signature, stamp)
}

func (s *Server) clientIndex(client string) int {
	for i, w := range s.workspaces {
		if w.client == client {
			return i
		}
	}
	return -1
}

// verify checks signature and time.
func (s *Server) verify(c *call, secret, signature, stamp string) *failure {
	upload := strings.HasPrefix(c.Header.Get("Content-Type"), "multipart/")
	unsigned := s.has("templates are not signed") && strings.HasPrefix(c.route.path, "/templates") || s.has("uploads are not covered by the signature") && upload ||
		s.has("only JSON is signed, and forms are taken too") && s.isMedia(c, "application/x-www-form-urlencoded")
	if unsigned {
		return nil
	}
	sent, ok := strings.CutPrefix(signature, "sha256=")
	switch {
	case s.has("a bare digest is accepted"):
		ok = true
	case s.has("any algorithm's name is accepted") && !ok:
		_, sent, ok = strings.Cut(signature, "=")
	}
	if !ok || !hmac.Equal([]byte(sent), []byte(s.digest(c, secret, stamp))) {
		return &failure{status: http.StatusUnauthorized, code: "authentication_failed", message: "The signature does not fit."}
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return &failure{status: http.StatusBadRequest, code: "validation_failed", message: "The time is not a number.", details: map[string]string{"X-Timestamp": "is not a number"}}
	}
	if age := time.Since(time.Unix(seconds, 0)); (age > most || age < -most) && !(s.has("old requests for numbers are accepted") && c.route.path == "/waba-numbers") {
		return &failure{status: http.StatusForbidden, code: "clock", message: "Your clock and ours differ."}
	}
	return nil
}

// digest is what the signature must be.
func (s *Server) digest(c *call, secret, stamp string) string {
	path, query, found := strings.Cut(c.RequestURI, "?")
	if s.options.RelativePath {
		path = strings.TrimPrefix(path, BasePath)
	}
	if found {
		query = "?" + s.signedQuery(query)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(c.Method + path + query + stamp))
	mac.Write(c.body)
	return hex.EncodeToString(mac.Sum(nil))
}

// signedQuery is the query as it is signed: as sent, unless the server has a fault.
func (s *Server) signedQuery(query string) string {
	switch {
	case s.has("the query is sorted before it is verified"):
		if values, err := url.ParseQuery(query); err == nil && len(values) > 1 {
			return sortedQuery(query)
		}
	case s.has("escapes are made upper case before they are verified"):
		return upperEscapes(query)
	case s.has("an empty value is dropped before it is verified"):
		var kept []string
		for _, part := range strings.Split(query, "&") {
			if !strings.HasSuffix(part, "=") {
				kept = append(kept, part)
			}
		}
		return strings.Join(kept, "&")
	}
	return query
}
