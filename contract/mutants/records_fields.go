package main

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fieldMutants lose or harm a field of records that the others leave alone.
func fieldMutants() []mutant {
	return []mutant{
		{"a new contact's address is lost", "CONTACT-CREATE-APPEARS", contactsPath.drops("address")},
		{"a new contact's branch is lost", "CONTACT-CREATE-APPEARS", contactsPath.drops("branch_id")},
		{"a new branch's full_name is lost", "BRANCH-CREATE-APPEARS", branchesPath.drops("full_name")},
		{"a new branch's group is lost", "BRANCH-CREATE-APPEARS", branchesPath.drops("contact_group_id")},
		{"line feeds of a note are lost", "CONTACT-CREATE-APPEARS", contactsPath.harms("description", func(s string) string { return strings.ReplaceAll(s, "\n", " ") })},
		{"an address is trimmed", "BRANCH-CREATE-APPEARS", branchesPath.harms("address", strings.TrimSpace)},
		{"a note is cut at 255", "BRANCH-CREATE-APPEARS", branchesPath.harms("description", func(s string) string { return string([]rune(s)[:min(255, len([]rune(s)))]) })},
		{"a change of a contact's phone is forgotten", "CONTACT-UPDATE", contactsPath.forgets("phone")},
		{"a change of a contact's full_name is forgotten", "CONTACT-UPDATE", contactsPath.forgets("full_name")},
		{"a change of a branch's description is forgotten", "BRANCH-UPDATE", branchesPath.forgets("description")},
		{"a second change is forgotten", "CONTACT-UPDATE", contactsPath.onceOnly("name")},
		{"the list of groups keeps old names", "GROUP-UPDATE", groupsPath.keepsOldNames()},
		{"a change of the phone takes the favorite away", "CONTACT-UPDATE-REST", contactsPath.sweeps("phone", "is_favorite", "false")},
		{"a change of the full_name is one of the name", "CONTACT-UPDATE-REST", contactsPath.sweeps("full_name", "name", "another")},
		{"the answer to a new contact lacks its mail", "CONTACT-CREATE-APPEARS", contactsPath.data(http.MethodPost, func(data map[string]any) { data["email"] = nil })},
		{"the answer to a change of a contact shows the old favorite", "CONTACT-UPDATE", contactsPath.data(http.MethodPatch, func(data map[string]any) { data["is_favorite"] = data["is_favorite"] != true })},
		{"a new group is active in the answer", "GROUP-CREATE-APPEARS", groupsPath.data(http.MethodPost, func(data map[string]any) { data["status"] = 1 })},
		{"a group is dated an hour before it was created", "GROUP-CREATE-APPEARS", groupsPath.data(http.MethodGet, func(data map[string]any) { shifted(data, "created_at", -time.Hour) })},
		{"a changed group is active in the answer", "GROUP-UPDATE", groupsPath.data(http.MethodPatch, func(data map[string]any) { data["status"] = 1 })},
		{"the answer to a new branch shows another phone", "BRANCH-CREATE-APPEARS", branchesPath.data(http.MethodPost, func(data map[string]any) { data["phone"] = "966500000000" })},
		{"the answer to a change of a branch shows another phone", "BRANCH-UPDATE", branchesPath.data(http.MethodPatch, func(data map[string]any) { data["phone"] = "966500000000" })},
		{"a phone twice by a change", "CONTACT-PHONE-UNIQUE", contactsPath.refusal(http.MethodPatch, http.StatusConflict, succeed(http.StatusOK))},
		{"a branch_id twice by a change", "BRANCH-ID-UNIQUE", branchesPath.refusal(http.MethodPatch, http.StatusConflict, succeed(http.StatusOK))},
		{"a contact's own phone is taken", "CONTACT-UPDATE", writing(contactsPath.updates, func(w *target, r *http.Request, f *written) {
			now, _ := w.inner(w.path(r), nil, w.named(r)).json()["data"].(map[string]any)
			if f.has("phone") && f.fields["phone"] == now["phone"] {
				f.set("phone", "taken")
			}
		}, nil)},
		{"the phone of a deleted contact stays taken", "CONTACT-DELETE", keepsPhones},
		{"a group counts who has left it for another one", "GROUPS-COUNT", writing(contactsPath.updates, func(w *target, r *http.Request, f *written) {
			now, _ := w.inner(w.path(r), nil, w.named(r)).json()["data"].(map[string]any)
			if f.fields["contact_group_id"] != "" && now["contact_group_id"] != nil {
				f.forget("contact_group_id")
			}
		}, nil)},
		{"deleted groups are counted", "GROUP-DELETE", countsDeleted},
		{"a branch's mail that is emptied stays", "BRANCH-UPDATE", writing(branchesPath.updates, func(_ *target, _ *http.Request, f *written) {
			if f.fields["email"] == "" {
				f.forget("email")
			}
		}, nil)},
		{"a full_name is cut at 100", "CONTACT-CREATE-APPEARS", contactsPath.harms("full_name", func(s string) string { return string([]rune(s)[:min(100, len([]rune(s)))]) })},
		{"a change of the mail empties the description", "BRANCH-UPDATE-REST", branchesPath.sweeps("email", "description", "")},
	}
}

// onceOnly forgets a field from the second change of a record on.
func (p recordPath) onceOnly(name string) change {
	return func(w *target, next http.Handler) http.Handler {
		var changed sync.Map
		return writing(p.updates, func(w *target, r *http.Request, f *written) {
			if _, again := changed.LoadOrStore(w.path(r), true); again {
				f.forget(name)
			}
		}, nil)(w, next)
	}
}

// keepsOldNames shows in the list the name that a record had there first.
func (p recordPath) keepsOldNames() change {
	return func(w *target, next http.Handler) http.Handler {
		var first sync.Map
		return p.list(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				r["name"], _ = first.LoadOrStore(id(r), r["name"])
			}
		})(w, next)
	}
}

// keepsPhones refuses the phone of a contact that was deleted.
func keepsPhones(w *target, next http.Handler) http.Handler {
	var taken sync.Map
	refusing := writing(contactsPath.creates, func(_ *target, _ *http.Request, f *written) {
		if _, ok := taken.Load(f.fields["phone"]); ok {
			f.set("phone", "taken")
		}
	}, nil)(w, next)
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if contactsPath.isItem(w, r) && r.Method == http.MethodDelete {
			if gone, ok := w.inner(w.path(r), nil, w.named(r)).json()["data"].(map[string]any); ok {
				taken.Store(gone["phone"], true)
			}
		}
		refusing.ServeHTTP(out, r)
	})
}

// countsDeleted counts in meta.total the groups that were deleted.
func countsDeleted(w *target, next http.Handler) http.Handler {
	var gone atomic.Int64
	counting := groupsPath.after(http.MethodDelete, func(*target, *http.Request, *answer) { gone.Add(1) })
	return both(counting, groupsPath.list(func(_ *target, _ *http.Request, object map[string]any, _ []row) {
		meta := object["meta"].(map[string]any)
		meta["total"] = count(meta["total"]) + gone.Load()
	}))(w, next)
}
