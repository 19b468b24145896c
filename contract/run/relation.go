package run

import (
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// A Breach is a relation between answers that does not hold. The key says which part of the data it concerns, so that it can be looked for in
// the answers to the same questions asked again.
type Breach struct {
	Key       string
	Finding   judge.Finding
	Exchanges []*exchange.Exchange
}

// A Relation must hold between answers that cannot be had at one instant. Live data may change between two of them.
type Relation[V any] struct {
	First V                 // what was answered before, usually by the crawl
	Ask   func() (V, error) // asks all of it again
	Judge func(V) []Breach
	// changed reports whether anything visible of what the key names differs between the two: then the breach may be bad luck.
	Changed func(key string, before, after V) bool
}

const relationRounds = 4

// CheckEventually judges a relation. A breach is asked again before it is a finding: it is one if it is still there and nothing visible changed, if it is
// gone and nothing visible changed (an answer that comes and goes is a fault), or if it is still there after several rounds.
func CheckEventually[V any](t *T, r Relation[V]) error {
	before := r.First
	pending := r.Judge(before)
	told := map[string]bool{}
	tell := func(b Breach, how string) {
		if !told[b.Key] {
			told[b.Key] = true
			b.Finding.Text += how
			t.Fail(b.Finding, b.Exchanges...)
		}
	}
	for round := 1; len(pending) > 0 && round < relationRounds; round++ {
		after, err := r.Ask()
		if err != nil {
			return err
		}
		again := r.Judge(after)
		still := map[string]Breach{}
		for _, b := range again {
			still[b.Key] = b
		}
		for _, b := range pending {
			now, remains := still[b.Key]
			switch {
			case remains && (round == relationRounds-1 || !r.Changed(b.Key, before, after)):
				tell(now, "")
			case !remains && !r.Changed(b.Key, before, after):
				tell(b, " (asked again it held, although nothing visible had changed)")
			}
		}
		pending = pending[:0]
		for _, b := range again {
			if !told[b.Key] {
				pending = append(pending, b)
			}
		}
		before = after
	}
	return nil
}
