package specs

import (
	"fmt"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// conversations are the specs of the tag conversations: the list is in this file, search, messages and statuses are in conversations_search.go, conversations_messages.go and conversations_status.go.
func conversations() Specs {
	return Describe("conversations",
		conversationList(),
		repeatedList(),
		searches(),
		messages(),
		statuses(),
	)
}

func conversationList() Specs {
	return Describe("the list", Operation(document.ListConversations),
		It("shows a conversation under the status that its row shows", Requirement("LIST-STATUS-COMPLETE"), func(t *T) {
			all, compared := t.wholeList(), false
			for word, filtered := range t.listsByStatus() {
				if t.Crawl().CutList(filtered) {
					continue
				}
				compared = compared || slices.ContainsFunc(all.Rows, func(r exchange.Row) bool { return r.Status == word })
				t.compareLists([]*exchange.List{all, filtered}, func(r *run.Round, now []*exchange.List) {
					all, filtered := now[0], now[1]
					for _, row := range all.Rows {
						if row.Status == word {
							r.For(row.ID, all.From).Check(filtered).To(match.ContainRow(row.ID), "conversation %d shows the status %s, but is not found under status=%s", row.ID, word, word)
						}
					}
				})
			}
			if !compared {
				t.Lacks("a row that shows a status, and a list under that status that is not cut short")
			}
		}),
		It("shows no conversation both as closed and as opened", Requirement("LIST-CLOSED-NOT-OPENED"), func(t *T) { t.expectDisjoint("closed", "opened") }),
		It("shows no conversation both as expired and as opened", Requirement("LIST-EXPIRED-NOT-OPENED"), func(t *T) { t.expectDisjoint("expired", "opened") }),
		It("shows the whole text of the newest message as last_message", Requirement("LIST-LAST-MESSAGE"), func(t *T) {
			compared := false
			t.compareWithRows(func(r run.RoundAsserter, row *exchange.Row, thread *exchange.Thread) {
				isText := row.LastType != nil && *row.LastType == "text"
				if !isText || t.Crawl().CutThread(thread) || len(thread.Messages) == 0 { // what is cut short may lack its newest message
					return
				}
				compared = true
				r.Check(thread).To(match.HaveNewest(row.LastMessage), "the last_message of conversation %d is not its newest message", row.ID)
			})
			if !compared {
				t.Lacks("a conversation whose last message is a text")
			}
		}),
	)
}

// expectDisjoint expects that no conversation is listed under both statuses.
func (t *T) expectDisjoint(one, other string) {
	t.wholeList()
	first, second := t.Crawl().ByStatus[one], t.Crawl().ByStatus[other]
	if first == nil || second == nil || len(first.Rows)+len(second.Rows) == 0 {
		t.Lacks("rows under status=%s or status=%s", one, other)
	}
	t.compareLists([]*exchange.List{first, second}, func(r *run.Round, now []*exchange.List) {
		for _, id := range now[0].Ids() {
			r.For(id, now[0].From).Check(now[1]).NotTo(match.ContainRow(id), "conversation %d is both under status=%s and under status=%s", id, one, other)
		}
	})
}

// repeatedList compares answers to the same request. No other spec runs at the same time, so that nothing but the server explains a difference.
func repeatedList() Specs {
	return Describe("the list, requested again", Operation(document.ListConversations), Serial(),
		It("shows the same rows in the same order", Requirement("LIST-REPEATABLE"), func(t *T) {
			compared := false
			for _, list := range []*exchange.List{t.wholeList(), t.filteredList()} {
				if list == nil {
					continue
				}
				for range 3 {
					t.again(list)
				}
				answers := t.answersLike(list)
				compared = compared || len(answers[0].Rows) > 0
				for i := 1; i < len(answers); i++ {
					t.expectSameRows(answers[:i], answers[i])
				}
			}
			if !compared {
				t.Lacks("a row")
			}
		}, Suffix(".twice")),
		It("shows a row as every other list shows it", Requirement("LIST-REPEATABLE"), func(t *T) {
			seen, compared := map[string]*exchange.Row{}, false
			for e := range t.ownExchanges() {
				if e.List == nil {
					continue
				}
				for i := range e.List.Rows {
					row := &e.List.Rows[i]
					version := fmt.Sprintf("%d at %s, %d unread", row.ID, row.Updated, row.Unread)
					first := seen[version]
					if first == nil {
						seen[version] = row
						continue
					}
					compared = true
					if row.Visible() == first.Visible() {
						continue
					}
					for _, field := range []string{"phone", "name", "last_message", "last_message_type", "created_at"} { // not status: a conversation may have two statuses, and a list shows one of them
						t.About(first.From).Check(row).To(match.ShowSame(field, first), "conversation %d has another %s in another list, with the same updated_at", row.ID, field)
					}
				}
			}
			if !compared {
				t.Lacks("a row that is in two lists")
			}
		}, Suffix(".views")),
	)
}

// filteredList is the list under the first status that has several rows, nil if there is none.
func (t *T) filteredList() *exchange.List {
	for _, list := range t.listsByStatus() {
		if len(list.Rows) > 1 {
			return list
		}
	}
	return nil
}

// answersLike are all answers of the run to the request that a list is the answer to, in the order of the answers.
func (t *T) answersLike(list *exchange.List) []*exchange.List {
	var out []*exchange.List
	for e := range t.ownExchanges() {
		if e.List != nil && e.Request.Proper && e.Request.Query == list.From.Request.Query {
			out = append(out, e.List)
		}
	}
	return out
}

// expectSameRows expects the next answer to have the rows of the earlier answers, in the order of the last of them. Rows that have changed are left out.
func (t *T) expectSameRows(earlier []*exchange.List, next *exchange.List) {
	const missing = "conversation %d is missing from one of several answers to the same request"
	last := earlier[len(earlier)-1]
	for _, row := range last.Rows {
		if !next.Has(row.ID) && t.stillShows(last, row) {
			t.About(last.From).Check(next).To(match.ContainRow(row.ID), missing, row.ID)
			return
		}
	}
	if !t.About(last.From).Check(next).To(match.KeepOrderOf(last)) {
		return
	}
	for _, row := range next.Rows {
		if !last.Has(row.ID) && slices.ContainsFunc(earlier, func(list *exchange.List) bool { return showsUnchanged(list, row) }) {
			t.About(next.From).Check(last).To(match.ContainRow(row.ID), missing, row.ID)
			return
		}
	}
}

// stillShows requests a list again, and reports whether it shows a row unchanged: then no change explains why the row was missing.
func (t *T) stillShows(list *exchange.List, row exchange.Row) bool {
	again, err := t.List(queryOf(list)...)
	return err == nil && showsUnchanged(again, row)
}

// showsUnchanged reports whether a list has a row, unchanged.
func showsUnchanged(list *exchange.List, row exchange.Row) bool {
	return list.Has(row.ID) && list.ByID[row.ID].Visible() == row.Visible()
}
