package judge

import (
	"net/http"
	"strings"
	"time"

	"example.com/awalmock/contract/exchange"
)

// The headers of a deprecated operation (vendor page api/versioning).
const (
	headerDeprecated = "X-API-Deprecated"
	headerBegins     = "X-API-Deprecation-Date"
	headerSunset     = "X-API-Sunset-Date"
	headerWarning    = "Warning"
)

// DeprecationRules are the rules about deprecated operations.
func DeprecationRules() []Rule {
	return []Rule{
		{Requirement: "VERSION-DEPRECATION", Title: "a deprecated operation answers with four headers", Needs: "an answer", Judge: judgeDeprecation},
		{Requirement: "VERSION-DEPRECATION-DATES", Title: "the headers of a deprecation say when it begins and ends", Needs: "an answer", Judge: judgeDeprecationDates},
		{Requirement: "VERSION-GONE", Title: "an operation is gone after its sunset, and not before", Needs: "an answer", Judge: judgeGone},
	}
}

// announcesDeprecation reports whether an answer has a header of a deprecation, or must have it.
func announcesDeprecation(e *exchange.Exchange) bool {
	return e.Request.Op.Deprecation != nil || e.Header.Get(headerDeprecated) != "" || e.Header.Get(headerBegins) != "" || e.Header.Get(headerSunset) != ""
}

func judgeDeprecation(_ *Judge, e *exchange.Exchange) Verdict {
	var found []Finding
	if announcesDeprecation(e) && e.Request.Expect != exchange.ExpectNothing {
		for _, name := range []string{headerDeprecated, headerBegins, headerSunset, headerWarning} {
			if e.Header.Get(name) == "" {
				found = append(found, Finding{Text: "a deprecated operation answers without the header " + name, Expected: name, Actual: "no such header"})
			}
		}
	}
	return Applicable(found...)
}

func judgeDeprecationDates(_ *Judge, e *exchange.Exchange) Verdict {
	if !announcesDeprecation(e) || e.Request.Expect == exchange.ExpectNothing {
		return Applicable()
	}
	var found []Finding
	wrong := func(name, expected string) {
		found = append(found, Finding{Text: "the header " + name + " has a wrong value", Expected: expected, Actual: e.Header.Get(name)})
	}
	begins, errBegins := time.Parse(time.DateOnly, e.Header.Get(headerBegins))
	ends, errEnds := time.Parse(time.DateOnly, e.Header.Get(headerSunset))
	d := e.Request.Op.Deprecation
	switch {
	case e.Header.Get(headerBegins) == "" || d == nil && errBegins == nil: // VERSION-DEPRECATION reports a missing header; without x-deprecation any date is right
	case errBegins != nil:
		wrong(headerBegins, "a date YYYY-MM-DD")
	case d.Date != e.Header.Get(headerBegins):
		wrong(headerBegins, d.Date)
	}
	switch {
	case e.Header.Get(headerSunset) == "":
	case errEnds != nil:
		wrong(headerSunset, "a date YYYY-MM-DD")
	case errBegins == nil && ends.Before(begins):
		wrong(headerSunset, "no date before "+e.Header.Get(headerBegins))
	case d != nil && d.Sunset != e.Header.Get(headerSunset):
		wrong(headerSunset, d.Sunset)
	}
	if value := e.Header.Get(headerDeprecated); value != "" && value != "true" {
		wrong(headerDeprecated, "true")
	}
	if value := e.Header.Get(headerWarning); value != "" && !strings.HasPrefix(value, "299 ") {
		wrong(headerWarning, "299, and a text")
	}
	return Applicable(found...)
}

func judgeGone(_ *Judge, e *exchange.Exchange) Verdict {
	switch gone := e.Request.Op.Gone(e.Asked); {
	case gone && e.Status < http.StatusMultipleChoices:
		return Applicable(Finding{Text: e.Request.Op.ID + " is answered after its sunset, " + e.Request.Op.Deprecation.Sunset, Expected: exchange.StatusLine(http.StatusGone), Actual: exchange.StatusLine(e.Status)})
	case !e.Request.Op.Gone(e.Answered) && e.Request.Op.Deprecation != nil && e.Status == http.StatusGone:
		return Applicable(Finding{Text: e.Request.Op.ID + " is gone before its sunset, " + e.Request.Op.Deprecation.Sunset, Expected: "an answer", Actual: e.Result()})
	}
	return Applicable()
}
