package webhook

import (
	"slices"
	"time"
)

// A State is where a delivery is.
type State string

// The states of a delivery.
const (
	Pending    State = "pending"     // it is sent as soon as those before it are, or at its next attempt
	Delivered  State = "delivered"   // the receiver has answered 2xx
	Dead       State = "dead"        // every attempt has failed; it can be sent again by hand
	NoEndpoint State = "no_endpoint" // no endpoint took it; who listens to the stream has got it
)

// An Attempt is one try to send a delivery.
type Attempt struct {
	At       time.Time // the workspace's instant at which it began
	Status   int       // of the answer; 0: there was none
	Failure  string    // "": the receiver has accepted it
	Duration time.Duration
}

// A Delivery is an event on its way to an endpoint.
type Delivery struct {
	ID       int64
	Event    *Event
	Endpoint string // its id; "": none
	URL      string
	State    State
	Reason   string // why it is dead, where no attempt says it
	Resent   bool   // it was sent again by hand
	Attempts []Attempt
	Next     time.Time // the workspace's instant before which it is not sent; zero when it is not pending
}

// attemptsKept is how many attempts of a delivery are remembered.
const attemptsKept = 32

// A delivery is a Delivery while it is worked on. Sender.mu guards it.
type delivery struct {
	Delivery
	endpoint  *endpoint
	tries     int         // failed attempts of the schedule
	sent      bool        // an attempt was made
	repeat    bool        // it was delivered, and is sent a second time on purpose
	overtaken bool        // it has changed places with another one, on purpose
	batch     []*delivery // sent together with it
}

// all are the deliveries that share the attempts of this one.
func (d *delivery) all() []*delivery { return append([]*delivery{d}, d.batch...) }

func (d *delivery) tried(a Attempt) {
	for _, one := range d.all() {
		one.Attempts = append(one.Attempts, a)
		if extra := len(one.Attempts) - attemptsKept; extra > 0 {
			one.Attempts = slices.Delete(one.Attempts, 0, extra)
		}
	}
}

// A queue is what is sent in order: the deliveries of one conversation to one endpoint. One that was sent again by hand has a
// queue of its own, beside.
type queue struct {
	endpoint     *endpoint
	conversation int64
	beside       bool
	list         []*delivery // the first one is sent next, or being sent
	due          time.Time   // while it waits
	place        int         // in the outbox's waiting heap; -1: it does not wait
	ready        bool        // it is among the endpoint's ready queues
	busy         bool        // its first delivery is being sent
	dropped      bool        // nothing of it counts any more
}

// waiting is a heap of queues, the one that is due first at the top.
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
