package specs

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/match"
	"example.com/awalmock/contract/run"
)

// foreignBody sends bodies with an id that only the other workspace has.
func (t *T) foreignBody(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	tried := false
	for _, b := range op.Bodies {
		for _, name := range idProperties(b) {
			value, level, err := t.foreignID(other, op, name)
			if err != nil {
				return err
			}
			if value == nil {
				continue
			}
			v, err := t.validBody(op, b)
			if err != nil {
				return err
			}
			tried = true
			fields, _ := put(v.fields, []any{name}, value).(map[string]any)
			e, err := t.Ask(v.with(fields).MayBeRefused())
			if err != nil {
				return err
			}
			t.wantAt(e, level, name+" of another workspace was accepted", b.Place, refusedForeign()...)
		}
	}
	if !tried {
		return &run.SkippedError{Reason: "no id is known that only the other workspace has"}
	}
	return nil
}

// foreignID is an id of the other workspace for a property, nil if there is none. A server may accept a reply_to, a group or a branch without looking it
// up, so for these the level is SHOULD.
func (t *T) foreignID(other *T, op *document.Operation, property string) (value any, level string, err error) {
	switch property {
	case "contact_group_id":
		value, err = t.idOfOther(other, document.ListContactGroups)
		return value, document.Should, err
	case "branch_id":
		if op.Capability == document.CapabilityBranches {
			return nil, "", nil // there it is an id in another system of the business
		}
		value, err = t.idOfOther(other, document.ListBranches)
		return value, document.Should, err
	case "template_id":
		theirs, err := other.allTemplates()
		if err != nil {
			return nil, "", err
		}
		own, err := t.someTemplates()
		if err != nil {
			return nil, "", err
		}
		for _, row := range theirs.Items() {
			same := func(i exchange.Item) bool { return fmt.Sprint(i.Fields["id"]) == fmt.Sprint(row.Fields["id"]) }
			if exchange.Number(row.Fields["id"]) != nil && !slices.ContainsFunc(own.Items(), same) {
				return row.Fields["id"], "", nil
			}
		}
	case "reply_to":
		out, err := other.sendText(t.uniqueText("Hello"))
		if err != nil || !out.answered {
			return nil, "", err
		}
		return out.wamid, document.Should, nil
	}
	return nil, "", nil
}

// idOfOther is an id that is in a list of the other workspace, and not in that of the first; nil if there is none.
func (t *T) idOfOther(other *T, list string) (any, error) {
	op := t.Document.Operation(list)
	if op == nil || !t.Config.Claims(op.Capability) {
		return nil, nil
	}
	theirs, err := other.AskValid(other.To(op, 0, largestPage(op)...))
	if err != nil {
		return nil, err
	}
	own, err := t.AskValid(t.To(op, 0, largestPage(op)...))
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

// foreignRows compares the lists of both workspaces, without a filter and with each filter.
func (t *T) foreignRows(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	compared, together := false, t.sharesIDs(other)
	whole, err := t.AskValid(other.To(op, 0, largestPage(op)...))
	if err != nil {
		return err
	}
	var all *exchange.Exchange
	for _, pairs := range t.queriesOf(op, whole) {
		pairs = append(pairs, largestPage(op)...)
		own, err := t.AskValid(t.To(op, 0, pairs...))
		if err != nil {
			return err
		}
		theirs, err := t.AskValid(other.To(op, 0, pairs...))
		if err != nil {
			return err
		}
		if all == nil {
			all = own
		}
		compared = compared || len(rowKeys(own)) > 0 || len(rowKeys(theirs)) > 0
		t.compareRows(op, all, own, theirs, together)
	}
	if !compared {
		return run.Lacks("rows in one of the workspaces")
	}
	return nil
}

// queriesOf are the queries that both clients send: none, each word of an enum, and filters by a text, an id or a day of the other workspace.
func (t *T) queriesOf(op *document.Operation, theirs *exchange.Exchange) [][]exchange.Pair {
	out := [][]exchange.Pair{nil}
	for _, p := range op.Parameters {
		if p.In != "query" || p.Name == exchange.NumberParameter {
			continue
		}
		for _, value := range t.foreignValues(p, theirs) {
			out = append(out, []exchange.Pair{exchange.Param(p.Name, value)})
		}
	}
	return out
}

// foreignValues are values of a parameter with which the other workspace finds rows.
func (t *T) foreignValues(p *document.Parameter, theirs *exchange.Exchange) []string {
	rows := theirs.Items()
	switch {
	case len(p.EnumWords()) > 0:
		return p.EnumWords()
	case p.Schema.Type.Is("boolean"):
		return []string{"true", "false"}
	case p.Schema.Format == "date" && strings.HasPrefix(p.Name, "from"):
		return []string{"2000-01-01"}
	case p.Schema.Format == "date":
		return []string{"2100-01-01"}
	case len(rows) == 0:
		return nil
	case p.Name == "searchTerm":
		return someText(rows[t.Rand.IntN(len(rows))])
	case strings.HasSuffix(p.Name, "_id") && p.Schema.Type.Is("integer"):
		values := valuesOf(theirs, p.Name)
		return values[:min(1, len(values))]
	}
	return nil
}

// someText is a text by which a row can be found.
func someText(row exchange.Item) []string {
	for _, property := range []string{"phone", "order_number", "name"} {
		if text := row.Text(property); text != "" {
			return []string{text}
		}
	}
	return nil
}

// rowKeys are the rows of a list by a key that no other row has: the id, and the properties that do not change.
func rowKeys(e *exchange.Exchange) map[string]exchange.Item {
	out := map[string]exchange.Item{}
	for _, i := range e.Items() {
		id := exchange.Number(i.Fields["id"])
		if id == nil {
			id = exchange.Number(i.Fields["message_id"])
		}
		if id == nil {
			continue
		}
		key := fmt.Sprint(*id)
		for _, name := range []string{"phone", "created_at", "timestamp", "name", "order_number", "language", exchange.NumberParameter} {
			if value, there := i.Fields[name]; there {
				key += fmt.Sprintf(" %s=%v", name, value)
			}
		}
		out[key] = i
	}
	return out
}

// compareRows looks for rows that are in the lists of both workspaces. Such a row is a finding if it cannot be a coincidence:
//   - a conversation or a number, which has a phone and a time;
//   - a row that is not in the whole list of the first workspace;
//   - a row of the status list, if the ids of both workspaces come from one sequence, or if one list has all rows of the other and more.
//
// Another row with an id from one sequence is a SHOULD: a template may be one that the vendor gives to all workspaces.
func (t *T) compareRows(op *document.Operation, all, own, theirs *exchange.Exchange, together bool) {
	mine, others := rowKeys(own), rowKeys(theirs)
	var both []string
	for _, key := range slices.Sorted(maps.Keys(others)) {
		if _, there := mine[key]; there {
			both = append(both, key)
		}
	}
	if len(both) == 0 {
		return
	}
	level := ""
	switch every := len(both) == min(len(mine), len(others)) && len(mine) != len(others); {
	case op.ID == document.ListConversations, op.ID == document.ListWabaNumbers, isForeign(both, all):
	case op.ID == document.GetMessageStatus && (together || every):
	case together:
		level = document.Should
	default:
		return
	}
	t.Fail(judge.Finding{
		Text: fmt.Sprintf("a row of one workspace is in the list of the other (%d of them)", len(both)), Expected: "no row in both lists",
		Actual: both[0], Pointer: mine[both[0]].Pointer, Level: level,
	}, own, theirs)
}

// isForeign reports whether one of the rows is not in the list of all rows, if that list has all of them.
func isForeign(keys []string, all *exchange.Exchange) bool {
	known := rowKeys(all)
	return totalOf(all) == int64(len(all.Items())) && slices.ContainsFunc(keys, func(key string) bool {
		_, there := known[key]
		return !there
	})
}

const fewestToCompare = 3 // conversations of each workspace: if each workspace numbered its own, some of them would have the same id

// sharesIDs reports whether the ids of both workspaces come from one sequence: no id is that of a conversation in both.
func (t *T) sharesIDs(other *T) bool {
	view, err := other.List()
	if err != nil || len(view.Rows) < fewestToCompare || len(t.Crawl().Known) < fewestToCompare {
		return false
	}
	return !slices.ContainsFunc(view.Ids(), func(id int64) bool { return t.Crawl().Known[id] != nil })
}

// isolatedSend sends a message as the first client, and looks for it as the second.
func isolatedSend() Specs {
	return Describe("isolation", Operation(document.SendTextMessage), Capability(document.CapabilitySend), Needs(document.CapabilitySecondClient), Writes(), Serial(),
		It("shows nothing that one workspace sends to another", Requirement("ISOLATION-ROWS"), func(t *T) {
			other := t.asSecond()
			defer t.takeOver(other)
			text := t.uniqueText("Hello")
			sent := t.sendsText(text)
			list := other.list(searchFor(t.recipient()))
			for _, row := range list.Rows {
				t.About(sent.e).Check(list).NotTo(match.ShowLastMessage(row.Phone, text), "a message of one workspace is in the list of the other")
			}
			if t.Document.Operation(document.GetMessageStatus) == nil || !sent.answered {
				return
			}
			statuses := other.statuses()
			for _, row := range statuses.Rows {
				if row.ID == sent.id && !row.At.Before(sent.e.Asked.Add(clockDifference(sent.e)-freshTime)) { // an older row is a message of the other workspace with the same id
					t.About(sent.e).Check(statuses).NotTo(match.ContainMessage(sent.id), "a message of one workspace is in the status list of the other")
				}
			}
		}, Suffix(".sent")),
	)
}

// freshTime is the largest difference between two times of one instant: Date and other times may be whole seconds.
const freshTime = 5 * time.Second

// clockDifference is how far the target's clock, which Date shows, is ahead of the clock of this machine.
func clockDifference(e *exchange.Exchange) time.Duration {
	date, err := http.ParseTime(e.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return date.Sub(e.Answered.Truncate(time.Second))
}
