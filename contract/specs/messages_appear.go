package specs

import (
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

// otherKinds are the specs of buttons, lists and locations, which are sent as JSON like a text.
func otherKinds() Specs {
	appears := func(operation, requirement, kind string) Specs {
		return It("shows what is sent as a "+kind+" in its conversation", Requirement(requirement), func(t *T) {
			op := t.operationNamed(operation)
			valid, err := t.validBody(op, op.Bodies[0])
			t.End(err)
			text := " " + t.uniqueText("Choose") + " ☎️ e\u0301\u200c 👋🏽 &amp; a+b\n "
			fields, _ := put(valid.fields, []any{"body_text"}, text).(map[string]any)
			t.expectSent(valid.with(fields), kind, text, func(m exchange.Message) bool { return m.Content == text })
		}, Operation(operation))
	}
	return Describe("other kinds",
		appears("sendButtonMessage", "SEND-BUTTON-APPEARS", "button"),
		appears("sendListMessage", "SEND-LIST-APPEARS", "list"),
		It("shows what is sent as a location in its conversation", Requirement("SEND-LOCATION-APPEARS"), showsLocation, Operation("sendLocationMessage")),
	)
}

var numberInText = regexp.MustCompile(`-?[0-9]+(\.[0-9]+)?`)

// showsLocation sends a location. If the content of the message has exactly two numbers, they must be latitude and longitude.
func showsLocation(t *T) {
	op := t.operationNamed("sendLocationMessage")
	valid, err := t.validBody(op, op.Bodies[0])
	t.End(err)
	place, sent := valid.fields, []float64{24.7136, -46.6753}
	for i, name := range []string{"latitude", "longitude"} {
		place, _ = put(place, []any{"location", name}, sent[i]).(map[string]any)
	}
	m := t.expectSent(valid.with(place), "location", "", func(exchange.Message) bool { return true })
	shown := numberInText.FindAllString(m.Content, -1)
	if len(shown) != len(sent) {
		return
	}
	for i, text := range shown {
		n, _ := strconv.ParseFloat(text, 64)
		t.Advise(math.Abs(n-sent[i]) < 0.0001).To(match.At(m.Pointer+"/content", match.Equal(true)), "the message shows the location %s, but %v was sent", m.Content, sent)
	}
}

// refusedKinds send invalid buttons and lists: their text is in no conversation.
func refusedKinds() Specs {
	leaves := func(operation, field, wrong string) Specs {
		return It("shows no message after it refused a "+operation, Requirement("SEND-REFUSED-CHANGES-NOTHING"), func(t *T) {
			op := t.operationNamed(operation)
			valid, err := t.validBody(op, op.Bodies[0])
			t.End(err)
			text := t.uniqueText("refused")
			fields, _ := put(put(valid.fields, []any{field}, text), []any{wrong}, []any{}).(map[string]any)
			refused := t.answer(valid.with(fields).MayBeRefused())
			if refused.Status < http.StatusBadRequest {
				t.Lacks("a send that is refused")
			}
			t.findsText() // sent later: when it is shown, the refused message would be shown too
			if thread := t.recipientThread(); thread != nil {
				t.About(refused).Expect(thread).To(match.ContainNoText(text), "a refused send created a message")
			}
		}, Operation(operation), Suffix("."+operation))
	}
	return Describe("refused sends", leaves("sendButtonMessage", "body_text", "buttons"), leaves("sendListMessage", "body_text", "sections"))
}

// expectSent sends a message, and expects one new message of the kind for which fits is true in the recipient's conversation. It returns that message. No other
// conversation may have the text; text is "" for a message without one.
func (t *T) expectSent(r *exchange.Request, kind, text string, fits func(m exchange.Message) bool) exchange.Message {
	known := map[int64]bool{}
	if before := t.recipientThread(); before != nil {
		for _, m := range before.Messages {
			known[m.ID] = true
		}
	}
	sent := t.sends(r)
	isNew := func(m exchange.Message) bool {
		return !known[m.ID] && m.Kind == kind && m.Direction == "outbound" && fits(m)
	}
	t.Eventually(func() any { return t.recipientThread() }).About(sent.e).Should(match.HaveSentKind(kind, isNew), "a sent message is not in the recipient's conversation")
	thread := t.recipientThread()
	found := slices.DeleteFunc(slices.Clone(thread.Messages), func(m exchange.Message) bool { return !isNew(m) })
	if len(found) == 0 {
		t.Lacks("a message that is not deleted at once")
	}
	m := found[0]
	t.About(sent.e, thread.From).Check(int64(len(found))).To(match.At("/data/messages", match.Equal(int64(1))), sentTwice)
	if sent.id != 0 {
		t.About(thread.From, sent.e).Advise(sent.id).To(match.At("/message/id", match.Equal(m.ID)), "the answer has another id than the message has in its conversation")
	}
	t.expectRow(sent, kind, text)
	return m
}

// expectRow expects the recipient's row in the list to show the kind and the time of the message that was sent, and no other row to show its text.
func (t *T) expectRow(sent *sent, kind, text string) {
	var row *exchange.Row
	var list *exchange.List
	when := spanOf(sent.e)
	_, err := t.Poll(func() (bool, error) {
		list = t.list()
		row = nil
		for i := range list.Rows {
			if list.Rows[i].Phone == t.recipient() {
				row = &list.Rows[i]
			}
		}
		return row != nil && !row.UpdatedAt.Before(when.from), nil
	})
	t.End(err)
	if row == nil {
		return // the list is cut short
	}
	about := t.About(sent.e, list.From)
	if row.LastType != nil {
		about.Advise(*row.LastType).To(match.At(row.Pointer+"/last_message_type", match.Equal(kind)), "the row shows another last_message_type than what was sent last")
	}
	if !when.isOtherClock(row.UpdatedAt) {
		about.Advise(row.UpdatedAt).To(match.At(row.Pointer+"/updated_at", match.BeNoEarlierThan(when.from)), "updated_at of the row is before what was sent last")
	}
	if text != "" {
		t.expectNowhereElse(sent, list, text)
	}
}

// expectNowhereElse expects that only the recipient's row shows a text as its last message.
func (t *T) expectNowhereElse(sent *sent, list *exchange.List, text string) {
	for i := range list.Rows {
		if other := &list.Rows[i]; other.Phone != t.recipient() && other.LastMessage != nil {
			t.About(sent.e, list.From).Check(*other.LastMessage == text).To(match.At(other.Pointer+"/last_message", match.Equal(false)), "a message to %s is in another conversation too", t.recipient())
		}
	}
}

// oddTexts are texts that servers often change: emoji, Arabic, quotes, line breaks, spaces and long texts.
func oddTexts() []string {
	return []string{
		"emoji 👋🏽👨‍👩‍👧‍👦🇸🇦", "عربي مع تشكيل: مَرْحَبًا ١٢٣", `quotes " ' \ / <b>&amp;</b> %s {{1}}`, "two\nlines\tand a tab", "  spaces at its ends  ",
		"of\r\nthree\rkinds\n\n\nof line  feeds, a\u00a0b, a\u2028b, a\ufeffb", "007 ①ﬁﷺ² ـــ :) *b* _i_ ~s~ HTTPS://Example.COM/Path",
		strings.Repeat("م", 4000),
		longOddText(),
	}
}

// longOddText is as long as a text may be, and has the characters that are most often lost: variation selectors, combining marks, joiners, direction marks,
// characters that forms and JSON escape, and a line feed at the end.
func longOddText() string {
	const ending = "☎️ ☎︎ e\u0301 é می\u200cخواهم \u200fא\u200eb \u202bx\u202c a+b a%20b \\n \\u0041 &#65; 0 \n"
	return strings.Repeat("😀", 4000) + ending
}

// oddText is an odd text with a mark that no other message has. A text that is nearly as long as allowed is made exactly that long.
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

// showsTextsExactly sends all odd texts at once, and waits until the conversation shows all of them.
func showsTextsExactly(t *T) {
	var texts []string
	var requests []*exchange.Request
	for _, odd := range oddTexts() {
		text := oddText(odd, t.uniqueText("n"))
		texts, requests = append(texts, text), append(requests, t.textTo(t.recipient(), text))
	}
	escaped := "escaped 👋🏽 عربي é " + t.uniqueText("n")
	texts, requests = append(texts, escaped), append(requests, inASCII(t.textTo(t.recipient(), escaped)))
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

// inASCII is a request with a JSON body that says the same with escapes in place of all but ASCII, as many clients write it.
func inASCII(r *exchange.Request) *exchange.Request {
	var out strings.Builder
	for _, c := range string(r.Body) {
		for _, unit := range utf16.Encode([]rune{c}) {
			if unit < utf8.RuneSelf {
				out.WriteByte(byte(unit))
				continue
			}
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	c := *r
	c.Body = []byte(out.String())
	return &c
}

const sentTwice = "a message that was sent once is in its conversation more than once"

// showsAll reports whether a conversation has, for each text, a message with that text or with the id of its answer.
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
