package webhook

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/view"
)

// An Endpoint is the address of a receiver, and what it gets.
type Endpoint struct {
	URL     string
	Events  []string // empty: all
	Secret  string   // ""; the workspace's
	Trouble Trouble
}

// An EndpointState is an endpoint with its id and state.
type EndpointState struct {
	Endpoint
	ID       string
	Disabled string // why nothing is sent to it; "": it is active
	Pending  int    // deliveries that are not done
}

// How many attempts are made at once.
const (
	perEndpoint    = 16   // to one endpoint
	perFailing     = 2    // to one whose last attempt failed
	inFlightAtMost = 4096 // to all together
)

// An endpoint is an Endpoint while it is registered. Sender.mu guards it.
type endpoint struct {
	Endpoint
	ctx      context.Context //nolint:containedctx // attempts end when the endpoint is removed
	cancel   context.CancelFunc
	id       string
	to       *url.URL
	key      *signature.Key   // nil: the workspace's are used
	disabled string           // why; "": it is active
	failing  bool             // its last attempt failed
	queues   map[int64]*queue // by conversation
	resends  map[*queue]bool  // those of deliveries that are sent again by hand
	ready    []*queue         // those whose first delivery can be sent now, in their order
	inFlight int              // attempts
	pending  int              // deliveries
	inTurns  bool             // it is in its outbox's turns
}

func newEndpoint(ctx context.Context, id string, e Endpoint, to *url.URL) *endpoint {
	p := &endpoint{id: id, to: to, queues: map[int64]*queue{}, resends: map[*queue]bool{}}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.set(e)
	return p
}

func (p *endpoint) set(e Endpoint) {
	p.Endpoint, p.key = e, nil
	if e.Secret != "" {
		p.key = signature.NewKey(e.Secret)
	}
}

// state is the endpoint as it is now. Sender.mu is held.
func (p *endpoint) state() EndpointState {
	return EndpointState{Endpoint: p.Endpoint, ID: p.id, Disabled: p.disabled, Pending: p.pending}
}

func (p *endpoint) wants(event string) bool {
	all := len(p.Events) == 0 && !view.IsGuessed(event)
	return p.disabled == "" && (all || slices.Contains(p.Events, event))
}

// canSend reports whether a delivery can be sent to the endpoint now.
func (p *endpoint) canSend() bool {
	limit := perEndpoint
	if p.failing {
		limit = perFailing
	}
	return len(p.ready) > 0 && p.inFlight < limit
}

// queue is the queue of a conversation, a new one if there is none. Batches are of all conversations.
func (p *endpoint) queue(conversation int64) *queue {
	if p.Trouble.Batch > 0 {
		conversation = 0
	}
	q := p.queues[conversation]
	if q == nil {
		q = &queue{endpoint: p, conversation: conversation, place: -1}
		p.queues[conversation] = q
	}
	return q
}

// remove removes an empty queue.
func (p *endpoint) remove(q *queue) {
	delete(p.resends, q)
	if p.queues[q.conversation] == q {
		delete(p.queues, q.conversation)
	}
}

func (p *endpoint) allQueues() []*queue {
	return slices.AppendSeq(slices.Collect(maps.Values(p.queues)), maps.Keys(p.resends))
}

// due is the workspace's instant before which an event is not sent.
func (p *endpoint) due(e *Event) time.Time {
	return e.At.Add(max(p.Trouble.Late, p.Trouble.Batch))
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

// CheckURL reports what is wrong with the URL of a receiver, as far as its text shows; "" is none.
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
