package specs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// A statusSetup brings a conversation to a status word.
type statusSetup struct {
	word, requirement, title string
	bring                    func(*T) (int64, error)
}

// statusSetups are one for each word. Expired comes first: the others would expire too while its day passes.
func statusSetups() []statusSetup {
	const explained, named = "LIST-STATUS-EXPLAINED", "LIST-STATUS-NAMED"
	changed := func(from, to map[string]any) func(*T) (int64, error) {
		return func(t *T) (int64, error) {
			c, err := t.beginWith(from)
			if err == nil {
				_, err = t.change(c.ID, to)
			}
			return c.ID, err
		}
	}
	others := map[string]any{"assignee": otherAgent}
	return []statusSetup{
		{"expired", explained, "a conversation without interaction for 24 hours", func(t *T) (int64, error) {
			c, err := t.customer()
			if err == nil {
				err = t.advance(judge.DayOfQuiet + time.Minute)
			}
			return c.ID, err
		}},
		{"unread", explained, "a conversation whose customer has written", func(t *T) (int64, error) {
			c, err := t.customer()
			return c.ID, err
		}},
		{"closed", explained, "a conversation that is closed", changed(others, map[string]any{"closed": true})},
		{"opened", explained, "a conversation that an agent has taken on", changed(nil, others)},
		{"unassigned", named, "a conversation that nobody has taken on", changed(others, map[string]any{"assignee": ""})},
		{"bot", named, "a conversation that the bot handles", changed(nil, map[string]any{"bot": true})},
		{"my", named, "a conversation that is assigned to the client", func(t *T) (int64, error) {
			c, err := t.begin()
			if err == nil {
				_, err = t.change(c.ID, map[string]any{"assignee": t.Own.ClientID})
			}
			return c.ID, err
		}},
	}
}

// words are about the status words of conversations.
func words() Specs {
	each := Specs{}
	for _, setup := range statusSetups() {
		each = append(each, It(setup.title+" is under "+setup.word, Requirement(setup.requirement), asked(inWorkspace(func(t *T) error { return checkWord(t, setup) })), Suffix("."+setup.word))...)
	}
	return Describe("status words", Operation(document.ListConversations),
		It("a conversation is under one word, which its row and its own address show", Requirement("LIST-STATUS-ONE"), asked(inWorkspace(checkOneWord))),
		It("a conversation expires after 24 hours, and not a second before", Requirement("LIST-EXPIRED-BOUND"), asked(inWorkspace(checkExpiryBound))),
		It("a message ends it", Requirement("LIST-EXPIRED-ENDS"), asked(inWorkspace(checkExpiryEnds))),
		each,
	)
}

func (t *T) needsWord(word string) error {
	if list := t.Document.Operation(document.ListConversations); list == nil || !slices.Contains(list.Parameter("query", "status").EnumWords(), word) {
		return run.Lacks("the status word %s in the contract", word)
	}
	return nil
}

// under reports whether a conversation is found under a status word.
func (t *T) under(word string, id int64) (bool, *exchange.List, error) {
	if err := t.needsWord(word); err != nil {
		return false, nil, err
	}
	view, err := t.List(exchange.Param("status", word))
	return err == nil && view.Has(id), view, err
}

func checkWord(t *T, w statusSetup) error {
	id, err := w.bring(t)
	if err != nil {
		return err
	}
	there, view, err := t.under(w.word, id)
	if err == nil && !there {
		t.Fail(judge.Finding{Text: fmt.Sprintf("%s is not found under status=%s", w.title, w.word), Expected: fmt.Sprintf("a row with the id %d", id), Actual: fmt.Sprintf("%d other rows", len(view.Rows)), Pointer: "/data"}, view.From)
	}
	return err
}

// checkOneWord brings a conversation to each word, then looks for all of them everywhere.
func checkOneWord(t *T) error {
	all := statusSetups()
	brought := make([]int64, len(all)) // the conversation of each word
	for i, w := range all {
		id, err := w.bring(t)
		if err != nil {
			return err
		}
		brought[i] = id
	}
	found, views := map[int64][]string{}, make([]*exchange.Exchange, len(all))
	for i, w := range all {
		_, view, err := t.under(w.word, 0)
		if err != nil {
			return err
		}
		views[i] = view.From
		for _, id := range view.Ids() {
			found[id] = append(found[id], w.word)
		}
	}
	list, err := t.List()
	if err != nil {
		return err
	}
	for i, id := range brought {
		word := all[i].word
		if under := found[id]; len(under) != 1 || under[0] != word {
			t.Fail(judge.Finding{Text: "a conversation that is " + word + " is not found under that word alone", Expected: word, Actual: cmp.Or(strings.Join(under, ", "), "none")}, views[i])
		}
		if err := t.wantWord(list, id, word); err != nil {
			return err
		}
	}
	return nil
}

// wantWord wants a word in the row of a conversation and at its own address.
func (t *T) wantWord(list *exchange.List, id int64, word string) error {
	if r := list.ByID[id]; r == nil || r.Status != word {
		actual := "no row"
		if r != nil {
			actual = r.Status
		}
		t.Fail(judge.Finding{Level: document.Should, Text: "the row of a conversation does not show its status", Expected: word, Actual: actual, Pointer: "/data"}, list.From)
	}
	talk, err := t.Thread(id)
	if err == nil && talk.Status != word {
		t.Fail(judge.Finding{Level: document.Should, Text: "the conversation does not show its status", Expected: word, Actual: talk.Status, Pointer: "/data/status"}, talk.From)
	}
	return err
}

// wantExpired wants a conversation to be expired, or not to be.
func (t *T) wantExpired(id int64, want bool, level, when string) error {
	is, view, err := t.under("expired", id)
	if err != nil {
		return err
	}
	words := map[bool]string{true: "under status=expired", false: "not under status=expired"}
	if is != want {
		t.Fail(judge.Finding{Level: level, Text: "the conversation is " + words[is] + " " + when, Expected: words[want], Actual: words[is], Pointer: "/data"}, view.From)
	}
	talk, err := t.Thread(id)
	if err == nil && (talk.Status == "expired") != want {
		t.Fail(judge.Finding{Level: document.Should, Text: "the conversation shows the status " + talk.Status + " " + when, Expected: map[bool]string{true: "expired", false: "another word"}[want], Actual: talk.Status, Pointer: "/data/status"}, talk.From)
	}
	return err
}

func checkExpiryBound(t *T) error {
	c, err := t.customer()
	if err != nil {
		return err
	}
	for _, step := range []struct {
		by   time.Duration
		want bool
		when string
	}{{judge.DayOfQuiet - time.Second, false, "one second before 24 hours without interaction"}, {time.Second, true, "after 24 hours without interaction"}} {
		if err := t.advance(step.by); err != nil {
			return err
		}
		if err := t.wantExpired(c.ID, step.want, "", step.when); err != nil {
			return err
		}
	}
	return nil
}

// checkExpiryEnds lets the customer write, and later the business. Only of the first is it clear that it is an interaction.
func checkExpiryEnds(t *T) error {
	c, err := t.customer()
	if err != nil {
		return err
	}
	write := func() error {
		_, err := t.receive(c.ID, t.nonce("Still there?"))
		return err
	}
	send := func() error {
		r, err := t.textRequest(c.Phone, t.nonce("Here we are"))
		if err == nil {
			_, err = t.send(r)
		}
		return err
	}
	for _, step := range []struct {
		ends        func() error
		level, when string
	}{{write, "", "although its customer has just written"}, {send, document.Should, "although its customer was just written to"}} {
		if err := t.advance(judge.DayOfQuiet + time.Hour); err != nil {
			return err
		}
		is, _, err := t.under("expired", c.ID)
		if err != nil {
			return err
		}
		if !is {
			return run.Lacks("a conversation that expires")
		}
		if err := step.ends(); err != nil {
			return err
		}
		if err := t.wantExpired(c.ID, false, step.level, step.when); err != nil {
			return err
		}
	}
	return nil
}
