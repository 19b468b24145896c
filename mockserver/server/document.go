package server

import (
	"errors"
	"fmt"
	"sync"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/spec"
)

// ownDocument is the project's document, compiled once in a process: a hundred mocks share it. It is a cache of a
// constant, not state.
var ownDocument = sync.OnceValues(func() (*spec.Document, error) {
	return load("openapi.yaml", []byte(awalmock.OpenAPI()))
})

func loadDocument(data []byte, name string) (*spec.Document, error) {
	if data == nil {
		return ownDocument()
	}
	return load(name, data)
}

func load(name string, data []byte) (*spec.Document, error) {
	document, err := spec.Load(name, data)
	if err != nil {
		return nil, err
	}
	err = fake.CheckDocument(document)
	var unknown *fake.UnknownMockValue
	if errors.As(err, &unknown) {
		err = fmt.Errorf("%s:%d: %w", name, document.Line(unknown.Pointer), err)
	}
	return document, err
}

// tellLeftOut warns of what of the document is not used.
func (s *service) tellLeftOut() {
	for _, misfit := range s.document.LeftOut {
		s.options.Logger.Warn(misfit)
	}
}

// implemented refuses a document that lacks an operation the mock implements: its data would be there for nobody.
func (s *service) implemented() error {
	for id := range s.handlers() {
		if s.document.Operation(id) == nil {
			return fmt.Errorf("%s: there is no operationId %s, which the mock implements; keep the operation (its path, parameters and schemas may change)", s.document.Name, id)
		}
	}
	return nil
}
