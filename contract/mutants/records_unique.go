package main

import (
	"net/http"
	"net/url"
	"strings"
)

// uniqueMutants refuse a value that no other record of the workspace has.
func uniqueMutants() []mutant {
	return []mutant{
		{"a phone of another workspace is taken in a change", "CONTACT-PHONE-UNIQUE", contactsPath.takenBesides(contactsPath.updates, "phone")},
		{"a branch_id of another workspace is taken", "BRANCH-ID-UNIQUE", branchesPath.takenBesides(branchesPath.creates, "branch_id")},
		{"a branch_id of another workspace is taken in a change", "BRANCH-ID-UNIQUE", branchesPath.takenBesides(branchesPath.updates, "branch_id")},
		{"a branch's own branch_id is taken", "BRANCH-UPDATE", writing(branchesPath.updates, func(w *target, r *http.Request, f *written) {
			now, _ := w.inner(w.path(r), nil, w.named(r)).json()["data"].(map[string]any)
			if f.has("branch_id") && f.fields["branch_id"] == now["branch_id"] {
				f.set("name", "")
			}
		}, nil)},
		{"a NUL in the address of a contact 500", "HTTP-NO-SERVER-ERROR", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				content := string(bodyOf(r))
				answering(func(w *target, r *http.Request, a *answer) {
					if contactsPath.named(w, r) && strings.Contains(content, `name="address"`) && strings.Contains(content, "\x00") {
						a.fail(http.StatusInternalServerError, "internal_error", "The server failed.")
					}
				})(w, next).ServeHTTP(out, r)
			})
		}},
		{"rows of another workspace from the second page on", "BRANCHES-PAGES", branchesPath.list(func(w *target, r *http.Request, object map[string]any, rows []row) {
			if page := r.URL.Query().Get("page"); page != "" && page != "1" && w.named(r) == w.first {
				theirs := rowsOf(w.inner(string(branchesPath), nil, w.second).json())
				for i := range theirs {
					theirs[i]["id"] = count(theirs[i]["id"]) + 1<<40 // where ids are counted together
				}
				object["data"] = fromRows(append(rows, theirs...))
			}
		})},
	}
}

// deletionLimitMutants say that no deletion uses up the limit. The cases that notice it look at the deletions of the whole run.
func deletionLimitMutants() []mutant {
	var out []mutant
	for _, p := range []recordPath{contactsPath, branchesPath} {
		out = append(out, mutant{"what remains never falls when something is deleted (" + strings.TrimPrefix(string(p), "/") + ")", "RATE-REMAINING", answering(func(w *target, r *http.Request, a *answer) {
			if p.isItem(w, r) && r.Method == http.MethodDelete && a.header.Get("X-RateLimit-Limit") != "" {
				a.header.Set("X-RateLimit-Remaining", a.header.Get("X-RateLimit-Limit"))
			}
		})})
	}
	return out
}

// takenBesides answers 409 where a value of a property is written that a record of the second workspace has.
func (p recordPath) takenBesides(fits func(w *target, r *http.Request) bool, property string) change {
	return writing(fits, nil, func(w *target, r *http.Request, sent *written, a *answer) {
		if w.named(r) != w.first || a.status >= http.StatusMultipleChoices || text(sent.fields[property]) == "" {
			return
		}
		for _, one := range rowsOf(w.inner(string(p), url.Values{"limit": {"100"}}, w.second).json()) {
			if text(one[property]) == text(sent.fields[property]) {
				a.fail(http.StatusConflict, "conflict", "It is taken.")
			}
		}
	})
}
