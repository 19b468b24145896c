package eventlog

import (
	"bytes"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// quickEncode writes a message as encodeAny does, in a tenth of the time. false: it is another event, or has a text that needs escapes.
func quickEncode(e sandbox.Event) (text []byte, ok bool) {
	var m sandbox.MessageSent
	switch data := e.Data.(type) {
	case sandbox.MessageSent:
		m = data
	case sandbox.MessageReceived:
		m = sandbox.MessageSent(data)
	default:
		return nil, false
	}
	if year := e.At.Year(); year < 0 || year > 9999 || e.At.Location() != time.UTC || !isPlain(m.Type) || !isPlain(m.Content) {
		return nil, false
	}
	text = make([]byte, 0, 192+len(m.Content))
	text = strconv.AppendInt(append(text, `{"seq":`...), e.Seq, 10)
	text = e.At.AppendFormat(append(text, `,"at":"`...), time.RFC3339Nano)
	text = append(append(text, `","kind":"`...), e.Data.Kind()...)
	text = strconv.AppendInt(append(text, `","v":`...), version, 10)
	if e.Planned {
		text = append(text, `,"planned":true`...)
	}
	text = strconv.AppendInt(append(text, `,"data":{"id":`...), m.ID, 10)
	text = strconv.AppendInt(append(text, `,"conversation_id":`...), m.Conversation, 10)
	text = append(append(text, `,"type":"`...), m.Type...)
	text = append(append(text, `","content":"`...), m.Content...)
	text = append(text, '"')
	if m.ReplyTo != 0 {
		text = strconv.AppendInt(append(text, `,"reply_to":`...), m.ReplyTo, 10)
	}
	return append(text, "}}"...), true
}

// isPlain reports whether JSON has a text as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '"' || s[i] == '\\' {
			return false
		}
	}
	return utf8.ValidString(s) && !strings.Contains(s, "\u2028") && !strings.Contains(s, "\u2029")
}

// quick reads a message as Encode writes it, ten times as fast as Decode does: most events of a store are messages. false: it is something else,
// or written in another way, which Decode reads.
func quick(text []byte) (e sandbox.Event, ok bool) {
	r := reader{text: text}
	r.word(`{"seq":`)
	e.Seq = r.number()
	r.word(`,"at":"`)
	at := r.until('"')
	r.word(`","kind":"`)
	kind := r.until('"')
	r.word(`","v":1,`)
	if r.has(`"planned":true,`) {
		e.Planned = true
	}
	r.word(`"data":`)
	data := r.message()
	r.word(`}`)
	if r.failed || len(r.text) > 0 || e.Seq < 1 || e.At.UnmarshalText(at) != nil || e.At.IsZero() {
		return sandbox.Event{}, false
	}
	e.At = e.At.UTC()
	switch sandbox.EventKind(kind) {
	case sandbox.KindMessageSent:
		e.Data = data
	case sandbox.KindMessageReceived:
		e.Data = sandbox.MessageReceived(data)
	default:
		return sandbox.Event{}, false
	}
	return e, true
}

// A reader takes text from the beginning. After a failure what it gives means nothing.
type reader struct {
	text   []byte
	failed bool
}

// has takes a word if it comes next.
func (r *reader) has(word string) bool {
	if len(r.text) < len(word) || string(r.text[:len(word)]) != word {
		return false
	}
	r.text = r.text[len(word):]
	return true
}

// word takes a word, which has to come next.
func (r *reader) word(word string) { r.failed = !r.has(word) || r.failed }

// number takes a whole number as JSON writes it, of 18 digits at most.
func (r *reader) number() (n int64) {
	length := 0
	for length < len(r.text) && r.text[length] >= '0' && r.text[length] <= '9' {
		n = n*10 + int64(r.text[length]-'0')
		length++
	}
	if length == 0 || length > 18 || length > 1 && r.text[0] == '0' {
		r.failed = true
	}
	r.text = r.text[length:]
	return n
}

// until takes what comes before a character, which stays.
func (r *reader) until(end byte) []byte {
	length := bytes.IndexByte(r.text, end)
	if length < 0 {
		r.failed = true
		return nil
	}
	taken := r.text[:length]
	r.text = r.text[length:]
	return taken
}

// plain takes a text without escapes up to its end.
func (r *reader) plain() []byte {
	taken := r.until('"')
	for _, c := range taken {
		if c < ' ' || c == '\\' {
			r.failed = true
		}
	}
	if !utf8.Valid(taken) {
		r.failed = true
	}
	r.word(`"`)
	return taken
}

// message takes the data of a message.
func (r *reader) message() (m sandbox.MessageSent) {
	r.word(`{"id":`)
	m.ID = r.number()
	r.word(`,"conversation_id":`)
	m.Conversation = r.number()
	r.word(`,"type":"`)
	m.Type = typeName(r.plain())
	r.word(`,"content":"`)
	m.Content = string(r.plain())
	if r.has(`,"reply_to":`) {
		m.ReplyTo = r.number()
	}
	r.word(`}`)
	return m
}

// typeName spares a copy of the usual type of a message.
func typeName(text []byte) string {
	if string(text) == "text" {
		return "text"
	}
	return string(text)
}
