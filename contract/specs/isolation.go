package specs

import (
	"net/http"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

const rowsTried = 3 // conversations of each workspace that a client of the other one tries to read

// isolation are the specs about two workspaces: the second one is that of --second-domain.
func isolation() Specs {
	return Describe("isolation", Capability(document.CapabilitySecondClient),
		It("lists no conversation in two workspaces", Requirement("ISOLATION-LIST"), func(t *T) {
			own, other := t.wholeList(), t.secondList()
			if len(own.Rows) == 0 || len(other.Rows) == 0 {
				t.Lacks("conversations in both workspaces")
			}
			for i := range other.Rows {
				t.About(own.From).Check(&other.Rows[i]).To(match.BeAbsentFrom(own))
			}
		}, Operation(document.ListConversations)),
		It("shows no conversation to another workspace", Requirement("ISOLATION-CONVERSATION"), func(t *T) {
			own, other := t.wholeList(), t.secondList()
			op := t.operationNamed(document.GetConversationMessages)
			for _, row := range own.Rows[:min(rowsTried, len(own.Rows))] {
				t.expectHidden(t.ToSecond(op, row.ID), row.ID, other.ByID[row.ID])
				t.expectHidden(t.ToSecond(op, row.ID).WithNumber(t.Target.First.PhoneNumberID), row.ID, nil)
			}
			for _, row := range other.Rows[:min(rowsTried, len(other.Rows))] {
				t.expectHidden(t.To(op, row.ID), row.ID, t.Crawl().Known[row.ID])
			}
			if len(own.Rows)+len(other.Rows) == 0 {
				t.Lacks("a conversation in one of the workspaces")
			}
		}, Operation(document.GetConversationMessages)),
	)
}

// secondList is the second workspace's own list. If it cannot be read, the case ends.
func (t *T) secondList() *exchange.List {
	list, err := t.ListOf(t.ToSecond(t.operationNamed(document.ListConversations), 0))
	t.End(err)
	return list
}

// expectHidden expects that a request for a conversation of another workspace is refused. The caller may have one of its own with the same id.
func (t *T) expectHidden(r *exchange.Request, id int64, own *exchange.Row) {
	r = r.AnyAnswer()
	r.Proper = false
	e := t.answer(r)
	if own != nil && e.Status == http.StatusOK && e.Thread != nil && e.Thread.Phone == own.Phone {
		return
	}
	t.Check(e).To(match.At("/data", match.HaveStatus(refusedForeign()...)), "conversation %d of another workspace can be read", id)
}
