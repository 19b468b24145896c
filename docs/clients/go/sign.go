package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// signer signs requests for one client of a workspace.
type signer struct {
	basePath string // path of the base URL; it is not signed
	domain   string
	clientID string
	secret   []byte
	now      func() time.Time
}

// request adds the four headers. It is the last to touch the request: what is signed is what is sent.
func (s signer) request(_ context.Context, r *http.Request) error {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return err
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	timestamp := strconv.FormatInt(s.now().Unix(), 10)
	target := strings.TrimPrefix(r.URL.RequestURI(), s.basePath)

	digest := hmac.New(sha256.New, s.secret)
	digest.Write([]byte(r.Method + target + timestamp))
	digest.Write(body)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Awal-Signature-256", "sha256="+hex.EncodeToString(digest.Sum(nil)))
	r.Header.Set("X-Timestamp", timestamp)
	r.Header.Set("X-Domain", s.domain)
	r.Header.Set("X-Client-ID", s.clientID)
	return nil
}

// basePath returns the path of a base URL without a slash at its end; the client reports a URL that is broken.
func basePath(base string) string {
	parsed, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return strings.TrimRight(parsed.EscapedPath(), "/")
}
