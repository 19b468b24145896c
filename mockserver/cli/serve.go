package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"example.com/awalmock/mockserver/httpserver"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/server"
)

// shutdownTime is how long requests in flight may take to finish after a SIGTERM.
const shutdownTime = 10 * time.Second

type serveCommand struct {
	Addr     string    `default:"127.0.0.1:4010" placeholder:"HOST:PORT" help:"Address to listen on; port 0 takes a free one (${default})."`
	AddrFile string    `placeholder:"PATH" help:"Write the base URL to this file when ready, and remove it at the end."`
	BaseURL  string    `name:"base-url" placeholder:"URL" help:"Base URL of the API for clients behind a proxy: the document at /openapi.yaml names it. Without it, the address that is asked for."`
	Spec     string    `placeholder:"FILE" help:"OpenAPI document to serve instead of the built-in one."`
	SpecV2   string    `name:"spec-v2" placeholder:"FILE" help:"OpenAPI document of a second version, which is served under /api/v2/developer with the same data."`
	Fixtures string    `placeholder:"DIR" help:"Folder of fixtures instead of the built-in ones."`
	Watch    bool      `help:"Take over --spec and --fixtures when they change on disk: whole, or not at all."`
	Seed     uint64    `default:"1" help:"Seed of everything generated (${default})."`
	Clock    clockFlag `default:"real" placeholder:"real|wall|TIME" help:"Workspace clock: real, which stops while a mock with a store does not run; wall, which runs on; or an instant at which it is stopped (${default})."`
	Store    string    `default:"memory" placeholder:"memory|sqlite:FILE|postgres://…" help:"Where what happens is kept: in memory until the mock stops, or in a file or a database, for the next start (${default})."`

	IdleAfter time.Duration `default:"10m" placeholder:"DURATION" help:"How long a workspace that was created at run time is not used until it leaves memory, where there is a store; it comes back with its next request. 0s: never (${default})."`

	StoreKey string `placeholder:"KEY[,OLD]" help:"Key of the secrets in the store, as mockserver store key prints it; what an old one has encrypted is encrypted again. Without it, FILE.key beside the file of sqlite, which is made at the first start."`

	ResetEvery time.Duration `default:"0s" placeholder:"DURATION" help:"Back to the fixtures that often; 0s: never."`

	AllowMissing bool `help:"Serve a document that lacks operations the mock implements: the others are answered from examples and schemas."`

	Auth             string `default:"hmac" placeholder:"hmac|headers|off" help:"What a request must carry (${default})."`
	ValidationStatus int    `default:"400" placeholder:"400|422" help:"Status for an invalid request; 422 only where the document has it: contacts, creating and changing branches (${default})."`
	MissingHeaders   int    `default:"401" placeholder:"401|400" help:"Status for a missing header: the vendor documents both (${default})."`
	SignedPath       string `default:"relative" placeholder:"relative|full|either" help:"Path in the string to sign (${default})."`
	SignedUpload     string `default:"body" placeholder:"body|empty|either" help:"What of an upload is signed: its body, or nothing in its place (${default})."`
	MaxSkew          string `default:"5m" placeholder:"DURATION|off" help:"How far a timestamp may be from this machine's time (${default})."`
	RejectReplays    bool   `help:"Refuse a signature that was used before."`
	RateLimit        string `default:"spec" placeholder:"spec|off|N/1m" help:"Limits per operation: the document's, none, or N per 1s, 1m or 1h for all (${default})."`
	Strict           bool   `help:"Refuse unknown parameters and properties instead of warning."`

	Delivery      string `default:"delivered=1s,read=3s" placeholder:"STEPS" help:"When a sent message is delivered and read (${default})."`
	Sunset        string `default:"refuse" placeholder:"refuse|warn" help:"Whether an operation is answered after the sunset that x-deprecation of the document gives it (${default})."`
	StorageURL    string `default:"vendor" placeholder:"vendor|self" help:"Where the addresses of uploaded files lie: at the vendor's host, or at the mock, which shows a picture there (${default})."`
	BranchDelete  string `default:"refuse" placeholder:"refuse|unlink" help:"Whether a branch to which contacts or orders belong can be deleted (${default})."`
	SearchFolding string `default:"none" placeholder:"none|arabic" help:"Letters that a search takes for equal: those of any case, or Arabic ones that are often written one for the other as well (${default})."`
	MaxEvents     int    `default:"0" placeholder:"N" help:"How much may happen in a workspace until a reset; 0: no bound."`
	EnforceWindow bool   `help:"Only templates reach customers who have not written for 24 hours."`

	CORSOrigin   string        `name:"cors-origin" default:"*" placeholder:"ORIGIN,…|off" help:"Origins that browsers may call from (${default})."`
	Latency      time.Duration `default:"0s" placeholder:"DURATION" help:"Wait this long before each answer."`
	CheckAnswers string        `default:"made" placeholder:"made|always" help:"Check data against the document when it is made, or each answer again (${default})."`

	ControlToken string `placeholder:"TOKEN" help:"Token of the control API (/__admin); without one it is there on a loopback address only."`

	NoConsole bool `help:"Show no page at /, only a list of addresses."`

	WebhookURL           string        `name:"webhook-url" placeholder:"URL" help:"Send the webhooks of the default workspace there from the start; PUT /__admin/webhooks registers more."`
	WebhookRetries       string        `default:"5s,30s,2m,10m,1h" placeholder:"DURATION,…|off" help:"How long after a failed attempt the next one comes, on the workspace's clock (${default})."`
	WebhookTimeout       time.Duration `default:"10s" placeholder:"DURATION" help:"How long a receiver of webhooks may take to answer (${default})."`
	WebhookSignature     string        `default:"awal" placeholder:"awal|standard|both" help:"Headers that sign a webhook: as requests are signed, those of Standard Webhooks, or both (${default})."`
	AllowPrivateWebhooks bool          `help:"Receivers of webhooks may be on loopback and private addresses also where the mock itself listens on another one."`

	StopAtEOF bool `name:"stop-at-eof" help:"Stop when the standard input ends, as it does when the program that started the mock is gone."`

	Banner    string    `default:"text" enum:"text,json" placeholder:"text|json" help:"What is printed when the mock is ready: text for people, or one line of JSON for a program, with addresses and credentials (${default})."`
	LogFormat string    `default:"text" enum:"text,json" placeholder:"text|json" help:"Form of the log (${default})."`
	LogLevel  levelFlag `placeholder:"LEVEL" help:"What is logged: debug, info (every request), warn (refused requests and warnings) or error (failures); info, or error with --quiet."`
	Quiet     bool      `help:"Log nothing but failures, and print the address only."`

	TLS     bool   `name:"tls" help:"Serve https, with a certificate that is made at the first start and kept in the user's cache folder."`
	TLSCert string `name:"tls-cert" placeholder:"FILE" help:"Certificate for https (PEM)."`
	TLSKey  string `name:"tls-key" placeholder:"FILE" help:"Its key (PEM)."`

	Warnings []string `kong:"-"` // about the environment
}

// A runningMock is the mock on its address.
type runningMock struct {
	*httpserver.Server
	api     *server.Server
	options server.Options // that the mock was made of
}

// Close stops the mock at once. What was acknowledged is in its store.
func (m *runningMock) Close() {
	m.Server.Close()
	closeStore(&m.options)
}

func closeStore(o *server.Options) {
	if o.Store == nil {
		return
	}
	if err := o.Store.Close(); err != nil {
		o.Logger.Error("the store was not closed", "error", err)
	}
}

func (c *serveCommand) run(ctx context.Context, stdout, stderr io.Writer) error {
	if c.StopAtEOF {
		var stop context.CancelFunc
		ctx, stop = untilEOF(ctx, os.Stdin)
		defer stop()
	}
	ready := addrFile{path: c.AddrFile}
	if err := ready.clear(); err != nil {
		return err
	}
	defer ready.remove()
	mock, err := c.startUnless(ctx, stderr)
	if err != nil || mock == nil {
		return err
	}
	defer mock.Close()
	if c.Watch {
		w, err := newWatcher(c, mock.options.Spec, mock.api, mock.options.Logger)
		if err != nil {
			return err
		}
		watching, stop := context.WithCancel(ctx)
		defer stop()
		go w.run(watching)
	}
	if err := c.banner(stdout, mock.api, mock.Origin); err != nil && !errors.Is(err, syscall.EPIPE) { // its reader may have gone
		return err
	}
	// Last: a script that waits for the file finds all the rest done.
	if err := ready.write(mock.Origin + mock.api.BasePath()); err != nil {
		return err
	}
	defer releaseLater()()
	select {
	case err := <-mock.Failed():
		return err
	case <-ctx.Done():
		ready.remove() // requests in flight may take their time, and a second signal ends it at once
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
		defer cancel()
		if err := mock.Shutdown(ctx); err != nil {
			return fmt.Errorf("requests that were not answered within %v were cut off: %w", shutdownTime, err)
		}
		return nil
	}
}

// untilEOF returns a context that ends with ctx, or when input does.
func untilEOF(ctx context.Context, input io.Reader) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, input) // an input that cannot be read is one that has ended
		stop()
	}()
	return ctx, stop
}

// startUnless starts the mock. When ctx ends before that is done, it returns at once and without a mock: a file that is a pipe
// can take for ever to be read, and nothing interrupts that.
func (c *serveCommand) startUnless(ctx context.Context, stderr io.Writer) (*runningMock, error) {
	var (
		mock *runningMock
		err  error
	)
	done := make(chan struct{})
	go func() {
		mock, err = c.start(stderr)
		select {
		case done <- struct{}{}:
		case <-ctx.Done():
			if mock != nil {
				mock.Close()
			}
		}
	}()
	select {
	case <-done:
		return mock, err
	case <-ctx.Done():
		return nil, nil
	}
}

func (c *serveCommand) start(stderr io.Writer) (*runningMock, error) {
	options, err := c.options(stderr)
	if err != nil {
		return nil, err
	}
	for _, warning := range c.Warnings {
		level := slog.LevelWarn
		if c.Quiet {
			level = slog.LevelError // who asked for failures only sees which failures
		}
		options.Logger.Log(context.Background(), level, warning)
	}
	if options.Store, err = c.openStore(options.Logger); err != nil {
		return nil, err
	}
	mock, err := c.serve(options)
	if err != nil {
		closeStore(&options)
		return nil, c.explain(err)
	}
	return mock, nil
}

func (c *serveCommand) serve(options server.Options) (*runningMock, error) {
	api, err := server.New(options)
	if err != nil {
		return nil, err
	}
	served, err := httpserver.Serve(api, httpserver.Options{
		Addr: c.Addr, TLS: c.TLS || c.TLSCert != "", CertFile: c.TLSCert, KeyFile: c.TLSKey, CertFolder: certificateFolder(), Logger: options.Logger,
	})
	if err != nil {
		return nil, err
	}
	return &runningMock{served, api, options}, nil
}

func (c *serveCommand) options(stderr io.Writer) (server.Options, error) {
	o := server.Options{
		Seed: c.Seed, Clock: c.Clock.Time, ResetEvery: c.ResetEvery, IdleAfter: c.IdleAfter,
		Auth: c.Auth, MissingHeaders: c.MissingHeaders, SignedPath: c.SignedPath, SignedUpload: c.SignedUpload, MaxSkew: c.MaxSkew,
		RejectReplays: c.RejectReplays, RateLimit: c.RateLimit, Strict: c.Strict, AllowMissing: c.AllowMissing,
		CORSOrigin: c.CORSOrigin, Latency: c.Latency, CheckAnswers: c.CheckAnswers, Delivery: c.Delivery, EnforceWindow: c.EnforceWindow,
		Sunset: c.Sunset, StorageURL: c.StorageURL, ValidationStatus: c.ValidationStatus, BranchDelete: c.BranchDelete, SearchFolding: c.SearchFolding, MaxEvents: c.MaxEvents,
		WebhookURL: c.WebhookURL, WebhookRetries: c.WebhookRetries, WebhookTimeout: c.WebhookTimeout, WebhookSignature: c.WebhookSignature,
		AllowPrivateWebhooks: c.AllowPrivateWebhooks,
		BaseURL:              c.BaseURL, ControlToken: c.ControlToken, NoConsole: c.NoConsole, Logger: c.logger(stderr),
		Listen: httpserver.Host(c.Addr),
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return o, &usageError{errors.New("--tls-cert and --tls-key go together")}
	}
	if c.TLSCert != "" {
		if _, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err != nil {
			return o, fmt.Errorf("--tls-cert %s, --tls-key %s: %w", c.TLSCert, c.TLSKey, err)
		}
	}
	if c.Watch && c.Spec == "" && c.Fixtures == "" {
		return o, &usageError{errors.New("--watch: there is nothing to watch; give --spec or --fixtures")}
	}
	if c.Spec != "" {
		document, err := os.ReadFile(c.Spec)
		if err != nil {
			return o, fmt.Errorf("--spec: %w", err)
		}
		o.Spec, o.SpecName = document, c.Spec
	}
	if c.SpecV2 != "" {
		document, err := os.ReadFile(c.SpecV2)
		if err != nil {
			return o, fmt.Errorf("--spec-v2: %w", err)
		}
		o.SpecV2, o.SpecV2Name = document, c.SpecV2
	}
	var err error
	o.Fixtures, err = c.fixtures()
	return o, err
}

// fixtures is the folder of --fixtures; nil: the built-in ones.
func (c *serveCommand) fixtures() (fs.FS, error) {
	if c.Fixtures == "" {
		return nil, nil
	}
	if info, err := os.Stat(c.Fixtures); err != nil {
		return nil, fmt.Errorf("--fixtures: %w", err)
	} else if !info.IsDir() {
		return nil, fmt.Errorf("--fixtures: %s is a file; name the folder that holds workspaces/", c.Fixtures)
	}
	if info, err := os.Stat(filepath.Join(c.Fixtures, "workspaces")); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("--fixtures: %s has no folder workspaces; name the folder that holds workspaces/, with a file NAME.yaml for each workspace (docs/fixtures.md)", c.Fixtures)
	}
	return os.DirFS(c.Fixtures), nil
}

// certificateFolder is where the certificate of --tls is kept; "" if this user has no place for it.
func certificateFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "awalmock", "tls")
}

// explain names the flag that an error is about, and says what to do about an address that cannot be had.
func (c *serveCommand) explain(err error) error {
	var (
		network *net.OpError
		address *net.AddrError
		fixture *seed.Error
	)
	switch {
	case errors.As(err, &fixture) && c.Fixtures != "":
		return fmt.Errorf("--fixtures %s: %w", c.Fixtures, err)
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("--addr: %s is taken; stop what listens there, or take a free port with --addr 127.0.0.1:0", c.Addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("--addr: %s is no address of this machine", c.Addr)
	case errors.As(err, &address):
		return fmt.Errorf("--addr: must be HOST:PORT such as 127.0.0.1:4010, or :4010 for every address of this machine, not %q: %s", c.Addr, address.Err)
	case errors.As(err, &network) && network.Op == "listen" && errors.Is(err, syscall.EACCES):
		return fmt.Errorf("--addr: %s may not be used by this user; take a port above 1023", c.Addr)
	case errors.As(err, &network) && network.Op == "listen":
		return fmt.Errorf("--addr: %w", err)
	default:
		return asUsage(err)
	}
}
