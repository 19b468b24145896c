package sandbox_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

func events(t interface{ Fatal(...any) }, w *sandbox.Workspace) []sandbox.Event {
	var all []sandbox.Event
	for e, err := range w.Events(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func sendTo(t *testing.T, w *sandbox.Workspace, phone string) *sandbox.Message {
	t.Helper()
	m, err := w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: phone, Type: "text", Content: "a"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestTheFirstEventSaysWhatTheWorkspaceBeganWithAndAResetIsAnEvent(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	sendTo(t, w, sandbox.RecipientAnswers)
	all := events(t, w)
	seeded, ok := all[0].Data.(sandbox.Seeded)
	if !ok || !seeded.Start.Equal(noon) || !slices.Equal(seeded.PhoneNumberIDs, []string{"1", "2"}) || seeded.ReadAfter != 3*time.Second {
		t.Errorf("the first event is %+v", all[0])
	}
	if len(all) != 4 || !all[3].Planned || !all[3].At.Equal(noon.Add(3*time.Second)) {
		t.Errorf("the answer is not written down when it is planned: %+v", all)
	}
	if err := w.Reset(t.Context(), sandbox.StoppedClock(noon)); err != nil {
		t.Fatal(err)
	}
	sendTo(t, w, "966550000077")
	all = events(t, w)
	if all[0].Seq != 5 || all[0].Data.Kind() != sandbox.KindReset || w.Head() != 7 {
		t.Errorf("after the reset: %+v", all)
	}
}

// A failing store takes events, and says later that they could not be kept.
type failing struct {
	*sandbox.MemoryStore
	fail     bool
	conflict bool
}

func (s *failing) Append(ctx context.Context, workspace string, after int64, events []sandbox.Event) (<-chan error, error) {
	if s.conflict {
		return nil, sandbox.ErrConflict
	}
	if !s.fail {
		return s.MemoryStore.Append(ctx, workspace, after, events)
	}
	durable := make(chan error, 1)
	durable <- errors.New("the disk is full")
	return durable, nil
}

func TestWhatTheStoreCannotKeepHasNotHappened(t *testing.T) {
	t.Parallel()
	store := &failing{MemoryStore: sandbox.NewMemoryStore()}
	o := options()
	o.Store = store
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	sendTo(t, w, "966550000077")
	before := everything(t, w)
	for name, set := range map[string]*bool{"the disk is full": &store.fail, "newer events": &store.conflict} {
		*set = true
		_, err = w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: "966550000077", Type: "text", Content: "b"})
		*set = false
		var refused *sandbox.StoreError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), name) {
			t.Fatalf("%v", err)
		}
		if kind, _, _ := refused.Refusal(); kind != "unavailable" {
			t.Errorf("the caller gets %s", kind)
		}
		if after := everything(t, w); after != before {
			t.Fatalf("%s: something changed:\n%s\nwas\n%s", name, after, before)
		}
	}
	if m := sendTo(t, w, "966550000078"); m.ID == 0 || w.Head() != 5 {
		t.Errorf("the workspace does not go on: event %d", w.Head())
	}
}

func TestAClockThatTheStoreCannotKeepStaysAsItWas(t *testing.T) {
	t.Parallel()
	for name, clock := range map[string]sandbox.Clock{"stopped": sandbox.StoppedClock(noon), "running": sandbox.RunningClock(noon, noon)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			machine := noon
			store := &failing{MemoryStore: sandbox.NewMemoryStore()}
			o := options()
			o.Store, o.Origin.Running = store, !clock.Stopped()
			o.Machine = func() time.Time { return machine }
			w, err := sandbox.New(t.Context(), o, clock)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Advance(t.Context(), time.Hour); err != nil {
				t.Fatal(err)
			}
			before := w.Clock()
			for what, fails := range map[string]func() error{
				"advanced": func() error { _, err := w.Advance(t.Context(), time.Minute); return err },
				"set":      func() error { _, err := w.SetClock(t.Context(), noon.Add(2*time.Hour)); return err },
				"switched": func() error { _, err := w.RunClock(t.Context(), clock.Stopped()); return err },
			} {
				store.fail = true
				var refused *sandbox.StoreError
				if err := fails(); !errors.As(err, &refused) {
					t.Fatalf("%s: %v", what, err)
				}
				store.fail = false
				if after := w.Clock(); after != before {
					t.Errorf("%s: it shows %+v, before %+v", what, after, before)
				}
			}
			machine = machine.Add(time.Minute)
			want := before.Now
			if !clock.Stopped() {
				want = want.Add(time.Minute)
			}
			if after := w.Clock(); !after.Now.Equal(want) {
				t.Errorf("a minute later it shows %v, want %v", after.Now, want)
			}
			if after, err := w.Advance(t.Context(), time.Second); err != nil || !after.Now.Equal(want.Add(time.Second)) {
				t.Errorf("advanced then: %+v %v", after, err)
			}
		})
	}
}

// An unreadable store cannot be read for a time.
type unreadable struct {
	*failing
	broken bool
}

func (s *unreadable) Read(ctx context.Context, workspace string, after int64) iter.Seq2[sandbox.Event, error] {
	if s.broken {
		return func(yield func(sandbox.Event, error) bool) { yield(sandbox.Event{}, errors.New("the disk is away")) }
	}
	return s.failing.Read(ctx, workspace, after)
}

func TestAWorkspaceThatCouldNotBeReadAgainIsReadBeforeTheNextCommand(t *testing.T) {
	t.Parallel()
	store := &unreadable{failing: &failing{MemoryStore: sandbox.NewMemoryStore()}}
	o := options()
	o.Store = store
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	store.fail, store.broken = true, true
	for range 2 { // of the second, nothing is tried
		if _, err := w.Advance(t.Context(), time.Hour); err == nil {
			t.Fatal("it was kept")
		}
	}
	store.fail, store.broken = false, false
	if after, err := w.Advance(t.Context(), time.Minute); err != nil || !after.Now.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v %v", after, err)
	}
	if w.Head() != 2 {
		t.Errorf("event %d", w.Head())
	}
}

func TestAStoreRefusesEventsThatDoNotFollow(t *testing.T) {
	t.Parallel()
	s := sandbox.NewMemoryStore()
	one := []sandbox.Event{{Seq: 1, At: noon, Data: sandbox.TicketClosed{Conversation: 1}}}
	if _, err := s.Append(t.Context(), "d", 7, one); !errors.Is(err, sandbox.ErrConflict) {
		t.Errorf("%v", err)
	}
	if _, err := s.Append(t.Context(), "d", 0, one); err != nil {
		t.Error(err)
	}
	if _, err := s.Append(t.Context(), "d", 0, one); !errors.Is(err, sandbox.ErrConflict) {
		t.Errorf("%v", err)
	}
}

// following is a sequence of events behind what a workspace begins with.
func following(first sandbox.Event, data ...sandbox.EventData) iter.Seq2[sandbox.Event, error] {
	return func(yield func(sandbox.Event, error) bool) {
		if !yield(first, nil) {
			return
		}
		for i, d := range data {
			if !yield(sandbox.Event{Seq: first.Seq + 1 + int64(i), At: noon, Data: d}, nil) {
				return
			}
		}
	}
}

func TestAnEventAboutSomethingThatIsNotThereIsRefusedWithItsNumberAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	sendTo(t, w, "966550000077")
	before := everything(t, w)
	first := events(t, workspace(t))[0]
	for want, data := range map[string][]sandbox.EventData{
		"event 2 (message_sent): there is no conversation 99":                       {sandbox.MessageSent{ID: 50, Conversation: 99}},
		"event 2 (message_sent): there is a message 1 already":                      {sandbox.MessageSent{ID: 1, Conversation: 1}},
		"event 3 (message_received): there is a message 50 already":                 {sandbox.MessageReceived{ID: 50, Conversation: 1}, sandbox.MessageReceived{ID: 50, Conversation: 1}},
		"event 2 (conversation_created): there is no phone_number_id 9":             {sandbox.ConversationCreated{ID: 9, Number: "9"}},
		"event 2 (conversation_created): there is a conversation 1 already":         {sandbox.ConversationCreated{ID: 1, Number: "1", Phone: "1"}},
		"event 3 (conversation_created): conversation 9 is with this phone already": {sandbox.ConversationCreated{ID: 9, Number: "1", Phone: "1"}, sandbox.ConversationCreated{ID: 10, Number: "1", Phone: "1"}},
		"event 2 (conversation_changed): 7 of 1 inbound messages cannot be unread":  {sandbox.ConversationChanged{Conversation: 1, Unread: new(7)}},
		"event 2 (message_status_forced): there is no message 99 in conversation 1": {sandbox.StatusForced{Conversation: 1, Message: 99, Status: sandbox.Read}},
		"event 2 (message_status_forced): message 2 is inbound":                     {sandbox.StatusForced{Conversation: 1, Message: 2, Status: sandbox.Read}},
		`event 2 (message_status_forced): the status "lost" cannot be forced`:       {sandbox.StatusForced{Conversation: 1, Message: 1, Status: "lost"}},
		"event 3 (ticket_opened): ticket 4 is open on conversation 1 already":       {sandbox.TicketOpened{Conversation: 1, Ticket: 4}, sandbox.TicketOpened{Conversation: 1, Ticket: 5}},
		"event 2 (ticket_closed): ticket 4 is not open on conversation 1":           {sandbox.TicketClosed{Conversation: 1, Ticket: 4}},
		"event 2 (clock_changed): the clock goes back":                              {sandbox.ClockChanged{Now: noon.Add(-time.Hour)}},
		"event 2 (seeded): can only be the first event":                             {first.Data},
	} {
		err := w.Replace(t.Context(), following(first, data...), noon)
		var refused *sandbox.EventError
		if !errors.As(err, &refused) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if everything(t, w) != before {
			t.Fatalf("%s: something changed", want)
		}
	}
}

func TestEventsOfAnotherOriginAreRefused(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	for what, change := range map[string]func(*sandbox.Seeded){
		"seed":              func(s *sandbox.Seeded) { s.Seed = 7 },
		"fixture":           func(s *sandbox.Seeded) { s.FixturesDigest = "x" },
		"generator version": func(s *sandbox.Seeded) { s.GeneratorVersion = 9 },
	} {
		first := events(t, workspace(t))[0]
		seeded := first.Data.(sandbox.Seeded)
		change(&seeded)
		first.Data = seeded
		var refused *sandbox.OriginError
		if err := w.Replace(t.Context(), following(first), noon); !errors.As(err, &refused) || !strings.HasPrefix(refused.What, what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAPlannedAnswerThatFitsNoMoreIsLeftOutAndTold(t *testing.T) {
	t.Parallel()
	var left []error
	o := options()
	o.LeftOut = func(err error) { left = append(left, err) }
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	all := append(events(t, w), sandbox.Event{Seq: 2, At: noon.Add(time.Second), Planned: true, Data: sandbox.MessageReceived{ID: 50, Conversation: 99}})
	err = w.Replace(t.Context(), func(yield func(sandbox.Event, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
	}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Advance(t.Context(), time.Minute); err != nil || len(left) != 1 || !strings.Contains(left[0].Error(), "event 2") {
		t.Errorf("%v, left out %v", err, left)
	}
}

func TestAStoreGivesTheEventsAfterANumberHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	const before, after = 2500, 700
	s := sandbox.NewMemoryStore()
	numbered := func(from, to int64) (list []sandbox.Event) {
		for seq := from; seq <= to; seq++ {
			list = append(list, sandbox.Event{Seq: seq, Data: sandbox.TicketOpened{Ticket: seq}})
		}
		return list
	}
	if err := s.Replace(t.Context(), "w", numbered(1, before), sandbox.Clock{}); err != nil {
		t.Fatal(err)
	}
	for seq := int64(before + 1); seq <= before+after; seq++ {
		if _, err := s.Append(t.Context(), "w", seq-1, numbered(seq, seq)); err != nil {
			t.Fatal(err)
		}
	}
	for _, last := range []int64{0, 1, 1023, 1024, 1025, before, before + after - 1, before + after} {
		next := last
		for e, err := range s.Read(t.Context(), "w", last) {
			if next++; err != nil || e.Seq != next {
				t.Fatalf("after %d: event %d comes where %d is next (%v)", last, e.Seq, next, err)
			}
		}
		if next != before+after {
			t.Errorf("after %d: the last event is %d", last, next)
		}
	}
}
