package specs

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/run"
)

// foreignBody sends with an id that only the other workspace has, or the other way round where each counts its own ids and only this one has more.
func (t *T) foreignBody(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	tried := false
	for _, b := range op.Bodies {
		for _, name := range idProperties(b) {
			done, err := t.foreignProperty(op, b, name, other)
			if err != nil {
				return err
			}
			tried = tried || done
		}
	}
	if !tried {
		return &run.SkippedError{Reason: "no id is known that only the other workspace has"}
	}
	return nil
}

// foreignProperty does so with one property, and reports whether there was an id to send.
func (t *T) foreignProperty(op *document.Operation, b *document.Body, name string, other *T) (bool, error) {
	for _, mayMake := range []bool{false, true} {
		for _, roles := range [][2]*T{{other, t}, {t, other}} {
			owner, stranger := roles[0], roles[1]
			foreign, err := foreignID(owner, stranger, op, name, mayMake)
			if err != nil {
				return false, err
			}
			if foreign.id == nil {
				continue
			}
			v, err := stranger.validBody(op, b)
			if err != nil {
				return false, err
			}
			fields, _ := put(v.fields, []any{name}, foreign.id).(map[string]any)
			e, err := stranger.Ask(v.with(fields).MayBeRefused())
			if err != nil || e.OK() && stranger.hasItself(foreign) {
				return true, err
			}
			t.wantAt(e, foreign.level, name+" of another workspace was accepted", b.Place, refusedForeign()...)
			return true, nil
		}
	}
	return false, nil
}

// A foreign is an id of something of another workspace, nil for none, and the level of a breach, "" for that of the requirement.
type foreign struct {
	id      any
	level   string
	list    string // the operation that lists such records, "" for none
	message int64  // the other id of a message; 0: it is none
}

// foreignID is an id for a property: the owner's workspace has a record with it, and the stranger's has none. A record is made for it if that is allowed. What a
// reply answers, and whether a group or a branch exists, is not always looked at, so accepting it breaks no more than a SHOULD.
func foreignID(owner, stranger *T, op *document.Operation, property string, mayMake bool) (out foreign, err error) {
	out.level = document.Should
	switch property {
	case "contact_group_id":
		out.list = document.ListContactGroups
		out.id, err = idOfOther(owner, stranger, out.list, mayMake)
	case "branch_id":
		if op.Capability != document.CapabilityBranches { // it is an id of the business's own there
			out.list = document.ListBranches
			out.id, err = idOfOther(owner, stranger, out.list, mayMake)
		}
	case "template_id":
		out.level = ""
		out.id, err = templateOfOther(owner, stranger)
	case "reply_to":
		sent, err := owner.sendText(owner.uniqueText("Hello"))
		if err != nil || !sent.answered {
			return out, err
		}
		out.id, out.message = sent.wamid, sent.id
	}
	return out, err
}

// hasItself reports whether the stranger has something of its own with an id that it had not before: where each workspace counts its own ids, the run itself
// may have made it meanwhile.
func (t *T) hasItself(other foreign) bool {
	id, isNumber := other.id.(int64)
	list := t.Document.Operation(other.list)
	if other.message != 0 || list == nil || !isNumber {
		return t.hasMessage(other.message)
	}
	read := t.readBelow(list)
	if read == nil {
		return false
	}
	t.WaitUsualDelay() // it may be seen late
	return t.answer(t.To(read, id).MayBeRefused()).OK()
}

// hasMessage reports whether the conversation with who is written to has a message with an id: where each workspace counts its own, two messages may have the
// same ids.
func (t *T) hasMessage(id int64) bool {
	row, _, err := t.rowOf(t.recipient())
	if id == 0 || err != nil || row == nil {
		return false
	}
	thread, err := t.Thread(row.ID)
	return err == nil && slices.ContainsFunc(thread.Messages, func(m exchange.Message) bool { return m.ID == id })
}

// templateOfOther is the id of a template that only its owner has; nil if there is none.
func templateOfOther(owner, stranger *T) (any, error) {
	theirs, err := owner.allTemplates()
	if err != nil {
		return nil, err
	}
	own, err := stranger.someTemplates()
	if err != nil || totalOf(own) > int64(len(own.Items())) {
		return nil, err
	}
	for _, row := range theirs.Items() {
		same := func(i exchange.Item) bool { return fmt.Sprint(i.Fields["id"]) == fmt.Sprint(row.Fields["id"]) }
		if exchange.Number(row.Fields["id"]) != nil && !slices.ContainsFunc(own.Items(), same) {
			return row.Fields["id"], nil
		}
	}
	return nil, nil
}

// idOfOther is an id that a list of the owner has, and that of the stranger does not have, or that of a record made for it; nil if there is none.
func idOfOther(owner, stranger *T, list string, mayMake bool) (any, error) {
	op := owner.Document.Operation(list)
	if op == nil || !owner.Config.Claims(op.Capability) {
		return nil, nil
	}
	if mayMake {
		return madeFor(owner, stranger, op)
	}
	theirs, err := owner.AskValid(owner.To(op, 0, largestPage(op)...))
	if err != nil {
		return nil, err
	}
	own, err := stranger.AskValid(stranger.To(op, 0, largestPage(op)...))
	if err != nil {
		return nil, err
	}
	for _, id := range idsOf(theirs) {
		if !slices.Contains(idsOf(own), id) && totalOf(own) == int64(len(own.Items())) {
			return id, nil
		}
	}
	return nil, nil
}

// madeFor makes a record in the owner's workspace, and returns its id if the stranger has none with it.
func madeFor(owner, stranger *T, list *document.Operation) (any, error) {
	read := owner.readBelow(list)
	if read == nil || owner.Small(list) {
		return nil, nil
	}
	id, _, err := owner.newRecord(read)
	if err != nil {
		return nil, err
	}
	shown, err := stranger.Ask(stranger.To(read, id).MayBeRefused())
	if err != nil || shown.Status != http.StatusNotFound {
		return nil, err
	}
	return id, nil
}

// readBelow is the operation that reads one of what a list shows; nil if there is none.
func (t *T) readBelow(list *document.Operation) *document.Operation {
	at := slices.IndexFunc(t.Document.Operations, func(op *document.Operation) bool {
		return op.Method == http.MethodGet && strings.HasPrefix(op.Path, list.Path+"/{") && op.PathParameter() != nil
	})
	if at < 0 {
		return nil
	}
	return t.Document.Operations[at]
}
