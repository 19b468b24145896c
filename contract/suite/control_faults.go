package suite

import (
	"fmt"
	"net/http"
	"time"
)

const strikes = 2 // of a fault

// brokenList is a fault of the list that strikes so often; 0 is always.
func brokenList(times int) map[string]any {
	rule := map[string]any{"operation": opList, "status": http.StatusServiceUnavailable}
	if times > 0 {
		rule["times"] = times
	}
	return rule
}

func checkFault(p *probe) error {
	c, err := p.begin()
	if err != nil {
		return err
	}
	if err := p.withFaults(brokenList(strikes)); err != nil {
		return err
	}
	if err := p.wantBroken(c.ID, opTalk, false); err != nil {
		return err
	}
	for i := range strikes + 1 {
		if err := p.wantBroken(c.ID, opList, i < strikes); err != nil {
			return err
		}
	}
	var told struct {
		Rules []struct{ Struck int } `json:"rules"`
	}
	if err := p.do(p.toControl(http.MethodGet, "/faults", p.own.Domain, nil), wanted{http.StatusOK, []string{"rules"}}, &told); err != nil {
		return err
	}
	if len(told.Rules) != 1 || told.Rules[0].Struck != strikes {
		p.fail(Finding{Text: "the faults do not tell how often they have struck", Expected: fmt.Sprintf("one rule with struck %d", strikes), Actual: fmt.Sprintf("%+v", told.Rules)})
	}
	if err := p.withFaults(brokenList(0)); err != nil {
		return err
	}
	if err := p.wantBroken(c.ID, opList, true); err != nil {
		return err
	}
	if err := p.withFaults(); err != nil {
		return err
	}
	return p.wantBroken(c.ID, opList, false)
}

// wantBroken asks an operation, and wants the fault or the usual answer.
func (p *probe) wantBroken(id int64, operation string, broken bool) error {
	r := p.to(p.contract.operation(operation), id)
	if broken {
		r = r.free()
		r.fault = true
	}
	e, err := p.ask(r)
	if err != nil {
		return err
	}
	if broken {
		p.refused(e, "a fault did not strike", http.StatusServiceUnavailable)
	} else {
		p.want(e, "a request that no fault is meant for was not answered as usual", "", http.StatusOK)
	}
	return nil
}

func (p *probe) reset() error {
	return p.do(p.toControl(http.MethodPost, "/reset", p.own.Domain, nil), wanted{status: http.StatusNoContent}, nil)
}

func checkReset(p *probe) error {
	if err := p.reset(); err != nil {
		return err
	}
	fresh, err := p.clock(p.own.Domain)
	if err != nil {
		return err
	}
	began := p.client.now()
	if err := p.unsettle(fresh); err != nil {
		return err
	}
	if err := p.reset(); err != nil {
		return err
	}
	now, err := p.clock(p.own.Domain)
	if err != nil {
		return err
	}
	if off := now.Now.Sub(fresh.Now); off < 0 || off > p.client.now().Sub(began)+time.Minute || now.Standing != fresh.Standing {
		p.fail(Finding{Text: "the clock is not as it was", Expected: fmt.Sprintf("about %s, standing %t", fresh.Now.Format(time.RFC3339), fresh.Standing), Actual: fmt.Sprintf("%s, standing %t", now.Now.Format(time.RFC3339), now.Standing)})
	}
	r := p.to(p.contract.operation(opList), 0).free()
	r.fault = true // this check tells
	e, err := p.ask(r)
	if err != nil {
		return err
	}
	if !e.ok() || e.list == nil || len(e.list.rows) > 0 {
		p.fail(Finding{Text: "the workspace is not as it was", Expected: "200 OK without rows", Actual: e.result(), Pointer: "/data"}, e)
	}
	return nil
}

// unsettle changes everything that a reset brings back.
func (p *probe) unsettle(fresh controlledClock) error {
	if _, err := p.customer(); err != nil {
		return err
	}
	if err := p.advance(2 * dayOfQuiet); err != nil {
		return err
	}
	if err := p.setClock(map[string]any{"run": fresh.Standing}); err != nil {
		return err
	}
	return p.withFaults(map[string]any{"status": http.StatusServiceUnavailable})
}
