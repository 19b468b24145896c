package webhook

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"
)

// A Filter chooses deliveries. A field that is empty chooses all.
type Filter struct {
	State    State
	Endpoint string
	Since    time.Time // events that happened then or later, by the workspace's clock
	After    int64     // deliveries with a higher id
	Newest   bool      // where there are more than asked for: the newest ones, not the oldest
}

func (f *Filter) matches(d *delivery) bool {
	return (f.State == "" || d.State == f.State) && (f.Endpoint == "" || d.Endpoint == f.Endpoint) &&
		!d.Event.At.Before(f.Since) && d.ID > f.After
}

// Deliveries are the deliveries of a workspace that a filter chooses, oldest first, at most limit of them. Old ones that are done
// are forgotten. An error says that what was kept of them cannot be read.
func (s *Sender) Deliveries(ctx context.Context, domain string, f Filter, limit int) ([]Delivery, error) {
	b, err := s.current(ctx, domain)
	if b == nil || err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	inOrder := slices.Values(b.deliveries)
	if f.Newest {
		inOrder = backward(b.deliveries)
	}
	var list []Delivery
	for d := range inOrder {
		if len(list) == limit {
			break
		}
		if f.matches(d) {
			list = append(list, d.snapshot())
		}
	}
	if f.Newest {
		slices.Reverse(list)
	}
	return list, nil
}

// backward are the deliveries from the newest to the oldest.
func backward(list []*delivery) iter.Seq[*delivery] {
	return func(yield func(*delivery) bool) {
		for _, d := range slices.Backward(list) {
			if !yield(d) {
				return
			}
		}
	}
}

// current returns the outbox of a workspace, after it has read all changes until now; nil: there is none.
func (s *Sender) current(ctx context.Context, domain string) (*outbox, error) {
	b, err := s.existing(ctx, domain)
	if b == nil || err != nil {
		return nil, err
	}
	if _, ok := b.read(ctx); !ok {
		return nil, nil
	}
	return b, nil
}

// snapshot is the delivery as it is now.
func (d *delivery) snapshot() Delivery {
	shown := d.Delivery
	shown.Attempts = slices.Clone(d.Attempts)
	return shown
}

// ErrNoDelivery says that there is no delivery with an id, or no longer.
var ErrNoDelivery = errors.New("there is no such delivery, or no longer")

// Resend sends a delivery again, as a new delivery of the same event, which does not wait for others of its conversation. One that is
// pending is not doubled: if it is the first of its conversation, its next attempt is made now. Resend returns the delivery that is
// sent.
func (s *Sender) Resend(ctx context.Context, domain string, id int64) (Delivery, error) {
	b, err := s.current(ctx, domain)
	if err != nil {
		return Delivery{}, err
	}
	if b == nil {
		return Delivery{}, ErrNoDelivery
	}
	list, entries := b.resendAll(func(d *delivery) bool { return d.ID == id })
	if len(list) == 0 {
		return Delivery{}, ErrNoDelivery
	}
	s.tell(ctx, b.domain, entries)
	return list[0], nil
}

// ResendAll sends all deliveries again that a filter chooses, except those that are pending. It returns the new ones.
func (s *Sender) ResendAll(ctx context.Context, domain string, f Filter) ([]Delivery, error) {
	b, err := s.current(ctx, domain)
	if b == nil || err != nil {
		return nil, err
	}
	list, entries := b.resendAll(func(d *delivery) bool { return d.State != Pending && f.matches(d) })
	s.tell(ctx, b.domain, entries)
	return list, nil
}

// resendAll sends the deliveries again that are chosen. It returns the new ones, and what listeners get of them.
func (b *outbox) resendAll(isChosen func(*delivery) bool) (list []Delivery, entries []Entry) {
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	var chosen, sent []*delivery
	for _, d := range b.deliveries {
		if isChosen(d) {
			chosen = append(chosen, d)
		}
	}
	list = make([]Delivery, 0, len(chosen))
	for _, d := range chosen {
		again := b.resend(d)
		sent = append(sent, again)
		list = append(list, again.snapshot())
	}
	entries = b.publishResends(sent)
	b.s.sendReady()
	return list, entries
}

// resend plans to send a delivery again. Sender.mu is held.
func (b *outbox) resend(d *delivery) *delivery {
	w, found := b.s.Workspace(b.domain)
	if !found {
		return d
	}
	now := w.Instant()
	if d.State == Pending {
		for _, q := range d.endpoint.allQueues() {
			if len(q.list) > 0 && q.list[0] == d && !q.busy {
				d.Next = now
				b.schedule(q, now)
			}
		}
		return d
	}
	again := &delivery{Delivery: Delivery{Event: d.Event, Endpoint: d.Endpoint, URL: d.URL, State: NoEndpoint, Resent: true}}
	p := b.endpoint(d.Endpoint)
	if p == nil || p.disabled != "" {
		again.Reason = "the endpoint is not registered any more, or disabled"
		b.remember(again)
		return again
	}
	again.endpoint, again.State, again.Next = p, Pending, now
	b.remember(again)
	b.pending++
	p.pending++
	q := &queue{endpoint: p, conversation: d.Event.Conversation, resend: true, place: -1, list: []*delivery{again}}
	p.resends[q] = true
	b.schedule(q, now)
	return again
}

func (b *outbox) endpoint(id string) *endpoint {
	for _, p := range b.endpoints {
		if p.id == id {
			return p
		}
	}
	return nil
}

// publishResends gives each event that is sent again to listeners, once.
func (b *outbox) publishResends(sent []*delivery) (entries []Entry) {
	seen := map[string]bool{}
	for _, d := range sent {
		if d.State != Pending && d.State != NoEndpoint || seen[d.Event.ID] {
			continue
		}
		seen[d.Event.ID] = true
		b.resends++
		e := Entry{Event: d.Event, ID: d.Event.ID + resentMark + strconv.FormatInt(b.resends, 10), Resent: true}
		entries = append(entries, e)
		b.publish(e)
	}
	return entries
}
