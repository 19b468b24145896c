package specs

import (
	"iter"
	"maps"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

func withStatus(word string) exchange.Pair { return exchange.Param("status", word) }

func searchFor(term string) exchange.Pair { return exchange.Param("searchTerm", term) }

// wholeList is the list without a filter, as the crawl read it. If it could not be read, the case ends.
func (t *T) wholeList() *exchange.List {
	t.End(t.Crawl().Problem)
	return t.Crawl().Before
}

// listsByStatus are the lists under each documented status, as far as the crawl could read them.
func (t *T) listsByStatus() iter.Seq2[string, *exchange.List] {
	return func(yield func(string, *exchange.List) bool) {
		for _, word := range t.Crawl().Words {
			if list := t.Crawl().ByStatus[word]; list != nil && !yield(word, list) {
				return
			}
		}
	}
}

// threadsRead are the conversations that the crawl could read, by the id in the path, in the order in which the crawl chose them.
func (t *T) threadsRead() iter.Seq2[int64, *exchange.Thread] {
	return func(yield func(int64, *exchange.Thread) bool) {
		for _, id := range t.Crawl().Order {
			if thread := t.Crawl().Threads[id]; thread != nil && !yield(id, thread) {
				return
			}
		}
	}
}

// ownExchanges are the exchanges of the first client so far in this run, in the order of the answers.
func (t *T) ownExchanges() iter.Seq[*exchange.Exchange] {
	return func(yield func(*exchange.Exchange) bool) {
		for _, e := range t.Client.Exchanges() {
			if !e.Request.Sign.OtherWorkspace() && !yield(e) {
				return
			}
		}
	}
}

// again reads a list with the same status and search term as before. If it cannot be read, the case ends.
func (t *T) again(list *exchange.List) *exchange.List { return t.list(queryOf(list)...) }

// queryOf is the status and the search term that a list was requested with.
func queryOf(list *exchange.List) []exchange.Pair {
	var pairs []exchange.Pair
	if list.Term != "" {
		pairs = append(pairs, searchFor(list.Term))
	}
	if list.Status != "" {
		pairs = append(pairs, withStatus(list.Status))
	}
	return pairs
}

// compareLists makes assertions about several lists. They cannot be read at the same instant, so if an assertion fails, the lists are read again: the data may have
// changed in between.
func (t *T) compareLists(lists []*exchange.List, check func(r *run.Round, now []*exchange.List)) {
	run.CheckRelation(t.T, run.Relation[[]*exchange.List]{
		First: lists,
		Ask: func([]int64) []*exchange.List {
			var out []*exchange.List
			for _, list := range lists {
				out = append(out, t.again(list))
			}
			return out
		},
		Check: check, Changed: rowChanged,
	})
}

// rowChanged reports whether a row differs between the lists of two rounds, or is in the list without a filter in one round and not in the other.
func rowChanged(id int64, before, after []*exchange.List) bool {
	seen := map[string]bool{}
	for _, list := range slices.Concat(before, after) {
		switch {
		case list.Has(id):
			seen[list.ByID[id].Visible()] = true
		case list.Status == "" && list.Term == "":
			seen[""] = true
		}
	}
	return len(seen) > 1
}

// listAndThreads is a list, and the conversations of some of its rows.
type listAndThreads struct {
	list    *exchange.List
	threads map[int64]*exchange.Thread
}

// compareWithRows makes assertions about each conversation that the crawl read, together with its row in the list. If one fails,
// both are read again.
func (t *T) compareWithRows(check func(r run.RoundAsserter, row *exchange.Row, thread *exchange.Thread)) {
	run.CheckRelation(t.T, run.Relation[listAndThreads]{
		First: listAndThreads{t.wholeList(), t.Crawl().Threads},
		Ask: func(ids []int64) listAndThreads {
			again := listAndThreads{t.list(), map[int64]*exchange.Thread{}}
			for _, id := range ids {
				if thread, err := t.Thread(id); err == nil {
					again.threads[id] = thread
				}
			}
			return again
		},
		Check: func(r *run.Round, v listAndThreads) {
			for _, id := range slices.Sorted(maps.Keys(v.threads)) {
				if row := v.list.ByID[id]; row != nil {
					check(r.For(id, v.list.From), row, v.threads[id])
				}
			}
		},
		Changed: func(id int64, before, after listAndThreads) bool {
			a, b := before.threads[id], after.threads[id]
			return rowChanged(id, []*exchange.List{before.list}, []*exchange.List{after.list}) || a == nil || b == nil || len(a.Messages) != len(b.Messages) || a.Status != b.Status
		},
		Most: judge.FindingsKept, // each costs a request, and some are enough to see it
	})
}

// unknownID is an id that no list contains and that is far from those that one does.
func (t *T) unknownID() int64 {
	highest := int64(0)
	for id := range t.Crawl().Known {
		highest = max(highest, id)
	}
	if highest > 1<<52 {
		highest = 0
	}
	return highest + 1_000_003 + t.Rand.Int64N(1_000_000)
}

// listRequest is a request for the list of conversations.
func (t *T) listRequest(pairs ...exchange.Pair) *exchange.Request {
	return t.To(t.operationNamed(document.ListConversations), 0, pairs...)
}

// threadRequest is a request for the messages of a conversation.
func (t *T) threadRequest(id int64) *exchange.Request {
	return t.To(t.operationNamed(document.GetConversationMessages), id).AnyAnswer()
}

// answers makes requests at once, and waits for all answers. Without one of them, the case ends.
func (t *T) answers(requests []*exchange.Request) []*exchange.Exchange {
	out, err := t.AskAll(requests)
	t.End(err)
	return out
}
