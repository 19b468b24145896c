package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"iter"
	"strings"

	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/server/control"
)

// An Imported workspace is what Import has made.
type Imported struct {
	Domain string
	Events int64
	// Made is the workspace with its credentials when there was none of this name; nil: there was one.
	Made *Workspace
}

// Import makes a workspace what a file of events says, as PUT /__admin/events does. A workspace that is not there is created, with
// credentials of its own: no file has secrets. After an error nothing has changed.
func (s *Server) Import(ctx context.Context, from io.Reader) (Imported, error) {
	file, err := eventlog.NewReader(from)
	if err != nil {
		return Imported{}, err
	}
	next, stop := iter.Pull2(file.Events())
	defer stop()
	first, err, more := next()
	if err != nil {
		return Imported{}, err
	}
	all := func(yield func(sandbox.Event, error) bool) {
		for e, err := first, error(nil); more && yield(e, err) && err == nil; {
			e, err, more = next()
		}
	}
	mock, made := controlled{s.inForce.Load()}, Imported{Domain: file.Header.Domain}
	w, there := mock.Workspace(made.Domain)
	if !there {
		if made.Made, err = mock.createFor(made.Domain, first); err != nil {
			return Imported{}, err
		}
		w, _ = mock.Workspace(made.Domain)
	}
	err = w.Replace(ctx, eventlog.Rename(all, file.Header.ClientID, w.Client), file.Header.Now)
	if err != nil {
		if !there {
			_ = mock.Remove(made.Domain) // err is what the caller has to know
		}
		return Imported{}, err
	}
	made.Events = file.Count()
	return made, nil
}

// createFor makes the workspace in which an event is the first one.
func (s controlled) createFor(domain string, first sandbox.Event) (*Workspace, error) {
	var numbers []string
	switch d := first.Data.(type) {
	case sandbox.Seeded:
		numbers = d.PhoneNumberIDs
	case sandbox.Reset:
		numbers = d.PhoneNumberIDs
	}
	if len(numbers) != 1 {
		return nil, fmt.Errorf("there is no workspace %s in the fixtures, and it was not created at run time, as one with %d sending numbers is of a fixture: start with its fixtures", domain, len(numbers))
	}
	w := &Workspace{Domain: domain, ClientID: "client-" + strings.ToLower(rand.Text()), Secret: control.NewSecret(), PhoneNumberIDs: numbers}
	if err := s.Create(w.Domain, w.ClientID, w.Secret, numbers[0], control.Terms{}); err != nil {
		return nil, err
	}
	return w, nil
}
