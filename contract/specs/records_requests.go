package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// managesRecords reports whether an operation is about contacts, groups or branches: the suite creates its own. The records that a case creates are deleted
// after it, see run.T.
func managesRecords(op *document.Operation) bool {
	return op.Capability == document.CapabilityContacts || op.Capability == document.CapabilityBranches
}

// newPhone is a phone that no contact has. It contains the time of the run, so that contacts of an earlier, interrupted run do not have it.
func (t *T) newPhone() string {
	return fmt.Sprintf("96659%010d", (t.Began.UnixMicro()+t.Rand.Int64N(1e9))%1e10)
}

// newEmail is an address that has not been used yet.
func (t *T) newEmail() string { return fmt.Sprintf("suite+%d@example.com", t.Rand.Int64N(1e12)) }

// newPhone is a value in the fields of a body: each request that is made from the fields gets another new phone.
type newPhone struct{}

// createRequest is a request that creates a record with some fields; required ones are added.
func (c collection) createRequest(t *T, fields map[string]any) *exchange.Request {
	op := t.operationNamed(c.createOperation)
	v, err := t.validBody(op, op.Bodies[0])
	t.End(err)
	all := maps.Clone(v.fields)
	if _, there := all["name"]; there {
		all["name"] = t.uniqueText("Suite اختبار")
	}
	maps.Copy(all, fields)
	return v.with(all)
}

// create creates a record and returns its id. If it is refused, the case ends: another case checks that it is accepted.
func (c collection) create(t *T, fields map[string]any) (int64, *exchange.Exchange) {
	e, err := t.AskValid(c.createRequest(t, fields))
	t.End(err)
	id := exchange.Number(e.At("/data/id"))
	if id == nil {
		t.Lacks("the id of the new %s", c.noun)
	}
	return *id, e
}

// changeRequest is a request that changes some fields of a record.
func (c collection) changeRequest(t *T, id int64, fields map[string]any) *exchange.Request {
	op := t.operationNamed(c.updateOperation)
	v := &validBody{media: op.Bodies[0].Media, order: slices.Sorted(maps.Keys(op.Bodies[0].Properties())), request: t.To(op, id)}
	return v.with(fields)
}

// delete deletes a record. The answer may be a refusal.
func (c collection) delete(t *T, id int64) *exchange.Exchange {
	return t.answer(t.To(t.operationNamed(c.deleteOperation), id).MayBeRefused())
}

// search is the answer to a search.
func (c collection) search(t *T, term string) *exchange.Exchange { return c.page(t, searchFor(term)) }

// newRecord creates a record that an operation can change or delete.
func (t *T) newRecord(op *document.Operation) (int64, *exchange.Exchange, error) {
	above := op.Path[:strings.LastIndexByte(op.Path, '/')]
	at := slices.IndexFunc(t.Document.Operations, func(other *document.Operation) bool {
		return other.Method == http.MethodPost && other.Path == above
	})
	if at < 0 {
		return 0, nil, run.Lacks("an operation in the contract that creates what %s is about", op.ID)
	}
	r, err := t.valid(t.Document.Operations[at])
	if err != nil {
		return 0, nil, err
	}
	e, err := t.AskValid(r)
	if err != nil {
		return 0, nil, err
	}
	id := exchange.Number(e.At("/data/id"))
	if id == nil {
		return 0, nil, run.Lacks("the id of what %s created", r.Op.ID)
	}
	if read := t.readOf(op); read != nil { // a new record may not be readable at once
		_, err = t.Poll(func() (bool, error) {
			shown, err := t.Ask(t.To(read, *id).MayBeRefused())
			return err == nil && shown.OK(), err
		})
	}
	return *id, e, err
}

// recordToWrite is a record for cases that are about something else, such as the signature: they may change it. It is created once in a run for each
// workspace, and deleted at the end of the run.
func (t *T) recordToWrite(op *document.Operation) (int64, error) {
	return run.Shared(t.Session, t.workspaceKey()+op.Path, func() (int64, error) {
		id, e, err := t.newRecord(op)
		if err == nil {
			t.KeepUntilEnd(e)
		}
		return id, err
	})
}
