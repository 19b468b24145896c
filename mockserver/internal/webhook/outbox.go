package webhook

import (
	"container/heap"
	"context"
	"crypto/rand"
	"slices"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/feed"
	"example.com/awalmock/mockserver/internal/sandbox"
)

const (
	deliveriesKept = 10_000 // of a workspace, done ones; pending ones are always kept
	eventsKept     = 4096   // for listeners that come back
)

// An outbox is what a workspace sends.
type outbox struct {
	s      *Sender
	domain string
	name   string        // random: this outbox, and none of another run
	wake   chan struct{} // tells run to look again

	reading      sync.Mutex // guards what follows; it is taken before Sender.mu
	workspace    *sandbox.Workspace
	subscription *sandbox.Subscription
	last         string // id of the change that was read last
	lost         bool   // changes were lost

	registering chan struct{} // holds a token while no endpoints are being registered

	// Sender.mu guards the rest.
	gone       bool
	endpoints  []*endpoint
	endpointID int64
	deliveries []*delivery // by id
	deliveryID int64
	triggered  int64
	resends    int64
	waiting    waiting
	pending    int
	turns      []*endpoint // those with something that can be sent now
	inTurns    bool        // of the Sender
	events     *feed.Ring[Entry]
	more       chan struct{} // closed when there is another entry; nil: nobody waits
}

func newOutbox(s *Sender, domain string) *outbox {
	b := &outbox{s: s, domain: domain, name: rand.Text(), wake: make(chan struct{}, 1), registering: make(chan struct{}, 1), events: feed.NewRing[Entry](eventsKept)}
	b.registering <- struct{}{}
	return b
}

// subscribe begins to read the changes of a workspace, after the one with an id.
func (b *outbox) subscribe(ctx context.Context, w *sandbox.Workspace, after string) error {
	subscription, err := w.Subscribe(ctx, after)
	if err != nil {
		return err
	}
	b.workspace, b.subscription = w, subscription
	return nil
}

func (b *outbox) unsubscribe() {
	if b.subscription != nil {
		b.subscription.Close()
		b.subscription = nil
	}
}

// run reads the changes as they come and sends what has become due, until the Sender is closed or the workspace is removed.
func (b *outbox) run() {
	defer b.s.running.Done()
	defer func() {
		b.reading.Lock()
		defer b.reading.Unlock()
		b.unsubscribe()
	}()
	for {
		news, there := b.read(b.s.ctx)
		if !there {
			return
		}
		if !b.wait(news) {
			return
		}
	}
}

// wait waits until there may be something to do; false: the Sender is closed.
func (b *outbox) wait(news sandbox.News) bool {
	at := news.Due
	if due := b.release(); !due.IsZero() {
		at = earlier(at, b.when(due))
	}
	var timer <-chan time.Time
	if !at.IsZero() {
		t := time.NewTimer(max(time.Millisecond, at.Sub(b.s.Now())))
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-news.More:
	case <-timer:
	case <-b.wake:
	case <-b.s.ctx.Done():
		return false
	}
	return true
}

func (b *outbox) when(due time.Time) time.Time {
	b.reading.Lock()
	defer b.reading.Unlock()
	return b.workspace.When(due)
}

func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// read takes over all that has changed until now; false: the workspace is no more.
func (b *outbox) read(ctx context.Context) (news sandbox.News, there bool) {
	b.reading.Lock()
	defer b.reading.Unlock()
	for {
		if b.subscription == nil {
			return news, false
		}
		news = b.subscription.Next()
		switch {
		case news.Gone:
			if !b.moveOn(ctx) {
				b.s.forget(b)
				return news, false
			}
		case len(news.Changes) == 0:
			return news, true
		default:
			b.take(ctx, news.Changes)
		}
	}
}

// moveOn goes on with the workspace that has taken the place of the one that was removed: with new fixtures all begin anew.
func (b *outbox) moveOn(ctx context.Context) bool {
	gone := b.workspace
	b.unsubscribe()
	w, found := b.s.Workspace(b.domain)
	if !found || w.Workspace == gone {
		return false
	}
	b.s.mu.Lock()
	b.clear()
	b.s.mu.Unlock()
	return b.subscribe(ctx, w.Workspace, "") == nil
}

// take makes events of changes, and deliveries of events.
func (b *outbox) take(ctx context.Context, changes []sandbox.Change) {
	w, found := b.s.Workspace(b.domain)
	if !found {
		return
	}
	var events []*Event
	for i := range changes {
		c := &changes[i]
		switch c.Kind {
		case sandbox.ChangeReset:
			b.enqueue(events...)
			events = nil
			b.s.mu.Lock()
			b.clear()
			b.s.mu.Unlock()
		case sandbox.ChangeResync:
			b.enqueue(events...)
			b.resume(ctx)
			return
		default:
			made, err := eventsOf(w, c)
			if err != nil {
				b.s.Logger.Error("a webhook is not sent: its body does not fit the document", "workspace", b.domain, "reason", err)
			}
			events = append(events, made...)
		}
		b.last = c.ID()
	}
	b.enqueue(events...)
}

// resume reads on after a gap: the feed keeps the newest changes only, the log has all.
func (b *outbox) resume(ctx context.Context) {
	b.unsubscribe()
	if err := b.subscribe(ctx, b.workspace, b.last); err != nil {
		b.s.Logger.Error("webhooks of a workspace have ended: its changes cannot be read", "workspace", b.domain, "reason", err)
		b.s.forget(b)
		return
	}
	if news := b.subscription.Next(); len(news.Changes) > 0 && news.Changes[0].Kind != sandbox.ChangeResync {
		b.take(ctx, news.Changes)
		return
	}
	b.lost = true
	b.s.Logger.Warn("webhooks of a workspace may be missing: its events were replaced, or too much happened at once", "workspace", b.domain)
}

// enqueue gives events to the endpoints that want them, and to listeners.
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
		b.tell(Entry{Event: e, ID: e.ID})
		taken := false
		for _, p := range b.endpoints {
			if !p.wants(e.Name) {
				continue
			}
			taken = true
			b.add(p, e, now)
			if p.Trouble.UnknownEvent {
				b.add(p, unknown(e), now)
			}
		}
		if !taken {
			b.keep(&delivery{Delivery: Delivery{Event: e, State: NoEndpoint}})
		}
	}
	b.s.sendReady()
}

// keep remembers a delivery. Old ones that are done are forgotten.
func (b *outbox) keep(d *delivery) {
	b.deliveryID++
	d.ID = b.deliveryID
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

// add puts an event into the endpoint's queue for its conversation.
func (b *outbox) add(p *endpoint, e *Event, now time.Time) {
	d := &delivery{Delivery: Delivery{Event: e, Endpoint: p.id, URL: p.URL, State: Pending, Next: p.due(now)}, endpoint: p}
	if b.pending >= pendingAtMost {
		d.State, d.Reason, d.Next = Dead, "too many deliveries are pending in this workspace", time.Time{}
		b.keep(d)
		return
	}
	b.keep(d)
	b.pending++
	p.pending++
	conversation := e.Conversation
	if p.Trouble.Batch > 0 {
		conversation = 0 // a batch is of all conversations
	}
	q := p.queues[conversation]
	if q == nil {
		q = &queue{endpoint: p, conversation: conversation, place: -1}
		p.queues[conversation] = q
	}
	q.put(d, now)
	b.schedule(q, now)
}

// put adds a delivery at the end, or, out of order on purpose, before the one that was added last.
func (q *queue) put(d *delivery, now time.Time) {
	last := len(q.list) - 1
	if !q.endpoint.Trouble.OutOfOrder {
		q.list = append(q.list, d)
		return
	}
	if last < 0 || last == 0 && q.busy || q.list[last].overtaken {
		d.Next = now.Add(max(aloneFor, d.Next.Sub(now)))
		q.list = append(q.list, d)
		return
	}
	held := q.list[last]
	held.overtaken, d.overtaken, held.Next = true, true, d.Next
	q.list = append(q.list[:last], d, held)
}

// schedule puts a queue where it belongs: among those that can be sent, or that wait, or nowhere when it is empty or busy.
func (b *outbox) schedule(q *queue, now time.Time) {
	if q.busy || q.dropped {
		return
	}
	if len(q.list) == 0 {
		delete(q.endpoint.beside, q)
		if q.endpoint.queues[q.conversation] == q {
			delete(q.endpoint.queues, q.conversation)
		}
		return
	}
	due := q.list[0].Next
	if due.After(now) {
		q.due = due
		switch {
		case q.place >= 0:
			heap.Fix(&b.waiting, q.place)
		case !q.ready:
			heap.Push(&b.waiting, q)
		}
		if b.waiting[0] == q {
			b.signal()
		}
		return
	}
	if q.place >= 0 {
		heap.Remove(&b.waiting, q.place)
	}
	if !q.ready {
		q.ready = true
		q.endpoint.ready = append(q.endpoint.ready, q)
		b.offer(q.endpoint)
	}
}

// release makes ready what has become due, and says when the next is, by the workspace's clock; zero: nothing waits.
func (b *outbox) release() (next time.Time) {
	b.reading.Lock()
	now := b.workspace.Instant()
	b.reading.Unlock()
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	for len(b.waiting) > 0 && !b.waiting[0].due.After(now) {
		b.schedule(b.waiting[0], now)
	}
	b.s.sendReady()
	if len(b.waiting) == 0 {
		return time.Time{}
	}
	return b.waiting[0].due
}

// signal lets run look again.
func (b *outbox) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// clear forgets all deliveries. What is being sent now is sent, and nobody hears of its end.
func (b *outbox) clear() {
	for _, p := range b.endpoints {
		b.drop(p, "")
	}
	b.deliveries, b.pending = nil, 0
}

// drop empties the queues of an endpoint: what was in them is dead for a reason.
func (b *outbox) drop(p *endpoint, reason string) {
	for _, q := range p.all() {
		q.dropped = true
		if q.place >= 0 {
			heap.Remove(&b.waiting, q.place)
		}
		for _, d := range q.list {
			for _, one := range d.all() {
				b.finish(one, Dead, reason)
			}
		}
	}
	clear(p.queues)
	clear(p.beside)
	p.ready = nil
}

// finish ends a delivery.
func (b *outbox) finish(d *delivery, state State, reason string) {
	if d.State != Pending {
		return
	}
	d.State, d.Reason, d.Next = state, reason, time.Time{}
	d.batch = nil
	b.pending--
	d.endpoint.pending--
}
