package specs

import (
	"example.com/awalmock/contract/document"
)

func branchRecords() collection {
	return collection{
		one: "branch", list: document.ListBranches, read: document.GetBranch,
		searched: []string{"name", "phone"},
		shown:    []string{"name", "phone", "email", "address", "description", "branch_id", "is_favorite", "file_url", "created_at"},
	}
}

// branches read the branches, and make, change and delete some of their own.
func branches() Specs {
	c := branchRecords()
	return Describe("branches", Capability(document.CapabilityBranches),
		Describe("the list", Operation(document.ListBranches),
			It("finds only branches that contain the search term", Requirement("BRANCHES-SEARCH"), c.findsOnly),
			It("finds a branch by its name", Requirement("BRANCHES-SEARCH"), c.findsBy("name"), Suffix(".name")),
			It("finds a branch by its phone", Requirement("BRANCHES-SEARCH"), c.findsBy("phone"), Suffix(".phone")),
			It("shows each branch on one page", Requirement("BRANCHES-PAGES"), c.showsEachOnce),
			It("describes the page in meta", Requirement("BRANCHES-META"), c.describesPages),
			It("has no branch of another workspace", Requirement("BRANCHES-OWN"), c.isOwn("id", "name", "created_at"), Needs(document.CapabilitySecondClient)),
		),
		Describe("one branch", Operation(document.GetBranch),
			It("shows a branch as it is listed", Requirement("BRANCH-AGREES"), c.agrees),
			It("answers an unknown branch with 404", Requirement("BRANCH-UNKNOWN-ID"), c.answersUnknownWith404),
		),
	)
}
