package main

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/server"
)

// readingVariants read the vendor's pages otherwise where they are silent or contradict themselves.
func readingVariants() []variant {
	status := func(from, to int) change {
		return answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == from {
				a.status = to
			}
		})
	}
	return []variant{
		{name: "overlapping status views", change: overlapping},
		{name: "missing header 400", options: server.Options{MissingHeaders: 400}},
		{name: "stale 401", change: status(http.StatusForbidden, http.StatusUnauthorized)},
		{name: "unknown client 403", change: answering(func(w *target, r *http.Request, a *answer) {
			if a.status == http.StatusUnauthorized && w.secretOf(r) == "" && r.Header.Get("X-Client-ID") != "" && r.Header.Get("X-Domain") != "" {
				a.fail(http.StatusForbidden, "forbidden", "The client is unknown.")
			}
		})},
		{name: "validation before authentication", change: validatingFirst},
		{name: "malformed id 404", change: answering(func(w *target, r *http.Request, a *answer) {
			if w.isThread(r) && a.status == http.StatusBadRequest && r.URL.Query().Get("phone_number_id") != "" && sentDigest(r) == w.expected(r) {
				a.fail(http.StatusNotFound, "resource_not_found", "There is no such conversation.")
			}
		})},
		{name: "unknown number an empty list", change: answering(func(w *target, r *http.Request, a *answer) {
			if !w.isThread(r) && a.status == http.StatusNotFound {
				emptyList(a)
			}
		})},
		{name: "a filter or search without a value refused", change: answering(func(w *target, r *http.Request, a *answer) {
			if query := r.URL.Query(); a.status == http.StatusOK && (slices.Contains(query["status"], "") || slices.Contains(query["searchTerm"], "")) {
				a.fail(http.StatusBadRequest, "validation_failed", "It must not be empty.")
			}
		})},
		{name: "another method 404", change: status(http.StatusMethodNotAllowed, http.StatusNotFound)},
		{name: "unfiltered list without closed conversations", change: lists(func(_ *target, r *http.Request, object map[string]any, rows []row) {
			if !filtered(r) {
				setRows(object, slices.DeleteFunc(rows, func(r row) bool { return r["status"] == "closed" }))
			}
		})},
		{name: "total of the whole inbox", change: lists(func(_ *target, _ *http.Request, object map[string]any, _ []row) {
			object["meta"] = map[string]any{"total": 58, "unread_total": 0}
		})},
		{name: "lists cut after twenty rows", sparse: true, change: lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			object["data"] = fromRows(rows[:min(20, len(rows))])
		})},
		{name: "conversations cut after three messages", should: true, sparse: true, change: threads(func(data map[string]any, messages []row) {
			data["messages"] = fromRows(messages[:min(3, len(messages))])
		})},
		{name: "the status list has one row per change", change: statusLists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			var out []row
			for _, r := range rows {
				if r["status"] == "read" {
					sent := maps.Clone(r)
					sent["status"] = "sent"
					out = append(out, sent)
				}
				out = append(out, r)
			}
			object["data"] = fromRows(out)
		})},
		{name: "newest message first", should: true, change: threads(func(data map[string]any, messages []row) {
			slices.Reverse(messages)
			data["messages"] = fromRows(messages)
		})},
		{name: "every SHOULD of order broken", should: true, change: lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(count(a["id"]), count(b["id"])) })
			object["data"] = fromRows(rows)
		})},
		{name: "search ignores accents and Arabic variants of a letter", change: searching(func(r row, term string) bool {
			plain := strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ى", "ي", "ة", "ه")
			return strings.Contains(plain.Replace(lower(text(r["name"]))), plain.Replace(lower(term))) || strings.Contains(text(r["phone"]), term)
		})},
	}
}

func validatingFirst(w *target, next http.Handler) http.Handler {
	return answering(func(w *target, r *http.Request, a *answer) {
		if a.status != http.StatusUnauthorized && a.status != http.StatusForbidden {
			return
		}
		if r.URL.Query().Get("phone_number_id") == "" {
			a.fail(http.StatusBadRequest, "validation_failed", "phone_number_id is required.")
		}
	})(w, next)
}

// overlapping shows unread rows as opened, and finds them under both words.
func overlapping(w *target, next http.Handler) http.Handler {
	show := func(rows []row) {
		for _, r := range rows {
			if r["status"] == "unread" {
				r["status"] = "opened"
			}
		}
	}
	hidden := lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
		if r.URL.Query().Get("status") == "opened" && r.Header.Get("X-Domain") == w.first.domain {
			filter := url.Values{"status": {"unread"}}
			if term := r.URL.Query().Get("searchTerm"); term != "" {
				filter.Set("searchTerm", term)
			}
			rows = append(rows, w.all(filter)...)
			slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(text(b["updated_at"]), text(a["updated_at"])) })
			setRows(object, rows)
		}
		show(rows)
	})
	return hidden(w, threads(func(data map[string]any, _ []row) {
		if data["status"] == "unread" {
			data["status"] = "opened"
		}
	})(w, next))
}
