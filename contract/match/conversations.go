package match

import (
	"fmt"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// ContainRow matches a list of conversations that has a row with an id.
func ContainRow(id int64) types.GomegaMatcher {
	row := fmt.Sprintf("a row with the id %d", id)
	return &matcher[*exchange.List]{
		what:  "a list of conversations",
		holds: func(v *exchange.List) bool { return v.Has(id) },
		explain: func(v *exchange.List) judge.Finding {
			if r := v.ByID[id]; r != nil {
				return judge.Finding{Text: "the list has a row", Expected: row, Actual: row, Pointer: r.Pointer}
			}
			return judge.Finding{Text: "the list lacks a row", Expected: row, Actual: fmt.Sprintf("%d other rows", len(v.Rows)), Pointer: "/data"}
		},
	}
}

// HaveNoRows matches an exchange whose `data` is an empty array.
func HaveNoRows() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return e.OK() && rows(e) == 0 },
		explain: func(e *exchange.Exchange) judge.Finding {
			actual := e.Result()
			switch n := rows(e); {
			case n >= 0:
				actual += fmt.Sprintf(" with %d rows", n)
			case e.OK():
				actual += ", data is " + printable.Brief(e.At("/data"))
			}
			return judge.Finding{Text: "the list is not empty", Expected: "200 OK with an empty array in data", Actual: actual, Pointer: "/data"}
		},
	}
}

// rows is how many elements the `data` of an answer has, -1 if it is no array.
func rows(e *exchange.Exchange) int {
	if list, ok := e.At("/data").([]any); ok {
		return len(list)
	}
	return -1
}

// HaveUnread matches a row that counts so many messages as unread.
func HaveUnread(n int64) types.GomegaMatcher {
	return &matcher[*exchange.Row]{
		what:  "a row",
		holds: func(r *exchange.Row) bool { return r.Unread == n },
		explain: func(r *exchange.Row) judge.Finding {
			return judge.Finding{Text: "another number of messages is unread", Expected: fmt.Sprintf("unread_count %d", n), Actual: fmt.Sprint(r.Unread), Pointer: r.Pointer + "/unread_count"}
		},
	}
}

// ShowStatus matches a conversation that shows a status word.
func ShowStatus(word string) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return v.Status == word },
		explain: func(v *exchange.Thread) judge.Finding {
			return judge.Finding{Text: "the conversation shows the status " + v.Status, Expected: word, Actual: v.Status, Pointer: "/data/status"}
		},
	}
}

// ShowRowStatus matches a list of conversations in which the row with an id shows a status word.
func ShowRowStatus(id int64, word string) types.GomegaMatcher {
	statusIn := func(v *exchange.List) string {
		if r := v.ByID[id]; r != nil {
			return r.Status
		}
		return "no row"
	}
	return &matcher[*exchange.List]{
		what:  "a list of conversations",
		holds: func(v *exchange.List) bool { return statusIn(v) == word },
		explain: func(v *exchange.List) judge.Finding {
			return judge.Finding{Text: "the row shows another status", Expected: word, Actual: statusIn(v), Pointer: "/data"}
		},
	}
}

// HaveMessage matches a conversation that has a message with a text.
func HaveMessage(text string) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return v.Message(text) != nil },
		explain: func(v *exchange.Thread) judge.Finding {
			return judge.Finding{Text: "the conversation lacks a message", Expected: "an inbound message with the text " + text, Actual: fmt.Sprintf("%d other messages", len(v.Messages)), Pointer: "/data/messages"}
		},
	}
}

// HaveNoMessages matches a conversation without messages.
func HaveNoMessages() types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return len(v.Messages) == 0 },
		explain: func(v *exchange.Thread) judge.Finding {
			actual := "no message"
			if len(v.Messages) > 0 {
				actual = printable.Brief(v.Messages[0].Content)
			}
			return judge.Finding{Text: "the conversation has messages", Expected: "no message", Actual: actual, Pointer: "/data/messages"}
		},
	}
}
