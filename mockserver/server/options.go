package server

import (
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/store"
)

// Options are what a mock is started with. The zero Options are the defaults of the command line; texts are written as
// its flags are.
type Options struct {
	Spec       []byte  // the OpenAPI document; nil: the project's own
	SpecName   string  // its file's name, for messages
	SpecV2     []byte  // the document of the second version, under /api/v2/developer; nil: there is none
	SpecV2Name string  // its file's name, for messages
	Fixtures   fs.FS   // a folder with workspaces/*.yaml; nil: the project's own
	Source     *Source // document and fixtures that have been read, in the place of Spec and Fixtures; nil: these are read
	Seed       uint64  // of everything generated; 0: 1

	Clock      time.Time     // the instant that the stopped clocks of the workspaces show; zero: they run
	ResetEvery time.Duration // back to the fixtures that often; 0: never

	Auth           string // hmac (default), headers or off
	MissingHeaders int    // status for a missing header: 401 (default) or 400
	SignedPath     string // relative (default), full or either
	SignedUpload   string // what of an upload is signed: body (default), empty or either
	MaxSkew        string // a duration, or off; default 5m
	RejectReplays  bool
	RateLimit      string // spec (default), off, or N/1s, N/1m, N/1h
	Strict         bool   // refuse unknown parameters and properties
	AllowMissing   bool   // serve a document that lacks operations the mock implements
	CORSOrigin     string // "" for *, "off" for none, else origins with commas between
	Latency        time.Duration
	Delivery       string // when a sent message is delivered and read, default delivered=1s,read=3s
	EnforceWindow  bool   // only templates to customers who have not written for a day
	SearchFolding  string // none (default), or arabic: letters that are often written one for the other are equal in a search
	Sunset         string // refuse (default), or warn: whether an operation is answered after its sunset
	StorageURL     string // vendor (default), or self: where the addresses of uploaded files lie
	// ValidationStatus is the status of an invalid request: 400 (default), or 422 where the document has it for the operation.
	ValidationStatus int
	BranchDelete     string // refuse (default), or unlink: what deleting a branch does with what belongs to it
	MaxEvents        int    // how much may happen in a workspace until a reset; 0: no bound
	CheckAnswers     string // made (default): when they are made; always: again before they leave

	WebhookURL           string        // a receiver of the default workspace from the start; "": none
	WebhookRetries       string        // how long after a failed attempt the next one comes, default 5s,30s,2m,10m,1h; off: none
	WebhookTimeout       time.Duration // of an attempt; 0: 10 s
	WebhookSignature     string        // awal (default), standard or both
	AllowPrivateWebhooks bool          // receivers on loopback and private addresses also where Listen is neither

	WebhookResolver *net.Resolver  // resolves the names of receivers; nil: as the machine does
	WebhookRoots    *x509.CertPool // what https receivers' certificates are checked against; nil: the machine's

	// IdleAfter is after how long, at least, a workspace that was created at run time and is not used leaves memory, where there is a Store.
	// 0: never.
	IdleAfter time.Duration

	Store *store.Store // where events are kept; nil: in memory. The caller closes it, after the Server

	ControlToken string // what a request to the control API carries; "": nothing, and then there is none off loopback
	BaseURL      string // of the API for clients behind a proxy; documents that are fetched name it. "": as asked for
	NoConsole    bool   // no page at /, only a list of addresses
	Listen       string // host that the handler is served on; "": 127.0.0.1

	BodyStall time.Duration // how long the body of a request may send nothing; 0: 10 s
	ReadStall time.Duration // how long a caller may take nothing of an answer; 0: 30 s

	Logger *slog.Logger     // nil: no log
	Now    func() time.Time // the machine's clock; nil: time.Now
}

// A UsageError says that an option cannot be understood.
type UsageError struct{ Option, Text string }

func (e *UsageError) Error() string { return "--" + e.Option + ": " + e.Text }

func (o *Options) setDefaults() {
	def := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	def(&o.Auth, "hmac")
	def(&o.SignedPath, "relative")
	def(&o.SignedUpload, "body")
	def(&o.MaxSkew, "5m")
	def(&o.RateLimit, "spec")
	def(&o.CORSOrigin, "*")
	def(&o.CheckAnswers, "made")
	def(&o.Delivery, "delivered=1s,read=3s")
	def(&o.SearchFolding, "none")
	def(&o.BranchDelete, "refuse")
	def(&o.Sunset, "refuse")
	def(&o.StorageURL, "vendor")
	def(&o.WebhookRetries, "5s,30s,2m,10m,1h")
	def(&o.WebhookSignature, "awal")
	if o.WebhookTimeout == 0 {
		o.WebhookTimeout = 10 * time.Second
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.ValidationStatus == 0 {
		o.ValidationStatus = 400
	}
	if o.MissingHeaders == 0 {
		o.MissingHeaders = 401
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Fixtures == nil {
		o.Fixtures = fixtures.Files()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// oneOf checks an option that is one of a few words.
func oneOf(option, value string, words ...string) error {
	for _, word := range words {
		if value == word {
			return nil
		}
	}
	return &UsageError{option, fmt.Sprintf("must be one of %s, not %q", strings.Join(words, ", "), value)}
}

// checkBaseURL refuses what a client could not call.
func (o *Options) checkBaseURL() error {
	if o.BaseURL == "" {
		return nil
	}
	u, err := url.Parse(o.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return &UsageError{"base-url", fmt.Sprintf("must be a whole address such as https://mock.example.com/api/developer, not %q", o.BaseURL)}
	}
	return nil
}

// notNegative checks the options that say how long, or how many.
func (o *Options) notNegative() error {
	for option, d := range map[string]time.Duration{"latency": o.Latency, "idle-after": o.IdleAfter, "reset-every": o.ResetEvery, "webhook-timeout": o.WebhookTimeout} {
		if d < 0 {
			return &UsageError{option, fmt.Sprintf("must not be negative, as %v is", d)}
		}
	}
	if o.MaxEvents < 0 {
		return &UsageError{"max-events", fmt.Sprintf("must not be negative, as %d is; 0 is no bound", o.MaxEvents)}
	}
	return nil
}

// parseOrigins reads * for all, or a list of origins as browsers send them; off is none. An origin that no browser sends
// would admit no browser, without a message.
func parseOrigins(s string) ([]string, error) {
	if s == "off" {
		return nil, nil
	}
	origins := strings.Split(s, ",")
	for i := range origins {
		origins[i] = strings.TrimSpace(origins[i])
		u, err := url.Parse(origins[i])
		isOrigin := err == nil && u.Scheme != "" && u.Host != "" && strings.EqualFold(u.Scheme+"://"+u.Host, origins[i])
		if origins[i] != "*" && origins[i] != "null" && !isOrigin {
			return nil, &UsageError{"cors-origin", fmt.Sprintf("must be *, off, or origins such as http://localhost:3000 with commas between, not %q", origins[i])}
		}
	}
	return origins, nil
}

// parseRate reads N/1s, N/1m or N/1h.
func parseRate(s string) (*spec.RateLimit, error) {
	count, per, _ := strings.Cut(s, "/")
	window, ok := map[string]time.Duration{"1s": time.Second, "1m": time.Minute, "1h": time.Hour}[per]
	n, err := strconv.Atoi(count)
	if !ok || err != nil || n < 1 {
		return nil, &UsageError{"rate-limit", fmt.Sprintf("must be spec, off, or N/1s, N/1m, N/1h with N at least 1, not %q", s)}
	}
	return &spec.RateLimit{Limit: n, Window: window}, nil
}

// parseDelivery reads delivered=1s,read=3s; a step that is left out keeps its default.
func parseDelivery(s string) (sandbox.Delivery, error) {
	d := sandbox.Delivery{Delivered: time.Second, Read: 3 * time.Second}
	steps := map[string]*time.Duration{"delivered": &d.Delivered, "read": &d.Read} // those that were not given yet
	for item := range strings.SplitSeq(s, ",") {
		name, text, _ := strings.Cut(strings.TrimSpace(item), "=")
		after, err := time.ParseDuration(text)
		if steps[name] == nil || err != nil || after < 0 {
			return d, &UsageError{"delivery", fmt.Sprintf("must be like delivered=1s,read=3s, not %q", s)}
		}
		*steps[name] = after
		delete(steps, name)
	}
	if d.Read < d.Delivered {
		return d, &UsageError{"delivery", fmt.Sprintf("read (after %v) must not come before delivered (after %v); give both", d.Read, d.Delivered)}
	}
	return d, nil
}
