package judge

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"example.com/awalmock/contract/exchange"
)

const (
	timeSlack  = 5 * time.Minute // between two clocks of a target
	otherClock = 24 * time.Hour  // a time that is further from Date is from another clock, such as the stopped clock of a mock
)

// TimeRules are the rules for the times in one answer, and its Date.
func TimeRules() []Rule {
	return []Rule{
		{Requirement: "DATA-TIMES", Suffix: "order", Title: "updated_at is not before created_at", Needs: "an answer that shows created_at and updated_at", Judge: judgeTimeOrder},
		{Requirement: "DATA-TIMES", Suffix: "ahead", Title: "no time of an answer is in the future", Needs: "an answer with a time", Judge: judgeTimeAhead},
	}
}

// objectsWithTimes are the objects of an answer that may have times: rows, messages, and the record or message of a command.
func objectsWithTimes(e *exchange.Exchange) []exchange.Item {
	out := e.Items()
	add := func(value any, pointer string) {
		if fields, ok := value.(map[string]any); ok {
			out = append(out, exchange.Item{Fields: fields, Pointer: pointer})
		}
	}
	add(e.At("/data"), "/data")
	add(e.At("/message"), "/message")
	messages, _ := e.At("/data/messages").([]any)
	for i, m := range messages {
		add(m, fmt.Sprintf("/data/messages/%d", i))
	}
	return out
}

func timeOf(item exchange.Item, name string) (time.Time, bool) {
	at, err := exchange.ParseTime(item.Text(name))
	return at, err == nil
}

// judgeTimeOrder expects updated_at not to be before created_at. One second is allowed for rounding.
func judgeTimeOrder(_ *Judge, e *exchange.Exchange) Verdict {
	out := Verdict{}
	if !e.OK() {
		return out
	}
	for _, item := range objectsWithTimes(e) {
		created, one := timeOf(item, "created_at")
		updated, other := timeOf(item, "updated_at")
		if !one || !other {
			continue
		}
		out.Applies = true
		if updated.Before(created.Add(-time.Second)) {
			out.Findings = append(out.Findings, Finding{Text: "updated_at is before created_at", Expected: "not before " + item.Text("created_at"), Actual: item.Text("updated_at"), Pointer: item.Pointer + "/updated_at"})
		}
	}
	return out
}

// judgeTimeAhead expects no time of a past event to be later than Date. Workspaces that the suite created are left out, since it moves their clocks.
func judgeTimeAhead(_ *Judge, e *exchange.Exchange) Verdict {
	out := Verdict{}
	if !e.OK() || e.Request.Sign.OtherWorkspace() || e.Header.Get("Date") == "" {
		return out
	}
	now := e.Date()
	for _, item := range objectsWithTimes(e) {
		for _, name := range slices.Sorted(maps.Keys(item.Fields)) {
			if !slices.Contains([]string{"created_at", "updated_at", "date", "timestamp", "opened_at", "closed_at"}, name) {
				continue
			}
			at, ok := timeOf(item, name)
			if ahead := at.Sub(now); ok && ahead > timeSlack && ahead < otherClock {
				out.Findings = append(out.Findings, Finding{Text: name + " is in the future", Expected: "not after " + now.UTC().Format(time.RFC3339), Actual: item.Text(name), Pointer: item.Pointer + "/" + name})
			}
			out.Applies = out.Applies || ok
		}
	}
	return out
}
