package suite

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// conversationChecks are those of the tag conversations: the list here, its search, the messages and their status in the files beside it.
func conversationChecks() []*check {
	out := []*check{
		{id: "LIST-STATUS-COMPLETE", requirement: "LIST-STATUS-COMPLETE", title: "a row that shows a status is found under it", operation: opList, run: checkStatusComplete},
		{id: "LIST-CLOSED-NOT-OPENED", requirement: "LIST-CLOSED-NOT-OPENED", title: "closed and opened exclude each other", operation: opList, run: exclusive("closed", "opened")},
		{id: "LIST-EXPIRED-NOT-OPENED", requirement: "LIST-EXPIRED-NOT-OPENED", title: "expired and opened exclude each other", operation: opList, run: exclusive("expired", "opened")},
		{id: "LIST-EXPIRED-AGE", requirement: "LIST-EXPIRED-AGE", title: "an expired conversation is quiet for 24 hours", operation: opList, run: checkExpiredAge},
		{id: "LIST-REPEATABLE.twice", requirement: "LIST-REPEATABLE", title: "asked twice, the list has the same rows in the same order", operation: opList, last: true, run: checkListTwice},
		{id: "LIST-REPEATABLE.views", requirement: "LIST-REPEATABLE", title: "a row is the same in every list that has it", operation: opList, last: true, run: checkSameRow},
		{id: "LIST-LAST-MESSAGE", requirement: "LIST-LAST-MESSAGE", title: "a text last_message is the newest message, unharmed", operation: opList, run: checkLastMessage},
		{id: "HTTP-OWN-ANSWER", requirement: "HTTP-OWN-ANSWER", title: "each caller gets the answer to its own request", run: checkOwnAnswer},
		{id: "HTTP-CODING.identity", requirement: "HTTP-CODING", title: "a request that accepts identity only gets a plain body", run: checkIdentity},
	}
	out = append(out, searchChecks()...)
	out = append(out, messageChecks()...)
	return append(out, statusChecks()...)
}

// conversationRules are judged on every answer of the tag's operations.
func conversationRules() []rule {
	rows := func(requirement, title, needs string, says func(j *judge, v *listView) verdict) rule {
		return rule{requirement: requirement, title: title, needs: needs, operation: opList, judge: func(j *judge, e *exchange) verdict {
			if e.list == nil {
				return unconcerned()
			}
			return says(j, e.list)
		}}
	}
	out := []rule{
		rows("LIST-STATUS-FILTER", "rows under a status carry it, or satisfy its meaning", "a row under a status", judgeStatusFilter),
		rows("LIST-UNREAD-COUNT", "an unread row has unread messages", "a row with the status unread", judgeUnreadCount),
		rows("LIST-ORDER", "rows stand in the order of updated_at", "a list of two rows", judgeListOrder),
		rows("LIST-ID-UNIQUE", "no id stands twice in a list", "a row", judgeListIDs),
		rows("LIST-TOTAL", "meta.total is not below the number of rows", "a list with meta.total", judgeListTotal),
		rows("LIST-UNREAD-TOTAL", "meta.unread_total is not negative", "a list with meta.unread_total", judgeUnreadTotal),
		rows("LIST-SEARCH-MATCH", "every row found contains the term", "a search", judgeSearchMatch),
	}
	out = append(out, messageRules()...)
	return append(out, statusRules()...)
}

// satisfies tells whether a row may stand under a status: it carries the word, or what the vendor says of the word holds for it.
func satisfies(r *row, word string, now time.Time) bool {
	if r.status == word {
		return true
	}
	switch word {
	case "unread":
		return r.unread > 0
	case "opened":
		return !r.closed()
	case "expired":
		return now.Sub(r.updatedAt) >= dayOfQuiet
	case "my", "unassigned", "bot": // as views: who has a conversation cannot be seen, but that another of these words holds
		return !r.closed() && r.status != "my" && r.status != "unassigned" && r.status != "bot"
	}
	return false
}

// latest is the latest time that the target is known to have reached: its Date header, or a time in its answers, whichever is later. A target
// whose clock stands still (a mock) is not accused of what only the wall clock says.
func latest(e *exchange) time.Time {
	now, _ := time.Parse(time.RFC1123, e.header.Get("Date"))
	if e.list != nil {
		for i := range e.list.rows {
			if at := e.list.rows[i].updatedAt; at.After(now) {
				now = at
			}
		}
	}
	return now
}

func judgeStatusFilter(j *judge, v *listView) verdict {
	if v.status == "" || len(v.rows) == 0 {
		return unconcerned()
	}
	now := latest(v.from)
	var found []Finding
	for i := range v.rows {
		if r := &v.rows[i]; !satisfies(r, v.status, now) {
			found = append(found, Finding{
				Text:     fmt.Sprintf("conversation %d stands under status=%s, but is not %s", r.id, v.status, v.status),
				Expected: "rows with the status " + v.status + meaning(v.status), Actual: fmt.Sprintf("status %q, unread_count %d, updated_at %s", r.status, r.unread, r.updated), Pointer: r.pointer + "/status",
			})
		}
	}
	return concerned(found...)
}

func meaning(word string) string {
	const view = ", or not closed and with none of the other words of my, unassigned, bot"
	return map[string]string{
		"unread": ", or with an unread_count above 0", "opened": ", or not closed", "expired": ", or unchanged for 24 hours",
		"my": view, "unassigned": view, "bot": view,
	}[word]
}

func judgeUnreadCount(_ *judge, v *listView) verdict {
	out := verdict{applies: v.status == "unread" && len(v.rows) > 0} // LIST-STATUS-FILTER tells of those under another word
	for i := range v.rows {
		r := &v.rows[i]
		if r.status != "unread" {
			continue
		}
		out.applies = true
		if r.unread <= 0 {
			out.findings = append(out.findings, Finding{Text: fmt.Sprintf("conversation %d is unread without an unread message", r.id), Expected: "unread_count above 0", Actual: strconv.FormatInt(r.unread, 10), Pointer: r.pointer + "/unread_count"})
		}
	}
	return out
}

func judgeListOrder(_ *judge, v *listView) verdict {
	for i := 1; i < len(v.rows); i++ {
		if v.rows[i].updatedAt.After(v.rows[i-1].updatedAt) {
			return concerned(Finding{Text: "a row is newer than the one before it", Expected: "updated_at not after " + v.rows[i-1].updated, Actual: v.rows[i].updated, Pointer: v.rows[i].pointer + "/updated_at"})
		}
	}
	return verdict{applies: len(v.rows) > 1}
}

func judgeListIDs(_ *judge, v *listView) verdict {
	seen := map[int64]string{}
	for i := range v.rows {
		if before, twice := seen[v.rows[i].id]; twice {
			return concerned(Finding{Text: "a conversation stands twice in one list", Expected: "an id other than that of " + before, Actual: strconv.FormatInt(v.rows[i].id, 10), Pointer: v.rows[i].pointer + "/id"})
		}
		seen[v.rows[i].id] = v.rows[i].pointer
	}
	return verdict{applies: len(v.rows) > 0}
}

func judgeListTotal(_ *judge, v *listView) verdict {
	if v.total == nil {
		return unconcerned()
	}
	if *v.total < int64(len(v.rows)) {
		return concerned(Finding{Text: "meta.total is smaller than the number of rows", Expected: fmt.Sprintf("at least %d", len(v.rows)), Actual: strconv.FormatInt(*v.total, 10), Pointer: "/meta/total"})
	}
	return concerned()
}

func judgeUnreadTotal(_ *judge, v *listView) verdict {
	if v.unreadTotal == nil {
		return unconcerned()
	}
	if *v.unreadTotal < 0 {
		return concerned(Finding{Text: "meta.unread_total is negative", Expected: "at least 0", Actual: strconv.FormatInt(*v.unreadTotal, 10), Pointer: "/meta/unread_total"})
	}
	return concerned()
}

// views are answers of the list that are compared with each other.
type views struct{ all, some, more *listView }

// rowChanged tells whether anything of a row differs between the lists of two rounds; being in one list without a filter and not in the other
// is a difference too.
func rowChanged(id int64, before, after []*listView) bool {
	seen := map[string]bool{}
	for _, v := range append(slices.Clone(before), after...) {
		switch {
		case v == nil:
		case v.has(id):
			seen[v.byID[id].visible()] = true
		case v.status == "" && v.term == "":
			seen[""] = true
		}
	}
	return len(seen) > 1
}

func (v views) lists() []*listView { return []*listView{v.all, v.some, v.more} }

func viewsChanged(key string, before, after views) bool {
	id, err := strconv.ParseInt(key[strings.LastIndexByte(key, ' ')+1:], 10, 64)
	return err == nil && rowChanged(id, before.lists(), after.lists())
}

// needsList is why a check that reads the crawl cannot be made.
func (p *probe) needsList() error {
	return p.crawled.problem
}

func checkStatusComplete(p *probe) error {
	if err := p.needsList(); err != nil {
		return err
	}
	judged := false
	for _, word := range p.crawled.words {
		view := p.crawled.byStatus[word]
		if view == nil || p.crawled.cutList(view) {
			continue
		}
		judged = judged || slices.ContainsFunc(p.crawled.before.rows, func(r row) bool { return r.status == word })
		err := hold(p, relation[views]{
			first: views{all: p.crawled.before, some: view},
			ask: func() (v views, err error) {
				if v.all, err = p.list(); err != nil {
					return v, err
				}
				v.some, err = p.list(pair{"status", word})
				return v, err
			},
			judge: func(v views) (out []breach) {
				for i := range v.all.rows {
					if r := &v.all.rows[i]; r.status == word && !v.some.has(r.id) {
						out = append(out, breach{fmt.Sprintf("%s %d", word, r.id), Finding{
							Text:     fmt.Sprintf("conversation %d shows the status %s, but is not found under status=%s", r.id, word, word),
							Expected: fmt.Sprintf("a row with the id %d", r.id), Actual: fmt.Sprintf("%d other rows", len(v.some.rows)), Pointer: "/data",
						}, []*exchange{v.all.from, v.some.from}})
					}
				}
				return out
			},
			changed: viewsChanged,
		})
		if err != nil {
			return err
		}
	}
	if !judged {
		return lacks("a row that shows a status, and a list under that status that is not cut short")
	}
	return nil
}

func exclusive(one, other string) func(*probe) error {
	return func(p *probe) error {
		if err := p.needsList(); err != nil {
			return err
		}
		first := views{all: p.crawled.byStatus[one], some: p.crawled.byStatus[other]}
		if first.all == nil || first.some == nil || len(first.all.rows)+len(first.some.rows) == 0 {
			return lacks("rows under status=%s or status=%s", one, other)
		}
		return hold(p, relation[views]{
			first: first,
			ask: func() (v views, err error) {
				if v.all, err = p.list(pair{"status", one}); err != nil {
					return v, err
				}
				v.some, err = p.list(pair{"status", other})
				return v, err
			},
			judge: func(v views) (out []breach) {
				for _, id := range v.all.ids() {
					if v.some.has(id) {
						out = append(out, breach{fmt.Sprintf("%d", id), Finding{
							Text:     fmt.Sprintf("conversation %d is both under status=%s and under status=%s", id, one, other),
							Expected: "one of the two", Actual: "both", Pointer: v.some.byID[id].pointer,
						}, []*exchange{v.all.from, v.some.from}})
					}
				}
				return out
			},
			changed: viewsChanged,
		})
	}
}

// checkExpiredAge looks at the messages of the conversations that show the status expired.
func checkExpiredAge(p *probe) error {
	judged := false
	for _, id := range p.crawled.order {
		talk := p.crawled.talks[id]
		if talk == nil || talk.status != "expired" || len(talk.messages) == 0 || p.crawled.cutTalk(talk) {
			continue
		}
		judged = true
		now := latest(talk.from)
		for _, m := range talk.messages {
			if m.direction == "inbound" && m.date.Before(now) && now.Sub(m.date) < dayOfQuiet {
				p.fail(Finding{
					Text:     fmt.Sprintf("conversation %d is expired, but its customer wrote less than 24 hours ago", id),
					Expected: "no inbound message after " + now.Add(-dayOfQuiet).Format(time.RFC3339), Actual: m.date.Format(time.RFC3339), Pointer: m.pointer + "/date",
				}, talk.from)
				break
			}
		}
	}
	if !judged {
		return lacks("a conversation with the status expired that has messages")
	}
	return nil
}
