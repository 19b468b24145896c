package specs

import (
	"fmt"
	"slices"
	"strings"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/judge"
	"example.com/awalmock/contract/printable"
	"example.com/awalmock/contract/run"
)

// otherKinds are one for each kind that is sent as JSON beside the text.
func otherKinds() Specs {
	appear := func(operation, requirement, kind, field string) Specs {
		return It("what is sent stands in its conversation as "+kind, Requirement(requirement), asked(func(t *T) error {
			op, err := t.operation(operation)
			if err != nil {
				return err
			}
			v, err := t.validBody(op, op.Bodies[0])
			if err != nil {
				return err
			}
			fields, said := v.fields, " "+t.nonce("Choose")+" ☎️ e\u0301\u200c\n "
			if field != "" {
				fields = put(fields, []any{field}, said).(map[string]any)
			}
			return t.sentAs(v.with(fields), kind, func(m exchange.Message) bool { return field == "" || m.Content == said })
		}), Operation(operation))
	}
	return Describe("other kinds",
		appear("sendButtonMessage", "SEND-BUTTON-APPEARS", "button", "body_text"),
		appear("sendListMessage", "SEND-LIST-APPEARS", "list", "body_text"),
		appear("sendLocationMessage", "SEND-LOCATION-APPEARS", "location", ""),
	)
}

// sentAs sends, and wants one more message of a kind for which fits holds.
func (t *T) sentAs(r *exchange.Request, kind string, fits func(m exchange.Message) bool) error {
	before, err := t.thread(t.recipient())
	if err != nil {
		return err
	}
	known := map[int64]bool{}
	if before != nil {
		for _, m := range before.Messages {
			known[m.ID] = true
		}
	}
	out, err := t.send(r)
	if err != nil {
		return err
	}
	m, view, err := t.findMessage(func(m exchange.Message) bool { return !known[m.ID] && m.Kind == kind && fits(m) })
	if err == nil && m == nil {
		t.Fail(judge.Finding{Text: "what was sent is not in the recipient's conversation", Expected: "an outbound message of type " + kind + " with its content", Actual: "none"}, these(out.e, fromOf(view))...)
	}
	return err
}

// oddTexts are what careless servers harm.
func oddTexts() []string {
	return []string{
		"emoji 👋🏽👨‍👩‍👧‍👦🇸🇦", "عربي مع تشكيل: مَرْحَبًا ١٢٣", `quotes " ' \ / <b>&amp;</b> %s {{1}}`, "two\nlines\tand a tab", "  spaces at its ends  ",
		strings.Repeat("م", 4000),
		everything(),
	}
}

// everything is one text that has all that is lost most often, as long as a text may be: variation selectors, a letter with its mark apart and
// as one, characters that join and that turn the direction, what forms and escapes change, and a line feed at its end.
func everything() string {
	const ending = "☎️ ☎︎ e\u0301 é می\u200cخواهم \u200fא\u200eb \u202bx\u202c a+b a%20b \\n \\u0041 &#65; 0 \n"
	return strings.Repeat("😀", 4000) + ending
}

// oddText is an odd text with a mark in it that no other message has, as long as it may be if it is nearly so.
func oddText(odd, mark string) string {
	said := odd + mark
	if strings.HasSuffix(odd, " ") {
		said = " " + mark + odd
	}
	if strings.HasSuffix(odd, "\n") {
		said = mark + odd
	}
	if n := 4096 - len([]rune(said)); n > 0 && n < 100 {
		said = strings.Repeat(string([]rune(odd)[0]), n) + said
	}
	return said
}

// checkTextUnharmed sends all odd texts at once, and looks for them together.
func checkTextUnharmed(t *T) error {
	var texts []string
	var requests []*exchange.Request
	for _, odd := range oddTexts() {
		said := oddText(odd, t.nonce("n"))
		r, err := t.textRequest(t.recipient(), said)
		if err != nil {
			return err
		}
		texts, requests = append(texts, said), append(requests, r)
	}
	answers, err := t.AskAll(requests)
	if err != nil {
		return err
	}
	var outs []*sent
	for _, e := range answers {
		out := sentOf(e)
		if !e.OK() {
			return run.Lacks("a send that is accepted (%s)", e)
		}
		outs = append(outs, out)
	}
	messages, view, err := t.findMessages(texts, outs)
	if err != nil {
		return err
	}
	for i, said := range texts {
		actual := "no such message"
		if m := messages[i]; m != nil {
			if actual = m.Content; actual == said {
				t.once(outs[i], said, view)
				continue
			}
		}
		t.Fail(judge.Finding{Text: "a text that was sent is not what the conversation shows", Expected: printable.Brief(said), Actual: printable.Brief(actual)}, these(outs[i].e, fromOf(view))...)
	}
	return nil
}

// findMessages waits until each text, or a message with the id of its answer, is in the recipient's conversation; nil stands for one that is not.
func (t *T) findMessages(texts []string, outs []*sent) ([]*exchange.Message, *exchange.Thread, error) {
	var last *exchange.Thread
	found := make([]*exchange.Message, len(texts))
	_, err := t.Appears(func() (bool, error) {
		view, err := t.thread(t.recipient())
		if view == nil || err != nil {
			return false, err
		}
		last = view
		for i := range texts {
			for j := range view.Messages {
				if m := &view.Messages[j]; m.Direction == "outbound" && (m.Content == texts[i] || m.ID == outs[i].id) {
					found[i] = m
				}
			}
		}
		return !slices.Contains(found, nil), nil
	})
	return found, last, err
}

// once wants a text that was sent once to stand once in its conversation.
func (t *T) once(out *sent, said string, view *exchange.Thread) {
	n := 0
	for _, m := range view.Messages {
		if m.Direction == "outbound" && m.Content == said {
			n++
		}
	}
	if n > 1 {
		t.Fail(judge.Finding{Text: "a text that was sent once stands several times in its conversation", Expected: "one message", Actual: fmt.Sprintf("%d messages", n), Pointer: "/data/messages"}, out.e, view.From)
	}
}

const othersRead = 5 // conversations in which a text must not be found

func checkTextAppears(t *T) error {
	s, err := t.sendAndFind()
	if err != nil {
		return err
	}
	said, out, m, view := s.said, s.out, s.message, s.view
	if m == nil {
		t.Fail(judge.Finding{Text: "a text that was sent is not in the recipient's conversation", Expected: "an outbound message with the text " + said, Actual: "none"}, these(out.e, fromOf(view))...)
	} else if t.once(out, said, view); m.Kind != "text" {
		t.Fail(judge.Finding{Text: "a text that was sent has another type", Expected: "text", Actual: m.Kind, Pointer: m.Pointer + "/type"}, out.e, view.From)
	}
	list, err := t.List()
	if err != nil {
		return err
	}
	read := 0
	for i := range list.Rows {
		other := &list.Rows[i]
		if other.Phone == t.recipient() || read == othersRead {
			continue
		}
		read++
		view, err := t.Thread(other.ID)
		if err != nil {
			return err
		}
		for _, m := range view.Messages {
			if m.Content == said {
				t.Fail(judge.Finding{Text: "a text that was sent stands in the conversation of somebody else", Expected: "phone " + t.recipient(), Actual: "phone " + other.Phone, Pointer: m.Pointer}, out.e, view.From)
			}
		}
	}
	return nil
}
