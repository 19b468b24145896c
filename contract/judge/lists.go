package judge

import (
	"fmt"
	"strconv"
	"time"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

const ExpiresAfter = 24 * time.Hour // after which a conversation is expired (vendor page api/conversations)

// ConversationRules are the rules for every answer with conversations, messages or statuses.
func ConversationRules() []Rule {
	rows := func(requirement, title, needs string, says func(j *Judge, v *exchange.List) Verdict) Rule {
		return Rule{Requirement: requirement, Title: title, Needs: needs, Operation: document.ListConversations, Judge: func(j *Judge, e *exchange.Exchange) Verdict {
			if e.List == nil {
				return NotApplicable()
			}
			return says(j, e.List)
		}}
	}
	out := []Rule{
		rows("LIST-STATUS-FILTER", "rows that are filtered by a status have it, or fit its meaning", "a row under a status", judgeStatusFilter),
		rows("LIST-UNREAD-COUNT", "an unread row has unread messages", "a row with the status unread", judgeUnreadCount),
		rows("LIST-ORDER", "rows are in the order of updated_at", "a list of two rows", judgeListOrder),
		rows("LIST-ID-UNIQUE", "no id appears twice in a list", "a row", judgeListIDs),
		rows("LIST-TOTAL", "meta.total is not below the number of rows", "a list with meta.total", judgeListTotal),
		rows("LIST-UNREAD-TOTAL", "meta.unread_total is not negative", "a list with meta.unread_total", judgeUnreadTotal),
		rows("LIST-SEARCH-MATCH", "every row that a search finds contains the term", "a search", judgeSearchMatch),
	}
	out = append(out, messageRules()...)
	return append(out, statusRules()...)
}

// Satisfies reports whether a list filtered by a status may have the row: the row shows that status, or fits the vendor's description of it.
func Satisfies(r *exchange.Row, word string, now time.Time) bool {
	if r.Status == word {
		return true
	}
	switch word {
	case "unread":
		return r.Unread > 0
	case "opened":
		return !r.Closed()
	case "expired":
		return now.Sub(r.UpdatedAt) >= ExpiresAfter
	case "my", "unassigned", "bot": // a row does not show who is assigned, only whether it has another of these three statuses
		return !r.Closed() && r.Status != "my" && r.Status != "unassigned" && r.Status != "bot"
	}
	return false
}

// Latest is the latest time in an answer: the Date header or a time in a row, whichever is later. The clock of a mock may be ahead of Date.
func Latest(e *exchange.Exchange) time.Time {
	now, _ := time.Parse(time.RFC1123, e.Header.Get("Date"))
	if e.List != nil {
		for i := range e.List.Rows {
			if at := e.List.Rows[i].UpdatedAt; at.After(now) {
				now = at
			}
		}
	}
	return now
}

func judgeStatusFilter(j *Judge, v *exchange.List) Verdict {
	if v.Status == "" || len(v.Rows) == 0 {
		return NotApplicable()
	}
	now := Latest(v.From)
	var found []Finding
	for i := range v.Rows {
		if r := &v.Rows[i]; !Satisfies(r, v.Status, now) {
			found = append(found, Finding{
				Text:     fmt.Sprintf("conversation %d is under status=%s, but is not %s", r.ID, v.Status, v.Status),
				Expected: "rows with the status " + v.Status + meaning(v.Status), Actual: fmt.Sprintf("status %q, unread_count %d, updated_at %s", r.Status, r.Unread, r.Updated), Pointer: r.Pointer + "/status",
			})
		}
	}
	return Applicable(found...)
}

func meaning(word string) string {
	const view = ", or not closed and with none of the other words of my, unassigned, bot"
	return map[string]string{
		"unread": ", or with an unread_count above 0", "opened": ", or not closed", "expired": ", or unchanged for 24 hours",
		"my": view, "unassigned": view, "bot": view,
	}[word]
}

func judgeUnreadCount(_ *Judge, v *exchange.List) Verdict {
	out := Verdict{Applies: v.Status == "unread" && len(v.Rows) > 0} // LIST-STATUS-FILTER judges lists of another status
	for i := range v.Rows {
		r := &v.Rows[i]
		if r.Status != "unread" {
			continue
		}
		out.Applies = true
		if r.Unread <= 0 {
			out.Findings = append(out.Findings, Finding{Text: fmt.Sprintf("conversation %d is unread without an unread message", r.ID), Expected: "unread_count above 0", Actual: strconv.FormatInt(r.Unread, 10), Pointer: r.Pointer + "/unread_count"})
		}
	}
	return out
}

func judgeListOrder(_ *Judge, v *exchange.List) Verdict {
	for i := 1; i < len(v.Rows); i++ {
		if v.Rows[i].UpdatedAt.After(v.Rows[i-1].UpdatedAt) {
			return Applicable(Finding{Text: "a row is newer than the one before it", Expected: "updated_at not after " + v.Rows[i-1].Updated, Actual: v.Rows[i].Updated, Pointer: v.Rows[i].Pointer + "/updated_at"})
		}
	}
	return Verdict{Applies: len(v.Rows) > 1}
}

func judgeListIDs(_ *Judge, v *exchange.List) Verdict {
	seen := map[int64]string{}
	for i := range v.Rows {
		if before, twice := seen[v.Rows[i].ID]; twice {
			return Applicable(Finding{Text: "a conversation appears twice in one list", Expected: "an id other than that of " + before, Actual: strconv.FormatInt(v.Rows[i].ID, 10), Pointer: v.Rows[i].Pointer + "/id"})
		}
		seen[v.Rows[i].ID] = v.Rows[i].Pointer
	}
	return Verdict{Applies: len(v.Rows) > 0}
}

func judgeListTotal(_ *Judge, v *exchange.List) Verdict {
	if v.Total == nil {
		return NotApplicable()
	}
	if *v.Total < int64(len(v.Rows)) {
		return Applicable(Finding{Text: "meta.total is smaller than the number of rows", Expected: fmt.Sprintf("at least %d", len(v.Rows)), Actual: strconv.FormatInt(*v.Total, 10), Pointer: "/meta/total"})
	}
	return Applicable()
}

func judgeUnreadTotal(_ *Judge, v *exchange.List) Verdict {
	if v.UnreadTotal == nil {
		return NotApplicable()
	}
	if *v.UnreadTotal < 0 {
		return Applicable(Finding{Text: "meta.unread_total is negative", Expected: "at least 0", Actual: strconv.FormatInt(*v.UnreadTotal, 10), Pointer: "/meta/unread_total"})
	}
	return Applicable()
}

func judgeSearchMatch(j *Judge, v *exchange.List) Verdict {
	if v.Term == "" {
		return NotApplicable()
	}
	for i := range v.Rows {
		if r := &v.Rows[i]; !containsFolded(r, v.Term, j.folded) {
			return Applicable(Finding{
				Text:     fmt.Sprintf("a search for %q finds conversation %d, name %s, phone %s", v.Term, r.ID, exchange.Shown(r.Name), r.Phone),
				Expected: "the term in the name or in the phone", Actual: "it is in neither", Pointer: r.Pointer,
			})
		}
	}
	return Applicable()
}
