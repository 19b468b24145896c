package webhook

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// EndpointsAtMost is how many endpoints a workspace may have.
const EndpointsAtMost = 1000

// challengedAtOnce is how many new addresses are checked side by side.
const challengedAtOnce = 32

// ErrNoWorkspace says that there is no such workspace, or no longer.
var ErrNoWorkspace = errors.New("there is no such workspace")

// An EndpointError says what is wrong with one of the endpoints that were to be registered.
type EndpointError struct {
	Index       int
	Field, Text string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("endpoints[%d].%s: %s", e.Index, e.Field, e.Text)
}

// EndpointErrors is everything that is wrong with a list of endpoints.
type EndpointErrors []*EndpointError

func (e EndpointErrors) Error() string {
	texts := make([]string, len(e))
	for i, one := range e {
		texts[i] = one.Error()
	}
	return strings.Join(texts, "; ")
}

// A QuotaError says that a workspace would have more endpoints than it may have.
type QuotaError struct{ has, may int }

func (e *QuotaError) Error() string {
	_, _, text := e.Refusal()
	return text
}

// Refusal makes it 409 to a caller.
func (e *QuotaError) Refusal() (kind, field, text string) {
	return "conflict", "", fmt.Sprintf("The workspace's quota of endpoints is used up: it has %d, and may have %d.", e.has, e.may)
}

// Register makes a list the endpoints of a workspace. An address that is new, or was disabled, has to answer the challenge (D), and gets
// the events from then on; an address that was there keeps its queues. After an error, such as EndpointErrors or ErrNoWorkspace,
// nothing has changed.
func (s *Sender) Register(ctx context.Context, domain string, list []Endpoint) ([]EndpointState, error) {
	b, done, err := s.registering(ctx, domain)
	if err != nil {
		return nil, err
	}
	defer done()
	return b.register(ctx, list)
}

func orNoWorkspace(err error) error {
	if err == nil {
		return ErrNoWorkspace
	}
	return err
}

func (b *outbox) register(ctx context.Context, list []Endpoint) ([]EndpointState, error) {
	urls, err := b.validate(list)
	if err != nil {
		return nil, err
	}
	if err := b.challenge(ctx, list, urls); err != nil {
		return nil, err
	}
	if _, ok := b.read(ctx); !ok { // what has happened until now is not for those that are new
		return nil, ErrNoWorkspace
	}
	b.s.mu.Lock()
	b.replaceEndpoints(list, urls)
	b.s.mu.Unlock()
	if err := b.keep(ctx); err != nil {
		return nil, err
	}
	return b.states(), nil
}

// validate finds what is wrong with a list before anything is sent. It returns the URLs.
func (b *outbox) validate(list []Endpoint) ([]*url.URL, error) {
	w, found := b.s.Workspace(b.domain)
	if !found {
		return nil, ErrNoWorkspace
	}
	if w.Endpoints > 0 && len(list) > w.Endpoints {
		return nil, &QuotaError{len(b.states()), w.Endpoints}
	}
	var wrong EndpointErrors
	known := w.Bodies.Subscribable()
	urls, first := make([]*url.URL, len(list)), map[string]int{}
	for i := range list {
		fail := func(field, format string, args ...any) {
			wrong = append(wrong, &EndpointError{i, field, fmt.Sprintf(format, args...)})
		}
		var err error
		if urls[i], err = parseURL(list[i].URL); err == nil {
			err = b.s.checkLiteral(urls[i])
		}
		if err != nil {
			fail("url", "%v", err)
			continue
		}
		if other, twice := first[list[i].URL]; twice {
			fail("url", "is that of endpoints[%d] too; give it once", other)
		}
		first[list[i].URL] = i
		for _, event := range list[i].Events {
			if !slices.Contains(known, event) {
				fail("events", "has %q, which the document does not have; it has %s", event, strings.Join(known, ", "))
			}
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return urls, nil
}

// challenge sends the challenge to each address that is new or disabled, many at once.
func (b *outbox) challenge(ctx context.Context, list []Endpoint, urls []*url.URL) error {
	var (
		checks sync.WaitGroup
		mu     sync.Mutex
		wrong  EndpointErrors
		places = make(chan struct{}, challengedAtOnce)
	)
	for i := range list {
		if p := b.find(list[i].URL); p != nil && p.Disabled == "" {
			continue
		}
		places <- struct{}{}
		checks.Go(func() {
			defer func() { <-places }()
			if err := b.s.challengeOne(ctx, b.domain, list[i], urls[i]); err != nil {
				mu.Lock()
				defer mu.Unlock()
				wrong = append(wrong, &EndpointError{i, "url", err.Error()})
			}
		})
	}
	checks.Wait()
	if len(wrong) == 0 {
		return ctx.Err()
	}
	slices.SortFunc(wrong, func(a, b *EndpointError) int { return a.Index - b.Index })
	return wrong
}

// challengeOne sends the challenge to an address, which has to answer 200 with it (D).
func (s *Sender) challengeOne(ctx context.Context, domain string, e Endpoint, to *url.URL) error {
	w, found := s.Workspace(domain)
	if !found {
		return ErrNoWorkspace
	}
	challenge := rand.Text()
	body, err := w.Bodies.Verification(challenge)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	p := newEndpoint(s.ctx, "", e, to)
	defer p.cancel()
	got := s.post(&request{ctx: p.ctx, to: to, id: "verification." + rand.Text(), body: body, keys: p.keys(w.Keys), first: true, keep: true})
	var answer struct {
		Challenge string `json:"challenge"`
	}
	const want = `it must answer 200 with {"challenge": "…"}, the text that it was sent`
	switch {
	case got.failure != "":
		return fmt.Errorf("did not pass the challenge: %s; %s", got.failure, want)
	case got.status != 200:
		return fmt.Errorf("did not pass the challenge: answered %d; %s", got.status, want)
	case json.Unmarshal(got.answer, &answer) != nil:
		return fmt.Errorf("did not pass the challenge: its answer is no JSON object with a challenge; %s", want)
	case answer.Challenge != challenge:
		return fmt.Errorf("did not pass the challenge: it answered another challenge; %s", want)
	}
	return nil
}

// replaceEndpoints makes a list the endpoints of the workspace. Sender.mu is held.
func (b *outbox) replaceEndpoints(list []Endpoint, urls []*url.URL) {
	byURL := map[string]*endpoint{}
	for _, p := range b.endpoints {
		byURL[p.URL] = p
	}
	next := make([]*endpoint, len(list))
	for i := range list {
		p := byURL[list[i].URL]
		if p == nil {
			p = b.add(list[i], urls[i])
		}
		p.set(list[i])
		p.disabled = ""
		delete(byURL, list[i].URL)
		next[i] = p
	}
	for _, p := range byURL {
		b.drop(p, "the endpoint was removed")
		p.cancel()
	}
	b.endpoints = next
}

func (b *outbox) find(address string) *EndpointState {
	for _, p := range b.states() {
		if p.URL == address {
			return &p
		}
	}
	return nil
}

// states are the endpoints with their states.
func (b *outbox) states() []EndpointState {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	list := make([]EndpointState, len(b.endpoints))
	for i, p := range b.endpoints {
		list[i] = p.state()
	}
	return list
}

// Endpoints are the endpoints of a workspace. An error says that what was kept of them cannot be read.
func (s *Sender) Endpoints(ctx context.Context, domain string) ([]EndpointState, error) {
	b, err := s.existing(ctx, domain)
	if b == nil || err != nil {
		return nil, err
	}
	return b.states(), nil
}

// existing is the outbox of a workspace; nil: it has none.
func (s *Sender) existing(ctx context.Context, domain string) (*outbox, error) {
	w, found := s.Workspace(domain)
	if !found {
		return nil, nil
	}
	if err := s.Wake(ctx, w.Domain); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.outboxes[w.Domain], nil
}

// How often AddLater tries to register an endpoint.
const (
	triesFirst = time.Second
	triesLast  = 30 * time.Second
)

// AddLater registers an endpoint as soon as it passes the challenge: a receiver may be started after the mock.
func (s *Sender) AddLater(domain string, e Endpoint) {
	s.running.Go(func() {
		for pause := triesFirst; ; pause = min(2*pause, triesLast) {
			_, err := s.Create(s.ctx, domain, e)
			list, _ := s.Endpoints(s.ctx, domain) // none: it is tried again
			if slices.ContainsFunc(list, func(p EndpointState) bool { return p.URL == e.URL }) {
				s.Logger.Info("webhooks are sent", "url", e.URL)
				return
			}
			if s.ctx.Err() == nil {
				s.Logger.Warn("webhooks are not sent yet; this is tried again", "url", e.URL, "reason", err, "in", pause)
			}
			timer := time.NewTimer(pause)
			select {
			case <-timer.C:
			case <-s.ctx.Done():
				timer.Stop()
				return
			}
		}
	})
}
