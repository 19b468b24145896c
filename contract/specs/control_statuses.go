package specs

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// conversationStatuses are about the seven words that are the status of a conversation.
func conversationStatuses() Specs {
	each := Specs{}
	for _, setup := range statusSetups() {
		each = append(each, It("lists "+setup.title+" under "+setup.word, Requirement(setup.requirement), func(t *T) {
			conversation := setup.bring(t)
			t.Check(t.listUnder(setup.word)).To(match.ContainRow(conversation), "%s is not found under status=%s", setup.title, setup.word)
		}, Suffix("."+setup.word))...)
	}
	return Describe("status words", Operation(document.ListConversations), BeforeEach(ownWorkspace),
		It("lists a conversation under one status only, which its row and the conversation show", Requirement("LIST-STATUS-ONE"), func(t *T) {
			brought := map[string]int64{} // the conversation of each word
			for _, setup := range statusSetups() {
				brought[setup.word] = setup.bring(t)
			}
			found, lists := t.statusesOf()
			list := t.list()
			for _, setup := range statusSetups() {
				word, conversation := setup.word, brought[setup.word]
				under := cmp.Or(strings.Join(found[conversation], ", "), "none")
				t.About(lists[word].From).Check(under).To(match.Equal(word), "a conversation that is %s is not found under that word alone", word)
				t.Advise(list).To(match.ShowRowStatus(conversation, word), "the row of a conversation does not show its status")
				t.Advise(t.read(conversation)).To(match.ShowStatus(word), "the conversation does not show its status")
			}
		}),
		It("lets a conversation expire after 24 hours, and not a second before", Requirement("LIST-EXPIRED-BOUND"), func(t *T) {
			conversation := t.createUnread().ID
			t.advance(judge.ExpiresAfter - time.Second)
			t.checkExpired(conversation, false, "", "one second before 24 hours without interaction")
			t.advance(time.Second)
			t.checkExpired(conversation, true, "", "after 24 hours without interaction")
		}),
		It("ends the expiry of a conversation with a new message", Requirement("LIST-EXPIRED-ENDS"), func(t *T) { // a customer's message is a MUST; for a message of the business it is a SHOULD
			conversation := t.createUnread()
			t.expire(conversation.ID)
			t.receive(conversation.ID, t.uniqueText("Still there?"))
			t.checkExpired(conversation.ID, false, "", "although its customer has just written")
			t.expire(conversation.ID)
			t.sends(t.textTo(conversation.Phone, t.uniqueText("Here we are")))
			t.checkExpired(conversation.ID, false, document.Should, "although its customer was just written to")
		}),
		each,
	)
}

// A statusSetup creates a conversation that has a status, and returns its id.
type statusSetup struct {
	word, requirement, title string
	bring                    func(*T) int64
}

// statusSetups has one setup for each status. That of expired is first: it moves the clock by a day, and the other conversations would expire too.
func statusSetups() []statusSetup {
	const explained, named = "LIST-STATUS-EXPLAINED", "LIST-STATUS-NAMED"
	changed := func(from, to map[string]any) func(*T) int64 {
		return func(t *T) int64 {
			c := t.createWith(from)
			t.change(c.ID, to)
			return c.ID
		}
	}
	others := map[string]any{"assignee": otherAgent}
	return []statusSetup{
		{"expired", explained, "a conversation without interaction for 24 hours", func(t *T) int64 {
			c := t.createUnread()
			t.advance(judge.ExpiresAfter + time.Minute)
			return c.ID
		}},
		{"unread", explained, "a conversation whose customer has written", func(t *T) int64 { return t.createUnread().ID }},
		{"closed", explained, "a conversation that is closed", changed(others, map[string]any{"closed": true})},
		{"opened", explained, "a conversation that is assigned to an agent", changed(nil, others)},
		{"unassigned", named, "a conversation that is assigned to no agent", changed(others, map[string]any{"assignee": ""})},
		{"bot", named, "a conversation that the bot handles", changed(nil, map[string]any{"bot": true})},
		{"my", named, "a conversation that is assigned to the client", func(t *T) int64 {
			c := t.create()
			t.change(c.ID, map[string]any{"assignee": t.Workspace.ClientID})
			return c.ID
		}},
	}
}

// listUnder is the list filtered by a status. If the contract does not have the word, the case ends.
func (t *T) listUnder(word string) *exchange.List {
	if list := t.Document.Operation(document.ListConversations); list == nil || !slices.Contains(list.Parameter("query", "status").EnumWords(), word) {
		t.Lacks("the status word %s in the contract", word)
	}
	return t.list(exchange.Param("status", word))
}

// statusesOf reads the list of each status. found has the words by which each conversation is found.
func (t *T) statusesOf() (found map[int64][]string, lists map[string]*exchange.List) {
	found, lists = map[int64][]string{}, map[string]*exchange.List{}
	for _, setup := range statusSetups() {
		lists[setup.word] = t.listUnder(setup.word)
		for _, id := range lists[setup.word].Ids() {
			found[id] = append(found[id], setup.word)
		}
	}
	return found, lists
}

// expire makes a conversation expire. If it does not, the case ends: another spec reports that.
func (t *T) expire(conversation int64) {
	t.advance(judge.ExpiresAfter + time.Hour)
	if !t.listUnder("expired").Has(conversation) {
		t.Lacks("a conversation that expires")
	}
}

// checkExpired expects a conversation to be expired, or not to be.
func (t *T) checkExpired(conversation int64, want bool, level, when string) {
	list := t.listUnder("expired")
	check := t.Check(list)
	if level == document.Should {
		check = t.Advise(list)
	}
	thread := t.read(conversation)
	expired := match.ShowStatus("expired")
	if want {
		check.To(match.ContainRow(conversation), "the conversation is not under status=expired %s", when)
		t.Advise(thread).To(expired, "the conversation shows the status %s %s", thread.Status, when)
	} else {
		check.NotTo(match.ContainRow(conversation), "the conversation is under status=expired %s", when)
		t.Advise(thread).NotTo(expired, "the conversation shows the status %s %s", thread.Status, when)
	}
}
