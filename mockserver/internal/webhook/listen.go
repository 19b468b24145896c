package webhook

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// An Entry is an event that a listener gets.
type Entry struct {
	Event  *Event
	ID     string // what a listener goes on after: the event's id; of one that was sent again that and a mark
	Resent bool
}

// resentMark stands between the id of an event and how often something was sent again by hand.
const resentMark = "~"

// idForm is what an id of an entry looks like.
var idForm = regexp.MustCompile(`^[0-9]{1,19}\.[A-Za-z0-9._-]{1,150}(~[0-9]{1,19})?$`)

// entriesAtOnce is how many entries a listener gets in one turn.
const entriesAtOnce = 100

// A Listener reads the events of a workspace as they come, whether an endpoint is registered or not. One goroutine may use it.
type Listener struct {
	b        *outbox
	position int64
	fresh    bool // it began at what happens next
	missed   bool // events may be missing before position
}

// An IDError says that a text is no id of an event.
type IDError struct{ ID string }

func (e *IDError) Error() string {
	return fmt.Sprintf("must be the id of an event, such as 12.message.sent.590, not %q", e.ID)
}

// Listen begins to read: after the entry with the id last, or, when it is "", from now on. ErrNoWorkspace says that there is no
// such workspace; an *IDError that last is no id.
func (s *Sender) Listen(ctx context.Context, domain, last string) (*Listener, error) {
	if last != "" && !idForm.MatchString(last) {
		return nil, &IDError{last}
	}
	b, isNew, err := s.outbox(ctx, domain, changeOf(last))
	if err != nil || b == nil {
		return nil, orNoWorkspace(err)
	}
	if _, there := b.read(ctx); !there {
		return nil, ErrNoWorkspace
	}
	b.reading.Lock()
	lost := b.lost
	b.reading.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &Listener{b: b, position: b.events.End()}
	if last == "" {
		l.fresh = true
		return l, nil
	}
	if at, is := b.placeOf(last); is {
		l.position = at
		return l, nil
	}
	switch at, found := b.events.Find(func(e Entry) bool { return e.ID == last }); {
	case found:
		l.position = at
	case isNew && !lost:
		l.position = b.events.Start() // the log has told what came after it
	default:
		l.missed = true
	}
	return l, nil
}

// changeForm is the id of a change of the feed.
var changeForm = regexp.MustCompile(`^[0-9]{1,18}\.[a-z.]+\.[0-9]{1,18}$`)

// changeOf is the id of the change that an event comes from; "": it cannot be told.
func changeOf(id string) string {
	if changeForm.MatchString(id) {
		return id
	}
	return ""
}

// Place is an id for a listener that goes on before it has heard anything; "": it began after an id.
func (l *Listener) Place() string {
	if !l.fresh {
		return ""
	}
	return placePrefix + l.b.name + "." + strconv.FormatInt(l.position, 10)
}

const placePrefix = "0.listening-"

// placeOf reads what Place has made. A place of another run of the mock is none.
func (b *outbox) placeOf(id string) (position int64, is bool) {
	text, is := strings.CutPrefix(id, placePrefix+b.name+".")
	if !is {
		return 0, false
	}
	position, err := strconv.ParseInt(text, 10, 64)
	return position, err == nil && position <= b.events.End()
}

// Heard is what a listener is told.
type Heard struct {
	Missed  bool // events may be missing before these
	Entries []Entry
	More    <-chan struct{} // closed when there may be more; nil when there are Entries
	Gone    bool            // the workspace was removed: nothing comes any more
}

// Next gives what has come since the last call, or for what to wait.
func (l *Listener) Next() Heard {
	b := l.b
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if l.missed {
		l.missed = false
		return Heard{Missed: true}
	}
	entries, kept := b.events.From(l.position, entriesAtOnce)
	switch {
	case !kept:
		l.position = b.events.End()
		return Heard{Missed: true}
	case len(entries) > 0:
		l.position += int64(len(entries))
		return Heard{Entries: entries}
	case b.gone:
		return Heard{Gone: true}
	}
	if b.more == nil {
		b.more = make(chan struct{})
	}
	return Heard{More: b.more}
}

// tell gives an entry to listeners. Sender.mu is held.
func (b *outbox) tell(e Entry) {
	b.events.Add(e)
	b.wakeListeners()
}

func (b *outbox) wakeListeners() {
	if b.more != nil {
		close(b.more)
		b.more = nil
	}
}

// Headers are those that a listener's receiver at home gets with an event: signed for the path and query that it is sent to.
func (s *Sender) Headers(domain string, e *Event, target string) map[string]string {
	w, found := s.Workspace(domain)
	if !found {
		return nil
	}
	headers := map[string]string{}
	for name, values := range s.Signature.headers(message{target: target, id: e.ID, at: s.Now(), body: e.Body}, w.Keys) {
		headers[name] = values[0]
	}
	return headers
}
