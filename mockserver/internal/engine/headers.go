package engine

import (
	"strings"

	"example.com/awalmock/mockserver/internal/spec"
)

// addHeaders adds the headers that the document gives an answer and that are not there yet: the required ones, and all of
// an answer that is made from the document alone.
func (e *Engine) addHeaders(x *Exchange, response *spec.Response) {
	if response == nil || x.Fault != "" {
		return
	}
	alone := x.Code == "" && !x.compiled.own
	sent := x.w.Header()
	for i := range response.Headers {
		h := &response.Headers[i]
		if !h.Required && !(alone && mayBeMade(h.Name)) || hasHeader(sent, h.Name) {
			continue
		}
		if text := e.headerText(h); text != "" {
			sent[h.Name] = []string{text}
		}
	}
}

func (e *Engine) headerText(h *spec.ResponseHeader) string {
	if h.Example != "" || e.MakeHeader == nil {
		return h.Example
	}
	text, err := e.MakeHeader(h)
	if err != nil {
		return "" // a required one was tried when the document was loaded
	}
	return text
}

// mayBeMade reports whether an optional header says nothing that would be wrong of an answer that is made up: how it is
// coded, how long it is, what is left of a limit.
func mayBeMade(name string) bool {
	switch name = strings.ToLower(name); name {
	case "content-length", "content-encoding", "content-range", "transfer-encoding", "connection", "date", "trailer", "upgrade",
		"retry-after":
		return false
	}
	return !strings.HasPrefix(name, "x-ratelimit-")
}
