package control

import (
	"fmt"
	"net/http"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/fault"
)

// getFaults answers GET /faults.
func (a *api) getFaults(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	return a.showFaults(w)
}

func (a *api) showFaults(w Workspace) (engine.Reply, error) {
	shown := adminapi.Faults{Rules: []adminapi.FaultState{}}
	for _, f := range a.Faults.Rules(w.Domain) {
		state := adminapi.FaultState{
			Operation: f.Operation, Probability: &f.Probability, Times: f.Times,
			Status: f.Status, Abort: f.Abort, Malformed: f.Malformed, Struck: f.Fired,
		}
		if f.Latency > 0 {
			state.Latency = f.Latency.String()
		}
		shown.Rules = append(shown.Rules, state)
	}
	return show(http.StatusOK, shown)
}

// setFaults answers PUT /faults.
func (a *api) setFaults(c *engine.Call) (engine.Reply, error) {
	w, err := a.workspace(c)
	if err != nil {
		return engine.Reply{}, err
	}
	body, err := decode[adminapi.FaultRules](c)
	if err != nil {
		return engine.Reply{}, err
	}
	rules := make([]fault.Rule, len(body.Rules))
	for i := range body.Rules {
		if rules[i], err = a.fault(fmt.Sprintf("rules[%d]", i), &body.Rules[i]); err != nil {
			return engine.Reply{}, err
		}
	}
	a.Faults.Set(w.Domain, rules)
	return a.showFaults(w)
}

// maxLatency bounds how long one rule holds an answer back.
const maxLatency = 10 * time.Minute

// fault reads a rule; at is where it is in the body.
func (a *api) fault(at string, r *adminapi.FaultRule) (fault.Rule, error) {
	f := fault.Rule{
		Operation: r.Operation, Probability: 1, Times: r.Times,
		Fault: engine.Fault{Status: r.Status, Abort: r.Abort, Malformed: r.Malformed},
	}
	if r.Probability != nil {
		f.Probability = *r.Probability
	}
	kinds := 0
	for _, set := range [...]bool{r.Status != 0, r.Latency != "", r.Abort, r.Malformed} {
		if set {
			kinds++
		}
	}
	switch {
	case kinds != 1:
		return f, invalid(at, "must have exactly one of status, latency, abort and malformed")
	case r.Operation != "" && a.Document.Operation(r.Operation) == nil:
		return f, invalid(at+".operation", "must be an operationId of the API's document")
	}
	if r.Latency != "" {
		var err error
		if f.Latency, err = time.ParseDuration(r.Latency); err != nil || f.Latency <= 0 || f.Latency > maxLatency {
			return f, invalid(at+".latency", "must be more than 0 and at most "+maxLatency.String())
		}
	}
	return f, nil
}
