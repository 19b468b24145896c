package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// statuses rewrites the status of sent messages in workspaces that the suite made, in the status list and in conversations.
func statuses(rewrite func(workspace string, r row)) change {
	return both(inStatusLists(rewrite), madeThreads(func(_ *target, r *http.Request, _ row, messages []row) {
		for _, m := range messages {
			if m["direction"] == "outbound" {
				rewrite(r.Header.Get("X-Domain"), m)
			}
		}
	}))
}

func inStatusLists(rewrite func(workspace string, r row)) change {
	return statusLists(func(w *target, r *http.Request, _ map[string]any, rows []row) {
		if w.isMade(r) {
			for _, x := range rows {
				rewrite(r.Header.Get("X-Domain"), x)
			}
		}
	})
}

// becomes shows a status as another one.
func becomes(words map[string]string) func(string, row) {
	return func(_ string, r row) {
		if other := words[text(r["status"])]; other != "" {
			r["status"] = other
		}
	}
}

func messageOf(o order) any {
	return row{"id": 1, "conversation_id": 1, "status": o.fields["status"]}
}

// takenAnyway refuses to force a status backward, and shows it all the same.
func takenAnyway(w *target, next http.Handler) http.Handler {
	var forced sync.Map // status by workspace
	return both(statuses(func(workspace string, r row) {
		if status, ok := forced.Load(workspace); ok {
			r["status"] = status
		}
	}), told(http.MethodPatch, "/messages/[0-9]+", func(_ *target, o order, a *answer) {
		if a.status == http.StatusConflict {
			forced.Store(o.workspace, o.fields["status"])
		}
	}))(w, next)
}

func progressMutants() []mutant {
	return []mutant{
		{"delivered never comes", "STATUS-PROGRESS", statuses(becomes(map[string]string{"delivered": "sent", "read": "sent"}))},
		{"read never comes", "STATUS-PROGRESS", statuses(becomes(map[string]string{"read": "delivered"}))},
		{"a status goes back as time passes", "STATUS-PROGRESS", statuses(becomes(map[string]string{"read": "sent"}))},
		{"the status list is behind the conversation", "STATUS-PROGRESS", inStatusLists(becomes(map[string]string{"delivered": "sent"}))},
		{"the time of a status goes back", "STATUS-PROGRESS", inStatusLists(func(_ string, r row) {
			if at, err := time.Parse(time.RFC3339, text(r["timestamp"])); err == nil && r["status"] == "read" {
				r["timestamp"] = at.Add(-time.Hour).Format(time.RFC3339)
			}
		})},
		{"a status forced backward is accepted", "CONTROL-STATUS-FORWARD", told(http.MethodPatch, "/messages/[0-9]+", func(_ *target, o order, a *answer) {
			if a.status == http.StatusConflict {
				a.status = http.StatusOK
				a.set(messageOf(o))
			}
		})},
		{"a forced status is not taken", "CONTROL-STATUS-FORWARD", unheard(http.MethodPatch, "/messages/[0-9]+", http.StatusOK, messageOf)},
		{"a status forced backward is refused and taken", "CONTROL-STATUS-FORWARD", takenAnyway},
	}
}

func toolMutants() []mutant {
	const anyConversation = "/conversations/[0-9]+"
	accepted := func(from int, body func(w *target, o order) row) func(*target, order, *answer) {
		return func(w *target, o order, a *answer) {
			if a.status == from {
				a.status = http.StatusOK
				a.set(body(w, o))
			}
		}
	}
	clockSays := func(w *target, o order) row { return w.admin(http.MethodGet, "/clock", o.workspace, nil).json() }
	return []mutant{
		{"a new conversation answered with 200", "CONTROL-ANSWERS", told(http.MethodPost, "/conversations", func(_ *target, _ order, a *answer) { a.status = http.StatusOK })},
		{"a received message answered without its status", "CONTROL-ANSWERS", told(http.MethodPost, anyConversation+"/messages", func(_ *target, _ order, a *answer) {
			object := a.json()
			delete(object, "status")
			a.set(object)
		})},
		{"a workspace that is there is made again", "CONTROL-WORKSPACES", told(http.MethodPost, "/workspaces", accepted(http.StatusConflict, func(_ *target, o order) row { return o.fields }))},
		{"a removed workspace stays", "CONTROL-WORKSPACES", removedLater},
		{"the list of workspaces shows secrets", "CONTROL-WORKSPACES", showingSecrets(http.MethodGet, "/workspaces")},
		{"an unknown workspace is the first one", "CONTROL-UNKNOWN-WORKSPACE", orders(http.MethodGet, "/(clock|faults)", func(_ *target, out http.ResponseWriter, o order, next http.Handler) {
			if strings.HasSuffix(o.workspace, "-not") {
				o.Request = clone(o.Request)
				o.URL.RawQuery = ""
				o.RequestURI = o.URL.RequestURI()
			}
			next.ServeHTTP(out, o.Request)
		})},
		{"a new workspace has conversations of another", "CONTROL-ISOLATION", madeLists(func(w *target, _ *http.Request, rows []row) []row {
			return append(rows, w.all(url.Values{"status": {"closed"}})...)
		})},
		{"a new workspace polls messages of another", "CONTROL-ISOLATION", statusLists(func(w *target, r *http.Request, object map[string]any, _ []row) {
			if w.isMade(r) {
				object["data"] = w.inner(pollPath, url.Values{"phone_number_id": {w.first.number}}, w.first).json()["data"]
			}
		})},
		{"time passes in all workspaces", "CONTROL-ISOLATION", func(w *target, next http.Handler) http.Handler {
			var ahead atomic.Bool
			return both(told(http.MethodPost, "/clock", func(_ *target, o order, _ *answer) { ahead.Store(o.fields["advance"] != nil) }), told(http.MethodGet, "/clock", func(_ *target, o order, a *answer) {
				if at, err := time.Parse(time.RFC3339, text(a.json()["now"])); err == nil && ahead.Load() {
					a.set(row{"now": at.Add(2 * day), "standing": false})
				}
			}))(w, next)
		}},
		{"conversations are made in all workspaces", "CONTROL-ISOLATION", lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if !w.isMade(r) && strings.HasPrefix(r.URL.Query().Get("searchTerm"), "Stranger") {
				setRows(object, append(rows, w.all(nil)[0]))
			}
		})},
		{"a clock set back is accepted", "CONTROL-CLOCK", told(http.MethodPost, "/clock", accepted(http.StatusConflict, clockSays))},
		{"a clock goes half as far as it is told", "CONTROL-CLOCK", misheard(http.MethodPost, "/clock", func(o order) row {
			if by, err := time.ParseDuration(text(o.fields["advance"])); err == nil && by > 0 {
				o.fields["advance"] = (by / 2).String()
			}
			return o.fields
		})},
		{"a clock that is stopped runs", "CONTROL-CLOCK", misheard(http.MethodPost, "/clock", func(o order) row {
			if o.fields["run"] == false {
				o.fields["run"] = true
			}
			return o.fields
		})},
		{"too many unread accepted", "CONTROL-UNREAD-BOUND", told(http.MethodPatch, anyConversation, accepted(http.StatusBadRequest, func(_ *target, o order) row { return o.fields }))},
		{"too many unread are all there are", "CONTROL-UNREAD-BOUND", told(http.MethodPatch, anyConversation, func(w *target, o order, a *answer) {
			if a.status == http.StatusBadRequest {
				w.admin(http.MethodPatch, strings.TrimPrefix(o.URL.Path, adminPath), o.workspace, row{"unread_count": 2})
			}
		})},
		{"a refused change is done in part", "CONTROL-UNREAD-BOUND", told(http.MethodPatch, anyConversation, func(w *target, o order, a *answer) {
			if a.status == http.StatusBadRequest {
				w.admin(http.MethodPatch, strings.TrimPrefix(o.URL.Path, adminPath), o.workspace, row{"closed": true})
			}
		})},
		{"unread_count is not set", "CONTROL-UNREAD-BOUND", misheard(http.MethodPatch, anyConversation, func(o order) row {
			if n, ok := o.fields["unread_count"].(json.Number); ok && n == "1" {
				o.fields["unread_count"] = 0
			}
			return o.fields
		})},
	}
}
