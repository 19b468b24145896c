package main

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// shifted moves a time of a row.
func shifted(r row, name string, by time.Duration) {
	if at, err := time.Parse(time.RFC3339, text(r[name])); err == nil {
		r[name] = at.Add(by).UTC().Format(time.RFC3339)
	}
}

// timeMutants tell wrong times of what is there.
func timeMutants() []mutant {
	return []mutant{
		{"conversations that were just used are expired", "LIST-EXPIRED-YOUNG", threads(func(data map[string]any, messages []row) {
			data["status"] = "expired"
			for _, m := range messages {
				m["date"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
			}
		})},
		{"the date of a message is when it is read", "MSG-TIME", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return threads(func(_ map[string]any, messages []row) {
				for _, m := range messages {
					shifted(m, "date", time.Duration(n.Add(1))*time.Second)
				}
			})(w, next)
		}},
		{"conversations begin after their last change", "DATA-TIMES", eachRow(listPath, func(r row) {
			r["created_at"] = r["updated_at"]
			shifted(r, "created_at", time.Hour)
		})},
		{"statuses are reached in two hours", "DATA-TIMES", eachRow(pollPath, func(r row) { r["timestamp"] = time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339) })},
		{"statuses are reached an hour before the message", "DATA-TIMES", eachRow(pollPath, func(r row) { shifted(r, "timestamp", -time.Hour) })},
		{"updated_at is three hours behind the messages", "DATA-TIMES", eachRow(listPath, func(r row) {
			shifted(r, "updated_at", -3*time.Hour)
			shifted(r, "created_at", -3*time.Hour)
		})},
	}
}

// eachRow rewrites each row of a successful list.
func eachRow(path string, rewrite func(r row)) change {
	return recordPath(path).list(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
		for _, r := range rows {
			rewrite(r)
		}
	})
}

// recordTimeMutants are about times of records, which need a capability.
func recordTimeMutants() []mutant {
	return []mutant{
		{"the answer to a change shows when it was made before", "DATA-TIMES", branchesPath.data(http.MethodPatch, func(data map[string]any) { shifted(data, "updated_at", -2*time.Hour) })},
		{"a branch is created when it is shown", "DATA-TIMES", func(w *target, next http.Handler) http.Handler {
			var n atomic.Int64
			return eachRow(string(branchesPath), func(r row) { shifted(r, "created_at", -time.Duration(n.Add(1))*time.Second) })(w, next)
		}},
	}
}

// sendTimeMutants tell wrong times of what is sent.
func sendTimeMutants() []mutant {
	return []mutant{
		{"sent messages are dated an hour ahead", "SEND-TIME", sentTexts(func(m row) { shifted(m, "date", time.Hour) })},
		{"the timestamp of a send is in milliseconds", "SEND-TIME", commands((*target).isSend, func(_ *target, _ string, a *answer) {
			if object := a.json(); a.status == http.StatusOK {
				object["message"].(map[string]any)["timestamp"] = time.Now().UnixMilli()
				a.set(object)
			}
		})},
		{"updated_at is an hour early", "SEND-TIME-AGREES", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				shifted(r, "updated_at", -time.Hour)
			}
		})},
		{"times of the status list are an hour late", "SEND-TIME-AGREES", statusLists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				shifted(r, "timestamp", time.Hour)
			}
		})},
	}
}

// headerMutants say something wrong in the headers of the rate limit. Those of the other operations are the same, asked with a capability.
func headerMutants() []mutant {
	of := func(do func(h http.Header)) change {
		return answering(func(_ *target, _ *http.Request, a *answer) {
			if a.header.Get("X-RateLimit-Limit") != "" {
				do(a.header)
			}
		})
	}
	return []mutant{
		{"no header of the limit that remains", "RATE-HEADERS", of(func(h http.Header) { h.Del("X-RateLimit-Remaining") })},
		{"a second value of the limit", "RATE-HEADERS", of(func(h http.Header) { h.Add("X-RateLimit-Limit", "7") })},
		{"the limit is another one now and then", "RATE-REMAINING", alternatingLimit},
		{"more remains than the limit", "RATE-REMAINING", of(func(h http.Header) { h.Set("X-RateLimit-Remaining", h.Get("X-RateLimit-Limit")+"0") })},
		{"what remains never falls", "RATE-REMAINING", of(func(h http.Header) { h.Set("X-RateLimit-Remaining", h.Get("X-RateLimit-Limit")) })},
		{"the reset in milliseconds", "RATE-RESET", of(func(h http.Header) {
			h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		})},
		{"the reset is now", "RATE-RESET", of(func(h http.Header) { h.Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Unix(), 10)) })},
	}
}

// withCapability are mutants again, judged by what is asked with a capability.
func withCapability(list ...mutant) []mutant {
	var out []mutant
	for _, m := range list {
		out = append(out, mutant{m.name + ", asked with a capability", m.requirement, m.change})
	}
	return out
}

// alternatingLimit tells one of two limits in turn.
func alternatingLimit(w *target, next http.Handler) http.Handler {
	var n atomic.Int64
	return answering(func(_ *target, _ *http.Request, a *answer) {
		if limit, err := strconv.ParseInt(a.header.Get("X-RateLimit-Limit"), 10, 64); err == nil {
			a.header.Set("X-RateLimit-Limit", strconv.FormatInt(limit+n.Add(1)%2, 10))
		}
	})(w, next)
}
