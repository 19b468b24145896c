package webhook

import (
	"crypto/rand"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/feed"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// eventsKept is how many events an outbox keeps for listeners that come back.
const eventsKept = 4096

// An outbox makes deliveries of what happens in one workspace. Its goroutine, run, reads the workspace's changes (changes.go),
// puts each event into the queues of the endpoints that want it (deliver.go), and makes queues ready that have become due (queue.go).
//
// It has two locks. reading is held while changes are read; Sender.mu guards everything else. Who needs both takes reading first.
type outbox struct {
	s      *Sender
	domain string
	name   string        // random; so that it differs from that of an earlier run
	wake   chan struct{} // a value in it makes run look again

	reading      sync.Mutex // guards the next four
	workspace    *sandbox.Workspace
	subscription *sandbox.Subscription // nil: the outbox does not read any more
	last         string                // id of the change that was read last
	lost         bool                  // some changes were not read

	registering chan struct{} // holds one token, except while endpoints are registered
	keeping     sync.Mutex    // held while the outbox is kept: a later state comes later

	// Sender.mu guards the rest.
	gone       bool // the workspace was removed
	paused     bool // no attempt begins
	changed    bool // since it was kept
	endpoints  []*endpoint
	deliveries []*delivery // by id
	waiting    waiting     // queues that are not due yet
	turns      []*endpoint // those with a delivery that can be sent now; the first one is next
	inTurns    bool        // it is in the Sender's turns
	pending    int         // deliveries that are not done

	listeners int       // that read
	left      time.Time // when the last one ended, by the machine's clock; zero: there was none

	events *feed.Ring[Entry] // for listeners
	more   chan struct{}     // closed when there is another entry; nil: no listener waits

	// How many there were so far; ids are made of these numbers.
	endpointID, deliveryID, triggered, resends int64
}

func newOutbox(s *Sender, domain string) *outbox {
	b := &outbox{s: s, domain: domain, name: rand.Text(), wake: make(chan struct{}, 1), registering: make(chan struct{}, 1), events: feed.NewRing[Entry](eventsKept)}
	b.registering <- struct{}{}
	return b
}

// run reads changes and makes deliveries ready, until the Sender is closed or the workspace is removed.
func (b *outbox) run() {
	defer b.s.running.Done()
	defer func() {
		b.reading.Lock()
		defer b.reading.Unlock()
		b.unsubscribe()
	}()
	for {
		news, ok := b.read(b.s.ctx)
		if !ok || !b.wait(news) {
			return
		}
	}
}

// wait waits for the next change, the next queue that becomes due, or a signal. It returns false when the Sender is closed.
func (b *outbox) wait(news sandbox.News) bool {
	at := news.Due
	if due := b.release(); !due.IsZero() {
		at = earlier(at, b.machineTime(due))
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

// signal makes run look again.
func (b *outbox) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// machineTime is the time on the machine's clock at an instant of the workspace's clock; zero while that clock is stopped.
func (b *outbox) machineTime(instant time.Time) time.Time {
	b.reading.Lock()
	defer b.reading.Unlock()
	return b.workspace.When(instant)
}

// readsFrom is the workspace whose changes are read.
func (b *outbox) readsFrom() *sandbox.Workspace {
	b.reading.Lock()
	defer b.reading.Unlock()
	return b.workspace
}

// earlier is the earlier of two times, of which a zero one does not count.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
