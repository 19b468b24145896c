package main

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// A quiet conversation is one whose expiry is decided: how long nothing happened in it, by whom asked.
type quiet struct {
	w      *target
	r      *http.Request
	row    row
	lasted time.Duration
}

// expiring is a server that decides otherwise which conversations are expired.
func expiring(is func(q quiet) bool) change {
	restate := func(w *target, r *http.Request, rows []row) []row {
		now := w.now(r.Header.Get("X-Domain"))
		for _, x := range rows {
			at, err := time.Parse(time.RFC3339, text(x["updated_at"]))
			if err != nil || x["status"] == "closed" {
				continue
			}
			switch expired := is(quiet{w, r, x, now.Sub(at)}); {
			case expired:
				x["status"] = "expired"
			case x["status"] == "expired" && count(x["unread_count"]) > 0:
				x["status"] = "unread"
			case x["status"] == "expired":
				x["status"] = "opened"
			}
		}
		return rows
	}
	return both(madeLists(func(w *target, r *http.Request, _ []row) []row {
		word := r.URL.Query().Get("status")
		return slices.DeleteFunc(restate(w, r, w.everyRow(r)), func(x row) bool { return word != "" && x["status"] != word })
	}), madeThreads(func(w *target, r *http.Request, data row, _ []row) {
		for _, x := range restate(w, r, w.everyRow(r)) {
			if id(x) == id(data) {
				data["status"] = x["status"]
			}
		}
	}))
}

const day = 24 * time.Hour

// everExpired never takes the word back.
func everExpired(w *target, next http.Handler) http.Handler {
	var mu sync.Mutex
	once := map[string]bool{}
	return expiring(func(q quiet) bool {
		mu.Lock()
		defer mu.Unlock()
		key := q.r.Header.Get("X-Domain") + id(q.row)
		once[key] = once[key] || q.lasted >= day
		return once[key]
	})(w, next)
}

// heardFrom is when a conversation's customer last wrote.
func (q quiet) heardFrom() (last time.Time) {
	for _, m := range messagesOf(q.w.seen(q.r.Header.Get("X-Domain"), listPath+"/"+id(q.row)+"?phone_number_id="+q.r.URL.Query().Get("phone_number_id")).json()) {
		if at, err := time.Parse(time.RFC3339, text(m["date"])); err == nil && m["direction"] == "inbound" && at.After(last) {
			last = at
		}
	}
	return last
}

func wordMutants() []mutant {
	changed := func(order) any {
		return row{"id": 1, "phone": "9665", "name": "x", "status": "opened", "unread_count": 0} // 1 is the first conversation of a workspace
	}
	lost := unheard(http.MethodPatch, "/conversations/[0-9]+", http.StatusOK, changed)
	return []mutant{
		{"what agents change is lost", "LIST-STATUS-EXPLAINED", lost},
		{"assignee and bot change nothing", "LIST-STATUS-NAMED", lost},
		{"a customer's message leaves no word", "LIST-STATUS-EXPLAINED", madeLists(func(_ *target, r *http.Request, rows []row) []row {
			return slices.DeleteFunc(rows, func(x row) bool { return r.URL.Query().Get("status") == "unread" })
		})},
		{"nothing is ever found under expired", "LIST-STATUS-EXPLAINED", expiring(func(quiet) bool { return false })},
		{"what is not closed is opened too", "LIST-STATUS-ONE", madeLists(func(w *target, r *http.Request, rows []row) []row {
			if r.URL.Query().Get("status") == "opened" {
				return slices.DeleteFunc(w.everyRow(r), func(x row) bool { return x["status"] == "closed" })
			}
			return rows
		})},
		{"the row shows another word than the filter", "LIST-STATUS-ONE", madeRows(func(r row) {
			if r["status"] == "bot" {
				r["status"] = "unassigned"
			}
		})},
		{"the conversation shows opened in each status", "LIST-STATUS-ONE", madeThreads(func(_ *target, _ *http.Request, data row, _ []row) { data["status"] = "opened" })},
		{"a conversation never expires", "LIST-EXPIRED-BOUND", expiring(func(quiet) bool { return false })},
		{"it expires a second early", "LIST-EXPIRED-BOUND", expiring(func(q quiet) bool { return q.lasted >= day-time.Second })},
		{"it expires a second late", "LIST-EXPIRED-BOUND", expiring(func(q quiet) bool { return q.lasted >= day+time.Second })},
		{"once expired, always expired", "LIST-EXPIRED-ENDS", everExpired},
		{"only the customer ends it", "LIST-EXPIRED-ENDS", expiring(func(q quiet) bool {
			return q.w.now(q.r.Header.Get("X-Domain")).Sub(q.heardFrom()) >= day
		})},
	}
}
