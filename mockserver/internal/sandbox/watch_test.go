package sandbox_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// drain gives all that a watcher has to tell now.
func drain(x *sandbox.Watcher) (changes []sandbox.Change, last sandbox.News) {
	for {
		if last = x.Next(); len(last.Changes) == 0 {
			return changes, last
		}
		changes = append(changes, last.Changes...)
	}
}

func TestASlowWatcherIsToldTheSameAsAQuickOneAndItAddsUpToWhatIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace(t)
		quick, slow := w.Watch(), w.Watch()
		expired := present(t, w, isExpired)
		var told []sandbox.Change
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			command(t, w)
			changes, _ := drain(quick)
			told = append(told, changes...)
		}
		if late, _ := drain(slow); !reflect.DeepEqual(late, told) {
			t.Fatalf("told at once\n%v\nand later\n%v", told, late)
		}
		addsUp(t, w, told, expired)
	})
}

// addsUp compares what was told with what can be read.
func addsUp(t *rapid.T, w *sandbox.Workspace, told []sandbox.Change, expired map[int64]bool) {
	statuses := map[int64]sandbox.MessageStatus{}
	closed := map[int64]bool{} // by a ticket
	for _, c := range told {
		switch c.Kind {
		case sandbox.ChangeMessageSent:
			statuses[c.Message] = sandbox.Sent
			delete(expired, c.Conversation)
			delete(closed, c.Conversation)
		case sandbox.ChangeMessageReceived:
			delete(expired, c.Conversation)
			delete(closed, c.Conversation)
		case sandbox.ChangeTicketClosed:
			closed[c.Conversation] = true
		case sandbox.ChangeTicketOpened, sandbox.ChangeConversationUpdated:
			delete(closed, c.Conversation)
		case sandbox.ChangeMessageStatus:
			if rank[c.Status] <= rank[statuses[c.Message]] && statuses[c.Message] != "" {
				t.Fatalf("message %d was %s and is %s", c.Message, statuses[c.Message], c.Status)
			}
			statuses[c.Message] = c.Status
		case sandbox.ChangeConversationExpired:
			if expired[c.Conversation] || closed[c.Conversation] {
				t.Fatalf("conversation %d expires again", c.Conversation)
			}
			expired[c.Conversation] = true
		}
	}
	for id, status := range statuses {
		if is := present(t, w, func(c *sandbox.Conversation, now time.Time) bool {
			for _, m := range c.Thread() {
				if has, _ := m.Status(now); m.ID == id && has != status {
					return true
				}
			}
			return false
		}); len(is) > 0 {
			t.Fatalf("message %d was told to be %s and is not", id, status)
		}
	}
	for id := range present(t, w, func(c *sandbox.Conversation, now time.Time) bool {
		return expired[c.ID] && !c.Closed && !isExpired(c, now)
	}) {
		t.Fatalf("conversation %d was told to have expired and has not", id)
	}
	for id := range present(t, w, func(c *sandbox.Conversation, now time.Time) bool {
		return isExpired(c, now) && !expired[c.ID] && !changed(told, c.ID)
	}) {
		t.Fatalf("conversation %d has expired and nobody was told", id)
	}
}

func isExpired(c *sandbox.Conversation, now time.Time) bool {
	return c.Status(now, "client") == sandbox.StatusExpired
}

// changed: one that was closed while its day ended is expired at once when it is opened again.
func changed(told []sandbox.Change, conversation int64) bool {
	for _, c := range told {
		if c.Conversation == conversation && (c.Kind == sandbox.ChangeConversationUpdated || c.Kind == sandbox.ChangeTicketOpened) {
			return true
		}
	}
	return false
}

// present are the ids of the conversations of which something is true.
func present(t interface{ Fatal(...any) }, w *sandbox.Workspace, is func(*sandbox.Conversation, time.Time) bool) map[int64]bool {
	ids := map[int64]bool{}
	for _, n := range w.Numbers() {
		list, err := w.Conversations(sandbox.Query{Number: n.ID})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Conversations {
			if is(c, list.Now) {
				ids[c.ID] = true
			}
		}
	}
	return ids
}

func TestAWatcherOfARunningClockKnowsWhenToLookAgain(t *testing.T) {
	t.Parallel()
	machine := noon
	o := options()
	o.Machine = func() time.Time { return machine }
	w, err := sandbox.New(o, sandbox.RunningClock(noon.Add(-time.Hour), noon))
	if err != nil {
		t.Fatal(err)
	}
	x := w.Watch()
	m, err := w.Send(sandbox.Outgoing{Number: "1", Phone: sandbox.RecipientAnswers, Type: "text", Content: "a"}, accept)
	if err != nil {
		t.Fatal(err)
	}
	_, news := drain(x)
	if want := noon.Add(time.Second); !news.Due.Equal(want) {
		t.Fatalf("look again at %s, want %s", news.Due, want)
	}
	machine = noon.Add(3 * time.Second)
	at := m.Date
	want := []sandbox.Change{
		{at.Add(time.Second), sandbox.ChangeMessageStatus, m.Conversation, m.ID, sandbox.Delivered},
		{at.Add(3 * time.Second), sandbox.ChangeMessageStatus, m.Conversation, m.ID, sandbox.Read},
		{At: at.Add(3 * time.Second), Kind: sandbox.ChangeMessageReceived, Conversation: m.Conversation, Message: m.ID + 1},
	}
	if changes, _ := drain(x); !reflect.DeepEqual(changes, want) {
		t.Fatalf("%v, want %v", changes, want)
	}
	if err := w.RunClock(false); err != nil {
		t.Fatal(err)
	}
	if _, news = drain(x); !news.Due.IsZero() {
		t.Errorf("a clock that stands brings nothing, not at %s", news.Due)
	}
}

func TestAWatcherOfARunningClockLooksAgainForAnAnswer(t *testing.T) {
	t.Parallel()
	o := options()
	o.Delivery = sandbox.Delivery{Delivered: time.Hour, Read: 2 * time.Hour}
	w, err := sandbox.New(o, sandbox.RunningClock(noon, noon))
	if err != nil {
		t.Fatal(err)
	}
	x := w.Watch()
	if _, err := w.Send(sandbox.Outgoing{Number: "1", Phone: sandbox.RecipientAnswers, Type: "text", Content: "a"}, accept); err != nil {
		t.Fatal(err)
	}
	if _, news := drain(x); !news.Due.Equal(noon.Add(3 * time.Second)) {
		t.Fatalf("look again at %s, and the answer comes after 3 s", news.Due)
	}
}

func TestAWatcherHearsOfAResetAndOfTheEnd(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	x := w.Watch()
	_, news := drain(x)
	if err := w.Reset(sandbox.StandingClock(noon)); err != nil {
		t.Fatal(err)
	}
	<-news.More
	changes, news := drain(x)
	if len(changes) != 1 || changes[0].Kind != sandbox.ChangeReset {
		t.Fatalf("%v", changes)
	}
	w.End()
	<-news.More
	if news = x.Next(); !news.Gone {
		t.Fatalf("%v", news)
	}
}
