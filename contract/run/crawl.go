package run

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

type PlacedMessage struct {
	Message exchange.Message
	Thread  *exchange.Thread
}

// MessagesByID are the messages of the conversations that were read. Ids that are in two of them are left out: they do not name one message.
func (c *Crawl) MessagesByID() map[int64]PlacedMessage {
	out, twice := map[int64]PlacedMessage{}, map[int64]bool{}
	for _, id := range c.Order {
		if t := c.Threads[id]; t != nil {
			for _, m := range t.Messages {
				if before, there := out[m.ID]; there && before.Thread != t {
					twice[m.ID] = true
				}
				out[m.ID] = PlacedMessage{m, t}
			}
		}
	}
	for id := range twice {
		delete(out, id)
	}
	return out
}

// A Crawl is the conversations, messages and statuses that are read before the cases run. Most cases compare these answers and send few requests.
type Crawl struct {
	Words         []string       // the status words of the contract
	Before, After *exchange.List // the list without a filter, before and after conversations were read; nil if it could not be read
	ByStatus      map[string]*exchange.List
	Threads       map[int64]*exchange.Thread // conversations that were read
	Order         []int64                    // their ids, in the order they were chosen
	StatusLists   []*exchange.StatusList     // before and after
	Known         map[int64]*exchange.Row    // every conversation that a list shows
	Problem       error                      // why the list could not be read
}

// The largest number of conversations that are read.
const (
	sampleSize           = 60
	sampleSizeProduction = 20
)

// crawlsFirst reports whether the crawl happens before any case runs: if a case is about conversations, or if all cases are rules, which need exchanges to
// judge.
func (s *Session) crawlsFirst() bool {
	about := []string{document.ListConversations, document.GetConversationMessages, document.GetMessageStatus}
	others := 0
	for _, c := range s.Selected {
		switch {
		case s.skips(c) != "":
		case slices.Contains(about, c.Operation), c.Operation == "" && c.Rule == nil:
			return true
		case c.Rule == nil:
			others++
		}
	}
	return others == 0
}

// Crawl returns the crawl. If it has not happened yet (see crawlsFirst), the first case that needs it waits for it.
func (s *Session) Crawl() *Crawl {
	s.crawling.Do(func() { s.crawled.Store(s.crawl(s.Ctx)) })
	return s.crawled.Load()
}

// wholeThread reports whether an answer certainly has all messages of a conversation.
func (s *Session) wholeThread(v *exchange.Thread) bool {
	c := s.crawled.Load()
	return c != nil && !c.CutThread(v)
}

// crawl reads everything once. An answer that cannot be read stays nil, and the cases that need it are UNVERIFIED. The crawl is empty if the contract lacks
// one of the three operations.
func (s *Session) crawl(ctx context.Context) *Crawl {
	c := &Crawl{ByStatus: map[string]*exchange.List{}, Threads: map[int64]*exchange.Thread{}, Known: map[int64]*exchange.Row{}}
	list := s.Document.Operation(document.ListConversations)
	if list == nil || s.Document.Operation(document.GetConversationMessages) == nil || s.Document.Operation(document.GetMessageStatus) == nil {
		c.Problem = Lacks("the operations %s, %s and %s in the contract", document.ListConversations, document.GetConversationMessages, document.GetMessageStatus)
		return c
	}
	c.Words = list.Parameter("query", "status").EnumWords()
	t := &T{Session: s, Case: &Case{ID: "crawl"}, Ctx: ctx}
	c.Before, c.Problem = t.List()
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, word := range c.Words {
		wait.Go(func() {
			if view, err := t.List(exchange.Param("status", word)); err == nil {
				mu.Lock()
				c.ByStatus[word] = view
				mu.Unlock()
			}
		})
	}
	wait.Go(func() { c.addStatusList(t, &mu) })
	wait.Wait()
	c.addKnown()
	c.Order = c.sample(s)
	var read atomic.Int64 // bytes: large conversations are read until the bound is reached
	for _, id := range c.Order {
		wait.Go(func() {
			if read.Load() > exchange.MaxViewBytes {
				mu.Lock()
				c.Order = slices.DeleteFunc(slices.Clone(c.Order), func(other int64) bool { return other == id })
				mu.Unlock()
				return
			}
			if view, err := t.Thread(id); err == nil {
				mu.Lock()
				c.Threads[id] = view
				mu.Unlock()
				read.Add(int64(view.From.Size))
			}
		})
	}
	wait.Wait()
	c.After, _ = t.List()
	c.addStatusList(t, &mu)
	return c
}

func (c *Crawl) addStatusList(t *T, mu *sync.Mutex) {
	if view, err := t.StatusList(); err == nil {
		mu.Lock()
		c.StatusLists = append(c.StatusLists, view)
		mu.Unlock()
	}
}

func (c *Crawl) addKnown() {
	for _, view := range c.lists() {
		for i := range view.Rows {
			if _, ok := c.Known[view.Rows[i].ID]; !ok {
				c.Known[view.Rows[i].ID] = &view.Rows[i]
			}
		}
	}
}

// lists are the answers of the list that the crawl has: without a filter first, then by status word.
func (c *Crawl) lists() []*exchange.List {
	var out []*exchange.List
	if c.Before != nil {
		out = append(out, c.Before)
	}
	for _, word := range c.Words {
		if view := c.ByStatus[word]; view != nil {
			out = append(out, view)
		}
	}
	return out
}

// sample chooses the conversations to read: all if they are few, else some of each status and then others.
func (c *Crawl) sample(s *Session) []int64 {
	most := sampleSize
	if s.Config.Profile == ProfileProduction {
		most = sampleSizeProduction
	}
	random := s.randFor("sample")
	chosen := map[int64]bool{}
	var out []int64
	take := func(ids []int64, n int) {
		for _, i := range random.Perm(len(ids)) {
			if n == 0 || len(out) == most {
				return
			}
			if !chosen[ids[i]] {
				chosen[ids[i]] = true
				out = append(out, ids[i])
				n--
			}
		}
	}
	if len(c.Known) > most {
		for _, word := range c.Words {
			if view := c.ByStatus[word]; view != nil {
				take(view.Ids(), most/10)
			}
		}
	}
	take(slices.Sorted(maps.Keys(c.Known)), most)
	return out
}

// Complete reports whether every conversation that a list shows was read.
func (c *Crawl) Complete() bool { return len(c.Known) > 0 && len(c.Threads) == len(c.Known) }

// CutList reports whether an answer may lack rows: its total is larger than the number of its rows, and no other answer has more rows. An answer with fewer
// rows than another one was not shortened to the size of a page.
func (c *Crawl) CutList(v *exchange.List) bool {
	if v.Cut {
		return true
	}
	if v.Total == nil || *v.Total <= int64(len(v.Rows)) {
		return false
	}
	longest := 0
	for _, other := range c.lists() {
		longest = max(longest, len(other.Rows))
	}
	return len(v.Rows) >= longest
}

// CutThread is CutList for the messages of a conversation.
func (c *Crawl) CutThread(v *exchange.Thread) bool {
	if v.Cut {
		return true
	}
	if v.Total == nil || *v.Total <= int64(len(v.Messages)) {
		return false
	}
	longest := 0
	for _, other := range c.Threads {
		longest = max(longest, len(other.Messages))
	}
	return len(v.Messages) >= longest
}
