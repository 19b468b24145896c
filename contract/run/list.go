package run

import (
	"example.com/awalmock/contract/document"
)

// ListVersion is the version of the listing's form; it changes when a reader of the old form would misread the new one.
const ListVersion = 1

// A Listing is what a configuration would check.
type Listing struct {
	Version      int                    `json:"version"` // of this form, see docs/list.schema.json
	Contract     ContractReport         `json:"contract"`
	Requirements []document.Requirement `json:"requirements"`
	Cases        []ListedCase           `json:"cases"`
	Capabilities []document.Capability  `json:"capabilities"`
}

// A ListedCase is a case that would run, or be skipped.
type ListedCase struct {
	ID          string   `json:"id"`
	Requirement string   `json:"requirement"`
	Level       string   `json:"level"`
	Title       string   `json:"title"`
	Operation   string   `json:"operation,omitempty"`
	Capability  string   `json:"capability,omitempty"`
	Needs       string   `json:"needs,omitempty"`   // a second capability
	Labels      []string `json:"labels"`            // what --include and --exclude match
	Skipped     string   `json:"skipped,omitempty"` // why it would be
}

// Listing is what the run would check.
func (s *Session) Listing() Listing {
	out := Listing{
		Version:      ListVersion,
		Contract:     ContractReport{s.Document.Name, s.Document.Title, s.Document.Version, s.Document.SHA256},
		Capabilities: document.Capabilities(),
	}
	wanted := map[string]bool{}
	for _, c := range s.Selected {
		wanted[c.Requirement] = true
		out.Cases = append(out.Cases, ListedCase{c.ID, c.Requirement, s.Document.Requirement(c.Requirement).Level, c.Title, c.Operation, c.Capability, c.Needs, s.Labels(c), s.skips(c)})
	}
	for _, r := range s.Document.Requirements {
		if wanted[r.ID] || s.Config.selectsAll() {
			out.Requirements = append(out.Requirements, *r)
		}
	}
	return out
}
