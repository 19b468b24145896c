package specs

import (
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// A T is a running case, with the requests that many specs make. Its methods end the case if they cannot give what they promise.
type T struct{ *run.T }

// asCase makes a case of a function of the specs.
func asCase(check func(*T) error) func(*run.T) error {
	return func(t *run.T) error { return check(&T{t}) }
}

// Skip ends the case as SKIPPED: the target has nothing that the case is about.
func (t *T) Skip(reason string) { t.End(&run.SkippedError{Reason: reason}) }

// answer sends a request and returns the exchange. If no answer comes, the case ends.
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
