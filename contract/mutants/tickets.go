package main

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
)

func ticketMutants() []mutant {
	conflict := func(route string) change {
		return commands((*target).isTicket, func(_ *target, content string, a *answer) {
			if a.status == http.StatusConflict && strings.Contains(content, route) {
				ticket200(a)
			}
		})
	}
	return []mutant{
		{"openTicket about another conversation", "TICKET-OPEN", commands((*target).isTicket, func(_ *target, _ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				object["data"].(map[string]any)["conversation_id"] = 2
				a.set(object)
			}
		})},
		{"closeTicket refused", "TICKET-CLOSE", commands((*target).isTicket, func(_ *target, content string, a *answer) {
			if strings.Contains(content, `"closeTicket"`) {
				a.fail(http.StatusConflict, "conflict", "It cannot be closed.")
			}
		})},
		{"an unknown route opens", "TICKET-ROUTE", commands((*target).isTicket, func(_ *target, _ string, a *answer) {
			if a.status == http.StatusBadRequest {
				ticket200(a)
			}
		})},
		{"a ticket on an unknown conversation", "TICKET-UNKNOWN-ID", commands((*target).isTicket, func(_ *target, _ string, a *answer) {
			if a.status == http.StatusNotFound {
				ticket200(a)
			}
		})},
		{"ticket opened twice", "TICKET-OPEN-TWICE", conflict("openTicket")},
		{"close without open", "TICKET-CLOSE-NONE", conflict("closeTicket")},
		{"a closed ticket leaves the conversation open", "TICKET-CLOSES-CONVERSATION", threads(func(data map[string]any, _ []row) {
			if data["status"] == "closed" {
				data["status"] = "my"
			}
		})},
		{"an object for a route accepted", "updateTicket.body.type", commands((*target).isTicket, func(_ *target, content string, a *answer) {
			if a.status == http.StatusBadRequest && strings.Contains(content, `{"a":1}`) {
				ticket200(a)
			}
		})},
		{"a ticket without JSON", "updateTicket.body.syntax", commands((*target).isTicket, func(_ *target, content string, a *answer) {
			if a.status == http.StatusBadRequest && !strings.HasSuffix(content, "}") {
				ticket200(a)
			}
		})},
	}
}

func ticket200(a *answer) {
	a.status = http.StatusOK
	a.header.Set("Content-Type", "application/json")
	a.set(map[string]any{"status": true, "message": "Done.", "data": map[string]any{"ticket_id": 1, "conversation_id": 1, "status": "opened", "opened_at": "2024-01-20T10:30:00Z"}})
}

func catalogMutants() []mutant {
	at := func(prefix string, rewrite func(r *http.Request, object map[string]any, rows []row)) change {
		return answering(func(w *target, r *http.Request, a *answer) {
			if object := a.json(); strings.HasPrefix(w.path(r), prefix) && a.status == http.StatusOK && object != nil {
				rewrite(r, object, rowsOf(object))
				a.set(object)
			}
		})
	}
	one := func(rewrite func(data map[string]any)) change {
		return at("/templates/", func(_ *http.Request, object map[string]any, _ []row) {
			if data, ok := object["data"].(map[string]any); ok {
				rewrite(data)
			}
		})
	}
	return []mutant{
		{"the number in use is not listed", "NUMBERS-LISTED", at("/waba-numbers", func(_ *http.Request, object map[string]any, rows []row) {
			object["data"] = fromRows(rows[min(1, len(rows)):])
		})},
		{"a rating of another colour", "NUMBERS-WORDS", at("/waba-numbers", func(_ *http.Request, _ map[string]any, rows []row) { rows[0]["quality_rating"] = "BLUE" })},
		{"numbers of all workspaces", "NUMBERS-OWN", func(w *target, next http.Handler) http.Handler {
			return at("/waba-numbers", func(_ *http.Request, object map[string]any, rows []row) {
				foreign := maps.Clone(rows[0])
				foreign["phone_number_id"] = w.second.number
				object["data"] = fromRows(append(rows, foreign))
			})(w, next)
		}},
		{"limit of templates ignored", "TEMPLATES-PAGES", at("/templates", func(_ *http.Request, object map[string]any, rows []row) {
			if len(rows) == 2 {
				object["data"] = fromRows(append(rows, rows...))
			}
		})},
		{"the second page is the first", "TEMPLATES-PAGES", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if w.path(r) == "/templates" && r.URL.Query().Has("page") {
					r = w.forge(withQuery(r, func(v url.Values) { v.Set("page", "1") }), w.named(r))
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"search of templates ignored", "TEMPLATES-SEARCH", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if w.path(r) == "/templates" && r.URL.Query().Has("searchTerm") {
					r = w.forge(withQuery(r, func(v url.Values) { v.Del("searchTerm") }), w.named(r))
				}
				next.ServeHTTP(out, r)
			})
		}},
		{"meta of templates always page 1", "TEMPLATES-META", at("/templates", func(_ *http.Request, object map[string]any, _ []row) {
			if meta, ok := object["meta"].(map[string]any); ok {
				meta["current_page"] = 1
			}
		})},
		{"a template has another name at its own address", "TEMPLATE-AGREES", one(func(data map[string]any) { data["name"] = "another" })},
		{"a template has another language at its own address", "TEMPLATE-AGREES", one(func(data map[string]any) { data["language"] = "fr" })},
		{"a template is paused at its own address", "TEMPLATE-AGREES", one(func(data map[string]any) { data["status"] = "PAUSED" })},
		{"an unknown template 200", "TEMPLATE-UNKNOWN-ID", answering(func(w *target, r *http.Request, a *answer) {
			if strings.HasPrefix(w.path(r), "/templates/") && a.status == http.StatusNotFound {
				a.status = http.StatusOK
				a.set(map[string]any{"status": true, "data": map[string]any{"id": 1, "name": "x", "language": "en", "status": "APPROVED", "category": "UTILITY", "components": []any{}}})
			}
		})},
	}
}
