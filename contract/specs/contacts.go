package specs

import (
	"net/http"
	"slices"
	"strconv"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/match"
)

func contactRecords() collection {
	return collection{
		noun: "contact", listOperation: document.ListContacts, readOperation: document.GetContact,
		createOperation: document.CreateContact, updateOperation: document.UpdateContact, deleteOperation: document.DeleteContact,
		searched: []string{"name", "phone", "email"},
		shown:    []string{"name", "phone", "email", "contact_group_id", "branch_id", "is_favorite", "avatar", "created_at"},
		fields:   contactFields, filters: []filter{{parameter: "contact_group_id", property: "contact_group_id"}, {parameter: "branch_id", property: "branch_id"}, {parameter: "is_favorite", property: "is_favorite"}},
	}
}

// contacts are the specs of the tag contacts. They read all contacts, and create, change and delete their own.
func contacts() Specs {
	c := contactRecords()
	return Describe("contacts", Capability(document.CapabilityContacts),
		Describe("the list", Operation(document.ListContacts),
			It("finds a contact by its name", Requirement("CONTACTS-SEARCH"), c.whileUnchanged(c.findsBy("name"))),
			It("finds a contact by its phone", Requirement("CONTACTS-SEARCH"), c.whileUnchanged(c.findsBy("phone")), Suffix(".phone")),
			It("finds only contacts that contain the search term", Requirement("CONTACTS-SEARCH-MATCH"), c.whileUnchanged(c.findsOnly)),
			It("finds a contact by its name in upper and lower case", Requirement("CONTACTS-SEARCH"), c.whileUnchanged(c.findsInAnyCase("name")), Suffix(".case")),
			It("searches for % and _ as ordinary characters", Requirement("CONTACTS-SEARCH-MATCH"), c.whileUnchanged(c.searchesLiterally), Suffix(".literal")),
			It("shows each contact on one page", Requirement("CONTACTS-PAGES"), c.whileUnchanged(c.showsEachOnce)),
			It("applies a filter on every page", Requirement("CONTACTS-PAGES"), c.whileUnchanged(c.filtersEachPage), Suffix(".filtered")),
			It("describes the page in meta", Requirement("CONTACTS-META"), c.whileUnchanged(c.describesPages)),
			It("counts the rows of a filtered list in meta", Requirement("CONTACTS-META"), c.whileUnchanged(c.countsFiltered), Suffix(".filtered")),
			It("combines two filters", Requirement("CONTACTS-FILTER"), c.whileUnchanged(c.combinesFilters), Suffix(".combined")),
			It("filters contacts by their group", Requirement("CONTACTS-FILTER"), c.whileUnchanged(c.filtersBy("contact_group_id", "contact_group_id")), Suffix(".group")),
			It("filters contacts by their branch", Requirement("CONTACTS-FILTER"), c.whileUnchanged(c.filtersBy("branch_id", "branch_id")), Suffix(".branch")),
			It("filters contacts by is_favorite", Requirement("CONTACTS-FILTER"), c.whileUnchanged(c.filtersBy("is_favorite", "is_favorite")), Suffix(".favorite")),
			It("refuses is_favorite 1 and 0, or reads them as true and false", Requirement("CONTACTS-FILTER"), c.whileUnchanged(c.readsFlagsOfFilters), Suffix(".digits")),
			It("lists no contact of another workspace", Requirement("CONTACTS-OWN"), c.listsOwnOnly("id", "phone", "created_at"), Needs(document.CapabilitySecondClient)),
		),
		Describe("one contact", Operation(document.GetContact),
			It("shows a contact as it is listed", Requirement("CONTACT-AGREES"), c.whileUnchanged(c.agreesWithList)),
			It("answers an unknown contact with 404", Requirement("CONTACT-UNKNOWN-ID"), c.readOfUnknownIs404),
		),
		createsContacts(c), changesContacts(c), contactsOfConversations(c),
	)
}

func createsContacts(c collection) Specs {
	return Describe("creating", Operation(document.CreateContact), Writes(), Serial(),
		It("creates a contact", Requirement("CONTACT-CREATE"), c.createsRecord),
		It("shows the fields of a new contact as they were sent", Requirement("CONTACT-CREATE-APPEARS"), c.showsNewRecord),
		It("shows a name exactly as it was sent", Requirement("CONTACT-CREATE-APPEARS"), c.showsNamesExactly, Suffix(".unharmed")),
		It("shows the time of its creation as created_at of a new contact", Requirement("CONTACT-CREATE-APPEARS"), c.showsCreationTime, Suffix(".dated")),
		It("refuses a phone that another contact has", Requirement("CONTACT-PHONE-UNIQUE"), func(t *T) {
			phone := t.newPhone()
			_, first := c.create(t, map[string]any{"phone": phone})
			again := t.answer(c.createRequest(t, map[string]any{"phone": phone}).MayBeRefused())
			t.About(first).Check(again).To(match.HaveStatus(http.StatusConflict), "a phone that another contact has was not refused with 409")
		}),
		It("accepts a phone that only a contact of another workspace has", Requirement("CONTACT-PHONE-UNIQUE"), c.acceptsForeignValue("phone", (*T).newPhone), Suffix(".workspaces"), Needs(document.CapabilitySecondClient)),
		It("refuses a group or a branch that does not exist", Requirement("CONTACT-GROUP-UNKNOWN"), func(t *T) {
			unknown := strconv.FormatInt(groupRecords().unknownID(t)+1<<40, 10)
			for _, property := range []string{"contact_group_id", "branch_id"} {
				e := t.answer(c.createRequest(t, map[string]any{property: unknown}).MayBeRefused())
				t.Check(e).To(match.HaveStatus(http.StatusBadRequest, http.StatusNotFound), "a %s that does not exist was not refused", property)
			}
		}),
	)
}

// contactFields are values of all fields but the name and the files, whose address the target may choose.
func contactFields(t *T, n int) map[string]any {
	fields := map[string]any{
		"phone": t.newPhone(), "email": t.newEmail(), "description": t.oddNote(), "address": t.oddAddress(), "full_name": t.longName(), "is_favorite": n%2 == 0,
	}
	group, _ := groupRecords().create(t, nil)
	fields["contact_group_id"] = strconv.FormatInt(group, 10)
	if t.Config.Claims(document.CapabilityBranches) {
		if ids := idsOf(branchRecords().page(t)); len(ids) > 1 {
			fields["branch_id"] = strconv.FormatInt(ids[n%len(ids)], 10)
		}
	}
	return fields
}

func changesContacts(c collection) Specs {
	return slices.Concat(
		Describe("changing", Operation(document.UpdateContact), Writes(), Serial(),
			It("shows changed fields as they were sent", Requirement("CONTACT-UPDATE"), c.showsChanges),
			It("does not change fields that were not sent", Requirement("CONTACT-UPDATE-REST"), c.keepsUnsentFields),
			It("refuses a change to a phone that another contact has", Requirement("CONTACT-PHONE-UNIQUE"), func(t *T) {
				phone := t.newPhone()
				_, first := c.create(t, map[string]any{"phone": phone})
				id, _ := c.create(t, nil)
				again := t.answer(c.changeRequest(t, id, map[string]any{"phone": phone}).MayBeRefused())
				t.About(first).Check(again).To(match.HaveStatus(http.StatusConflict), "a change to a phone that another contact has was not refused with 409")
			}, Suffix(".changed")),
			It("accepts a change that repeats the contact's own phone", Requirement("CONTACT-UPDATE"), func(t *T) {
				phone := t.newPhone()
				id, made := c.create(t, map[string]any{"phone": phone})
				e := t.answer(c.changeRequest(t, id, map[string]any{"phone": phone, "full_name": "The same"}).MayBeRefused())
				t.About(made).Check(e).To(match.BeAccepted(), "a change with the phone that the contact has already was not accepted")
			}, Suffix(".own-phone")),
			It("reads 1 and 0 in a form as true and false", Requirement("CONTACT-UPDATE"), c.readsFlags, Suffix(".flags")),
			It("shows the avatar that was sent last", Requirement("CONTACT-UPDATE"), c.showsAvatar, Suffix(".avatar")),
			It("changes nothing when it refuses a change", Requirement("CONTACT-UPDATE-REST"), c.refusedChangesNothing("phone", "+966-55"), Suffix(".refused")),
			It("answers an unknown contact with 404", Requirement("CONTACT-UPDATE-UNKNOWN-ID"), c.changeOfUnknownIs404),
		),
		Describe("deleting", Operation(document.DeleteContact), Writes(), Serial(),
			It("deletes a contact", Requirement("CONTACT-DELETE"), c.deletesRecord),
			It("accepts the phone of a deleted contact for a new contact", Requirement("CONTACT-DELETE"), func(t *T) {
				phone := t.newPhone()
				id, _ := c.create(t, map[string]any{"phone": phone})
				e := c.delete(t, id)
				t.Expect(e).To(match.BeAccepted(), "a contact was not deleted")
				t.About(e).Check(c.search(t, phone)).NotTo(match.ContainID(id), "a search for its phone finds the deleted contact %d", id)
				t.About(e).Advise(t.answer(c.createRequest(t, map[string]any{"phone": phone}).MayBeRefused())).To(match.BeAccepted(), "the phone of a deleted contact was not accepted for a new one")
			}, Suffix(".phone")),
			It("answers an unknown contact with 404", Requirement("CONTACT-DELETE-UNKNOWN-ID"), c.deleteOfUnknownIs404),
		),
	)
}

// showsAvatar sends the address of a picture, and then another one. A server may copy the picture and show the address of the copy, so a different address is a
// SHOULD.
func (c collection) showsAvatar(t *T) {
	const one, other = "https://example.com/One.png?a=1&b=%D8%A3", "https://example.com/other.jpg"
	id, made := c.create(t, map[string]any{"avatar": one})
	t.EventuallyAll(func() {
		t.About(made).Advise(c.get(t, id)).To(match.ShowValue("/data/avatar", one), "a contact shows another avatar than was sent")
	})
	before := exchange.PlainText(c.get(t, id).At("/data/avatar"))
	e := t.answer(c.changeRequest(t, id, map[string]any{"avatar": other}))
	t.Expect(e).To(match.BeAccepted(), "a change of the avatar was not accepted")
	t.EventuallyAll(func() {
		now := c.get(t, id)
		t.About(e).Advise(now).To(match.ShowValue("/data/avatar", other), "a contact shows another avatar than was sent")
		if before == one { // the copies of two pictures may have the same address
			t.About(e).Check(now).NotTo(match.HaveValue("/data/avatar", one), "a contact shows the avatar that it had before")
		}
	})
}

// contactsOfConversations change and delete the contact of a conversation. Only the control API can create a conversation for that.
func contactsOfConversations(c collection) Specs {
	return Describe("the contact of a conversation", Needs(document.CapabilityControl), Writes(), Serial(), BeforeEach(ownWorkspace),
		It("shows the new name of a contact in its conversation", Requirement("CONTACT-UPDATE-SHOWN"), func(t *T) {
			row := t.createUnread()
			name := t.uniqueText("Renamed اختبار")
			e := t.answer(c.changeRequest(t, c.idByPhone(t, row.Phone), map[string]any{"name": name}))
			t.Expect(e).To(match.BeAccepted(), "a change of a contact was not accepted")
			t.EventuallyAll(func() {
				t.About(e).Check(t.rowByID(row.ID)).To(match.ShowName(name), "the list of conversations shows another name than the contact has")
				t.About(e).Check(t.list(searchFor(name))).To(match.ContainRow(row.ID), "a search for the contact's new name does not find the conversation")
				t.About(e).Check(t.read(row.ID).From).To(match.ShowValue("/data/name", name), "the conversation shows another name than the contact has")
			})
		}, Operation(document.UpdateContact)),
		It("deletes the conversation of a deleted contact", Requirement("CONTACT-DELETE-MESSAGES"), func(t *T) {
			row := t.createUnread()
			e := c.delete(t, c.idByPhone(t, row.Phone))
			t.Expect(e).To(match.BeAccepted(), "a contact was not deleted")
			t.EventuallyAll(func() {
				t.About(e).Check(t.answer(t.threadRequest(row.ID))).To(match.HaveStatus(http.StatusNotFound), "the conversation of a deleted contact can be read")
				t.About(e).Check(t.list()).NotTo(match.ContainRow(row.ID), "the conversation of a deleted contact is in the list")
			})
		}, Operation(document.DeleteContact)),
	)
}

// idByPhone is the id of the contact with a phone. Without one, the case ends.
func (c collection) idByPhone(t *T, phone string) int64 {
	for _, row := range c.search(t, phone).Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil && row.Text("phone") == phone {
			return *id
		}
	}
	t.Lacks("a %s with the phone %s", c.noun, phone)
	return 0
}
