package receiver

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

const (
	answerRead  = 64 << 10 // bytes of an answer, as the sender reads
	bodyShown   = 4 << 10  // of it, in a report
	digitsShown = 8        // of a signature, likewise
)

// A delivery is one request to the receiver.
type delivery struct {
	webhook string // its name in the contract, "" for none
	id      string // X-Awal-Event-Id
	body    []byte
	sign    signing
	wants   wish
}

// A wish is what a receiver should do with a delivery.
type wish int

const (
	free wish = iota
	accept
	refuse
)

// An answer is what came of a delivery.
type answer struct {
	caseID  string
	sent    *delivery
	header  http.Header // of the request
	asked   time.Time
	took    time.Duration
	status  int // 0: no answer
	answers http.Header
	body    []byte
	err     error
	number  int
}

var errLate = errors.New("no whole answer in time")

// accepted reports whether a sender would take the answer for a success.
func (a *answer) accepted() bool { return a.err == nil && a.status >= 200 && a.status <= 299 }

// String says what came, in a few words.
func (a *answer) String() string {
	switch {
	case a.status == 0:
		return "no answer: " + a.err.Error()
	case a.err != nil:
		return exchange.StatusLine(a.status) + ", then " + a.err.Error()
	}
	return exchange.StatusLine(a.status)
}

// A client sends deliveries and keeps what came of them. It is safe for concurrent use.
type client struct {
	http     *http.Client
	url      *url.URL
	scheme   string
	secret   string
	patience time.Duration
	headers  []exchange.Header
	now      func() time.Time
	hide     *strings.Replacer

	mu     sync.Mutex
	record []*answer
}

func newClient(cfg *Config, to *url.URL) *client {
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     &tls.Config{RootCAs: cfg.RootCAs, InsecureSkipVerify: cfg.Insecure, MinVersion: tls.VersionTLS12}, //nolint:gosec // --insecure is the caller's choice
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: parallelEvents,
	}
	secrets := []string{cfg.Secret}
	for _, h := range cfg.Headers {
		if h.Secret() {
			secrets = append(secrets, h.Value)
		}
	}
	return &client{
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		url:  to, scheme: cfg.Scheme, secret: cfg.Secret, patience: cfg.Patience, headers: cfg.Headers, now: cfg.Now, hide: exchange.Masker(secrets...),
	}
}

// target is the path and the query as they are in the request line.
func (c *client) target() string { return c.url.RequestURI() }

// send makes a delivery and reads its answer. It gives up after the client's patience.
func (c *client) send(ctx context.Context, caseID string, d *delivery) *answer {
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	a := &answer{caseID: caseID, sent: d, asked: c.now()}
	a.header = c.header(d, a.asked)
	for _, h := range c.headers {
		a.header.Set(h.Name, h.Value)
	}
	began := time.Now()
	a.err = c.exchange(ctx, a)
	a.took = time.Since(began)
	if errors.Is(a.err, context.DeadlineExceeded) {
		a.err = fmt.Errorf("%w (%s)", errLate, c.patience)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.record = append(c.record, a)
	a.number = len(c.record)
	return a
}

func (c *client) exchange(ctx context.Context, a *answer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url.String(), bytes.NewReader(a.sent.body))
	if err != nil {
		return err
	}
	request.Header = a.header
	response, err := c.http.Do(request)
	if err != nil {
		return withoutURL(err)
	}
	defer response.Body.Close()
	a.status, a.answers = response.StatusCode, response.Header
	a.body, err = io.ReadAll(io.LimitReader(response.Body, answerRead))
	return withoutURL(err)
}

// withoutURL leaves out the method and the URL that net/http puts before an error.
func withoutURL(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return outer.Err
	}
	return err
}

// answers are all that came so far.
func (c *client) answers() []*answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record[:len(c.record):len(c.record)]
}

// mediaType is that of an answer, without its parameters.
func (a *answer) mediaType() string {
	media, _, err := mime.ParseMediaType(a.answers.Get("Content-Type"))
	if err != nil {
		return a.answers.Get("Content-Type")
	}
	return media
}

// show is an answer for a report: secrets are masked, signatures cut, a long body too.
func (c *client) show(a *answer) exchange.Report {
	out := exchange.Report{
		Number: a.number, Case: a.caseID, Method: http.MethodPost, URL: c.hide.Replace(c.url.String()), Status: a.status, BodySize: len(a.body),
		Request: c.showHeader(a.header), Answer: c.showHeader(a.answers), Curl: printable.Clean(c.hide.Replace(c.shell(a.sent))),
	}
	if a.err != nil {
		out.Error = printable.CleanLine(c.hide.Replace(a.err.Error()))
	}
	body := c.hide.Replace(strings.ToValidUTF8(string(a.body), "\ufffd"))
	if len(body) > bodyShown {
		body = strings.ToValidUTF8(body[:bodyShown], "") + "…"
	}
	out.Body = printable.Clean(body)
	return out
}

func (c *client) showHeader(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		text := c.hide.Replace(strings.Join(values, ", "))
		switch {
		case strings.EqualFold(name, exchange.HeaderSignature), strings.EqualFold(name, exchange.HeaderStandardSignature):
			text = cutSignatures(text)
		case (exchange.Header{Name: name}).Secret():
			text = exchange.Masked
		}
		out[printable.CleanLine(name)] = printable.CleanLine(text)
	}
	return out
}

// cutSignatures shows the prefix and a few digits of each signature.
func cutSignatures(text string) string {
	parts := strings.Split(text, " ")
	for i, part := range parts {
		from := strings.IndexAny(part, "=,") + 1
		if len(part) > from+digitsShown {
			parts[i] = part[:from+digitsShown] + "…"
		}
	}
	return strings.Join(parts, " ")
}
