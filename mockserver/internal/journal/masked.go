package journal

import (
	"net/http"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/internal/spec"
)

// Masked is an entry as it may be shown: without any secret, wherever a caller has put it. Without messages it has no headers and no
// bodies, which are most of the work.
func (j *Journal) Masked(e *Entry, messages bool) *Entry {
	m, s := *e, j.secrets
	m.Workspace, m.Method, m.Target = s.Mask(e.Workspace), s.Mask(e.Method), s.Mask(e.Target)
	m.Violations = make([]spec.Violation, len(e.Violations))
	for i, v := range e.Violations {
		v.Field, v.Text = s.Mask(v.Field), s.Mask(v.Text)
		m.Violations[i] = v
	}
	if e.Refusal != nil {
		m.Refusal = &engine.Error{Message: s.Mask(e.Refusal.Message), Details: make([]engine.Detail, len(e.Refusal.Details))}
		for i, d := range e.Refusal.Details {
			m.Refusal.Details[i] = engine.Detail{Field: s.Mask(d.Field), Text: s.Mask(d.Text)}
		}
	}
	if e.Signature != nil {
		m.Signature = &engine.RefusedSignature{
			ToSign: s.Mask(e.Signature.ToSign), Signed: s.Mask(e.Signature.Signed), Hint: s.Mask(e.Signature.Hint),
		}
	}
	if !messages {
		m.Request, m.Reply = Message{Bytes: e.Request.Bytes}, Message{Bytes: e.Reply.Bytes}
		return &m
	}
	reply := j.reply(e)
	m.Request, m.Reply = e.Request.masked(s, j.names.Signature), reply.masked(s, j.names.Signature)
	return &m
}

func (m *Message) masked(s *Secrets, signatureHeader string) Message {
	shown := Message{Bytes: m.Bytes}
	if m.Bytes == int64(len(m.Body)) {
		shown.Body = []byte(s.Mask(string(m.Body)))
	} else {
		shown.Body = []byte(s.MaskCut(string(m.Body)))
	}
	header := http.Header{}
	for name, values := range readHeader(m.header) {
		for i, value := range values {
			if name == signatureHeader {
				value = maskedSignature(value)
			} else {
				value = maskedValue(strings.ToLower(name), value)
			}
			values[i] = s.Mask(value)
		}
		name = s.Mask(name)
		header[name] = append(header[name], values...)
	}
	shown.header = appendHeader(nil, header)
	return shown
}

// Header is the message's header. Show it of a masked message only.
func (m *Message) Header() map[string][]string { return readHeader(m.header) }

// maskedSignature shows the first 8 digits.
func maskedSignature(value string) string {
	digits, prefixed := strings.CutPrefix(value, signature.Prefix)
	shown := digits[:min(8, hexDigits(digits))] + "…"
	if prefixed {
		return signature.Prefix + shown
	}
	return shown
}

// maskedValue hides what a header of this name, in lower case, keeps secret.
func maskedValue(name, value string) string {
	for _, word := range [...]string{"authorization", "cookie", "secret", "token", "password", "api-key"} {
		if strings.Contains(name, word) {
			return mask
		}
	}
	return value
}

// hexDigits is how many hexadecimal digits s begins with.
func hexDigits(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
		return i
	}
	return len(s)
}
