package server

import (
	"encoding/json"
	"fmt"
	"strconv"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// contactGroups is what the collection of contact groups does beyond x-collection (vendor pages api/contact-groups/…): each shows how
// many contacts it has, and one that is deleted leaves its contacts, and its branches (I), without a group (D).
func contactGroups(t *workspaceEntry) *collection.Resource {
	return &collection.Resource{Hooks: collection.Hooks{
		Defaults: map[string]any{"status": json.Number("1")},
		Computed: map[string]collection.Compute{"contacts_count": t.contactsOfGroup},
		Facts:    []string{"unlinked_contacts"},
		AfterDelete: func(c *sandbox.RecordCommand, id string, old collection.Record) error {
			unlinked, err := t.unlink(c, "contacts", "contact_group_id", id)
			if err == nil {
				_, err = t.unlink(c, "branches", "contact_group_id", id)
			}
			old["unlinked_contacts"] = json.Number(strconv.Itoa(unlinked))
			return err
		},
	}}
}

// contactsOfGroup is how many contacts a group has.
func (t *workspaceEntry) contactsOfGroup(w *sandbox.Workspace, group collection.Record) (any, error) {
	r := t.resources["contacts"]
	if r == nil || !r.Has("contact_group_id") {
		return json.Number("0"), nil
	}
	id, _ := group["id"].(json.Number)
	if w.IsLazy(r.Name) { // only those that the fixture gives can have a group
		return json.Number(strconv.Itoa(t.writtenInGroup(string(id)))), nil
	}
	page, err := w.Records(sandbox.RecordQuery{
		Collection: r.Name, Limit: 1, Filters: []sandbox.RecordFilter{r.Filter("contact_group_id", string(id))},
	})
	return json.Number(strconv.Itoa(page.Total)), err
}

// writtenInGroup is how many contacts of the fixture are in a group.
func (t *workspaceEntry) writtenInGroup(id string) int {
	n := 0
	for _, w := range t.fixture.Records["contacts"] {
		if group := w.Value["contact_group_id"]; group != nil && fmt.Sprint(group) == id {
			n++
		}
	}
	return n
}
