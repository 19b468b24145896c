package listener

import (
	"context"
	"net/http"
	"sync"
	"time"

	"example.com/awalmock/contract/exchange"
)

// An Inbox is what came to one address. It is safe for concurrent use.
type Inbox struct {
	url string

	mu        sync.Mutex
	came      []*exchange.Exchange
	changed   chan struct{} // closed when something comes
	answer    func(*exchange.Exchange) int
	challenge func(challenge string) (status int, body any)
}

func newInbox(url string) *Inbox { return &Inbox{url: url, changed: make(chan struct{})} }

// URL is its address, as the sender knows it.
func (b *Inbox) URL() string { return b.url }

// AnswerEvents has events answered with the status that a function gives; nil: 200.
func (b *Inbox) AnswerEvents(answer func(*exchange.Exchange) int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answer = answer
}

// AnswerChallenges has challenges answered as a function says; nil: 200 with the challenge, as the vendor's page says.
func (b *Inbox) AnswerChallenges(answer func(challenge string) (status int, body any)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.challenge = answer
}

// take keeps what came, and returns how it is answered.
func (b *Inbox) take(note func(status int) *exchange.Exchange) (status int, body []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := note(http.StatusOK)
	if challenge, is := challengeIn(e); is {
		e.Status, body = http.StatusOK, encode(map[string]string{"challenge": challenge})
		if b.challenge != nil {
			var answer any
			e.Status, answer = b.challenge(challenge)
			body = encode(answer)
		}
	} else if b.answer != nil {
		e.Status = b.answer(e)
	}
	b.came = append(b.came, e)
	close(b.changed)
	b.changed = make(chan struct{})
	return e.Status, body
}

// Came is everything that came so far, challenges too, in its order.
func (b *Inbox) Came() []*exchange.Exchange {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.came[:len(b.came):len(b.came)]
}

// Challenges are the checks of the address.
func (b *Inbox) Challenges() (out []*exchange.Exchange) {
	for _, e := range b.Came() {
		if _, is := challengeIn(e); is {
			out = append(out, e)
		}
	}
	return out
}

// Events are all events that came, those of one body in their order there.
func (b *Inbox) Events() (out []*exchange.Event) {
	for _, e := range b.Came() {
		if _, is := challengeIn(e); !is {
			out = append(out, e.Events()...)
		}
	}
	return out
}

// Wait waits until found holds, and reports whether it did in time. The error is that of a ctx that has ended.
func (b *Inbox) Wait(ctx context.Context, most time.Duration, found func() bool) (bool, error) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		b.mu.Lock()
		changed := b.changed
		b.mu.Unlock()
		if found() {
			return true, nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return found(), nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}
