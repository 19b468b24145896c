package specs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// conversations are the specs of the tag conversations: the list here, its search, the messages and their status in the files beside it.
func conversations() Specs {
	return Describe("conversations",
		Describe("the list", Operation(document.ListConversations),
			It("a row that shows a status is found under it", Requirement("LIST-STATUS-COMPLETE"), asked(checkStatusComplete)),
			It("closed and opened exclude each other", Requirement("LIST-CLOSED-NOT-OPENED"), asked(exclusive("closed", "opened"))),
			It("expired and opened exclude each other", Requirement("LIST-EXPIRED-NOT-OPENED"), asked(exclusive("expired", "opened"))),
			It("an expired conversation is quiet for 24 hours", Requirement("LIST-EXPIRED-AGE"), asked(checkExpiredAge)),
			It("asked twice, the list has the same rows in the same order", Requirement("LIST-REPEATABLE"), asked(checkListTwice), Suffix(".twice"), Alone()),
			It("a row is the same in every list that has it", Requirement("LIST-REPEATABLE"), asked(checkSameRow), Suffix(".views"), Alone()),
			It("a text last_message is the newest message, unharmed", Requirement("LIST-LAST-MESSAGE"), asked(checkLastMessage)),
		),
		It("each caller gets the answer to its own request", Requirement("HTTP-OWN-ANSWER"), asked(checkOwnAnswer)),
		It("a request that accepts identity only gets a plain body", Requirement("HTTP-CODING"), asked(checkIdentity), Suffix(".identity")),
		searches(),
		messages(),
		statuses(),
	)
}

// views are answers of the list that are compared with each other.
type views struct{ all, some, more *exchange.List }

// rowChanged reports whether anything of a row differs between the lists of two rounds; being in one list without a filter and not in the other
// is a difference too.
func rowChanged(id int64, before, after []*exchange.List) bool {
	seen := map[string]bool{}
	for _, v := range append(slices.Clone(before), after...) {
		switch {
		case v == nil:
		case v.Has(id):
			seen[v.ByID[id].Visible()] = true
		case v.Status == "" && v.Term == "":
			seen[""] = true
		}
	}
	return len(seen) > 1
}

func (v views) lists() []*exchange.List { return []*exchange.List{v.all, v.some, v.more} }

func viewsChanged(key string, before, after views) bool {
	id, err := strconv.ParseInt(key[strings.LastIndexByte(key, ' ')+1:], 10, 64)
	return err == nil && rowChanged(id, before.lists(), after.lists())
}

// needsList is why a check that reads the crawl cannot be made.
func (t *T) needsList() error {
	return t.Crawl.Problem
}

func checkStatusComplete(t *T) error {
	if err := t.needsList(); err != nil {
		return err
	}
	judged := false
	for _, word := range t.Crawl.Words {
		view := t.Crawl.ByStatus[word]
		if view == nil || t.Crawl.CutList(view) {
			continue
		}
		judged = judged || slices.ContainsFunc(t.Crawl.Before.Rows, func(r exchange.Row) bool { return r.Status == word })
		err := run.CheckEventually(t.T, run.Relation[views]{
			First: views{all: t.Crawl.Before, some: view},
			Ask: func() (v views, err error) {
				if v.all, err = t.List(); err != nil {
					return v, err
				}
				v.some, err = t.List(exchange.Param("status", word))
				return v, err
			},
			Judge: func(v views) (out []run.Breach) {
				for i := range v.all.Rows {
					if r := &v.all.Rows[i]; r.Status == word && !v.some.Has(r.ID) {
						out = append(out, run.Breach{Key: fmt.Sprintf("%s %d", word, r.ID), Finding: judge.Finding{
							Text:     fmt.Sprintf("conversation %d shows the status %s, but is not found under status=%s", r.ID, word, word),
							Expected: fmt.Sprintf("a row with the id %d", r.ID), Actual: fmt.Sprintf("%d other rows", len(v.some.Rows)), Pointer: "/data",
						}, Exchanges: []*exchange.Exchange{v.all.From, v.some.From}})
					}
				}
				return out
			},
			Changed: viewsChanged,
		})
		if err != nil {
			return err
		}
	}
	if !judged {
		return run.Lacks("a row that shows a status, and a list under that status that is not cut short")
	}
	return nil
}

func exclusive(one, other string) func(*T) error {
	return func(t *T) error {
		if err := t.needsList(); err != nil {
			return err
		}
		first := views{all: t.Crawl.ByStatus[one], some: t.Crawl.ByStatus[other]}
		if first.all == nil || first.some == nil || len(first.all.Rows)+len(first.some.Rows) == 0 {
			return run.Lacks("rows under status=%s or status=%s", one, other)
		}
		return run.CheckEventually(t.T, run.Relation[views]{
			First: first,
			Ask: func() (v views, err error) {
				if v.all, err = t.List(exchange.Param("status", one)); err != nil {
					return v, err
				}
				v.some, err = t.List(exchange.Param("status", other))
				return v, err
			},
			Judge: func(v views) (out []run.Breach) {
				for _, id := range v.all.Ids() {
					if v.some.Has(id) {
						out = append(out, run.Breach{Key: fmt.Sprintf("%d", id), Finding: judge.Finding{
							Text:     fmt.Sprintf("conversation %d is both under status=%s and under status=%s", id, one, other),
							Expected: "one of the two", Actual: "both", Pointer: v.some.ByID[id].Pointer,
						}, Exchanges: []*exchange.Exchange{v.all.From, v.some.From}})
					}
				}
				return out
			},
			Changed: viewsChanged,
		})
	}
}

// checkExpiredAge looks at the messages of the conversations that show the status expired.
func checkExpiredAge(t *T) error {
	judged := false
	for _, id := range t.Crawl.Order {
		talk := t.Crawl.Threads[id]
		if talk == nil || talk.Status != "expired" || len(talk.Messages) == 0 || t.Crawl.CutThread(talk) {
			continue
		}
		judged = true
		now := judge.Latest(talk.From)
		for _, m := range talk.Messages {
			if m.Direction == "inbound" && m.Date.Before(now) && now.Sub(m.Date) < judge.DayOfQuiet {
				t.Fail(judge.Finding{
					Text:     fmt.Sprintf("conversation %d is expired, but its customer wrote less than 24 hours ago", id),
					Expected: "no inbound message after " + now.Add(-judge.DayOfQuiet).Format(time.RFC3339), Actual: m.Date.Format(time.RFC3339), Pointer: m.Pointer + "/date",
				}, talk.From)
				break
			}
		}
	}
	if !judged {
		return run.Lacks("a conversation with the status expired that has messages")
	}
	return nil
}
