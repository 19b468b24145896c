package specs

import (
	"net/http"
	"reflect"
	"slices"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// readOf is the operation that reads what another one is about, by the same path; nil if there is none.
func (t *T) readOf(op *document.Operation) *document.Operation {
	at := slices.IndexFunc(t.Document.Operations, func(o *document.Operation) bool { return o.Method == http.MethodGet && o.Path == op.Path })
	if at < 0 {
		return nil
	}
	return t.Document.Operations[at]
}

// foreignRead reads records of each workspace by their ids as a client of the other. Each workspace may count its own ids, so that a record of the
// caller's own may be there; records whose ids the caller does not have are tried first.
func (t *T) foreignRead(op *document.Operation, other *T) error {
	list := t.listAbove(op)
	if list == nil {
		return run.Lacks("a list of what %s reads", op.ID)
	}
	tried := false
	for _, roles := range [][2]*T{{other, t}, {t, other}} {
		owner, stranger := roles[0], roles[1]
		theirs, err := owner.AskValid(owner.To(list, 0, longest(list)...))
		if err != nil {
			return err
		}
		own, err := stranger.AskValid(stranger.To(list, 0, longest(list)...))
		if err != nil {
			return err
		}
		rows := owner.sampled(theirs)
		if only := owner.sampled(theirs, idsOf(own)...); len(only) > 0 {
			rows = only
		}
		for _, row := range rows {
			tried = true
			t.foreignRow(stranger.To(op, *exchange.Number(row.Fields["id"])), theirs, row)
		}
	}
	if !tried {
		return run.Lacks("a record of the other workspace")
	}
	return nil
}

// foreignRow reads what another workspace's list shows.
func (t *T) foreignRow(request *exchange.Request, theirs *exchange.Exchange, row exchange.Item) {
	r := request.Unacceptable()
	r.Proper = false
	e := t.answer(r)
	if e.OK() && sameRecord(dataOf(e), row.Fields) {
		t.Fail(judge.Finding{Text: "data of another workspace can be read by its id", Expected: "404 Not Found", Actual: e.Result(), Pointer: "/data"}, theirs, e)
	}
}

// sameRecord reports whether two workspaces show the same record: with the same id, name, phone and time.
func sameRecord(a, b map[string]any) bool {
	return !slices.ContainsFunc([]string{"id", "name", "phone", "created_at"}, func(property string) bool { return !reflect.DeepEqual(a[property], b[property]) })
}

// foreignRecord tries to change or delete a record that the suite has made in one workspace, as a client of the other, which has none with the same id.
// The record stays as it is.
func (t *T) foreignRecord(op *document.Operation, other *T) error {
	read := t.readOf(op)
	if read == nil {
		return run.Lacks("an operation in the contract that reads what %s is about", op.ID)
	}
	for _, roles := range [][2]*T{{other, t}, {t, other}} {
		owner, stranger := roles[0], roles[1]
		id, _, err := owner.newRecord(op)
		if err != nil {
			return err
		}
		t.WaitAsUsual() // the stranger may have made a record with this id just before
		if own := stranger.answer(stranger.To(read, id).Unacceptable()); own.Status != http.StatusNotFound {
			continue
		}
		before, err := owner.AskValid(owner.To(read, id))
		if err != nil {
			return err
		}
		if err := t.wantRefused([]*exchange.Request{stranger.intrusion(op, id)}, "a record of another workspace was changed"); err != nil {
			return err
		}
		after := owner.answer(owner.To(read, id).Unacceptable())
		t.About(before).Check(after).To(match.HaveValue("/data", before.At("/data")), "a client of another workspace changed a record")
		return nil
	}
	return &run.SkippedError{Reason: "each workspace has a record of its own with the id that was tried"}
}

// intrusion is a request to change or delete what is not the caller's.
func (t *T) intrusion(op *document.Operation, id int64) *exchange.Request {
	r := t.To(op, id).Unacceptable()
	r.Proper = false
	if len(op.Bodies) == 0 {
		return r
	}
	v := &validBody{media: op.Bodies[0].Media, order: []string{"name"}, request: r}
	return v.with(map[string]any{"name": t.nonce("Intruder")})
}
