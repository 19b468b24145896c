package specs

import "example.com/awalmock/contract/run"

// A T is a case that runs, with what the specs ask in common.
type T struct{ *run.T }

// asCase makes a case of a function of the specs.
func asCase(check func(*T) error) func(*run.T) error {
	return func(t *run.T) error { return check(&T{t}) }
}
