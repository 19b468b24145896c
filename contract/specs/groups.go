package specs

import (
	"example.com/awalmock/contract/document"
)

func groupRecords() collection {
	return collection{
		one: "contact group", list: document.ListContactGroups, read: document.GetContactGroup,
		searched: []string{"name"},
		shown:    []string{"name", "status", "contacts_count", "created_at"},
	}
}

// groups read the contact groups, and make, change and delete some of their own.
func groups() Specs {
	c := groupRecords()
	return Describe("contact groups", Capability(document.CapabilityContacts),
		Describe("the list", Operation(document.ListContactGroups),
			It("finds only groups that contain the search term", Requirement("GROUPS-SEARCH"), c.findsOnly),
			It("finds a group by its name", Requirement("GROUPS-SEARCH"), c.findsBy("name"), Suffix(".name")),
			It("shows each group on one page", Requirement("GROUPS-PAGES"), c.showsEachOnce),
			It("describes the page in meta", Requirement("GROUPS-META"), c.describesPages),
			It("keeps the groups of a status", Requirement("GROUPS-STATUS"), c.keepsOnly("status", "status")),
		),
		Describe("one group", Operation(document.GetContactGroup),
			It("shows a group as it is listed", Requirement("GROUP-AGREES"), c.agrees),
			It("answers an unknown group with 404", Requirement("GROUP-UNKNOWN-ID"), c.answersUnknownWith404),
		),
	)
}
