package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// A Source is a database that is only read. A mock may use it meanwhile.
type Source interface {
	Entries(ctx context.Context) ([]Entry, error)
	// Read gives the rows of a workspace with a number above after, from its first event on.
	Read(ctx context.Context, workspace string, after int64) iter.Seq2[Row, error]
	Clients(ctx context.Context) ([]SealedClient, error)
	Webhooks(ctx context.Context) (map[string][]byte, error)
	// Alive is the machine's instant at which a mock used the database last; zero: none did.
	Alive(ctx context.Context) (time.Time, error)
	// Check looks for damage that the database itself can find.
	Check(ctx context.Context) error
	Close() error
}

// A Checked database is what Check has read.
type Checked struct {
	Workspaces, Events int
	Problems           int // that were reported
}

// Check reads every event of a database, and reports what is wrong with it: damage, an event that is missing, one that cannot be read. name
// is that of the database. An error says that the check could not be made.
func Check(ctx context.Context, name string, from Source, tell func(problem error)) (found Checked, err error) {
	problem := func(err error) {
		found.Problems++
		tell(err)
	}
	if err := from.Check(ctx); err != nil {
		problem(err)
	}
	entries, err := from.Entries(ctx)
	if err != nil {
		return found, err
	}
	for _, e := range entries {
		n, err := checkWorkspace(ctx, name, from, e, problem)
		if err != nil {
			return found, err
		}
		found.Workspaces++
		found.Events += n
	}
	return found, nil
}

// checkWorkspace reads the events of a workspace, and gives how many it has. One that a mock adds meanwhile does not count.
func checkWorkspace(ctx context.Context, name string, from Source, e Entry, problem func(error)) (n int, err error) {
	wrong := func(seq int64, err error) {
		problem(&RowError{Store: name, Workspace: e.Workspace, Seq: seq, Err: err})
	}
	next := e.First
	for row, err := range from.Read(ctx, e.Workspace, e.First-1) {
		if err != nil {
			return n, err
		}
		if row.Seq > e.Head {
			break
		}
		if row.Seq != next {
			wrong(next, fmt.Errorf("it is missing; the next one that is there is %d", row.Seq))
		}
		if _, err := decode(row); err != nil {
			wrong(row.Seq, err)
		}
		next = row.Seq + 1
		n++
	}
	if next <= e.Head {
		wrong(next, fmt.Errorf("it is missing, and so is every later one; the last one must be %d", e.Head))
	}
	return n, nil
}

// decode reads a row, which must be the event that its number says.
func decode(row Row) (sandbox.Event, error) {
	e, err := eventlog.Decode(row.Data)
	if err == nil && e.Seq != row.Seq {
		err = fmt.Errorf("it says that it is event %d", e.Seq)
	}
	return e, err
}

// An Export says which workspace of a database is written, and what only the caller knows of it.
type Export struct {
	Entry
	Name                            string // of the database
	Client                          string // id of the workspace's client
	ProductVersion, ContractVersion string
	Alive                           time.Time // see Source
}

// Write writes the workspace as a file of events: what GET /__admin/events of a mock that runs on the database would give.
func (x *Export) Write(ctx context.Context, from Source, to io.Writer) error {
	events := x.events(ctx, from)
	next, stop := iter.Pull2(events)
	defer stop()
	first, err, more := next()
	switch {
	case err != nil:
		return err
	case !more:
		return &RowError{Store: x.Name, Workspace: x.Workspace, Seq: x.First, Err: errors.New("it is missing")}
	}
	began, err := beginning(first)
	if err != nil {
		return &RowError{Store: x.Name, Workspace: x.Workspace, Seq: first.Seq, Err: err}
	}
	clock := "standing"
	if !x.Clock.Since.IsZero() {
		clock = "running"
	}
	return eventlog.Write(to, eventlog.Header{
		ProductVersion: x.ProductVersion, ContractVersion: x.ContractVersion, Domain: x.Workspace, ClientID: x.Client,
		Clock: clock, Now: x.Clock.shows(x.Alive),
		FixturesDigest: began.FixturesDigest, Seed: began.Seed, GeneratorVersion: began.GeneratorVersion,
	}, func(yield func(sandbox.Event, error) bool) {
		for e, err, more := first, error(nil), true; more && yield(e, err) && err == nil; {
			e, err, more = next()
		}
	})
}

// events are those of the workspace up to its newest when the Entry was read.
func (x *Export) events(ctx context.Context, from Source) iter.Seq2[sandbox.Event, error] {
	return func(yield func(sandbox.Event, error) bool) {
		for row, err := range from.Read(ctx, x.Workspace, x.First-1) {
			var e sandbox.Event
			if err == nil && row.Seq > x.Head {
				return
			}
			if err == nil {
				if e, err = decode(row); err != nil {
					err = &RowError{Store: x.Name, Workspace: x.Workspace, Seq: row.Seq, Err: err}
				}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// beginning is what the first event says of the workspace's start.
func beginning(first sandbox.Event) (sandbox.Seeded, error) {
	switch d := first.Data.(type) {
	case sandbox.Seeded:
		return d, nil
	case sandbox.Reset:
		return d.Seeded, nil
	default:
		return sandbox.Seeded{}, errors.New("it must be seeded or reset, as the first event of a workspace is")
	}
}

// shows is what the clock showed at an instant of the machine's clock.
func (c Clock) shows(machine time.Time) time.Time {
	if c.Since.IsZero() {
		return c.At
	}
	return c.At.Add(max(0, machine.Sub(c.Since)))
}

// Find gives the entry of a workspace.
func Find(entries []Entry, workspace string) (Entry, bool) {
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Workspace == workspace })
	if i < 0 {
		return Entry{}, false
	}
	return entries[i], true
}
