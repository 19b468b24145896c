package sandbox

import (
	"errors"
	"testing"
	"time"
)

func TestAFullWorkspaceRefusesWhatWouldHappenAndAResetEmptiesIt(t *testing.T) {
	t.Parallel()
	noon := time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)
	w, err := New(t.Context(), Options{
		Domain: "d", Client: "c", Machine: func() time.Time { return noon }, Store: NewMemoryStore(), MaxEvents: 2,
		Populate: func(time.Time) (Population, error) {
			return Population{Numbers: []Number{{ID: "1"}}, NextConversation: 1, NextMessage: 1, NextTicket: 1}, nil
		},
	}, StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	create := func(phone string) error {
		_, _, err := w.Create(t.Context(), ConversationCreated{Number: "1", Phone: phone})
		return err
	}
	if err := errors.Join(create("1"), create("2")); err != nil {
		t.Fatal(err)
	}
	var refusal *Error
	if err := create("3"); !errors.As(err, &refusal) || refusal.kind != Conflict {
		t.Fatalf("a full workspace took one more: %v", err)
	}
	if l, err := w.Conversations(Query{Number: "1"}); err != nil || len(l.Conversations) != 2 {
		t.Fatal(l, err)
	}
	if err := errors.Join(w.Reset(t.Context(), StoppedClock(noon)), create("3")); err != nil {
		t.Fatal(err)
	}
}
