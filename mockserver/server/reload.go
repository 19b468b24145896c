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

// WithDocument is the mock with another document and the same state, rate windows, faults and journal. After an error s is
// as it was. After a success s still answers requests in flight; new ones belong to the mock that is returned.
func (s *Server) WithDocument(data []byte, name string) (*Server, error) {
	document, err := loadDocument(data, name)
	if err != nil {
		return nil, err
	}
	if document.BasePath != s.document.BasePath {
		return nil, fmt.Errorf("%s: servers: the base path was %s and is %s; restart the mock to change it", name, s.document.BasePath, document.BasePath)
	}
	o := s.options
	o.Spec, o.SpecName = data, name
	next := &Server{lasting: s.lasting, options: o}
	// What the fixtures say has to fit as well: the next reset will say it.
	if err := next.build(document, s.tenants.set); err != nil {
		return nil, err
	}
	next.tenants = s.tenants.shownBy(document)
	if err := next.assemble(); err != nil {
		return nil, err
	}
	if err := s.handOver(next.tenants); err != nil {
		return nil, fmt.Errorf("%s: what is in the mock does not fit: %w", name, err)
	}
	return next, nil
}

// WithFixtures is the mock with other fixtures: a reset of everything but the journal. After an error s is as it was.
func (s *Server) WithFixtures(dir fs.FS) (*Server, error) {
	set, err := seed.LoadDir(dir, fixtures.Files())
	if err != nil {
		return nil, err
	}
	o := s.options
	o.Fixtures = dir
	next := &Server{lasting: s.lasting, options: o}
	if err := next.build(s.document, set); err != nil {
		return nil, err
	}
	for _, t := range slices.Concat(s.tenants.all(), next.tenants.all()) {
		s.forget(t.Domain)
	}
	for _, t := range s.tenants.all() {
		t.End()
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
