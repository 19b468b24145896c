package webhook

// giveTurn gives an endpoint a turn if it has a delivery that can be sent now. Turns go round the workspaces, and within a workspace
// round its endpoints: a long queue of one delays no other.
func (b *outbox) giveTurn(p *endpoint) {
	if !b.paused && !p.inTurns && p.canSend() {
		p.inTurns = true
		b.turns = append(b.turns, p)
	}
	if !b.inTurns && len(b.turns) > 0 {
		b.inTurns = true
		b.s.turns = append(b.s.turns, b)
	}
}

// next takes the next job; nil: there is none now.
func (s *Sender) next() *job {
	for len(s.turns) > 0 && s.inFlight < inFlightAtMost && !s.closed {
		b := s.turns[0]
		s.turns = s.turns[1:]
		b.inTurns = false
		p := b.turns[0]
		b.turns = b.turns[1:]
		p.inTurns = false
		j := b.takeFrom(p)
		b.giveTurn(p)
		if j != nil {
			return j
		}
	}
	return nil
}

// sendReady starts a goroutine for each job that there is now.
func (s *Sender) sendReady() {
	for j := s.next(); j != nil; j = s.next() {
		s.running.Add(1)
		go s.work(j)
	}
}

// work does a job, and then others, as long as there are any.
func (s *Sender) work(j *job) {
	defer s.running.Done()
	for j != nil {
		got := s.post(&j.request)
		now := j.began
		if w, found := s.Workspace(j.b.domain); found {
			now = w.Instant()
		}
		s.mu.Lock()
		j.record(&got, now)
		j = s.next()
		s.sendReady()
		s.mu.Unlock()
	}
}
