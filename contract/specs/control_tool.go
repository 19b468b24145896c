package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

// tool is about what the control API itself promises.
func tool() Specs {
	return Describe("the control API itself", Operation(document.Control),
		It("a workspace is made once, and its credentials end with it", Requirement("CONTROL-WORKSPACES"), asked(inWorkspace(checkWorkspaces))),
		It("an unknown workspace is answered with 404", Requirement("CONTROL-UNKNOWN-WORKSPACE"), asked(inWorkspace(checkUnknownWorkspace))),
		It("nothing of one workspace is seen in another", Requirement("CONTROL-ISOLATION"), asked(inWorkspace(checkControlIsolation))),
		It("the clock goes as far as it is told, and never back", Requirement("CONTROL-CLOCK"), asked(inWorkspace(checkClock))),
		It("no more messages become unread than there are", Requirement("CONTROL-UNREAD-BOUND"), asked(inWorkspace(checkUnreadBound))),
		It("a fault strikes as often as it says", Requirement("CONTROL-FAULT"), asked(inWorkspace(checkFault))),
		It("a reset brings back state, clock and faults", Requirement("CONTROL-RESET"), asked(inWorkspace(checkReset))),
		It("the journal has an exchange without its secrets", Requirement("CONTROL-JOURNAL"), asked(inWorkspace(checkJournal))),
	)
}

func checkWorkspaces(t *T) error {
	e, err := t.Ask(t.ToControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": t.Own.Domain}))
	if err != nil {
		return err
	}
	t.refused(e, "a workspace that there is already was not refused", http.StatusConflict)
	if err := t.wantListed(true); err != nil {
		return err
	}
	if err := t.do(t.ToControl(http.MethodDelete, "/workspaces/"+t.Own.Domain, "", nil), exchange.Wanted{Status: http.StatusNoContent}, nil); err != nil {
		return err
	}
	if err := t.wantListed(false); err != nil {
		return err
	}
	r := t.To(t.Document.Operation(document.ListConversations), 0).Free()
	r.Proper = false
	if e, err = t.Ask(r); err != nil {
		return err
	}
	t.want(e, "the credentials of a workspace that was removed are still accepted", "", http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
	return nil
}

// wantListed wants the check's workspace in the list of workspaces, or not, and no secret there.
func (t *T) wantListed(want bool) error {
	e, err := t.Ask(t.ToControl(http.MethodGet, "/workspaces", "", nil))
	if err != nil {
		return err
	}
	if e.Revealed {
		t.Fail(judge.Finding{Text: "the list of workspaces shows a secret", Expected: "no secret", Actual: "the answer contains one"}, e)
	}
	rows, _ := e.Object()["data"].([]any)
	is := slices.ContainsFunc(rows, func(row any) bool {
		fields, _ := row.(map[string]any)
		return fields["domain"] == t.Own.Domain
	})
	if is != want {
		t.Fail(judge.Finding{Text: "the list of workspaces is not what was made and removed", Expected: fmt.Sprintf("%s in the list: %t", t.Own.Domain, want), Actual: strconv.FormatBool(is), Pointer: "/data"}, e)
	}
	return nil
}

func checkUnknownWorkspace(t *T) error {
	unknown := t.Own.Domain + "-not"
	for _, r := range []*exchange.Request{
		t.ToControl(http.MethodGet, "/clock", unknown, nil),
		t.ToControl(http.MethodPost, "/conversations", unknown, map[string]any{"phone": "966550000000"}),
		t.ToControl(http.MethodGet, "/faults", unknown, nil),
		t.ToControl(http.MethodDelete, "/workspaces/"+unknown, "", nil),
	} {
		e, err := t.Ask(r)
		if err != nil {
			return err
		}
		t.refused(e, "a workspace that does not exist was not answered with 404", http.StatusNotFound)
	}
	return nil
}

// checkControlIsolation looks at the new workspace and at the one that is checked, in which it changes nothing.
func checkControlIsolation(t *T) error {
	empty, err := t.List()
	if err != nil {
		return err
	}
	if n := len(empty.Rows); n > 0 {
		t.Fail(judge.Finding{Text: "a new workspace has conversations", Expected: "none", Actual: fmt.Sprintf("%d rows", n), Pointer: "/data"}, empty.From)
	}
	poll, err := t.StatusList()
	if err != nil {
		return err
	}
	if n := len(poll.Rows); n > 0 {
		t.Fail(judge.Finding{Text: "a new workspace has sent messages", Expected: "none", Actual: fmt.Sprintf("%d rows", n), Pointer: "/data"}, poll.From)
	}
	began := t.Client.Now()
	before, err := t.clock(t.Target.First.Domain)
	if err != nil {
		return err
	}
	name := t.nonce("Stranger غريب")
	if _, err := t.beginWith(map[string]any{"name": name}); err != nil {
		return err
	}
	if err := t.advance(2 * judge.DayOfQuiet); err != nil {
		return err
	}
	if err := t.withFaults(map[string]any{"status": http.StatusServiceUnavailable}); err != nil {
		return err
	}
	found, err := t.Ask(t.Session.To(t.Document.Operation(document.ListConversations), 0, exchange.Param("searchTerm", name)))
	if err != nil {
		return err
	}
	if !found.OK() || found.List == nil || len(found.List.Rows) > 0 {
		t.Fail(judge.Finding{Text: "what happened in one workspace is seen in another", Expected: "200 OK without rows", Actual: found.Result(), Pointer: "/data"}, found)
	}
	after, err := t.clock(t.Target.First.Domain)
	if err == nil && after.Now.Sub(before.Now) > t.Client.Now().Sub(began)+time.Hour {
		t.Fail(judge.Finding{Text: "the time of one workspace passed in another", Expected: "about " + before.Now.Format(time.RFC3339), Actual: after.Now.Format(time.RFC3339)})
	}
	return err
}

func checkClock(t *T) error {
	begun, err := t.clock(t.Own.Domain)
	if err != nil {
		return err
	}
	if !begun.Standing {
		t.Fail(judge.Finding{Text: "a clock that was stopped does not stand", Expected: "standing true", Actual: "false"})
	}
	want := begun.Now.Add(90 * time.Minute)
	if err := t.advance(90 * time.Minute); err != nil {
		return err
	}
	if there, err := t.wantClock(want, nil); err != nil || !there {
		return err
	}
	for _, back := range []map[string]any{{"set": begun.Now.Add(-time.Second).Format(time.RFC3339)}, {"set": want.Add(-time.Second).Format(time.RFC3339)}, {"advance": "-1s"}} {
		e, err := t.try(http.MethodPost, "/clock", back)
		if err != nil {
			return err
		}
		t.refused(e, "a clock that is set back was not refused", http.StatusConflict)
		if there, err := t.wantClock(want, e); err != nil || !there {
			return err
		}
	}
	return nil
}

// wantClock wants the standing clock of the check's workspace at an instant, and reports whether it is there.
func (t *T) wantClock(at time.Time, after *exchange.Exchange) (bool, error) {
	clock, err := t.clock(t.Own.Domain)
	if err != nil || clock.Now.Equal(at) {
		return err == nil, err
	}
	t.Fail(judge.Finding{Text: "the clock is not where it was set", Expected: at.Format(time.RFC3339), Actual: clock.Now.Format(time.RFC3339)}, these(after)...)
	return false, nil
}

func checkUnreadBound(t *T) error {
	c, err := t.customer()
	if err != nil {
		return err
	}
	if _, err := t.receive(c.ID, t.nonce("Hello?")); err != nil {
		return err
	}
	for _, n := range []int64{0, 1, 2} {
		if _, err := t.change(c.ID, map[string]any{"unread_count": n}); err != nil {
			return err
		}
		if err := t.wantUnread(c.ID, n, nil); err != nil {
			return err
		}
	}
	if _, err := t.change(c.ID, map[string]any{"unread_count": 1}); err != nil {
		return err
	}
	e, err := t.try(http.MethodPatch, conversationPath(c.ID), map[string]any{"unread_count": 3, "closed": true})
	if err != nil {
		return err
	}
	t.refused(e, "more unread messages than there are were not refused", http.StatusBadRequest)
	if err := t.wantUnread(c.ID, 1, e); err != nil {
		return err
	}
	talk, err := t.Thread(c.ID)
	if err == nil && talk.Closed() {
		t.Fail(judge.Finding{Text: "a change that was refused was done in part", Expected: "a conversation that is not closed", Actual: talk.Status, Pointer: "/data/status"}, e, talk.From)
	}
	return err
}

func (t *T) wantUnread(id, n int64, after *exchange.Exchange) error {
	r, view, err := t.rowIn(id)
	if err == nil && r.Unread != n {
		t.Fail(judge.Finding{Text: "another number of messages is unread than was asked for", Expected: fmt.Sprintf("unread_count %d", n), Actual: strconv.FormatInt(r.Unread, 10), Pointer: r.Pointer + "/unread_count"}, these(after, view.From)...)
	}
	return err
}
