package server

import (
	"errors"
	"sync"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
)

// A Source is a document and fixtures that are read once, for many mocks of one process. It is read-only and safe for concurrent use.
type Source struct {
	base     *spec.Base // nil: no operation of the document can be changed
	document *spec.Document
	set      *seed.Set
}

// ReadSource reads Spec, SpecName and Fixtures of the options as New does, with the same errors.
func ReadSource(o Options) (source *Source, err error) {
	defer notPanic(&err)
	o.setDefaults()
	if o.Spec == nil {
		document, set, err := o.read()
		return &Source{document: document, set: set}, err
	}
	own, err := ownDocument()
	if err != nil {
		return nil, err
	}
	set, err := seed.LoadDir(o.Fixtures, fixtures.Files())
	if err != nil {
		return nil, err
	}
	base, err := spec.LoadBase(o.SpecName, o.Spec)
	if err != nil {
		return nil, err
	}
	return &Source{base, base.Document, set}, answerable(base.Document, own)
}

// WithOperation is the source with another operation in the place of the one with this path and method (lower case) of a document that was
// given in Spec. text is the operation in JSON or YAML, with the same operationId; all of its $refs name components. A mock of it behaves as one
// that has read the whole text; its document is served as JSON.
func (s *Source) WithOperation(path, method string, text []byte) (with *Source, err error) {
	defer notPanic(&err)
	if s.base == nil {
		return nil, errors.New("no operation can be changed: the source was not given in Spec, or one was changed already")
	}
	own, err := ownDocument()
	if err != nil {
		return nil, err
	}
	document, err := s.base.WithOperation(path, method, text)
	if err != nil {
		return nil, err
	}
	return &Source{nil, document, s.set}, answerable(document, own)
}

// read reads the document and the fixtures at the same time. An error of the document comes first.
func (o *Options) read() (*spec.Document, *seed.Set, error) {
	if o.Source != nil {
		return o.Source.document, o.Source.set, nil
	}
	var (
		set     *seed.Set
		seedErr error
		reading sync.WaitGroup
	)
	reading.Go(func() {
		defer notPanic(&seedErr)
		set, seedErr = seed.LoadDir(o.Fixtures, fixtures.Files())
	})
	document, err := loadDocument(o.Spec, o.SpecName)
	if err != nil {
		return nil, nil, err
	}
	reading.Wait()
	return document, set, seedErr
}

// specText is the text of the document; nil: it is the project's own.
func (o *Options) specText() []byte {
	if o.Source == nil {
		return o.Spec
	}
	if own, err := ownDocument(); err == nil && own == o.Source.document {
		return nil
	}
	return o.Source.document.Source()
}
