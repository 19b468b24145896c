package suite

import (
	"fmt"
	"slices"
	"strconv"
)

func statusChecks() []*check {
	of := func(id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opState, run: run}
	}
	forward := of("STATUS-FORWARD", "the status of a message never goes back", checkForward)
	forward.last = true // it judges every answer of the run
	return []*check{
		of("STATUS-OUTBOUND", "a status belongs to an outbound message", checkOutbound),
		of("STATUS-KNOWN-MESSAGE", "a status belongs to a message that can be read", checkKnownMessage),
		of("STATUS-AGREES", "poll and conversation agree on the status", checkStatusAgrees),
		forward,
	}
}

func statusRules() []rule {
	return []rule{
		{requirement: "STATUS-WORDS", title: "the status of a message is one of the four", needs: "a message or a row of the status poll", judge: judgeStatusWords},
		{requirement: "STATUS-ROW-UNIQUE", title: "no row of the status poll stands twice", needs: "a row of the status poll", operation: opState, judge: judgePollIDs},
	}
}

// progress orders the statuses of a message: they only go up, and read and failed are final. A word that is none of them is 0.
func progress(status string) int {
	return map[string]int{"sent": 1, "delivered": 2, "read": 3, "failed": 4}[status]
}

func judgeStatusWords(_ *judge, e *exchange) verdict {
	var out verdict
	judge := func(id int64, status, pointer string) {
		out.applies = true
		if progress(status) == 0 && len(out.findings) == 0 {
			out.findings = append(out.findings, Finding{Text: fmt.Sprintf("message %d has a status that is not documented", id), Expected: "sent, delivered, read or failed", Actual: strconv.Quote(status), Pointer: pointer + "/status"})
		}
	}
	if e.poll != nil {
		for _, r := range e.poll.rows {
			judge(r.id, r.status, r.pointer)
		}
	}
	if e.talk != nil {
		for _, m := range e.talk.messages {
			judge(m.id, m.status, m.pointer)
		}
	}
	return out
}

// judgePollIDs wants no row twice. Whether a message has one row, or one for each change, is not documented.
func judgePollIDs(_ *judge, e *exchange) verdict {
	if e.poll == nil {
		return unconcerned()
	}
	seen := map[string]bool{}
	for _, r := range e.poll.rows {
		key := fmt.Sprintf("%d %s", r.id, r.status)
		if seen[key] {
			return concerned(Finding{Text: fmt.Sprintf("message %d has two rows with the status %s", r.id, r.status), Expected: "one", Actual: "two", Pointer: r.pointer})
		}
		seen[key] = true
	}
	return verdict{applies: len(e.poll.rows) > 0}
}

// newestStatus is the furthest status of each message in a poll.
func (v *pollView) newestStatus() map[int64]pollRow {
	out := map[int64]pollRow{}
	for _, r := range v.rows {
		before, there := out[r.id]
		if !there || progress(r.status) > progress(before.status) {
			out[r.id] = r
		}
	}
	return out
}

type placed struct {
	message message
	talk    *talkView
}

// messagesByID are the messages of the conversations that were read. Ids that stand in two of them are left out: they name no one message.
func (c *crawl) messagesByID() map[int64]placed {
	out, twice := map[int64]placed{}, map[int64]bool{}
	for _, id := range c.order {
		if t := c.talks[id]; t != nil {
			for _, m := range t.messages {
				if before, there := out[m.id]; there && before.talk != t {
					twice[m.id] = true
				}
				out[m.id] = placed{m, t}
			}
		}
	}
	for id := range twice {
		delete(out, id)
	}
	return out
}

func (p *probe) needsPoll() (*pollView, error) {
	for _, poll := range p.crawled.polls {
		if len(poll.rows) > 0 {
			return poll, nil
		}
	}
	return nil, lacks("a row of the status poll")
}

func checkOutbound(p *probe) error {
	poll, err := p.needsPoll()
	if err != nil {
		return err
	}
	messages, judged := p.crawled.messagesByID(), false
	for _, r := range poll.rows {
		m, seen := messages[r.id]
		if !seen {
			continue
		}
		judged = true
		if m.message.direction == "inbound" {
			p.fail(Finding{Text: fmt.Sprintf("the status poll has message %d, which is inbound in conversation %d", r.id, m.talk.id), Expected: "outbound messages only", Actual: m.message.direction, Pointer: r.pointer + "/message_id"}, m.talk.from, poll.from)
		}
	}
	if !judged {
		return lacks("a row of the status poll whose message can be seen")
	}
	return nil
}

// checkKnownMessage is possible only where everything was read: then a row of the first poll must be a message of a conversation.
func checkKnownMessage(p *probe) error {
	poll, err := p.needsPoll()
	if err != nil {
		return err
	}
	if !p.crawled.complete() || p.crawled.cutList(p.crawled.before) {
		return lacks("a number whose conversations can all be read (%d of %d were)", len(p.crawled.talks), len(p.crawled.known))
	}
	known := map[int64]bool{}
	for _, t := range p.crawled.talks {
		if p.crawled.cutTalk(t) {
			return lacks("conversations that are not cut short")
		}
		for _, m := range t.messages {
			known[m.id] = true
		}
	}
	unknown := slices.DeleteFunc(slices.Clone(poll.rows), func(r pollRow) bool { return known[r.id] })
	if len(unknown) == 0 {
		return nil
	}
	again, err := p.poll()
	if err != nil {
		return err
	}
	for _, r := range unknown[:min(findingsKept, len(unknown))] { // each costs requests, and one finding is enough
		if slices.ContainsFunc(again.rows, func(other pollRow) bool { return other.id == r.id }) && !p.cameLater(r) {
			p.fail(Finding{Text: fmt.Sprintf("the status poll has message %d, which no conversation has", r.id), Expected: "the id of a message", Actual: strconv.FormatInt(r.id, 10), Pointer: r.pointer + "/message_id"}, poll.from)
			return nil
		}
	}
	return nil
}

// cameLater tells whether a row's message stands in a conversation that the crawl did not know, or that has changed since.
func (p *probe) cameLater(r pollRow) bool {
	list, err := p.list()
	if err != nil {
		return true
	}
	for i := range list.rows {
		now := &list.rows[i]
		before := p.crawled.known[now.id]
		if before != nil && before.visible() == now.visible() {
			continue
		}
		if t, err := p.talk(now.id); err != nil || slices.ContainsFunc(t.messages, func(m message) bool { return m.id == r.id }) {
			return true
		}
	}
	return false
}

// checkStatusAgrees compares the poll before the conversations were read with what they say: a message may only be further by then.
func checkStatusAgrees(p *probe) error {
	if len(p.crawled.polls) < 2 || len(p.crawled.polls[0].rows) == 0 {
		return lacks("rows of the status poll before and after conversations were read")
	}
	before, after := p.crawled.polls[0].newestStatus(), p.crawled.polls[1].newestStatus()
	judged := false
	for id, m := range p.crawled.messagesByID() {
		first, inFirst := before[id]
		last, inLast := after[id]
		rank := progress(m.message.status)
		if !inFirst || !inLast || rank == 0 || m.message.direction != "outbound" {
			continue
		}
		judged = true
		low, high := progress(first.status), progress(last.status)
		if low <= high && (rank < low || rank > high) {
			p.fail(Finding{
				Text:     fmt.Sprintf("message %d has one status in the status poll and another in conversation %d", id, m.talk.id),
				Expected: fmt.Sprintf("%s before and %s after", first.status, last.status), Actual: m.message.status, Pointer: m.message.pointer + "/status",
			}, p.crawled.polls[0].from, m.talk.from, p.crawled.polls[1].from)
		}
	}
	if !judged {
		return lacks("a row of the status poll whose message can be seen")
	}
	return nil
}

// checkForward follows every message through the answers of the run, in the order in which they were asked for and answered.
func checkForward(p *probe) error {
	type sight struct {
		status string
		from   *exchange
	}
	followed, seen := false, map[int64]sight{}
	look := func(id int64, status, pointer string, e *exchange) {
		rank := progress(status)
		last, before := seen[id]
		if rank == 0 {
			return
		}
		if before && e.asked.After(last.from.answered) {
			followed = true
			if old := progress(last.status); rank < old || old >= 3 && rank != old {
				p.fail(Finding{Text: fmt.Sprintf("message %d went from %s to %s", id, last.status, status), Expected: last.status + ", or further", Actual: status, Pointer: pointer + "/status"}, last.from, e)
				return
			}
		}
		if !before || rank > progress(last.status) {
			seen[id] = sight{status, e}
		}
	}
	if _, err := p.poll(); err != nil {
		return err
	}
	for _, e := range p.client.exchanges() {
		if e.poll != nil && !e.request.sign.elsewhere() {
			for id, r := range e.poll.newestStatus() {
				look(id, r.status, r.pointer, e)
			}
		}
	}
	if !followed {
		return lacks("a message that the status poll shows twice")
	}
	return nil
}
