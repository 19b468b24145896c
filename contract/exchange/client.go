package exchange

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/contract/document"
)

// Bounds of the client.
const (
	heavyBody       = 1 << 20  // bytes; larger answers are read and judged one at a time
	maxContentBytes = 4 << 20  // bytes of decoded bodies that are kept, since many answers are the same
	MaxViewBytes    = 48 << 20 // bytes of answers whose views (List, Thread, StatusList) are kept
	mostHeaders     = 64 << 10 // bytes of an answer's head
	perOperation    = 180      // requests to one operation, unless the contract's limit allows fewer
	shareOfLimit    = 0.9      // of x-rate-limit
	networkAttempts = 3
	lateAttempts    = 2 // where the answer did not come in time: each attempt takes all of it
	mostUnavailable = 3 // attempts of a request that is answered with 503
	longestRest     = 5 * time.Second
)

// A Client sends requests, records the exchanges, and waits for rate limits. It is safe for concurrent use.
type Client struct {
	http   *http.Client
	target *Target
	slots  chan struct{}
	heavy  chan struct{} // one answer over heavyBody at a time
	ClientOptions
	Now func() time.Time

	turns atomic.Int64 // requests begun and answers read

	mu       sync.Mutex
	secrets  []string
	masker   *strings.Replacer // of secrets
	count    int
	perKey   map[budgetKey]int
	blocked  map[budgetKey]time.Time // until when a limit is used up
	windows  map[budgetKey]window    // what the target says of its present window
	inAll    map[budgetKey]int       // requests of the whole run
	noticed  map[budgetKey]time.Time // the end of the wait that the last notice was about
	next     time.Time               // when the next request may be sent (--rate)
	record   []*Exchange
	contents map[[sha256.Size]byte]*Content
	cached   int // bytes of the bodies whose contents are kept
	viewed   int // bytes of the answers whose views are kept
	numbers  int // of exchanges
}

// ClientOptions are the settings of a client.
type ClientOptions struct {
	Dial          func(ctx context.Context, network, address string) (net.Conn, error) // nil: TCP, through the proxy that the environment names
	Roots         *x509.CertPool
	Insecure      bool          // do not check the target's certificate
	AnswerTimeout time.Duration // for one answer
	MaxBody       int
	MaxRequests   int           // of the whole run, 0: no bound
	Concurrency   int           // requests in flight
	Interval      time.Duration // between the beginnings of two requests
	Careful       bool          // never provokes a 429
	Notice        func(string)
	OnExchange    func(*Exchange) // is given every exchange, when it is there
}

// uploadTime is how much longer an answer may take because of the request's body: a second for each MiB.
func uploadTime(bytes int) time.Duration { return time.Duration(bytes>>20) * time.Second }

func NewClient(t *Target, options ClientOptions) *Client {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        &tls.Config{RootCAs: options.Roots, InsecureSkipVerify: options.Insecure, MinVersion: tls.VersionTLS12}, //nolint:gosec // --insecure is the caller's choice
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // the suite itself sends Accept-Encoding and decodes the answers
		MaxIdleConnsPerHost:    options.Concurrency,
		MaxConnsPerHost:        2 * options.Concurrency,
		MaxResponseHeaderBytes: mostHeaders,
	}
	if options.Dial != nil {
		transport.Proxy, transport.DialContext = nil, options.Dial
	}
	c := &Client{
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		target: t, slots: make(chan struct{}, options.Concurrency), heavy: make(chan struct{}, 1), ClientOptions: options, Now: time.Now,
		perKey: map[budgetKey]int{}, inAll: map[budgetKey]int{}, windows: map[budgetKey]window{}, blocked: map[budgetKey]time.Time{}, noticed: map[budgetKey]time.Time{}, contents: map[[sha256.Size]byte]*Content{},
	}
	c.AddSecrets(t.Secrets()...)
	return c
}

func (c *Client) Close() { c.http.CloseIdleConnections() }

// Budget is how many requests the suite sends to one operation in one window of its rate limit.
func (c *Client) Budget(op *document.Operation) int {
	if n := int(shareOfLimit * float64(op.Limit.Requests)); op.Limit.Requests > 0 && op.Limit.Window <= time.Hour && n < perOperation {
		return n
	}
	return perOperation
}

// LimitOf is the X-RateLimit-Limit of an operation, 0 if the target has not sent it yet.
func (c *Client) LimitOf(op *document.Operation) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.windows[budgetKey{operation: op.ID}].limit
}

// nextWindow waits for the end of the window in which an operation's budget is used up, and reports whether there is a new budget. There is none if the target
// does not send the end of the window, or if it is after the end of ctx.
func (c *Client) nextWindow(ctx context.Context, r *Request) bool {
	c.mu.Lock()
	over, until := c.MaxRequests > 0 && c.count >= c.MaxRequests, c.windows[r.budgetKey()].ends
	c.mu.Unlock()
	deadline, bounded := ctx.Deadline()
	if over || c.Careful || until.IsZero() || bounded && until.After(deadline.Add(-c.AnswerTimeout)) {
		return false
	}
	left := until.Sub(c.Now())
	if left > time.Second {
		c.Notice(fmt.Sprintf("waiting %s for the next window of the rate limit of %s", left.Round(time.Second), r.Op.ID))
	}
	if left > 0 && Pause(ctx, left+5*time.Millisecond) != nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.perKey[r.budgetKey()] = 0
	return true
}

// A window is the window of a rate limit, from the headers of an answer.
type window struct {
	ends        time.Time
	limit, left int64
}

// noteWindow records the window of an answer, and counts from 0 if it is a new one. The caller holds the lock.
func (c *Client) noteWindow(l budgetKey, h http.Header) {
	rate := RateOf(h)
	if rate.Wrong != "" {
		return
	}
	old, now := c.windows[l], window{time.Unix(rate.Reset, 0), rate.Limit, rate.Remaining}
	if !old.ends.IsZero() && !c.Now().Before(old.ends) {
		c.perKey[l] = 0
	} else if !old.ends.IsZero() {
		now.left = min(now.left, old.left) // answers to requests that were made at once come in any order
	}
	c.windows[l] = now
}

// Ask sends a request and reads the answer. It waits while the rate limit of the operation is used up, tries again after a 429, after a 503 and after a
// network error, and ends with ctx. Every attempt is recorded; the last one is returned, never nil.
func (c *Client) Ask(ctx context.Context, caseID string, r *Request) *Exchange {
	for failures, unavailable := 0, 0; ; {
		if err := c.Wait(ctx, r); err != nil {
			return c.recordWithLimit(&Exchange{CaseID: caseID, Request: r, URL: c.target.url(r), Err: err})
		}
		if err := c.Spend(r, false); err != nil && c.nextWindow(ctx, r) {
			continue
		} else if err != nil {
			return &Exchange{CaseID: caseID, Request: r, URL: c.target.url(r), Err: err}
		}
		last := c.Once(ctx, caseID, r)
		last.Attempts = failures + 1
		switch {
		case ctx.Err() != nil:
			return c.recordWithLimit(last)
		case last.Status == http.StatusTooManyRequests && last.Err == nil:
			last.Retried = true
			c.block(r, last)
		case last.Err != nil && !last.TooLarge && failures+1 < attemptsAfter(last.Err) && r.Body == nil: // a request with a body may have been executed, and would be executed twice
			failures++
			last.Retried = true
		case last.Status == http.StatusServiceUnavailable && last.Err == nil && r.repeatable() && unavailable+1 < mostUnavailable:
			unavailable++
			last.Retried = true
			_ = Pause(ctx, restAfter(last.Header))
		default:
			return c.recordWithLimit(last)
		}
		c.recordWithLimit(last)
	}
}

// attemptsAfter is how often a request is made that ends without an answer.
func attemptsAfter(err error) int {
	if errors.Is(err, ErrLate) {
		return lateAttempts
	}
	return networkAttempts
}

// restAfter is how long a 503 asks for a rest, within bounds.
func restAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get(HeaderRetry))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, longestRest)
}

// Once sends a request once, without waiting and without another try.
func (c *Client) Once(ctx context.Context, caseID string, r *Request) *Exchange {
	e := &Exchange{CaseID: caseID, Request: r, URL: c.target.url(r)}
	if e.Err = c.acquire(ctx, r); e.Err != nil {
		return e
	}
	defer func() { <-c.slots }()
	if e.Err = c.pace(ctx); e.Err != nil {
		return e
	}
	ctx, answerTime := limitAnswer(ctx, c.AnswerTimeout+uploadTime(len(r.Body)))
	defer answerTime.end()
	e.Asked, e.begun = c.Now(), c.turns.Add(1)
	out, right, err := r.httpRequest(c.target, e.Asked.Unix())
	if err != nil {
		e.Err = err
		return e
	}
	e.Sent, e.RightDigest = canonical(out.Header), right
	answer, err := c.http.Do(out.WithContext(ctx))
	if err != nil {
		e.Err = answerTime.errorOf(err)
		return e
	}
	defer answer.Body.Close()
	e.Status, e.Header = answer.StatusCode, answer.Header
	for name, values := range e.Header {
		for i := range values {
			e.Header[name][i] = c.mask(e, values[i])
		}
	}
	if e.Status < http.StatusOK { // after a 101 comes no body
		e.Err = errors.New("it was answered with " + StatusLine(e.Status) + ", which nothing asked for")
		return e
	}
	if c.Careful { // before the next request is sent
		c.noteLimit(e)
	}
	release := c.read(ctx, e, answer.Body, answerTime)
	defer release()
	e.Answered, e.ended = c.Now(), c.turns.Add(1)
	c.number(e)
	c.readView(e)
	return e
}

// canonical is a header whose names can be looked up, however they were sent.
func canonical(sent http.Header) http.Header {
	out := make(http.Header, len(sent))
	for name, values := range sent {
		out[http.CanonicalHeaderKey(name)] = values
	}
	return out
}

// RecordOnly records an exchange, but not the limit in it: for cases that use up a limit on purpose.
func (c *Client) RecordOnly(e *Exchange) *Exchange {
	c.number(e)
	c.mu.Lock()
	c.record = append(c.record, c.remembered(e))
	c.mu.Unlock()
	if c.OnExchange != nil && !e.judged {
		c.OnExchange(e)
	}
	return e
}

// remembered is the copy of an exchange that is recorded: without a large body, and without the views of large answers after MaxViewBytes. The caller holds the
// lock.
func (c *Client) remembered(e *Exchange) *Exchange {
	if e.Size <= bodyKept && len(e.Request.Body) <= bodyKept {
		return e
	}
	light := e.light()
	if e.Size <= bodyKept {
		return light
	}
	if c.viewed += e.Size; c.viewed > MaxViewBytes {
		light.List, light.Thread, light.StatusList = nil, nil, nil
	}
	return light
}

// recordWithLimit records an exchange and the limit in it.
func (c *Client) recordWithLimit(e *Exchange) *Exchange {
	c.RecordOnly(e)
	c.noteLimit(e)
	return e
}

// noteLimit records the rate limit in an answer, and until when requests have to wait.
func (c *Client) noteLimit(e *Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Status == http.StatusTooManyRequests { // block reads its Retry-After
		return
	}
	c.noteWindow(e.Request.budgetKey(), e.Header)
	if n, err := strconv.Atoi(e.Header.Get(HeaderRemaining)); err == nil && n <= c.leftToOthers(e.Header) {
		if reset := ResetTime(e.Header); reset.After(c.blocked[c.blockKey(e.Request)]) {
			c.blocked[c.blockKey(e.Request)] = reset
		}
	}
}

// Exchanges are the exchanges that were recorded so far.
func (c *Client) Exchanges() []*Exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record[:len(c.record):len(c.record)]
}

func (c *Client) Requests() (total int, perOperation map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	perOperation = map[string]int{}
	for l, n := range c.inAll {
		perOperation[l.operation] += n
	}
	return c.count, perOperation
}
