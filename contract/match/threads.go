package match

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/onsi/gomega/types"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
)

// ShowConversation matches an exchange that answers with a conversation.
func ShowConversation() types.GomegaMatcher {
	return &matcher[*exchange.Exchange]{
		what:  "an exchange",
		holds: func(e *exchange.Exchange) bool { return e.Thread != nil },
		explain: func(e *exchange.Exchange) judge.Finding {
			return judge.Finding{Text: "the answer is not a conversation", Expected: "200 OK with a conversation", Actual: e.Result()}
		},
	}
}

// AgreeWith matches a conversation that has the phone and the name of its row, and is closed if its row is.
func AgreeWith(row *exchange.Row) types.GomegaMatcher {
	disagreement := func(v *exchange.Thread) *judge.Finding {
		for _, f := range []struct{ what, list, thread, pointer string }{
			{"phone", row.Phone, v.Phone, "/data/phone"},
			{"name", exchange.Shown(row.Name), exchange.Shown(v.Name), "/data/name"},
			{"closed", strconv.FormatBool(row.Closed()), strconv.FormatBool(v.Closed()), "/data/status"},
		} {
			if f.list != f.thread {
				return &judge.Finding{Text: fmt.Sprintf("conversation %d: list and conversation disagree on %s", row.ID, f.what), Expected: f.list + ", as in the list", Actual: f.thread, Pointer: f.pointer}
			}
		}
		return nil
	}
	return &matcher[*exchange.Thread]{
		what:    "a conversation",
		holds:   func(v *exchange.Thread) bool { return disagreement(v) == nil },
		explain: func(v *exchange.Thread) judge.Finding { return *disagreement(v) },
	}
}

// HaveInbound matches a conversation with at least this number of inbound messages.
func HaveInbound(least int64) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return v.Inbound() >= least },
		explain: func(v *exchange.Thread) judge.Finding {
			return judge.Finding{Text: "the conversation lacks inbound messages", Expected: fmt.Sprintf("at least %d inbound messages", least), Actual: strconv.FormatInt(v.Inbound(), 10), Pointer: "/data/messages"}
		},
	}
}

// ShowOutbound matches a conversation in which no message with one of the ids is inbound.
func ShowOutbound(ids map[int64]bool) types.GomegaMatcher {
	wrong := func(v *exchange.Thread) *exchange.Message {
		return messageWhere(v, func(m *exchange.Message) bool { return ids[m.ID] && m.Direction == "inbound" })
	}
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return wrong(v) == nil },
		explain: func(v *exchange.Thread) judge.Finding {
			m := wrong(v)
			return judge.Finding{Text: fmt.Sprintf("message %d has a status, but is inbound in conversation %s", m.ID, v.Asked), Expected: "outbound", Actual: m.Direction, Pointer: m.Pointer + "/direction"}
		},
	}
}

// HaveNewest matches a conversation whose newest message is a text; of several messages with the newest date, one of them.
func HaveNewest(text *string) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what: "a conversation",
		holds: func(v *exchange.Thread) bool {
			return text != nil && slices.ContainsFunc(v.Newest(), func(m exchange.Message) bool { return m.Content == *text })
		},
		explain: func(v *exchange.Thread) judge.Finding {
			var texts []string
			pointer := "/data/messages"
			for i, m := range v.Newest() {
				texts = append(texts, strconv.Quote(printable.Cut(m.Content, 120)))
				if i == 0 {
					pointer = m.Pointer + "/content"
				}
			}
			expected := "null"
			if text != nil {
				expected = strconv.Quote(printable.Cut(*text, 120))
			}
			return judge.Finding{Text: "the newest message has another text", Expected: expected, Actual: strings.Join(texts, " or "), Pointer: pointer}
		},
	}
}

// HaveNoMessageBetween matches a conversation without a message of a direction whose date is after one time and before another.
func HaveNoMessageBetween(direction string, from, to time.Time) types.GomegaMatcher {
	found := func(v *exchange.Thread) *exchange.Message {
		return messageWhere(v, func(m *exchange.Message) bool {
			return m.Direction == direction && m.Date.After(from) && m.Date.Before(to)
		})
	}
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return found(v) == nil },
		explain: func(v *exchange.Thread) judge.Finding {
			m := found(v)
			return judge.Finding{Text: "a message is too new", Expected: fmt.Sprintf("no %s message after %s", direction, seconds(from)), Actual: seconds(m.Date), Pointer: m.Pointer + "/date"}
		},
	}
}

// HaveSentText matches a conversation with an outbound message that has a text. The finding shows the text of the message with the id; 0: the id is not known. nil
// is a conversation that does not exist.
func HaveSentText(id int64, text string) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return v != nil && v.Sent(text) != nil },
		explain: func(v *exchange.Thread) judge.Finding {
			f := judge.Finding{Text: "a message is missing", Expected: printable.Brief(text), Actual: "no such message", Pointer: "/data/messages"}
			if v == nil {
				return f
			}
			if m := messageWhere(v, func(m *exchange.Message) bool { return id != 0 && m.ID == id && m.Direction == "outbound" }); m != nil {
				f.Actual, f.Pointer = printable.Brief(m.Content), m.Pointer+"/content"
			}
			return f
		},
	}
}

// HaveSentOnce matches a conversation in which no two outbound messages have a text.
func HaveSentOnce(text string) types.GomegaMatcher {
	count := func(v *exchange.Thread) (n int) {
		for _, m := range v.Messages {
			if m.Direction == "outbound" && m.Content == text {
				n++
			}
		}
		return n
	}
	return &matcher[*exchange.Thread]{
		what:  "a conversation",
		holds: func(v *exchange.Thread) bool { return count(v) <= 1 },
		explain: func(v *exchange.Thread) judge.Finding {
			return judge.Finding{Text: "a text is there several times", Expected: "one message", Actual: fmt.Sprintf("%d messages", count(v)), Pointer: "/data/messages"}
		},
	}
}

// HaveSentKind matches a conversation with an outbound message of a type for which fits is true.
func HaveSentKind(kind string, fits func(exchange.Message) bool) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what: "a conversation",
		holds: func(v *exchange.Thread) bool {
			return v != nil && messageWhere(v, func(m *exchange.Message) bool { return m.Direction == "outbound" && m.Kind == kind && fits(*m) }) != nil
		},
		explain: func(*exchange.Thread) judge.Finding {
			return judge.Finding{Text: "a message is missing", Expected: "an outbound message of type " + kind + " with its content", Actual: "none", Pointer: "/data/messages"}
		},
	}
}

// KeepMessagesOf matches a conversation that still has the messages of an earlier answer, unchanged and in the same order. Where the answer may
// be cut short, messages may be missing.
func KeepMessagesOf(earlier *exchange.Thread, mayBeCut bool) types.GomegaMatcher {
	return &matcher[*exchange.Thread]{
		what:    "a conversation",
		holds:   func(v *exchange.Thread) bool { return difference(earlier, v, mayBeCut) == nil },
		explain: func(v *exchange.Thread) judge.Finding { return *difference(earlier, v, mayBeCut) },
	}
}

// difference is the finding for a conversation that differs from an earlier answer, nil if it does not. Other statuses and new messages are no difference.
func difference(earlier, v *exchange.Thread, mayBeCut bool) *judge.Finding {
	last := -1
	for _, m := range earlier.Messages {
		named := fmt.Sprintf("message %d of conversation %s", m.ID, earlier.Asked)
		at := slices.IndexFunc(v.Messages, func(other exchange.Message) bool { return other.ID == m.ID })
		switch {
		case at < 0 && mayBeCut:
			continue
		case at < 0:
			return &judge.Finding{Text: named + " is gone", Expected: "the same messages", Actual: fmt.Sprintf("%d messages, then %d", len(earlier.Messages), len(v.Messages)), Pointer: "/data/messages"}
		case at < last:
			return &judge.Finding{Text: named + " changed its place", Expected: "the same order", Actual: "another one", Pointer: v.Messages[at].Pointer}
		}
		last = at
		now := v.Messages[at]
		if now.Content != m.Content || now.Kind != m.Kind || now.Direction != m.Direction || !now.Date.Equal(m.Date) {
			return &judge.Finding{Text: named + " changed", Expected: inWords(m), Actual: inWords(now), Pointer: now.Pointer}
		}
	}
	return nil
}

func inWords(m exchange.Message) string {
	return fmt.Sprintf("%s %s %s %q", m.Direction, m.Kind, m.Date, printable.Cut(m.Content, 60))
}

// messageWhere is the first message that fits, nil if there is none.
func messageWhere(v *exchange.Thread, fits func(*exchange.Message) bool) *exchange.Message {
	for i := range v.Messages {
		if fits(&v.Messages[i]) {
			return &v.Messages[i]
		}
	}
	return nil
}
