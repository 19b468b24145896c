package specs

import (
	"slices"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

func groupRecords() collection {
	return collection{
		noun: "contact group", listOperation: document.ListContactGroups, readOperation: document.GetContactGroup,
		createOperation: document.CreateContactGroup, updateOperation: document.UpdateContactGroup, deleteOperation: document.DeleteContactGroup,
		searched: []string{"name"},
		shown:    []string{"name", "status", "contacts_count", "created_at"},
		filters:  []filter{{parameter: "status", property: "status"}},
		fields:   func(_ *T, n int) map[string]any { return map[string]any{"status": n % 2} },
	}
}

// groups are the specs of contact groups. They read all groups, and create, change and delete their own.
func groups() Specs {
	c := groupRecords()
	return Describe("contact groups", Capability(document.CapabilityContacts),
		Describe("the list", Operation(document.ListContactGroups),
			It("finds only groups that contain the search term", Requirement("GROUPS-SEARCH"), c.whileUnchanged(c.findsOnly)),
			It("finds a group by its name", Requirement("GROUPS-SEARCH"), c.whileUnchanged(c.findsBy("name")), Suffix(".name")),
			It("finds a group by its name in upper and lower case", Requirement("GROUPS-SEARCH"), c.whileUnchanged(c.findsInAnyCase("name")), Suffix(".case")),
			It("searches for % and _ as ordinary characters", Requirement("GROUPS-SEARCH"), c.whileUnchanged(c.searchesLiterally), Suffix(".literal")),
			It("shows each group on one page", Requirement("GROUPS-PAGES"), c.whileUnchanged(c.showsEachOnce)),
			It("applies a filter on every page", Requirement("GROUPS-PAGES"), c.whileUnchanged(c.filtersEachPage), Suffix(".filtered")),
			It("describes the page in meta", Requirement("GROUPS-META"), c.whileUnchanged(c.describesPages)),
			It("counts the rows of a filtered list in meta", Requirement("GROUPS-META"), c.whileUnchanged(c.countsFiltered), Suffix(".filtered")),
			It("combines two filters", Requirement("GROUPS-STATUS"), c.whileUnchanged(c.combinesFilters), Suffix(".combined")),
			It("filters groups by their status", Requirement("GROUPS-STATUS"), c.whileUnchanged(c.filtersBy("status", "status"))),
		),
		Describe("one group", Operation(document.GetContactGroup),
			It("shows a group as it is listed", Requirement("GROUP-AGREES"), c.whileUnchanged(c.agreesWithList)),
			It("answers an unknown group with 404", Requirement("GROUP-UNKNOWN-ID"), c.readOfUnknownIs404),
		),
		createsGroups(c), changesGroups(c),
	)
}

func createsGroups(c collection) Specs {
	return Describe("creating", Operation(document.CreateContactGroup), Writes(), Serial(),
		It("creates a group", Requirement("GROUP-CREATE"), c.createsRecord),
		It("shows the fields of a new group as they were sent", Requirement("GROUP-CREATE-APPEARS"), c.showsNewRecord),
		It("shows a name exactly as it was sent", Requirement("GROUP-CREATE-APPEARS"), c.showsNamesExactly, Suffix(".unharmed")),
		It("shows the time of its creation as created_at of a new group", Requirement("GROUP-CREATE-APPEARS"), c.showsCreationTime, Suffix(".dated")),
		It("accepts the statuses 0 and 1, and refuses others", Requirement("GROUP-STATUS-WORDS"), func(t *T) {
			for _, status := range []int{0, 1} {
				t.Check(t.answer(c.createRequest(t, map[string]any{"status": status}))).To(match.BeAccepted(), "the status %d was not accepted", status)
			}
			for _, status := range []int{-1, 2, 10} {
				t.Check(t.answer(c.createRequest(t, map[string]any{"status": status}).MayBeRefused())).To(match.BeRefused(), "the status %d was not refused", status)
			}
		}),
		It("shows a contacts_count of 0 for a new group", Requirement("GROUP-COUNT-STARTS"), func(t *T) {
			_, made := c.create(t, nil)
			t.Check(made).To(match.HaveNumber("/data/contacts_count", 0), "a new group has contacts")
		}),
		It("shows the number of contacts in a group as contacts_count", Requirement("GROUPS-COUNT"), func(t *T) {
			id, members := t.groupWith(3)
			c.expectCount(t, id, 3)
			t.Expect(t.answer(contactRecords().changeRequest(t, members[0], map[string]any{"contact_group_id": ""}))).To(match.BeAccepted(), "a contact was not removed from its group")
			c.expectCount(t, id, 2)
			t.Expect(contactRecords().delete(t, members[1])).To(match.BeAccepted(), "a contact was not deleted")
			c.expectCount(t, id, 1)
			other, _ := c.create(t, nil)
			t.Expect(t.answer(contactRecords().changeRequest(t, members[2], map[string]any{"contact_group_id": strconv.FormatInt(other, 10)}))).To(match.BeAccepted(), "a contact was not moved to another group")
			c.expectCount(t, id, 0)
			c.expectCount(t, other, 1)
		}, Operation(document.ListContactGroups)),
		It("shows the three contacts of a group when it filters by that group", Requirement("CONTACTS-FILTER"), func(t *T) {
			id, members := t.groupWith(3)
			t.EventuallyAll(func() {
				kept := contactRecords().page(t, exchange.Param("contact_group_id", strconv.FormatInt(id, 10)))
				t.Check(kept).To(match.HaveNumber("/meta/total", 3), "meta.total is not the number of contacts in the group")
				if len(valuesOf(kept, "contact_group_id")) > 0 { // a list may leave it out
					t.Check(kept).To(match.ItemsShow("contact_group_id", strconv.FormatInt(id, 10)), "the filtered list has a contact of another group")
				}
				for _, member := range members {
					t.Check(kept).To(match.ContainID(member), "the filtered list lacks a contact of the group")
				}
			})
		}, Suffix(".own-group"), Operation(document.ListContacts)),
	)
}

// groupWith creates a group with n contacts.
func (t *T) groupWith(n int) (id int64, members []int64) {
	id, _ = groupRecords().create(t, nil)
	for range n {
		member, _ := contactRecords().create(t, map[string]any{"contact_group_id": strconv.FormatInt(id, 10)})
		members = append(members, member)
	}
	return id, members
}

// expectCount expects a group to show n as its contacts_count, when it is read by its id and in the list.
func (c collection) expectCount(t *T, id, n int64) {
	t.EventuallyAll(func() { c.expectCountNow(t, id, n) })
}

func (c collection) expectCountNow(t *T, id, n int64) {
	read := c.get(t, id)
	t.Check(read).To(match.HaveNumber("/data/contacts_count", n), "contacts_count is not the number of contacts in the group")
	name, _ := read.At("/data/name").(string)
	found := c.search(t, name)
	for _, row := range found.Items() {
		if shown := exchange.Number(row.Fields["id"]); shown != nil && *shown == id {
			t.Check(found).To(match.HaveNumber(row.Pointer+"/contacts_count", n), "contacts_count is not the number of contacts in the group")
		}
	}
}

func changesGroups(c collection) Specs {
	return slices.Concat(
		Describe("changing", Operation(document.UpdateContactGroup), Writes(), Serial(),
			It("shows changed fields as they were sent", Requirement("GROUP-UPDATE"), c.showsChanges),
			It("does not change fields that were not sent", Requirement("GROUP-UPDATE-REST"), c.keepsUnsentFields),
			It("changes nothing when it refuses a change", Requirement("GROUP-UPDATE-REST"), c.refusedChangesNothing("status", 5), Suffix(".refused")),
			It("answers an unknown group with 404", Requirement("GROUP-UPDATE-UNKNOWN-ID"), c.changeOfUnknownIs404),
		),
		Describe("deleting", Operation(document.DeleteContactGroup), Writes(), Serial(),
			It("deletes a group, but not its contacts", Requirement("GROUP-DELETE"), func(t *T) {
				other := c.createOther(t)
				id, members := t.groupWith(1)
				name, _ := c.readWhenShown(t, id, nil).At("/data/name").(string)
				before := c.totalWith(t, id)
				e := c.delete(t, id)
				t.Expect(e).To(match.BeAccepted(), "a group was not deleted")
				c.expectGone(t, e, id, name)
				c.expectNotCounted(t, e, before)
				c.expectOtherUnchanged(t, e, other)
				t.EventuallyAll(func() {
					t.About(e).Check(contactRecords().get(t, members[0])).To(match.BeAccepted(), "the contact of a deleted group cannot be read")
				})
			}),
			It("answers with the number of contacts that were in the deleted group", Requirement("GROUP-DELETE-COUNT"), func(t *T) {
				id, _ := t.groupWith(2)
				t.Check(c.delete(t, id)).To(match.HaveNumber("/data/unlinked_contacts", 2), "unlinked_contacts is not the number of contacts in the group")
				empty, _ := c.create(t, nil)
				t.Check(c.delete(t, empty)).To(match.HaveNumber("/data/unlinked_contacts", 0), "unlinked_contacts of an empty group is not 0")
			}),
			It("removes a deleted group from its contacts", Requirement("GROUP-DELETE-UNLINKS"), func(t *T) {
				id, members := t.groupWith(1)
				e := c.delete(t, id)
				t.Expect(e).To(match.BeAccepted(), "a group was not deleted")
				t.EventuallyAll(func() {
					t.About(e).Check(contactRecords().get(t, members[0])).To(match.ShowValue("/data/contact_group_id", nil), "the contact of a deleted group shows a group")
				})
			}),
			It("answers an unknown group with 404", Requirement("GROUP-DELETE-UNKNOWN-ID"), c.deleteOfUnknownIs404),
		),
	)
}
