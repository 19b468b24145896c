package match

import (
	"fmt"
	"slices"
	"strings"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// HaveText matches an exchange whose body has a text that is not empty at a JSON pointer.
func HaveText(pointer string) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			text, _ := e.At(pointer).(string)
			return text != ""
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer has no text", Expected: "a text at " + pointer, Actual: printable.Brief(e.At(pointer)), Pointer: pointer}
		},
	}
}

// ContainItem matches an exchange with an element of `data` whose property is a text.
func ContainItem(property, text string) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return itemWith(e, property, text) != nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "an element is missing", Expected: fmt.Sprintf("a row with the %s %s", property, text), Actual: fmt.Sprintf("%d other rows", len(e.Items())), Pointer: "/data"}
		},
	}
}

// ContainID matches an exchange with an element of `data` that has an id.
func ContainID(id int64) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what: "an exchange",
		holds: func(e *exchange.Exchange) bool {
			return slices.ContainsFunc(e.Items(), func(item exchange.Item) bool {
				n := exchange.Number(item.Fields["id"])
				return n != nil && *n == id
			})
		},
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "an element is missing", Expected: fmt.Sprintf("a row with the id %d", id), Actual: fmt.Sprintf("%d other rows", len(e.Items())), Pointer: "/data"}
		},
	}
}

// ItemsContain matches an exchange in which a property of every element of `data` contains a term, in capital or small letters.
func ItemsContain(property, term string) types.GomegaMatcher {
	wrong := func(e *exchange.Exchange) *exchange.Item {
		return itemWhere(e, func(item exchange.Item) bool {
			return !strings.Contains(strings.ToLower(item.Text(property)), strings.ToLower(term))
		})
	}
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return wrong(e) == nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			item := wrong(e)
			return judge.Finding{Text: property + " lacks the term", Expected: "a text with " + term, Actual: printable.Brief(item.Fields[property]), Pointer: item.Pointer + "/" + property}
		},
	}
}

// ContainNoItem matches an exchange without an element of `data` whose property is a text.
func ContainNoItem(property, text string) types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return itemWith(e, property, text) == nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "an element should not be there", Expected: fmt.Sprintf("no row with the %s %s", property, text), Actual: text, Pointer: itemWith(e, property, text).Pointer + "/" + property}
		},
	}
}

func itemWith(e *exchange.Exchange, property, text string) *exchange.Item {
	return itemWhere(e, func(item exchange.Item) bool { return item.Text(property) == text })
}

// itemWhere is the first element of `data` that fits, nil if there is none.
func itemWhere(e *exchange.Exchange, fits func(exchange.Item) bool) *exchange.Item {
	for _, item := range e.Items() {
		if fits(item) {
			return &item
		}
	}
	return nil
}

// ItemsShowOneOf matches an exchange in which a property of every element of `data` is one of the words.
func ItemsShowOneOf(property string, words ...string) types.GomegaMatcher {
	wrong := func(e *exchange.Exchange) *exchange.Item {
		return itemWhere(e, func(item exchange.Item) bool { return !slices.Contains(words, item.Text(property)) })
	}
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return wrong(e) == nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			item := wrong(e)
			return judge.Finding{Text: property + " is not one of the documented words", Expected: strings.Join(words, ", "), Actual: printable.Brief(item.Fields[property]), Pointer: item.Pointer + "/" + property}
		},
	}
}

// ContainMessage matches a list of statuses with a row of a message.
func ContainMessage(id int64) types.GomegaMatcher {
	row := fmt.Sprintf("a row with the message_id %d", id)
	find := func(v *exchange.StatusList) int {
		return slices.IndexFunc(v.Rows, func(r exchange.StatusRow) bool { return r.ID == id })
	}
	return &matcher[*exchange.StatusList]{
		what:  "a list of statuses",
		holds: func(v *exchange.StatusList) bool { return find(v) >= 0 },
		explain: func(v *exchange.StatusList) judge.Finding {
			if i := find(v); i >= 0 {
				return judge.Finding{Text: "a message has a status", Expected: row, Actual: row, Pointer: v.Rows[i].Pointer + "/message_id"}
			}
			return judge.Finding{Text: "a message has no status", Expected: row, Actual: fmt.Sprintf("%d other rows", len(v.Rows)), Pointer: "/data"}
		},
	}
}

// ContainNoText matches a conversation in which no message begins with a text.
func ContainNoText(beginning string) types.GomegaMatcher {
	found := func(v *exchange.Thread) int {
		return slices.IndexFunc(v.Messages, func(m exchange.Message) bool { return strings.HasPrefix(m.Content, beginning) })
	}
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return found(v) < 0 },
		explain: func(v *exchange.Thread) judge.Finding {
			m := v.Messages[found(v)]
			return judge.Finding{Text: "a message should not be there", Expected: "no such message", Actual: printable.Brief(m.Content), Pointer: m.Pointer}
		},
	}
}

// ContainPhone matches a list with a row of a phone.
func ContainPhone(phone string) types.GomegaMatcher {
	return &matcher[*exchange.List]{
		what:  "a list",
		holds: func(v *exchange.List) bool { return rowOf(v, phone) != nil },
		explain: func(v *exchange.List) judge.Finding {
			return judge.Finding{Text: "a conversation is missing", Expected: "a row with the phone " + phone, Actual: fmt.Sprintf("%d other rows", len(v.Rows)), Pointer: "/data"}
		},
	}
}

// ShowLastMessage matches a list in which the row of a phone has a text as its last message.
func ShowLastMessage(phone, text string) types.GomegaMatcher {
	return &matcher[*exchange.List]{
		what: "a list",
		holds: func(v *exchange.List) bool {
			r := rowOf(v, phone)
			return r != nil && r.LastMessage != nil && *r.LastMessage == text
		},
		explain: func(v *exchange.List) judge.Finding {
			f := judge.Finding{Text: "the row shows another last message", Expected: text, Actual: "no row", Pointer: "/data"}
			if r := rowOf(v, phone); r != nil {
				f.Actual, f.Pointer = exchange.Shown(r.LastMessage), r.Pointer+"/last_message"
			}
			return f
		},
	}
}

func rowOf(v *exchange.List, phone string) *exchange.Row {
	return rowWhere(v, func(r *exchange.Row) bool { return r.Phone == phone })
}
