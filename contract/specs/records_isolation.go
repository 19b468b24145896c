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

// readOf is the GET operation with the same path as another operation; nil if there is none.
func (t *T) readOf(op *document.Operation) *document.Operation {
	at := slices.IndexFunc(t.Document.Operations, func(o *document.Operation) bool { return o.Method == http.MethodGet && o.Path == op.Path })
	if at < 0 {
		return nil
	}
	return t.Document.Operations[at]
}

// foreignRead reads records of each workspace by their ids, as a client of the other workspace. If each workspace numbers its own records, the caller may have
// a record with that id: so ids that the caller does not have are preferred.
func (t *T) foreignRead(op *document.Operation, other *T) error {
	list := t.listAbove(op)
	if list == nil {
		return run.Lacks("a list of what %s reads", op.ID)
	}
	tried := false
	for _, roles := range [][2]*T{{other, t}, {t, other}} {
		owner, stranger := roles[0], roles[1]
		theirs, err := owner.AskValid(owner.To(list, 0, largestPage(list)...))
		if err != nil {
			return err
		}
		own, err := stranger.AskValid(stranger.To(list, 0, largestPage(list)...))
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

// foreignRow expects that a record in the list of another workspace cannot be read.
func (t *T) foreignRow(request *exchange.Request, theirs *exchange.Exchange, row exchange.Item) {
	r := request.MayBeRefused()
	r.Proper = false
	e := t.answer(r)
	if e.OK() && sameRecord(dataOf(e), row.Fields) {
		t.Fail(judge.Finding{Text: "data of another workspace can be read by its id", Expected: "404 Not Found", Actual: e.Result(), Pointer: "/data"}, theirs, e)
	}
}

// sameRecord reports whether two records are the same: they have the same id, name, phone and created_at.
func sameRecord(a, b map[string]any) bool {
	return !slices.ContainsFunc([]string{"id", "name", "phone", "created_at"}, func(property string) bool { return !reflect.DeepEqual(a[property], b[property]) })
}

// foreignRecord tries to change or delete a record of one workspace as a client of the other, which has no record with that id. It is refused, and the record
// does not change.
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
		t.WaitUsualDelay() // the other workspace may have created a record with this id just before
		if own := stranger.answer(stranger.To(read, id).MayBeRefused()); own.Status != http.StatusNotFound {
			continue
		}
		before, err := owner.AskValid(owner.To(read, id))
		if err != nil {
			return err
		}
		if err := t.expectRefused([]*exchange.Request{stranger.foreignChange(op, id)}, "a record of another workspace was changed"); err != nil {
			return err
		}
		after := owner.answer(owner.To(read, id).MayBeRefused())
		t.About(before).Check(after).To(match.HaveValue("/data", before.At("/data")), "a client of another workspace changed a record")
		return nil
	}
	return &run.SkippedError{Reason: "each workspace has a record of its own with the id that was tried"}
}

// foreignChange is a request to change or delete a record of another workspace.
func (t *T) foreignChange(op *document.Operation, id int64) *exchange.Request {
	r := t.To(op, id).MayBeRefused()
	r.Proper = false
	if len(op.Bodies) == 0 {
		return r
	}
	v := &validBody{media: op.Bodies[0].Media, order: []string{"name"}, request: r}
	return v.with(map[string]any{"name": t.uniqueText("Intruder")})
}
