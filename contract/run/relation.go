package run

import (
	"slices"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// A Relation must hold between answers that cannot be had at one instant: live data may change between two of them.
type Relation[V any] struct {
	First V                   // what was answered before, usually by the crawl
	Ask   func(ids []int64) V // asks for all of it again; ids are the conversations for which it does not hold
	Check func(r *Round, v V) // makes assertions about conversations
	// Changed reports whether anything visible of a conversation differs between two rounds: then the failure may be an accident.
	Changed func(id int64, before, after V) bool
	Most    int // conversations that are asked for again in a round; 0: all
}

// A Round is one look at the answers of a relation.
type Round struct {
	ids    []int64 // of the conversations for which an assertion does not hold, in the order in which they were found
	failed map[int64]failure
}

// A failure is the first assertion for a conversation that does not hold. It is a finding only if no change of the data explains it.
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

// CheckRelation makes the assertions of a relation. What does not hold is asked for again before it is a finding: it is one if it still does not hold
// and nothing visible changed, if it holds now although nothing visible changed (an answer that comes and goes is a fault), or if it does not hold in
// several rounds.
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

// look makes the assertions once.
func (rel *Relation[V]) look(v V) *Round {
	r := &Round{failed: map[int64]failure{}}
	rel.Check(r, v)
	if rel.Most > 0 {
		r.ids = r.ids[:min(rel.Most, len(r.ids))]
	}
	return r
}
