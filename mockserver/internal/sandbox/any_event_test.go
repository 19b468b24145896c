package sandbox_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// kept is a workspace with a collection things, whose records are their ids.
func kept(t interface{ Fatal(...any) }) *sandbox.Workspace {
	o := options()
	o.Collections = []*sandbox.CollectionRules{{Name: "things", Read: func(text sandbox.RecordText) (sandbox.Record, error) {
		if len(text) != 1 {
			return sandbox.Record{}, errors.New("is not one character")
		}
		return sandbox.Record{ID: string(text), Text: text}, nil
	}}}
	w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// anyEvent is the data of an event of any kind, about something that may be there or not.
func anyEvent(t *rapid.T) sandbox.EventData {
	id := rapid.Int64Range(0, 15).Draw(t, "id")
	of := rapid.Int64Range(0, 9).Draw(t, "conversation")
	number := rapid.SampledFrom([]string{"1", "2", "9", ""}).Draw(t, "number")
	phone := rapid.SampledFrom([]string{"966550000000", "966550000001", "966550000099", ""}).Draw(t, "phone")
	collection := rapid.SampledFrom([]string{"things", "others", ""}).Draw(t, "collection")
	record := rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "record")
	text := rapid.SampledFrom([]string{"a", "b", "", "long"}).Draw(t, "text")
	unread := rapid.IntRange(-1, 3).Draw(t, "unread")
	status := rapid.SampledFrom([]sandbox.MessageStatus{sandbox.Sent, sandbox.Delivered, sandbox.Read, sandbox.Failed, "lost", ""}).Draw(t, "status")
	return rapid.SampledFrom([]sandbox.EventData{
		sandbox.Seeded{Start: noon},
		sandbox.Reset{},
		sandbox.ConversationCreated{ID: id, Number: number, Phone: phone},
		sandbox.ConversationChanged{Conversation: of, Unread: &unread},
		sandbox.ConversationDeleted{Conversation: of},
		sandbox.CustomerChanged{Conversation: of, Phone: phone},
		sandbox.MessageSent{ID: id, Conversation: of, ReplyTo: id},
		sandbox.MessageReceived{ID: id, Conversation: of},
		sandbox.StatusForced{Conversation: of, Message: id, Status: status},
		sandbox.TicketOpened{Conversation: of, Ticket: id},
		sandbox.TicketClosed{Conversation: of, Ticket: id},
		sandbox.ClockChanged{Now: noon.Add(time.Duration(unread) * time.Hour)},
		sandbox.ClockChanged{},
		sandbox.RecordPut{Collection: collection, ID: record, Record: sandbox.RecordText(text)},
		sandbox.RecordDeleted{Collection: collection, ID: record},
	}).Draw(t, "event")
}

// TestAnyEvent_IsAppliedOrRefusedWithItsNumberAndNeverPanics puts any events into a workspace.
func TestAnyEvent_IsAppliedOrRefusedWithItsNumberAndNeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := kept(t)
		before := everything(t, w)
		all := events(t, w)
		for n := rapid.IntRange(1, 6).Draw(t, "events"); n > 0; n-- {
			all = append(all, sandbox.Event{Seq: int64(len(all) + 1), At: noon, Planned: rapid.IntRange(0, 4).Draw(t, "planned") == 0, Data: anyEvent(t)})
		}
		err := w.Replace(context.Background(), func(yield func(sandbox.Event, error) bool) {
			for _, e := range all {
				if !yield(e, nil) {
					return
				}
			}
		}, noon.Add(3*time.Hour))
		var refused *sandbox.EventError
		var origin *sandbox.OriginError
		switch {
		case err == nil:
			if got := events(t, w); got[len(got)-1].Seq != int64(len(all)) {
				t.Fatalf("the newest event is %d of %d", got[len(got)-1].Seq, len(all))
			}
			everything(t, w)
			goOn(t, w)
		case errors.As(err, &refused) && refused.Seq > 1 && refused.Seq <= int64(len(all)), errors.As(err, &origin):
			if everything(t, w) != before {
				t.Fatalf("after %v something has changed", err)
			}
		default:
			t.Fatalf("the error has no number: %v", err)
		}
	})
}
