package suite

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// A crawl is what was found out about the target's data before the checks run; most of them only read it.
type crawl struct {
	words         []string  // the status words of the contract
	before, after *listView // the list without a filter, before and after conversations were read; nil if it could not be had
	byStatus      map[string]*listView
	talks         map[int64]*talkView // conversations that were read
	order         []int64             // their ids, in the order they were chosen
	polls         []*pollView         // before and after
	known         map[int64]*row      // every conversation that some list shows
	problem       error               // why the list could not be had
}

// Most conversations that are read.
const (
	sampleSize           = 60
	sampleSizeProduction = 20
)

// crawl asks for everything once, at most eight requests at a time. A part that cannot be had stays nil, and the checks that need it say so;
// only a contract without the list operation leaves it all empty.
func (s *session) crawl(ctx context.Context) (*crawl, error) {
	c := &crawl{byStatus: map[string]*listView{}, talks: map[int64]*talkView{}, known: map[int64]*row{}}
	list := s.contract.operation(opList)
	if list == nil || s.contract.operation(opTalk) == nil || s.contract.operation(opState) == nil {
		c.problem = lacks("the operations %s, %s and %s in the contract", opList, opTalk, opState)
		return c, nil
	}
	c.words = list.parameter("query", "status").enumWords()
	p := &probe{session: s, check: &check{id: "crawl"}, ctx: ctx}
	c.before, c.problem = p.list()
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, word := range c.words {
		wait.Go(func() {
			if view, err := p.list(pair{"status", word}); err == nil {
				mu.Lock()
				c.byStatus[word] = view
				mu.Unlock()
			}
		})
	}
	wait.Go(func() { c.addPoll(p, &mu) })
	wait.Wait()
	c.learn()
	c.order = c.sample(s)
	var read atomic.Int64 // bytes: huge conversations are read until there is no more room for them
	for _, id := range c.order {
		wait.Go(func() {
			if read.Load() > roomForViews {
				mu.Lock()
				c.order = slices.DeleteFunc(slices.Clone(c.order), func(other int64) bool { return other == id })
				mu.Unlock()
				return
			}
			if view, err := p.talk(id); err == nil {
				mu.Lock()
				c.talks[id] = view
				mu.Unlock()
				read.Add(int64(view.from.size))
			}
		})
	}
	wait.Wait()
	c.after, _ = p.list()
	c.addPoll(p, &mu)
	return c, ctx.Err()
}

func (c *crawl) addPoll(p *probe, mu *sync.Mutex) {
	if view, err := p.poll(); err == nil {
		mu.Lock()
		c.polls = append(c.polls, view)
		mu.Unlock()
	}
}

func (c *crawl) learn() {
	for _, view := range c.lists() {
		for i := range view.rows {
			if _, ok := c.known[view.rows[i].id]; !ok {
				c.known[view.rows[i].id] = &view.rows[i]
			}
		}
	}
}

// lists are the answers of the list that the crawl has: without a filter first, then by status word.
func (c *crawl) lists() []*listView {
	var out []*listView
	if c.before != nil {
		out = append(out, c.before)
	}
	for _, word := range c.words {
		if view := c.byStatus[word]; view != nil {
			out = append(out, view)
		}
	}
	return out
}

// sample chooses conversations to read: all if they are few, else some of each status word, then any.
func (c *crawl) sample(s *session) []int64 {
	most := sampleSize
	if s.cfg.Profile == ProfileProduction {
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
	if len(c.known) > most {
		for _, word := range c.words {
			if view := c.byStatus[word]; view != nil {
				take(view.ids(), most/10)
			}
		}
	}
	take(slices.Sorted(maps.Keys(c.known)), most)
	return out
}

// complete tells whether every conversation that a list shows was read.
func (c *crawl) complete() bool { return len(c.known) > 0 && len(c.talks) == len(c.known) }

// cutList tells whether an answer may have been cut short: it says that there is more, and no shorter answer could have been whole. An answer
// with fewer rows than another one was not cut by a page's size.
func (c *crawl) cutList(v *listView) bool {
	if v.cut {
		return true
	}
	if v.total == nil || *v.total <= int64(len(v.rows)) {
		return false
	}
	longest := 0
	for _, other := range c.lists() {
		longest = max(longest, len(other.rows))
	}
	return len(v.rows) >= longest
}

// cutTalk is the same for the messages of a conversation.
func (c *crawl) cutTalk(v *talkView) bool {
	if v.cut {
		return true
	}
	if v.total == nil || *v.total <= int64(len(v.messages)) {
		return false
	}
	longest := 0
	for _, other := range c.talks {
		longest = max(longest, len(other.messages))
	}
	return len(v.messages) >= longest
}
