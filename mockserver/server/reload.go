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

// WithDocument is the mock with another document and the same state, rate windows, faults and journal. After an error all is
// as it was. After a success s still answers requests in flight; new ones are answered by the mock that is returned.
func (s *Server) WithDocument(data []byte, name string) (*Server, error) {
	document, err := loadDocument(data, name)
	if err != nil {
		return nil, err
	}
	if document.BasePath != s.document.BasePath {
		return nil, fmt.Errorf("%s: servers: the base path was %s and is %s; restart the mock to change it", name, s.document.BasePath, document.BasePath)
	}
	next := &Server{lasting: s.lasting, document: document}
	err = s.change(func(inForce *Server) error {
		next.options = inForce.options
		next.options.Spec, next.options.SpecName = data, name
		if err := next.implemented(); err != nil {
			return err
		}
		// What the fixtures say has to fit as well: the next reset will say it.
		if _, err := newTenants(document, inForce.tenants.set, next.options); err != nil {
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
		return nil
	})
	if err != nil {
		return nil, err
	}
	next.tellLeftOut()
	return next, nil
}

// WithFixtures is the mock with other fixtures: a reset of everything but the journal. After an error all is as it was.
func (s *Server) WithFixtures(dir fs.FS) (*Server, error) {
	set, err := seed.LoadDir(dir, fixtures.Files())
	if err != nil {
		return nil, err
	}
	next := &Server{lasting: s.lasting}
	err = s.change(func(inForce *Server) error {
		next.options = inForce.options
		next.options.Fixtures = dir
		if err := next.build(inForce.document, set); err != nil {
			return err
		}
		for _, t := range slices.Concat(inForce.tenants.all(), next.tenants.all()) {
			next.forget(t.Domain)
		}
		s.inForce.Store(next)
		for _, t := range inForce.tenants.all() {
			t.End() // whoever hears of it and comes back finds the new ones
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return next, nil
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
func (s *Server) handOver(to *tenants) error {
	var (
		workspaces  []*sandbox.Workspace
		projections []sandbox.Projection
	)
	for _, t := range to.order {
		workspaces, projections = append(workspaces, t.Workspace), append(projections, t.view)
	}
	s.tenants.retire(true)
	err := sandbox.Reproject(workspaces, projections)
	if err != nil {
		s.tenants.retire(false)
	}
	return err
}

func (ts *tenants) retire(retired bool) {
	for _, t := range ts.all() {
		t.view.Retire(retired)
	}
}
