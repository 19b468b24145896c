// Package fault makes answers go wrong on purpose, by rules that each workspace is given.
package fault

import (
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
)

// A Rule says which requests meet a fault. Exactly one of Latency and the three kinds of engine.Fault is set.
type Rule struct {
	engine.Fault
	Operation   string  // operationId; "" for every operation
	Probability float64 // that it fires, 0 to 1
	Times       int     // how often it fires at most; 0: always
	Latency     time.Duration
}

// A State is a rule and how often it has fired.
type State struct {
	Rule
	Fired int
}

// Faults are the rules of each workspace. What they draw comes from a seed, so that the same requests meet the same faults.
// It implements engine.Faults, and is safe for concurrent use.
type Faults struct {
	seed   uint64
	active atomic.Int64 // workspaces that have rules: without any, a request pays one load

	mu    sync.Mutex
	rules map[string][]*drawnRule
}

type drawnRule struct {
	State
	draws *rand.Rand
}

// New has no rules yet.
func New(seed uint64) *Faults { return &Faults{seed: seed, rules: map[string][]*drawnRule{}} }

// Set gives a workspace other rules; their random draws start again from the seed. None removes all.
func (f *Faults) Set(workspace string, rules []Rule) {
	list := make([]*drawnRule, len(rules))
	for i, r := range rules {
		stream := fnv.New64a()
		_, _ = stream.Write([]byte(workspace + "\x00" + strconv.Itoa(i))) // a hash cannot fail
		list[i] = &drawnRule{State: State{Rule: r}, draws: rand.New(rand.NewPCG(f.seed, stream.Sum64()))}
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
func (f *Faults) Rules(workspace string) []State {
	f.mu.Lock()
	defer f.mu.Unlock()
	states := make([]State, len(f.rules[workspace]))
	for i, r := range f.rules[workspace] {
		states[i] = r.State
	}
	return states
}

// Fire implements engine.Faults: latencies add up, the first other fault that fires is the answer.
func (f *Faults) Fire(workspace, operation string) (latency time.Duration, answer *engine.Fault) {
	if f.active.Load() == 0 {
		return 0, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.rules[workspace] {
		if !r.fires(operation) {
			continue
		}
		if r.Latency == 0 {
			return latency, &r.Fault
		}
		latency += r.Latency
	}
	return latency, nil
}

// fires draws once for each request that the rule is about, until it has fired as often as it may.
func (r *drawnRule) fires(operation string) bool {
	if r.Operation != "" && r.Operation != operation || r.Times > 0 && r.Fired >= r.Times {
		return false
	}
	if r.draws.Float64() >= r.Probability {
		return false
	}
	r.Fired++
	return true
}
