package suite

import (
	"fmt"
	"strings"
)

// appearChecks are one for each kind that is sent as JSON beside the text.
func appearChecks(of makeCheck) []*check {
	appear := func(operation, requirement, kind, field string) *check {
		return of(operation, requirement, "what is sent stands in its conversation as "+kind, func(p *probe) error {
			op, err := p.operation(operation)
			if err != nil {
				return err
			}
			v, err := p.validBody(op, op.bodies[0])
			if err != nil {
				return err
			}
			fields, said := v.fields, p.nonce("Choose")
			if field != "" {
				fields = put(fields, []any{field}, said).(map[string]any)
			}
			return p.sentAs(v.with(fields), kind, func(m message) bool { return field == "" || m.content == said })
		})
	}
	return []*check{
		appear("sendButtonMessage", "SEND-BUTTON-APPEARS", "button", "body_text"),
		appear("sendListMessage", "SEND-LIST-APPEARS", "list", "body_text"),
		appear("sendLocationMessage", "SEND-LOCATION-APPEARS", "location", ""),
	}
}

// sentAs sends, and wants one more message of a kind for which fits holds.
func (p *probe) sentAs(r *request, kind string, fits func(m message) bool) error {
	before, err := p.thread(p.recipient())
	if err != nil {
		return err
	}
	known := map[int64]bool{}
	if before != nil {
		for _, m := range before.messages {
			known[m.id] = true
		}
	}
	out, err := p.send(r)
	if err != nil {
		return err
	}
	m, view, err := p.findMessage(func(m message) bool { return !known[m.id] && m.kind == kind && fits(m) })
	if err == nil && m == nil {
		p.fail(Finding{Text: "what was sent is not in the recipient's conversation", Expected: "an outbound message of type " + kind + " with its content", Actual: "none"}, these(out.e, fromOf(view))...)
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

func checkTextUnharmed(p *probe) error {
	for _, odd := range oddTexts() {
		mark := p.nonce("n")
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
		out, err := p.sendText(said)
		if err != nil {
			return err
		}
		m, view, err := p.findMessage(func(m message) bool { return m.content == said || m.id == out.id })
		if err != nil {
			return err
		}
		actual := "no such message"
		if m != nil {
			if actual = m.content; actual == said {
				p.once(out, said, view)
				continue
			}
		}
		p.fail(Finding{Text: "a text that was sent is not what the conversation shows", Expected: brief(said), Actual: brief(actual)}, these(out.e, fromOf(view))...)
	}
	return nil
}

// once wants a text that was sent once to stand once in its conversation.
func (p *probe) once(out *sent, said string, view *talkView) {
	n := 0
	for _, m := range view.messages {
		if m.direction == "outbound" && m.content == said {
			n++
		}
	}
	if n > 1 {
		p.fail(Finding{Text: "a text that was sent once stands several times in its conversation", Expected: "one message", Actual: fmt.Sprintf("%d messages", n), Pointer: "/data/messages"}, out.e, view.from)
	}
}

const othersRead = 5 // conversations in which a text must not be found

func checkTextAppears(p *probe) error {
	s, err := p.sendAndFind()
	if err != nil {
		return err
	}
	said, out, m, view := s.said, s.out, s.message, s.view
	if m == nil {
		p.fail(Finding{Text: "a text that was sent is not in the recipient's conversation", Expected: "an outbound message with the text " + said, Actual: "none"}, these(out.e, fromOf(view))...)
	} else if p.once(out, said, view); m.kind != "text" {
		p.fail(Finding{Text: "a text that was sent has another type", Expected: "text", Actual: m.kind, Pointer: m.pointer + "/type"}, out.e, view.from)
	}
	list, err := p.list()
	if err != nil {
		return err
	}
	read := 0
	for i := range list.rows {
		other := &list.rows[i]
		if other.phone == p.recipient() || read == othersRead {
			continue
		}
		read++
		view, err := p.talk(other.id)
		if err != nil {
			return err
		}
		for _, m := range view.messages {
			if m.content == said {
				p.fail(Finding{Text: "a text that was sent stands in the conversation of somebody else", Expected: "phone " + p.recipient(), Actual: "phone " + other.phone, Pointer: m.pointer}, out.e, view.from)
			}
		}
	}
	return nil
}
