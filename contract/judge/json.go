package judge

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

func judgeJSON(kind exchange.ProblemKind) func(*Judge, *exchange.Exchange) Verdict {
	return func(_ *Judge, e *exchange.Exchange) Verdict {
		if e.Request.Expect == exchange.ExpectNothing || e.Fatal != "" || e.Cut || e.TooLarge {
			return NotApplicable()
		}
		if e.Content == nil {
			if kind == exchange.ProblemSyntax && e.Status < 300 && e.Err == nil {
				return Applicable(Finding{Text: "the body is empty", Expected: "one JSON value", Actual: "no bytes"})
			}
			return NotApplicable()
		}
		if media, _ := mediaOf(e); e.Status >= 400 && media != "application/json" {
			return NotApplicable() // ERROR-CONTENT-TYPE and ERROR-ENVELOPE report it
		}
		var found []Finding
		for _, problem := range e.Content.Problems {
			if problem.Kind == kind {
				found = append(found, Finding{Text: "the body is not correct JSON", Expected: "one JSON value in UTF-8 whose objects have each key once", Actual: problem.Reason, Pointer: problem.Pointer})
			}
		}
		return Applicable(found...)
	}
}

func judgeEnvelope(j *Judge, e *exchange.Exchange) Verdict {
	if e.Status < 400 || e.Request.Expect == exchange.ExpectNothing || e.Cut || e.TooLarge {
		return NotApplicable()
	}
	if e.Object() == nil {
		return Applicable(Finding{Text: "the error has no JSON object as its body", Expected: "an object with error, message and request_id", Actual: printable.Cut(fmt.Sprintf("%q", e.Body), 120)})
	}
	var found []Finding
	for _, v := range j.violations(e) {
		if e.Status == http.StatusTooManyRequests && v.keyword == "required" && v.pointer == "/request_id" {
			continue // the vendor's only example of a 429 ends before it
		}
		found = append(found, v.finding("the body of the error breaks its schema"))
	}
	return Applicable(found...)
}

// Breaches of a schema that have a requirement of their own.
func isTime(v violation) bool {
	return v.keyword == "format" && strings.HasPrefix(v.expected, "an RFC")
}

func isFlag(v violation) bool { return v.pointer == "/status" }

// isRead reports whether the body could be read as JSON; its value may be null.
func isRead(e *exchange.Exchange) bool {
	return e.Content != nil && (e.Content.Value != nil || len(e.Content.Problems) == 0)
}

func judgeSchema(is func(violation) bool) func(*Judge, *exchange.Exchange) Verdict {
	return func(j *Judge, e *exchange.Exchange) Verdict {
		if e.Status < http.StatusOK || e.Status >= http.StatusMultipleChoices || e.Request.Expect == exchange.ExpectNothing || !isRead(e) {
			return NotApplicable()
		}
		var found []Finding
		for _, v := range j.violations(e) {
			if is(v) {
				found = append(found, v.finding("the answer breaks its schema"))
			}
		}
		return Applicable(found...)
	}
}

func (v violation) finding(what string) Finding {
	f := Finding{Text: what + " (" + v.keyword + ")", Expected: v.expected, Actual: v.actual, Pointer: v.pointer, Contract: document.Place{Pointer: v.place}}
	if v.inferred {
		f.Level = document.Should
	}
	return f
}

func Answer(j *Judge, e *exchange.Exchange) Verdict {
	if e.Request.Expect == exchange.ExpectNothing {
		return NotApplicable()
	}
	if e.Request.Op.Response(e.Status) == nil {
		var known []string
		for _, status := range e.Request.Op.Statuses() {
			known = append(known, strconv.Itoa(status))
		}
		return Applicable(Finding{Text: "the status is not documented for the operation", Expected: strings.Join(known, ", "), Actual: exchange.StatusLine(e.Status), Contract: document.Place{Pointer: e.Request.Op.Pointer + "/responses"}})
	}
	if e.Status >= 300 || !isRead(e) {
		return NotApplicable()
	}
	var found []Finding
	for _, v := range j.violations(e) {
		if !isTime(v) && !isFlag(v) {
			found = append(found, v.finding("the answer breaks its schema"))
		}
	}
	return Applicable(found...)
}
