package suite

import "strings"

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
	}
}

func checkTextUnharmed(p *probe) error {
	for _, odd := range oddTexts() {
		mark := p.nonce("n")
		said := odd + mark
		if strings.HasSuffix(odd, " ") {
			said = " " + mark + odd
		}
		if n := 4096 - len([]rune(said)); n > 0 && n < 100 {
			said = strings.Repeat("ن", n) + said
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
				continue
			}
		}
		p.fail(Finding{Text: "a text that was sent is not what the conversation shows", Expected: brief(said), Actual: brief(actual)}, these(out.e, fromOf(view))...)
	}
	return nil
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
	} else if m.kind != "text" {
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
