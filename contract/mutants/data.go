package main

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"
)

// lastRow changes the last row of every list.
func lastRow(do func(r row)) change {
	return lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
		if len(rows) > 0 {
			do(rows[len(rows)-1])
		}
	})
}

// eachText changes the text of messages in conversations, but not in the list.
func eachText(do func(s string) string) change {
	return threads(func(_ map[string]any, messages []row) {
		for _, m := range messages {
			m["content"] = do(text(m["content"]))
		}
	})
}

func success200(_ *target, _ *http.Request, a *answer) bool { return a.status == http.StatusOK }

func dataMutants() []mutant {
	return []mutant{
		{"required property missing in the last row only", "DATA-SCHEMA", lastRow(func(r row) { delete(r, "created_at") })},
		{"id as text", "DATA-SCHEMA", lastRow(func(r row) { r["id"] = id(r) })},
		{"null phone", "DATA-SCHEMA", lastRow(func(r row) { r["phone"] = nil })},
		{"enum word outside", "DATA-SCHEMA", lastRow(func(r row) { r["status"] = "archived" })},
		{"phone with a plus", "DATA-SCHEMA", lastRow(func(r row) { r["phone"] = "+" + text(r["phone"]) })},
		{"unread_count a text", "DATA-SCHEMA", lastRow(func(r row) { r["unread_count"] = "3" })},
		{"message without type", "DATA-SCHEMA", threads(func(_ map[string]any, messages []row) {
			if len(messages) > 0 {
				delete(messages[0], "type")
			}
		})},
		{"status row without timestamp", "DATA-SCHEMA", statusLists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			if len(rows) > 0 {
				delete(rows[len(rows)-1], "timestamp")
			}
		})},
		{"a status that is not documented", "DATA-SCHEMA", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusBadRequest {
				a.status = http.StatusUnprocessableEntity
			}
		})},
		{"a search that finds nothing answered with null", "DATA-SCHEMA", answering(func(w *target, r *http.Request, a *answer) {
			if w.isList(r) && a.status == http.StatusOK && r.URL.Query().Has("searchTerm") && len(rowsOf(a.json())) == 0 {
				a.body = []byte("null")
			}
		})},
		{"time without offset", "DATA-TIME", replace(success200, `(T\d\d:\d\d:\d\d)Z"`, `$1"`)},
		{"time with a space", "DATA-TIME", replace(success200, `(\d)T(\d\d:\d\d:\d\dZ")`, `$1 $2`)},
		{"success flag false", "DATA-SUCCESS-FLAG", replace(success200, `^\{"status":true`, `{"status":false`)},
		{"id twice", "LIST-ID-UNIQUE", lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			if len(rows) > 0 {
				setRows(object, append(rows, rows[len(rows)-1]))
			}
		})},
		{"message id twice", "MSG-ID-UNIQUE", threads(func(_ map[string]any, messages []row) {
			if n := len(messages); n > 1 {
				messages[n-1]["id"] = messages[0]["id"]
			}
		})},
		{"duplicate key", "JSON-UNIQUE-KEYS", replace(success200, `"status":true`, `"status":true,"status":true`)},
		{"duplicate key deep inside", "JSON-UNIQUE-KEYS", replace(func(w *target, r *http.Request, _ *answer) bool { return w.isThread(r) }, `("direction":"\w+")`, `$1,$1`)},
		{"list and conversation disagree on the phone", "MSG-AGREES-WITH-LIST", threads(func(data map[string]any, _ []row) { data["phone"] = "966599999999" })},
		{"list and conversation disagree on the name of one", "MSG-AGREES-WITH-LIST", threads(func(data map[string]any, _ []row) {
			if data["status"] == "closed" {
				data["name"] = "Somebody Else"
			}
		})},
		{"closed in the list only", "MSG-AGREES-WITH-LIST", threads(func(data map[string]any, _ []row) {
			if data["status"] == "closed" {
				data["status"] = "opened"
			}
		})},
		{"conversation without its id", "MSG-CONVERSATION-ID", threads(func(data map[string]any, _ []row) { data["id"] = 1 })},
		{"a listed conversation cannot be read", "MSG-LISTED", answering(func(w *target, r *http.Request, a *answer) {
			if w.isThread(r) && a.status == http.StatusOK && strings.HasSuffix(r.URL.Path, "7") {
				a.fail(http.StatusNotFound, "resource_not_found", "There is no such conversation.")
			}
		})},
		{"a foreign message in a conversation", "MSG-OWN", foreignMessage()},
		{"total_messages wrong", "MSG-TOTAL-EXACT", threads(func(data map[string]any, messages []row) {
			data["meta"].(map[string]any)["total_messages"] = len(messages) + 1
		})},
		{"total_messages too small", "MSG-TOTAL", threads(func(data map[string]any, messages []row) {
			data["meta"].(map[string]any)["total_messages"] = max(0, len(messages)-1)
		})},
		{"newest message first", "MSG-ORDER", threads(func(data map[string]any, messages []row) {
			slices.Reverse(messages)
			data["messages"] = fromRows(messages)
		})},
		{"text cut", "LIST-LAST-MESSAGE", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				r["last_message"] = cutCharacters(text(r["last_message"]), 20)
			}
		})},
		{"text trimmed of its last character", "LIST-LAST-MESSAGE", eachText(func(s string) string {
			_, size := utf8.DecodeLastRuneInString(s)
			return s[:len(s)-size]
		})},
		{"text double-encoded", "LIST-LAST-MESSAGE", eachText(doubleEncoded)},
		{"emoji lost", "LIST-LAST-MESSAGE", eachText(withoutEmoji)},
		{"newest message missing", "LIST-LAST-MESSAGE", threads(func(data map[string]any, messages []row) {
			if n := len(messages); n > 1 {
				data["messages"] = fromRows(messages[:n-1])
				data["meta"].(map[string]any)["total_messages"] = n - 1
			}
		})},
		{"direction swapped", "MSG-DIRECTION", threads(func(_ map[string]any, messages []row) {
			for _, m := range messages {
				if m["direction"] == "inbound" {
					m["direction"] = "outbound"
				} else {
					m["direction"] = "inbound"
				}
			}
		})},
		{"all messages outbound", "MSG-DIRECTION", threads(func(_ map[string]any, messages []row) {
			for _, m := range messages {
				m["direction"] = "outbound"
			}
		})},
		{"unread row with unread_count 0", "LIST-UNREAD-COUNT", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if r["status"] == "unread" {
					r["unread_count"] = 0
				}
			}
		})},
		{"expired although the customer just wrote", "LIST-EXPIRED-AGE", answering(freshlyExpired)},
		{"a row that differs from list to list", "LIST-REPEATABLE", lists(func(_ *target, r *http.Request, _ map[string]any, rows []row) {
			if filtered(r) && len(rows) > 0 {
				rows[0]["created_at"] = "2001-01-01T00:00:00Z"
			}
		})},
		{"messages change from call to call", "MSG-REPEATABLE", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return threads(func(_ map[string]any, messages []row) {
				if len(messages) > 0 && n.Add(1)%2 == 0 {
					messages[0]["date"] = "2001-01-01T00:00:00Z"
				}
			})(w, next)
		}},
	}
}

func doubleEncoded(s string) string {
	var out strings.Builder
	for i := range len(s) {
		out.WriteRune(rune(s[i]))
	}
	return out.String()
}

func withoutEmoji(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return '?'
		}
		return r
	}, s)
}

// foreignMessage shows the first message of conversation 1 in another one too.
func foreignMessage() change {
	return answering(func(w *target, r *http.Request, a *answer) {
		object := a.json()
		if !w.isThread(r) || a.status != http.StatusOK || object == nil || !strings.HasSuffix(r.URL.Path, "/2") {
			return
		}
		first := messagesOf(w.inner(listPath+"/1", map[string][]string{"phone_number_id": {w.first.number}}, w.first).json())
		if len(first) == 0 {
			return
		}
		data, _ := object["data"].(map[string]any)
		data["messages"] = fromRows(append(first[:1], messagesOf(object)...))
		data["meta"].(map[string]any)["total_messages"] = len(messagesOf(object))
		a.set(object)
	})
}

// freshlyExpired calls every unread conversation expired, in the list and at its own address.
func freshlyExpired(w *target, r *http.Request, a *answer) {
	object := a.json()
	if a.status != http.StatusOK || object == nil {
		return
	}
	if data, ok := object["data"].(map[string]any); ok && w.isThread(r) && data["status"] == "unread" {
		data["status"] = "expired"
		a.set(object)
	}
}

func statusMutants() []mutant {
	return []mutant{
		{"inbound message in the status list", "STATUS-OUTBOUND", statusLists(func(w *target, _ *http.Request, object map[string]any, rows []row) {
			for _, m := range messagesOf(w.inner(listPath+"/1", map[string][]string{"phone_number_id": {w.first.number}}, w.first).json()) {
				if m["direction"] == "inbound" {
					object["data"] = fromRows(append(rows, row{"message_id": m["id"], "status": "delivered", "timestamp": m["date"]}))
					return
				}
			}
		})},
		{"status outside the four", "STATUS-WORDS", statusLists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			if len(rows) > 0 {
				rows[0]["status"] = "seen"
			}
		})},
		{"message status outside the four", "STATUS-WORDS", threads(func(_ map[string]any, messages []row) {
			if n := len(messages); n > 0 {
				messages[n-1]["status"] = "pending"
			}
		})},
		{"status goes backward", "STATUS-FORWARD", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return statusLists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
				if n.Add(1) > 2 {
					for _, r := range rows {
						if r["status"] == "read" {
							r["status"] = "sent"
						}
					}
				}
			})(w, next)
		}},
		{"failed messages are read in the end", "STATUS-FORWARD", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return statusLists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
				for _, r := range rows {
					if r["status"] == "failed" && n.Load() > 2 {
						r["status"] = "read"
					}
				}
				n.Add(1)
			})(w, next)
		}},
		{"message_id of no conversation", "STATUS-KNOWN-MESSAGE", statusLists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			object["data"] = fromRows(append(rows, row{"message_id": 987654321, "status": "sent", "timestamp": "2024-01-20T10:30:00Z"}))
		})},
		{"a status row twice", "STATUS-ROW-UNIQUE", statusLists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			if len(rows) > 0 {
				object["data"] = fromRows(append(rows, rows[0]))
			}
		})},
		{"status list and conversation disagree", "STATUS-AGREES", threads(func(_ map[string]any, messages []row) {
			for _, m := range messages {
				if m["direction"] == "outbound" && m["status"] == "read" {
					m["status"] = "sent"
				}
			}
		})},
	}
}
