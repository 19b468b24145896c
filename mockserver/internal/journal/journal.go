// Package journal keeps what was asked and answered lately, and shows it without secrets.
package journal

import (
	"net/http"
	"slices"
	"sort"
	"sync"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/spec"
)

// Bounds of what the journal keeps.
const (
	keptEntries = 1000
	keptBytes   = 16 << 20
	keptBody    = 64 << 10 // of one body
	keptBlocks  = 1 << 20  // of answers that were written piece by piece
)

// A Journal is what was asked and answered lately. The oldest entries make room for new ones; the journal never waits for a
// reader. It implements engine.Journal, and is safe for concurrent use.
type Journal struct {
	names   Names
	secrets *Secrets

	mu      sync.Mutex
	entries queue
	blocks  ring
	last    int64         // sequence of the newest entry there ever was
	lost    int64         // sequence of the newest entry that had to make room
	grown   chan struct{} // closed when an entry comes; nil: there is no reader that waits
}

// Names are the headers that the journal has to know.
type Names struct {
	Workspace string // names the workspace of a request
	Signature string // carries a signature, of which only the beginning is shown
}

// An Entry is one exchange. Nothing of it is changed but the length of a long answer, once it is known.
type Entry struct {
	Sequence       int64
	ID             string
	Started        time.Time
	Duration       time.Duration // until the answer was there
	Workspace      string        // of the caller; what the header names where the caller was refused
	Operation      string
	Method, Target string
	Status         int // 0: the connection ended without an answer
	Verdict        string
	Fault          string
	Refusal        *engine.Error // nil: the answer is no error
	Violations     []spec.Violation
	Signature      *engine.RefusedSignature // nil: it was not refused
	Request, Reply Message

	block   int64 // where in the journal's blocks the answer begins
	inBlock int   // bytes there; 0: it is elsewhere
}

// A Message is headers and body of a request or an answer.
type Message struct {
	Body   []byte // its beginning
	Bytes  int64  // how long it is; -1: that was not known when it was recorded
	header []byte // as appendHeader writes it
}

// New keeps a thousand exchanges and 16 MiB, of which the blocks are a part. What it shows it shows without the secrets.
func New(names Names, secrets *Secrets) *Journal {
	names.Workspace, names.Signature = http.CanonicalHeaderKey(names.Workspace), http.CanonicalHeaderKey(names.Signature)
	return &Journal{names: names, secrets: secrets}
}

// Record implements engine.Journal.
func (j *Journal) Record(x *engine.Exchange, body []byte, lasts bool, size int64) {
	var block []byte
	if !lasts {
		block, body = body[:min(len(body), keptBody)], nil
	}
	e := Entry{
		ID: x.ID, Started: x.Started, Duration: x.Duration, Workspace: x.Caller.Workspace, Operation: x.OperationID(),
		Method: x.HTTP.Method, Target: x.Target, Status: x.Status, Verdict: x.Code, Fault: x.Fault, Refusal: x.Refusal, Violations: x.Violations, Signature: x.RefusedSignature(),
		Request: newMessage(x.Body, int64(len(x.Body))), Reply: newMessage(body, size),
	}
	header := x.ReplyHeader()
	if e.Workspace == "" {
		if sent := x.HTTP.Header[j.names.Workspace]; len(sent) > 0 {
			e.Workspace = sent[0]
		}
	}
	if e.Verdict == "" {
		e.Verdict = "ok"
	}
	if x.Form != nil {
		e.Request.Bytes = x.HTTP.ContentLength
	}
	if x.Fault == "abort" {
		e.Status, e.Verdict, e.Reply, e.Refusal, header = 0, "aborted", Message{}, nil, nil
	}
	j.add(&e, x.HTTP.Header, header, block)
}

// Ended implements engine.Journal.
func (j *Journal) Ended(x *engine.Exchange, size int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := j.entries.count - 1; i >= 0; i-- {
		if e := &j.entries.at(i).Entry; e.ID == x.ID {
			e.Reply.Bytes = size
			return
		}
	}
}

func newMessage(body []byte, size int64) Message {
	if len(body) > keptBody {
		body = slices.Clone(body[:keptBody])
	}
	return Message{Body: body, Bytes: size}
}

// size is about how much memory the entry takes with the header of its request: all that a caller decides is counted. The header of an
// answer is not: the mock bounds it itself.
func (e *Entry) size(request http.Header) int {
	const fixed = 2 << 10
	n := fixed + len(e.Workspace) + len(e.Method) + len(e.Target) + cap(e.Request.Body) + cap(e.Reply.Body)
	if e.Refusal != nil {
		for _, d := range e.Refusal.Details {
			n += 32 + len(d.Field) + len(d.Text)
		}
	}
	if e.Signature != nil {
		n += len(e.Signature.ToSign) + len(e.Signature.Signed) + len(e.Signature.Hint)
	}
	for name, values := range request {
		n += 64 + len(name)
		for _, value := range values {
			n += len(value)
		}
	}
	for i := range e.Violations {
		v := &e.Violations[i]
		n += 128 + len(v.Field) + len(v.Text) + len(v.Pointer)
	}
	return n
}

// add adds an entry and the headers of its request and its answer; block is the answer, or the beginning of it, if that has to be copied.
func (j *Journal) add(e *Entry, request, reply http.Header, block []byte) {
	bytes := e.size(request)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	e.Sequence = j.last
	e.block, e.inBlock = j.blocks.write(block), len(block)
	for j.entries.count == keptEntries || j.entries.count > 0 && j.entries.bytes+bytes > keptBytes-keptBlocks {
		j.lost = j.entries.drop()
	}
	j.entries.push(bytes).put(e, bytes, request, reply)
	if j.grown != nil {
		close(j.grown)
		j.grown = nil
	}
}

// Entries are those of a workspace, oldest first; "" for all. Masked completes them.
func (j *Journal) Entries(workspace string) []*Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []*Entry
	for i := range j.entries.count {
		if s := j.entries.at(i); workspace == "" || s.Workspace == workspace {
			list = append(list, s.copy())
		}
	}
	return list
}

// reply is the answer of an entry, which may be in the blocks. One whose place was needed is gone.
func (j *Journal) reply(e *Entry) Message {
	reply := e.Reply
	if e.inBlock > 0 {
		j.mu.Lock()
		defer j.mu.Unlock()
		reply.Body = j.blocks.read(e.block, e.inBlock)
	}
	return reply
}

// Clear forgets the entries of a workspace; "" for all.
func (j *Journal) Clear(workspace string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = j.entries.without(func(e *Entry) bool { return workspace == "" || e.Workspace == workspace })
}

// Last is the sequence of the newest entry there ever was.
func (j *Journal) Last() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last
}

// Since is where a reader begins who has seen the entries up to a sequence: what has made room already is no loss of
// this reader, and a sequence that does not exist yet is from another life of the mock.
func (j *Journal) Since(sequence int64) int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	if sequence > j.last {
		return j.lost
	}
	return max(sequence, j.lost)
}

// After gives a reader the entries after a sequence, at most 100 of them, and, when there are none, what is closed as soon
// as there are. whole is false when the reader was so slow that entries have made room unread.
func (j *Journal) After(sequence int64) (entries []*Entry, grown <-chan struct{}, whole bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if sequence < j.lost {
		return nil, nil, false
	}
	first := sort.Search(j.entries.count, func(i int) bool { return j.entries.at(i).Sequence > sequence })
	for i := first; i < min(first+100, j.entries.count); i++ {
		entries = append(entries, j.entries.at(i).copy())
	}
	if entries != nil {
		return entries, nil, true
	}
	if j.grown == nil {
		j.grown = make(chan struct{})
	}
	return nil, j.grown, true
}
