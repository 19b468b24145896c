package judge

import (
	"fmt"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

func statusRules() []Rule {
	return []Rule{
		{Requirement: "STATUS-WORDS", Title: "the status of a message is one of the four", Needs: "a message or a row of the status list", Judge: judgeStatusWords},
		{Requirement: "STATUS-ROW-UNIQUE", Title: "no row of the status list appears twice", Needs: "a row of the status list", Operation: document.GetMessageStatus, Judge: judgeStatusRows},
	}
}

func judgeStatusWords(_ *Judge, e *exchange.Exchange) Verdict {
	var out Verdict
	judge := func(id int64, status, pointer string) {
		out.Applies = true
		if exchange.Progress(status) == 0 && len(out.Findings) == 0 {
			out.Findings = append(out.Findings, Finding{Text: fmt.Sprintf("message %d has a status that is not documented", id), Expected: "sent, delivered, read or failed", Actual: strconv.Quote(status), Pointer: pointer + "/status"})
		}
	}
	if e.StatusList != nil {
		for _, r := range e.StatusList.Rows {
			judge(r.ID, r.Status, r.Pointer)
		}
	}
	if e.Thread != nil {
		for _, m := range e.Thread.Messages {
			judge(m.ID, m.Status, m.Pointer)
		}
	}
	return out
}

// judgeStatusRows expects no row twice. A message may have one row, or one for each status: that is not documented.
func judgeStatusRows(_ *Judge, e *exchange.Exchange) Verdict {
	if e.StatusList == nil {
		return NotApplicable()
	}
	seen := map[string]bool{}
	for _, r := range e.StatusList.Rows {
		key := fmt.Sprintf("%d %s", r.ID, r.Status)
		if seen[key] {
			return Applicable(Finding{Text: fmt.Sprintf("message %d has two rows with the status %s", r.ID, r.Status), Expected: "one", Actual: "two", Pointer: r.Pointer})
		}
		seen[key] = true
	}
	return Verdict{Applies: len(e.StatusList.Rows) > 0}
}
