package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

const (
	// keptEvery is how often what became of deliveries is kept: a mock that is killed sends those of the last second again, with the
	// same ids.
	keptEvery = time.Second
	// doneKept is how many deliveries that are done are kept, the newest ones.
	doneKept = 1000
)

// A keptOutbox is an outbox as it is kept. It has secrets of endpoints.
type keptOutbox struct {
	Endpoints  []keptEndpoint `json:"endpoints"`
	Deliveries []keptDelivery `json:"deliveries"`
	Last       string         `json:"last"` // id of the change that was read last
	Asleep     *Asleep        `json:"asleep,omitempty"`

	EndpointID int64 `json:"endpoint_id"`
	DeliveryID int64 `json:"delivery_id"`
	Triggered  int64 `json:"triggered"`
	Resends    int64 `json:"resends"`
}

type keptEndpoint struct {
	ID       string   `json:"id"`
	Endpoint Endpoint `json:"endpoint"`
	Disabled string   `json:"disabled,omitempty"`
}

type keptDelivery struct {
	Delivery  Delivery `json:"delivery"`
	Retries   int      `json:"retries,omitempty"`
	Tried     bool     `json:"tried,omitempty"`
	Repeated  bool     `json:"repeated,omitempty"`
	Overtaken bool     `json:"overtaken,omitempty"`
}

// keepAll keeps the outboxes that have changed, until the Sender is closed.
func (s *Sender) keepAll() {
	tick := time.NewTicker(keptEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.keepChanged()
		case <-s.ctx.Done():
			return
		}
	}
}

// keepChanged keeps the outboxes that have changed. One that could not be kept is tried again.
func (s *Sender) keepChanged() {
	s.mu.Lock()
	var changed []*outbox
	for _, b := range s.outboxes {
		if b.changed {
			changed = append(changed, b)
		}
	}
	s.mu.Unlock()
	for _, b := range changed {
		if err := b.keep(context.Background()); err != nil {
			s.Logger.Warn("what became of webhooks could not be kept; this is tried again", "workspace", b.domain, "reason", err)
		}
	}
}

// keep keeps the outbox as it is now.
func (b *outbox) keep(ctx context.Context) error {
	if b.s.Keep == nil {
		return nil
	}
	return b.keepAs(ctx, nil)
}

// keepAs keeps the outbox as one that leaves memory; nil: it does not.
func (b *outbox) keepAs(ctx context.Context, asleep *Asleep) error {
	b.keeping.Lock()
	defer b.keeping.Unlock()
	b.reading.Lock()
	b.s.mu.Lock()
	state := b.kept()
	state.Asleep = asleep
	gone := b.gone
	b.changed = false
	b.s.mu.Unlock()
	b.reading.Unlock()
	if gone {
		return nil
	}
	text, err := json.Marshal(state)
	if err == nil {
		err = b.s.Keep(ctx, b.domain, text)
	}
	if err != nil {
		b.s.mu.Lock()
		b.changed = true
		b.s.mu.Unlock()
	}
	return err
}

// kept is the outbox as it is kept. Both locks are held.
func (b *outbox) kept() keptOutbox {
	state := keptOutbox{Last: b.last, EndpointID: b.endpointID, DeliveryID: b.deliveryID, Triggered: b.triggered, Resends: b.resends}
	for _, p := range b.endpoints {
		state.Endpoints = append(state.Endpoints, keptEndpoint{p.id, p.Endpoint, p.disabled})
	}
	tooMany := len(b.deliveries) - b.pending - doneKept
	for _, d := range b.deliveries {
		if d.State != Pending && tooMany > 0 {
			tooMany--
			continue
		}
		state.Deliveries = append(state.Deliveries, keptDelivery{d.snapshot(), d.retries, d.tried, d.repeated, d.overtaken})
	}
	return state
}

// Restore makes the outbox of a workspace that was kept, and sends what is pending. What happened since it was kept is read from the
// events of the workspace.
func (s *Sender) Restore(ctx context.Context, domain string, text []byte) error {
	var state keptOutbox
	if err := json.Unmarshal(text, &state); err != nil {
		return fmt.Errorf("webhooks of workspace %s: %w", domain, err)
	}
	w, found := s.Workspace(domain)
	if !found {
		return nil
	}
	if reset := w.ResetAfter(state.Last); reset != "" { // it has forgotten the deliveries
		state.Last, state.Deliveries = reset, nil
	}
	_, _, err := s.open(ctx, w, state.Last, func(b *outbox) error { return b.restore(&state) })
	return err
}

// restore fills a new outbox. Both locks are held.
func (b *outbox) restore(state *keptOutbox) error {
	if state.Last != "" {
		b.last = state.Last
	}
	b.endpointID, b.triggered, b.resends = state.EndpointID, state.Triggered, state.Resends
	for _, k := range state.Endpoints {
		to, err := parseURL(k.Endpoint.URL)
		if err != nil {
			return fmt.Errorf("webhooks of workspace %s: endpoint %s: %w", b.domain, k.ID, err)
		}
		p := newEndpoint(b.s.ctx, k.ID, k.Endpoint, to)
		p.disabled = k.Disabled
		b.endpoints = append(b.endpoints, p)
	}
	now := b.workspace.Instant()
	for _, k := range state.Deliveries {
		b.restoreDelivery(k, now)
	}
	b.deliveryID = state.DeliveryID
	return nil
}

func (b *outbox) restoreDelivery(k keptDelivery, now time.Time) {
	d := &delivery{Delivery: k.Delivery, retries: k.Retries, tried: k.Tried, repeated: k.Repeated, overtaken: k.Overtaken}
	d.endpoint = b.endpoint(d.Endpoint)
	b.deliveries = append(b.deliveries, d)
	p := d.endpoint
	if d.State != Pending || p == nil {
		return
	}
	b.pending++
	p.pending++
	q := p.queue(d.Event.Conversation)
	if d.Resent {
		q = &queue{endpoint: p, conversation: d.Event.Conversation, resend: true, place: -1}
		p.resends[q] = true
	}
	q.list = append(q.list, d)
	b.schedule(q, now)
}
