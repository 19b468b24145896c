package store

import (
	"context"
	"errors"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// A SharedDatabase is a Database that several mocks use at the same time. Its Write leaves out the rows of a workspace to which another mock
// has appended.
type SharedDatabase interface {
	Database
	SenderDatabase
	// Tail gives what a workspace has behind the event after; all events when its life is another one, or when after is not there.
	// ErrGone says that there is no such workspace.
	Tail(ctx context.Context, workspace string, after Head) (Tail, error)
	// Begin locks a workspace against the other mocks, and gives its Tail. The turn has to be ended.
	Begin(ctx context.Context, workspace string, after Head) (Turn, Tail, error)
	// Announce notifies the other mocks of new events, soon.
	Announce(workspace string, head Head)
	// Watch calls changed with each workspace that may have new events, and listed when workspaces or clients came or went, until ctx ends.
	// Both are called by one goroutine.
	Watch(ctx context.Context, changed func(workspace string, head Head), listed func())
	// Count counts requests in a window of a rate limit, and gives how many were counted in it before. Recount begins new windows.
	Count(ctx context.Context, w Window, n int64) (before int64, err error)
	Recount(ctx context.Context, workspace string) error
	// Join records what this mock is made of for the others, and fails where they are made of something else.
	Join(ctx context.Context, o Origin) error
}

// Errors of a SharedDatabase.
var (
	ErrGone   = sandbox.ErrGone   // there is no such workspace
	ErrUnsure = sandbox.ErrUnsure // the connection was lost, and it is not known whether a write was kept
	ErrAway   = errors.New("the database cannot be reached")
)

// away is why the database could not be reached when this mock last wrote to it; nil: it could. Then no question is asked that has a caller:
// those of one workspace would wait for it one after the other. The goroutine that writes finds out when it is over.
func (s *Store) away() error {
	if err := s.Health(); errors.Is(err, ErrAway) {
		return err
	}
	return nil
}

// A Turn is a transaction in which one workspace is locked.
type Turn interface {
	// Commit writes and ends the turn; nil: there is nothing to write.
	Commit(ctx context.Context, w *Write) error
}

// A Head is the newest event of a workspace, in one of its lives: one that is replaced, or removed and made again, has another life.
type Head struct{ Seq, Life int64 }

// A Tail is what a database has of a workspace behind an event.
type Tail struct {
	Head  Head
	Clock Clock
	Rows  []Row
	All   bool // they are all rows
}

const (
	// sharedFor is how long after a conflict, or an event of another mock, a workspace is appended to in turns.
	sharedFor = 3 * time.Second
	// longestTurn ends a turn that its holder does not end.
	longestTurn = 20 * time.Millisecond
	// turnEvents ends a turn in which so many events were appended.
	turnEvents = 512
	// turnPatience is how long a mock waits for its turn.
	turnPatience = 5 * time.Second
)

// A turn is a Turn with what was appended in it. Store.mu guards it.
type turn struct {
	in     Turn
	write  *Write
	waits  []*waiting
	timer  *time.Timer
	ending bool
	done   chan struct{} // closed when it has ended
}

// Shared reports whether other mocks may append to the store.
func (s *Store) Shared() bool { return s.shared != nil }

// Tail implements sandbox.SharedStore.
func (s *Store) Tail(ctx context.Context, workspace string, after int64) (sandbox.Tail, error) {
	if err := s.away(); err != nil {
		return sandbox.Tail{}, err
	}
	s.awaitWritten(workspace)
	known := s.known(workspace)
	from := known
	if after != known.Seq || after == 0 {
		from = Head{}
	}
	t, err := s.shared.Tail(ctx, workspace, from)
	if err != nil {
		return sandbox.Tail{}, err
	}
	return s.taken(workspace, known, t)
}

// awaitWritten waits until what was appended to a workspace before is written, or is known not to be.
func (s *Store) awaitWritten(workspace string) {
	s.endTurnNow(workspace)
	s.mu.Lock()
	unwritten := s.heads[workspace] != s.written[workspace]
	s.mu.Unlock()
	if unwritten {
		s.flush()
	}
}

// known is what the database is known to have of a workspace.
func (s *Store) known(workspace string) Head {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written[workspace]
}

// taken remembers what a workspace is going to know.
func (s *Store) taken(workspace string, known Head, t Tail) (sandbox.Tail, error) {
	taken := sandbox.Tail{All: t.All, Replaced: known.Life != 0 && known.Life != t.Head.Life, Clock: t.Clock.sandbox()}
	for _, row := range t.Rows {
		e, err := s.decode(workspace, row)
		if err != nil {
			return taken, err
		}
		taken.Events = append(taken.Events, e)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.Head != known && known.Life != 0 {
		s.contended[workspace] = time.Now().Add(sharedFor)
	}
	s.written[workspace], s.heads[workspace] = t.Head, t.Head
	return taken, nil
}

// Turn implements sandbox.SharedStore.
func (s *Store) Turn(_ context.Context, workspace string, after int64) (sandbox.Tail, error) {
	s.mu.Lock()
	current, failure := s.turns[workspace], s.failure
	if s.closed {
		failure = errClosed
	}
	_, contended := s.contended[workspace]
	s.mu.Unlock()
	switch {
	case failure != nil: // the writer finds out when it is over
		return sandbox.Tail{}, failure
	case current != nil && !s.isEnding(current):
		return sandbox.Tail{}, nil // one more command in it
	case current == nil && !contended:
		return sandbox.Tail{}, nil
	case current != nil:
		<-current.done
	}
	if s.forgetContended(workspace) {
		return sandbox.Tail{}, nil
	}
	s.awaitWritten(workspace)
	known := s.known(workspace)
	from := known
	if after != known.Seq {
		from = Head{}
	}
	// A caller that goes away must not end the transaction of the others.
	ctx, cancel := context.WithTimeout(context.Background(), turnPatience)
	defer cancel()
	in, t, err := s.shared.Begin(ctx, workspace, from)
	if err != nil {
		s.failed(err)
		return sandbox.Tail{}, err
	}
	tail, err := s.taken(workspace, known, t)
	if err != nil {
		return tail, errors.Join(err, in.Commit(ctx, nil))
	}
	s.begin(workspace, in)
	return tail, nil
}

func (s *Store) isEnding(t *turn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return t.ending
}

// forgetContended reports whether a workspace is not contended any more.
func (s *Store) forgetContended(workspace string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Now().Before(s.contended[workspace]) {
		return false
	}
	delete(s.contended, workspace)
	return true
}

func (s *Store) begin(workspace string, in Turn) {
	t := &turn{in: in, done: make(chan struct{})}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns[workspace] = t
	s.inTurns.Add(1)
	t.timer = time.AfterFunc(longestTurn, func() { s.end(workspace, t) })
}

// EndTurn implements sandbox.SharedStore.
func (s *Store) EndTurn(workspace string) {
	s.mu.Lock()
	t := s.turns[workspace]
	s.mu.Unlock()
	if t != nil {
		t.endSoon()
	}
}

// endTurnNow ends the turn of a workspace, if it has one, and waits until what was appended in it is kept, or is known not to be.
func (s *Store) endTurnNow(workspace string) {
	s.mu.Lock()
	t := s.turns[workspace]
	s.mu.Unlock()
	if t != nil {
		t.endSoon()
		<-t.done
	}
}

// endSoon ends a turn, without waiting for the database.
func (t *turn) endSoon() { t.timer.Reset(0) }

// end writes what was appended in a turn, and answers its callers.
func (s *Store) end(workspace string, t *turn) {
	s.mu.Lock()
	if t.ending {
		s.mu.Unlock()
		return
	}
	t.ending = true
	t.timer.Stop()
	s.mu.Unlock()
	defer s.inTurns.Done()

	ctx, cancel := context.WithTimeout(context.Background(), turnPatience)
	defer cancel()
	began := time.Now()
	err := t.in.Commit(ctx, t.write)
	if t.write != nil {
		s.tell([]*Write{t.write}, began, err)
		s.failed(err)
	}
	s.mu.Lock()
	if err == nil && t.write != nil {
		head, _ := t.write.NewHead()
		s.written[workspace] = head
		s.shared.Announce(workspace, head)
	}
	s.heads[workspace] = s.written[workspace]
	delete(s.turns, workspace)
	s.mu.Unlock()
	for _, w := range t.waits {
		w.done <- err
	}
	close(t.done)
}

// take adds a write to a turn. Store.mu is held.
func (t *turn) take(w *Write) *waiting {
	if t.write == nil {
		t.write = &Write{Workspace: w.Workspace, After: w.After, Life: w.Life}
	}
	t.write.Rows = append(t.write.Rows, w.Rows...)
	if w.Clock != nil {
		t.write.Clock = w.Clock
	}
	if w.First != 0 {
		t.write.First = w.First
	}
	waits := &waiting{w, make(chan error, 1)}
	t.waits = append(t.waits, waits)
	return waits
}

// failed notes why the database could not be used; nil: it could.
func (s *Store) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setHealth(err)
}

// Watch calls changed with each workspace to which another mock has appended, and listed when workspaces or clients came or went, until
// ctx ends.
func (s *Store) Watch(ctx context.Context, changed func(workspace string), listed func()) {
	s.shared.Watch(ctx, func(workspace string, head Head) {
		s.mu.Lock()
		known := s.written[workspace] == head || s.heads[workspace] == head
		s.mu.Unlock()
		if !known {
			changed(workspace)
		}
	}, listed)
}

// An Origin is what a mock is made of: two that share a database have the same.
type Origin struct {
	Contract  string // version and digest of the document
	Fixtures  string // digest
	Seed      string
	Generator string // version of what makes data
	Clock     string // kind
}

// Join records in the database what this mock is made of. Where they are made of something else, the error names both.
func (s *Store) Join(ctx context.Context, o Origin) error {
	if s.shared == nil {
		return nil
	}
	return s.shared.Join(ctx, o)
}
