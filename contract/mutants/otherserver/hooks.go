package otherserver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	tick      = 10 * time.Millisecond
	pause     = 700 * time.Millisecond // between two attempts, by the workspace's clock
	hookTime  = 5 * time.Second        // for the answer of a receiver
	mostTries = 6
)

// A hook is an address that webhooks of a workspace are sent to.
type hook struct {
	url    string
	queues []*queue
}

// A queue has what is still to be sent about one conversation, the oldest first.
type queue struct {
	conversation *conversation
	list         []*hooked
	busy         bool
	sent         int
}

// A hooked is an event on its way to one address.
type hooked struct {
	id, name string
	data     object
	at       time.Time // when it happened
	due      time.Time
	tries    int
	repeat   bool // it was accepted, and a server with a fault sends it again
}

// now is the time of a workspace: the control API may have moved it on.
func (w *workspace) now() time.Time { return time.Now().Add(w.ahead) }

// RegisterHook has the webhooks of one of the two workspaces sent to an address, as soon as that answers the challenge.
func (s *Server) RegisterHook(workspace int, address string) {
	s.running.Go(func() {
		for s.ctx.Err() == nil {
			if s.challenge(s.workspaces[workspace], address) {
				s.mu.Lock()
				s.workspaces[workspace].hooks = []*hook{{url: address}}
				s.mu.Unlock()
				return
			}
			time.Sleep(5 * tick)
		}
	})
}

// Close stops the sending of webhooks.
func (s *Server) Close() {
	s.stop()
	s.running.Wait()
}

// challenge checks an address, and reports whether it passes.
func (s *Server) challenge(w *workspace, address string) bool {
	s.mu.Lock()
	s.challenges++
	text := "chk_" + strconv.FormatInt(s.challenges*7919, 36) + "_" + w.domain
	s.mu.Unlock()
	body := object{{"challenge", text}, {"type", "verification"}, {"sent_by", "gateway"}}
	switch s.options.Fault {
	case "an address gets no challenge":
		return true
	case "challenges are all the same":
		text = "challenge"
		body[0].value = text
	case "challenges have another type":
		body[1].value = "check"
		s.post(w, address, text, body)
		return true
	}
	status, answer := s.post(w, address, text, body)
	var answered struct{ Challenge string }
	_ = json.Unmarshal(answer, &answered) // what is no JSON has no challenge
	switch s.options.Fault {
	case "any answer to a challenge passes":
		return true
	case "any 200 passes":
		return status == http.StatusOK
	case "a challenge in any answer passes":
		return answered.Challenge == text
	}
	return status == http.StatusOK && answered.Challenge == text
}

// emit puts an event into the queues of a workspace's addresses. It expects the lock.
func (s *Server) emit(w *workspace, of *conversation, name string, at time.Time, data object) {
	s.lastEvent++
	for i, to := range s.receivers(w, name) {
		e := &hooked{id: "evt-" + strconv.FormatInt(s.lastEvent, 36), name: name, at: at, data: s.misspoken(name, data), due: w.now()}
		if s.has("received messages are sent twice with two ids") && name == "message.received" {
			again := *e
			again.id += "-again"
			to.queue(of).list = append(to.queue(of).list, &again)
		}
		if s.has("webhooks are sent newest first") {
			e.due = e.due.Add(10 * tick)
		}
		if i > 0 {
			e.id += "-" + strconv.Itoa(i)
		}
		to.queue(of).list = append(to.queue(of).list, e)
	}
}

// receivers are the addresses that an event goes to.
func (s *Server) receivers(w *workspace, name string) []*hook {
	var all []*hook
	for _, each := range s.workspaces {
		all = append(all, each.hooks...)
	}
	switch {
	case s.has("webhooks go to the addresses of all workspaces"):
		return all
	case len(w.hooks) == 0:
		return nil
	case s.has("the newest address gets the webhooks of all workspaces"):
		return append(w.hooks[:1:1], all[len(all)-1])
	case s.has("received messages go to the oldest address") && name == "message.received":
		return append(w.hooks[:1:1], all[0])
	}
	return w.hooks
}

func (h *hook) queue(of *conversation) *queue {
	for _, q := range h.queues {
		if q.conversation == of {
			return q
		}
	}
	q := &queue{conversation: of}
	h.queues = append(h.queues, q)
	return q
}

// sendHooks looks again and again for what is due.
func (s *Server) sendHooks() {
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-s.ctx.Done():
			return
		}
		s.mu.Lock()
		for _, w := range s.workspaces {
			if len(s.receivers(w, "")) > 0 {
				s.emitStatuses(w)
			}
			for _, h := range w.hooks {
				for _, q := range h.queues {
					s.sendDue(w, h, q)
				}
			}
		}
		s.mu.Unlock()
	}
}

// emitStatuses makes events of what became of sent messages since it looked last. It expects the lock.
func (s *Server) emitStatuses(w *workspace) {
	for _, of := range w.conversations {
		for _, m := range of.messages {
			if !m.outbound || m.at.Before(s.began) {
				continue
			}
			steps := s.steps(m, w.now())
			for _, step := range steps[min(m.emitted, len(steps)):] {
				m.emitted++
				s.emit(w, of, "message.status.updated", step.at, object{{"timestamp", stamp(step.at)}, {"status", step.status}, {"message_id", m.whats}, {"attempt", 1}})
			}
		}
	}
}

// sendDue sends what is due of a queue: one after the other, so that the order stays. It expects the lock.
func (s *Server) sendDue(w *workspace, h *hook, q *queue) {
	for len(q.list) > 0 && !q.busy {
		i := 0
		switch {
		case s.has("webhooks are sent newest first"):
			i = len(q.list) - 1
		case s.has("a webhook that failed is overtaken"):
			for i < len(q.list)-1 && q.list[i].tries > 0 && q.list[i].due.After(w.now()) {
				i++
			}
		}
		e := q.list[i]
		if e.due.After(w.now()) {
			return
		}
		sideBySide := s.has("webhooks are sent side by side")
		q.busy = !sideBySide
		q.sent++
		q.list = append(q.list[:i:i], q.list[i+1:]...)
		n := q.sent
		s.running.Go(func() { s.attempt(w, h, q, e, n) })
	}
}

// attempt sends an event once.
func (s *Server) attempt(w *workspace, h *hook, q *queue, e *hooked, n int) {
	if s.has("webhooks are sent side by side") && n%2 == 1 {
		time.Sleep(4 * tick)
	}
	status, _ := s.post(w, h.url, s.idOf(e), s.bodyOfHook(e), n)
	s.mu.Lock()
	defer s.mu.Unlock()
	q.busy = false
	e.tries++
	again := status < 200 || status > 299
	switch {
	case s.neverAgain(e, status):
		again = false
	case !again && !e.repeat && s.sendsTwice():
		e.repeat, again = true, true
	}
	if again && e.tries < mostTries {
		e.due = w.now().Add(pause)
		if e.repeat && s.has("each webhook is sent twice") {
			e.due = w.now()
		}
		q.list = append([]*hooked{e}, q.list...)
	}
}

// post sends a body, signed as Standard Webhooks says; n is its number in its queue, where it has one. The status is 0 without an answer.
func (s *Server) post(w *workspace, address, id string, body object, n ...int) (int, []byte) {
	var text strings.Builder
	s.encode(&text, body, "\n")
	raw := []byte(text.String())
	ctx, cancel := context.WithTimeout(s.ctx, hookTime)
	defer cancel()
	to, err := url.Parse(address)
	if err != nil {
		return 0, nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(raw))
	if err != nil {
		return 0, nil
	}
	r.Header.Set("Content-Type", "application/json;charset=UTF-8")
	r.Header["x-gateway"] = []string{"7"}
	s.signHook(w, r, id, raw, n)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err != nil {
		return 0, nil
	}
	return answer.StatusCode, content
}
