package webhook

import (
	"slices"
	"time"
)

// Bounds of an outbox.
const (
	deliveriesKept = 10_000  // that are done; those that are pending are always kept
	pendingAtMost  = 200_000 // above it, endpoints with their share or more get no more deliveries
	leastShare     = 1000    // an endpoint's share is never smaller: many events may happen at once
)

// enqueue gives events to listeners and to the endpoints that want them.
func (b *outbox) enqueue(events ...*Event) {
	if len(events) == 0 {
		return
	}
	now := b.workspace.Instant()
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if b.gone {
		return
	}
	for _, e := range events {
		b.publish(Entry{Event: e, ID: e.ID})
		wanted := false
		for _, p := range b.endpoints {
			if !p.wants(e.Name) {
				continue
			}
			wanted = true
			b.deliver(p, e, now)
			if p.Trouble.UnknownEvent {
				b.deliver(p, unknown(e), now)
			}
		}
		if !wanted {
			b.remember(&delivery{Delivery: Delivery{Event: e, State: NoEndpoint}})
		}
	}
	b.s.sendReady()
}

// deliver puts an event into the endpoint's queue for its conversation.
func (b *outbox) deliver(p *endpoint, e *Event, now time.Time) {
	d := &delivery{Delivery: Delivery{Event: e, Endpoint: p.id, URL: p.URL, State: Pending, Next: p.due(e)}, endpoint: p}
	if b.isFullFor(p) {
		d.State, d.Reason, d.Next = Dead, "too many deliveries are pending for this endpoint", time.Time{}
		b.remember(d)
		return
	}
	b.remember(d)
	b.pending++
	p.pending++
	q := p.queue(e.Conversation)
	q.put(d)
	b.schedule(q, now)
}

// isFullFor reports whether an endpoint gets no more deliveries, because too many are pending and it has its share of them. One that
// accepts what it gets is not affected by others.
func (b *outbox) isFullFor(p *endpoint) bool {
	return b.pending >= pendingAtMost && p.pending >= max(leastShare, pendingAtMost/len(b.endpoints))
}

// remember adds a delivery to the list of deliveries. The oldest ones that are done are forgotten.
func (b *outbox) remember(d *delivery) {
	b.deliveryID++
	d.ID, b.changed = b.deliveryID, true
	b.deliveries = append(b.deliveries, d)
	if len(b.deliveries) < 2*deliveriesKept+b.pending {
		return
	}
	done := len(b.deliveries) - b.pending
	b.deliveries = slices.DeleteFunc(b.deliveries, func(d *delivery) bool {
		if d.State == Pending || done <= deliveriesKept {
			return false
		}
		done--
		return true
	})
}

// finish ends a delivery that is pending.
func (b *outbox) finish(d *delivery, state State, reason string) {
	if d.State != Pending {
		return
	}
	d.State, d.Reason, d.Next = state, reason, time.Time{}
	d.batch = nil
	b.pending--
	d.endpoint.pending--
}

// drop empties the queues of an endpoint, and ends the deliveries in them for a reason. The result of an attempt in flight counts
// no more.
func (b *outbox) drop(p *endpoint, reason string) {
	b.changed = true
	for _, q := range p.allQueues() {
		q.dropped = true
		b.unschedule(q)
		for _, d := range q.list {
			for _, one := range d.all() {
				b.finish(one, Dead, reason)
			}
		}
	}
	clear(p.queues)
	clear(p.resends)
	p.ready = nil
}

// clear forgets all deliveries.
func (b *outbox) clear() {
	for _, p := range b.endpoints {
		b.drop(p, "")
	}
	b.deliveries, b.pending, b.changed = nil, 0, true
}
