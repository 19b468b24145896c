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
		one: "contact", list: document.ListContacts, read: document.GetContact,
		make: document.CreateContact, update: document.UpdateContact, remove: document.DeleteContact,
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
			It("finds a contact by its name", Requirement("CONTACTS-SEARCH"), c.steady(c.findsBy("name"))),
			It("finds a contact by its phone", Requirement("CONTACTS-SEARCH"), c.steady(c.findsBy("phone")), Suffix(".phone")),
			It("finds only contacts that contain the search term", Requirement("CONTACTS-SEARCH-MATCH"), c.steady(c.findsOnly)),
			It("finds a contact by its name in upper and lower case", Requirement("CONTACTS-SEARCH"), c.steady(c.findsInAnyCase("name")), Suffix(".case")),
			It("searches for % and _ as ordinary characters", Requirement("CONTACTS-SEARCH-MATCH"), c.steady(c.isLiteral), Suffix(".literal")),
			It("shows each contact on one page", Requirement("CONTACTS-PAGES"), c.steady(c.showsEachOnce)),
			It("applies a filter on every page", Requirement("CONTACTS-PAGES"), c.steady(c.pageUnderFilters), Suffix(".filtered")),
			It("describes the page in meta", Requirement("CONTACTS-META"), c.steady(c.describesPages)),
			It("counts the rows of a filtered list in meta", Requirement("CONTACTS-META"), c.steady(c.countUnderFilters), Suffix(".filtered")),
			It("combines two filters", Requirement("CONTACTS-FILTER"), c.steady(c.combine), Suffix(".combined")),
			It("filters contacts by their group", Requirement("CONTACTS-FILTER"), c.steady(c.keepsOnly("contact_group_id", "contact_group_id")), Suffix(".group")),
			It("filters contacts by their branch", Requirement("CONTACTS-FILTER"), c.steady(c.keepsOnly("branch_id", "branch_id")), Suffix(".branch")),
			It("filters contacts by is_favorite", Requirement("CONTACTS-FILTER"), c.steady(c.keepsOnly("is_favorite", "is_favorite")), Suffix(".favorite")),
			It("lists no contact of another workspace", Requirement("CONTACTS-OWN"), c.isOwn("id", "phone", "created_at"), Needs(document.CapabilitySecondClient)),
		),
		Describe("one contact", Operation(document.GetContact),
			It("shows a contact as it is listed", Requirement("CONTACT-AGREES"), c.steady(c.agrees)),
			It("answers an unknown contact with 404", Requirement("CONTACT-UNKNOWN-ID"), c.answersUnknownWith404),
		),
		createsContacts(c), changesContacts(c), contactsOfConversations(c),
	)
}

func createsContacts(c collection) Specs {
	return Describe("creating", Operation(document.CreateContact), Writes(), Alone(),
		It("creates a contact", Requirement("CONTACT-CREATE"), c.isCreated),
		It("shows the fields of a new contact as they were sent", Requirement("CONTACT-CREATE-APPEARS"), c.appears),
		It("shows a name exactly as it was sent", Requirement("CONTACT-CREATE-APPEARS"), c.keepsNames, Suffix(".unharmed")),
		It("shows the time of its creation as created_at of a new contact", Requirement("CONTACT-CREATE-APPEARS"), c.isDated, Suffix(".dated")),
		It("refuses a phone that another contact has", Requirement("CONTACT-PHONE-UNIQUE"), func(t *T) {
			phone := t.newPhone()
			_, first := c.makes(t, map[string]any{"phone": phone})
			again := t.answer(c.create(t, map[string]any{"phone": phone}).MayBeRefused())
			t.About(first).Check(again).To(match.HaveStatus(http.StatusConflict), "a phone that another contact has was not refused with 409")
		}),
		It("accepts a phone that only a contact of another workspace has", Requirement("CONTACT-PHONE-UNIQUE"), c.isFreeBesides("phone", (*T).newPhone), Suffix(".workspaces"), Needs(document.CapabilitySecondClient)),
		It("refuses a group or a branch that does not exist", Requirement("CONTACT-GROUP-UNKNOWN"), func(t *T) {
			unknown := strconv.FormatInt(groupRecords().unknownID(t)+1<<40, 10)
			for _, property := range []string{"contact_group_id", "branch_id"} {
				e := t.answer(c.create(t, map[string]any{property: unknown}).MayBeRefused())
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
	group, _ := groupRecords().makes(t, nil)
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
		Describe("changing", Operation(document.UpdateContact), Writes(), Alone(),
			It("shows changed fields as they were sent", Requirement("CONTACT-UPDATE"), c.isChanged),
			It("does not change fields that were not sent", Requirement("CONTACT-UPDATE-REST"), c.keepsTheRest),
			It("refuses a change to a phone that another contact has", Requirement("CONTACT-PHONE-UNIQUE"), func(t *T) {
				phone := t.newPhone()
				_, first := c.makes(t, map[string]any{"phone": phone})
				id, _ := c.makes(t, nil)
				again := t.answer(c.change(t, id, map[string]any{"phone": phone}).MayBeRefused())
				t.About(first).Check(again).To(match.HaveStatus(http.StatusConflict), "a change to a phone that another contact has was not refused with 409")
			}, Suffix(".changed")),
			It("accepts a change that repeats the contact's own phone", Requirement("CONTACT-UPDATE"), func(t *T) {
				phone := t.newPhone()
				id, made := c.makes(t, map[string]any{"phone": phone})
				e := t.answer(c.change(t, id, map[string]any{"phone": phone, "full_name": "The same"}).MayBeRefused())
				t.About(made).Check(e).To(match.BeAccepted(), "a change with the phone that the contact has already was not accepted")
			}, Suffix(".own-phone")),
			It("changes nothing when it refuses a change", Requirement("CONTACT-UPDATE-REST"), c.refusesWhole("phone", "+966-55"), Suffix(".refused")),
			It("answers an unknown contact with 404", Requirement("CONTACT-UPDATE-UNKNOWN-ID"), c.changesNothingUnknown),
		),
		Describe("deleting", Operation(document.DeleteContact), Writes(), Alone(),
			It("deletes a contact", Requirement("CONTACT-DELETE"), c.isDeleted),
			It("accepts the phone of a deleted contact for a new contact", Requirement("CONTACT-DELETE"), func(t *T) {
				phone := t.newPhone()
				id, _ := c.makes(t, map[string]any{"phone": phone})
				e := c.removes(t, id)
				t.Expect(e).To(match.BeAccepted(), "a contact was not deleted")
				t.About(e).Check(c.found(t, phone)).NotTo(match.ContainID(id), "a search for its phone finds the deleted contact %d", id)
				t.About(e).Advise(t.answer(c.create(t, map[string]any{"phone": phone}).MayBeRefused())).To(match.BeAccepted(), "the phone of a deleted contact was not accepted for a new one")
			}, Suffix(".phone")),
			It("answers an unknown contact with 404", Requirement("CONTACT-DELETE-UNKNOWN-ID"), c.deletesNothingUnknown),
		),
	)
}

// contactsOfConversations change and delete the contact of a conversation. Only the control API can create a conversation for that.
func contactsOfConversations(c collection) Specs {
	return Describe("the contact of a conversation", Needs(document.CapabilityControl), Writes(), Alone(), BeforeEach(ownWorkspace),
		It("shows the new name of a contact in its conversation", Requirement("CONTACT-UPDATE-SHOWN"), func(t *T) {
			row := t.createUnread()
			name := t.nonce("Renamed اختبار")
			e := t.answer(c.change(t, c.idByPhone(t, row.Phone), map[string]any{"name": name}))
			t.Expect(e).To(match.BeAccepted(), "a change of a contact was not accepted")
			t.EventuallyAll(func() {
				t.About(e).Check(t.rowByID(row.ID)).To(match.ShowName(name), "the list of conversations shows another name than the contact has")
				t.About(e).Check(t.list(searchFor(name))).To(match.ContainRow(row.ID), "a search for the contact's new name does not find the conversation")
				t.About(e).Check(t.read(row.ID).From).To(match.ShowValue("/data/name", name), "the conversation shows another name than the contact has")
			})
		}, Operation(document.UpdateContact)),
		It("deletes the conversation of a deleted contact", Requirement("CONTACT-DELETE-MESSAGES"), func(t *T) {
			row := t.createUnread()
			e := c.removes(t, c.idByPhone(t, row.Phone))
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
	for _, row := range c.found(t, phone).Items() {
		if id := exchange.Number(row.Fields["id"]); id != nil && row.Text("phone") == phone {
			return *id
		}
	}
	t.Lacks("a %s with the phone %s", c.one, phone)
	return 0
}
