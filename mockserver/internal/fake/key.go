// Package fake makes believable values: words from tables, and values that fit a schema.
//
// Everything is a pure function of its arguments: no wall clock, no package state, no order of calls. It is the only
// package that knows gofakeit. It must never know workspaces, operations or what a value is used for.
package fake

import (
	"time"
)

// A Key names a value: the same key gives the same value, on any machine and in any order of calls.
type Key struct {
	Seed      uint64
	Workspace string
	Kind      string // what it belongs to: "conversation", "message", ...
	ID        int64
	Property  string // which of its properties; "" for the whole

	// Base is the instant that dates and times lie before: the start of the data, never the wall clock. Whole seconds.
	Base time.Time
}

// Source gives the two halves of a random source's seed for the key, Base aside.
func (k Key) Source() (hi, lo uint64) {
	hi = Mix(k.Seed) ^ Mix(hash(k.Workspace)+1)
	lo = Mix(hash(k.Kind)+2) ^ Mix(uint64(k.ID)+3) ^ Mix(hash(k.Property)+4)
	return Mix(hi ^ Mix(lo)), Mix(lo ^ Mix(hi))
}
