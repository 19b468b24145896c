package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
)

// searching replaces what a search finds: rows of the whole list (under the asked status) for which finds holds.
func searching(finds func(r row, term string) bool) change {
	return lists(func(w *target, r *http.Request, object map[string]any, _ []row) {
		query := r.URL.Query()
		term := query.Get("searchTerm")
		if term == "" || r.Header.Get("X-Domain") != w.first.domain {
			return
		}
		filter := url.Values{}
		if status := query.Get("status"); status != "" {
			filter.Set("status", status)
		}
		kept := slices.DeleteFunc(w.all(filter), func(r row) bool { return !finds(r, strings.TrimSpace(term)) })
		setRows(object, kept)
	})
}

func setRows(object map[string]any, rows []row) {
	object["data"] = fromRows(rows)
	if meta, ok := object["meta"].(map[string]any); ok {
		meta["total"] = len(rows)
	}
}

func lower(s string) string { return strings.ToLower(s) }

func has(r row, term string) bool {
	return strings.Contains(lower(text(r["name"])), lower(term)) || strings.Contains(text(r["phone"]), term)
}

func filtered(r *http.Request) bool { return r.URL.Query().Get("status") != "" }

// pattern matches with % and _ as in SQL.
func pattern(text, like string) bool {
	if like == "" {
		return text == ""
	}
	switch like[0] {
	case '%':
		for i := 0; i <= len(text); i++ {
			if pattern(text[i:], like[1:]) {
				return true
			}
		}
		return false
	case '_':
		return text != "" && pattern(text[1:], like[1:])
	}
	return text != "" && text[0] == like[0] && pattern(text[1:], like[1:])
}

func isArabic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

func listMutants() []mutant {
	return []mutant{
		{"filter ignored", "LIST-STATUS-FILTER", lists(func(w *target, r *http.Request, object map[string]any, _ []row) {
			if filtered(r) {
				setRows(object, w.all(nil))
			}
		})},
		{"one foreign row under a filter", "LIST-STATUS-FILTER", lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Get("status") == "closed" {
				setRows(object, append(rows, w.all(url.Values{"status": {"opened"}})[0]))
			}
		})},
		{"one closed row among the opened", "LIST-CLOSED-NOT-OPENED", lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Get("status") == "opened" {
				setRows(object, append(rows, w.all(url.Values{"status": {"closed"}})[0]))
			}
		})},
		{"one expired row among the opened", "LIST-EXPIRED-NOT-OPENED", lists(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if r.URL.Query().Get("status") == "opened" {
				setRows(object, append(rows, w.all(url.Values{"status": {"expired"}})[0]))
			}
		})},
		{"one word always empty", "LIST-STATUS-COMPLETE", lists(func(_ *target, r *http.Request, object map[string]any, _ []row) {
			if r.URL.Query().Get("status") == "my" {
				setRows(object, nil)
			}
		})},
		{"one row lost under a filter", "LIST-STATUS-COMPLETE", lists(func(_ *target, r *http.Request, object map[string]any, rows []row) {
			if filtered(r) && len(rows) > 1 {
				object["data"] = fromRows(rows[:len(rows)-1])
			}
		})},
		{"search ignored", "LIST-SEARCH-MATCH", searching(func(row, string) bool { return true })},
		{"search also looks at the last message", "LIST-SEARCH-MATCH", searching(func(r row, term string) bool {
			return has(r, term) || strings.Contains(text(r["last_message"]), term)
		})},
		{"prefix only", "LIST-SEARCH-NAME", searching(func(r row, term string) bool {
			return strings.HasPrefix(lower(text(r["name"])), lower(term)) || strings.Contains(text(r["phone"]), term)
		})},
		{"beginnings of words only", "LIST-SEARCH-NAME", searching(func(r row, term string) bool {
			return strings.Contains(" "+lower(text(r["name"])), " "+lower(term)) || strings.Contains(text(r["phone"]), term)
		})},
		{"exact only", "LIST-SEARCH-NAME", searching(func(r row, term string) bool {
			return lower(text(r["name"])) == lower(term) || strings.Contains(text(r["phone"]), term)
		})},
		{"case-sensitive for Latin", "LIST-SEARCH-CASE", searching(func(r row, term string) bool {
			return strings.Contains(text(r["name"]), term) || strings.Contains(text(r["phone"]), term)
		})},
		{"name only", "LIST-SEARCH-PHONE", searching(func(r row, term string) bool { return strings.Contains(lower(text(r["name"])), lower(term)) })},
		{"phone only", "LIST-SEARCH-NAME", searching(func(r row, term string) bool { return strings.Contains(text(r["phone"]), term) })},
		{"whole number only", "LIST-SEARCH-PHONE-PART", searching(func(r row, term string) bool {
			return strings.Contains(lower(text(r["name"])), lower(term)) || text(r["phone"]) == term
		})},
		{"beginning of a number only", "LIST-SEARCH-PHONE-PART", searching(func(r row, term string) bool {
			return strings.Contains(lower(text(r["name"])), lower(term)) || strings.HasPrefix(text(r["phone"]), term)
		})},
		{"% as wildcard", "LIST-SEARCH-LITERAL", searching(func(r row, term string) bool {
			return pattern(lower(text(r["name"])), "%"+lower(term)+"%") || pattern(text(r["phone"]), "%"+term+"%")
		})},
		{"Arabic search fails", "LIST-SEARCH-ARABIC", searching(func(r row, term string) bool { return !isArabic(term) && has(r, term) })},
		{"search OR status", "LIST-SEARCH-AND-STATUS", lists(func(w *target, r *http.Request, object map[string]any, _ []row) {
			query := r.URL.Query()
			term, status := query.Get("searchTerm"), query.Get("status")
			if term != "" && status != "" {
				setRows(object, slices.DeleteFunc(w.all(nil), func(r row) bool { return !has(r, term) && r["status"] != status }))
			}
		})},
		{"status forgotten when a search is given", "LIST-SEARCH-AND-STATUS", lists(func(w *target, r *http.Request, object map[string]any, _ []row) {
			query := r.URL.Query()
			if term := query.Get("searchTerm"); term != "" && query.Get("status") != "" {
				setRows(object, w.all(url.Values{"searchTerm": {term}}))
			}
		})},
		{"two answers differ in order with nothing changed", "LIST-REPEATABLE", alternating(func(object map[string]any, rows []row) {
			if len(rows) > 1 {
				rows[0], rows[1] = rows[1], rows[0]
			}
			object["data"] = fromRows(rows)
		})},
		{"a row that comes and goes", "LIST-REPEATABLE", alternating(func(object map[string]any, rows []row) {
			if len(rows) > 2 {
				object["data"] = fromRows(slices.Delete(rows, 1, 2))
			}
		})},
		{"oldest first", "LIST-ORDER", lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			slices.Reverse(rows)
			object["data"] = fromRows(rows)
		})},
		{"total smaller than the rows", "LIST-TOTAL", lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			if meta, ok := object["meta"].(map[string]any); ok && len(rows) > 0 {
				meta["total"] = len(rows) - 1
			}
		})},
		{"unread_total negative", "LIST-UNREAD-TOTAL", lists(func(_ *target, _ *http.Request, object map[string]any, _ []row) {
			if meta, ok := object["meta"].(map[string]any); ok {
				meta["unread_total"] = -1
			}
		})},
		{"empty list as null", "LIST-EMPTY", lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			if len(rows) == 0 {
				object["data"] = nil
			}
		})},
		{"empty list 404", "LIST-EMPTY", answering(func(w *target, r *http.Request, a *answer) {
			if object := a.json(); w.isList(r) && a.status == http.StatusOK && len(rowsOf(object)) == 0 {
				a.fail(http.StatusNotFound, "resource_not_found", "There is no such conversation.")
			}
		})},
	}
}

// alternating changes every other list.
func alternating(do func(object map[string]any, rows []row)) change {
	return func(w *target, next http.Handler) http.Handler {
		var n atomic.Int64
		return lists(func(_ *target, _ *http.Request, object map[string]any, rows []row) {
			if n.Add(1)%2 == 0 {
				do(object, rows)
			}
		})(w, next)
	}
}
