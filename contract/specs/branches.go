package specs

import (
	"net/http"
	"slices"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

func branchRecords() collection {
	return collection{
		noun: "branch", listOperation: document.ListBranches, readOperation: document.GetBranch,
		createOperation: document.CreateBranch, updateOperation: document.UpdateBranch, deleteOperation: document.DeleteBranch,
		searched: []string{"name", "phone"},
		shown:    []string{"name", "phone", "email", "address", "description", "branch_id", "is_favorite", "file_url", "created_at"},
		fields:   branchFields, atOnce: 3,
	}
}

// branches are the specs of the tag branches. They read all branches, and create, change and delete their own.
func branches() Specs {
	c := branchRecords()
	return Describe("branches", Capability(document.CapabilityBranches),
		Describe("the list", Operation(document.ListBranches),
			It("finds only branches that contain the search term", Requirement("BRANCHES-SEARCH"), c.whileUnchanged(c.findsOnly)),
			It("finds a branch by its name", Requirement("BRANCHES-SEARCH"), c.whileUnchanged(c.findsBy("name")), Suffix(".name")),
			It("finds a branch by its phone", Requirement("BRANCHES-SEARCH"), c.whileUnchanged(c.findsBy("phone")), Suffix(".phone")),
			It("finds a branch by its name in upper and lower case", Requirement("BRANCHES-SEARCH"), c.whileUnchanged(c.findsInAnyCase("name")), Suffix(".case")),
			It("searches for % and _ as ordinary characters", Requirement("BRANCHES-SEARCH"), c.whileUnchanged(c.searchesLiterally), Suffix(".literal")),
			It("shows each branch on one page", Requirement("BRANCHES-PAGES"), c.whileUnchanged(c.showsEachOnce)),
			It("applies a search on every page", Requirement("BRANCHES-PAGES"), c.whileUnchanged(c.filtersEachPage), Suffix(".filtered")),
			It("describes the page in meta", Requirement("BRANCHES-META"), c.whileUnchanged(c.describesPages)),
			It("counts the rows that a search finds in meta", Requirement("BRANCHES-META"), c.whileUnchanged(c.countsFiltered), Suffix(".filtered")),
			It("lists no branch of another workspace", Requirement("BRANCHES-OWN"), c.listsOwnOnly("id", "name", "created_at"), Needs(document.CapabilitySecondClient)),
		),
		Describe("one branch", Operation(document.GetBranch),
			It("shows a branch as it is listed", Requirement("BRANCH-AGREES"), c.whileUnchanged(c.agreesWithList)),
			It("answers an unknown branch with 404", Requirement("BRANCH-UNKNOWN-ID"), c.readOfUnknownIs404),
		),
		createsBranches(c), changesBranches(c),
	)
}

// branchFields are values of all fields but the name and the file. A target may allow only few new branches in an hour, so each spec creates as few as
// possible.
func branchFields(t *T, n int) map[string]any {
	fields := map[string]any{
		"phone": t.newPhone(), "email": t.newEmail(), "description": t.oddNote(), "address": t.oddAddress(), "full_name": t.longName(), "is_favorite": n%2 == 0,
		"branch_id": t.uniqueText("00 external"),
	}
	if t.Config.Claims(document.CapabilityContacts) {
		group, _ := groupRecords().create(t, nil)
		fields["contact_group_id"] = strconv.FormatInt(group, 10)
	}
	return fields
}

// externalID is a new value of branch_id, which is the id of a branch in another system of the business.
func externalID(t *T) string { return t.uniqueText("external") }

func createsBranches(c collection) Specs {
	return Describe("creating", Operation(document.CreateBranch), Writes(), Serial(),
		It("creates a branch", Requirement("BRANCH-CREATE"), c.createsRecord),
		It("shows the fields of a new branch as they were sent", Requirement("BRANCH-CREATE-APPEARS"), c.showsNewRecord),
		It("shows a name exactly as it was sent", Requirement("BRANCH-CREATE-APPEARS"), c.showsNamesExactly, Suffix(".unharmed")),
		It("refuses a branch_id that another branch has", Requirement("BRANCH-ID-UNIQUE"), func(t *T) {
			external := t.uniqueText("external")
			_, first := c.create(t, map[string]any{"branch_id": external})
			again := t.answer(c.createRequest(t, map[string]any{"branch_id": external}).MayBeRefused())
			t.About(first).Check(again).To(match.HaveStatus(http.StatusConflict, http.StatusBadRequest), "a branch_id that another branch has was not refused")
		}),
		It("accepts a branch_id that only a branch of another workspace has", Requirement("BRANCH-ID-UNIQUE"), c.acceptsForeignValue("branch_id", externalID), Suffix(".workspaces"), Needs(document.CapabilitySecondClient)),
	)
}

// withBranchID is a branch of the list that has a branch_id. Without one, the case ends.
func (c collection) withBranchID(t *T) (id int64, external string) {
	ids := idsOf(c.page(t))
	for _, id := range ids[:min(othersRead, len(ids))] {
		if external := exchange.PlainText(c.get(t, id).At("/data/branch_id")); external != "" {
			return id, external
		}
	}
	t.Skip("no branch that was looked at has a branch_id")
	return 0, ""
}

// losesBranchID reports whether a branch is deleted, or gets another branch_id, within the next reads: the first read may have been out of date.
func (c collection) losesBranchID(t *T, id int64, external string) bool {
	lost, err := t.Poll(func() (bool, error) {
		e := c.get(t, id)
		return !e.OK() || exchange.PlainText(e.At("/data/branch_id")) != external, nil
	})
	t.End(err)
	return lost
}

func changesBranches(c collection) Specs {
	return slices.Concat(
		Describe("changing", Operation(document.UpdateBranch), Writes(), Serial(),
			It("shows changed fields as they were sent", Requirement("BRANCH-UPDATE"), c.showsChanges),
			It("does not change fields that were not sent", Requirement("BRANCH-UPDATE-REST"), c.keepsUnsentFields),
			It("refuses a change to a branch_id that another branch has", Requirement("BRANCH-ID-UNIQUE"), func(t *T) {
				owner, external := c.withBranchID(t)
				id, _ := c.create(t, nil)
				again := t.answer(c.changeRequest(t, id, map[string]any{"branch_id": external}).MayBeRefused())
				if again.OK() && c.losesBranchID(t, owner, external) {
					t.Skip("the branch that had the branch_id is gone, or has another one")
				}
				t.Check(again).To(match.HaveStatus(http.StatusConflict, http.StatusBadRequest), "a change to a branch_id that another branch has was not refused")
			}, Suffix(".changed")),
			It("accepts a change that repeats the branch's own branch_id", Requirement("BRANCH-UPDATE"), c.acceptsOwnValue("branch_id", externalID), Suffix(".own")),
			It("reads 1 and 0 in a form as true and false", Requirement("BRANCH-UPDATE"), c.readsFlags, Suffix(".flags")),
			It("answers an unknown branch with 404", Requirement("BRANCH-UPDATE-UNKNOWN-ID"), c.changeOfUnknownIs404),
		),
		Describe("deleting", Operation(document.DeleteBranch), Writes(), Serial(),
			It("deletes a branch", Requirement("BRANCH-DELETE"), c.deletesRecord),
			It("either refuses to delete a branch with contacts, or removes the branch from them", Requirement("BRANCH-DELETE-LINKED"), c.deletesLinked, Needs(document.CapabilityContacts)),
			It("answers an unknown branch with 404", Requirement("BRANCH-DELETE-UNKNOWN-ID"), c.deleteOfUnknownIs404),
		),
	)
}

// deletesLinked deletes a branch that has a contact. The vendor says both that this is refused, and that the contact then has no branch: either is right.
func (c collection) deletesLinked(t *T) {
	id, _ := c.create(t, nil)
	linked := map[string]any{"branch_id": strconv.FormatInt(id, 10)}
	member, _ := contactRecords().create(t, linked)
	shows := dataOf(contactRecords().readWhenShown(t, member, linked))["branch_id"] != nil
	e := c.delete(t, id)
	t.Expect(e).To(match.HaveStatus(http.StatusOK, http.StatusConflict), "deleting a branch with a contact was neither done nor refused with 409")
	t.EventuallyAll(func() {
		contact := t.About(e).Check(contactRecords().get(t, member))
		branch := t.About(e).Check(c.get(t, id))
		if e.Status == http.StatusConflict {
			if !shows { // the property is optional, so it may be absent for another reason
				contact = t.About(e).Advise(contactRecords().get(t, member))
			}
			contact.To(match.HaveNumber("/data/branch_id", id), "the contact of a branch that was not deleted lost it")
			branch.To(match.BeAccepted(), "a branch that was not deleted cannot be read")
			return
		}
		contact.To(match.BeAccepted(), "the contact of a deleted branch cannot be read")
		t.About(e).Check(contactRecords().get(t, member)).To(match.ShowValue("/data/branch_id", nil), "the contact of a deleted branch shows a branch")
		branch.To(match.HaveStatus(http.StatusNotFound), "a deleted branch can be read")
	})
}
