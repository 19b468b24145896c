package specs

import (
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// A T is a case that runs, with what the specs ask in common.
type T struct{ *run.T }

// asCase makes a case of a function of the specs.
func asCase(check func(*T) error) func(*run.T) error {
	return func(t *run.T) error { return check(&T{t}) }
}

// Skip ends the case as SKIPPED: what it is about does not concern the target.
func (t *T) Skip(reason string) { t.End(&run.SkippedError{Reason: reason}) }

// answer makes a request and waits for its answer. Without one, the case ends.
func (t *T) answer(r *exchange.Request) *exchange.Exchange {
	e, err := t.Ask(r)
	t.End(err)
	return e
}

// read is the conversation with an id. If it cannot be read, the case ends.
func (t *T) read(conversation int64) *exchange.Thread {
	v, err := t.Thread(conversation)
	t.End(err)
	return v
}

// list is a list of conversations, of the workspace that the spec works in. If it cannot be read, the case ends.
func (t *T) list(pairs ...exchange.Pair) *exchange.List {
	v, err := t.List(pairs...)
	t.End(err)
	return v
}

// rowByID is the row of a conversation in the whole list. Without one, the case ends.
func (t *T) rowByID(conversation int64) *exchange.Row { return t.rowIn(t.list(), conversation) }

// rowIn is the row of a conversation in a list. Without one, the case ends.
func (t *T) rowIn(list *exchange.List, conversation int64) *exchange.Row {
	r := list.ByID[conversation]
	if r == nil {
		t.Lacks("a row of the conversation %d", conversation)
	}
	return r
}
