package webhook

import (
	"slices"
	"time"
)

// A State says what has become of a delivery.
type State string

// The states of a delivery.
const (
	Pending    State = "pending"     // it is to be sent, for the first time or again
	Delivered  State = "delivered"   // the receiver has answered 2xx
	Dead       State = "dead"        // every attempt has failed, or it was given up; it can be sent again by hand
	NoEndpoint State = "no_endpoint" // no endpoint wanted the event; only listeners got it
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
	Reason   string // why it is dead without an attempt that failed
	Resent   bool   // it was sent again by hand
	Attempts []Attempt
	Next     time.Time // the workspace's instant before which it is not sent; zero when it is not pending
}

// attemptsKept is how many attempts of a delivery are remembered.
const attemptsKept = 32

// A delivery is a Delivery and what the package has to know to send it. Sender.mu guards it.
type delivery struct {
	Delivery
	endpoint  *endpoint
	retries   int         // attempts that were planned after a failed one
	tried     bool        // an attempt was made
	repeated  bool        // it was delivered, and is sent a second time (Trouble.Twice)
	overtaken bool        // it has changed places with another one (Trouble.OutOfOrder)
	batch     []*delivery // those that are sent together with it (Trouble.Batch)
}

// all is the delivery and those that are sent together with it.
func (d *delivery) all() []*delivery { return append([]*delivery{d}, d.batch...) }

// record remembers an attempt.
func (d *delivery) record(a Attempt) {
	for _, one := range d.all() {
		one.Attempts = append(one.Attempts, a)
		if extra := len(one.Attempts) - attemptsKept; extra > 0 {
			one.Attempts = slices.Delete(one.Attempts, 0, extra)
		}
	}
}
