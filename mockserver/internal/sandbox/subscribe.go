package sandbox

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/feed"
)

// Bounds of what readers of the changes can come back to.
const (
	changesKept   = 4096    // by a workspace that is read
	changesAgain  = 100_000 // worked out again from the events, for one reader
	changesAtOnce = 100     // given to a reader in one turn
)

// A changeFeed is the changes of a workspace while there are readers. A nil changeFeed does nothing.
type changeFeed struct {
	tracker *tracker
	ring    *feed.Ring[Change]
	readers int
	// A reader at a position before this one finds what it has not read in the events: some changes were taken back.
	again int64
}

// advance adds what time alone has brought until an instant.
func (f *changeFeed) advance(until time.Time) {
	if f == nil {
		return
	}
	for change, more := f.tracker.next(until); more; change, more = f.tracker.next(until) {
		f.ring.Add(change)
	}
}

// add adds the changes that events have made.
func (f *changeFeed) add(changes []Change) {
	if f == nil {
		return
	}
	for i := range changes {
		f.tracker.add(&changes[i])
		f.ring.Add(changes[i])
	}
}

// restart follows another state. change is what readers get for it; nil: the readers have to read everything again.
func (f *changeFeed) restart(t *tracker, change *Change) {
	if f == nil {
		return
	}
	f.tracker = t
	if change == nil {
		f.ring.Drop()
		return
	}
	f.ring.Add(*change)
}

// A Subscription is one reader of a workspace's changes. It has to be closed. One goroutine may use it.
type Subscription struct {
	w         *Workspace
	backlog   []Change // before position
	position  int64    // in the ring
	begin     string   // see Begin
	last      *Change  // that was read last; nil: none was
	takenBack bool     // changes behind last were taken back: resume goes on
}

// Begin is an id of the moment at which the subscription began: Subscribe takes it like that of a change.
func (s *Subscription) Begin() string { return s.begin }

// changeBegin is the kind in such an id. Its entity is the instant, in Unix seconds.
const changeBegin = "begin"

// isAfter reports whether a change came after the moment that an id names. is: the id names a moment, and no change.
func isAfter(c *Change, id string) (after, is bool) {
	first, rest, _ := strings.Cut(id, ".")
	kind, last, _ := strings.Cut(rest, ".")
	if kind != changeBegin {
		return false, false
	}
	seq, _ := strconv.ParseInt(first, 10, 64)
	at, _ := strconv.ParseInt(last, 10, 64)
	return c.Seq > seq || c.At.Unix() > at, true
}

// ResetAfter gives the id of the last reset's moment, if the reset came after the change with this id. Otherwise it gives "".
func (w *Workspace) ResetAfter(id string) string {
	seq, err := parseChangeID(id)
	w.mu.RLock()
	defer w.mu.RUnlock()
	if s := w.state; err == nil && seq < s.first {
		return fmt.Sprintf("%d.%s.%d", s.first, changeBegin, s.start.Unix())
	}
	return ""
}

// Subscribe begins to read the changes of the workspace: those after the change with the id last, or, when it is "", those to
// come. An id that cannot be found any more, or may be of events that were replaced, is answered with ChangeResync first; one
// that is no id is Invalid.
func (w *Workspace) Subscribe(ctx context.Context, last string) (*Subscription, error) {
	seq := int64(0)
	if last != "" {
		var err error
		if seq, err = parseChangeID(last); err != nil {
			return nil, err
		}
	}
	s := &Subscription{w: w}
	if err := w.lockCommands(ctx); err != nil {
		return nil, err
	}
	w.join()
	replaced := last != "" && seq <= w.replaced
	if replaced {
		last = ""
	}
	position, found, now, head := w.catchUp(last)
	s.begin = fmt.Sprintf("%d.%s.%d", w.Durable(), changeBegin, now.Unix())
	w.unlockCommands()
	s.position = position
	if replaced {
		s.backlog = []Change{{At: now, Kind: ChangeResync}}
	}
	if found {
		return s, nil
	}
	var err error
	if s.backlog, err = w.changesSince(ctx, last, head, now); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// join adds a reader. The first one makes the feed; commands wait meanwhile, reads do not.
func (w *Workspace) join() {
	for {
		w.mu.RLock()
		s, scheduled := w.state, len(w.state.scheduled)
		var t *tracker
		if w.feed == nil {
			t = newTracker(s, w.now())
		}
		w.mu.RUnlock()
		w.mu.Lock()
		switch {
		case w.feed != nil:
			w.feed.readers++
		case w.state == s && len(s.scheduled) == scheduled:
			w.feed = &changeFeed{tracker: t, ring: feed.NewRing[Change](changesKept), readers: 1}
		default: // something became due in between
			w.mu.Unlock()
			continue
		}
		w.mu.Unlock()
		return
	}
}

// isRead reports whether the changes have a reader. With commands locked no further reader comes.
func (w *Workspace) isRead() bool {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.feed != nil
}

// catchUp reports what has changed until now, and finds where a reader goes on: behind the change with an id, or behind all when
// the id is "".
func (w *Workspace) catchUp(id string) (position int64, found bool, now time.Time, head int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now = w.runDue()
	w.feed.advance(now)
	if id != "" {
		position, found = w.feed.ring.Find(func(c Change) bool { return c.ID() == id })
	}
	if !found {
		position = w.feed.ring.End()
	}
	return position, found || id == "", now, w.state.seq
}

// Durable is the number of the newest event that is known to be durable.
func (w *Workspace) Durable() int64 {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.durableSeq
}

// News is what a Subscription has for its reader.
type News struct {
	Changes []Change
	More    <-chan struct{} // closed when something happens; nil when there are Changes
	Due     time.Time       // when time alone brings the next change, by the machine's clock; zero: not before something happens
	Gone    bool            // the workspace has been removed: nothing comes any more
}

// Next gives what has changed since the last call, in the order of time, or what to wait for.
func (s *Subscription) Next() News {
	news := s.next()
	if s.takenBack {
		s.resume()
		news = s.next()
	}
	if n := len(news.Changes); n > 0 {
		s.last = &news.Changes[n-1]
	}
	return news
}

// resume goes on behind the change that was read last, after some were taken back.
func (s *Subscription) resume() {
	s.takenBack = false
	w, last := s.w, s.begin
	if s.last != nil && s.last.Kind != ChangeResync {
		last = s.last.ID()
	}
	ctx := context.Background()
	if w.lockCommands(ctx) != nil {
		return // it has no end
	}
	position, found, now, head := w.catchUp(last)
	w.unlockCommands()
	s.position = position
	if found {
		return
	}
	var err error
	if s.backlog, err = w.changesSince(ctx, last, head, now); err != nil {
		s.backlog = []Change{{At: now, Kind: ChangeResync}}
	}
}

func (s *Subscription) next() News {
	if n := min(len(s.backlog), changesAtOnce); n > 0 {
		changes := s.backlog[:n]
		s.backlog = s.backlog[n:]
		return News{Changes: changes}
	}
	w := s.w
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.runDue()
	if w.gone {
		return News{Gone: true}
	}
	w.feed.advance(now)
	changes, kept := w.feed.ring.From(s.position, changesAtOnce)
	if !kept && s.position < w.feed.again {
		s.takenBack = true
		return News{}
	}
	if !kept {
		s.position = w.feed.ring.End()
		return News{Changes: []Change{{At: now, Kind: ChangeResync}}}
	}
	changes = w.durableOnly(changes)
	if len(changes) > 0 {
		s.position += int64(len(changes))
		return News{Changes: changes}
	}
	return News{More: w.something(), Due: w.nextDue()}
}

// durableOnly gives the changes before the first one whose event is not durable.
func (w *Workspace) durableOnly(changes []Change) []Change {
	for i := range changes {
		if changes[i].Seq > w.durableSeq {
			return changes[:i]
		}
	}
	return changes
}

// Close ends the subscription. The last reader takes the feed away.
func (s *Subscription) Close() {
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.feed.readers--; s.w.feed.readers == 0 {
		s.w.feed = nil
	}
}

// nextDue is when the machine's clock shows that something becomes due by time alone.
func (w *Workspace) nextDue() time.Time {
	var next time.Time
	if due := w.feed.tracker.due; len(due) > 0 {
		next = due[0].at
	}
	if len(w.state.scheduled) > 0 {
		next = earlier(next, w.state.scheduled[0].At)
	}
	return w.state.clock.When(next)
}

// something is closed when something happens.
func (w *Workspace) something() <-chan struct{} {
	if w.more == nil {
		w.more = make(chan struct{})
	}
	return w.more
}

// Await waits until the workspace has the event seq, or ctx ends, and gives the number of its newest event.
func (w *Workspace) Await(ctx context.Context, seq int64) int64 {
	for {
		w.mu.Lock()
		head, more := w.state.seq, w.something()
		w.mu.Unlock()
		if head >= seq {
			return head
		}
		select {
		case <-more:
		case <-ctx.Done():
			return head
		}
	}
}

// wake lets the readers that wait for changes look again.
func (w *Workspace) wake() {
	if w.more != nil {
		close(w.more)
		w.more = nil
	}
}

// End ends the subscriptions of the workspace, which is no more. Requests in flight may still use it.
func (w *Workspace) End() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gone = true
	w.wake()
}
