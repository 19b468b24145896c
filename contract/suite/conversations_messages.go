package suite

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

func messageChecks() []*check {
	of := func(id, title string, run func(*probe) error) *check {
		return &check{id: id, requirement: id, title: title, operation: opTalk, run: run}
	}
	twice := of("MSG-REPEATABLE", "asked twice, a conversation has the same messages", checkTalkTwice)
	twice.last = true // alone, see checkListTwice
	return []*check{
		of("MSG-LISTED", "a listed conversation can be read", checkListed),
		of("MSG-AGREES-WITH-LIST", "list and conversation agree", checkAgrees),
		of("MSG-UNKNOWN-ID", "an unknown id is answered with 404", checkUnknownID),
		of("MSG-OWN", "no message is shown in two conversations", checkOwnMessages),
		of("MSG-DIRECTION", "unread messages are inbound, sent ones outbound", checkDirection),
		of("MSG-READ-ONLY", "reading changes nothing", checkReadOnly),
		twice,
	}
}

func messageRules() []rule {
	talks := func(requirement, title, needs string, says func(j *judge, v *talkView) verdict) rule {
		return rule{requirement: requirement, title: title, needs: needs, operation: opTalk, judge: func(j *judge, e *exchange) verdict {
			if e.talk == nil {
				return unconcerned()
			}
			return says(j, e.talk)
		}}
	}
	out := []rule{
		talks("MSG-CONVERSATION-ID", "the answer is the conversation asked for", "a conversation", judgeTalkID),
		talks("MSG-ID-UNIQUE", "no message id stands twice in a conversation", "a message", judgeMessageIDs),
		talks("MSG-ORDER", "messages stand in the order of date", "a conversation of two messages", judgeMessageOrder),
		talks("MSG-TOTAL", "total_messages is not below the number of messages", "a conversation with total_messages", judgeMessageTotal),
		talks("MSG-TOTAL-EXACT", "total_messages is the number of messages", "a conversation that is not cut short", judgeExactTotal),
	}
	out[len(out)-1].late = true
	return out
}

func judgeTalkID(_ *judge, v *talkView) verdict {
	if strconv.FormatInt(v.id, 10) == v.asked {
		return concerned()
	}
	return concerned(Finding{Text: "the answer is another conversation than the one asked for", Expected: v.asked, Actual: strconv.FormatInt(v.id, 10), Pointer: "/data/id"})
}

func judgeMessageIDs(_ *judge, v *talkView) verdict {
	seen := map[int64]bool{}
	for _, m := range v.messages {
		if seen[m.id] {
			return concerned(Finding{Text: fmt.Sprintf("message %d stands twice in conversation %d", m.id, v.id), Expected: "each id once", Actual: "twice", Pointer: m.pointer + "/id"})
		}
		seen[m.id] = true
	}
	return verdict{applies: len(v.messages) > 0}
}

func judgeMessageOrder(_ *judge, v *talkView) verdict {
	for i := 1; i < len(v.messages); i++ {
		if m := v.messages[i]; m.date.Before(v.messages[i-1].date) {
			return concerned(Finding{Text: "a message is older than the one before it", Expected: "a date not before " + v.messages[i-1].date.String(), Actual: m.date.String(), Pointer: m.pointer + "/date"})
		}
	}
	return verdict{applies: len(v.messages) > 1}
}

func judgeMessageTotal(_ *judge, v *talkView) verdict {
	if v.total == nil {
		return unconcerned()
	}
	if n := int64(len(v.messages)); *v.total < n {
		return concerned(Finding{Text: "total_messages is smaller than the number of messages", Expected: fmt.Sprintf("at least %d", n), Actual: strconv.FormatInt(*v.total, 10), Pointer: "/data/meta/total_messages"})
	}
	return concerned()
}

func judgeExactTotal(j *judge, v *talkView) verdict {
	if v.total == nil || j.cutTalk == nil || j.cutTalk(v) {
		return unconcerned()
	}
	if n := int64(len(v.messages)); *v.total > n {
		return concerned(Finding{Text: "total_messages is not the number of messages, although longer conversations are not cut short", Expected: strconv.FormatInt(n, 10), Actual: strconv.FormatInt(*v.total, 10), Pointer: "/data/meta/total_messages"})
	}
	return concerned()
}

// checkListed reads again what the crawl could not read: it must be read, or be gone from the list.
func checkListed(p *probe) error {
	if err := p.needsList(); err != nil {
		return err
	}
	if len(p.crawled.order) == 0 {
		return lacks("a conversation in the list")
	}
	missing := 0
	for _, id := range p.crawled.order {
		if p.crawled.talks[id] != nil || missing == findingsKept {
			continue
		}
		e, err := p.ask(p.to(p.contract.operation(opTalk), id).free())
		if err != nil {
			return err
		}
		if e.talk != nil {
			continue
		}
		missing++
		again, err := p.list()
		if err != nil {
			return err
		}
		if again.has(id) {
			p.fail(Finding{Text: fmt.Sprintf("conversation %d is listed, but cannot be read", id), Expected: "200 OK", Actual: e.result()}, again.from, e)
		}
	}
	return nil
}

func checkAgrees(p *probe) error {
	return p.holdPairs("a listed conversation that can be read", func(r *row, t *talkView) *Finding {
		for _, f := range []struct{ what, list, talk string }{
			{"phone", r.phone, t.phone}, {"name", shown(r.name), shown(t.name)}, {"closed", strconv.FormatBool(r.closed()), strconv.FormatBool(t.closed())},
		} {
			if f.list != f.talk {
				pointer := "/data/" + f.what
				if f.what == "closed" {
					pointer = "/data/status"
				}
				return &Finding{Text: fmt.Sprintf("conversation %d: list and conversation disagree on %s", r.id, f.what), Expected: f.list + ", as in the list", Actual: f.talk, Pointer: pointer}
			}
		}
		return nil
	})
}

func checkUnknownID(p *probe) error {
	id := p.unknownID()
	for _, unknown := range []int64{id, id + 7_777_777} {
		e, err := p.ask(p.to(p.contract.operation(opTalk), unknown).free())
		if err != nil {
			return err
		}
		p.want(e, fmt.Sprintf("the id %d, which no list contains", unknown), "", http.StatusNotFound)
	}
	return nil
}

// checkOwnMessages looks for a message that two conversations show: the same id, date and content. An id alone may be counted anew in each.
func checkOwnMessages(p *probe) error {
	seen := map[string]*talkView{}
	judged := false
	for _, id := range p.crawled.order {
		t := p.crawled.talks[id]
		if t == nil {
			continue
		}
		for _, m := range t.messages {
			key := fmt.Sprintf("%d %s %s %s", m.id, m.date, m.direction, m.content)
			first := seen[key]
			if first == nil {
				seen[key] = t
				continue
			}
			if first.asked != t.asked {
				p.fail(Finding{Text: fmt.Sprintf("message %d is shown in the conversations %s and %s", m.id, first.asked, t.asked), Expected: "a message in one conversation", Actual: "the same id, date and content in two", Pointer: m.pointer}, first.from, t.from)
			}
		}
		judged = judged || len(seen) > 0
	}
	if !judged {
		return lacks("messages")
	}
	return nil
}

// checkDirection uses the two places that tell a message's direction without naming it: what is unread was written by the customer, and what
// the status poll reports was sent by the business.
func checkDirection(p *probe) error {
	sent := map[int64]bool{}
	for _, poll := range p.crawled.polls {
		for _, r := range poll.rows {
			sent[r.id] = true
		}
	}
	judged := false
	err := p.holdPairs("an unread conversation that can be read", func(r *row, t *talkView) *Finding {
		if p.crawled.cutTalk(t) {
			return nil
		}
		judged = judged || r.unread > 0
		if n := t.inbound(); r.unread > n {
			return &Finding{Text: fmt.Sprintf("conversation %d has more unread messages than its customer wrote", r.id), Expected: fmt.Sprintf("at least %d inbound messages", r.unread), Actual: strconv.FormatInt(n, 10), Pointer: "/data/messages"}
		}
		return nil
	})
	wrong := 0
	for _, id := range p.crawled.order {
		t := p.crawled.talks[id]
		if t == nil {
			continue
		}
		at := slices.IndexFunc(t.messages, func(m message) bool { return sent[m.id] && m.direction == "inbound" })
		if at >= 0 && wrong < findingsKept {
			wrong++
			m := t.messages[at]
			p.fail(Finding{Text: fmt.Sprintf("message %d is reported by the status poll, but is inbound in conversation %d", m.id, t.id), Expected: "outbound", Actual: m.direction, Pointer: m.pointer + "/direction"}, t.from)
		}
	}
	if err == nil && !judged && len(sent) == 0 {
		return lacks("an unread conversation or a row of the status poll")
	}
	return err
}

// checkReadOnly compares the list before and after the crawl read the conversations. People read messages too: so one conversation that lost
// its unread messages proves nothing while others kept theirs.
func checkReadOnly(p *probe) error {
	before, after := p.crawled.before, p.crawled.after
	if before == nil || after == nil {
		return lacks("the list before and after conversations were read")
	}
	unread, lost := 0, []*row{}
	for _, id := range p.crawled.order {
		r, now := before.byID[id], after.byID[id]
		if p.crawled.talks[id] == nil || r == nil || now == nil || r.unread == 0 || now.updated != r.updated {
			continue
		}
		unread++
		if now.unread < r.unread {
			lost = append(lost, now)
		}
	}
	if unread == 0 {
		return lacks("a conversation with unread messages that nobody else changes")
	}
	if len(lost) == unread || len(lost) > 2 && 2*len(lost) >= unread {
		for _, r := range lost {
			p.fail(Finding{Text: fmt.Sprintf("conversation %d lost its unread messages when it was read through the API", r.id), Expected: fmt.Sprintf("unread_count %d", before.byID[r.id].unread), Actual: strconv.FormatInt(r.unread, 10), Pointer: r.pointer + "/unread_count"}, before.from, p.crawled.talks[r.id].from, after.from)
		}
	}
	return nil
}

// checkTalkTwice reads some conversations again. New messages may have come, and statuses may have moved.
func checkTalkTwice(p *probe) error {
	compared := 0
	for _, id := range p.crawled.order {
		first := p.crawled.talks[id]
		if first == nil || len(first.messages) == 0 || compared == 5 {
			continue
		}
		compared++
		for range 2 {
			again, err := p.talk(id)
			if err != nil {
				return err
			}
			p.compareTalks(first, again)
			first = again
		}
	}
	if compared == 0 {
		return lacks("a conversation with messages")
	}
	return nil
}

func (p *probe) compareTalks(first, again *talkView) {
	at := -1
	for _, m := range first.messages {
		now := slices.IndexFunc(again.messages, func(other message) bool { return other.id == m.id })
		switch {
		case now < 0:
			if !p.crawled.cutTalk(again) {
				p.fail(Finding{Text: fmt.Sprintf("message %d of conversation %s is gone", m.id, first.asked), Expected: "the same messages", Actual: fmt.Sprintf("%d messages, then %d", len(first.messages), len(again.messages)), Pointer: "/data/messages"}, first.from, again.from)
				return
			}
			continue
		case now < at:
			p.fail(Finding{Text: fmt.Sprintf("message %d of conversation %s changed its place", m.id, first.asked), Expected: "the same order", Actual: "another one", Pointer: again.messages[now].pointer}, first.from, again.from)
			return
		}
		at = now
		other := again.messages[now]
		if other.content != m.content || other.kind != m.kind || other.direction != m.direction || !other.date.Equal(m.date) {
			p.fail(Finding{
				Text:     fmt.Sprintf("message %d of conversation %s changed", m.id, first.asked),
				Expected: fmt.Sprintf("%s %s %s %q", m.direction, m.kind, m.date, cutText(m.content, 60)), Actual: fmt.Sprintf("%s %s %s %q", other.direction, other.kind, other.date, cutText(other.content, 60)), Pointer: other.pointer,
			}, first.from, again.from)
			return
		}
	}
}
