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

// foreignRows compares the lists of both workspaces, without a filter and with each filter.
func (t *T) foreignRows(op *document.Operation) error {
	other := t.asSecond()
	defer t.takeOver(other)
	all, err := t.AskValid(t.To(op, 0, largestPage(op)...))
	if err != nil {
		return err
	}
	whole, err := t.AskValid(other.To(op, 0, largestPage(op)...))
	if err != nil {
		return err
	}
	lists := foreignLists{op, other, all, whole, t.sharesIDs(other)}
	t.compareRows(lists, all, whole)
	for _, pairs := range t.queriesOf(lists) {
		pairs = append(pairs, largestPage(op)...)
		own, err := t.AskValid(t.To(op, 0, pairs...))
		if err != nil {
			return err
		}
		theirs, err := t.AskValid(other.To(op, 0, pairs...))
		if err != nil {
			return err
		}
		t.compareRows(lists, own, theirs)
	}
	if len(rowKeys(all))+len(rowKeys(whole)) == 0 {
		return run.Lacks("rows in one of the workspaces")
	}
	return nil
}

// foreignLists are the lists of both workspaces without a filter.
type foreignLists struct {
	op          *document.Operation
	other       *T // the client of the other workspace
	own, theirs *exchange.Exchange
	together    bool // the ids of both workspaces come from one sequence
}

// queriesOf are the queries that both clients send: each word of an enum, and filters by a text, an id or a day of the other workspace.
func (t *T) queriesOf(lists foreignLists) [][]exchange.Pair {
	var out [][]exchange.Pair
	for _, p := range lists.op.Parameters {
		if p.In != "query" || p.Name == exchange.NumberParameter {
			continue
		}
		for _, value := range t.foreignValues(lists, p) {
			out = append(out, []exchange.Pair{exchange.Param(p.Name, value)})
		}
	}
	return out
}

// foreignValues are values of a parameter with which the other workspace finds rows.
func (t *T) foreignValues(lists foreignLists, p *document.Parameter) []string {
	rows := lists.theirs.Items()
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
		return lists.ids(p.Name)
	}
	return nil
}

// ids are one id that rows of the other workspace show in a property, if possible one that no row of the first workspace shows. If rows do not show the
// property, the records are read.
func (l foreignLists) ids(property string) []string {
	shown := valuesOf(l.own, property)
	values := valuesOf(l.theirs, property)
	if at := slices.IndexFunc(values, func(value string) bool { return !slices.Contains(shown, value) }); at > 0 {
		values = values[at:]
	}
	if read := l.other.readBelow(l.op); len(values) == 0 && read != nil {
		for _, row := range l.other.sampled(l.theirs) {
			e := l.other.answer(l.other.To(read, *exchange.Number(row.Fields["id"])).AnyAnswer())
			if value := exchange.PlainText(e.At("/data/" + property)); value != "" {
				return []string{value}
			}
		}
	}
	return values[:min(1, len(values))]
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
func (t *T) compareRows(lists foreignLists, own, theirs *exchange.Exchange) {
	op, together := lists.op, lists.together
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
	case op.ID == document.ListConversations, op.ID == document.ListWabaNumbers, isForeign(both, lists.own):
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
