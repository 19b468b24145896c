package sandbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// A sharedMemory is a memory store as a second process sees it.
type sharedMemory struct {
	*sandbox.MemoryStore
	clock sandbox.Clock
}

func (s sharedMemory) Tail(ctx context.Context, workspace string, after int64) (sandbox.Tail, error) {
	t := sandbox.Tail{Clock: s.clock, All: after == 0}
	for e, err := range s.Read(ctx, workspace, after) {
		if err != nil {
			return t, err
		}
		t.Events = append(t.Events, e)
	}
	return t, nil
}

func (s sharedMemory) Turn(ctx context.Context, workspace string, after int64) (sandbox.Tail, error) {
	return s.Tail(ctx, workspace, after)
}

func (sharedMemory) EndTurn(string) {}

// What one process sends before an answer is due, another one may hear of only after it: the answer comes behind it nevertheless.
func TestAnAnswerThatIsDueComesBehindWhatWasSentBeforeItAlsoWhereBothAreHeardOfLate(t *testing.T) {
	t.Parallel()
	machine, clock, store := noon, sandbox.RunningClock(noon, noon), sandbox.NewMemoryStore()
	o := options()
	o.Store, o.Origin.Running = store, true
	o.Machine = func() time.Time { return machine }
	writer, err := sandbox.New(t.Context(), o, clock)
	if err != nil {
		t.Fatal(err)
	}
	o.Store = sharedMemory{store, clock}
	reader, err := sandbox.Open(t.Context(), o, clock)
	if err != nil {
		t.Fatal(err)
	}
	sendTo(t, writer, sandbox.RecipientAnswers)
	machine = machine.Add(time.Second)
	sendTo(t, writer, sandbox.RecipientAnswers)
	machine = machine.Add(time.Minute)
	if err := reader.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := order(t, reader), order(t, writer); got != want {
		t.Errorf("the messages are %s, and %s where they were sent", got, want)
	}
}

// order is the order of the messages that were sent to the recipient who answers, and of the answers.
func order(t *testing.T, w *sandbox.Workspace) (ids string) {
	t.Helper()
	found, err := w.Conversations(sandbox.Query{Number: "1", Term: sandbox.RecipientAnswers})
	if err != nil || len(found.Conversations) != 1 {
		t.Fatalf("%v, %+v", err, found)
	}
	for _, m := range found.Conversations[0].Thread() {
		ids += fmt.Sprint(" ", m.ID)
	}
	return ids
}
