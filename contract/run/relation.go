package run

import (
	"slices"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// A Relation is a comparison of several answers. They cannot be read at the same instant, so the data may change between them.
type Relation[V any] struct {
	First V                   // the first answers, usually those of the crawl
	Ask   func(ids []int64) V // reads the answers again; ids are the conversations for which an assertion failed
	Check func(r *Round, v V) // makes assertions about conversations
	// Changed reports whether a conversation looks different in two rounds: then a change of the data may explain the failure.
	Changed func(id int64, before, after V) bool
	Most    int // how many conversations are compared again in a round; 0: all
}

// A Round makes the assertions of a relation once.
type Round struct {
	ids    []int64 // of the conversations for which an assertion does not hold, in the order in which they were found
	failed map[int64]failure
}

// A failure is the first failed assertion about a conversation. It is a finding only if no change of the data explains it.
type failure struct {
	finding   judge.Finding
	exchanges []*exchange.Exchange
}

// For is for assertions about a conversation. Their findings show these exchanges too, before that of the value.
func (r *Round) For(id int64, about ...*exchange.Exchange) RoundAsserter {
	return RoundAsserter{r, id, about}
}

// A RoundAsserter makes assertions about one conversation in one round.
type RoundAsserter struct {
	round *Round
	id    int64
	about []*exchange.Exchange
}

// Check makes an assertion about a value, as T.Check does. Only the first one that fails for a conversation counts.
func (a RoundAsserter) Check(actual any) types.Assertion {
	return newAssertion(&assertion{actual: actual, about: a.about, record: a.round.add(a.id)})
}

func (r *Round) add(id int64) func(judge.Finding, ...*exchange.Exchange) {
	return func(f judge.Finding, exchanges ...*exchange.Exchange) {
		if _, there := r.failed[id]; !there {
			r.ids, r.failed[id] = append(r.ids, id), failure{f, exchanges}
		}
	}
}

const relationRounds = 4

// CheckRelation makes the assertions of a relation. If one fails, the answers are read again. It is a finding
//   - if the assertion fails again, and the data have not visibly changed;
//   - if it holds now, and the data have not visibly changed: the answers are not consistent;
//   - if it fails in several rounds.
func CheckRelation[V any](t *T, rel Relation[V]) {
	reported := map[int64]bool{}
	report := func(id int64, f failure, how string) {
		reported[id] = true
		f.finding.Text += how
		t.Fail(f.finding, f.exchanges...)
	}
	before := rel.First
	pending := rel.look(before)
	for round := 1; len(pending.ids) > 0 && round < relationRounds; round++ {
		after := rel.Ask(pending.ids)
		again := rel.look(after)
		for _, id := range pending.ids {
			now, still := again.failed[id]
			changed := rel.Changed(id, before, after)
			switch {
			case still && (round == relationRounds-1 || !changed):
				report(id, now, "")
			case !still && !changed:
				report(id, pending.failed[id], " (a second request got the expected answer, although no visible data had changed)")
			}
		}
		again.ids = slices.DeleteFunc(again.ids, func(id int64) bool { return reported[id] })
		before, pending = after, again
	}
}

// look makes one round.
func (rel *Relation[V]) look(v V) *Round {
	r := &Round{failed: map[int64]failure{}}
	rel.Check(r, v)
	if rel.Most > 0 {
		r.ids = r.ids[:min(rel.Most, len(r.ids))]
	}
	return r
}
