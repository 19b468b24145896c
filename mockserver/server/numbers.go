package server

import (
	"time"

	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// numbers is what the collection of sending numbers does beyond x-collection (vendor page api/waba-numbers): the fixture says
// which there are, and each shows how many templates are approved.
func numbers(t *workspaceEntry) *collection.Resource {
	return &collection.Resource{
		Hooks: collection.Hooks{Computed: map[string]collection.Compute{"message_template_count": t.approvedTemplates}},
		Seeds: func(begin sandbox.Beginning) ([]collection.Seed, error) {
			seeds := make([]collection.Seed, len(t.fixture.Numbers))
			for i, n := range t.fixture.Numbers {
				created := begin.Start.Add(-n.Created).UTC().Format(time.RFC3339)
				seeds[i] = collection.Seed{Where: t.fixture.File, Value: collection.Record{
					"id":           i + 1, // its place in the workspace (I)
					"phone_number": n.Phone, "phone_number_id": n.ID, "verified_name": n.VerifiedName,
					"quality_rating": n.Quality, "status": n.Status, "created_at": created, "updated_at": created,
				}}
			}
			return seeds, nil
		},
	}
}

// approvedTemplates is how many message templates of the workspace are approved.
func (t *workspaceEntry) approvedTemplates(w *sandbox.Workspace, _ collection.Record) (any, error) {
	approved := 0
	for _, x := range t.templates(w) {
		if x.Status == "APPROVED" {
			approved++
		}
	}
	return approved, nil
}
