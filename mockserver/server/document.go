package server

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

// ownDocument is the project's document, compiled once in a process: a hundred mocks share it. It is a cache of a
// constant, not state.
var ownDocument = sync.OnceValues(func() (*spec.Document, error) {
	return load(spec.LoadKnown, "openapi.yaml", awalmock.OpenAPI(), nil)
})

func loadDocument(data []byte, name string) (*spec.Document, error) {
	if data == nil {
		return ownDocument()
	}
	own, err := ownDocument()
	if err != nil {
		return nil, err
	}
	return load(spec.Load, name, data, own)
}

// missingCollections are the collections of the project's own document that another one has the operations of, but not the key
// x-collection: a copy may be older than the key.
func missingCollections(document, own *spec.Document) []spec.Extension {
	if own == nil {
		return nil
	}
	var missing []spec.Extension
	for _, x := range own.Collections {
		for _, op := range own.Operations {
			there := document.Operation(op.ID)
			if op.Path != x.Path || op.Method != http.MethodGet || there == nil {
				continue
			}
			if !slices.ContainsFunc(document.Collections, func(has spec.Extension) bool { return has.Path == there.Path }) {
				missing = append(missing, spec.Extension{Path: there.Path, Value: x.Value, Pointer: there.Pointer})
			}
		}
	}
	return missing
}

// compileCollections compiles the collections of a document that has been loaded.
func compileCollections(document *spec.Document) ([]*collection.Collection, error) {
	own, err := ownDocument()
	if err != nil {
		return nil, err
	}
	return collection.Compile(document, slices.Concat(document.Collections, missingCollections(document, own)))
}

// load loads a document; own is the project's, nil when that is it.
func load[T string | []byte](read func(string, T) (*spec.Document, error), name string, text T, own *spec.Document) (*spec.Document, error) {
	document, err := read(name, text)
	if err != nil {
		return nil, err
	}
	return document, answerable(document, own)
}

// answerable refuses a document by which the mock cannot answer, and leaves out of it what it cannot use; own is as above.
func answerable(document, own *spec.Document) error {
	if err := document.KeepMakeable(); err != nil {
		return err
	}
	collections, err := collection.Compile(document, slices.Concat(document.Collections, missingCollections(document, own)))
	if err != nil {
		return err
	}
	implemented := (&service{collections: collections}).allHandlers() // only the ids
	err = fake.CheckDocument(document, func(operation string) bool { return implemented[operation] != nil })
	if err != nil {
		return fmt.Errorf("%s:%d: %w", document.Name, document.Line(fake.Pointer(err)), err)
	}
	return nil
}

// tellLeftOut warns of what of the document is not used.
func (s *service) tellLeftOut() {
	for _, misfit := range s.document.LeftOut {
		s.options.Logger.Warn(misfit)
	}
}

// lineOf is the document's name with the line of the rule that an error is about: the data breaks it, or no value fits it.
func lineOf(document *spec.Document, err error) string {
	var (
		unfit  *view.UnfitError
		unmade *fake.UnsatisfiableError
		misfit *collection.MisfitError
	)
	pointer := "/paths"
	switch {
	case errors.As(err, &unfit) && unfit.Pointer != "":
		pointer = unfit.Pointer
	case errors.As(err, &misfit):
		pointer = misfit.Violations[0].Pointer
	case errors.As(err, &unmade):
		pointer = unmade.Pointer
	}
	return fmt.Sprintf("%s:%d", document.Name, max(1, document.Line(pointer)))
}

// implemented refuses a document that lacks operations the mock implements, unless --allow-missing is set: their data could not be read
// by any request.
func (s *service) implemented() error {
	if s.options.AllowMissing {
		return nil
	}
	var missing []string
	ids := slices.AppendSeq(slices.Clone(collectionOperations), maps.Keys(s.handlers()))
	slices.Sort(ids)
	for _, id := range ids {
		if s.document.Operation(id) == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	there := "there is no operationId " + missing[0]
	if len(missing) > 1 {
		there = "there are no operations with the operationIds " + strings.Join(missing, ", ")
	}
	return fmt.Errorf("%s:%d: %s, which the mock implements; keep what is meant to work (paths, parameters and schemas may change), or start with --allow-missing to serve the document without", s.document.Name, max(1, s.document.Line("/paths")), there)
}
