package suite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkListTwice asks the list and a filtered one several times, and compares the rows that did not change, also with what was answered to
// the same question before. It runs alone, so that a server that changes its mind from call to call cannot hide behind other requests.
func checkListTwice(p *probe) error {
	if err := p.needsList(); err != nil {
		return err
	}
	questions := [][]pair{{}}
	for _, word := range p.crawled.words {
		if view := p.crawled.byStatus[word]; view != nil && len(view.rows) > 1 {
			questions = append(questions, []pair{{"status", word}})
			break
		}
	}
	judged := false
	for _, question := range questions {
		for range 3 {
			if _, err := p.list(question...); err != nil {
				return err
			}
		}
		answers := p.answersTo(p.to(p.contract.operation(opList), 0, question...))
		judged = judged || len(answers[0].rows) > 0
		for i := 1; i < len(answers); i++ {
			p.compareLists(answers[:i-1], answers[i-1], answers[i])
		}
	}
	if !judged {
		return lacks("a row")
	}
	return nil
}

// answersTo are all answers of the run to a question, in the order in which they came.
func (p *probe) answersTo(r *request) (out []*listView) {
	for _, e := range p.client.exchanges() {
		if e.list != nil && e.request.proper && !e.request.sign.elsewhere() && e.request.query == r.query {
			out = append(out, e.list)
		}
	}
	return out
}

// compareLists looks for a row that went and came back although nothing in it changed, and for two unchanged rows in another order.
func (p *probe) compareLists(earlier []*listView, before, after *listView) {
	at := -1
	position := map[int64]int{}
	for i, id := range after.ids() {
		position[id] = i
	}
	for i := range before.rows {
		r := &before.rows[i]
		now, there := position[r.id]
		switch {
		case !there && p.returned(r, before):
			p.fail(Finding{Text: fmt.Sprintf("conversation %d is missing from one of several answers to the same question", r.id), Expected: "the same rows", Actual: fmt.Sprintf("%d rows, then %d", len(before.rows), len(after.rows)), Pointer: "/data"}, before.from, after.from)
			return
		case there && after.rows[now].visible() == r.visible():
			if now < at {
				p.fail(Finding{Text: fmt.Sprintf("conversation %d changed its place although nothing changed", r.id), Expected: "the same order", Actual: fmt.Sprintf("row %d, then row %d", i, now), Pointer: after.rows[now].pointer}, before.from, after.from)
				return
			}
			at = now
		}
	}
	for i := range after.rows {
		r := &after.rows[i]
		same := func(v *listView) bool { return v.has(r.id) && v.byID[r.id].visible() == r.visible() }
		if !before.has(r.id) && slices.ContainsFunc(earlier, same) {
			p.fail(Finding{Text: fmt.Sprintf("conversation %d is missing from one of several answers to the same question", r.id), Expected: "the same rows", Actual: fmt.Sprintf("%d rows, then %d", len(before.rows), len(after.rows)), Pointer: r.pointer}, before.from, after.from)
			return
		}
	}
}

// returned asks once more whether a row is there as it was, so that its absence in between has no excuse.
func (p *probe) returned(r *row, in *listView) bool {
	var question []pair
	if in.status != "" {
		question = append(question, pair{"status", in.status})
	}
	again, err := p.list(question...)
	return err == nil && again.has(r.id) && again.byID[r.id].visible() == r.visible()
}

// checkSameRow compares a row in all lists of the run. The status is left out: a view may show a conversation under one of two words that
// both hold.
func checkSameRow(p *probe) error {
	type sight struct {
		row  *row
		from *exchange
	}
	seen := map[string]sight{}
	compared := false
	for _, e := range p.client.exchanges() {
		if e.list == nil || e.request.sign.elsewhere() {
			continue
		}
		for i := range e.list.rows {
			r := &e.list.rows[i]
			key := fmt.Sprintf("%d at %s, %d unread", r.id, r.updated, r.unread)
			first, again := seen[key]
			if !again {
				seen[key] = sight{r, e}
				continue
			}
			compared = true
			for _, field := range []string{"phone", "name", "last_message", "last_message_type", "created_at"} {
				if before, now := first.row.field(field), r.field(field); before != now {
					p.fail(Finding{
						Text:     fmt.Sprintf("conversation %d has another %s in another list, with the same updated_at", r.id, field),
						Expected: before, Actual: now, Pointer: r.pointer + "/" + field,
					}, first.from, e)
				}
			}
		}
	}
	if !compared {
		return lacks("a row that stands in two lists")
	}
	return nil
}

// pairOf is a row of the list and the conversation of the same id.
type pairOf struct {
	list *listView
	talk map[int64]*talkView
}

// holdPairs judges each row together with its conversation, and asks both again before it is a finding.
func (p *probe) holdPairs(lacking string, judge func(r *row, t *talkView) *Finding) error {
	if err := p.needsList(); err != nil {
		return err
	}
	judged := false
	ids := []int64{} // those whose relation is broken, once there are any
	rel := relation[pairOf]{
		first: pairOf{p.crawled.before, p.crawled.talks},
		ask: func() (again pairOf, err error) {
			again.talk = map[int64]*talkView{}
			if again.list, err = p.list(); err != nil {
				return again, err
			}
			for _, id := range ids {
				if t, err := p.talk(id); err == nil {
					again.talk[id] = t
				}
			}
			return again, nil
		},
		judge: func(v pairOf) (out []breach) {
			for id, t := range v.talk {
				r := v.list.byID[id]
				if r == nil {
					continue
				}
				judged = true
				if f := judge(r, t); f != nil {
					out = append(out, breach{strconv.FormatInt(id, 10), *f, []*exchange{v.list.from, t.from}})
				}
			}
			if len(out) > findingsKept {
				out = out[:findingsKept] // enough to tell; asking all of them again would cost a request each
			}
			ids = ids[:0]
			for _, b := range out {
				id, _ := strconv.ParseInt(b.key, 10, 64)
				ids = append(ids, id)
			}
			return out
		},
		changed: func(key string, before, after pairOf) bool {
			id, _ := strconv.ParseInt(key, 10, 64)
			a, b := before.talk[id], after.talk[id]
			return rowChanged(id, []*listView{before.list}, []*listView{after.list}) || a == nil || b == nil || len(a.messages) != len(b.messages) || a.status != b.status
		},
	}
	if err := hold(p, rel); err != nil {
		return err
	}
	if !judged {
		return lacks("%s", lacking)
	}
	return nil
}

// checkLastMessage compares the row's last_message with the conversation's newest messages. A conversation that is cut short may lack its newest.
func checkLastMessage(p *probe) error {
	judged := false
	err := p.holdPairs("a conversation whose last message is a text", func(r *row, t *talkView) *Finding {
		if r.lastType == nil || *r.lastType != "text" || p.crawled.cutTalk(t) {
			return nil
		}
		newest := t.newest()
		if len(newest) == 0 {
			return nil
		}
		judged = true
		var texts []string
		for _, m := range newest {
			if r.lastMessage != nil && m.content == *r.lastMessage {
				return nil
			}
			texts = append(texts, strconv.Quote(cutText(m.content, 120)))
		}
		actual := "null"
		if r.lastMessage != nil {
			actual = strconv.Quote(cutText(*r.lastMessage, 120))
		}
		return &Finding{Text: fmt.Sprintf("the last_message of conversation %d is not its newest message", r.id), Expected: strings.Join(texts, " or "), Actual: actual, Pointer: newest[0].pointer + "/content"}
	})
	if err == nil && !judged {
		return lacks("a conversation whose last message is a text")
	}
	return err
}

// checkOwnAnswer asks different things in turn and at once, and looks whether each answer is to its own question.
func checkOwnAnswer(p *probe) error {
	list, talk := p.contract.operation(opList), p.contract.operation(opTalk)
	if err := p.needsList(); err != nil {
		return err
	}
	var requests []*request
	for i, id := range p.crawled.order {
		if i < 12 && p.crawled.talks[id] != nil {
			requests = append(requests, p.to(talk, id).free())
		}
	}
	for _, word := range p.crawled.words {
		if view := p.crawled.byStatus[word]; view != nil && len(view.rows) > 0 {
			requests = append(requests, p.to(list, 0, pair{"status", word}))
		}
	}
	if len(requests) < 2 {
		return lacks("two questions that have different answers")
	}
	p.rand.Shuffle(len(requests), func(i, j int) { requests[i], requests[j] = requests[j], requests[i] })
	atOnce, err := p.askAll(requests)
	if err != nil {
		return err
	}
	var inTurn []*exchange
	for _, r := range requests[:min(4, len(requests))] {
		e, err := p.ask(r)
		if err != nil {
			return err
		}
		inTurn = append(inTurn, e)
	}
	for _, e := range append(atOnce, inTurn...) {
		if wrong := p.notOwn(e); wrong != "" {
			p.fail(Finding{Text: "an answer is not the answer to its request", Expected: "the answer to " + e.request.path + questionMark(e.request.query), Actual: wrong, Pointer: "/data"}, e)
		}
	}
	return nil
}

// notOwn says why an answer belongs to another request, or nothing.
func (p *probe) notOwn(e *exchange) string {
	switch {
	case e.talk != nil:
		if strconv.FormatInt(e.talk.id, 10) != e.talk.asked {
			return fmt.Sprintf("conversation %d", e.talk.id)
		}
		if known := p.crawled.known[e.talk.id]; known != nil && known.phone != e.talk.phone {
			return "a conversation with the phone " + e.talk.phone
		}
	case e.list != nil && e.list.status != "":
		for i := range e.list.rows {
			if r := &e.list.rows[i]; !satisfies(r, e.list.status, latest(e)) {
				return fmt.Sprintf("rows with the status %s", r.status)
			}
		}
	case e.request.op.succeeds(e.status) && e.object() != nil:
		return "an answer of another shape"
	}
	return ""
}

// checkIdentity asks for a body without any coding.
func checkIdentity(p *probe) error {
	for _, op := range p.collections() {
		e, err := p.ask(p.to(op, 0).withHeader("Accept-Encoding", "identity"))
		if err != nil {
			return err
		}
		if coding := e.coding(); coding != "" {
			p.fail(Finding{Text: "a request that accepts identity only got a coded body", Expected: "no Content-Encoding", Actual: coding}, e)
		} else if e.request.op.succeeds(e.status) && e.content != nil && e.content.value == nil && !looksLikeJSON(e) {
			p.fail(Finding{Text: "a request that accepts identity only got a body that is no JSON", Expected: "a JSON object", Actual: cutText(fmt.Sprintf("%q", e.body), 60)}, e)
		}
	}
	return nil
}
