// Package store keeps the events of workspaces in a database. It encodes them, finds conflicts, and writes together what
// waits to be written. What the database is, sqlite and its neighbours know.
//
// It must never know HTTP, or what an event means.
package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// A Row is an event as a database keeps it.
type Row struct {
	Seq  int64
	Data []byte // by eventlog
}

// A Write is what a command, or a change of a whole workspace, puts into the database.
type Write struct {
	Workspace string
	After     int64 // the newest event before the rows
	Life      int64 // of the workspace: the one that it has, or, with Replace or its first event, a new one
	Replace   bool  // what the workspace had goes
	Remove    bool  // the workspace goes
	Rows      []Row // their numbers follow each other
	First     int64 // the event that the workspace begins with now; 0: as before
	Clock     *Clock
	Usage     *Usage        // added to what was used
	Client    *SealedClient // in the place of the one that the workspace has; nil: it stays
	NewClient bool          // the workspace must not have one
	Webhooks  []byte        // encrypted, in the place of those that the workspace has; nil: they stay. They are left out when another mock sends them
}

// NewHead is the newest event after the write; false: it stays.
func (w *Write) NewHead() (Head, bool) {
	if len(w.Rows) == 0 {
		return Head{0, w.Life}, w.Replace
	}
	return Head{w.Rows[len(w.Rows)-1].Seq, w.Life}, true
}

// A Clock is the setting of a workspace's clock, see sandbox.Clock: it showed At when the machine's clock showed Since. Since is
// zero when the clock is stopped.
type Clock struct{ At, Since time.Time }

func (c Clock) sandbox() sandbox.Clock {
	if c.Since.IsZero() {
		return sandbox.StoppedClock(c.At)
	}
	return sandbox.RunningClock(c.At, c.Since)
}

// An Entry is what a database knows of a workspace beside its events.
type Entry struct {
	Workspace   string
	First, Head int64 // numbers of the event that it begins with and of the newest
	Clock       Clock
	Life        int64 // see Head; only of a database that several mocks use
}

// A Database keeps events. One process writes it, unless it is a SharedDatabase. Write is called by one goroutine at a time, the other methods by many.
type Database interface {
	// Write keeps all writes, in their order, or none of them. They are on the disk when it returns. alive is the machine's
	// instant: what Entries needs to know how long the mock was not running. left are those that were left out, because another mock
	// has written the same meanwhile; the others are kept.
	Write(ctx context.Context, writes []*Write, alive time.Time) (left []*Write, err error)
	// Read gives the rows of a workspace with a number above after, from its first event on.
	Read(ctx context.Context, workspace string, after int64) iter.Seq2[Row, error]
	// Entries gives all workspaces, and Clients the clients that were kept.
	Entries(ctx context.Context) ([]Entry, error)
	Clients(ctx context.Context) ([]SealedClient, error)
	// Webhooks gives the encrypted webhooks by workspace.
	Webhooks(ctx context.Context) (map[string][]byte, error)
	// WebhooksOf gives those of a workspace; nil: it has none.
	WebhooksOf(ctx context.Context, workspace string) ([]byte, error)
	Close() error
}

// Options are what a Store is made of. All are needed.
type Options struct {
	Database Database
	Name     string // of the database, for messages: sqlite:FILE
	// Keys gives the keys of the secrets: what is written is encrypted with the first one, what is read may be with any. sealed says
	// that there are secrets already, so a new key would open none.
	Keys   func(sealed bool) ([]Key, error)
	Now    func() time.Time
	Logger *slog.Logger
}

// A Store is a sandbox.Store in front of a database. It has to be closed.
type Store struct {
	Options
	entries  map[string]Entry // when it was opened or listed; what this mock has written since counts for their clocks
	clients  map[string]Client
	webhooks map[string][]byte
	keys     []Key

	observer atomic.Pointer[func(Batch)] // nil: there is none

	mu      sync.Mutex
	heads   map[string]Head // with what is not written yet
	written map[string]Head
	waiting []*waiting
	wakeAt  int           // how many must wait until the goroutine that writes is woken; 0: one
	failure error         // why the last write failed; nil: it did not
	unsure  bool          // the last write failed, and may be in the database all the same
	closed  bool          // nothing more is taken
	wake    chan struct{} // holds a token when there is something to write, or to end
	done    chan struct{} // closed when the last write is done

	shared    SharedDatabase // nil: no other mock uses the database
	contended map[string]time.Time
	turns     map[string]*turn
	inTurns   sync.WaitGroup
	received  []int64 // ids of what other mocks have relayed, to be removed; only ReceiveRelayed uses it
}

// waiting is a write whose caller waits for it. Without a Write it only waits for those before it.
type waiting struct {
	*Write
	done chan error
}

// New makes a store of what the database has.
func New(ctx context.Context, o Options) (*Store, error) {
	entries, err := o.Database.Entries(ctx)
	if err != nil {
		return nil, err
	}
	s := &Store{
		Options: o, entries: make(map[string]Entry, len(entries)), heads: make(map[string]Head, len(entries)), written: make(map[string]Head, len(entries)),
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		contended: map[string]time.Time{}, turns: map[string]*turn{},
	}
	s.shared, _ = o.Database.(SharedDatabase)
	for _, e := range entries {
		s.entries[e.Workspace] = e
		head := Head{e.Head, e.Life}
		s.heads[e.Workspace], s.written[e.Workspace] = head, head
	}
	encryptAgain, err := s.openSecrets(ctx)
	if err != nil {
		return nil, err
	}
	go s.writeAll()
	if err := encryptAgain(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openSecrets decrypts what the database has encrypted. again encrypts with the newest key what an older one has encrypted.
func (s *Store) openSecrets(ctx context.Context) (again func() error, err error) {
	clients, err := s.Database.Clients(ctx)
	if err != nil {
		return nil, err
	}
	webhooks, err := s.Database.Webhooks(ctx)
	if err != nil {
		return nil, err
	}
	if s.keys, err = s.Keys(len(clients)+len(webhooks) > 0); err != nil {
		return nil, err
	}
	opened, staleClients, err := s.openClients(clients)
	if err != nil {
		return nil, err
	}
	s.clients = opened
	staleWebhooks, err := s.openWebhooks(webhooks)
	return func() error {
		for _, c := range staleClients {
			if err := s.KeepClient(ctx, c); err != nil {
				return err
			}
		}
		for _, workspace := range staleWebhooks {
			if err := s.KeepWebhooks(ctx, workspace, s.webhooks[workspace]); err != nil && !errors.Is(err, sandbox.ErrConflict) {
				return err
			}
		}
		return nil
	}, err
}

// openSealed decrypts with the first key that fits. old: it is not the newest one.
func (s *Store) openSealed(sealed []byte, place string) (text string, old bool, err error) {
	for i, key := range s.keys {
		if text, err = key.open(sealed, place); err == nil {
			return text, i > 0, nil
		}
	}
	return "", false, err
}

func (s *Store) otherKey(what string, err error) error {
	return fmt.Errorf("%s: %s %w; give the key that was used, alone or behind a new one: --store-key NEW,OLD", s.Name, what, err)
}

// Opened reports whether the store has a workspace, and what its clock was set to last, as far as this mock knows.
func (s *Store) Opened(workspace string) (clock sandbox.Clock, found bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, found := s.entries[workspace]
	return e.Clock.sandbox(), found
}

// Head is the number of a workspace's newest event, as far as this mock knows.
func (s *Store) Head(workspace string) int64 { return s.known(workspace).Seq }

// Append implements sandbox.Store.
func (s *Store) Append(ctx context.Context, workspace string, after int64, events []sandbox.Event) (<-chan error, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	w, err := s.write(workspace, events)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	head, in := s.heads[workspace], s.turns[workspace]
	switch {
	case s.shared != nil && s.failure != nil: // the writer finds out when it is over, and waits for that longer than a caller should
		return nil, s.failure
	case head.Seq != after, in != nil && in.ending:
		return nil, sandbox.ErrConflict
	case len(events) == 0:
		return nil, nil
	}
	w.After, w.Life = after, head.Life
	if after == 0 {
		w.Life = newLife()
	}
	if in == nil {
		return s.enqueue(w)
	}
	waits := in.take(w)
	s.heads[workspace], _ = w.NewHead()
	if len(in.write.Rows) >= turnEvents {
		in.endSoon()
	}
	return waits.done, nil
}

// Replace implements sandbox.Store.
func (s *Store) Replace(ctx context.Context, workspace string, events []sandbox.Event, clock sandbox.Clock) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := s.write(workspace, events)
	if err != nil {
		return err
	}
	at, since := clock.Setting()
	w.Replace, w.Remove, w.Clock, w.Life = true, len(events) == 0, &Clock{at, since}, newLife()
	if len(events) > 0 {
		w.First = events[0].Seq
	}
	s.endTurnNow(workspace)
	s.mu.Lock()
	durable, err := s.enqueue(w)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return <-durable
}

// newLife is a number that no other life of a workspace has.
func newLife() int64 {
	var bytes [8]byte
	_, _ = rand.Read(bytes[:]) // it never fails
	return int64(binary.LittleEndian.Uint64(bytes[:])>>1) | 1
}

// Read implements sandbox.Store. An event that cannot be read is an error with its workspace and its number.
func (s *Store) Read(ctx context.Context, workspace string, after int64) iter.Seq2[sandbox.Event, error] {
	return func(yield func(sandbox.Event, error) bool) {
		if err := s.away(); err != nil {
			yield(sandbox.Event{}, err)
			return
		}
		s.endTurnNow(workspace)
		s.flush()
		for row, err := range s.Database.Read(ctx, workspace, after) {
			var e sandbox.Event
			if err == nil {
				e, err = s.decode(workspace, row)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (s *Store) decode(workspace string, row Row) (sandbox.Event, error) {
	e, err := decode(row)
	if err != nil {
		return e, &RowError{Store: s.Name, Workspace: workspace, Seq: row.Seq, Err: err}
	}
	return e, nil
}

// A RowError is an event of a store that cannot be read.
type RowError struct {
	Store, Workspace string
	Seq              int64
	Err              error
}

func (e *RowError) Error() string {
	return fmt.Sprintf("%s: workspace %s: event %d cannot be read: %v", e.Store, e.Workspace, e.Seq, e.Err)
}

func (e *RowError) Unwrap() error { return e.Err }

// flush waits until what was appended before is written, or is known not to be.
func (s *Store) flush() {
	s.mu.Lock()
	w := &waiting{done: make(chan error, 1)}
	idle := s.closed
	if !idle {
		s.push(w)
	}
	s.mu.Unlock()
	if !idle {
		<-w.done //nolint:errcheck // what was not written is not read
	}
}

// Health is why the last write failed; nil: it did not.
func (s *Store) Health() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failure
}

// Close writes what waits, and closes the database. What is appended later is refused.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		<-s.done
		return nil
	}
	s.closed = true
	s.signal()
	s.mu.Unlock()
	<-s.done
	s.inTurns.Wait()
	return s.Database.Close()
}

var errClosed = errors.New("the mock is stopping")

// write encodes events.
func (s *Store) write(workspace string, events []sandbox.Event) (*Write, error) {
	w := &Write{Workspace: workspace, Rows: make([]Row, 0, len(events))}
	for _, e := range events {
		data, err := eventlog.Encode(e)
		if err != nil {
			return nil, err
		}
		w.Rows = append(w.Rows, Row{e.Seq, data})
		if clock, set := e.ClockSet(s.Now()); set {
			at, since := clock.Setting()
			w.Clock = &Clock{at, since}
		}
		if kind := e.Data.Kind(); kind == sandbox.KindReset || kind == sandbox.KindSeeded {
			w.First = e.Seq
		}
	}
	return w, nil
}
