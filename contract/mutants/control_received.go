package main

import (
	"encoding/json"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

func cutCharacters(s string, n int) string {
	characters := []rune(s)
	return string(characters[:min(n, len(characters))])
}

// inTheNext lets a customer's message arrive in the conversation that was made after the customer's.
func inTheNext(_ *target, out http.ResponseWriter, o order, next http.Handler) {
	own, err := strconv.Atoi(path.Base(path.Dir(o.URL.Path)))
	if err != nil {
		next.ServeHTTP(out, o.Request)
		return
	}
	c := clone(o.Request)
	c.URL.Path = adminPath + "/conversations/" + strconv.Itoa(own+1) + "/messages"
	c.RequestURI = c.URL.RequestURI()
	next.ServeHTTP(out, c)
}

// marking is a server that marks everything read when it is read from.
func marking(reads func(w *target, r *http.Request) bool) change {
	return answering(func(w *target, r *http.Request, _ *answer) {
		if !w.isMade(r) || !reads(w, r) {
			return
		}
		for _, x := range w.everyRow(r) {
			w.admin(http.MethodPatch, "/conversations/"+id(x), r.Header.Get("X-Domain"), row{"unread_count": 0})
		}
	})
}

// notFound is a server that finds nothing by some terms in workspaces made at run time, as if it looked at its fixtures only.
func notFound(blind func(term string) bool) change {
	return madeLists(func(_ *target, r *http.Request, rows []row) []row {
		if term := r.URL.Query().Get("searchTerm"); term != "" && blind(term) {
			return nil
		}
		return rows
	})
}

func receivedMutants() []mutant {
	return []mutant{
		{"a customer's message is lost", "MSG-RECEIVED", madeThreads(func(_ *target, _ *http.Request, data row, messages []row) {
			messages = slices.DeleteFunc(messages, func(m row) bool { return m["direction"] == "inbound" })
			data["messages"], data["meta"] = fromRows(messages), row{"total_messages": len(messages)}
		})},
		{"a customer's message in another conversation", "MSG-RECEIVED", orders(http.MethodPost, "/conversations/[0-9]+/messages", inTheNext)},
		{"a customer's message has another id", "MSG-RECEIVED", received(func(m row) { m["id"] = json.Number("7" + id(m)) })},
		{"what customers write is outbound", "MSG-RECEIVED", received(func(m row) { m["direction"] = "outbound" })},
		{"what customers write has no type", "MSG-RECEIVED", received(func(m row) { m["type"] = "message" })},
		{"received text trimmed", "MSG-RECEIVED-UNHARMED", receivedText(strings.TrimSpace)},
		{"received text cut at 4095 characters", "MSG-RECEIVED-UNHARMED", receivedText(func(s string) string { return cutCharacters(s, 4095) })},
		{"received quotes escaped", "MSG-RECEIVED-UNHARMED", receivedText(strings.NewReplacer(`"`, `\"`).Replace)},
		{"received line breaks lost in the list", "MSG-RECEIVED-UNHARMED", madeRows(func(r row) { r["last_message"] = strings.ReplaceAll(text(r["last_message"]), "\n", " ") })},
		{"last_message cut at 100 characters", "MSG-RECEIVED-UNHARMED", madeRows(func(r row) { r["last_message"] = cutCharacters(text(r["last_message"]), 100) })},
		{"unread_count never above one", "LIST-UNREAD-RISES", madeRows(func(r row) {
			if count(r["unread_count"]) > 1 {
				r["unread_count"] = 1
			}
		})},
		{"unread_total does not rise", "LIST-UNREAD-RISES", lists(func(w *target, r *http.Request, object map[string]any, _ []row) {
			if meta, ok := object["meta"].(map[string]any); ok && w.isMade(r) {
				meta["unread_total"] = 0
			}
		})},
		{"a message leaves the row where it was", "LIST-ORDER", madeLists(func(_ *target, _ *http.Request, rows []row) []row {
			for _, r := range rows {
				r["updated_at"] = r["created_at"]
			}
			slices.SortStableFunc(rows, func(a, b row) int { return strings.Compare(text(b["updated_at"]), text(a["updated_at"])) })
			return rows
		})},
		{"reading a conversation marks it read", "MSG-READ-ONLY", marking((*target).isThread)},
		{"reading the list marks it read", "MSG-READ-ONLY", marking((*target).isList)},
		{"reading the status list marks all read", "MSG-READ-ONLY", marking((*target).isStatusList)},
		{"a send marks nothing read", "SEND-MARKS-READ", madeRows(func(r row) {
			if count(r["unread_count"]) == 0 {
				r["unread_count"] = 1
			}
		})},
		{"new names are not found until a reset", "LIST-SEARCH-NAME", notFound(func(term string) bool { return strings.Trim(term, "0123456789") != "" })},
		{"new phones are not found until a reset", "LIST-SEARCH-PHONE", notFound(func(term string) bool { return strings.Trim(term, "0123456789") == "" })},
	}
}
