package suite

// A Listing is what a configuration would check.
type Listing struct {
	Contract     ContractReport `json:"contract"`
	Requirements []Requirement  `json:"requirements"`
	Cases        []ListedCase   `json:"cases"`
	Capabilities []Capability   `json:"capabilities"`
}

// A ListedCase is a case that would run, or be skipped.
type ListedCase struct {
	ID          string `json:"id"`
	Requirement string `json:"requirement"`
	Level       string `json:"level"`
	Title       string `json:"title"`
	Operation   string `json:"operation,omitempty"`
	Capability  string `json:"capability,omitempty"`
	Skipped     string `json:"skipped,omitempty"` // why it would be
}

// List tells what cfg would check, without a request. The target's address and credentials are not needed. The error is a *UsageError.
func List(cfg Config) (Listing, error) {
	s, err := newSession(cfg)
	if err != nil {
		return Listing{}, err
	}
	return s.listing(), nil
}

// listing is what the run would check.
func (s *session) listing() Listing {
	out := Listing{
		Contract:     ContractReport{s.contract.name, s.contract.title, s.contract.version, s.contract.sha256},
		Capabilities: Capabilities(),
	}
	wanted := map[string]bool{}
	for _, c := range s.selected {
		wanted[c.requirement] = true
		out.Cases = append(out.Cases, ListedCase{c.id, c.requirement, s.contract.requirement(c.requirement).Level, c.title, c.operation, c.capability, s.skips(c)})
	}
	for _, r := range s.contract.requirements {
		if wanted[r.ID] || s.cfg.selectsAll() {
			out.Requirements = append(out.Requirements, *r)
		}
	}
	return out
}
