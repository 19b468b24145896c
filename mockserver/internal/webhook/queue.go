package webhook

import (
	"container/heap"
	"slices"
	"time"
)

// A queue has the deliveries that are sent one after the other: those of one conversation to one endpoint, or a single one that is
// sent again by hand. Sender.mu guards it.
type queue struct {
	endpoint     *endpoint
	conversation int64
	list         []*delivery // the first one is sent next, or is being sent
	resend       bool        // it has a single delivery, which is sent again by hand
	due          time.Time   // while it waits: when its first delivery may be sent
	place        int         // its index in the outbox's waiting queues; -1: it does not wait
	ready        bool        // it is among the endpoint's ready queues
	busy         bool        // its first delivery is being sent
	dropped      bool        // it was emptied
}

// put adds a delivery at the end; with out_of_order, of each two deliveries the second one goes before the first.
func (q *queue) put(d *delivery) {
	last := len(q.list) - 1
	if !q.endpoint.Trouble.OutOfOrder {
		q.list = append(q.list, d)
		return
	}
	if last < 0 || last == 0 && q.busy || q.list[last].overtaken {
		if wait := d.Event.At.Add(overtakenFor); wait.After(d.Next) {
			d.Next = wait
		}
		q.list = append(q.list, d)
		return
	}
	held := q.list[last]
	held.overtaken, d.overtaken, held.Next = true, true, d.Next
	q.list = append(q.list[:last], d, held)
}

// schedule puts a queue where it belongs: among the ready ones, among those that wait for their time, or, when it is empty or busy,
// nowhere.
func (b *outbox) schedule(q *queue, now time.Time) {
	switch {
	case q.busy || q.dropped:
	case len(q.list) == 0:
		q.endpoint.remove(q)
	case q.list[0].Next.After(now):
		b.postpone(q, q.list[0].Next)
	default:
		b.unschedule(q)
		if !q.ready {
			q.ready = true
			q.endpoint.ready = append(q.endpoint.ready, q)
			b.giveTurn(q.endpoint)
		}
	}
}

// postpone lets a queue wait until an instant.
func (b *outbox) postpone(q *queue, due time.Time) {
	q.due = due
	if q.ready { // another delivery has come before the one that was due
		q.ready = false
		q.endpoint.ready = slices.DeleteFunc(q.endpoint.ready, func(r *queue) bool { return r == q })
	}
	if q.place >= 0 {
		heap.Fix(&b.waiting, q.place)
	} else {
		heap.Push(&b.waiting, q)
	}
	if b.waiting[0] == q {
		b.signal()
	}
}

// unschedule takes a queue out of those that wait.
func (b *outbox) unschedule(q *queue) {
	if q.place >= 0 {
		heap.Remove(&b.waiting, q.place)
	}
}

// release makes the queues ready that have become due. It returns when the next one is due, by the workspace's clock; zero: none
// waits.
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

// waiting is a heap of queues; the one that is due first is at the top.
type waiting []*queue

func (w waiting) Len() int           { return len(w) }
func (w waiting) Less(i, j int) bool { return w[i].due.Before(w[j].due) }
func (w waiting) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].place, w[j].place = i, j
}

func (w *waiting) Push(x any) {
	q := x.(*queue) //nolint:forcetypeassert // the heap holds nothing else
	q.place = len(*w)
	*w = append(*w, q)
}

func (w *waiting) Pop() any {
	last := (*w)[len(*w)-1]
	last.place = -1
	*w = (*w)[:len(*w)-1]
	return last
}
