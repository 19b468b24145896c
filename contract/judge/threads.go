package judge

import (
	"fmt"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

func messageRules() []Rule {
	threads := func(requirement, title, needs string, says func(j *Judge, v *exchange.Thread) Verdict) Rule {
		return Rule{Requirement: requirement, Title: title, Needs: needs, Operation: document.GetConversationMessages, Judge: func(j *Judge, e *exchange.Exchange) Verdict {
			if e.Thread == nil {
				return NotApplicable()
			}
			return says(j, e.Thread)
		}}
	}
	out := []Rule{
		threads("MSG-CONVERSATION-ID", "the answer is the conversation of the path", "a conversation", judgeThreadID),
		threads("MSG-ID-UNIQUE", "no message id appears twice in a conversation", "a message", judgeMessageIDs),
		threads("MSG-ORDER", "messages are in the order of date", "a conversation of two messages", judgeMessageOrder),
		threads("MSG-TOTAL", "total_messages is not below the number of messages", "a conversation with total_messages", judgeMessageTotal),
		threads("MSG-TOTAL-EXACT", "total_messages is the number of messages", "a conversation that is not cut short", judgeExactTotal),
	}
	out[len(out)-1].Late = true
	return out
}

func judgeThreadID(_ *Judge, v *exchange.Thread) Verdict {
	if strconv.FormatInt(v.ID, 10) == v.Asked {
		return Applicable()
	}
	return Applicable(Finding{Text: "the answer is another conversation than that of the path", Expected: v.Asked, Actual: strconv.FormatInt(v.ID, 10), Pointer: "/data/id"})
}

func judgeMessageIDs(_ *Judge, v *exchange.Thread) Verdict {
	seen := map[int64]bool{}
	for _, m := range v.Messages {
		if seen[m.ID] {
			return Applicable(Finding{Text: fmt.Sprintf("message %d appears twice in conversation %d", m.ID, v.ID), Expected: "each id once", Actual: "twice", Pointer: m.Pointer + "/id"})
		}
		seen[m.ID] = true
	}
	return Verdict{Applies: len(v.Messages) > 0}
}

func judgeMessageOrder(_ *Judge, v *exchange.Thread) Verdict {
	for i := 1; i < len(v.Messages); i++ {
		if m := v.Messages[i]; m.Date.Before(v.Messages[i-1].Date) {
			return Applicable(Finding{Text: "a message is older than the one before it", Expected: "a date not before " + v.Messages[i-1].Date.String(), Actual: m.Date.String(), Pointer: m.Pointer + "/date"})
		}
	}
	return Verdict{Applies: len(v.Messages) > 1}
}

func judgeMessageTotal(_ *Judge, v *exchange.Thread) Verdict {
	if v.Total == nil {
		return NotApplicable()
	}
	if n := int64(len(v.Messages)); *v.Total < n {
		return Applicable(Finding{Text: "total_messages is smaller than the number of messages", Expected: fmt.Sprintf("at least %d", n), Actual: strconv.FormatInt(*v.Total, 10), Pointer: "/data/meta/total_messages"})
	}
	return Applicable()
}

func judgeExactTotal(j *Judge, v *exchange.Thread) Verdict {
	if v.Total == nil || j.WholeThread == nil || !j.WholeThread(v) {
		return NotApplicable()
	}
	if n := int64(len(v.Messages)); *v.Total > n {
		return Applicable(Finding{Text: "total_messages is not the number of messages, although longer conversations are not cut short", Expected: strconv.FormatInt(n, 10), Actual: strconv.FormatInt(*v.Total, 10), Pointer: "/data/meta/total_messages"})
	}
	return Applicable()
}
