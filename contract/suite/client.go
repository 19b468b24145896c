package suite

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of the client.
const (
	heavyBody       = 1 << 20  // from here on, answers are read and judged one at a time
	roomForContents = 4 << 20  // bytes of bodies that are decoded once and kept, since many answers are the same
	roomForViews    = 48 << 20 // bytes of answers of which the run remembers what they said
	mostHeaders     = 64 << 10 // bytes of an answer's head
	atOnce          = 8        // requests in flight
	perOperation    = 180      // requests to one operation, unless the contract's limit allows fewer
	shareOfLimit    = 0.9      // of x-rate-limit
	networkAttempts = 3
)

// A client asks, records and waits. It is safe for concurrent use.
type client struct {
	http   *http.Client
	target *target
	slots  chan struct{}
	heavy  chan struct{} // one answer over heavyBody at a time
	clientOptions
	now func() time.Time

	mu       sync.Mutex
	secrets  []string
	hide     *strings.Replacer // of secrets
	count    int
	perLane  map[lane]int
	blocked  map[lane]time.Time // until when a limit is used up
	record   []*exchange
	contents map[[sha256.Size]byte]*content
	cached   int // bytes of the bodies whose contents are kept
	viewed   int // bytes of the answers whose views are kept
	numbers  int // of exchanges
}

// clientOptions are how a client asks.
type clientOptions struct {
	roots       *x509.CertPool
	insecure    bool          // do not check the target's certificate
	patience    time.Duration // for one answer
	maxBody     int
	maxRequests int  // of the whole run, 0: no bound
	careful     bool // never provokes a 429
	notice      func(string)
	judge       func(*exchange) // is given every exchange, when it is there
}

func newClient(t *target, options clientOptions) *client {
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		TLSClientConfig:       &tls.Config{RootCAs: options.roots, InsecureSkipVerify: options.insecure, MinVersion: tls.VersionTLS12}, //nolint:gosec // --insecure is the caller's choice
		ForceAttemptHTTP2:     true,
		DisableCompression:    true, // the suite itself asks for codings and undoes them
		MaxIdleConnsPerHost:   atOnce,
		MaxConnsPerHost:       2 * atOnce,
		ResponseHeaderTimeout: options.patience,

		MaxResponseHeaderBytes: mostHeaders,
	}
	c := &client{
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		target: t, slots: make(chan struct{}, atOnce), heavy: make(chan struct{}, 1), clientOptions: options, now: time.Now,
		perLane: map[lane]int{}, blocked: map[lane]time.Time{}, contents: map[[sha256.Size]byte]*content{},
	}
	c.learn(t.secrets()...)
	return c
}

func (c *client) close() { c.http.CloseIdleConnections() }

// errBudget tells that a request was not made, so as to stay inside the rate limit.
var errBudget = errors.New("the request budget is used up")

// A lane is where requests share a rate limit: an operation, in a workspace that the suite made or, if it is empty, in those that it was given.
type lane struct{ operation, workspace string }

func (r *request) lane() lane {
	if r.sign.as != nil {
		return lane{r.op.id, r.sign.as.Domain}
	}
	return lane{operation: r.op.id}
}

// tidies tells that a request takes away what the suite made, which has to be possible whatever was spent.
func (r *request) tidies() bool { return r.op.id == opControl && r.method == http.MethodDelete }

// spend counts a request, or says why it may not be made.
func (c *client) spend(r *request, unbounded bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	op, most := r.op, perOperation
	if n := int(shareOfLimit * float64(op.limit.requests)); op.limit.requests > 0 && op.limit.window <= time.Hour && n < most {
		most = n
	}
	switch {
	case !unbounded && op.id != opControl && c.perLane[r.lane()] >= most:
		return fmt.Errorf("%w: %d requests to %s", errBudget, most, op.id)
	case c.maxRequests > 0 && c.count >= c.maxRequests && !r.tidies():
		return fmt.Errorf("%w: --max-requests %d", errBudget, c.maxRequests)
	}
	c.perLane[r.lane()]++
	c.count++
	return nil
}

// ask makes a request and reads its answer. It waits while the operation's rate limit is used up, asks again after a 429 and after a failure
// of the network, and gives up with ctx. Every attempt is recorded; the last one is returned, never nil.
func (c *client) ask(ctx context.Context, caseID string, r *request) *exchange {
	for failures := 0; ; {
		if err := c.wait(ctx, r); err != nil {
			return c.keep(&exchange{caseID: caseID, request: r, url: c.target.url(r), err: err})
		}
		if err := c.spend(r, false); err != nil {
			return &exchange{caseID: caseID, request: r, url: c.target.url(r), err: err}
		}
		last := c.once(ctx, caseID, r)
		switch {
		case ctx.Err() != nil:
			return c.keep(last)
		case last.status == http.StatusTooManyRequests && last.err == nil:
			last.retried = true
			c.block(r, last)
		case last.err != nil && !last.tooLarge && failures+1 < networkAttempts && r.body == nil: // what has a body may have been done, and would be done twice
			failures++
			last.retried = true
		default:
			return c.keep(last)
		}
		c.keep(last)
	}
}

// once makes one attempt.
func (c *client) once(ctx context.Context, caseID string, r *request) *exchange {
	e := &exchange{caseID: caseID, request: r, url: c.target.url(r)}
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		e.err = ctx.Err()
		return e
	}
	ctx, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()
	e.asked = c.now()
	out, right, err := r.httpRequest(c.target, e.asked.Unix())
	if err != nil {
		e.err = err
		return e
	}
	e.sent, e.right = out.Header, right
	answer, err := c.http.Do(out.WithContext(ctx))
	if err != nil {
		e.err = plainError(err)
		return e
	}
	defer answer.Body.Close()
	e.status, e.header = answer.StatusCode, answer.Header
	for name, values := range e.header {
		for i := range values {
			e.header[name][i] = c.mask(e, values[i])
		}
	}
	if e.status < http.StatusOK { // what follows a 101 is no body, and has no end
		e.err = errors.New("it was answered with " + statusLine(e.status) + ", which nothing asked for")
		return e
	}
	release := c.read(ctx, e, answer.Body)
	defer release()
	e.answered = c.now()
	c.number(e)
	c.see(e)
	return e
}

func (c *client) number(e *exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.number == 0 {
		c.numbers++
		e.number = c.numbers
	}
}

// see reads what the oracles need of an answer. A large answer is judged at once, and only what it said is kept.
func (c *client) see(e *exchange) {
	see(e)
	if e.size <= bodyKept {
		return
	}
	if e.size > heavyBody {
		if c.judge != nil {
			c.judge(e)
		}
		e.judged = true
		e.content = e.content.skeleton()
	}
	light := e.light()
	switch {
	case e.list != nil:
		e.list.from = light
	case e.talk != nil:
		e.talk.from = light
	case e.poll != nil:
		e.poll.from = light
	}
}

// read reads a body within its bounds. What it returns ends the turn of a large answer.
func (c *client) read(ctx context.Context, e *exchange, body io.Reader) (release func()) {
	release = func() {}
	raw, err := io.ReadAll(io.LimitReader(body, heavyBody+1))
	if err == nil && (len(raw) > heavyBody || e.coding() == "gzip" && len(raw) > heavyBody/64) {
		select {
		case c.heavy <- struct{}{}:
			release = sync.OnceFunc(func() { <-c.heavy })
		case <-ctx.Done():
			e.err = errLate
			return release
		}
		raw, err = readOn(raw, body, c.maxBody)
	}
	e.body, e.size = raw, len(raw)
	switch {
	case len(raw) > c.maxBody:
		c.cut(e, fmt.Errorf("the answer is longer than %d MiB (--max-body); the rest was not read", c.maxBody>>20))
		return release
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.cut = true
		e.err = fmt.Errorf("the connection ended after %d bytes of the body", len(raw))
		return release
	case err != nil:
		e.err = plainError(err)
		return release
	}
	if e.coding() == "gzip" {
		if e.body, err = unzip(raw, c.maxBody); err != nil {
			e.fatal = "Content-Encoding says gzip, but the body is not: " + err.Error()
			return release
		}
		if len(e.body) > c.maxBody {
			c.cut(e, fmt.Errorf("the answer of %d bytes is longer than %d MiB (--max-body) once it is unzipped; the rest was not read", len(raw), c.maxBody>>20))
			return release
		}
	}
	c.decode(e)
	return release
}

// readOn reads on to the bound and one byte.
func readOn(begun []byte, body io.Reader, most int) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(4 * len(begun))
	out.Write(begun)
	_, err := io.Copy(&out, io.LimitReader(body, int64(most+1-len(begun))))
	return out.Bytes(), err
}

// cut notes that an answer was not read to its end.
func (c *client) cut(e *exchange, err error) {
	e.tooLarge, e.err = true, err
	e.body = bytes.Clone(e.body[:min(len(e.body), bodyShown)])
}

func (c *client) decode(e *exchange) {
	text := string(e.body)
	if clean := c.mask(e, text); clean != text {
		e.body = []byte(clean)
	}
	e.sum, e.size = sha256.Sum256(e.body), len(e.body)
	c.mu.Lock()
	e.content = c.contents[e.sum]
	c.mu.Unlock()
	if e.content != nil || len(bytes.TrimSpace(e.body)) == 0 {
		return
	}
	made := &content{}
	var err error
	if made.value, made.problems, err = decodeStrict(e.body); err != nil {
		c.cut(e, fmt.Errorf("the answer was not judged: %w", err))
		return
	}
	e.content = made
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cached+len(e.body) <= roomForContents {
		c.cached += len(e.body)
		c.contents[e.sum] = made
	}
}

// mask takes secrets out of what a target sent before anything looks at it, so that none can get into a message.
func (c *client) mask(e *exchange, text string) string {
	c.mu.Lock()
	hide := c.hide
	c.mu.Unlock()
	clean := hide.Replace(text)
	e.revealed = e.revealed || clean != text
	return clean
}

// learn adds secrets to those that are masked.
func (c *client) learn(secrets ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets = append(c.secrets, secrets...)
	c.hide = Hider(longOnes(c.secrets...)...)
}

// hideAll masks also the secrets that are too short to be masked in answers.
func (c *client) hideAll() *strings.Replacer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Hider(c.secrets...)
}

// longOnes leaves out secrets that are so short that a target's data may have the same letters by chance: masking them would change what the
// oracles see. They are masked when something is shown.
func longOnes(secrets ...string) []string {
	return slices.DeleteFunc(secrets, func(secret string) bool { return len(secret) < 12 })
}

func unzip(raw []byte, most int) ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return raw, err
	}
	return io.ReadAll(io.LimitReader(reader, int64(most+1)))
}

// keepQuiet records an exchange that used up a limit on purpose.
func (c *client) keepQuiet(e *exchange) *exchange {
	c.number(e)
	c.mu.Lock()
	c.record = append(c.record, c.remembered(e))
	c.mu.Unlock()
	if c.judge != nil && !e.judged {
		c.judge(e)
	}
	return e
}

// remembered is what the record keeps of an exchange: no large body, and what large answers said only while there is room. It expects the lock.
func (c *client) remembered(e *exchange) *exchange {
	if e.size <= bodyKept {
		return e
	}
	light := e.light()
	if c.viewed += e.size; c.viewed > roomForViews {
		light.list, light.talk, light.poll = nil, nil, nil
	}
	return light
}

// keep records an exchange, and notes that a limit is used up.
func (c *client) keep(e *exchange) *exchange {
	c.keepQuiet(e)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n, err := strconv.Atoi(e.header.Get(headerRemaining)); err == nil && n <= c.spared(e.header) && e.status != http.StatusTooManyRequests { // block has heard a 429
		if reset := resetTime(e.header); reset.After(c.blocked[e.request.lane()]) {
			c.blocked[e.request.lane()] = reset
		}
	}
	return e
}

// spared is how much of a limit is left to others: under the profile production the suite is not the one that uses it up.
func (c *client) spared(h http.Header) int {
	if !c.careful {
		return 0
	}
	limit, err := strconv.Atoi(h.Get(headerLimit))
	if err != nil || limit < 0 {
		return atOnce
	}
	return min(max(atOnce, limit/10), limit/2)
}

// Names of the headers of rate limiting (vendor page api/rate-limiting).
const (
	headerLimit     = "X-RateLimit-Limit"
	headerRemaining = "X-RateLimit-Remaining"
	headerReset     = "X-RateLimit-Reset"
	headerRetry     = "Retry-After"
)

func resetTime(h http.Header) time.Time {
	seconds, err := strconv.ParseInt(h.Get(headerReset), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// block notes how long a lane must be left alone after a 429: Retry-After, else X-RateLimit-Reset, else a second.
func (c *client) block(r *request, e *exchange) {
	until := c.now().Add(time.Second)
	if seconds, err := strconv.Atoi(e.header.Get(headerRetry)); err == nil && seconds >= 0 {
		until = c.now().Add(time.Duration(seconds) * time.Second)
	} else if reset := resetTime(e.header); reset.After(c.now()) {
		until = reset
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocked[r.lane()] = until
}

// wait waits until a request may be made, if that is before ctx ends.
func (c *client) wait(ctx context.Context, r *request) error {
	for {
		c.mu.Lock()
		until := c.blocked[r.lane()]
		c.mu.Unlock()
		left := until.Sub(c.now())
		if left <= 0 {
			return ctx.Err()
		}
		if deadline, ok := ctx.Deadline(); ok && until.After(deadline) {
			err := fmt.Errorf("the rate limit of %s is used up until %s, which is after the time-out (--timeout)", r.op.id, until.UTC().Format(time.TimeOnly))
			if c.careful {
				return fmt.Errorf("%w: %w", errBudget, err)
			}
			return err
		}
		if left > time.Second {
			c.notice(fmt.Sprintf("waiting %s for the rate limit of %s", left.Round(time.Second), r.op.id))
		}
		if err := pause(ctx, left+5*time.Millisecond); err != nil {
			return err
		}
	}
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// exchanges are those recorded so far.
func (c *client) exchanges() []*exchange {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.record[:len(c.record):len(c.record)]
}

func (c *client) requests() (total int, perOperation map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	perOperation = map[string]int{}
	for l, n := range c.perLane {
		perOperation[l.operation] += n
	}
	return c.count, perOperation
}

// errLate says more to a reader than "context deadline exceeded".
var errLate = errors.New("no whole answer in time")

// plainError leaves out the method and URL that net/http puts before every error.
func plainError(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errLate
	}
	if outer, ok := errors.AsType[*url.Error](err); ok && outer.Err.Error() != "" {
		return outer.Err
	}
	return err
}
