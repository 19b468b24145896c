package server

import (
	"fmt"
	"io/fs"
	"slices"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
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
		next, err := s.newService(document, inForce.tenants.set)
		if err != nil {
			return err
		}
		next.tenants = inForce.tenants.shownBy(document)
		if err := next.assemble(); err != nil {
			return err
		}
		if err := inForce.handOver(next.tenants); err != nil {
			return fmt.Errorf("%s: what is in the mock does not fit: %w", name, err)
		}
		s.inForce.Store(next)
		next.tellLeftOut()
		return nil
	})
}

// UseFixtures begins anew with other fixtures: a reset of everything but the journal, in which workspaces that were created
// at run time go. After an error everything is as it was. Requests in flight are answered as they began.
func (s *Server) UseFixtures(dir fs.FS) error {
	set, err := seed.LoadDir(dir, fixtures.Files())
	if err != nil {
		return err
	}
	return s.change(func(inForce *service) error {
		next, err := s.newService(inForce.document, set)
		if err == nil {
			err = next.assemble()
		}
		if err != nil {
			return err
		}
		for _, t := range slices.Concat(inForce.tenants.all(), next.tenants.all()) {
			s.forget(t.Domain)
		}
		s.inForce.Store(next)
		s.awaitExpiry()
		for _, t := range inForce.tenants.all() {
			t.End() // whoever hears of it and comes back finds the new ones
		}
		return nil
	})
}

// shownBy are the same workspaces, for another document.
func (ts *tenants) shownBy(document *spec.Document) *tenants {
	next := &tenants{options: ts.options, set: ts.set, byDomain: map[string]*tenant{}}
	for _, t := range ts.all() {
		same := *t
		same.view, same.commands = view.New(document, t.invent), view.NewCommands(document, t.invent)
		next.byDomain[t.Domain] = &same
		next.order = append(next.order, &same)
	}
	return next
}

// handOver lets the workspaces be shown by the views of other tenants. After an error they are shown as before.
func (s *service) handOver(to *tenants) error {
	var (
		workspaces  []*sandbox.Workspace
		projections []sandbox.Projection
	)
	for _, t := range to.order {
		workspaces, projections = append(workspaces, t.Workspace), append(projections, t.view)
	}
	s.tenants.retire(true)
	done := false
	defer func() {
		if !done { // after a panic too
			s.tenants.retire(false)
		}
	}()
	err := sandbox.Reproject(workspaces, projections)
	done = err == nil
	return err
}

func (ts *tenants) retire(retired bool) {
	for _, t := range ts.all() {
		t.view.Retire(retired)
	}
}
