package webhook

import (
	"net/http"
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// A job is one attempt to send the first delivery of a queue.
type job struct {
	b       *outbox
	q       *queue
	d       *delivery
	request request
	began   time.Time // the workspace's instant
}

// takeFrom takes a job from the first ready queue of an endpoint; nil: nothing can be sent to it now.
func (b *outbox) takeFrom(p *endpoint) *job {
	if b.paused || !p.canSend() {
		return nil
	}
	q := p.ready[0]
	p.ready = p.ready[1:]
	q.ready = false
	w, found := b.s.Workspace(b.domain)
	if !found {
		return nil
	}
	q.busy = true
	p.inFlight++
	b.s.inFlight++
	d := q.list[0]
	if p.Trouble.Batch > 0 && !d.tried && !q.resend {
		n := min(len(q.list), mostInOneBatch)
		d.batch = slices.Clone(q.list[1:n])
		q.list = append([]*delivery{d}, q.list[n:]...)
	}
	first := !d.tried
	d.tried = true
	return &job{b: b, q: q, d: d, began: w.Instant(), request: request{
		ctx: p.ctx, to: p.to, id: d.Event.ID, body: d.body(), keys: p.keys(w.Keys), trouble: p.Trouble, first: first,
	}}
}

// body is what is sent: an event, or a list of events.
func (d *delivery) body() []byte {
	trouble := &d.endpoint.Trouble
	if trouble.Batch == 0 && d.batch == nil {
		return trouble.addField(d.Event.Body)
	}
	list := []byte{'['}
	for i, one := range d.all() {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, trouble.addField(one.Event.Body)...)
	}
	return append(list, ']')
}

// keys are the secrets that sign for an endpoint: its own, or those of the workspace that are valid now.
func (p *endpoint) keys(workspace []*signature.Key) []*signature.Key {
	if p.key != nil {
		return []*signature.Key{p.key}
	}
	return workspace
}

// record keeps the result of an attempt, and plans what is sent next from its queue.
func (j *job) record(got *result, now time.Time) {
	b, q, p := j.b, j.q, j.q.endpoint
	p.inFlight--
	b.s.inFlight--
	q.busy = false
	p.failing = got.failure != ""
	if q.dropped || b.s.ctx.Err() != nil {
		b.giveTurn(p)
		return
	}
	b.changed = true
	j.d.record(Attempt{At: j.began, Status: got.status, Failure: got.failure, Duration: got.took})
	if got.status == http.StatusGone {
		p.disabled = "it answered 410 Gone"
		b.drop(p, "the endpoint is disabled: "+p.disabled)
		return
	}
	if state := j.conclude(got, now); state != Pending {
		for _, one := range j.d.all() {
			b.finish(one, state, "")
		}
		q.list = q.list[1:]
	}
	b.schedule(q, now)
	b.giveTurn(p)
}

// conclude returns the state of the delivery after an attempt. One that stays pending has its next attempt planned.
func (j *job) conclude(got *result, now time.Time) State {
	d, retries := j.d, j.b.s.Retries
	switch {
	case d.repeated:
		return Delivered // the answer to a second attempt does not count
	case got.failure == "" && d.endpoint.Trouble.Twice:
		d.repeated = true
		return Pending
	case got.failure == "":
		return Delivered
	case d.retries == len(retries):
		return Dead
	}
	at := j.began.Add(retries[d.retries])
	if asked := now.Add(got.retryAfter); got.retryAfter > 0 && asked.After(at) {
		at = asked
	}
	d.retries++
	for _, one := range d.all() {
		one.Next = at
	}
	return Pending
}
