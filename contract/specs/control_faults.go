package specs

import (
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
)

const strikes = 2 // of a fault

// brokenList is a fault of the list that strikes so often; 0 is always.
func brokenList(times int) map[string]any {
	rule := map[string]any{"operation": document.ListConversations, "status": http.StatusServiceUnavailable}
	if times > 0 {
		rule["times"] = times
	}
	return rule
}

func checkFault(t *T) error {
	c, err := t.begin()
	if err != nil {
		return err
	}
	if err := t.withFaults(brokenList(strikes)); err != nil {
		return err
	}
	if err := t.wantBroken(c.ID, document.GetConversationMessages, false); err != nil {
		return err
	}
	for i := range strikes + 1 {
		if err := t.wantBroken(c.ID, document.ListConversations, i < strikes); err != nil {
			return err
		}
	}
	var told struct {
		Rules []struct{ Struck int } `json:"rules"`
	}
	if err := t.do(t.ToControl(http.MethodGet, "/faults", t.Own.Domain, nil), exchange.Wanted{Status: http.StatusOK, Shows: []string{"rules"}}, &told); err != nil {
		return err
	}
	if len(told.Rules) != 1 || told.Rules[0].Struck != strikes {
		t.Fail(judge.Finding{Text: "the faults do not tell how often they have struck", Expected: fmt.Sprintf("one rule with struck %d", strikes), Actual: fmt.Sprintf("%+v", told.Rules)})
	}
	if err := t.withFaults(brokenList(0)); err != nil {
		return err
	}
	if err := t.wantBroken(c.ID, document.ListConversations, true); err != nil {
		return err
	}
	if err := t.withFaults(); err != nil {
		return err
	}
	return t.wantBroken(c.ID, document.ListConversations, false)
}

// wantBroken asks an operation, and wants the fault or the usual answer.
func (t *T) wantBroken(id int64, operation string, broken bool) error {
	r := t.To(t.Document.Operation(operation), id)
	if broken {
		r = r.Free()
		r.Fault = true
	}
	e, err := t.Ask(r)
	if err != nil {
		return err
	}
	if broken {
		t.refused(e, "a fault did not strike", http.StatusServiceUnavailable)
	} else {
		t.want(e, "a request that no fault is meant for was not answered as usual", "", http.StatusOK)
	}
	return nil
}

func (t *T) reset() error {
	return t.do(t.ToControl(http.MethodPost, "/reset", t.Own.Domain, nil), exchange.Wanted{Status: http.StatusNoContent}, nil)
}

func checkReset(t *T) error {
	if err := t.reset(); err != nil {
		return err
	}
	fresh, err := t.clock(t.Own.Domain)
	if err != nil {
		return err
	}
	began := t.Client.Now()
	if err := t.unsettle(fresh); err != nil {
		return err
	}
	if err := t.reset(); err != nil {
		return err
	}
	now, err := t.clock(t.Own.Domain)
	if err != nil {
		return err
	}
	if off := now.Now.Sub(fresh.Now); off < 0 || off > t.Client.Now().Sub(began)+time.Minute || now.Standing != fresh.Standing {
		t.Fail(judge.Finding{Text: "the clock is not as it was", Expected: fmt.Sprintf("about %s, standing %t", fresh.Now.Format(time.RFC3339), fresh.Standing), Actual: fmt.Sprintf("%s, standing %t", now.Now.Format(time.RFC3339), now.Standing)})
	}
	r := t.To(t.Document.Operation(document.ListConversations), 0).Free()
	r.Fault = true // this check tells
	e, err := t.Ask(r)
	if err != nil {
		return err
	}
	if !e.OK() || e.List == nil || len(e.List.Rows) > 0 {
		t.Fail(judge.Finding{Text: "the workspace is not as it was", Expected: "200 OK without rows", Actual: e.Result(), Pointer: "/data"}, e)
	}
	return nil
}

// unsettle changes everything that a reset brings back.
func (t *T) unsettle(fresh controlledClock) error {
	if _, err := t.customer(); err != nil {
		return err
	}
	if err := t.advance(2 * judge.DayOfQuiet); err != nil {
		return err
	}
	if err := t.setClock(map[string]any{"run": fresh.Standing}); err != nil {
		return err
	}
	return t.withFaults(map[string]any{"status": http.StatusServiceUnavailable})
}
