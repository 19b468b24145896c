package specs

import (
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
)

// faults are about requests that the control API makes fail, and about the reset.
func faults() Specs {
	return Describe("faults and reset",
		It("makes an operation fail as often as a fault says", Requirement("CONTROL-FAULT"), func(t *T) {
			const list, thread = document.ListConversations, document.GetConversationMessages
			conversation := t.create().ID
			t.setFaults(brokenList(2))
			t.checkFault(conversation, thread, false)
			for _, broken := range []bool{true, true, false} {
				t.checkFault(conversation, list, broken)
			}
			t.expectFired(2)
			t.setFaults(brokenList(0))
			t.checkFault(conversation, list, true)
			t.setFaults()
			t.checkFault(conversation, list, false)
		}),
		It("restores data, clock and faults with a reset", Requirement("CONTROL-RESET"), func(t *T) {
			t.reset()
			fresh, began := t.clock(t.Workspace.Domain), t.Client.Now()
			t.changeEverything(fresh)
			t.reset()
			t.checkClock(fresh, t.Client.Now().Sub(began)+time.Minute)
			list := t.To(t.Document.Operation(document.ListConversations), 0).AnyAnswer()
			list.Fault = true // a fault that is still there is a finding of this spec
			t.Check(t.answer(list)).To(match.HaveNoRows(), "a reset workspace still has conversations")
		}),
	)
}

// brokenList is a fault of the list of conversations that fires as often as times says; 0: always.
func brokenList(times int) map[string]any {
	rule := map[string]any{"operation": document.ListConversations, "status": http.StatusServiceUnavailable}
	if times > 0 {
		rule["times"] = times
	}
	return rule
}

// checkFault sends a request, and expects the fault or the usual answer.
func (t *T) checkFault(conversation int64, operation string, broken bool) {
	r := t.To(t.Document.Operation(operation), conversation)
	if !broken {
		t.Check(t.answer(r)).To(match.BeAccepted(), "a request without a fault was not answered as usual")
		return
	}
	r = r.AnyAnswer()
	r.Fault = true
	t.expectRefusal(t.answer(r), http.StatusServiceUnavailable, "a fault did not fire")
}

// expectFired expects one fault that has fired as often as times says.
func (t *T) expectFired(times int) {
	var shown struct {
		Rules []struct{ Struck int } `json:"rules"`
	}
	t.do(t.ToControl(http.MethodGet, "/faults", t.Workspace.Domain, nil), exchange.Wanted{Status: http.StatusOK, Shows: []string{"rules"}}, &shown)
	if len(shown.Rules) != 1 || shown.Rules[0].Struck != times {
		t.Fail(judge.Finding{Text: "the faults do not say how often they have fired", Expected: fmt.Sprintf("one rule with struck %d", times), Actual: fmt.Sprintf("%+v", shown.Rules)})
	}
}

// changeEverything changes everything that a reset restores.
func (t *T) changeEverything(fresh controlledClock) {
	t.createUnread()
	t.advance(2 * judge.ExpiresAfter)
	t.setClock(map[string]any{"run": fresh.Stopped})
	t.setFaults(map[string]any{"status": http.StatusServiceUnavailable})
}

// checkClock expects the clock of the spec's workspace to show the same time as before, or a time that is at most `later` later.
func (t *T) checkClock(was controlledClock, later time.Duration) {
	now := t.clock(t.Workspace.Domain)
	if off := now.Now.Sub(was.Now); off < 0 || off > later || now.Stopped != was.Stopped {
		t.Fail(judge.Finding{Text: "the clock is not where it was before", Expected: fmt.Sprintf("about %s, standing %t", was.Now.Format(time.RFC3339), was.Stopped), Actual: fmt.Sprintf("%s, standing %t", now.Now.Format(time.RFC3339), now.Stopped)})
	}
}
