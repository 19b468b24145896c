package main

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// ruled changes each rule of faults that are set.
func ruled(do func(rule row)) change {
	return misheard(http.MethodPut, "/faults", func(o order) row {
		list, _ := o.fields["rules"].([]any)
		for _, rule := range toRows(list) {
			do(rule)
		}
		return o.fields
	})
}

// afterReset is a server that does something in a workspace after each reset.
func afterReset(do func(w *target, workspace string)) change {
	return told(http.MethodPost, "/reset", func(w *target, o order, _ *answer) { do(w, o.workspace) })
}

// secrets remembers what the control API shows of each workspace once.
type secrets struct{ sync.Map }

func (s *secrets) listen() change {
	return told(http.MethodPost, "/workspaces", func(_ *target, o order, a *answer) {
		if secret := text(a.json()["secret"]); secret != "" {
			s.Store(text(o.fields["domain"]), secret)
		}
	})
}

// showingSecrets shows the secrets of made workspaces in an answer where none belongs.
func showingSecrets(method, path string) change {
	return func(w *target, next http.Handler) http.Handler {
		var known secrets
		return both(known.listen(), told(method, path, func(_ *target, _ order, a *answer) {
			object := a.json()
			known.Range(func(_, secret any) bool {
				object["note"] = secret
				return true
			})
			a.set(object)
		}))(w, next)
	}
}

// removedLater says that a workspace is gone, and lets it live until it is removed again.
func removedLater(w *target, next http.Handler) http.Handler {
	var asked sync.Map
	return orders(http.MethodDelete, "/workspaces/.+", func(_ *target, out http.ResponseWriter, o order, next http.Handler) {
		if _, again := asked.LoadOrStore(o.URL.Path, true); again {
			next.ServeHTTP(out, o.Request)
			return
		}
		out.WriteHeader(http.StatusNoContent)
	})(w, next)
}

// showingSignatures shows in the journal what the masked signature was.
func showingSignatures(w *target, next http.Handler) http.Handler {
	var last sync.Map
	shown := told(http.MethodGet, "/requests/.+", func(_ *target, _ order, a *answer) {
		object := a.json()
		if request, ok := object["request"].(map[string]any); ok {
			whole, _ := last.Load("signature")
			request["headers"] = row{"X-Awal-Signature-256": []any{whole}}
			a.set(object)
		}
	})(w, next)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if w.isMade(r) {
			last.Store("signature", r.Header.Get("X-Awal-Signature-256"))
		}
		shown.ServeHTTP(out, r)
	})
}

func faultMutants() []mutant {
	entry := func(rewrite func(object row)) change {
		return told(http.MethodGet, "/requests/.+", func(_ *target, _ order, a *answer) {
			if object := a.json(); object != nil {
				rewrite(object)
				a.set(object)
			}
		})
	}
	return []mutant{
		{"a fault is never lifted", "CONTROL-FAULT", ruled(func(rule row) { delete(rule, "times") })},
		{"a fault strikes once", "CONTROL-FAULT", ruled(func(rule row) { rule["times"] = 1 })},
		{"a fault strikes every operation", "CONTROL-FAULT", ruled(func(rule row) { delete(rule, "operation") })},
		{"a fault has another status", "CONTROL-FAULT", ruled(func(rule row) { rule["status"] = http.StatusInternalServerError })},
		{"a fault is answered with a page", "CONTROL-FAULT", answering(func(_ *target, _ *http.Request, a *answer) {
			if a.status == http.StatusServiceUnavailable {
				a.header.Set("Content-Type", "text/html")
				a.body = []byte("<h1>Service Unavailable</h1>")
			}
		})},
		{"faults are not counted", "CONTROL-FAULT", told(http.MethodGet, "/faults", func(_ *target, _ order, a *answer) {
			a.body = []byte(strings.ReplaceAll(string(a.body), `"struck":2`, `"struck":0`))
		})},
		{"no faults leave the old ones", "CONTROL-FAULT", orders(http.MethodPut, "/faults", func(_ *target, out http.ResponseWriter, o order, next http.Handler) {
			if list, _ := o.fields["rules"].([]any); len(list) == 0 {
				o.Method, o.Body = http.MethodGet, http.NoBody
				o.ContentLength = 0
			}
			next.ServeHTTP(out, o.Request)
		})},
		{"a reset leaves the time", "CONTROL-RESET", orders(http.MethodPost, "/reset", func(w *target, out http.ResponseWriter, o order, next http.Handler) {
			before := w.now(o.workspace)
			next.ServeHTTP(out, o.Request)
			w.admin(http.MethodPost, "/clock", o.workspace, row{"set": before.Format(time.RFC3339)})
		})},
		{"a reset leaves the clock stopped or running", "CONTROL-RESET", orders(http.MethodPost, "/reset", func(w *target, out http.ResponseWriter, o order, next http.Handler) {
			standing, _ := w.admin(http.MethodGet, "/clock", o.workspace, nil).json()["standing"].(bool)
			next.ServeHTTP(out, o.Request)
			w.admin(http.MethodPost, "/clock", o.workspace, row{"run": !standing})
		})},
		{"a reset leaves a conversation", "CONTROL-RESET", afterReset(func(w *target, workspace string) {
			w.admin(http.MethodPost, "/conversations", workspace, row{"phone": "966550000009"})
		})},
		{"a reset leaves the faults", "CONTROL-RESET", afterReset(func(w *target, workspace string) {
			w.admin(http.MethodPut, "/faults", workspace, row{"rules": []any{row{"status": http.StatusServiceUnavailable}}})
		})},
		{"the journal has nothing", "CONTROL-JOURNAL", told(http.MethodGet, "/requests/.+", func(_ *target, _ order, a *answer) {
			a.fail(http.StatusNotFound, "resource_not_found", "There is no such request.")
		})},
		{"the journal shows the signature", "CONTROL-JOURNAL", showingSignatures},
		{"the journal shows the secret", "CONTROL-JOURNAL", showingSecrets(http.MethodGet, "/requests/.+")},
		{"the journal tells of another answer", "CONTROL-JOURNAL", entry(func(object row) { object["response"] = row{"status": 201} })},
		{"the journal tells no violation", "CONTROL-JOURNAL", entry(func(object row) { object["violations"] = []any{} })},
	}
}
