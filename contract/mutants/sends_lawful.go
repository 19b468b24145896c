package main

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"example.com/awalmock/mockserver/server"
)

// sendingMutants need the capabilities send and tickets.
func sendingMutants() []mutant {
	return slices.Concat(textMutants(), kindMutants(), commandMutants(), ticketMutants(), catalogMutants(), everywhereMutants(), catalogReadMutants(), formMutants(), livingTenantMutants(), sendTimeMutants(), onceMutants(), templatePageMutants(), withCapability(slices.Concat(malformedMutants(), headerMutants())...))
}

// sendingVariants are lawful servers that send.
func sendingVariants() []variant {
	uploads := func(status int) change {
		return commands(sendOf("media"), func(_ *target, _ string, a *answer) {
			if details, _ := a.json()["details"].(map[string]any); a.status == http.StatusBadRequest && len(details) == 1 && details["file"] != nil && !strings.HasPrefix(text(details["file"]), "is required") {
				a.fail(status, "unsupported_file", "The file is not what it should be.")
			}
		})
	}
	return []variant{
		{name: "a server that sends", sending: true, large: true},
		{name: "answers to sends with extra fields", sending: true, change: commands((*target).isCommand, func(_ *target, _ string, a *answer) {
			if object := a.json(); object != nil && a.status == http.StatusOK {
				object["queue"] = "fast"
				if message, ok := object["message"].(map[string]any); ok {
					message["conversation"] = map[string]any{"origin": "business"}
					delete(message, "timestamp")
				}
				a.set(object)
			}
		})},
		{name: "delivered at once", sending: true, options: server.Options{Delivery: "delivered=0s,read=0s"}},
		{name: "slow delivery", sending: true, options: server.Options{Delivery: "delivered=10m,read=1h"}},
		{name: "uploads refused with 415", sending: true, large: true, change: uploads(http.StatusUnsupportedMediaType)},
		{name: "media types looked at before signatures", sending: true, change: answeringSent(func(_ *target, r *http.Request, content string, a *answer) {
			if content != "" && a.status == http.StatusUnauthorized && strings.HasPrefix(r.Header.Get("Content-Type"), urlEncoded) {
				a.fail(http.StatusUnsupportedMediaType, "unsupported_media_type", "The media type is not known.")
			}
		})},
		{name: "forms taken where JSON is documented", sending: true, should: true, change: answeringSent(func(w *target, r *http.Request, _ string, a *answer) {
			if a.status == http.StatusUnsupportedMediaType && strings.HasPrefix(w.path(r), sendPath) && strings.HasPrefix(r.Header.Get("Content-Type"), urlEncoded) {
				accept200(a)
			}
		})},
		{name: "files of no content type refused", sending: true, should: true, change: refuses("media", func(content string) bool {
			_, file, found := strings.Cut(content, "filename=")
			return found && !strings.Contains(file, "Content-Type: ")
		})},
		{name: "tickets opened twice without a conflict", sending: true, should: true, change: commands((*target).isTicket, func(_ *target, _ string, a *answer) {
			if a.status == http.StatusConflict {
				ticket200(a)
			}
		})},
		{name: "a key twice accepted", sending: true, should: true, change: takes("text", func(content string) bool { return strings.Count(content, `"body"`) == 2 })},
		{name: "what button_params contains is not looked at", sending: true, should: true, change: commands(sendOf("template"), func(_ *target, _ string, a *answer) {
			details, _ := a.json()["details"].(map[string]any)
			inside := len(details) > 0
			for field := range details {
				inside = inside && strings.HasPrefix(field, "button_params[")
			}
			if inside {
				accept200(a)
			}
		})},
		{name: "sent messages appear late", sending: true, slow: true, change: late},
	}
}

// late shows sent messages in conversations a moment after they were sent.
func late(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	sent := time.Now()              // the last time
	since := map[string]time.Time{} // when each message was sent, at the latest
	hiding := threads(func(data map[string]any, messages []row) {
		mu.Lock()
		defer mu.Unlock()
		messages = slices.DeleteFunc(messages, func(m row) bool {
			if m["direction"] != "outbound" || !strings.HasPrefix(text(data["phone"]), "9665550") {
				return false
			}
			key := id(m)
			if since[key].IsZero() {
				since[key] = sent
			}
			return time.Since(since[key]) < 100*time.Millisecond
		})
		data["messages"] = fromRows(messages)
		data["meta"] = map[string]any{"total_messages": len(messages)}
	})(w, next)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if w.isSend(r) {
			mu.Lock()
			sent = time.Now()
			mu.Unlock()
		}
		hiding.ServeHTTP(out, r)
	})
}
