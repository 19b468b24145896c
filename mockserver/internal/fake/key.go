// Package fake makes realistic values: texts from tables of words, and values that fit a schema.
//
// Every value is a pure function of its arguments: there is no wall clock, no package state, and the order of calls does not matter. It is the only
// package that knows gofakeit. It must not know workspaces, operations or how a value is used.
package fake

import (
	"time"

	"example.com/awalmock/mockserver/internal/seed/corpus"
)

// A Key names a value: the same key gives the same value, on any machine and in any order of calls.
type Key struct {
	Seed      uint64
	Workspace string
	Kind      string // what it belongs to: "conversation", "message", ...
	ID        int64
	Property  string // which of its properties; "" for the whole

	// Base is the start of the data, in whole seconds, never the wall clock: all generated dates and times are before it.
	Base time.Time
}

// Source returns the two halves of the seed of a random source for the key. Base has no influence.
func (k Key) Source() (hi, lo uint64) {
	hi = corpus.Mix(k.Seed) ^ corpus.Mix(corpus.Hash(k.Workspace)+1)
	lo = corpus.Mix(corpus.Hash(k.Kind)+2) ^ corpus.Mix(uint64(k.ID)+3) ^ corpus.Mix(corpus.Hash(k.Property)+4)
	return corpus.Mix(hi ^ corpus.Mix(lo)), corpus.Mix(lo ^ corpus.Mix(hi))
}
