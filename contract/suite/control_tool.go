package suite

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// toolChecks are about what the control API itself promises.
func toolChecks() []*check {
	of := func(id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opControl, run: inWorkspace(run)}
	}
	return []*check{
		of("CONTROL-WORKSPACES", "a workspace is made once, and its credentials end with it", checkWorkspaces),
		of("CONTROL-UNKNOWN-WORKSPACE", "an unknown workspace is answered with 404", checkUnknownWorkspace),
		of("CONTROL-ISOLATION", "nothing of one workspace is seen in another", checkControlIsolation),
		of("CONTROL-CLOCK", "the clock goes as far as it is told, and never back", checkClock),
		of("CONTROL-UNREAD-BOUND", "no more messages become unread than there are", checkUnreadBound),
		of("CONTROL-FAULT", "a fault strikes as often as it says", checkFault),
		of("CONTROL-RESET", "a reset brings back state, clock and faults", checkReset),
		of("CONTROL-JOURNAL", "the journal has an exchange without its secrets", checkJournal),
	}
}

func checkWorkspaces(p *probe) error {
	e, err := p.ask(p.toControl(http.MethodPost, "/workspaces", "", map[string]any{"domain": p.own.Domain}))
	if err != nil {
		return err
	}
	p.refused(e, "a workspace that there is already was not refused", http.StatusConflict)
	if err := p.wantListed(true); err != nil {
		return err
	}
	if err := p.do(p.toControl(http.MethodDelete, "/workspaces/"+p.own.Domain, "", nil), wanted{status: http.StatusNoContent}, nil); err != nil {
		return err
	}
	if err := p.wantListed(false); err != nil {
		return err
	}
	r := p.to(p.contract.operation(opList), 0).free()
	r.proper = false
	if e, err = p.ask(r); err != nil {
		return err
	}
	p.want(e, "the credentials of a workspace that was removed are still accepted", "", http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound)
	return nil
}

// wantListed wants the check's workspace in the list of workspaces, or not, and no secret there.
func (p *probe) wantListed(want bool) error {
	e, err := p.ask(p.toControl(http.MethodGet, "/workspaces", "", nil))
	if err != nil {
		return err
	}
	if e.revealed {
		p.fail(Finding{Text: "the list of workspaces shows a secret", Expected: "no secret", Actual: "the answer contains one"}, e)
	}
	rows, _ := e.object()["data"].([]any)
	is := slices.ContainsFunc(rows, func(row any) bool {
		fields, _ := row.(map[string]any)
		return fields["domain"] == p.own.Domain
	})
	if is != want {
		p.fail(Finding{Text: "the list of workspaces is not what was made and removed", Expected: fmt.Sprintf("%s in the list: %t", p.own.Domain, want), Actual: strconv.FormatBool(is), Pointer: "/data"}, e)
	}
	return nil
}

func checkUnknownWorkspace(p *probe) error {
	unknown := p.own.Domain + "-not"
	for _, r := range []*request{
		p.toControl(http.MethodGet, "/clock", unknown, nil),
		p.toControl(http.MethodPost, "/conversations", unknown, map[string]any{"phone": "966550000000"}),
		p.toControl(http.MethodGet, "/faults", unknown, nil),
		p.toControl(http.MethodDelete, "/workspaces/"+unknown, "", nil),
	} {
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		p.refused(e, "a workspace that does not exist was not answered with 404", http.StatusNotFound)
	}
	return nil
}

// checkControlIsolation looks at the new workspace and at the one that is checked, in which it changes nothing.
func checkControlIsolation(p *probe) error {
	empty, err := p.list()
	if err != nil {
		return err
	}
	if n := len(empty.rows); n > 0 {
		p.fail(Finding{Text: "a new workspace has conversations", Expected: "none", Actual: fmt.Sprintf("%d rows", n), Pointer: "/data"}, empty.from)
	}
	poll, err := p.poll()
	if err != nil {
		return err
	}
	if n := len(poll.rows); n > 0 {
		p.fail(Finding{Text: "a new workspace has sent messages", Expected: "none", Actual: fmt.Sprintf("%d rows", n), Pointer: "/data"}, poll.from)
	}
	began := p.client.now()
	before, err := p.clock(p.target.first.Domain)
	if err != nil {
		return err
	}
	name := p.nonce("Stranger غريب")
	if _, err := p.beginWith(map[string]any{"name": name}); err != nil {
		return err
	}
	if err := p.advance(2 * dayOfQuiet); err != nil {
		return err
	}
	if err := p.withFaults(map[string]any{"status": http.StatusServiceUnavailable}); err != nil {
		return err
	}
	found, err := p.ask(p.session.to(p.contract.operation(opList), 0, pair{"searchTerm", name}))
	if err != nil {
		return err
	}
	if !found.ok() || found.list == nil || len(found.list.rows) > 0 {
		p.fail(Finding{Text: "what happened in one workspace is seen in another", Expected: "200 OK without rows", Actual: found.result(), Pointer: "/data"}, found)
	}
	after, err := p.clock(p.target.first.Domain)
	if err == nil && after.Now.Sub(before.Now) > p.client.now().Sub(began)+time.Hour {
		p.fail(Finding{Text: "the time of one workspace passed in another", Expected: "about " + before.Now.Format(time.RFC3339), Actual: after.Now.Format(time.RFC3339)})
	}
	return err
}

func checkClock(p *probe) error {
	begun, err := p.clock(p.own.Domain)
	if err != nil {
		return err
	}
	if !begun.Standing {
		p.fail(Finding{Text: "a clock that was stopped does not stand", Expected: "standing true", Actual: "false"})
	}
	want := begun.Now.Add(90 * time.Minute)
	if err := p.advance(90 * time.Minute); err != nil {
		return err
	}
	if there, err := p.wantClock(want, nil); err != nil || !there {
		return err
	}
	for _, back := range []map[string]any{{"set": begun.Now.Add(-time.Second).Format(time.RFC3339)}, {"set": want.Add(-time.Second).Format(time.RFC3339)}, {"advance": "-1s"}} {
		e, err := p.try(http.MethodPost, "/clock", back)
		if err != nil {
			return err
		}
		p.refused(e, "a clock that is set back was not refused", http.StatusConflict)
		if there, err := p.wantClock(want, e); err != nil || !there {
			return err
		}
	}
	return nil
}

// wantClock wants the standing clock of the check's workspace at an instant, and tells whether it is there.
func (p *probe) wantClock(at time.Time, after *exchange) (bool, error) {
	clock, err := p.clock(p.own.Domain)
	if err != nil || clock.Now.Equal(at) {
		return err == nil, err
	}
	p.fail(Finding{Text: "the clock is not where it was set", Expected: at.Format(time.RFC3339), Actual: clock.Now.Format(time.RFC3339)}, these(after)...)
	return false, nil
}

func checkUnreadBound(p *probe) error {
	c, err := p.customer()
	if err != nil {
		return err
	}
	if _, err := p.receive(c.ID, p.nonce("Hello?")); err != nil {
		return err
	}
	for _, n := range []int64{0, 1, 2} {
		if _, err := p.change(c.ID, map[string]any{"unread_count": n}); err != nil {
			return err
		}
		if err := p.wantUnread(c.ID, n, nil); err != nil {
			return err
		}
	}
	if _, err := p.change(c.ID, map[string]any{"unread_count": 1}); err != nil {
		return err
	}
	e, err := p.try(http.MethodPatch, conversationPath(c.ID), map[string]any{"unread_count": 3, "closed": true})
	if err != nil {
		return err
	}
	p.refused(e, "more unread messages than there are were not refused", http.StatusBadRequest)
	if err := p.wantUnread(c.ID, 1, e); err != nil {
		return err
	}
	talk, err := p.talk(c.ID)
	if err == nil && talk.closed() {
		p.fail(Finding{Text: "a change that was refused was done in part", Expected: "a conversation that is not closed", Actual: talk.status, Pointer: "/data/status"}, e, talk.from)
	}
	return err
}

func (p *probe) wantUnread(id, n int64, after *exchange) error {
	r, view, err := p.rowIn(id)
	if err == nil && r.unread != n {
		p.fail(Finding{Text: "another number of messages is unread than was asked for", Expected: fmt.Sprintf("unread_count %d", n), Actual: strconv.FormatInt(r.unread, 10), Pointer: r.pointer + "/unread_count"}, these(after, view.from)...)
	}
	return err
}
