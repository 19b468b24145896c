package specs

import (
	"fmt"
	"net/http"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/run"
)

// isolation needs the credentials of a second workspace.
func isolation() Specs {
	return Describe("isolation", Capability(document.CapabilitySecondClient),
		It("the lists of two workspaces have no conversation in common", Requirement("ISOLATION-LIST"), asked(checkIsolatedList), Operation(document.ListConversations)),
		It("a conversation of another workspace cannot be read", Requirement("ISOLATION-CONVERSATION"), asked(checkIsolatedTalk), Operation(document.GetConversationMessages)),
	)
}

// secondList is the second workspace's own list.
func (t *T) secondList() (*exchange.List, error) {
	return t.ListOf(t.ToSecond(t.Document.Operation(document.ListConversations), 0))
}

// sameConversation compares what never changes. A customer may write to two businesses, and ids may be counted in each workspace.
func sameConversation(a, b *exchange.Row) bool {
	return a.ID == b.ID && a.Phone == b.Phone && a.Created == b.Created
}

func checkIsolatedList(t *T) error {
	if err := t.needsList(); err != nil {
		return err
	}
	other, err := t.secondList()
	if err != nil {
		return err
	}
	if len(other.Rows) == 0 || len(t.Crawl.Before.Rows) == 0 {
		return run.Lacks("conversations in both workspaces")
	}
	for i := range other.Rows {
		r := &other.Rows[i]
		if own := t.Crawl.Before.ByID[r.ID]; own != nil && sameConversation(own, r) {
			t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d of one workspace stands in the list of the other", r.ID), Expected: "no row in both lists", Actual: "the same id, phone and created_at", Pointer: r.Pointer}, t.Crawl.Before.From, other.From)
		}
	}
	return nil
}

// checkIsolatedTalk lets each workspace ask for conversations of the other.
func checkIsolatedTalk(t *T) error {
	if err := t.needsList(); err != nil {
		return err
	}
	other, err := t.secondList()
	if err != nil {
		return err
	}
	op, tried := t.Document.Operation(document.GetConversationMessages), 0
	try := func(r *exchange.Request, theirs *exchange.Row, own *exchange.Row) error {
		tried++
		c := r.Free()
		c.Proper = false
		e, err := t.Ask(c)
		if err != nil {
			return err
		}
		if e.Thread != nil && e.Status == http.StatusOK && own != nil && e.Thread.Phone == own.Phone {
			return nil // the caller's own conversation of that id
		}
		if !slices.Contains([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, e.Status) {
			t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d of another workspace can be read", theirs.ID), Expected: "404, or another refusal", Actual: e.Result(), Pointer: "/data"}, e)
		}
		return nil
	}
	for i := range t.Crawl.Before.Rows[:min(3, len(t.Crawl.Before.Rows))] {
		mine := &t.Crawl.Before.Rows[i]
		if err := try(t.ToSecond(op, mine.ID), mine, other.ByID[mine.ID]); err != nil {
			return err
		}
		if err := try(t.ToSecond(op, mine.ID).Foreign(t.Target.First.PhoneNumberID), mine, nil); err != nil {
			return err
		}
	}
	for i := range other.Rows[:min(3, len(other.Rows))] {
		theirs := &other.Rows[i]
		if err := try(t.To(op, theirs.ID), theirs, t.Crawl.Known[theirs.ID]); err != nil {
			return err
		}
	}
	if tried == 0 {
		return run.Lacks("a conversation in one of the workspaces")
	}
	return nil
}
