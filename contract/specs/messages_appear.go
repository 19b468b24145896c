package specs

import (
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// otherKinds are one for each kind that is sent as JSON beside the text.
func otherKinds() Specs {
	appears := func(operation, requirement, kind, field string) Specs {
		return It("shows what is sent as a "+kind+" in its conversation", Requirement(requirement), func(t *T) {
			op := t.operationNamed(operation)
			valid, err := t.validBody(op, op.Bodies[0])
			t.End(err)
			fields, text := valid.fields, " "+t.nonce("Choose")+" ☎️ e\u0301\u200c 👋🏽 &amp; a+b\n "
			if field != "" {
				fields, _ = put(fields, []any{field}, text).(map[string]any)
			}
			if field == "" {
				text = ""
			}
			t.expectSent(valid.with(fields), kind, text, func(m exchange.Message) bool { return text == "" || m.Content == text })
		}, Operation(operation))
	}
	return Describe("other kinds",
		appears("sendButtonMessage", "SEND-BUTTON-APPEARS", "button", "body_text"),
		appears("sendListMessage", "SEND-LIST-APPEARS", "list", "body_text"),
		appears("sendLocationMessage", "SEND-LOCATION-APPEARS", "location", ""),
	)
}

// refusedKinds send what is refused of each kind that has a text: its text is in no conversation.
func refusedKinds() Specs {
	leaves := func(operation, field, wrong string) Specs {
		return It("shows no message of a "+operation+" that it refused", Requirement("SEND-REFUSED-CHANGES-NOTHING"), func(t *T) {
			op := t.operationNamed(operation)
			valid, err := t.validBody(op, op.Bodies[0])
			t.End(err)
			text := t.nonce("refused")
			fields, _ := put(put(valid.fields, []any{field}, text), []any{wrong}, []any{}).(map[string]any)
			refused := t.answer(valid.with(fields).Unacceptable())
			if refused.Status < http.StatusBadRequest {
				t.Lacks("a send that is refused")
			}
			t.findsText() // sent later, so that what was sent before is there
			if thread := t.recipientThread(); thread != nil {
				t.About(refused).Expect(thread).To(match.ContainNoText(text), "a send that was refused left a message")
			}
		}, Operation(operation), Suffix("."+operation))
	}
	return Describe("refused sends", leaves("sendButtonMessage", "body_text", "buttons"), leaves("sendListMessage", "body_text", "sections"))
}

// expectSent sends, and expects one more message of a kind that fits in the recipient's conversation; no other one has its text, "" for none of its own.
func (t *T) expectSent(r *exchange.Request, kind, text string, fits func(m exchange.Message) bool) {
	known := map[int64]bool{}
	if before := t.recipientThread(); before != nil {
		for _, m := range before.Messages {
			known[m.ID] = true
		}
	}
	sent := t.sends(r)
	isNew := func(m exchange.Message) bool { return !known[m.ID] && fits(m) }
	t.Eventually(func() any { return t.recipientThread() }).About(sent.e).Should(match.HaveSentKind(kind, isNew), "what was sent is not in the recipient's conversation")
	if thread := t.recipientThread(); thread != nil && text != "" {
		t.About(sent.e).Check(thread).To(match.HaveSentOnce(text), sentTwice)
	}
}

// oddTexts are what careless servers harm.
func oddTexts() []string {
	return []string{
		"emoji 👋🏽👨‍👩‍👧‍👦🇸🇦", "عربي مع تشكيل: مَرْحَبًا ١٢٣", `quotes " ' \ / <b>&amp;</b> %s {{1}}`, "two\nlines\tand a tab", "  spaces at its ends  ",
		"of\r\nthree\rkinds\n\n\nof line  feeds, a\u00a0b, a\u2028b, a\ufeffb", "007 ①ﬁﷺ² ـــ :) *b* _i_ ~s~ HTTPS://Example.COM/Path",
		strings.Repeat("م", 4000),
		longOddText(),
	}
}

// longOddText is one text that has all that is lost most often, as long as a text may be: variation selectors, a letter with its mark apart and
// as one, characters that join and that turn the direction, what forms and escapes change, and a line feed at its end.
func longOddText() string {
	const ending = "☎️ ☎︎ e\u0301 é می\u200cخواهم \u200fא\u200eb \u202bx\u202c a+b a%20b \\n \\u0041 &#65; 0 \n"
	return strings.Repeat("😀", 4000) + ending
}

// oddText is an odd text with a mark in it that no other message has, as long as it may be if it is nearly so.
func oddText(odd, mark string) string {
	text := odd + mark
	if strings.HasSuffix(odd, " ") {
		text = " " + mark + odd
	}
	if strings.HasSuffix(odd, "\n") {
		text = mark + odd
	}
	if n := 4096 - len([]rune(text)); n > 0 && n < 100 {
		text = strings.Repeat(string([]rune(odd)[0]), n) + text
	}
	return text
}

// showsTextUnharmed sends all odd texts at once, and looks for them together.
func showsTextUnharmed(t *T) {
	var texts []string
	var requests []*exchange.Request
	for _, odd := range oddTexts() {
		text := oddText(odd, t.nonce("n"))
		texts, requests = append(texts, text), append(requests, t.textTo(t.recipient(), text))
	}
	var ids []int64
	answers := t.answers(requests)
	for _, e := range answers {
		if !e.OK() {
			t.Lacks("a send that is accepted (%s)", e)
		}
		ids = append(ids, sentOf(e).id)
	}
	thread := t.waitForThread(func(thread *exchange.Thread) bool { return showsAll(thread, texts, ids) })
	for i, text := range texts {
		if t.About(answers[i]).Check(thread).To(match.HaveSentText(ids[i], text), "a text that was sent is not what the conversation shows") {
			t.About(answers[i]).Check(thread).To(match.HaveSentOnce(text), sentTwice)
		}
	}
}

const sentTwice = "a text that was sent once is several times in its conversation"

// showsAll reports whether a conversation has a message with each text or with the id of its answer.
func showsAll(thread *exchange.Thread, texts []string, ids []int64) bool {
	for i := range texts {
		if thread.Sent(texts[i]) == nil && !slices.ContainsFunc(thread.Messages, func(m exchange.Message) bool { return m.Direction == "outbound" && m.ID == ids[i] }) {
			return false
		}
	}
	return true
}

const othersRead = 5 // conversations in which a text must not be found

func showsText(t *T) {
	s := t.findsText()
	about := t.About(s.sent.e)
	if about.Check(s.thread).To(match.HaveSentText(s.sent.id, s.text), "a text that was sent is not in the recipient's conversation") {
		about.Check(s.thread).To(match.HaveSentOnce(s.text), sentTwice)
		t.About(s.sent.e, s.thread.From).Check(s.message.Kind).To(match.At(s.message.Pointer+"/type", match.Equal("text")), "a text that was sent has another type")
	}
	read := 0
	for _, row := range t.list().Rows {
		if row.Phone == t.recipient() || read == othersRead {
			continue
		}
		read++
		about.Check(t.read(row.ID)).To(match.ContainNoText(s.text), "a text that was sent to %s is in another conversation too", t.recipient())
	}
}
