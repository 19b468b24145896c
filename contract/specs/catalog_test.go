package specs

import (
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/contract/document"
)

func TestRegistrationRefusesACaseWhoseRequirementIsNotInTheContract(t *testing.T) {
	t.Parallel()
	doc, err := document.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	doc.Requirements = slices.DeleteFunc(doc.Requirements, func(r *document.Requirement) bool { return r.ID == "LIST-ORDER" })
	if _, err := All(doc); err == nil || !strings.Contains(err.Error(), "LIST-ORDER") {
		t.Errorf("got %v", err)
	}
}
