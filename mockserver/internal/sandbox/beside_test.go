package sandbox_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// TestReset_ReadsAreAnsweredWhileItIsMadeAndCommandsWait stops a reset while it makes the new population.
func TestReset_ReadsAreAnsweredWhileItIsMadeAndCommandsWait(t *testing.T) {
	t.Parallel()
	var making, made chan struct{} // nil: the population is made at once
	o := options()
	o.Populate = func(start time.Time) (sandbox.Population, error) {
		if making != nil {
			close(making)
			<-made
		}
		return people(start)
	}
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	sendTo(t, w, "966550000077")
	before := everything(t, w)
	making, made = make(chan struct{}), make(chan struct{})
	reset := make(chan error, 1)
	go func() { reset <- w.Reset(context.Background(), sandbox.StoppedClock(noon)) }()
	<-making
	if everything(t, w) != before {
		t.Error("a read beside the reset is not answered from the old state")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Send(gone, sandbox.Outgoing{Number: "1", Phone: "966550000088", Type: "text", Content: "lost"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a command whose caller has gone waits on: %v", err)
	}
	sent := make(chan *sandbox.Message, 1)
	go func() { sent <- sendTo(t, w, "966550000099") }()
	close(made)
	if err := <-reset; err != nil {
		t.Fatal(err)
	}
	message := <-sent
	all := events(t, w)
	if all[0].Data.Kind() != sandbox.KindReset || len(all) != 3 || message == nil || all[2].Seq != w.Head() {
		t.Errorf("the command that waited is not the one after the reset: %+v", all)
	}
}

// TestOutbox_ShowsOneInstantHoweverLongItIsRead reads a list of statuses while its messages change.
func TestOutbox_ShowsOneInstantHoweverLongItIsRead(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	first := sendTo(t, w, "966550000077")
	rows := func(out sandbox.Outbox, between func()) (list []string) {
		for m := range out.Messages() {
			status, _ := m.Status(out.Now)
			list = append(list, m.Content+" "+string(status))
			between()
		}
		return list
	}
	open := func() sandbox.Outbox {
		out, err := w.Outbox("1")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := rows(open(), func() {})
	changed := false
	got := rows(open(), func() {
		if changed {
			return
		}
		changed = true
		sendTo(t, w, "966550000078")
		if _, _, err := w.ForceStatus(t.Context(), first.ID, sandbox.Read); err != nil {
			t.Error(err)
		}
		if _, err := w.Advance(t.Context(), time.Hour); err != nil {
			t.Error(err)
		}
	})
	if !slices.Equal(got, want) {
		t.Errorf("read slowly: %v, want %v", got, want)
	}
	if now := rows(open(), func() {}); slices.Equal(now, want) {
		t.Error("nothing has changed, so the test shows nothing")
	}
}

// TestSubscribe_AFurtherReaderCostsACursorAndNoCopy measures a workspace of 20,000 conversations. It does not run beside other tests: it
// counts what the process allocates.
func TestSubscribe_AFurtherReaderCostsACursorAndNoCopy(t *testing.T) {
	o := options()
	o.Populate = crowd(20_000)
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	first := subscribe(t, w, "")
	defer first.Close()
	allocated := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.TotalAlloc
	}
	before := allocated()
	second := subscribe(t, w, "")
	if took := allocated() - before; took > 64<<10 {
		t.Errorf("a second reader takes %d bytes, which is more than 64 KiB", took)
	}
	second.Close()
}

// A waiting store says when it has got events, and keeps them when the test lets it.
type waiting struct {
	*sandbox.MemoryStore
	got chan chan error
}

func (s *waiting) Append(ctx context.Context, workspace string, after int64, events []sandbox.Event) (<-chan error, error) {
	durable, err := s.MemoryStore.Append(ctx, workspace, after, events)
	if err != nil || after == 0 {
		return durable, err
	}
	let := make(chan error, 1)
	s.got <- let
	return let, nil
}

// TestChange_AnswersWithItsOwnCommitThoughALaterOneWasApplied lets a second command overtake the answer to the first one.
func TestChange_AnswersWithItsOwnCommitThoughALaterOneWasApplied(t *testing.T) {
	t.Parallel()
	store := &waiting{MemoryStore: sandbox.NewMemoryStore(), got: make(chan chan error)}
	o := options()
	o.Store = store
	w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	assign := func(to string) <-chan *sandbox.Conversation {
		answer := make(chan *sandbox.Conversation, 1)
		go func() {
			c, _, err := w.Change(context.Background(), sandbox.ConversationChanged{Conversation: 1, Assignee: &to})
			if err != nil {
				t.Error(err)
			}
			answer <- c
		}()
		return answer
	}
	first := assign("first")
	letFirst := <-store.got
	second := assign("second")
	letSecond := <-store.got
	isSecond := func(c *sandbox.Conversation, _ time.Time) bool { return c.ID == 1 && c.Assignee == "second" }
	for len(present(t, w, isSecond)) == 0 { // until it is applied
		runtime.Gosched()
	}
	letFirst <- nil
	letSecond <- nil
	if c := <-first; c.Assignee != "first" {
		t.Errorf("the answer to the first command shows %q", c.Assignee)
	}
	if c := <-second; c.Assignee != "second" {
		t.Errorf("the answer to the second command shows %q", c.Assignee)
	}
}
