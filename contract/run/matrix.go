package run

// A Matrix is which ways of asking are tried on which operations.
type Matrix struct {
	Operations []MatrixRow `json:"operations"`
}

// A MatrixRow is an operation.
type MatrixRow struct {
	Operation  string       `json:"operation"`
	Method     string       `json:"method"`
	Path       string       `json:"path"`
	Capability string       `json:"capability,omitempty"`
	Cells      []MatrixCell `json:"cells"` // one for each way, in the same order in every row
}

// A MatrixCell is one way of asking an operation: its cases or, if there is none, why.
type MatrixCell struct {
	Way   string   `json:"way"`
	Cases []string `json:"cases"`
	Why   string   `json:"why,omitempty"`
}
