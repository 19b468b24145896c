package run

import (
	"cmp"

	"example.com/awalmock/contract/document"
)

// A Contract is a document and the cases that are made of it. Nothing changes it once it is read: any number of sessions share it, at the same time.
type Contract struct {
	Document *document.Document
	cases    []*Case
}

// A Catalog makes the cases of a document, and adds the requirements to it that are not the vendor's.
type Catalog func(*document.Document) ([]*Case, error)

// ReadContract reads the document that a configuration names, and makes its cases. The error is a *UsageError.
func ReadContract(cfg Config, all Catalog) (*Contract, error) {
	doc, err := document.Read(cmp.Or(cfg.SpecName, "the given contract"), cfg.Spec)
	if err != nil {
		return nil, &UsageError{err.Error()}
	}
	if cfg.SpecVersion != "" {
		doc.Freeze(cfg.SpecVersion)
	}
	cases, err := casesOf(doc, all)
	if err != nil {
		return nil, err
	}
	return &Contract{doc, cases}, nil
}

// casesOf makes the cases. A panic, caused by a document that the suite cannot use, becomes an error.
func casesOf(doc *document.Document, all Catalog) (cases []*Case, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = Usage("%s: no cases can be made of it: %v", doc.Name, r)
		}
	}()
	return all(doc)
}
