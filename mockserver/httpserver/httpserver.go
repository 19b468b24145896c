// Package httpserver serves a handler on an address: with time-outs, a bound on connections, and https. It must never know what
// an answer looks like.
package httpserver

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
	"time"
)

// Bounds of a connection. A request head has 10 s to arrive and 32 KiB to fit in; an idle connection is closed after
// a minute. What a body may take is the handler's to say.
const (
	headTimeout = 10 * time.Second
	idleTimeout = time.Minute
	readStall   = 30 * time.Second // how long a caller may take nothing of an answer
	headBytes   = 32 << 10
	// MaxConnections is how many connections are open at once. A further one waits until another is closed, or for a second
	// and takes the place of one that waits for its caller.
	MaxConnections = 1024
)

// Options are how a handler is served.
type Options struct {
	Addr        string        // host:port; "": a free port of 127.0.0.1
	Connections int           // that may be open at once; 0: MaxConnections
	ReadStall   time.Duration // how long a caller may take nothing of an answer; 0: 30 s

	TLS               bool   // https, with a certificate made at the start unless files are given
	CertFile, KeyFile string // PEM
	CertFolder        string // where a certificate that was made is kept for the next start; "": nowhere

	Logger *slog.Logger // nil: no log
}

// A Handler answers requests. Close ends what has no end of its own.
type Handler interface {
	http.Handler
	Close()
}

// A Server serves a handler.
type Server struct {
	Origin string         // where a client of this machine finds it: "http://127.0.0.1:4010"
	Roots  *x509.CertPool // what a client has to trust; nil for http

	handler Handler
	http    *http.Server
	failed  chan error
}

// Serve serves a handler until Close or Shutdown. Errors are those of the address and of certificate files.
func Serve(handler Handler, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{handler: handler, http: newHTTPServer(handler), failed: make(chan error, 1)}
	s.http.RegisterOnShutdown(handler.Close)
	s.http.ErrorLog = newComplaints(o.Logger)
	if o.TLS {
		s.http.ConnState = waitsBetweenRequests
		if err := s.secure(&o); err != nil {
			return nil, err
		}
	}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", cmp.Or(o.Addr, "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	s.Origin = "http://" + reachable(l.Addr())
	if o.TLS {
		s.Origin = "https://" + reachable(l.Addr())
	}
	go s.serve(newListener(l, cmp.Or(o.Connections, MaxConnections), cmp.Or(o.ReadStall, readStall), o.Logger))
	return s, nil
}

// Host is the host of an address to listen on: "" is 127.0.0.1, and ":4010" is every address of the machine.
func Host(addr string) string {
	if addr == "" {
		return "127.0.0.1"
	}
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
		// net/http allows 4096 bytes more than it is given.
		MaxHeaderBytes: headBytes - 4096,
		// "OPTIONS *" has to be answered as any other request is.
		DisableGeneralOptionsHandler: true,
	}
}

// secure reads or makes the certificate.
func (s *Server) secure(o *Options) error {
	// Clients judge a certificate by their own clock.
	certificate, keeping, err := o.certificate(time.Now())
	if err != nil {
		return err
	}
	if keeping != nil {
		o.Logger.Warn("the certificate could not be kept: the next start makes another, which a browser has to be made to trust again", "error", keeping)
	}
	s.http.TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	s.Roots = x509.NewCertPool()
	s.Roots.AddCert(certificate.Leaf)
	return nil
}

func (s *Server) serve(l net.Listener) {
	var err error
	if s.http.TLSConfig != nil {
		err = s.http.ServeTLS(l, "", "")
	} else {
		err = s.http.Serve(l)
	}
	if !errors.Is(err, http.ErrServerClosed) {
		s.failed <- err
	}
}

// Failed gives an error when the server stops by itself.
func (s *Server) Failed() <-chan error { return s.failed }

// Close stops the server at once.
func (s *Server) Close() {
	s.handler.Close()
	_ = s.http.Close() // its listener may be closed already, which is what is wanted
}

// Shutdown lets requests in flight finish, as long as ctx allows, and stops the server.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.Close()
	return s.http.Shutdown(ctx)
}
