// Package storetest is the contract of a sandbox.Store: tests that every store passes.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
)

// At is the instant of every event of these tests.
var At = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

const testKey = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// Keys are the keys of the secrets in tests, the same in each.
func Keys() func(bool) ([]store.Key, error) {
	return func(bool) ([]store.Key, error) {
		key, err := store.ParseKey(testKey)
		return []store.Key{key}, err
	}
}

// Run tries the stores that open gives. Each call gives an empty one.
func Run(t *testing.T, open func(t *testing.T) sandbox.Store) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, sandbox.Store){
		"gives what was appended, in its order":                                 keepsOrder,
		"reads from a number on":                                                readsFromANumber,
		"refuses what does not follow the newest event":                         refusesConflicts,
		"keeps workspaces apart":                                                keepsWorkspacesApart,
		"lets one of many win each number":                                      oneWins,
		"takes appends to many workspaces at once":                              takesMany,
		"does nothing for a caller that has gone":                               obeysContext,
		"begins with the last reset, and counts on":                             beginsWithReset,
		"replaces all events, and removes a workspace":                          replaces,
		"keeps every kind of event, to the nanosecond and the code point":       keepsKinds,
		"gives a reader what was appended before it, also while others append":  readsWhileAppending,
		"may be left by a reader at any event":                                  mayBeLeft,
		"has an empty workspace where there is none, and appends nothing there": emptyWorkspace,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t))
		})
	}
}

// Seeded is the first event of a workspace.
func Seeded() sandbox.Event {
	return sandbox.Event{Seq: 1, At: At, Data: sandbox.Seeded{FixturesDigest: "d", Seed: 1, GeneratorVersion: 1, Start: At, PhoneNumberIDs: []string{"1"}}}
}

// Sent are events with the numbers from … to.
func Sent(from, to int64) []sandbox.Event {
	var list []sandbox.Event
	for seq := from; seq <= to; seq++ {
		list = append(list, sandbox.Event{Seq: seq, At: At, Data: sandbox.MessageSent{ID: seq, Conversation: 1, Type: "text", Content: fmt.Sprint("event ", seq)}})
	}
	return list
}

// Append appends events, and waits until they are durable.
func Append(t *testing.T, s sandbox.Store, workspace string, after int64, events ...sandbox.Event) {
	t.Helper()
	if err := tryAppend(t.Context(), s, workspace, after, events...); err != nil {
		t.Fatal(err)
	}
}

func tryAppend(ctx context.Context, s sandbox.Store, workspace string, after int64, events ...sandbox.Event) error {
	durable, err := s.Append(ctx, workspace, after, events)
	if err == nil && durable != nil {
		err = <-durable
	}
	return err
}

// Read gives all events of a workspace after a number.
func Read(t *testing.T, s sandbox.Store, workspace string, after int64) []sandbox.Event {
	t.Helper()
	var all []sandbox.Event
	for e, err := range s.Read(t.Context(), workspace, after) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func numbers(events []sandbox.Event) []int64 {
	list := make([]int64, 0, len(events))
	for _, e := range events {
		list = append(list, e.Seq)
	}
	return list
}

// want checks that a workspace has the events from … to, and no other.
func want(t *testing.T, s sandbox.Store, workspace string, after, from, to int64) {
	t.Helper()
	var wanted []int64
	for seq := from; seq <= to; seq++ {
		wanted = append(wanted, seq)
	}
	if got := numbers(Read(t, s, workspace, after)); !slices.Equal(got, wanted) {
		t.Errorf("%s after %d: events %v, want %v", workspace, after, got, wanted)
	}
}

func keepsOrder(t *testing.T, s sandbox.Store) {
	Append(t, s, "a", 0, Seeded())
	Append(t, s, "a", 1, Sent(2, 4)...)
	Append(t, s, "a", 4, Sent(5, 5)...)
	got := Read(t, s, "a", 0)
	if len(got) != 5 {
		t.Fatalf("events %v", numbers(got))
	}
	for i, e := range append([]sandbox.Event{Seeded()}, Sent(2, 5)...) {
		if fmt.Sprint(got[i]) != fmt.Sprint(e) {
			t.Errorf("event %d is %+v, want %+v", i+1, got[i], e)
		}
	}
}

func readsFromANumber(t *testing.T, s sandbox.Store) {
	const many = 3100 // more than a store holds, or reads, in one piece
	Append(t, s, "a", 0, Seeded())
	Append(t, s, "a", 1, Sent(2, 1500)...)
	Append(t, s, "a", 1500, Sent(1501, many)...)
	for _, after := range []int64{0, 1, 999, 1000, 1001, 1023, 1024, 1025, 1499, 1500, many - 1, many, many + 1} {
		want(t, s, "a", after, after+1, many)
	}
}

func refusesConflicts(t *testing.T, s sandbox.Store) {
	conflict := func(after int64, events ...sandbox.Event) {
		t.Helper()
		if err := tryAppend(t.Context(), s, "a", after, events...); !errors.Is(err, sandbox.ErrConflict) {
			t.Errorf("behind %d: %v, want ErrConflict", after, err)
		}
	}
	conflict(7, Sent(8, 8)...)
	Append(t, s, "a", 0, Seeded())
	conflict(0, Seeded())
	Append(t, s, "a", 1, Sent(2, 3)...)
	conflict(2, Sent(3, 3)...)
	conflict(4, Sent(5, 5)...)
	want(t, s, "a", 0, 1, 3)
	Append(t, s, "a", 3, Sent(4, 4)...)
	want(t, s, "a", 0, 1, 4)
}

func keepsWorkspacesApart(t *testing.T, s sandbox.Store) {
	names := []string{"a", "b", "A", "a ", "a%", "مساحة", "x'); DROP TABLE event; --"}
	for i, name := range names {
		Append(t, s, name, 0, Seeded())
		Append(t, s, name, 1, Sent(2, int64(i)+2)...)
	}
	for i, name := range names {
		want(t, s, name, 0, 1, int64(i)+2)
	}
	Append(t, s, "a", 2, sandbox.Event{Seq: 3, At: At, Data: sandbox.Reset{Seeded: Seeded().Data.(sandbox.Seeded)}}) //nolint:forcetypeassert // see Seeded
	want(t, s, "a", 0, 3, 3)
	want(t, s, "b", 0, 1, 3)
}

func oneWins(t *testing.T, s sandbox.Store) {
	const rounds, rivals = 40, 8
	Append(t, s, "a", 0, Seeded())
	for head := int64(1); head <= rounds; head++ {
		var (
			all  sync.WaitGroup
			wins atomic.Int64
		)
		for range rivals {
			all.Go(func() {
				switch err := tryAppend(t.Context(), s, "a", head, Sent(head+1, head+1)...); {
				case err == nil:
					wins.Add(1)
				case !errors.Is(err, sandbox.ErrConflict):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if wins.Load() != 1 {
			t.Fatalf("%d of %d were appended as event %d", wins.Load(), rivals, head+1)
		}
	}
	want(t, s, "a", 0, 1, rounds+1)
}

func takesMany(t *testing.T, s sandbox.Store) {
	const workspaces, each = 16, 60
	var all sync.WaitGroup
	for w := range workspaces {
		name := fmt.Sprint("w", w)
		all.Go(func() {
			if err := tryAppend(t.Context(), s, name, 0, Seeded()); err != nil {
				t.Error(err)
				return
			}
			for seq := int64(2); seq <= each; seq++ {
				if err := tryAppend(t.Context(), s, name, seq-1, Sent(seq, seq)...); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	for w := range workspaces {
		want(t, s, fmt.Sprint("w", w), 0, 1, each)
	}
}

func obeysContext(t *testing.T, s sandbox.Store) {
	Append(t, s, "a", 0, Seeded())
	Append(t, s, "a", 1, Sent(2, 9)...)
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := tryAppend(gone, s, "a", 9, Sent(10, 10)...); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	if err := s.Replace(gone, "a", []sandbox.Event{Seeded()}, sandbox.StoppedClock(At)); !errors.Is(err, context.Canceled) {
		t.Errorf("replace: %v", err)
	}
	var last error
	for _, err := range s.Read(gone, "a", 0) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("read: %v", last)
	}
	want(t, s, "a", 0, 1, 9)
}

func beginsWithReset(t *testing.T, s sandbox.Store) {
	seeded := Seeded().Data.(sandbox.Seeded) //nolint:forcetypeassert // see Seeded
	Append(t, s, "a", 0, Seeded())
	Append(t, s, "a", 1, Sent(2, 5)...)
	Append(t, s, "a", 5, sandbox.Event{Seq: 6, At: At, Data: sandbox.Reset{Seeded: seeded}})
	Append(t, s, "a", 6, Sent(7, 8)...)
	want(t, s, "a", 0, 6, 8)
	want(t, s, "a", 7, 8, 8)
	if got := Read(t, s, "a", 0); got[0].Data.Kind() != sandbox.KindReset {
		t.Errorf("the first event is %s", got[0].Data.Kind())
	}
}

func replaces(t *testing.T, s sandbox.Store) {
	replace := func(events []sandbox.Event) {
		t.Helper()
		if err := s.Replace(t.Context(), "a", events, sandbox.StoppedClock(At)); err != nil {
			t.Fatal(err)
		}
	}
	Append(t, s, "b", 0, Seeded())
	replace(append([]sandbox.Event{Seeded()}, Sent(2, 20)...))
	want(t, s, "a", 0, 1, 20)
	replace(append([]sandbox.Event{Seeded()}, Sent(2, 3)...))
	want(t, s, "a", 0, 1, 3)
	Append(t, s, "a", 3, Sent(4, 4)...)
	replace(nil)
	want(t, s, "a", 0, 1, 0)
	want(t, s, "b", 0, 1, 1)
	Append(t, s, "a", 0, Seeded())
	want(t, s, "a", 0, 1, 1)
}

func keepsKinds(t *testing.T, s sandbox.Store) {
	seeded := Seeded().Data.(sandbox.Seeded) //nolint:forcetypeassert // see Seeded
	seeded.Seed, seeded.Start = 1<<64-1, At.Add(123456789)
	all := []sandbox.EventData{
		seeded,
		sandbox.ConversationCreated{ID: 1<<62 + 1, Number: "1", Phone: "966550000077", Name: "محمد \u202e<&>\x00", Bot: true},
		sandbox.ConversationChanged{Conversation: 1, Assignee: new(""), Closed: new(false), Unread: new(0)},
		sandbox.MessageSent{ID: 1, Conversation: 1, Type: "text", Content: "\u2028\n\"", ReplyTo: 7},
		sandbox.MessageReceived{ID: 2, Conversation: 1, Type: "text", Content: "👍"},
		sandbox.StatusForced{Conversation: 1, Message: 1, Status: sandbox.Read},
		sandbox.TicketOpened{Conversation: 1, Ticket: 1},
		sandbox.TicketClosed{Conversation: 1, Ticket: 1},
		sandbox.ClockChanged{Now: time.Date(9998, 12, 31, 23, 59, 59, 999999999, time.UTC), Running: true},
		sandbox.RecordPut{Collection: "c", ID: "1", Record: sandbox.RecordText(`{"a":1}`)},
		sandbox.RecordDeleted{Collection: "c", ID: "1"},
		sandbox.Reset{Seeded: seeded},
	}
	events := make([]sandbox.Event, 0, len(all))
	for i, d := range all {
		events = append(events, sandbox.Event{Seq: int64(i) + 1, At: At.Add(time.Duration(i)), Data: d, Planned: i == 4})
	}
	for _, part := range [][]sandbox.Event{events[:1], events[1:11], events[11:]} {
		Append(t, s, "a", part[0].Seq-1, part...)
		for i, e := range Read(t, s, "a", part[0].Seq-1) {
			if !same(e, part[i]) {
				t.Errorf("event %d is %#v, want %#v", e.Seq, e, part[i])
			}
		}
	}
}

func same(a, b sandbox.Event) bool {
	if !a.At.Equal(b.At) || a.Seq != b.Seq || a.Planned != b.Planned {
		return false
	}
	if d, changes := a.Data.(sandbox.ConversationChanged); changes { // it has pointers
		o, also := b.Data.(sandbox.ConversationChanged)
		return also && *d.Assignee == *o.Assignee && *d.Closed == *o.Closed && *d.Unread == *o.Unread && d.Bot == nil && o.Bot == nil
	}
	return fmt.Sprintf("%#v", a.Data) == fmt.Sprintf("%#v", b.Data)
}

func readsWhileAppending(t *testing.T, s sandbox.Store) {
	const most = 400
	Append(t, s, "a", 0, Seeded())
	var appending sync.WaitGroup
	appending.Go(func() {
		for seq := int64(2); seq <= most; seq++ {
			durable, err := s.Append(t.Context(), "a", seq-1, Sent(seq, seq))
			if err != nil {
				t.Error(err)
				return
			}
			if seq%7 == 0 { // the others are not waited for
				if got := numbers(Read(t, s, "a", 0)); int64(len(got)) != seq {
					t.Errorf("%d events are read after %d were appended", len(got), seq)
					return
				}
			}
			if durable != nil && seq == most {
				if err := <-durable; err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 20 {
		if got := numbers(Read(t, s, "a", 0)); len(got) == 0 || got[len(got)-1] != int64(len(got)) {
			t.Errorf("events %v", got)
		}
	}
	appending.Wait()
	want(t, s, "a", 0, 1, most)
}

func mayBeLeft(t *testing.T, s sandbox.Store) {
	Append(t, s, "a", 0, Seeded())
	Append(t, s, "a", 1, Sent(2, 2500)...)
	for _, n := range []int{1, 2, 1000, 1001, 2500} {
		read := 0
		for _, err := range s.Read(t.Context(), "a", 0) {
			if err != nil {
				t.Fatal(err)
			}
			if read++; read == n {
				break
			}
		}
		if read != n {
			t.Errorf("%d of %d events", read, n)
		}
	}
	Append(t, s, "a", 2500, Sent(2501, 2501)...) // none of them holds a lock
}

func emptyWorkspace(t *testing.T, s sandbox.Store) {
	want(t, s, "nowhere", 0, 1, 0)
	if err := tryAppend(t.Context(), s, "nowhere", 0); err != nil {
		t.Error(err)
	}
	want(t, s, "nowhere", 0, 1, 0)
	if err := s.Replace(t.Context(), "nowhere", nil, sandbox.Clock{}); err != nil {
		t.Error(err)
	}
}
