package suite

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"
)

// Credentials are what a client of the API is given.
type Credentials struct {
	Domain        string // X-Domain
	ClientID      string // X-Client-ID
	HMACSecret    string // never shown in any output
	PhoneNumberID string // a sending number of the workspace
}

// Config says what to check and how. The zero value of every field but BaseURL and Credentials is its default.
type Config struct {
	BaseURL     string // with the path prefix, as in "https://api.awalchat.com/api/developer"
	Credentials Credentials
	// Prepare, if not nil, is called once before the first request and may fill BaseURL, Credentials and Second: for a Ginkgo suite that
	// starts its server in BeforeSuite.
	Prepare func(ctx context.Context, cfg *Config) error

	Capabilities  []string    // what the target offers beyond reading, see Capabilities
	Second        Credentials // another workspace's, for the capability second-client
	SendTo        []string    // phones that may be written to, digits only, for the capabilities send and tickets
	ControlURL    string      // of the control API, for the capability control; empty: /__admin at the base URL's host
	ControlToken  string      // that it asks for; never shown in any output
	Strict        bool        // a SHOULD that fails, fails the run
	Profile       string      // ProfileDefault or ProfileProduction
	Large         bool        // files over 8 MB are uploaded too
	MaxBody       int         // bytes read of one answer; 0: 32 MiB
	MaxRequests   int         // most requests of the whole run; 0: no bound, or 300 under ProfileProduction
	SignedPath    string      // SignedPathAuto, SignedPathRelative or SignedPathFull
	SignedUpload  string      // SignedUploadAuto, SignedUploadBody or SignedUploadEmpty
	SearchFolding string      // SearchFoldingAuto, SearchFoldingNone or SearchFoldingArabic
	Spec          []byte      // another version of the contract; nil: the one in this module
	SpecName      string      // its file name, for messages
	// SpecVersion is the version of the contract that is scored: requirements with a later `since` are left out. Empty: all of the document.
	SpecVersion string

	Only       []string // ids of requirements and cases; empty: all
	Skip       []string // ids of requirements and cases that are left out
	Operations []string // only the cases of these operations; empty: all
	Tags       []string // only the cases of operations with one of these tags; empty: all
	Include    string   // only cases whose labels match, an expression as Ginkgo's --label-filter takes it; empty: all
	Exclude    string   // no cases whose labels match

	Seed            int64         // of the order of specs and the choice of samples
	Timeout         time.Duration // of the whole run; 0: two minutes
	Wait            time.Duration // how long to wait first until the target answers; 0: not at all
	AllowUnverified bool          // do not turn an UNVERIFIED MUST into exit code 3
	Baseline        Baseline      // what is known to fail, or not to be verifiable
	RootCAs         *x509.CertPool
	Insecure        bool // do not check the target's certificate

	// Command is how to check the target again, for the findings. Empty: Program with the target's address.
	Command string
	Program string // how the command line tool is called; empty: go run ./contract

	OnCase   func(result CaseResult, done, total int) // called after each case, one at a time
	OnNotice func(text string)                        // called when the run waits for something
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

// Names of capabilities that this version has cases for.
const (
	CapabilitySecondClient = "second-client" // the credentials of another workspace are given
	CapabilityRateLimit    = "rate-limit"    // the suite may use up a rate limit
	CapabilitySend         = "send"          // messages may be sent, to SendTo only
	CapabilityTickets      = "tickets"       // tickets may be opened and closed, on conversations with SendTo only
	CapabilityControl      = "control"       // the mock's control API is there; what it is used for happens in workspaces that the suite makes
)

const productionRequests = 300

// A Capability is something that a target may offer beyond reading.
type Capability struct {
	Name  string `json:"name"`
	Text  string `json:"text"`
	Cases bool   `json:"cases"` // whether this version of the suite has cases for it
}

// Capabilities are all known ones.
func Capabilities() []Capability {
	return []Capability{
		{CapabilitySecondClient, "another workspace's credentials are given; nothing of one is seen by the other", true},
		{CapabilityRateLimit, "a rate limit may be used up; it counts down, is enforced and comes back", true},
		{CapabilitySend, "messages may be sent, to the phones of --send-to only", true},
		{CapabilityTickets, "tickets may be opened and closed, on conversations with the phones of --send-to only", true},
		{CapabilityControl, "the mock's control API is there; workspaces are made with it, used and removed", true},
		{"webhooks", "events can be sent to this machine", false},
	}
}

// A UsageError is a mistake of the caller: an unknown name, a missing value, a contract that cannot be read.
type UsageError struct{ Reason string }

func (e *UsageError) Error() string { return e.Reason }

func usage(format string, args ...any) error { return &UsageError{fmt.Sprintf(format, args...)} }

// A TargetError says that the target cannot be reached, is not the API, or does not accept the credentials: nothing was checked.
type TargetError struct{ Reason string }

func (e *TargetError) Error() string { return e.Reason }

func (c *Config) patience() time.Duration { return min(20*time.Second, c.Timeout/2) }

func (c *Config) notice(text string) {
	if c.OnNotice != nil {
		c.OnNotice(text)
	}
}

func (c *Config) claims(capability string) bool { return slices.Contains(c.Capabilities, capability) }

// settle fills in defaults and checks what can be checked before Prepare.
func (c *Config) settle() error {
	c.Profile, c.SignedPath = cmp.Or(c.Profile, ProfileDefault), cmp.Or(c.SignedPath, SignedPathAuto)
	if c.Timeout == 0 {
		c.Timeout = 2 * time.Minute
	}
	if c.MaxBody == 0 {
		c.MaxBody = 32 << 20
	}
	if c.Profile == ProfileProduction && c.MaxRequests == 0 {
		c.MaxRequests = productionRequests
	}
	if err := oneOf("profile", c.Profile, ProfileDefault, ProfileProduction); err != nil {
		return err
	}
	if err := oneOf("signed path", c.SignedPath, SignedPathAuto, SignedPathRelative, SignedPathFull); err != nil {
		return err
	}
	c.SignedUpload, c.SearchFolding = cmp.Or(c.SignedUpload, SignedUploadAuto), cmp.Or(c.SearchFolding, SearchFoldingAuto)
	if err := oneOf("signed upload", c.SignedUpload, SignedUploadAuto, SignedUploadBody, SignedUploadEmpty); err != nil {
		return err
	}
	if err := oneOf("search folding", c.SearchFolding, SearchFoldingAuto, SearchFoldingNone, SearchFoldingArabic); err != nil {
		return err
	}
	switch {
	case c.Timeout < 0:
		return usage("the time-out must be positive, not %s", c.Timeout)
	case c.Wait < 0:
		return usage("the time to wait for the target must not be negative: %s", c.Wait)
	case c.SpecVersion != "" && !semver.IsValid("v"+c.SpecVersion):
		return usage("the version of the contract must be like 1.2.0, not %q", c.SpecVersion)
	case c.MaxBody < 64<<10:
		return usage("--max-body must be at least 1 (MiB)")
	case c.MaxRequests < 0:
		return usage("the bound on requests must not be negative: %d", c.MaxRequests)
	case c.Profile == ProfileProduction && c.claims(CapabilityRateLimit):
		return usage("the profile production never provokes a 429, so it cannot check the capability rate-limit")
	case c.Profile == ProfileProduction && c.claims(CapabilityControl):
		return usage("the profile production writes nothing, so it cannot check the capability control")
	}
	var names []string
	for _, known := range Capabilities() {
		names = append(names, known.Name)
		if c.claims(known.Name) && !known.Cases {
			return usage("this version of the suite has no cases for the capability %s: do not claim it", known.Name)
		}
	}
	for _, name := range c.Capabilities {
		if err := oneOf("capability", name, names...); err != nil {
			return err
		}
	}
	return c.settleSendTo()
}

// settleSendTo checks who may be written to: nobody whose number the caller did not give.
func (c *Config) settleSendTo() error {
	for _, capability := range []string{CapabilitySend, CapabilityTickets} {
		switch {
		case !c.claims(capability):
		case c.Profile == ProfileProduction:
			return usage("the profile production writes nothing, so it cannot check the capability %s", capability)
		case len(c.SendTo) == 0:
			return usage("the capability %s needs phones that may be written to: give --send-to 9665…", capability)
		}
	}
	for _, phone := range c.SendTo {
		if phone == "" || strings.Trim(phone, "0123456789") != "" {
			return usage("--send-to takes phones of digits only, such as 966550000001, not %q", phone)
		}
	}
	return nil
}

// settleTarget checks what Prepare may have filled in.
func (c *Config) settleTarget() (*target, error) {
	base, err := url.Parse(strings.TrimRight(c.BaseURL, "/"))
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" {
		return nil, usage("the base URL must be like https://host/api/developer, not %q", c.BaseURL)
	}
	if base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, usage("the base URL %s must have no query, fragment or user", base.Redacted())
	}
	if err := checkCredentials(c.Credentials, ""); err != nil {
		return nil, err
	}
	if c.claims(CapabilitySecondClient) {
		if err := checkCredentials(c.Second, "second-"); err != nil {
			return nil, err
		}
		if c.Second.Domain == c.Credentials.Domain {
			return nil, usage("the capability second-client needs another workspace, but both domains are %q", c.Second.Domain)
		}
	}
	t := &target{base: base, first: c.Credentials, second: c.Second, fullPath: c.SignedPath == SignedPathFull, emptyUpload: c.SignedUpload == SignedUploadEmpty}
	if c.claims(CapabilityControl) {
		t.controlToken = c.ControlToken
		t.control, err = c.controlURL(base)
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
		return nil, usage("--control-url must be like http://host/__admin, without query, fragment or user")
	}
	return at, nil
}

// checkCredentials reports what is missing; prefix is that of their flags.
func checkCredentials(c Credentials, prefix string) error {
	for _, field := range []struct{ name, value string }{
		{"domain", c.Domain}, {"client-id", c.ClientID}, {"hmac-secret", c.HMACSecret}, {"phone-number-id", c.PhoneNumberID},
	} {
		if field.value == "" {
			return usage("--%s%s is missing", prefix, field.name)
		}
		if field.name != "hmac-secret" && strings.ContainsAny(field.value, "\r\n\x00") {
			return usage("--%s%s has a line break in it", prefix, field.name)
		}
	}
	return nil
}

func oneOf(what, value string, known ...string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return usage("there is no %s %q%s", what, value, Nearest(value, known))
}

// Nearest is the end of a message about an unknown word: the nearest known one, or all of them if none is near and they are few.
func Nearest(word string, known []string) string {
	if best := Misspelt(word, known, len(word)/2+1); best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	if len(known) <= 10 {
		return "; known are " + strings.Join(known, ", ")
	}
	return "; --list shows all of them"
}

// Misspelt is the known word that is at most so many letters away from an unknown one and nearest to it; "" if there is none.
func Misspelt(word string, known []string, letters int) (best string) {
	distance := letters + 1
	for _, candidate := range known {
		if d := editDistance(strings.ToLower(word), strings.ToLower(candidate)); d < distance {
			best, distance = candidate, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now := make([]int, len(b)+1)
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(before[j]+1, now[j-1]+1, before[j-1]+cost)
		}
		before = now
	}
	return before[len(b)]
}
