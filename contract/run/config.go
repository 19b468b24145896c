package run

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// Config says what to check and how. The zero value of every field but BaseURL and Credentials is its default.
type Config struct {
	BaseURL     string // with the path prefix, as in "https://api.awalchat.com/api/developer"
	Credentials exchange.Credentials
	// Prepare, if not nil, is called once before the first request and may fill BaseURL, Credentials and Second: for a Ginkgo suite that
	// starts its server in BeforeSuite.
	Prepare func(ctx context.Context, cfg *Config) error

	Capabilities []string             // what the target offers beyond reading, see Capabilities
	Second       exchange.Credentials // another workspace's, for the capability second-client
	SendKinds    []string             // of messages, such as text and media, for the capability send; empty: all
	SendTo       []string             // phones that may be written to, digits only, for the capabilities send and tickets
	ControlURL   string               // of the control API, for the capability control; empty: /__admin at the base URL's host
	ControlToken string               // that it asks for; never shown in any output

	// For the capability webhooks. The target sends them to an address that is registered there already (WebhookRegistered), or, with the
	// capability control, that the suite registers for workspaces of its own.
	Listen            string        // where the suite listens, such as 127.0.0.1:4499; empty: a free port of 127.0.0.1
	WebhookBaseURL    string        // where the target reaches that; empty: Listen itself
	WebhookRegistered bool          // WebhookBaseURL is registered at the target
	WebhookSecret     string        // that webhooks to it are signed with; empty: the client's. Never shown in any output
	WebhookWait       time.Duration // how long a webhook may take; 0: ten seconds

	Strict        bool   // a SHOULD that fails, fails the run
	Profile       string // ProfileDefault or ProfileProduction
	Large         bool   // files over 8 MB are uploaded too
	MaxBody       int    // bytes read of one answer; 0: 32 MiB
	AuthProbes    int    // most forged requests of the cases of authentication; 0: AllAuthProbes, or FewAuthProbes under ProfileProduction
	MaxRequests   int    // most requests of the whole run; 0: no bound, or 300 and more with capabilities under ProfileProduction
	SignedPath    string // SignedPathAuto, SignedPathRelative or SignedPathFull
	SignedUpload  string // SignedUploadAuto, SignedUploadBody or SignedUploadEmpty
	SearchFolding string // SearchFoldingAuto, SearchFoldingNone or SearchFoldingArabic
	Spec          []byte // another version of the contract; nil: the one in this module
	SpecName      string // its file name, for messages
	// SpecVersion is the version of the contract that is scored: requirements with a later `since` are left out. Empty: all of the document.
	SpecVersion string

	Only       []string // ids of requirements and cases; empty: all
	Skip       []string // ids of requirements and cases that are left out
	Operations []string // only the cases of these operations; empty: all
	Tags       []string // only the cases of operations with one of these tags; empty: all
	Include    string   // only cases whose labels match, an expression as Ginkgo's --label-filter takes it; empty: all
	Exclude    string   // no cases whose labels match

	Seed            int64             // of the order of specs and the choice of samples; 0: a random one, for Register that of Ginkgo; the report has it
	Timeout         time.Duration     // of the whole run; 0: two minutes
	AnswerTimeout   time.Duration     // how long an answer may take; 0: 20 seconds. It is never longer than half of Timeout
	Wait            time.Duration     // how long to wait first until the target answers; 0: not at all
	AllowUnverified bool              // do not turn an UNVERIFIED MUST into exit code 3
	Baseline        Baseline          // what is known to fail, or not to be verifiable
	Headers         []exchange.Header // that every request carries
	Concurrency     int               // requests in flight; 0: eight
	Rate            float64           // most requests a second; 0: no bound
	FailFast        bool              // end at the first failure that the baseline does not excuse
	RootCAs         *x509.CertPool
	Insecure        bool // do not check the target's certificate
	// Dial, if not nil, makes each connection to the target, in place of TCP and proxies: for a Unix socket, or a server in this process.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Command is how to check the target again, for the findings. Empty: Program with the target's address.
	Command string
	Program string // how the command line tool is called; empty: go run ./contract

	OnCase   func(result CaseResult, done, total int) // called after each case, one at a time; done and total leave out the cases that the configuration skips
	OnNotice func(text string)                        // called when the run waits for something, never at the same time as another call or OnCase
	OnReport func(Report)                             // called once at the end; how a suite that uses Register gets its report
}

// Profiles.
const (
	ProfileDefault    = "default"
	ProfileProduction = "production" // GET only, at most MaxRequests, never provokes a 429, writes nothing
)

// What a target may sign as the path (the vendor shows the relative path in one example only).
const (
	SignedPathAuto     = "auto" // try both once
	SignedPathRelative = "relative"
	SignedPathFull     = "full"
)

// What a target may sign of an upload: its body, or nothing, as where a server sees no body of a form (the vendor does not say).
const (
	SignedUploadAuto  = "auto" // try both once, with an upload that is refused for what it lacks
	SignedUploadBody  = "body"
	SignedUploadEmpty = "empty"
)

// What a search may do with Arabic letters that are written one for another, such as أ and ا (the vendor does not say).
const (
	SearchFoldingAuto   = "auto"   // both are lawful
	SearchFoldingNone   = "none"   // rows that only fit when letters are folded must not be found
	SearchFoldingArabic = "arabic" // such rows must be found
)

// productionRequests is the largest number of requests of a run under ProfileProduction: enough for all cases that only read.
func (c *Config) productionRequests() int {
	most := 300
	for capability, more := range map[string]int{
		document.CapabilityNumbers: 50, document.CapabilityTemplates: 150,
		document.CapabilityContacts: 400, document.CapabilityBranches: 200, document.CapabilityOrders: 300,
	} {
		if c.Claims(capability) {
			most += more
		}
	}
	return most
}

// A UsageError is a mistake of the caller: an unknown name, a missing value, a contract that cannot be read.
type UsageError struct{ Reason string }

func (e *UsageError) Error() string { return e.Reason }

func Usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// A TargetError says that the target cannot be reached, is not the API, or does not accept the credentials: nothing was checked.
type TargetError struct{ Reason string }

func (e *TargetError) Error() string { return e.Reason }

func (c *Config) answerTimeout() time.Duration {
	return min(cmp.Or(c.AnswerTimeout, 20*time.Second), c.Timeout/2)
}

// Claims reports whether the target offers a capability. To send, numbers and templates have to be there.
func (c *Config) Claims(capability string) bool {
	implied := capability == document.CapabilityNumbers || capability == document.CapabilityTemplates
	return slices.Contains(c.Capabilities, capability) || implied && slices.Contains(c.Capabilities, document.CapabilitySend)
}

// Resolve fills in defaults and checks what can be checked before Prepare.
func (c *Config) Resolve() error {
	c.setDefaults()
	for _, check := range []func() error{c.checkWords, c.checkNumbers, c.resolvePace, c.checkCapabilities, c.resolveWebhooks, c.checkSendTo} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) setDefaults() {
	production := c.Profile == ProfileProduction
	c.Profile = cmp.Or(c.Profile, ProfileDefault)
	c.SignedPath = cmp.Or(c.SignedPath, SignedPathAuto)
	c.SignedUpload = cmp.Or(c.SignedUpload, SignedUploadAuto)
	c.SearchFolding = cmp.Or(c.SearchFolding, SearchFoldingAuto)
	c.Timeout = cmp.Or(c.Timeout, 2*time.Minute)
	c.MaxBody = cmp.Or(c.MaxBody, 32<<20)
	switch {
	case production:
		c.MaxRequests = cmp.Or(c.MaxRequests, c.productionRequests())
		c.AuthProbes = cmp.Or(c.AuthProbes, FewAuthProbes)
	default:
		c.AuthProbes = cmp.Or(c.AuthProbes, AllAuthProbes)
	}
}

func (c *Config) checkWords() error {
	if c.SpecVersion != "" && !semver.IsValid("v"+c.SpecVersion) {
		return Usage("the version of the contract must be like 1.2.0, not %q", c.SpecVersion)
	}
	return cmp.Or(
		oneOf("profile", c.Profile, ProfileDefault, ProfileProduction),
		oneOf("signed path", c.SignedPath, SignedPathAuto, SignedPathRelative, SignedPathFull),
		oneOf("signed upload", c.SignedUpload, SignedUploadAuto, SignedUploadBody, SignedUploadEmpty),
		oneOf("search folding", c.SearchFolding, SearchFoldingAuto, SearchFoldingNone, SearchFoldingArabic),
	)
}

func (c *Config) checkNumbers() error {
	switch {
	case c.Timeout < 0:
		return Usage("the time-out must be positive, not %s", c.Timeout)
	case c.Wait < 0:
		return Usage("the time to wait for the target must not be negative: %s", c.Wait)
	case c.MaxBody < 64<<10:
		return Usage("--max-body must be at least 1 (MiB)")
	case c.AuthProbes < 0:
		return Usage("--auth-probes must not be negative: %d", c.AuthProbes)
	case c.MaxRequests < 0:
		return Usage("the bound on requests must not be negative: %d", c.MaxRequests)
	}
	return nil
}

// checkCapabilities refuses names that are unknown, capabilities without a case, and what the profile forbids.
func (c *Config) checkCapabilities() error {
	switch {
	case c.Profile == ProfileProduction && c.Claims(document.CapabilityRateLimit):
		return Usage("the profile production never provokes a 429, so it cannot check the capability rate-limit")
	case c.Profile == ProfileProduction && c.Claims(document.CapabilityControl):
		return Usage("the profile production writes nothing, so it cannot check the capability control")
	}
	var names []string
	for _, known := range document.Capabilities() {
		names = append(names, known.Name)
		if c.Claims(known.Name) && !known.Cases {
			return Usage("this version of the suite has no cases for the capability %s: do not claim it", known.Name)
		}
	}
	for _, name := range c.Capabilities {
		if err := oneOf("capability", name, names...); err != nil {
			return err
		}
	}
	return nil
}

// checkSendTo checks which phones may be written to: only those whose numbers the caller gave.
func (c *Config) checkSendTo() error {
	for _, capability := range []string{document.CapabilitySend, document.CapabilityTickets, document.CapabilityInvoices} {
		switch {
		case !c.Claims(capability):
		case c.Profile == ProfileProduction:
			return Usage("the profile production writes nothing, so it cannot check the capability %s", capability)
		case len(c.SendTo) == 0:
			return Usage("the capability %s needs phones that may be written to: give --send-to 9665…", capability)
		}
	}
	for _, phone := range c.SendTo {
		if phone == "" || strings.Trim(phone, "0123456789") != "" {
			return Usage("--send-to takes phones of digits only, such as 966550000001, not %q", phone)
		}
	}
	return nil
}

// resolveTarget checks what Prepare may have filled in.
func (c *Config) resolveTarget() (*exchange.Target, error) {
	base, err := url.Parse(strings.TrimRight(c.BaseURL, "/"))
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, Usage("the base URL must be like https://host/api/developer, not %q", c.BaseURL)
	}
	if base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, Usage("the base URL %s must have no query, fragment or user", base.Redacted())
	}
	if err := CheckCredentials(c.Credentials, ""); err != nil {
		return nil, err
	}
	if c.Claims(document.CapabilitySecondClient) {
		if err := CheckCredentials(c.Second, "second-"); err != nil {
			return nil, err
		}
		if c.Second.Domain == c.Credentials.Domain {
			return nil, Usage("the capability second-client needs another workspace, but both domains are %q", c.Second.Domain)
		}
	}
	t := &exchange.Target{Base: base, Headers: c.Headers, First: c.Credentials, Second: c.Second, FullPath: c.SignedPath == SignedPathFull, EmptyUpload: c.SignedUpload == SignedUploadEmpty}
	if c.Claims(document.CapabilityControl) {
		t.ControlToken = c.ControlToken
		t.Control, err = c.controlURL(base)
	}
	return t, err
}

// controlURL is where the control API is: as given, or where the mock has it.
func (c *Config) controlURL(base *url.URL) (*url.URL, error) {
	if c.ControlURL == "" {
		return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: "/__admin"}, nil
	}
	at, err := url.Parse(strings.TrimRight(c.ControlURL, "/"))
	if err != nil || (at.Scheme != "http" && at.Scheme != "https") || at.Host == "" || at.RawQuery != "" || at.Fragment != "" || at.User != nil {
		return nil, Usage("--control-url must be like http://host/__admin, without query, fragment or user")
	}
	return at, nil
}

// CheckCredentials reports what is missing; prefix is that of their flags.
func CheckCredentials(c exchange.Credentials, prefix string) error {
	for _, field := range []struct{ name, value string }{
		{"domain", c.Domain}, {"client-id", c.ClientID}, {"hmac-secret", c.HMACSecret}, {"phone-number-id", c.PhoneNumberID},
	} {
		if field.value == "" {
			return Usage("--%s%s is missing", prefix, field.name)
		}
		if field.name != "hmac-secret" && strings.ContainsAny(field.value, "\r\n\x00") {
			return Usage("--%s%s has a line break in it", prefix, field.name)
		}
	}
	return nil
}
