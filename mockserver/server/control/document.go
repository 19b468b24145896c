package control

import (
	_ "embed"
	"sync"

	"example.com/awalmock/mockserver/internal/spec"
)

//go:embed control.yaml
var source []byte

// document is control.yaml, compiled once in a process, when it is first needed: a hundred mocks share it, and many never need
// it. It is a cache of a constant, not state; the tests load it, so it cannot fail.
var document = sync.OnceValue(func() *spec.Document {
	d, err := spec.Load("control.yaml", source)
	if err != nil {
		panic(err)
	}
	return d
})

// Operations are those of the control API.
func Operations() []*spec.Operation { return document().Operations }
