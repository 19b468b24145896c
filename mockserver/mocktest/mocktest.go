// Package mocktest runs the mock for tests: on a free port, with a client that signs, and a method for each operation of the
// control API.
package mocktest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/httpserver"
	"example.com/awalmock/mockserver/server"
)

// Options are what a mock is started with. The zero Options are the program's defaults, but for a free port.
type Options struct {
	server.Options
	Addr string // host:port; "": a free port of 127.0.0.1

	Connections int // that may be open at once; 0: MaxConnections

	TLS               bool   // https, with a certificate made at the start unless files are given
	CertFile, KeyFile string // PEM
	CertFolder        string // where a certificate that was made is kept for the next start; "": nowhere
}

// An Option changes the Options of a mock.
type Option func(*Options)

// A Mock is a running mock server. The credentials are those of the default workspace that it started with; UseFixtures may
// bring others, which Workspaces gives.
type Mock struct {
	URL           string // base URL of the API: "http://127.0.0.1:4010/api/developer"
	Origin        string // "http://127.0.0.1:4010"
	Domain        string // X-Domain
	ClientID      string // X-Client-ID
	Secret        string // the HMAC key
	PhoneNumberID string // its first sending number

	options   Options
	server    *server.Server
	http      *httpserver.Server
	transport *http.Transport
}

// New starts a mock. The caller has to Close it. Errors are those of server.New, of the address, and of certificate
// files.
func New(options ...Option) (*Mock, error) {
	var o Options
	for _, option := range options {
		option(&o)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Listen == "" {
		o.Listen = httpserver.Host(o.Addr)
	}
	handler, err := server.New(o.Options)
	if err != nil {
		return nil, err
	}
	served, err := httpserver.Serve(handler, httpserver.Options{
		Addr: o.Addr, Connections: o.Connections, ReadStall: o.ReadStall, Logger: o.Logger,
		TLS: o.TLS, CertFile: o.CertFile, KeyFile: o.KeyFile, CertFolder: o.CertFolder,
	})
	if err != nil {
		return nil, err
	}
	m := &Mock{options: o, server: handler, http: served}
	m.introduce()
	return m, nil
}

// introduce fills in what a caller needs to know.
func (m *Mock) introduce() {
	first := m.server.Workspaces()[0]
	m.Origin = m.http.Origin
	m.URL = m.Origin + m.server.BasePath()
	m.Domain, m.ClientID, m.Secret = first.Domain, first.ClientID, first.Secret
	if len(first.PhoneNumberIDs) > 0 {
		m.PhoneNumberID = first.PhoneNumberIDs[0]
	}
	m.transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: m.http.Roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
}

// Failed gives an error when the mock stops by itself.
func (m *Mock) Failed() <-chan error { return m.http.Failed() }

// Workspaces lists the workspaces with their credentials, the default one first.
func (m *Mock) Workspaces() []server.Workspace { return m.server.Workspaces() }

// Server is the handler behind the address.
func (m *Mock) Server() *server.Server { return m.server }

// Roots are the certificates that a client of an https mock has to trust; nil for http.
func (m *Mock) Roots() *x509.CertPool { return m.http.Roots }

// Close stops the mock at once.
func (m *Mock) Close() {
	m.transport.CloseIdleConnections()
	m.http.Close()
}

// Shutdown lets requests in flight finish, as long as ctx allows, and stops the mock.
func (m *Mock) Shutdown(ctx context.Context) error {
	defer m.transport.CloseIdleConnections()
	return m.http.Shutdown(ctx)
}

// TB is the part of testing.TB that Start needs; contract links this package outside of tests.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Start starts a mock for a test, on a free port, and closes it when the test ends. Many may run at once.
func Start(t TB, options ...Option) *Mock {
	t.Helper()
	m, err := New(options...)
	if err != nil {
		t.Fatalf("mocktest: %v", err)
		return nil
	}
	t.Cleanup(m.Close)
	return m
}
