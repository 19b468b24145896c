package suite

import (
	"fmt"
	"net/http"
	"slices"
)

// isolationChecks need the credentials of a second workspace.
func isolationChecks(doc *contract) []*check {
	out := []*check{
		{id: "ISOLATION-LIST", requirement: "ISOLATION-LIST", title: "the lists of two workspaces have no conversation in common", operation: opList, run: checkIsolatedList},
		{id: "ISOLATION-CONVERSATION", requirement: "ISOLATION-CONVERSATION", title: "a conversation of another workspace cannot be read", operation: opTalk, run: checkIsolatedTalk},
		{id: "ISOLATION-CREDENTIALS", requirement: "AUTH-SIGNATURE", title: "the secret of one workspace does not open another", run: checkMixedCredentials},
	}
	for _, op := range doc.reads() {
		if op.parameter("query", numberParameter) != nil && op.pathParameter() == nil {
			out = append(out, &check{
				id: "ISOLATION-NUMBER." + op.id, requirement: "ISOLATION-NUMBER", title: "the number of another workspace gives nothing (" + op.id + ")", operation: op.id,
				run: func(p *probe) error { return p.foreignNumber(op) },
			})
		}
	}
	for _, c := range out {
		c.capability = CapabilitySecondClient
	}
	return out
}

// secondList is the second workspace's own list.
func (p *probe) secondList() (*listView, error) {
	return p.listOf(p.toSecond(p.contract.operation(opList), 0))
}

// sameConversation compares what never changes. A customer may write to two businesses, and ids may be counted in each workspace.
func sameConversation(a, b *row) bool {
	return a.id == b.id && a.phone == b.phone && a.created == b.created
}

func checkIsolatedList(p *probe) error {
	if err := p.needsList(); err != nil {
		return err
	}
	other, err := p.secondList()
	if err != nil {
		return err
	}
	if len(other.rows) == 0 || len(p.crawled.before.rows) == 0 {
		return lacks("conversations in both workspaces")
	}
	for i := range other.rows {
		r := &other.rows[i]
		if own := p.crawled.before.byID[r.id]; own != nil && sameConversation(own, r) {
			p.fail(Finding{Text: fmt.Sprintf("conversation %d of one workspace stands in the list of the other", r.id), Expected: "no row in both lists", Actual: "the same id, phone and created_at", Pointer: r.pointer}, p.crawled.before.from, other.from)
		}
	}
	return nil
}

// checkIsolatedTalk lets each workspace ask for conversations of the other.
func checkIsolatedTalk(p *probe) error {
	if err := p.needsList(); err != nil {
		return err
	}
	other, err := p.secondList()
	if err != nil {
		return err
	}
	op, tried := p.contract.operation(opTalk), 0
	try := func(r *request, theirs *row, own *row) error {
		tried++
		c := r.free()
		c.proper = false
		e, err := p.ask(c)
		if err != nil {
			return err
		}
		if e.talk != nil && e.status == http.StatusOK && own != nil && e.talk.phone == own.phone {
			return nil // the caller's own conversation of that id
		}
		if !slices.Contains([]int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, e.status) {
			p.fail(Finding{Text: fmt.Sprintf("conversation %d of another workspace can be read", theirs.id), Expected: "404, or another refusal", Actual: e.result(), Pointer: "/data"}, e)
		}
		return nil
	}
	for i := range p.crawled.before.rows[:min(3, len(p.crawled.before.rows))] {
		mine := &p.crawled.before.rows[i]
		if err := try(p.toSecond(op, mine.id), mine, other.byID[mine.id]); err != nil {
			return err
		}
		if err := try(p.toSecond(op, mine.id).foreign(p.target.first.PhoneNumberID), mine, nil); err != nil {
			return err
		}
	}
	for i := range other.rows[:min(3, len(other.rows))] {
		theirs := &other.rows[i]
		if err := try(p.to(op, theirs.id), theirs, p.crawled.known[theirs.id]); err != nil {
			return err
		}
	}
	if tried == 0 {
		return lacks("a conversation in one of the workspaces")
	}
	return nil
}

// foreignNumber lets each workspace ask for the number of the other.
func (p *probe) foreignNumber(op *operation) error {
	for _, r := range []*request{p.to(op, 0).foreign(p.target.second.PhoneNumberID), p.toSecond(op, 0).foreign(p.target.first.PhoneNumberID)} {
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		p.wantNothing(e, "the number of another workspace was answered with data", http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
	}
	return nil
}

// checkMixedCredentials uses one workspace's names with the other one's secret, and a client with the other one's domain.
func checkMixedCredentials(p *probe) error {
	for _, op := range p.collections() {
		for _, a := range []attempt{
			signed("signed with the secret of another workspace", signing{withSecond: true}, refused()),
			signed("of a client in another workspace's domain", signing{domain: new(p.target.second.Domain)}, refusedClient()),
			signed("of another workspace's client", signing{client: new(p.target.second.ClientID)}, refusedClient()),
		} {
			if changed := a.change(p.to(op, 0)).sign; changed.client != nil && *changed.client == p.target.first.ClientID {
				continue // both workspaces use the same client id
			}
			e, err := p.ask(a.change(p.to(op, 0)))
			if err != nil {
				return err
			}
			p.want(e, "a request "+a.name+" was not refused", "", a.want...)
		}
	}
	return nil
}
