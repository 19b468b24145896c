package match

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// BeSuccess matches an exchange with any status of success.
func BeSuccess() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			return e.Status >= http.StatusOK && e.Status < http.StatusMultipleChoices
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has another status", Expected: "2xx", Actual: e.Result()}
		},
	}
}

// ShowNoData matches an exchange that shows no data: it is refused with one of the statuses, or succeeds with an empty list.
func ShowNoData(refusals ...int) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			return e.Request.Op.Answers(e.Status, refusals...) || e.Request.Op.Succeeds(e.Status) && rows(e) == 0
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has data", Expected: statuses(refusals) + ", or an empty list", Actual: e.Result(), Pointer: "/data"}
		},
	}
}

// HaveArray matches an exchange whose body has an array at a JSON pointer.
func HaveArray(pointer string) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			_, ok := e.At(pointer).([]any)
			return ok
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has no array", Expected: "an array at " + pointer, Actual: e.Result() + " with " + printable.Brief(e.At(pointer)), Pointer: pointer}
		},
	}
}

// HaveValue matches an exchange whose body has a value at a JSON pointer.
func HaveValue(pointer string, want any) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return reflect.DeepEqual(e.At(pointer), want) },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has another value", Expected: printable.Brief(want), Actual: printable.Brief(e.At(pointer)), Pointer: pointer}
		},
	}
}

// HaveErrorCode matches an exchange whose error is one of the codes.
func HaveErrorCode(codes ...string) types.GomegaMatcher {
	code := func(e *exchange.Exchange) string {
		text, _ := e.At("/error").(string)
		return text
	}
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return slices.Contains(codes, code(e)) },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the error has another code", Expected: strings.Join(codes, " or "), Actual: cmp.Or(code(e), "no text"), Pointer: "/error"}
		},
	}
}

// HaveDetail matches an exchange whose error has a field in its details.
func HaveDetail(field string) types.GomegaMatcher {
	details := func(e *exchange.Exchange) map[string]any {
		object, _ := e.At("/details").(map[string]any)
		return object
	}
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			_, there := details(e)[field]
			return there
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			fields := strings.Join(slices.Sorted(maps.Keys(details(e))), ", ")
			return judge.Finding{Text: "details does not name a field", Expected: "a text under " + field, Actual: cmp.Or(fields, "nothing"), Pointer: "/details"}
		},
	}
}

// HaveAtMost matches an exchange whose `data` has no more elements than a limit.
func HaveAtMost(limit int) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return rows(e) <= limit },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has too many rows", Expected: fmt.Sprintf("at most %d", limit), Actual: strconv.Itoa(rows(e)), Pointer: "/data"}
		},
	}
}

// AnswerItsRequest matches an exchange whose answer belongs to its request: the conversation with the id of the path and the phone of its known row, or rows with
// the status of the query.
func AnswerItsRequest(known map[int64]*exchange.Row) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return otherAnswer(e, known) == "" },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "an answer is not the answer to its request", Expected: "the answer to " + e.Request.Path + exchange.QuestionMark(e.Request.Query), Actual: otherAnswer(e, known), Pointer: "/data"}
		},
	}
}

// otherAnswer describes an answer that belongs to another request; "" if it belongs to its own.
func otherAnswer(e *exchange.Exchange, known map[int64]*exchange.Row) string {
	switch {
	case e.Thread != nil:
		if strconv.FormatInt(e.Thread.ID, 10) != e.Thread.Asked {
			return fmt.Sprintf("conversation %d", e.Thread.ID)
		}
		if row := known[e.Thread.ID]; row != nil && row.Phone != e.Thread.Phone {
			return "a conversation with the phone " + e.Thread.Phone
		}
	case e.List != nil && e.List.Status != "":
		now := judge.Latest(e)
		if r := rowWhere(e.List, func(r *exchange.Row) bool { return !judge.Satisfies(r, e.List.Status, now) }); r != nil {
			return "rows with the status " + r.Status
		}
	case e.Request.Op.Succeeds(e.Status) && e.Object() != nil:
		return "an answer of another shape"
	}
	return ""
}

// HaveSeconds matches an exchange whose answer has a header with a number of seconds.
func HaveSeconds(header string) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			n, err := strconv.Atoi(e.Header.Get(header))
			return err == nil && n >= 0
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "a header is not a number of seconds", Expected: header + " in seconds", Actual: strconv.Quote(e.Header.Get(header))}
		},
	}
}

// ResetWithin matches an exchange whose X-RateLimit-Reset is between two times, which are given relative to the time of the request.
func ResetWithin(from, to time.Duration) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			at := exchange.ResetTime(e.Header)
			return !at.Before(e.Asked.Add(from)) && !at.After(e.Asked.Add(to))
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "X-RateLimit-Reset is out of bounds", Expected: fmt.Sprintf("a little more than %d", e.Asked.Unix()), Actual: e.Header.Get(exchange.HeaderReset)}
		},
	}
}

// HaveNoContentCoding matches an exchange whose answer has no Content-Encoding.
func HaveNoContentCoding() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return e.Coding() == "" },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the body has a content coding", Expected: "no Content-Encoding", Actual: e.Coding()}
		},
	}
}

// HaveReadableBody matches an exchange whose body, if it has one, is JSON or at least begins like it.
func HaveReadableBody() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			return e.Content == nil || e.Content.Value != nil || e.LooksLikeJSON()
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the body is not JSON", Expected: "a JSON object", Actual: printable.Cut(fmt.Sprintf("%q", e.Body), 60)}
		},
	}
}
