package server

import (
	"context"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/webhook"
)

const (
	// claimFor is how long a mock sends the webhooks of a workspace after it has claimed them, without a further word.
	claimFor = 8 * time.Second
	// claimEvery is how often it claims again what it sends, and looks for workspaces that have no sender.
	claimEvery = time.Second
	// renewWithin is how long it waits for the store then.
	renewWithin = 2 * time.Second
	// claimAtOnce is how many of these it takes then: the others are for other mocks.
	claimAtOnce = 16
)

// senders are the workspaces whose webhooks this mock sends, where several mocks have one store. Each workspace has one mock that sends them:
// it has claimed them for a time, claims them again before that is over, and sends nothing when it could not.
type senders struct {
	s   *Server
	own map[string]*claim
	mu  sync.Mutex // guards own
}

// A claim is one for a workspace. taking holds a token, except while it is claimed or given up.
type claim struct {
	taking chan struct{}
	until  time.Time // by the machine's clock, and not later than in the store; zero: it is not claimed. senders.mu guards it
}

func newSenders(s *Server) *senders { return &senders{s: s, own: map[string]*claim{}} }

// claimWebhooks begins to claim webhooks, and to answer requests about them, until the server is closed.
func (s *Server) claimWebhooks() {
	if s.senders == nil {
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	s.following.Go(func() {
		<-s.closed
		stop()
	})
	s.following.Go(func() { every(ctx, claimEvery, s.senders.renew) })
	s.following.Go(func() { every(ctx, claimEvery, s.senders.claimSome) })
	s.following.Go(func() { s.senders.answer(ctx) })
}

// every does something at once and then at intervals, until ctx ends.
func every(ctx context.Context, interval time.Duration, do func(context.Context)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		do(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// claimSome claims some of the workspaces that have webhooks and no sender. Every mock does so, in any order: so each gets its share.
func (n *senders) claimSome(ctx context.Context) {
	domains, err := n.s.options.Store.Unclaimed(ctx, claimAtOnce)
	if err != nil {
		return // it is tried again
	}
	for _, domain := range domains {
		if _, err := n.claim(ctx, domain); err != nil && ctx.Err() == nil {
			n.s.options.Logger.Warn("the webhooks of a workspace are not sent yet; this is tried again", "workspace", domain, "reason", err)
		}
	}
}

// claim makes this mock the sender of a workspace's webhooks, unless another one is: owner; "" when it is this one.
func (n *senders) claim(ctx context.Context, domain string) (owner string, err error) {
	c := n.of(domain)
	select {
	case <-c.taking:
		defer func() { c.taking <- struct{}{} }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if n.holds(c) {
		return "", nil
	}
	until := time.Now().Add(claimFor)
	if owner, err = n.s.options.Store.Claim(ctx, domain, claimFor); err != nil || owner != "" {
		return owner, err
	}
	state, err := n.s.options.Store.WebhooksOf(ctx, domain)
	if err == nil && state != nil {
		err = n.s.webhooks.Restore(ctx, domain, state)
	}
	if err != nil {
		return "", err
	}
	n.setUntil(c, until)
	return "", nil
}

// of is the claim for a workspace, made if there was none.
func (n *senders) of(domain string) *claim {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.own[domain]
	if c == nil {
		c = &claim{taking: make(chan struct{}, 1)}
		c.taking <- struct{}{}
		n.own[domain] = c
	}
	return c
}

func (n *senders) holds(c *claim) bool { return time.Now().Before(n.until(c)) }

// renew claims again what this mock sends. While the store cannot be asked, the attempts pause before the claim is over; when another mock
// has claimed a workspace meanwhile, what this one knows of its webhooks is forgotten.
func (n *senders) renew(ctx context.Context) {
	var held []string
	n.mu.Lock()
	for domain, c := range n.own {
		if !c.until.IsZero() {
			held = append(held, domain)
		}
	}
	n.mu.Unlock()
	if len(held) == 0 {
		return
	}
	asking, cancel := context.WithTimeout(ctx, renewWithin)
	defer cancel()
	until := time.Now().Add(claimFor)
	own, err := n.s.options.Store.Renew(asking, held, claimFor)
	renewed := map[string]bool{}
	for _, domain := range own {
		renewed[domain] = true
	}
	for _, domain := range held {
		switch {
		case err != nil:
			n.pause(domain)
		case renewed[domain]:
			n.hold(domain, until)
		default:
			n.release(domain)
		}
	}
}

// pause lets no attempt begin when the claim is about to end.
func (n *senders) pause(domain string) {
	if time.Until(n.until(n.of(domain))) < renewWithin+claimEvery { // the next try may end no earlier
		n.s.webhooks.Pause(domain, true)
	}
}

func (n *senders) hold(domain string, until time.Time) {
	n.mu.Lock()
	c := n.own[domain]
	held := !c.until.IsZero() // otherwise it was given up meanwhile
	if held {
		c.until = until
	}
	n.mu.Unlock()
	if held {
		n.s.webhooks.Pause(domain, false)
	}
}

func (n *senders) release(domain string) {
	n.setUntil(n.of(domain), time.Time{})
	n.s.webhooks.Release(domain)
}

// claimIfKept claims a workspace that has webhooks.
func (n *senders) claimIfKept(ctx context.Context, domain string) error {
	state, err := n.s.options.Store.WebhooksOf(ctx, domain)
	if err == nil && state != nil {
		_, err = n.claim(ctx, domain)
	}
	return err
}

// rest gives a workspace up whose webhooks this mock sends, if there is nothing to do for them now. It reports whether none of them are in
// memory any more.
func (n *senders) rest(ctx context.Context, t *workspaceEntry) bool {
	c := n.of(t.Domain)
	select {
	case <-c.taking: // who asks about the webhooks waits until they are given up
		defer func() { c.taking <- struct{}{} }()
	default:
		return false
	}
	until := n.until(c)
	if until.IsZero() {
		return !n.s.webhooks.Has(t.Domain)
	}
	n.setUntil(c, time.Time{})
	asleep, ok := n.s.webhooks.Sleep(ctx, t.Domain, t.used.Load)
	if !ok {
		n.setUntil(c, until)
		return false
	}
	if asleep.Head == 0 { // it has no webhooks
		asleep.Head = t.Durable()
	}
	if err := n.s.options.Store.Rest(ctx, t.Domain, asleep.Head, asleep.Due); err != nil { // the claim ends by itself, and another mock goes on
		n.s.options.Logger.Debug("the webhooks of a workspace could not be given up", "workspace", t.Domain, "reason", err)
	}
	return true
}

func (n *senders) until(c *claim) time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return c.until
}

func (n *senders) setUntil(c *claim, until time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c.until = until
}

// registerWebhookURL registers the receiver of --webhook-url: where several mocks have one store, with the one that sends.
func (s *Server) registerWebhookURL() {
	e := webhook.Endpoint{URL: s.options.WebhookURL}
	switch {
	case e.URL == "":
	case s.senders == nil:
		s.webhooks.AddLater("", e)
	default:
		s.following.Go(func() { s.senders.addOnce(e) })
	}
}

// addOnce registers an endpoint of the default workspace as soon as this mock sends its webhooks; while another one does, that has it too.
func (n *senders) addOnce(e webhook.Endpoint) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	tick := time.NewTicker(claimEvery)
	defer tick.Stop()
	for {
		first := n.s.inForce.Load().workspaces.get("")
		if owner, err := n.claim(ctx, first.Domain); err == nil && owner == "" {
			n.s.webhooks.AddLater("", e)
			return
		}
		select {
		case <-tick.C:
		case <-n.s.closed:
			return
		}
	}
}
