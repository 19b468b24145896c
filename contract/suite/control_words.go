package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

const dayOfQuiet = 24 * time.Hour // after which a conversation is expired (vendor page api/conversations)

// A wording brings a conversation to a status word.
type wording struct {
	word, requirement, title string
	bring                    func(*probe) (int64, error)
}

// wordings are one for each word. Expired comes first: the others would expire too while its day passes.
func wordings() []wording {
	const explained, named = "LIST-STATUS-EXPLAINED", "LIST-STATUS-NAMED"
	changed := func(from, to map[string]any) func(*probe) (int64, error) {
		return func(p *probe) (int64, error) {
			c, err := p.beginWith(from)
			if err == nil {
				_, err = p.change(c.ID, to)
			}
			return c.ID, err
		}
	}
	others := map[string]any{"assignee": otherAgent}
	return []wording{
		{"expired", explained, "a conversation without interaction for 24 hours", func(p *probe) (int64, error) {
			c, err := p.customer()
			if err == nil {
				err = p.advance(dayOfQuiet + time.Minute)
			}
			return c.ID, err
		}},
		{"unread", explained, "a conversation whose customer has written", func(p *probe) (int64, error) {
			c, err := p.customer()
			return c.ID, err
		}},
		{"closed", explained, "a conversation that is closed", changed(others, map[string]any{"closed": true})},
		{"opened", explained, "a conversation that an agent has taken on", changed(nil, others)},
		{"unassigned", named, "a conversation that nobody has taken on", changed(others, map[string]any{"assignee": ""})},
		{"bot", named, "a conversation that the bot handles", changed(nil, map[string]any{"bot": true})},
		{"my", named, "a conversation that is assigned to the client", func(p *probe) (int64, error) {
			c, err := p.begin()
			if err == nil {
				_, err = p.change(c.ID, map[string]any{"assignee": p.own.ClientID})
			}
			return c.ID, err
		}},
	}
}

func wordChecks() []*check {
	of := func(id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opList, run: inWorkspace(run)}
	}
	out := []*check{
		of("LIST-STATUS-ONE", "a conversation is under one word, which its row and its own address show", checkOneWord),
		of("LIST-EXPIRED-BOUND", "a conversation expires after 24 hours, and not a second before", checkExpiryBound),
		of("LIST-EXPIRED-ENDS", "a message ends it", checkExpiryEnds),
	}
	for _, w := range wordings() {
		c := of(w.requirement, w.title+" is under "+w.word, func(p *probe) error { return checkWord(p, w) })
		c.id += "." + w.word
		out = append(out, c)
	}
	return out
}

func (p *probe) needsWord(word string) error {
	if list := p.contract.operation(opList); list == nil || !slices.Contains(list.parameter("query", "status").enumWords(), word) {
		return lacks("the status word %s in the contract", word)
	}
	return nil
}

// under tells whether a conversation is found under a status word.
func (p *probe) under(word string, id int64) (bool, *listView, error) {
	if err := p.needsWord(word); err != nil {
		return false, nil, err
	}
	view, err := p.list(pair{"status", word})
	return err == nil && view.has(id), view, err
}

func checkWord(p *probe, w wording) error {
	id, err := w.bring(p)
	if err != nil {
		return err
	}
	there, view, err := p.under(w.word, id)
	if err == nil && !there {
		p.fail(Finding{Text: fmt.Sprintf("%s is not found under status=%s", w.title, w.word), Expected: fmt.Sprintf("a row with the id %d", id), Actual: fmt.Sprintf("%d other rows", len(view.rows)), Pointer: "/data"}, view.from)
	}
	return err
}

// checkOneWord brings a conversation to each word, then looks for all of them everywhere.
func checkOneWord(p *probe) error {
	all := wordings()
	brought := make([]int64, len(all)) // the conversation of each word
	for i, w := range all {
		id, err := w.bring(p)
		if err != nil {
			return err
		}
		brought[i] = id
	}
	found, views := map[int64][]string{}, make([]*exchange, len(all))
	for i, w := range all {
		_, view, err := p.under(w.word, 0)
		if err != nil {
			return err
		}
		views[i] = view.from
		for _, id := range view.ids() {
			found[id] = append(found[id], w.word)
		}
	}
	list, err := p.list()
	if err != nil {
		return err
	}
	for i, id := range brought {
		word := all[i].word
		if under := found[id]; len(under) != 1 || under[0] != word {
			p.fail(Finding{Text: "a conversation that is " + word + " is not found under that word alone", Expected: word, Actual: cmp.Or(strings.Join(under, ", "), "none")}, views[i])
		}
		if err := p.wantWord(list, id, word); err != nil {
			return err
		}
	}
	return nil
}

// wantWord wants a word in the row of a conversation and at its own address.
func (p *probe) wantWord(list *listView, id int64, word string) error {
	if r := list.byID[id]; r == nil || r.status != word {
		actual := "no row"
		if r != nil {
			actual = r.status
		}
		p.fail(Finding{Level: Should, Text: "the row of a conversation does not show its status", Expected: word, Actual: actual, Pointer: "/data"}, list.from)
	}
	talk, err := p.talk(id)
	if err == nil && talk.status != word {
		p.fail(Finding{Level: Should, Text: "the conversation does not show its status", Expected: word, Actual: talk.status, Pointer: "/data/status"}, talk.from)
	}
	return err
}

// wantExpired wants a conversation to be expired, or not to be.
func (p *probe) wantExpired(id int64, want bool, level, when string) error {
	is, view, err := p.under("expired", id)
	if err != nil {
		return err
	}
	words := map[bool]string{true: "under status=expired", false: "not under status=expired"}
	if is != want {
		p.fail(Finding{Level: level, Text: "the conversation is " + words[is] + " " + when, Expected: words[want], Actual: words[is], Pointer: "/data"}, view.from)
	}
	talk, err := p.talk(id)
	if err == nil && (talk.status == "expired") != want {
		p.fail(Finding{Level: Should, Text: "the conversation shows the status " + talk.status + " " + when, Expected: map[bool]string{true: "expired", false: "another word"}[want], Actual: talk.status, Pointer: "/data/status"}, talk.from)
	}
	return err
}

func checkExpiryBound(p *probe) error {
	c, err := p.customer()
	if err != nil {
		return err
	}
	for _, step := range []struct {
		by   time.Duration
		want bool
		when string
	}{{dayOfQuiet - time.Second, false, "one second before 24 hours without interaction"}, {time.Second, true, "after 24 hours without interaction"}} {
		if err := p.advance(step.by); err != nil {
			return err
		}
		if err := p.wantExpired(c.ID, step.want, "", step.when); err != nil {
			return err
		}
	}
	return nil
}

// checkExpiryEnds lets the customer write, and later the business. Only of the first is it clear that it is an interaction.
func checkExpiryEnds(p *probe) error {
	c, err := p.customer()
	if err != nil {
		return err
	}
	write := func() error {
		_, err := p.receive(c.ID, p.nonce("Still there?"))
		return err
	}
	send := func() error {
		r, err := p.textRequest(c.Phone, p.nonce("Here we are"))
		if err == nil {
			_, err = p.send(r)
		}
		return err
	}
	for _, step := range []struct {
		ends        func() error
		level, when string
	}{{write, "", "although its customer has just written"}, {send, Should, "although its customer was just written to"}} {
		if err := p.advance(dayOfQuiet + time.Hour); err != nil {
			return err
		}
		is, _, err := p.under("expired", c.ID)
		if err != nil {
			return err
		}
		if !is {
			return lacks("a conversation that expires")
		}
		if err := step.ends(); err != nil {
			return err
		}
		if err := p.wantExpired(c.ID, false, step.level, step.when); err != nil {
			return err
		}
	}
	return nil
}
