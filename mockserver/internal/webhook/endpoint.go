package webhook

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// An Endpoint is the address of a receiver, and what it gets.
type Endpoint struct {
	URL     string
	Events  []string // empty: all
	Secret  string   // ""; the workspace's
	Trouble Trouble
}

// An EndpointState is an endpoint and how it does.
type EndpointState struct {
	Endpoint
	ID       string
	Disabled string // why nothing is sent to it; "": it is active
	Pending  int    // deliveries that are not done
}

// Bounds of what is sent at once.
const (
	perEndpoint   = 16   // to one endpoint
	perFailing    = 2    // to one whose last attempt failed
	allAtOnce     = 4096 // to all
	pendingAtMost = 200_000
)

// An endpoint is an Endpoint while it is registered. Sender.mu guards it.
type endpoint struct {
	Endpoint
	id       string
	to       *url.URL
	key      *signature.Key // nil: the workspace's are used
	disabled string
	failing  bool
	queues   map[int64]*queue // by conversation
	beside   map[*queue]bool
	ready    []*queue
	inFlight int
	pending  int
	inTurns  bool // of its outbox
}

func newEndpoint(id string, e Endpoint, to *url.URL) *endpoint {
	p := &endpoint{id: id, to: to, queues: map[int64]*queue{}, beside: map[*queue]bool{}}
	p.set(e)
	return p
}

func (p *endpoint) set(e Endpoint) {
	p.Endpoint, p.key = e, nil
	if e.Secret != "" {
		p.key = signature.NewKey(e.Secret)
	}
}

func (p *endpoint) wants(event string) bool {
	return p.disabled == "" && (len(p.Events) == 0 || slices.Contains(p.Events, event))
}

// free reports whether something of the endpoint can be sent now.
func (p *endpoint) free() bool {
	limit := perEndpoint
	if p.failing {
		limit = perFailing
	}
	return len(p.ready) > 0 && p.inFlight < limit
}

// all are the endpoint's queues.
func (p *endpoint) all() []*queue {
	list := make([]*queue, 0, len(p.queues)+len(p.beside))
	for _, q := range p.queues {
		list = append(list, q)
	}
	for q := range p.beside {
		list = append(list, q)
	}
	return list
}

// due is when a new delivery may be sent.
func (p *endpoint) due(now time.Time) time.Time {
	return now.Add(max(p.Trouble.Late, p.Trouble.Batch))
}

// longestURL is how many bytes the URL of an endpoint may have.
const longestURL = 2048

// parseURL reads the URL of a receiver. Where its name leads is checked at each connection.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case len(text) > longestURL:
		return nil, fmt.Errorf("must have at most %d characters", longestURL)
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, fmt.Errorf("must be a whole address such as https://example.com/hook, not %q", text)
	case u.User != nil:
		return nil, fmt.Errorf("must have no user and password in it; the receiver knows the sender by the signature")
	case strings.Contains(text, "#"):
		return nil, fmt.Errorf("must have no fragment (#…): it is never sent")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

// CheckURL reports what is wrong with the URL of a receiver, as far as its text tells; "" is none.
func CheckURL(text string) error {
	if text == "" {
		return nil
	}
	_, err := parseURL(text)
	return err
}

// checkLiteral refuses an address that is written as numbers and that no connection would be made to.
func (s *Sender) checkLiteral(u *url.URL) error {
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil // a name: it is checked when it is resolved
	}
	if err := newGuard(s.Private, u.Scheme == "http").check(ip.Unmap()); err != nil {
		return fmt.Errorf("cannot be used: %w", err)
	}
	return nil
}
