package control

import (
	_ "embed"
	"sync"

	"example.com/awalmock/mockserver/internal/spec"
)

//go:embed control.yaml
var source []byte

// document is control.yaml, compiled once in a process: a hundred mocks share it. It is a cache of a constant, not state.
var document = sync.OnceValues(func() (*spec.Document, error) { return spec.Load("control.yaml", source) })

// Operations are those of the control API. New has reported a document that cannot be read.
func Operations() []*spec.Operation {
	d, err := document()
	if err != nil {
		return nil
	}
	return d.Operations
}
