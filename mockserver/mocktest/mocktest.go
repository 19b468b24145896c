// Package mocktest runs the mock on a real address: for tests, and for the program itself.
//
// It is the one place that makes an http.Server, with its time-outs and bounds. It must never know what an answer looks
// like.
package mocktest

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"example.com/awalmock/mockserver/server"
)

// Bounds of a connection. A request head has 10 s to arrive and 32 KiB to fit in; an idle connection is closed after
// a minute. What a body may take is the server's to say.
const (
	headTimeout = 10 * time.Second
	idleTimeout = time.Minute
	readStall   = 30 * time.Second // how long a caller may take nothing of an answer
	headBytes   = 32 << 10
	// MaxConnections is how many connections are open at once. A further one waits until another is closed, or for a second
	// and takes the place of one that waits for its caller.
	MaxConnections = 1024
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
// bring others, which Workspaces tells.
type Mock struct {
	URL           string // base URL of the API: "http://127.0.0.1:4010/api/developer"
	Origin        string // "http://127.0.0.1:4010"
	Domain        string // X-Domain
	ClientID      string // X-Client-ID
	Secret        string // the HMAC key
	PhoneNumberID string // its first sending number

	options   Options
	server    *server.Server
	http      *http.Server
	transport *http.Transport
	roots     *x509.CertPool // what a client must trust; nil without TLS
	failed    chan error
	closing   sync.Once
}

// New starts a mock. The caller has to Close it. Errors are those of server.New, of the address, and of certificate
// files.
func New(options ...Option) (*Mock, error) {
	var o Options
	for _, option := range options {
		option(&o)
	}
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Listen == "" {
		o.Listen = listenHost(o.Addr)
	}
	s, err := server.New(o.Options)
	if err != nil {
		return nil, err
	}
	m := &Mock{options: o, server: s, http: newHTTPServer(s), failed: make(chan error, 1)}
	m.http.RegisterOnShutdown(s.Close)
	m.http.ErrorLog = newComplaints(m.logger())
	if o.TLS {
		m.http.ConnState = waitsBetweenRequests
	}
	if o.TLS {
		if err := m.secure(); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, err
	}
	m.introduce(reachable(listener.Addr()))
	go m.serve(newListener(listener, cmp.Or(o.Connections, MaxConnections), cmp.Or(o.ReadStall, readStall), m.logger()))
	return m, nil
}

// listenHost is the host of an address; that of ":4010" is every address of the machine.
func listenHost(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || host == "" {
		return "0.0.0.0"
	}
	return host
}

// reachable is where a client of this machine finds a listener: one on every address has no address of its own.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return addr.String()
}

func newHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headTimeout,
		IdleTimeout:       idleTimeout,
		// net/http allows 4096 bytes more than it is told.
		MaxHeaderBytes: headBytes - 4096,
		// "OPTIONS *" has to be answered as any other request is.
		DisableGeneralOptionsHandler: true,
	}
}

func (m *Mock) logger() *slog.Logger {
	if m.options.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return m.options.Logger
}

// secure reads or makes the certificate.
func (m *Mock) secure() error {
	// Clients judge a certificate by their own clock, not by that of the options.
	certificate, keeping, err := m.options.certificate(time.Now())
	if err != nil {
		return err
	}
	if keeping != nil && m.options.Logger != nil {
		m.options.Logger.Warn("the certificate could not be kept: the next start makes another, which a browser has to be told to trust again", "error", keeping)
	}
	m.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	m.roots = x509.NewCertPool()
	m.roots.AddCert(certificate.Leaf)
	return nil
}

// introduce fills in what a caller needs to know.
func (m *Mock) introduce(addr string) {
	scheme := "http://"
	if m.options.TLS {
		scheme = "https://"
	}
	first := m.server.Workspaces()[0]
	m.Origin = scheme + addr
	m.URL = m.Origin + m.server.BasePath()
	m.Domain, m.ClientID, m.Secret = first.Domain, first.ClientID, first.Secret
	if len(first.PhoneNumberIDs) > 0 {
		m.PhoneNumberID = first.PhoneNumberIDs[0]
	}
	m.transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: m.roots, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
}

func (m *Mock) serve(listener net.Listener) {
	var err error
	if m.options.TLS {
		err = m.http.ServeTLS(listener, "", "")
	} else {
		err = m.http.Serve(listener)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		m.failed <- err
	}
}

// Failed gives an error when the mock stops by itself.
func (m *Mock) Failed() <-chan error { return m.failed }

// Workspaces lists the workspaces with their credentials, the default one first.
func (m *Mock) Workspaces() []server.Workspace { return m.server.Workspaces() }

// Server is the handler behind the address.
func (m *Mock) Server() *server.Server { return m.server }

// Roots are the certificates that a client of an https mock has to trust; nil for http.
func (m *Mock) Roots() *x509.CertPool { return m.roots }

// Close stops the mock at once.
func (m *Mock) Close() {
	m.closing.Do(func() {
		m.transport.CloseIdleConnections()
		m.server.Close()
		_ = m.http.Close() // its listener may be closed already, which is what is wanted
	})
}

// Shutdown lets requests in flight finish, as long as ctx allows, and stops the mock.
func (m *Mock) Shutdown(ctx context.Context) error {
	defer m.Close()
	return m.http.Shutdown(ctx)
}

// TB is the part of testing.TB that Start needs; the program itself must not link the testing package.
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
