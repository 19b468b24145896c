package webhook

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// An Entry is an event that a listener gets.
type Entry struct {
	Event  *Event
	ID     string // a listener that comes back gives it, and gets what came later. It is the event's id, with a mark if it was sent again
	Resent bool
}

// resentMark separates the id of an event that is sent again from a number.
const resentMark = "~"

// isID reports whether a text has the form of an id of an entry: a number, a point, what it is about, and perhaps the mark and another
// number.
func isID(text string) bool {
	number, rest, found := strings.Cut(text, ".")
	about, resent, marked := strings.Cut(rest, resentMark)
	return found && isNumber(number, 19) && (!marked || isNumber(resent, 19)) && about != "" && len(about) <= 150 &&
		strings.IndexFunc(about, func(r rune) bool { return !isLetter(r) && !isDigit(r) && !strings.ContainsRune("._-", r) }) < 0
}

// isNumber reports whether a text is so many digits at most, and one at least.
func isNumber(text string, digits int) bool {
	return text != "" && len(text) <= digits && strings.IndexFunc(text, func(r rune) bool { return !isDigit(r) }) < 0
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// entriesAtOnce is how many entries a listener gets in one turn.
const entriesAtOnce = 100

// A Listener reads the events of a workspace as they happen, whether an endpoint is registered or not. Only one goroutine may use it. It has to be
// closed.
type Listener struct {
	b        *outbox
	position int64
	fresh    bool // it was given no id, and began with what happens next
	missed   bool // there may be events before position that it does not get
}

// An IDError says that a text is no id of an event.
type IDError struct{ ID string }

func (e *IDError) Error() string {
	return fmt.Sprintf("must be the id of an event, such as 12.message.sent.590, not %q", e.ID)
}

// Listen begins to read: after the entry with the id last, or, when it is "", with what happens next. Errors are ErrNoWorkspace and,
// when last is no id, an *IDError.
func (s *Sender) Listen(ctx context.Context, domain, last string) (*Listener, error) {
	if last != "" && !isID(last) {
		return nil, &IDError{last}
	}
	b, isNew, err := s.outbox(ctx, domain, changeOf(last))
	if err != nil || b == nil {
		return nil, orNoWorkspace(err)
	}
	if _, ok := b.read(ctx); !ok {
		return nil, ErrNoWorkspace
	}
	b.reading.Lock()
	lost := b.lost
	b.reading.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	l := &Listener{b: b, position: b.events.End()}
	b.listeners++
	if last == "" {
		l.fresh = true
		return l, nil
	}
	if at, is := b.positionOf(last); is {
		l.position = at
		return l, nil
	}
	switch at, found := b.events.Find(func(e Entry) bool { return e.ID == last }); {
	case found:
		l.position = at
	case isNew && !lost:
		l.position = b.events.Start() // the new outbox has read all that came after it from the log
	default:
		l.missed = true
	}
	return l, nil
}

// changeOf is the id of the change that an event comes from, NUMBER.KIND.NUMBER; "": it comes from none.
func changeOf(id string) string {
	number, rest, _ := strings.Cut(id, ".")
	end := strings.LastIndexByte(rest, '.')
	if end < 1 || !isNumber(number, 18) || !isNumber(rest[end+1:], 18) {
		return ""
	}
	if strings.IndexFunc(rest[:end], func(r rune) bool { return r != '.' && (r < 'a' || r > 'z') }) >= 0 {
		return ""
	}
	return id
}

// Close ends the listener.
func (l *Listener) Close() {
	l.b.s.mu.Lock()
	defer l.b.s.mu.Unlock()
	l.b.listeners--
	l.b.left = l.b.s.Now()
}

// StartID is an id that a listener can come back with before it has got the first entry; "" if it began after an id.
func (l *Listener) StartID() string {
	if !l.fresh {
		return ""
	}
	return startPrefix + l.b.name + "." + strconv.FormatInt(l.position, 10)
}

const startPrefix = "0.listening-"

// positionOf reads an id that StartID has made, in this run of the mock.
func (b *outbox) positionOf(id string) (position int64, is bool) {
	text, is := strings.CutPrefix(id, startPrefix+b.name+".")
	if !is {
		return 0, false
	}
	position, err := strconv.ParseInt(text, 10, 64)
	return position, err == nil && position <= b.events.End()
}

// News is what a Listener gets.
type News struct {
	Missed  bool // there may be events before these that it does not get
	Entries []Entry
	More    <-chan struct{} // closed when there may be more; nil when there are Entries
	Gone    bool            // the workspace was removed: nothing comes any more
}

// Next returns the entries since the last call, or a channel to wait for.
func (l *Listener) Next() News {
	b := l.b
	b.s.mu.Lock()
	defer b.s.mu.Unlock()
	if l.missed {
		l.missed = false
		return News{Missed: true}
	}
	entries, kept := b.events.From(l.position, entriesAtOnce)
	switch {
	case !kept:
		l.position = b.events.End()
		return News{Missed: true}
	case len(entries) > 0:
		l.position += int64(len(entries))
		return News{Entries: entries}
	case b.gone:
		return News{Gone: true}
	}
	if b.more == nil {
		b.more = make(chan struct{})
	}
	return News{More: b.more}
}

// publish gives an entry to listeners. Sender.mu is held.
func (b *outbox) publish(e Entry) {
	b.events.Add(e)
	b.wakeListeners()
}

// tell passes entries on to the listeners of other Senders.
func (s *Sender) tell(ctx context.Context, domain string, entries []Entry) {
	if s.Relay != nil && len(entries) > 0 {
		s.Relay(ctx, domain, entries)
	}
}

// ReceiveRelayed gives the listeners of a workspace entries of another Sender.
func (s *Sender) ReceiveRelayed(domain string, entries []Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.outboxes[domain]
	if b == nil {
		return
	}
	for _, e := range entries {
		b.publish(e)
	}
}

// Begin remembers, from now on, what happens in a workspace as deliveries that can be sent again, also if there is no endpoint.
func (s *Sender) Begin(ctx context.Context, domain string) error {
	b, isNew, err := s.outbox(ctx, domain, "")
	if err != nil || b == nil {
		return orNoWorkspace(err)
	}
	if isNew {
		return b.keep(ctx)
	}
	return nil
}

func (b *outbox) wakeListeners() {
	if b.more != nil {
		close(b.more)
		b.more = nil
	}
}

// Headers are those of an event that a listener forwards, signed for the path and query that it is sent to.
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
