package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/collection"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
)

// UseDocument serves another document from now on, with the same state, rate windows, faults and journal. name is its file's,
// for messages. After an error everything is as it was. Requests in flight are answered as they began.
func (s *Server) UseDocument(data []byte, name string) (err error) {
	defer notPanic(&err)
	document, err := loadDocument(data, name)
	if err != nil {
		return err
	}
	if was := s.BasePath(); document.BasePath != was {
		return fmt.Errorf("%s: servers: the base path was %s and is %s; restart the mock to change it", name, was, document.BasePath)
	}
	return s.change(func(inForce *service) error {
		// What the fixtures say has to fit as well: the next reset will say it.
		next, err := s.newService(document, inForce.workspaces.set, newInMemory())
		if err != nil {
			return err
		}
		next.workspaces, err = inForce.workspaces.withDocument(document, next.collections)
		if err != nil {
			return err
		}
		rebuilds, err := next.workspaces.rebuild()
		if err != nil {
			return fmt.Errorf("%s: what is in the mock does not fit: %w", name, err)
		}
		defer rebuilds.close()
		if err := next.workspaces.check(); err != nil {
			return fmt.Errorf("%s: what is in the mock does not fit: %w", name, err)
		}
		if err := next.assemble(); err != nil {
			return err
		}
		if err := s.join(context.Background(), data, document.Version, inForce.workspaces.set); err != nil {
			return err
		}
		rebuilds.use()
		s.inForce.Store(next)
		inForce.workspaces.next = next.workspaces
		next.tellLeftOut()
		return nil
	})
}

// UseFixtures starts again with other fixtures: a reset of everything but the journal, in which workspaces that were created
// at run time go. A mock with a store refuses them. After an error everything is as it was. Requests in flight are answered as they began.
func (s *Server) UseFixtures(dir fs.FS) error {
	set, err := seed.LoadDir(dir, fixtures.Files())
	if err != nil {
		return err
	}
	if s.options.Store != nil {
		return errors.New("what is stored was made of the fixtures as they were; start with another --store to use the new ones")
	}
	return s.change(func(inForce *service) error {
		next, err := s.newService(inForce.document, set, newInMemory())
		if err == nil {
			err = next.assemble()
		}
		if err != nil {
			return err
		}
		for _, t := range slices.Concat(inForce.workspaces.all(), next.workspaces.all()) {
			s.forget(t.Domain)
		}
		s.inForce.Store(next)
		s.awaitExpiry()
		for _, t := range inForce.workspaces.all() {
			t.End() // their readers come back and find the new ones
		}
		return nil
	})
}

// withDocument are the same workspaces, shown by another document.
func (ts *workspaces) withDocument(document *spec.Document, collections []*collection.Collection) (*workspaces, error) {
	next := &workspaces{
		options: ts.options, set: ts.set, store: ts.store, document: document, collections: collections, changing: ts.changing, byDomain: map[string]*workspaceEntry{},
	}
	for _, i := range ts.allIdle() {
		next.addIdle(i)
	}
	for _, t := range ts.all() {
		same, err := t.withDocument(document, collections)
		if err != nil {
			return nil, err
		}
		next.byDomain[t.Domain] = same
		next.order = append(next.order, same)
	}
	return next, nil
}

// rebuilds are the collections of all workspaces, read again by another document.
type rebuilds []*sandbox.Rebuild

// rebuild reads the records of all workspaces by the document in force.
func (ts *workspaces) rebuild() (all rebuilds, err error) {
	for _, t := range ts.all() {
		r, err := t.Rebuild(context.Background(), t.rules())
		if err != nil {
			all.close()
			return nil, fmt.Errorf("workspace %s: %w", t.Domain, err)
		}
		all = append(all, r)
		if err := t.checkResources(r.Sample); err != nil {
			all.close()
			return nil, fmt.Errorf("workspace %s: %w", t.Domain, err)
		}
	}
	return all, nil
}

func (all rebuilds) use() {
	for _, r := range all {
		r.Use()
	}
}

func (all rebuilds) close() {
	for _, r := range all {
		r.Close()
	}
}

// check shows all that is in the workspaces once, and reports what does not fit the document.
func (ts *workspaces) check() error {
	for _, t := range ts.all() {
		err := t.view.CheckAll(t.Workspace)
		if err == nil {
			err = t.webhooks.CheckAll(t.Client, t.Numbers())
		}
		if err != nil {
			return fmt.Errorf("workspace %s: %w", t.Domain, err)
		}
	}
	return nil
}
