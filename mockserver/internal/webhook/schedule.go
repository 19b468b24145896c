package webhook

import (
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/signature"
)

// offer gives an endpoint a turn if it has something that can be sent now. Turns go round the workspaces, and in each round its
// endpoints: none has to wait for what another one has queued.
func (b *outbox) offer(p *endpoint) {
	if !p.inTurns && p.free() {
		p.inTurns = true
		b.turns = append(b.turns, p)
	}
	if !b.inTurns && len(b.turns) > 0 {
		b.inTurns = true
		b.s.turns = append(b.s.turns, b)
	}
}

// A job is one attempt that was taken from a queue.
type job struct {
	b       *outbox
	q       *queue
	d       *delivery
	request request
	began   time.Time // the workspace's instant
}

// next takes the next job; nil: there is none now.
func (s *Sender) next() *job {
	for len(s.turns) > 0 && s.inFlight < allAtOnce && !s.closed {
		b := s.turns[0]
		s.turns = s.turns[1:]
		b.inTurns = false
		p := b.turns[0]
		b.turns = b.turns[1:]
		p.inTurns = false
		j := b.takeFrom(p)
		b.offer(p)
		if j != nil {
			return j
		}
	}
	return nil
}

// takeFrom takes the next job of an endpoint; nil: nothing of it is there any more.
func (b *outbox) takeFrom(p *endpoint) *job {
	if !p.free() {
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
	if p.Trouble.Batch > 0 && !d.sent && !q.beside {
		n := min(len(q.list), mostInOneBatch)
		d.batch = slices.Clone(q.list[1:n])
		q.list = append([]*delivery{d}, q.list[n:]...)
	}
	first := !d.sent
	d.sent = true
	return &job{b: b, q: q, d: d, began: w.Instant(), request: request{
		to: p.to, id: d.Event.ID, body: d.body(), keys: p.keys(w.Keys), trouble: p.Trouble, first: first,
	}}
}

func (p *endpoint) keys(workspace []*signature.Key) []*signature.Key {
	if p.key != nil {
		return []*signature.Key{p.key}
	}
	return workspace
}

// body is what is sent of a delivery: an event, or a list of events.
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

// sendReady sends what can be sent now.
func (s *Sender) sendReady() {
	for j := s.next(); j != nil; j = s.next() {
		s.running.Add(1)
		go s.work(j)
	}
}

// work does a job, and others as long as there are any.
func (s *Sender) work(j *job) {
	defer s.running.Done()
	for j != nil {
		got := s.post(&j.request)
		w, found := s.Workspace(j.b.domain)
		now := j.began
		if found {
			now = w.Instant()
		}
		s.mu.Lock()
		j.settle(&got, now)
		j = s.next()
		s.sendReady()
		s.mu.Unlock()
	}
}

// settle does what follows from an attempt.
func (j *job) settle(got *result, now time.Time) {
	b, q, d, p := j.b, j.q, j.d, j.q.endpoint
	p.inFlight--
	b.s.inFlight--
	q.busy = false
	p.failing = got.failure != ""
	if q.dropped || b.s.ctx.Err() != nil {
		b.offer(p)
		return
	}
	d.tried(Attempt{At: j.began, Status: got.status, Failure: got.failure, Duration: got.took})
	if got.status == statusGone {
		p.disabled = "it answered 410 Gone"
		b.drop(p, "the endpoint is disabled: "+p.disabled)
		return
	}
	if j.isDone(got, now) {
		q.list = q.list[1:]
	}
	b.schedule(q, now)
	b.offer(p)
}

// isDone reports whether a delivery has ended; if not, it is planned again.
func (j *job) isDone(got *result, now time.Time) bool {
	b, d := j.b, j.d
	end := func(state State) bool {
		for _, one := range d.all() {
			b.finish(one, state, "")
		}
		return true
	}
	switch {
	case d.repeat:
		return end(Delivered)
	case got.failure == "" && d.endpoint.Trouble.Twice:
		d.repeat = true
		return false
	case got.failure == "":
		return end(Delivered)
	case d.tries >= len(b.s.Retries):
		return end(Dead)
	}
	at := j.began.Add(b.s.Retries[d.tries])
	if notice := now.Add(got.retryAfter); got.retryAfter > 0 && notice.After(at) {
		at = notice
	}
	d.tries++
	for _, one := range d.all() {
		one.Next = at
	}
	return false
}

const statusGone = 410
