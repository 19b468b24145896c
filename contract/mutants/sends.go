package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"
)

const (
	sendPath   = "/w/message/"
	ticketPath = "/wechat/chat/events/"
)

func (w *target) isSend(r *http.Request) bool   { return strings.HasPrefix(w.path(r), sendPath) }
func (w *target) isTicket(r *http.Request) bool { return strings.HasPrefix(w.path(r), ticketPath) }

// isCommand reports whether a request may change something.
func (w *target) isCommand(r *http.Request) bool {
	return slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, r.Method)
}

// bodyOf reads the body, and leaves it to be read again.
func bodyOf(r *http.Request) []byte {
	if r.Body == nil {
		return nil
	}
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return nil
	}
	r.Body = io.NopCloser(bytes.NewReader(content))
	return content
}

// withBody returns the request with another body, properly signed.
func (w *target) withBody(r *http.Request, content []byte) *http.Request {
	c := clone(r)
	c.Body, c.ContentLength = io.NopCloser(bytes.NewReader(content)), int64(len(content))
	return w.forge(c, w.named(r))
}

// trusting is a server that does a command although its signature is wrong, where trusts says so.
func trusting(trusts func(w *target, r *http.Request, content []byte) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if w.isCommand(r) {
				if content := bodyOf(r); trusts(w, r, content) {
					r = w.withBody(r, content)
				}
			}
			next.ServeHTTP(out, r)
		})
	}
}

// commands lets a change look at the answer to a command, and at what was asked.
func commands(which func(w *target, r *http.Request) bool, rewrite func(w *target, content string, a *answer)) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := ""
			if w.isCommand(r) {
				content = string(bodyOf(r))
			}
			answering(func(w *target, r *http.Request, a *answer) {
				if which(w, r) {
					rewrite(w, content, a)
				}
			})(w, next).ServeHTTP(out, r)
		})
	}
}

func sendOf(kind string) func(w *target, r *http.Request) bool {
	return func(w *target, r *http.Request) bool { return w.path(r) == sendPath+kind }
}

// accept200 answers as if the message had been sent.
func accept200(a *answer) {
	a.status = http.StatusOK
	a.header.Set("Content-Type", "application/json")
	a.set(map[string]any{"status": true, "message": map[string]any{"id": 5_000_000, "messageId": "wamid.made-up", "status": "sent", "timestamp": time.Now().Unix()}})
}

func invalid(a *answer) {
	a.fail(http.StatusBadRequest, "validation_failed", "The request is invalid.")
}

// takes is a server that accepts an invalid send of a kind where the body fits.
func takes(kind string, fits func(content string) bool) change {
	return commands(sendOf(kind), func(_ *target, content string, a *answer) {
		if a.status == http.StatusBadRequest && fits(content) {
			accept200(a)
		}
	})
}

// refuses is a server that refuses a valid send of a kind where the body fits.
func refuses(kind string, fits func(content string) bool) change {
	return commands(sendOf(kind), func(_ *target, content string, a *answer) {
		if a.status == http.StatusOK && fits(content) {
			invalid(a)
		}
	})
}

func anything(string) bool { return true }

func containing(part string) func(string) bool {
	return func(content string) bool { return strings.Contains(content, part) }
}

// letters finds a run of so many letters x, which is how the suite makes long texts.
func letters(n int) func(string) bool {
	return func(content string) bool {
		return strings.Contains(content, strings.Repeat("x", n)) && !strings.Contains(content, strings.Repeat("x", n+1))
	}
}

func manyBytes(n int) func(string) bool {
	return func(content string) bool { return strings.Contains(content, strings.Repeat("م", n)) }
}

// sentTexts rewrites outbound messages that the suite sent, in conversations.
func sentTexts(do func(m row)) change {
	return threads(func(_ map[string]any, messages []row) {
		for _, m := range messages {
			if m["direction"] == "outbound" {
				do(m)
			}
		}
	})
}

func sentText(do func(s string) string) change {
	return sentTexts(func(m row) { m["content"] = do(text(m["content"])) })
}

// without hides outbound messages of a type from the conversations.
func without(kind string) change {
	return threads(func(data map[string]any, messages []row) {
		messages = slices.DeleteFunc(messages, func(m row) bool { return m["direction"] == "outbound" && m["type"] == kind })
		data["messages"] = fromRows(messages)
		data["meta"] = map[string]any{"total_messages": len(messages)}
	})
}

func cutBytes(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// escapedPairsLost reads an escape of JSON as one character, although two together stand for one beyond the first 65,536.
func escapedPairsLost(w *target, next http.Handler) http.Handler {
	pair := regexp.MustCompile(`\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}`)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if content := bodyOf(r); sendOf("text")(w, r) && pair.Match(content) && sentDigest(r) == w.expected(r) {
			r = w.withBody(r, pair.ReplaceAll(content, []byte("\ufffd\ufffd")))
		}
		next.ServeHTTP(out, r)
	})
}

// misplaced shows the last text that was sent in other conversations than its own.
func misplaced(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	var last struct{ Phone, Body string }
	elsewhere := threads(func(data map[string]any, messages []row) {
		mu.Lock()
		defer mu.Unlock()
		if last.Body != "" && data["phone"] != last.Phone {
			data["messages"] = fromRows(append(messages, row{"id": 987654, "content": last.Body, "type": "text", "direction": "outbound", "date": time.Now().UTC().Format(time.RFC3339), "status": "sent"}))
			data["meta"] = map[string]any{"total_messages": len(messages) + 1}
		}
	})(w, next)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if sendOf("text")(w, r) {
			mu.Lock()
			_ = json.Unmarshal(bodyOf(r), &last) // what cannot be read is refused by the correct server
			mu.Unlock()
		}
		elsewhere.ServeHTTP(out, r)
	})
}

func textMutants() []mutant {
	backward := func(w *target, next http.Handler) http.Handler {
		var n atomic.Int64
		return statusLists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			status := "delivered"
			if n.Add(1)%2 == 0 {
				status = "sent"
			}
			for _, r := range rows {
				r["status"] = status
			}
		})(w, next)
	}
	return []mutant{
		{"sent text missing", "SEND-TEXT-APPEARS", without("text")},
		{"sent text has another type", "SEND-TEXT-APPEARS", sentTexts(func(m row) { m["type"] = "message" })},
		{"sent text in the wrong conversation", "SEND-TEXT-APPEARS", misplaced},
		{"sent text trimmed", "SEND-TEXT-UNHARMED", sentText(strings.TrimSpace)},
		{"sent emoji lost", "SEND-TEXT-UNHARMED", sentText(withoutEmoji)},
		{"sent text cut at 4095 bytes", "SEND-TEXT-UNHARMED", sentText(func(s string) string { return cutBytes(s, 4095) })},
		{"sent text escaped as HTML", "SEND-TEXT-UNHARMED", sentText(strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace)},
		{"sent line breaks lost", "SEND-TEXT-UNHARMED", sentText(func(s string) string { return strings.ReplaceAll(s, "\n", " ") })},
		{"escaped emoji of a text lost", "SEND-TEXT-UNHARMED", escapedPairsLost},
		{"a text answered without messageId", "SEND-TEXT", commands(sendOf("text"), func(_ *target, _ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				delete(object["message"].(map[string]any), "messageId")
				a.set(object)
			}
		})},
		{"a text of 4097 characters accepted", "SEND-TEXT-LENGTH", takes("text", letters(4097))},
		{"a text of 4096 characters refused", "SEND-TEXT-LENGTH", refuses("text", letters(4096))},
		{"length of a text in bytes", "SEND-TEXT-LENGTH", refuses("text", manyBytes(4096))},
		{"a phone with a plus accepted", "SEND-PHONE-FORM", takes("text", containing(`"+9`))},
		{"a send that is not in the status list", "SEND-STATUS-POLL", statusLists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			object["data"] = fromRows(slices.DeleteFunc(rows, func(r row) bool {
				return r["status"] == "sent" || strings.HasPrefix(text(r["timestamp"]), time.Now().UTC().Format("2006-01-02T15:"))
			}))
		})},
		{"a send answered with another id", "SEND-ID-AGREES", commands(sendOf("text"), func(_ *target, _ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				object["message"].(map[string]any)["id"] = 77
				a.set(object)
			}
		})},
		{"the list does not show the last message", "SEND-UPDATES-LIST", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if strings.HasPrefix(text(r["phone"]), "9665550") {
					r["last_message"] = "before"
				}
			}
		})},
		{"a new contact without its name", "SEND-NEW-CONTACT", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if strings.HasPrefix(text(r["phone"]), "9665550") {
					r["name"] = r["phone"]
				}
			}
		})},
		{"an unknown reply_to accepted", "SEND-REPLY-TO", takes("text", containing("no-such-message"))},
		{"a refused send leaves a message", "SEND-REFUSED-CHANGES-NOTHING", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				content := bodyOf(r)
				if w.isSend(r) && letters(4097)(string(content)) && strings.Contains(string(content), "refused") {
					c := w.withBody(r, bytes.ReplaceAll(content, bytes.Repeat([]byte("x"), 4097), nil))
					next.ServeHTTP(httptest.NewRecorder(), c)
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"refused buttons leave a message", "SEND-REFUSED-CHANGES-NOTHING", doneAfterAll(`"buttons":[]`, `"buttons":[{"id":"1","title":"Yes"}]`)},
		{"a refused list leaves a message", "SEND-REFUSED-CHANGES-NOTHING", doneAfterAll(`"sections":[]`, `"sections":[{"title":"A","rows":[{"id":"1","title":"Yes"}]}]`)},
		{"the status of a sent message goes backward", "STATUS-FORWARD", backward},
		{"invalid bodies accepted", "sendTextMessage.body.required", commands((*target).isSend, func(_ *target, _ string, a *answer) {
			if a.status == http.StatusBadRequest || a.status == http.StatusUnsupportedMediaType {
				accept200(a)
			}
		})},
		{"an empty text accepted", "sendTextMessage.body.minLength", takes("text", containing(`"body":""`))},
		{"an object for a text accepted", "sendTextMessage.body.type", takes("text", containing(`{"a":1}`))},
		{"half a JSON body accepted", "sendTextMessage.body.syntax", takes("text", func(content string) bool { return !strings.HasSuffix(content, "}") })},
	}
}

// doneAfterAll does what it refuses: the send is made with a part of its body put right.
func doneAfterAll(wrong, right string) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			content := bodyOf(r)
			if w.isSend(r) && bytes.Contains(content, []byte("refused")) && bytes.Contains(content, []byte(wrong)) {
				next.ServeHTTP(httptest.NewRecorder(), w.withBody(r, bytes.ReplaceAll(content, []byte(wrong), []byte(right))))
			}
			next.ServeHTTP(out, r)
		})
	}
}

func commandMutants() []mutant {
	signedFor := func(w *target, r *http.Request, path, query, content string) bool {
		return w.secretOf(r) != "" && sentDigest(r) == digest(w.secretOf(r), r.Method, path, query, r.Header.Get("X-Timestamp")+content)
	}
	return []mutant{
		{"body not covered by the signature", "AUTH-COVERS-BODY", trusting(func(w *target, r *http.Request, _ []byte) bool {
			return signedFor(w, r, w.path(r), r.URL.RawQuery, "")
		})},
		{"spaces at the body's end not covered", "AUTH-COVERS-BODY", trusting(func(w *target, r *http.Request, content []byte) bool {
			return signedFor(w, r, w.path(r), r.URL.RawQuery, string(content)+" ")
		})},
		{"commands need no headers", "AUTH-EVERY-OPERATION", trusting(func(_ *target, r *http.Request, _ []byte) bool {
			return r.Header.Get("X-Awal-Signature-256") == "" && r.Header.Get("X-Domain") == ""
		})},
		{"any signature on commands", "AUTH-SIGNATURE", trusting(func(w *target, r *http.Request, _ []byte) bool {
			return w.secretOf(r) != "" && len(sentDigest(r)) == 64 && r.URL.Query().Has("phone_number_id")
		})},
		{"path of commands not covered", "AUTH-COVERS-PATH", trusting(func(w *target, r *http.Request, content []byte) bool {
			return signedFor(w, r, listPath, r.URL.RawQuery, string(content))
		})},
		{"query of commands not covered", "AUTH-COVERS-QUERY", trusting(func(w *target, r *http.Request, content []byte) bool {
			return signedFor(w, r, w.path(r), "", string(content))
		})},
		{"day-old commands accepted", "AUTH-TIMESTAMP-STALE", trusting(func(w *target, r *http.Request, content []byte) bool {
			return signedFor(w, r, w.path(r), r.URL.RawQuery, string(content))
		})},
		{"commands without a number do something", "NUMBER-REQUIRED", numbered(func(number string) bool { return number == "" })},
		{"commands of an unknown number do something", "NUMBER-UNKNOWN", numbered(func(number string) bool { return strings.HasPrefix(number, "99") })},
		{"valid commands refused now and then", "AUTH-VALID", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return commands((*target).isCommand, func(_ *target, _ string, a *answer) {
				if a.status == http.StatusOK && n.Add(1)%3 == 0 {
					a.fail(http.StatusUnauthorized, "authentication_failed", "Invalid HMAC signature")
				}
			})(w, next)
		}},
		{"answers to commands without what is required", "DATA-SCHEMA", answering(func(w *target, r *http.Request, a *answer) {
			object := a.json()
			if a.status != http.StatusOK || object == nil || !w.isCommand(r) {
				return
			}
			for _, part := range toRows([]any{object["message"], object["data"]}) {
				delete(part, "id")
				delete(part, "ticket_id")
			}
			a.set(object)
		})},
		{"numbers and templates without what is required", "DATA-SCHEMA", answering(func(w *target, r *http.Request, a *answer) {
			object := a.json()
			if a.status != http.StatusOK || object == nil || w.isCommand(r) || w.isList(r) || w.isThread(r) || w.isStatusList(r) {
				return
			}
			for _, part := range append(rowsOf(object), toRows([]any{object["data"]})...) {
				delete(part, "category")
				delete(part, "verified_name")
			}
			a.set(object)
		})},
	}
}

// numbered is a server that does commands for numbers that fit as if they were for the client's own.
func numbered(fits func(number string) bool) change {
	return func(w *target, next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			if w.isCommand(r) && fits(r.URL.Query().Get("phone_number_id")) {
				content := bodyOf(r)
				r = w.withBody(withQuery(r, func(v url.Values) { v.Set("phone_number_id", w.first.number) }), content)
			}
			next.ServeHTTP(out, r)
		})
	}
}
