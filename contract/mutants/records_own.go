package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"example.com/awalmock/mockserver/server"
)

const (
	contactsPath = recordPath("/contacts")
	groupsPath   = recordPath("/contact-groups")
	branchesPath = recordPath("/branches")
)

func contactMutants() []mutant {
	p := contactsPath
	without := func(name string) func(string) bool {
		return func(content string) bool { return !strings.Contains(content, `name="`+name+`"`) }
	}
	return []mutant{
		{"a search of contacts looks at no phone", "CONTACTS-SEARCH", p.list(func(_ *target, r *http.Request, object map[string]any, _ []row) {
			if term := r.URL.Query().Get("searchTerm"); term != "" && strings.Trim(term, "0123456789") == "" {
				object["data"], object["meta"] = []any{}, map[string]any{"current_page": 1, "per_page": 100, "total": 0, "last_page": 1}
			}
		})},
		{"contacts of all groups", "CONTACTS-FILTER", p.asked(func(v url.Values) { v.Del("contact_group_id") })},
		{"contacts of all branches", "CONTACTS-FILTER", p.asked(func(v url.Values) { v.Del("branch_id") })},
		{"favorites and others", "CONTACTS-FILTER", p.asked(func(v url.Values) { v.Del("is_favorite") })},
		{"contacts of all workspaces", "CONTACTS-OWN", p.own()},
		{"a phone twice", "CONTACT-PHONE-UNIQUE", p.refusal(http.MethodPost, http.StatusConflict, succeed(http.StatusCreated))},
		{"a contact without a name", "CONTACT-REQUIRED", p.taken(http.StatusBadRequest, http.StatusCreated, without("name"))},
		{"a contact without a phone", "CONTACT-REQUIRED", p.taken(http.StatusBadRequest, http.StatusCreated, without("phone"))},
		{"a contact's phone with a plus sign", "CONTACT-PHONE-FORM", p.taken(http.StatusBadRequest, http.StatusCreated, func(content string) bool { return strings.Contains(content, "+966550000001") })},
		{"a picture of any size", "CONTACT-FILE-SIZE", p.refusal(http.MethodPost, http.StatusRequestEntityTooLarge, succeed(http.StatusCreated))},
		{"a picture of any content", "CONTACT-FILE-FORMAT", p.taken(http.StatusBadRequest, http.StatusCreated, func(content string) bool { return strings.Contains(content, "%PDF") })},
		{"a group that does not exist", "CONTACT-GROUP-UNKNOWN", p.taken(http.StatusBadRequest, http.StatusCreated, func(content string) bool { return strings.Contains(content, `name="contact_group_id"`) })},
		{"a conversation keeps the old name of its contact", "CONTACT-UPDATE-SHOWN", lists(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				if strings.HasPrefix(text(r["name"]), "Renamed") {
					r["name"] = "Old"
				}
			}
		})},
		{"a deleted contact leaves its conversation", "CONTACT-DELETE-MESSAGES", p.undone(http.MethodDelete)},
	}
}

func groupMutants() []mutant {
	p := groupsPath
	more := func(data map[string]any) { data["contacts_count"] = count(data["contacts_count"]) + 1 }
	takes := func(field string) change {
		return answering(func(w *target, r *http.Request, a *answer) {
			if details, _ := a.json()["details"].(map[string]any); p.isList(w, r) && r.Method == http.MethodPost && a.status == http.StatusBadRequest && details[field] != nil {
				succeed(http.StatusCreated)(a)
			}
		})
	}
	return []mutant{
		{"groups of any status", "GROUPS-STATUS", p.asked(func(v url.Values) { v.Del("status") })},
		{"contacts_count is one too many", "GROUPS-COUNT", p.data(http.MethodGet, more)},
		{"contacts_count of the list does not follow", "GROUPS-COUNT", p.list(func(_ *target, _ *http.Request, _ map[string]any, rows []row) {
			for _, r := range rows {
				r["contacts_count"] = 3
			}
		})},
		{"a group's name of any length", "GROUP-NAME-LENGTH", takes("name")},
		{"a group's status of any number", "GROUP-STATUS-WORDS", takes("status")},
		{"a new group has a contact", "GROUP-COUNT-STARTS", p.data(http.MethodPost, more)},
		{"unlinked_contacts is always 1", "GROUP-DELETE-COUNT", p.data(http.MethodDelete, func(data map[string]any) { data["unlinked_contacts"] = 1 })},
		{"contacts of a deleted group show it", "GROUP-DELETE-UNLINKS", contactsPath.data(http.MethodGet, func(data map[string]any) {
			if data["contact_group_id"] == nil {
				data["contact_group_id"] = json.Number("1")
			}
		})},
		{"a deleted group takes its contacts with it", "GROUP-DELETE", func(w *target, next http.Handler) http.Handler {
			return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				if p.isItem(w, r) && r.Method == http.MethodDelete {
					group := strings.TrimPrefix(w.path(r), string(p)+"/")
					for _, member := range rowsOf(w.inner(string(contactsPath), url.Values{"contact_group_id": {group}}, w.named(r)).json()) {
						w.do(r, http.MethodDelete, string(contactsPath)+"/"+id(member), "", "")
					}
				}
				next.ServeHTTP(out, r)
			})
		}},
	}
}

func branchMutants() []mutant {
	p := branchesPath
	return []mutant{
		{"branches of all workspaces", "BRANCHES-OWN", p.own()},
		{"a branch without a name", "BRANCH-NAME-LENGTH", answering(func(w *target, r *http.Request, a *answer) {
			if details, _ := a.json()["details"].(map[string]any); p.isList(w, r) && r.Method == http.MethodPost && a.status == http.StatusBadRequest && details["name"] != nil {
				succeed(http.StatusOK)(a)
			}
		})},
		{"a branch's file of any size", "BRANCH-FILE-SIZE", p.refusal(http.MethodPost, http.StatusRequestEntityTooLarge, succeed(http.StatusOK))},
		{"a branch's file of any content", "BRANCH-FILE-FORMAT", p.taken(http.StatusBadRequest, http.StatusOK, func(content string) bool { return strings.Contains(content, "ftypmp42") })},
		{"a branch_id twice", "BRANCH-ID-UNIQUE", p.refusal(http.MethodPost, http.StatusConflict, succeed(http.StatusOK))},
		{"a branch with contacts is neither refused nor deleted", "BRANCH-DELETE-LINKED", p.refusal(http.MethodDelete, http.StatusConflict, succeed(http.StatusOK))},
		{"a refused deletion takes the branch from its contacts", "BRANCH-DELETE-LINKED", contactsPath.data(http.MethodGet, func(data map[string]any) { delete(data, "branch_id") })},
	}
}

// recordVariants are lawful servers of contacts, groups and branches.
func recordVariants() []variant {
	every := func(rewrite func(object map[string]any)) change {
		return answering(func(w *target, r *http.Request, a *answer) {
			for _, p := range []recordPath{contactsPath, groupsPath, branchesPath} {
				if object := a.json(); p.named(w, r) && object != nil && a.status < http.StatusBadRequest {
					rewrite(object)
					a.set(object)
				}
			}
		})
	}
	status := func(from, to int) change {
		return answering(func(w *target, r *http.Request, a *answer) {
			for _, p := range []recordPath{contactsPath, groupsPath, branchesPath} {
				if p.named(w, r) && a.status == from && (from != http.StatusCreated && from != http.StatusOK || r.Method == http.MethodPost) {
					a.status = to
				}
			}
		})
	}
	return []variant{
		{name: "invalid records refused with 422", records: true, large: true, change: status(http.StatusBadRequest, http.StatusUnprocessableEntity)},
		{name: "a branch with contacts is deleted", records: true, options: server.Options{BranchDelete: "unlink"}},
		{name: "invalid contacts and branches are 422", records: true, large: true, options: server.Options{ValidationStatus: 422}},
		{name: "new records are answered with 200, new branches with 201", records: true, large: true, change: answering(func(w *target, r *http.Request, a *answer) {
			for _, p := range []recordPath{contactsPath, groupsPath, branchesPath} {
				if p.isList(w, r) && r.Method == http.MethodPost && a.status < http.StatusBadRequest {
					a.status = http.StatusOK + http.StatusCreated - a.status
				}
			}
		})},
		{name: "lists that leave out what is optional", records: true, sparse: true, change: every(func(object map[string]any) {
			for _, r := range rowsOf(object) {
				for _, property := range []string{"email", "contact_group_id", "branch_id", "avatar", "description", "address", "full_name", "file_url"} {
					delete(r, property)
				}
			}
		})},
		{name: "records in another order", records: true, change: every(func(object map[string]any) {
			if rows := rowsOf(object); len(rows) > 1 {
				rows[0], rows[len(rows)-1] = rows[len(rows)-1], rows[0]
				object["data"] = fromRows(rows)
			}
		})},
		{name: "pictures of contacts are copied, and shown at the address of the copy", records: true, should: true, change: answering(func(w *target, r *http.Request, a *answer) {
			object := a.json()
			if data, ok := object["data"].(map[string]any); ok && contactsPath.named(w, r) && data["avatar"] != nil {
				data["avatar"] = "https://storage.example.com/contacts/" + id(data) + "/avatar"
				a.set(object)
			}
		})},
		{name: "yes and on are booleans, in any case", records: true, should: true, change: lenientFlags()},
		{name: "null for what a contact has not", records: true, change: contactsPath.data(http.MethodGet, func(data map[string]any) {
			for _, property := range []string{"email", "contact_group_id", "branch_id", "avatar", "description", "address", "full_name"} {
				if _, there := data[property]; !there {
					data[property] = nil
				}
			}
		})},
	}
}
