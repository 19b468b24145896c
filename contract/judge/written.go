package judge

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

// WrittenRule is the rule that the answer of an operation shows the fields that were sent: a property of `data` with the name of a field has the value of that
// field.
func WrittenRule(op *document.Operation, requirement string) Rule {
	return Rule{
		Requirement: requirement, Suffix: "answer", Operation: op.ID, Title: "the answer shows what was sent (" + op.ID + ")",
		Needs: "an answer of " + op.ID + " that shows a record", Judge: judgeWritten,
	}
}

func judgeWritten(_ *Judge, e *exchange.Exchange) Verdict {
	data, ok := e.At("/data").(map[string]any)
	if !ok || !e.OK() || e.Request.Method == http.MethodDelete {
		return NotApplicable()
	}
	sent, out := e.Request.Fields(), Verdict{}
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		shown, there := data[name]
		if !there {
			continue
		}
		out.Applies = true
		if !shows(sent[name], shown) {
			out.Findings = append(out.Findings, Finding{Text: "the answer shows another " + name + " than was sent", Expected: printable.Brief(sent[name]), Actual: printable.Brief(shown), Pointer: "/data/" + name})
		}
	}
	return out
}

// shows reports whether a shown value is the one that was sent. A form has only texts, so 1 and "1" are equal. An empty text may be shown as null, an email in
// another case, and a URL as another one, since a server may copy the file.
func shows(sent, shown any) bool {
	was, is := exchange.PlainText(sent), exchange.PlainText(shown)
	switch shown := shown.(type) {
	case nil:
		return was == ""
	case bool:
		flag, err := strconv.ParseBool(was)
		return err != nil || flag == shown
	case json.Number:
		one, err := strconv.ParseFloat(was, 64)
		other, _ := shown.Float64()
		return err != nil && was != "" || err == nil && one == other
	case string:
		return was == is || strings.Contains(was, "@") && strings.EqualFold(was, is) || strings.Contains(was, "://")
	}
	return true
}
