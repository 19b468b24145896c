package sandbox_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// subscribe begins to read the changes after the one with the id last.
func subscribe(t interface{ Fatal(...any) }, w *sandbox.Workspace, last string) *sandbox.Subscription {
	s, err := w.Subscribe(context.Background(), last)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ids are the ids of changes, with what each says.
func ids(changes []sandbox.Change) []string {
	out := make([]string, len(changes))
	for i := range changes {
		out[i] = fmt.Sprint(changes[i].ID(), " ", changes[i].At.Format(time.TimeOnly), " ", changes[i].Status)
	}
	return out
}

// drain gives all that a reader has to get now.
func drain(x *sandbox.Subscription) (changes []sandbox.Change, last sandbox.News) {
	for {
		if last = x.Next(); len(last.Changes) == 0 {
			return changes, last
		}
		changes = append(changes, last.Changes...)
	}
}

func TestASlowReaderGetsTheSameAsAQuickOneAndItAddsUpToWhatIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace(t)
		quick, slow := subscribe(t, w, ""), subscribe(t, w, "")
		expired := present(t, w, isExpired)
		var seen []sandbox.Change
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			command(t, w)
			changes, _ := drain(quick)
			seen = append(seen, changes...)
		}
		if late, _ := drain(slow); !slices.Equal(ids(late), ids(seen)) {
			t.Fatalf("at once\n%v\nand later\n%v", ids(seen), ids(late))
		}
		comesBack(t, w, seen)
		quick.Close()
		slow.Close()
		comesBack(t, w, seen)
		comesBack(t, copied(t, w), seen)
		addsUp(t, w, seen, expired)
	})
}

// comesBack checks that a reader that comes back after any change gets the rest, and that no id comes twice.
func comesBack(t *rapid.T, w *sandbox.Workspace, seen []sandbox.Change) {
	known := map[string]bool{}
	for _, c := range seen {
		if known[c.ID()] {
			t.Fatalf("%s comes twice", c.ID())
		}
		known[c.ID()] = true
	}
	if len(seen) == 0 {
		return
	}
	at := rapid.IntRange(0, len(seen)-1).Draw(t, "last")
	s := subscribe(t, w, seen[at].ID())
	defer s.Close()
	if rest, _ := drain(s); !slices.Equal(ids(rest), ids(seen[at+1:])) {
		t.Fatalf("after %s the reader got\n%v\nand not\n%v", seen[at].ID(), ids(rest), ids(seen[at+1:]))
	}
}

// addsUp compares the changes with what can be read.
func addsUp(t *rapid.T, w *sandbox.Workspace, seen []sandbox.Change, expired map[int64]bool) {
	statuses := map[int64]sandbox.MessageStatus{}
	closed := map[int64]bool{} // by a ticket
	for _, c := range seen {
		switch c.Kind {
		case sandbox.ChangeMessageSent:
			statuses[c.Entity] = sandbox.Sent
			delete(expired, c.After.ID)
			delete(closed, c.After.ID)
		case sandbox.ChangeMessageReceived:
			delete(expired, c.After.ID)
			delete(closed, c.After.ID)
		case sandbox.ChangeTicketClosed:
			closed[c.After.ID] = true
		case sandbox.ChangeTicketOpened, sandbox.ChangeConversationUpdated:
			delete(closed, c.After.ID)
		case sandbox.ChangeMessageStatus:
			if rank[c.Status] <= rank[statuses[c.Entity]] && statuses[c.Entity] != "" {
				t.Fatalf("message %d was %s and is %s", c.Entity, statuses[c.Entity], c.Status)
			}
			statuses[c.Entity] = c.Status
		case sandbox.ChangeConversationExpired:
			if expired[c.Entity] || closed[c.Entity] {
				t.Fatalf("conversation %d expires again", c.Entity)
			}
			expired[c.Entity] = true
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
			t.Fatalf("message %d is said to be %s and is not", id, status)
		}
	}
	for id := range present(t, w, func(c *sandbox.Conversation, now time.Time) bool {
		return expired[c.ID] && !c.Closed && !isExpired(c, now)
	}) {
		t.Fatalf("conversation %d is said to have expired and has not", id)
	}
	for id := range present(t, w, func(c *sandbox.Conversation, now time.Time) bool {
		return isExpired(c, now) && !expired[c.ID] && !changed(seen, c.ID)
	}) {
		t.Fatalf("conversation %d has expired, and no change says so", id)
	}
}

func isExpired(c *sandbox.Conversation, now time.Time) bool {
	return c.Status(now, "client") == sandbox.StatusExpired
}

// changed: one that was closed while its day ended is expired at once when it is opened again.
func changed(seen []sandbox.Change, conversation int64) bool {
	for _, c := range seen {
		if c.After != nil && c.After.ID == conversation && (c.Kind == sandbox.ChangeConversationUpdated || c.Kind == sandbox.ChangeTicketOpened) {
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

func TestAReaderOfARunningClockKnowsWhenToLookAgain(t *testing.T) {
	t.Parallel()
	machine := noon
	o := options()
	o.Machine = func() time.Time { return machine }
	w, err := sandbox.New(t.Context(), o, sandbox.RunningClock(noon.Add(-time.Hour), noon))
	if err != nil {
		t.Fatal(err)
	}
	x := subscribe(t, w, "")
	m, err := w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: sandbox.RecipientAnswers, Type: "text", Content: "a"})
	if err != nil {
		t.Fatal(err)
	}
	_, news := drain(x)
	if want := noon.Add(time.Second); !news.Due.Equal(want) {
		t.Fatalf("look again at %s, want %s", news.Due, want)
	}
	machine = noon.Add(3 * time.Second)
	at := m.Date
	want := []string{
		fmt.Sprintf("3.message.delivered.%d %s delivered", m.ID, at.Add(time.Second).Format(time.TimeOnly)),
		fmt.Sprintf("3.message.read.%d %s read", m.ID, at.Add(3*time.Second).Format(time.TimeOnly)),
		fmt.Sprintf("4.message.received.%d %s ", m.ID+1, at.Add(3*time.Second).Format(time.TimeOnly)),
	}
	if changes, _ := drain(x); !slices.Equal(ids(changes), want) {
		t.Fatalf("%v, want %v", ids(changes), want)
	}
	if _, err := w.RunClock(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, news = drain(x); !news.Due.IsZero() {
		t.Errorf("a stopped clock brings nothing, not at %s", news.Due)
	}
}

func TestAReaderOfARunningClockLooksAgainForAnAnswer(t *testing.T) {
	t.Parallel()
	o := options()
	o.Delivery = sandbox.Delivery{Delivered: time.Hour, Read: 2 * time.Hour}
	w, err := sandbox.New(t.Context(), o, sandbox.RunningClock(noon, noon))
	if err != nil {
		t.Fatal(err)
	}
	x := subscribe(t, w, "")
	if _, err := w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: sandbox.RecipientAnswers, Type: "text", Content: "a"}); err != nil {
		t.Fatal(err)
	}
	if _, news := drain(x); !news.Due.Equal(noon.Add(3 * time.Second)) {
		t.Fatalf("look again at %s, and the answer comes after 3 s", news.Due)
	}
}

func TestAReaderHearsOfAResetAndOfTheEnd(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	x := subscribe(t, w, "")
	_, news := drain(x)
	if err := w.Reset(t.Context(), sandbox.StoppedClock(noon)); err != nil {
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
