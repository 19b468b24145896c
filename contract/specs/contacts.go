package specs

import (
	"example.com/awalmock/contract/document"
)

func contactRecords() collection {
	return collection{
		one: "contact", list: document.ListContacts, read: document.GetContact,
		searched: []string{"name", "phone", "email"},
		shown:    []string{"name", "phone", "email", "contact_group_id", "branch_id", "is_favorite", "avatar", "created_at"},
	}
}

// contacts read the contacts, and make, change and delete some of their own.
func contacts() Specs {
	c := contactRecords()
	return Describe("contacts", Capability(document.CapabilityContacts),
		Describe("the list", Operation(document.ListContacts),
			It("finds a contact by its name", Requirement("CONTACTS-SEARCH"), c.findsBy("name")),
			It("finds a contact by its phone", Requirement("CONTACTS-SEARCH"), c.findsBy("phone"), Suffix(".phone")),
			It("finds only contacts that contain the search term", Requirement("CONTACTS-SEARCH-MATCH"), c.findsOnly),
			It("shows each contact on one page", Requirement("CONTACTS-PAGES"), c.showsEachOnce),
			It("describes the page in meta", Requirement("CONTACTS-META"), c.describesPages),
			It("keeps the contacts of a group", Requirement("CONTACTS-FILTER"), c.keepsOnly("contact_group_id", "contact_group_id"), Suffix(".group")),
			It("keeps the contacts of a branch", Requirement("CONTACTS-FILTER"), c.keepsOnly("branch_id", "branch_id"), Suffix(".branch")),
			It("keeps the favorites, or the others", Requirement("CONTACTS-FILTER"), c.keepsOnly("is_favorite", "is_favorite"), Suffix(".favorite")),
			It("has no contact of another workspace", Requirement("CONTACTS-OWN"), c.isOwn("id", "phone", "created_at"), Needs(document.CapabilitySecondClient)),
		),
		Describe("one contact", Operation(document.GetContact),
			It("shows a contact as it is listed", Requirement("CONTACT-AGREES"), c.agrees),
			It("answers an unknown contact with 404", Requirement("CONTACT-UNKNOWN-ID"), c.answersUnknownWith404),
		),
	)
}
