package specs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// checkListTwice asks the list and a filtered one several times, and compares the rows that did not change, also with what was answered to
// the same question before. It runs alone, so that a server that changes its mind from call to call cannot hide behind other requests.
func checkListTwice(t *T) error {
	if err := t.needsList(); err != nil {
		return err
	}
	questions := [][]exchange.Pair{{}}
	for _, word := range t.Crawl.Words {
		if view := t.Crawl.ByStatus[word]; view != nil && len(view.Rows) > 1 {
			questions = append(questions, []exchange.Pair{exchange.Param("status", word)})
			break
		}
	}
	judged := false
	for _, question := range questions {
		for range 3 {
			if _, err := t.List(question...); err != nil {
				return err
			}
		}
		answers := t.answersTo(t.To(t.Document.Operation(document.ListConversations), 0, question...))
		judged = judged || len(answers[0].Rows) > 0
		for i := 1; i < len(answers); i++ {
			t.compareLists(answers[:i-1], answers[i-1], answers[i])
		}
	}
	if !judged {
		return run.Lacks("a row")
	}
	return nil
}

// answersTo are all answers of the run to a question, in the order in which they came.
func (t *T) answersTo(r *exchange.Request) (out []*exchange.List) {
	for _, e := range t.Client.Exchanges() {
		if e.List != nil && e.Request.Proper && !e.Request.Sign.Elsewhere() && e.Request.Query == r.Query {
			out = append(out, e.List)
		}
	}
	return out
}

// compareLists looks for a row that went and came back although nothing in it changed, and for two unchanged rows in another order.
func (t *T) compareLists(earlier []*exchange.List, before, after *exchange.List) {
	at := -1
	position := map[int64]int{}
	for i, id := range after.Ids() {
		position[id] = i
	}
	for i := range before.Rows {
		r := &before.Rows[i]
		now, there := position[r.ID]
		switch {
		case !there && t.returned(r, before):
			t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d is missing from one of several answers to the same question", r.ID), Expected: "the same rows", Actual: fmt.Sprintf("%d rows, then %d", len(before.Rows), len(after.Rows)), Pointer: "/data"}, before.From, after.From)
			return
		case there && after.Rows[now].Visible() == r.Visible():
			if now < at {
				t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d changed its place although nothing changed", r.ID), Expected: "the same order", Actual: fmt.Sprintf("row %d, then row %d", i, now), Pointer: after.Rows[now].Pointer}, before.From, after.From)
				return
			}
			at = now
		}
	}
	for i := range after.Rows {
		r := &after.Rows[i]
		same := func(v *exchange.List) bool { return v.Has(r.ID) && v.ByID[r.ID].Visible() == r.Visible() }
		if !before.Has(r.ID) && slices.ContainsFunc(earlier, same) {
			t.Fail(judge.Finding{Text: fmt.Sprintf("conversation %d is missing from one of several answers to the same question", r.ID), Expected: "the same rows", Actual: fmt.Sprintf("%d rows, then %d", len(before.Rows), len(after.Rows)), Pointer: r.Pointer}, before.From, after.From)
			return
		}
	}
}

// returned asks once more whether a row is there as it was, so that its absence in between has no excuse.
func (t *T) returned(r *exchange.Row, in *exchange.List) bool {
	var question []exchange.Pair
	if in.Status != "" {
		question = append(question, exchange.Param("status", in.Status))
	}
	again, err := t.List(question...)
	return err == nil && again.Has(r.ID) && again.ByID[r.ID].Visible() == r.Visible()
}

// checkSameRow compares a row in all lists of the run. The status is left out: a view may show a conversation under one of two words that
// both hold.
func checkSameRow(t *T) error {
	type sight struct {
		row  *exchange.Row
		from *exchange.Exchange
	}
	seen := map[string]sight{}
	compared := false
	for _, e := range t.Client.Exchanges() {
		if e.List == nil || e.Request.Sign.Elsewhere() {
			continue
		}
		for i := range e.List.Rows {
			r := &e.List.Rows[i]
			key := fmt.Sprintf("%d at %s, %d unread", r.ID, r.Updated, r.Unread)
			first, again := seen[key]
			if !again {
				seen[key] = sight{r, e}
				continue
			}
			compared = true
			for _, field := range []string{"phone", "name", "last_message", "last_message_type", "created_at"} {
				if before, now := first.row.Field(field), r.Field(field); before != now {
					t.Fail(judge.Finding{
						Text:     fmt.Sprintf("conversation %d has another %s in another list, with the same updated_at", r.ID, field),
						Expected: before, Actual: now, Pointer: r.Pointer + "/" + field,
					}, first.from, e)
				}
			}
		}
	}
	if !compared {
		return run.Lacks("a row that stands in two lists")
	}
	return nil
}

// pairOf is a row of the list and the conversation of the same id.
type pairOf struct {
	list *exchange.List
	talk map[int64]*exchange.Thread
}

// holdPairs judges each row together with its conversation, and asks both again before it is a finding.
func (t *T) holdPairs(lacking string, says func(r *exchange.Row, thread *exchange.Thread) *judge.Finding) error {
	if err := t.needsList(); err != nil {
		return err
	}
	judged := false
	ids := []int64{} // those whose relation is broken, once there are any
	rel := run.Relation[pairOf]{
		First: pairOf{t.Crawl.Before, t.Crawl.Threads},
		Ask: func() (again pairOf, err error) {
			again.talk = map[int64]*exchange.Thread{}
			if again.list, err = t.List(); err != nil {
				return again, err
			}
			for _, id := range ids {
				if thread, err := t.Thread(id); err == nil {
					again.talk[id] = thread
				}
			}
			return again, nil
		},
		Judge: func(v pairOf) (out []run.Breach) {
			for id, thread := range v.talk {
				r := v.list.ByID[id]
				if r == nil {
					continue
				}
				judged = true
				if f := says(r, thread); f != nil {
					out = append(out, run.Breach{Key: strconv.FormatInt(id, 10), Finding: *f, Exchanges: []*exchange.Exchange{v.list.From, thread.From}})
				}
			}
			if len(out) > judge.FindingsKept {
				out = out[:judge.FindingsKept] // enough to tell; asking all of them again would cost a request each
			}
			ids = ids[:0]
			for _, b := range out {
				id, _ := strconv.ParseInt(b.Key, 10, 64)
				ids = append(ids, id)
			}
			return out
		},
		Changed: func(key string, before, after pairOf) bool {
			id, _ := strconv.ParseInt(key, 10, 64)
			a, b := before.talk[id], after.talk[id]
			return rowChanged(id, []*exchange.List{before.list}, []*exchange.List{after.list}) || a == nil || b == nil || len(a.Messages) != len(b.Messages) || a.Status != b.Status
		},
	}
	if err := run.CheckEventually(t.T, rel); err != nil {
		return err
	}
	if !judged {
		return run.Lacks("%s", lacking)
	}
	return nil
}

// checkLastMessage compares the row's last_message with the conversation's newest messages. A conversation that is cut short may lack its newest.
func checkLastMessage(t *T) error {
	judged := false
	err := t.holdPairs("a conversation whose last message is a text", func(r *exchange.Row, thread *exchange.Thread) *judge.Finding {
		if r.LastType == nil || *r.LastType != "text" || t.Crawl.CutThread(thread) {
			return nil
		}
		newest := thread.Newest()
		if len(newest) == 0 {
			return nil
		}
		judged = true
		var texts []string
		for _, m := range newest {
			if r.LastMessage != nil && m.Content == *r.LastMessage {
				return nil
			}
			texts = append(texts, strconv.Quote(printable.Cut(m.Content, 120)))
		}
		actual := "null"
		if r.LastMessage != nil {
			actual = strconv.Quote(printable.Cut(*r.LastMessage, 120))
		}
		return &judge.Finding{Text: fmt.Sprintf("the last_message of conversation %d is not its newest message", r.ID), Expected: strings.Join(texts, " or "), Actual: actual, Pointer: newest[0].Pointer + "/content"}
	})
	if err == nil && !judged {
		return run.Lacks("a conversation whose last message is a text")
	}
	return err
}

// checkOwnAnswer asks different things in turn and at once, and looks whether each answer is to its own question.
func checkOwnAnswer(t *T) error {
	list, talk := t.Document.Operation(document.ListConversations), t.Document.Operation(document.GetConversationMessages)
	if err := t.needsList(); err != nil {
		return err
	}
	var requests []*exchange.Request
	for i, id := range t.Crawl.Order {
		if i < 12 && t.Crawl.Threads[id] != nil {
			requests = append(requests, t.To(talk, id).Free())
		}
	}
	for _, word := range t.Crawl.Words {
		if view := t.Crawl.ByStatus[word]; view != nil && len(view.Rows) > 0 {
			requests = append(requests, t.To(list, 0, exchange.Param("status", word)))
		}
	}
	if len(requests) < 2 {
		return run.Lacks("two questions that have different answers")
	}
	t.Rand.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	atOnce, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	var inTurn []*exchange.Exchange
	for _, r := range requests[:min(4, len(requests))] {
		e, err := t.Ask(r)
		if err != nil {
			return err
		}
		inTurn = append(inTurn, e)
	}
	for _, e := range append(atOnce, inTurn...) {
		if wrong := t.notOwn(e); wrong != "" {
			t.Fail(judge.Finding{Text: "an answer is not the answer to its request", Expected: "the answer to " + e.Request.Path + exchange.QuestionMark(e.Request.Query), Actual: wrong, Pointer: "/data"}, e)
		}
	}
	return nil
}

// notOwn says why an answer belongs to another request, or nothing.
func (t *T) notOwn(e *exchange.Exchange) string {
	switch {
	case e.Thread != nil:
		if strconv.FormatInt(e.Thread.ID, 10) != e.Thread.Asked {
			return fmt.Sprintf("conversation %d", e.Thread.ID)
		}
		if known := t.Crawl.Known[e.Thread.ID]; known != nil && known.Phone != e.Thread.Phone {
			return "a conversation with the phone " + e.Thread.Phone
		}
	case e.List != nil && e.List.Status != "":
		for i := range e.List.Rows {
			if r := &e.List.Rows[i]; !judge.Satisfies(r, e.List.Status, judge.Latest(e)) {
				return fmt.Sprintf("rows with the status %s", r.Status)
			}
		}
	case e.Request.Op.Succeeds(e.Status) && e.Object() != nil:
		return "an answer of another shape"
	}
	return ""
}

// checkIdentity asks for a body without any coding.
func checkIdentity(t *T) error {
	for _, op := range t.Collections() {
		e, err := t.Ask(t.To(op, 0).WithHeader("Accept-Encoding", "identity"))
		if err != nil {
			return err
		}
		if coding := e.Coding(); coding != "" {
			t.Fail(judge.Finding{Text: "a request that accepts identity only got a coded body", Expected: "no Content-Encoding", Actual: coding}, e)
		} else if e.Request.Op.Succeeds(e.Status) && e.Content != nil && e.Content.Value == nil && !run.LooksLikeJSON(e) {
			t.Fail(judge.Finding{Text: "a request that accepts identity only got a body that is no JSON", Expected: "a JSON object", Actual: printable.Cut(fmt.Sprintf("%q", e.Body), 60)}, e)
		}
	}
	return nil
}
