package view_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/view"
)

// answers are the bytes of every read of a workspace.
func answers(t interface{ Fatal(...any) }, w *sandbox.Workspace, v *view.View) []byte {
	var all bytes.Buffer
	for _, n := range w.Numbers() {
		list, err := w.Conversations(sandbox.Query{Number: n.ID})
		if err == nil {
			err = v.WriteList(&all, list)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Conversations {
			text, err := v.Conversation(c, w.Client, list.Now)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		out, err := w.Outbox(n.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.WriteOutbox(&all, out); err != nil {
			t.Fatal(err)
		}
	}
	return all.Bytes()
}

// act draws a command and gives it. A refusal is lawful.
func act(t *rapid.T, w *sandbox.Workspace) {
	conversation := rapid.Int64Range(1, 60).Draw(t, "conversation")
	var err error
	switch rapid.IntRange(0, 6).Draw(t, "command") {
	case 0, 1:
		_, err = w.Send(context.Background(), sandbox.Outgoing{
			Number: number, Phone: rapid.SampledFrom([]string{"96650000000", "966500000901", "966500000904", "966555555555"}).Draw(t, "phone"),
			Type: "text", Content: rapid.SampledFrom([]string{"مرحبا 👋", "a \"quote\"\n", "x"}).Draw(t, "content"),
		})
	case 2:
		_, _, err = w.Receive(context.Background(), conversation, "text", "Where is my order?")
	case 3:
		_, _, err = w.Change(context.Background(), sandbox.ConversationChanged{
			Conversation: conversation, Assignee: new(rapid.SampledFrom([]string{"", "a", w.Client}).Draw(t, "assignee")),
			Closed: new(rapid.Bool().Draw(t, "closed")), Bot: new(rapid.Bool().Draw(t, "bot")), Unread: new(rapid.IntRange(0, 1).Draw(t, "unread")),
		})
	case 4:
		_, _, err = w.ForceStatus(context.Background(), rapid.Int64Range(500, 600).Draw(t, "message"), sandbox.Read)
	case 5:
		_, closing := w.CloseTicket(context.Background(), number, conversation)
		_, opening := w.OpenTicket(context.Background(), number, conversation)
		err = errors.Join(closing, opening)
	default:
		_, err = w.Advance(context.Background(), time.Duration(rapid.SampledFrom([]int{1, 3, 3600, 90000}).Draw(t, "seconds"))*time.Second)
	}
	var refusal *sandbox.Error
	if err != nil && !errors.As(err, &refusal) {
		t.Fatal(err)
	}
}

func TestReplayingTheEventsGivesTheSameBytesForEveryRead(t *testing.T) {
	t.Parallel()
	o, v := real(t)
	rapid.Check(t, func(t *rapid.T) {
		o := o
		o.Store = sandbox.NewMemoryStore()
		w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(start))
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			act(t, w)
			if rapid.IntRange(0, 3).Draw(t, "read") == 0 {
				answers(t, w, v)
			}
		}
		elsewhere := o
		elsewhere.Store = sandbox.NewMemoryStore()
		again, err := sandbox.New(context.Background(), elsewhere, sandbox.StoppedClock(start))
		if err == nil {
			err = again.Replace(context.Background(), w.Events(context.Background()), w.Now())
		}
		if err != nil {
			t.Fatal(err)
		}
		if got, want := answers(t, again, v), answers(t, w, v); !bytes.Equal(got, want) {
			t.Fatalf("the same events give other bytes:\n%s\nwant\n%s", got, want)
		}
	})
}
