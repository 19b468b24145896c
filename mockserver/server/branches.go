package server

import (
	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// branches is what the collection of branches does beyond x-collection (vendor pages api/branches/…). Whether one with linked contacts
// or orders can be deleted the vendor says in two ways: the option BranchDelete chooses.
func branches(t *workspaceEntry) *collection.Resource {
	return &collection.Resource{Hooks: collection.Hooks{
		Defaults:   map[string]any{"is_favorite": false},
		References: map[string]string{"contact_group_id": "contact_groups"},
		Uploads:    map[string]string{"file": "file_url"},
		Address:    t.address("branches"),
		BeforePut: func(c *sandbox.RecordCommand, _ string, _, next collection.Record) error {
			dropEmpty(next, "email", "branch_id")
			return refer(c, next, "contact_group_id", "contact_groups")
		},
		AfterDelete: func(c *sandbox.RecordCommand, id string, _ collection.Record) error {
			if t.unlinkBranches {
				return t.unlinkBranch(c, id)
			}
			return t.branchIsFree(c, id)
		},
	}}
}

// belongsToBranch are the collections whose records have the id of a branch.
var belongsToBranch = [...]string{"contacts", "orders"}

func (t *workspaceEntry) unlinkBranch(c *sandbox.RecordCommand, id string) error {
	for _, from := range belongsToBranch {
		if _, err := t.unlink(c, from, "branch_id", id); err != nil {
			return err
		}
	}
	return nil
}

// branchIsFree refuses to delete a branch that something belongs to.
func (t *workspaceEntry) branchIsFree(c *sandbox.RecordCommand, id string) error {
	for _, in := range belongsToBranch {
		linked, err := t.linked(c, in, "branch_id", id)
		if err != nil {
			return err
		}
		if len(linked) > 0 {
			return conflict("The branch cannot be deleted: %d of the workspace's %s belong to it.", len(linked), in)
		}
	}
	return nil
}
