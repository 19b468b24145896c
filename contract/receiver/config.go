package receiver

import (
	"cmp"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// DefaultSecret is that of the mock's first workspace, which signs where no secret is given.
const DefaultSecret = "your-hmac-secret"

// Config says which receiver to check and how. The zero value of every field but URL is its default.
type Config struct {
	URL        string        // of the receiver, as it is registered; its path and query are signed
	Secret     string        // that the receiver verifies with; empty: DefaultSecret
	Scheme     string        // SchemeAwal, SchemeStandard or SchemeBoth
	EffectsURL string        // where the receiver shows what it has done; empty: effects are not judged
	Patience   time.Duration // how long the sender waits for an answer; 0: ten seconds
	Timeout    time.Duration // of the whole run; 0: two minutes
	Wait       time.Duration // how long to wait first until the receiver answers; 0: not at all
	Strict     bool          // a SHOULD that fails, fails the run
	Headers    []exchange.Header
	Only, Skip []string // ids of requirements and cases
	Spec       []byte   // another version of the contract; nil: the one in this module
	SpecName   string   // its file name, for messages
	RootCAs    *x509.CertPool
	Insecure   bool // do not check the receiver's certificate

	AllowUnverified bool   // do not turn an UNVERIFIED MUST into exit code 3
	Program         string // how the command line tool is called, for the findings; empty: go run ./contract

	Now    func() time.Time // of timestamps; nil: time.Now
	OnCase func(result run.CaseResult, done, total int)
}

// resolve fills in defaults and checks what can be checked before anything is sent. The error is a *run.UsageError.
func (c *Config) resolve() (receiver, effects *url.URL, err error) {
	c.Secret, c.Scheme = cmp.Or(c.Secret, DefaultSecret), cmp.Or(c.Scheme, SchemeAwal)
	c.Patience, c.Timeout = cmp.Or(c.Patience, 10*time.Second), cmp.Or(c.Timeout, 2*time.Minute)
	c.Program = cmp.Or(c.Program, "go run ./contract")
	if c.Now == nil {
		c.Now = time.Now
	}
	if schemes := []string{SchemeAwal, SchemeStandard, SchemeBoth}; !slices.Contains(schemes, c.Scheme) {
		return nil, nil, run.Usage("--signature takes %s, not %q%s", strings.Join(schemes, ", "), c.Scheme, run.Suggestion(c.Scheme, schemes))
	}
	if c.Patience < 0 || c.Timeout < 0 || c.Wait < 0 {
		return nil, nil, run.Usage("--webhook-timeout, --timeout and --wait must be positive")
	}
	if c.URL == "" {
		return nil, nil, run.Usage("--url is missing: give the address of your webhook receiver, such as http://127.0.0.1:3000/hook")
	}
	if receiver, err = address("--url", c.URL); err != nil || c.EffectsURL == "" {
		return receiver, nil, err
	}
	effects, err = address("--effects-url", c.EffectsURL)
	return receiver, effects, err
}

func address(flag, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, run.Usage("%s must be like http://127.0.0.1:3000/hook, not %q", flag, text)
	}
	if u.User != nil || u.Fragment != "" {
		return nil, run.Usage("%s %s must have no user and no fragment", flag, u.Redacted())
	}
	return u, nil
}

// generator makes events of the contract, with ids by chance.
func (c *Config) generator(doc *document.Document) (*generator, error) {
	hooks, err := doc.Webhooks()
	if err != nil {
		return nil, &run.UsageError{Reason: err.Error()}
	}
	return &generator{webhooks: hooks, now: c.Now, newID: rand.Text, number: someNumber}, nil
}

// someNumber is an id by chance that JavaScript can hold.
func someNumber() int64 {
	var raw [8]byte
	_, _ = rand.Read(raw[:]) // it never fails
	return int64(binary.BigEndian.Uint64(raw[:]) >> 12)
}
