package engine

import (
	"net/http"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// Masked is the entry as it may be shown: no secret stands in it, wherever a caller has put it.
func (e *Entry) Masked(s *Secrets) *Entry {
	m := *e
	m.Workspace, m.Method, m.Target = s.Mask(e.Workspace), s.Mask(e.Method), s.Mask(e.Target)
	m.Violations = make([]spec.Violation, len(e.Violations))
	for i, v := range e.Violations {
		v.Field, v.Text = s.Mask(v.Field), s.Mask(v.Text)
		m.Violations[i] = v
	}
	m.Request, m.Reply = e.Request.masked(s), e.Reply.masked(s)
	return &m
}

func (m *Message) masked(s *Secrets) Message {
	shown := Message{Bytes: m.Bytes, header: make(http.Header, len(m.header))}
	if m.Bytes == int64(len(m.Body)) {
		shown.Body = []byte(s.Mask(string(m.Body)))
	} else {
		shown.Body = []byte(s.MaskCut(string(m.Body)))
	}
	for name, values := range m.header {
		values = slices.Clone(values)
		for i, value := range values {
			values[i] = s.Mask(maskedValue(strings.ToLower(name), value))
		}
		name = s.Mask(name)
		shown.header[name] = append(shown.header[name], values...)
	}
	return shown
}

// Header is the message's header. Show it of a masked message only.
func (m *Message) Header() map[string][]string { return m.header }

// maskedValue hides what a header of this name keeps secret: of a signature the first 8 digits are shown.
func maskedValue(name, value string) string {
	if name == "x-awal-signature-256" {
		rest, prefixed := strings.CutPrefix(value, "sha256=")
		shown := rest[:min(8, hexDigits(rest))] + "…"
		if prefixed {
			return "sha256=" + shown
		}
		return shown
	}
	for _, word := range [...]string{"authorization", "cookie", "secret", "token", "password", "api-key"} {
		if strings.Contains(name, word) {
			return mask
		}
	}
	return value
}

func hexDigits(s string) int {
	if i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); i >= 0 {
		return i
	}
	return len(s)
}
