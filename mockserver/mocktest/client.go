package mocktest

import (
	"bytes"
	"io"
	"net/http"
	"strconv"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/server"
)

// Client is an http.Client that signs each request for the default workspace.
func (m *Mock) Client() *http.Client { return m.ClientOf(m.Server().Workspaces()[0]) }

// ClientOf is an http.Client that signs each request for a workspace. A header that the request has already is left as
// it is, so that a test can send a wrong one.
func (m *Mock) ClientOf(w server.Workspace) *http.Client {
	scheme := signature.Scheme{BasePath: m.Server().BasePath()}
	if m.options.SignedPath == "full" {
		scheme.Path = signature.Full
	}
	if m.options.SignedUpload == "empty" {
		scheme.Upload = signature.UploadEmpty
	}
	return &http.Client{Transport: &signer{mock: m, workspace: w, scheme: scheme, key: signature.NewKey(w.Secret)}}
}

// signer is an http.RoundTripper that adds the four headers.
type signer struct {
	mock      *Mock
	workspace server.Workspace
	scheme    signature.Scheme
	key       *signature.Key
}

// RoundTrip implements http.RoundTripper.
func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme+"://"+r.URL.Host != s.mock.Origin {
		// A signature is for the mock alone.
		return s.mock.transport.RoundTrip(r)
	}
	body, err := drain(r)
	if err != nil {
		return nil, err
	}
	signed := r.Clone(r.Context())
	if body != nil {
		signed.Body = io.NopCloser(bytes.NewReader(body))
		signed.ContentLength = int64(len(body))
	}
	setDefault(signed.Header, "Accept", "application/json")
	setDefault(signed.Header, "X-Domain", s.workspace.Domain)
	setDefault(signed.Header, "X-Client-ID", s.workspace.ClientID)
	setDefault(signed.Header, "X-Timestamp", strconv.FormatInt(s.mock.options.Now().Unix(), 10))
	setDefault(signed.Header, "X-Awal-Signature-256", s.scheme.Sign(s.key, signature.Request{
		Method: r.Method, Target: r.URL.RequestURI(), Timestamp: signed.Header.Get("X-Timestamp"), Body: body,
		Upload: signature.IsUpload(signed.Header.Get("Content-Type")),
	}))
	return s.mock.transport.RoundTrip(signed)
}

func drain(r *http.Request) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

func setDefault(h http.Header, name, value string) {
	if _, ok := h[http.CanonicalHeaderKey(name)]; !ok {
		h.Set(name, value)
	}
}
