package engine

import (
	"errors"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A Fault is a rule by which answers go wrong on purpose. Exactly one of Status, Latency, Abort and Malformed is set.
type Fault struct {
	Operation   string  // operationId; "" for every operation
	Probability float64 // that it strikes, 0 to 1
	Times       int     // how often it strikes at most; 0: always
	Status      int     // an error with this status instead of an answer
	Latency     time.Duration
	Abort       bool // the connection ends without an answer
	Malformed   bool // the body of a success breaks off in the middle
}

// A FaultState is a rule and how often it has struck.
type FaultState struct {
	Fault
	Struck int
}

// Faults are the rules of each workspace. What they draw comes from a seed, so that the same requests meet the same faults.
type Faults struct {
	seed   uint64
	active atomic.Int64 // workspaces that have rules: without any, a request pays one load

	mu    sync.Mutex
	rules map[string][]*faultRule
}

type faultRule struct {
	FaultState
	draws *rand.Rand
}

// NewFaults has no rules yet.
func NewFaults(seed uint64) *Faults { return &Faults{seed: seed, rules: map[string][]*faultRule{}} }

// Set gives a workspace other rules; what they draw begins anew. None removes all.
func (f *Faults) Set(workspace string, rules []Fault) {
	list := make([]*faultRule, len(rules))
	for i, r := range rules {
		stream := fnv.New64a()
		_, _ = stream.Write([]byte(workspace + "\x00" + strconv.Itoa(i))) // a hash cannot fail
		list[i] = &faultRule{FaultState: FaultState{Fault: r}, draws: rand.New(rand.NewPCG(f.seed, stream.Sum64()))}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(list) == 0 {
		delete(f.rules, workspace)
	} else {
		f.rules[workspace] = list
	}
	f.active.Store(int64(len(f.rules)))
}

// Rules are a workspace's rules in the order in which they are tried.
func (f *Faults) Rules(workspace string) []FaultState {
	f.mu.Lock()
	defer f.mu.Unlock()
	states := make([]FaultState, len(f.rules[workspace]))
	for i, r := range f.rules[workspace] {
		states[i] = r.FaultState
	}
	return states
}

// strike tells what happens to a request: latencies add up, the first other fault that strikes is the answer.
func (f *Faults) strike(workspace, operation string) (latency time.Duration, answer *Fault) {
	if f == nil || f.active.Load() == 0 {
		return 0, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules[workspace] {
		if !r.strikes(operation) {
			continue
		}
		if r.Latency == 0 {
			return latency, &r.Fault
		}
		latency += r.Latency
	}
	return latency, nil
}

// strikes draws once for each request that the rule is about, as long as it has strikes left.
func (r *faultRule) strikes(operation string) bool {
	if r.Operation != "" && r.Operation != operation || r.Times > 0 && r.Struck >= r.Times {
		return false
	}
	if r.draws.Float64() >= r.Probability {
		return false
	}
	r.Struck++
	return true
}

var errAborted = errors.New("an injected fault ended the connection")

// fault lets the workspace's faults strike. It needs a valid signature, but no valid request.
func (e *Engine) fault(x *Exchange) (reply Reply, struck bool, err error) {
	latency, f := e.Faults.strike(x.Caller.Workspace, x.OperationID())
	if latency > 0 {
		x.Fault = "latency"
		e.wait(x, latency)
	}
	switch {
	case f == nil:
		return Reply{}, false, nil
	case f.Abort:
		x.Fault = "abort"
		return Reply{Stream: func(io.Writer) error { x.Status = 0; return errAborted }}, true, nil
	case f.Malformed:
		x.Fault = "malformed"
		reply, err = e.malformed(x)
		return reply, true, err
	default:
		x.Fault = "status"
		return Reply{}, true, faultError(f.Status)
	}
}

// malformed is the success that the document promises, broken off in the middle of its JSON.
func (e *Engine) malformed(x *Exchange) (Reply, error) {
	status, body := http.StatusOK, []byte(nil)
	if r := x.Operation.Success(); r != nil {
		made, err := e.Make(x.Operation, r, r.JSON(), "")
		if err != nil {
			return Reply{}, err
		}
		status, body = r.Code(), made[:len(made)/2]
	}
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		body = []byte(`{"status":tr`)
	}
	return Reply{Status: status, Body: body}, nil
}

// faultCodes are the error codes of the statuses that the API has; other statuses have the code of their class.
var faultCodes = map[int]string{
	400: "validation_failed", 401: "authentication_failed", 403: "forbidden", 404: "resource_not_found", 405: "method_not_allowed",
	409: "conflict", 413: "payload_too_large", 415: "unsupported_media_type", 429: "rate_limit_exceeded",
	500: "internal_error", 503: "service_unavailable",
}

func faultError(status int) error {
	e := &Error{Status: status, Code: faultCodes[status], Message: "An injected fault: " + strconv.Itoa(status) + "."}
	switch {
	case e.Code != "":
	case status >= http.StatusInternalServerError:
		e.Code = "internal_error"
	default:
		e.Code = "validation_failed"
	}
	return e
}
