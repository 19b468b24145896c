package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
)

var noon = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

// people is a population of two numbers with three conversations each, which have two messages each.
func people(start time.Time) (sandbox.Population, error) {
	p := sandbox.Population{
		Numbers:          []sandbox.Number{{ID: "1"}, {ID: "2"}},
		NextConversation: 7, NextMessage: 13, NextTicket: 1,
	}
	for i := range 6 {
		id := int64(i + 1)
		at := start.Add(-time.Duration(i*7+1) * time.Hour)
		p.Conversations = append(p.Conversations, sandbox.Conversation{
			ID: id, Number: []string{"1", "2"}[i%2], Phone: fmt.Sprintf("96655000000%d", i), CreatedAt: at.Add(-time.Hour),
			LastContent: "hello", LastType: "text", LastMessageAt: at, LastInboundAt: at, Unread: 1, FirstMessage: 2*id - 1, Messages: 2,
		})
	}
	conversations := p.Conversations
	p.MessagesOf = func(id int64) []sandbox.Message {
		at := conversations[id-1].CreatedAt
		return []sandbox.Message{
			{ID: 2*id - 1, Conversation: id, Type: "text", Content: "welcome", Direction: sandbox.Outbound, Date: at, DeliveredAt: at.Add(time.Second)},
			{ID: 2 * id, Conversation: id, Type: "text", Content: "hello", Direction: sandbox.Inbound, Date: at.Add(time.Hour)},
		}
	}
	return p, nil
}

func options() sandbox.Options {
	return sandbox.Options{
		Domain: "d", Client: "client", Machine: func() time.Time { return noon }, Populate: people,
		Store: sandbox.NewMemoryStore(), LeftOut: func(error) {},
		Delivery: sandbox.Delivery{Delivered: time.Second, Read: 3 * time.Second},
	}
}

func workspace(t interface{ Fatal(...any) }) *sandbox.Workspace {
	w, err := sandbox.New(context.Background(), options(), sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// everything is all that callers can read of a workspace.
func everything(t interface{ Fatal(...any) }, w *sandbox.Workspace) string {
	var b strings.Builder
	for _, n := range w.Numbers() {
		list, err := w.Conversations(sandbox.Query{Number: n.ID})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, n.ID, list.Now, list.Unread)
		for _, c := range list.Conversations {
			fmt.Fprintf(&b, "%d %s %q %s %q %s %d %s\n", c.ID, c.Phone, c.Name, c.Status(list.Now, list.Client), c.LastContent, c.LastType, c.Unread, c.UpdatedAt())
			for _, m := range c.Thread() {
				status, since := m.Status(list.Now)
				fmt.Fprintln(&b, m.ID, m.WAMID, m.Direction, m.Content, m.Date, status, since, m.ReplyTo)
			}
		}
		out, err := w.Outbox(n.ID)
		if err != nil {
			t.Fatal(err)
		}
		for m := range out.Messages() {
			status, since := m.Status(out.Now)
			fmt.Fprintln(&b, m.ID, status, since)
		}
	}
	return b.String()
}

// command draws one command and gives it. Refusals are lawful, failures are not.
func command(t *rapid.T, w *sandbox.Workspace) {
	conversation := rapid.Int64Range(1, 12).Draw(t, "conversation")
	var err error
	switch rapid.IntRange(0, 8).Draw(t, "command") {
	case 0:
		phone := rapid.SampledFrom([]string{"966550000000", "966550000001", "966550000009", sandbox.RecipientAnswers, sandbox.RecipientFails, sandbox.RecipientSent}).Draw(t, "phone")
		_, err = w.Send(context.Background(), sandbox.Outgoing{
			Number: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "number"), Phone: phone, Type: "text",
			Content: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "content"),
			ReplyTo: rapid.SampledFrom([]string{"", "", "1", "13"}).Draw(t, "reply"),
		})
	case 1:
		_, _, err = w.Receive(context.Background(), conversation, "text", rapid.SampledFrom([]string{"x", "y"}).Draw(t, "content"))
	case 2:
		f := sandbox.ConversationChanged{Conversation: conversation}
		if rapid.Bool().Draw(t, "set closed") {
			f.Closed = new(rapid.Bool().Draw(t, "closed"))
		}
		if rapid.Bool().Draw(t, "set unread") {
			f.Unread = new(rapid.IntRange(0, 3).Draw(t, "unread"))
		}
		_, _, err = w.Change(context.Background(), f)
	case 3:
		_, _, err = w.ForceStatus(context.Background(), rapid.Int64Range(1, 30).Draw(t, "message"), rapid.SampledFrom([]sandbox.MessageStatus{sandbox.Delivered, sandbox.Read, sandbox.Failed}).Draw(t, "status"))
	case 4:
		_, err = w.OpenTicket(context.Background(), "1", conversation)
	case 5:
		_, err = w.CloseTicket(context.Background(), "1", conversation)
	case 6:
		_, _, err = w.Create(context.Background(), sandbox.ConversationCreated{Number: "1", Phone: rapid.StringMatching(`96655000001[0-9]`).Draw(t, "phone"), Name: "N"})
	default:
		_, err = w.Advance(context.Background(), time.Duration(rapid.SampledFrom([]int{0, 1, 2, 3, 3600, 90000}).Draw(t, "seconds"))*time.Second)
	}
	var refusal *sandbox.Error
	if err != nil && !errors.As(err, &refusal) {
		t.Fatal(err)
	}
}

var rank = map[sandbox.MessageStatus]int{sandbox.Sent: 0, sandbox.Delivered: 1, sandbox.Read: 2, sandbox.Failed: 2}

func TestAnyCommandsKeepTheRulesOfTheWorkspace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace(t)
		reached := map[int64]sandbox.MessageStatus{}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			before := everything(t, w)
			if after := everything(t, w); after != before {
				t.Fatal("a read changed what is read")
			}
			command(t, w)
			checkWorkspace(t, w, reached)
		}
		again := copied(t, w)
		if got, want := everything(t, again), everything(t, w); got != want {
			t.Fatalf("the same events make another workspace:\n%s\nwant\n%s", got, want)
		}
		goOn(t, w)
		goOn(t, again)
		if got, want := everything(t, again), everything(t, w); got != want {
			t.Fatalf("what happens next is another thing:\n%s\nwant\n%s", got, want)
		}
	})
}

// goOn sends a message to a new customer and lets all that is planned happen.
func goOn(t *rapid.T, w *sandbox.Workspace) {
	_, err := w.Send(context.Background(), sandbox.Outgoing{Number: "1", Phone: "966550000099", Type: "text", Content: "a"})
	if _, advanceErr := w.Advance(context.Background(), time.Minute); err != nil || advanceErr != nil {
		t.Fatal(err, advanceErr)
	}
}

// copied is another workspace with the same events.
func copied(t interface{ Fatal(...any) }, w *sandbox.Workspace) *sandbox.Workspace {
	again := workspace(t)
	if err := again.Replace(context.Background(), w.Events(context.Background()), w.Now()); err != nil {
		t.Fatal(err)
	}
	return again
}

// checkWorkspace checks what is true at any moment: no status goes backward, totals are counts, nothing crosses numbers.
func checkWorkspace(t *rapid.T, w *sandbox.Workspace, reached map[int64]sandbox.MessageStatus) {
	seen := map[int64]bool{}
	for _, n := range []string{"1", "2"} {
		list, err := w.Conversations(sandbox.Query{Number: n})
		if err != nil {
			t.Fatal(err)
		}
		unread, parts := 0, 0
		for i, c := range list.Conversations {
			if c.Number != n || seen[c.ID] {
				t.Fatalf("conversation %d is of number %s, or appears twice", c.ID, c.Number)
			}
			seen[c.ID] = true
			if i > 0 && list.Conversations[i-1].UpdatedAt().Before(c.UpdatedAt()) {
				t.Fatal("the list is not newest first")
			}
			if c.Unread > 0 {
				unread++
			}
			checkThread(t, c, list.Now, reached)
		}
		for _, word := range []sandbox.Status{"unassigned", "my", "unread", "expired", "opened", "closed", "bot"} {
			part, _ := w.Conversations(sandbox.Query{Number: n, Status: word})
			parts += len(part.Conversations)
		}
		if unread != list.Unread || parts != len(list.Conversations) {
			t.Fatalf("unread %d of %d, the seven words find %d of %d", list.Unread, unread, parts, len(list.Conversations))
		}
	}
}

func checkThread(t *rapid.T, c *sandbox.Conversation, now time.Time, reached map[int64]sandbox.MessageStatus) {
	unread := 0
	for i, m := range c.Thread() {
		if m.Conversation != c.ID || i > 0 && c.Thread()[i-1].Date.After(m.Date) {
			t.Fatalf("message %d of conversation %d is out of place", m.ID, c.ID)
		}
		status, since := m.Status(now)
		if since.After(now) {
			t.Fatalf("message %d has reached %s in the future", m.ID, status)
		}
		if m.Direction == sandbox.Inbound {
			if status == sandbox.Delivered {
				unread++
			}
			continue
		}
		if before, known := reached[m.ID]; known && (rank[status] < rank[before] || before == sandbox.Failed && status != before) {
			t.Fatalf("message %d went from %s to %s", m.ID, before, status)
		}
		reached[m.ID] = status
	}
	if unread != c.Unread || len(c.Thread()) != c.Messages {
		t.Fatalf("conversation %d: %d unread of %d, %d messages of %d", c.ID, c.Unread, unread, c.Messages, len(c.Thread()))
	}
}

func TestARecipientThatAnswersDoesSoAfterThreeSeconds(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	m, err := w.Send(context.Background(), sandbox.Outgoing{Number: "1", Phone: sandbox.RecipientAnswers, Type: "text", Content: "a"})
	if err != nil {
		t.Fatal(err)
	}
	for seconds, want := range []int{1, 1, 1, 2} {
		c, _, err := w.Conversation("1", m.Conversation)
		if err != nil || len(c.Thread()) != want {
			t.Fatalf("after %d s: %d messages, %v", seconds, len(c.Thread()), err)
		}
		if _, err := w.Advance(context.Background(), time.Second); err != nil {
			t.Fatal(err)
		}
	}
}

func TestWithTheWindowEnforcedOnlyATemplateReachesASilentCustomer(t *testing.T) {
	t.Parallel()
	o := options()
	o.EnforceWindow = true
	w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	for kind, want := range map[string]bool{"text": false, "template": true} {
		_, err := w.Send(context.Background(), sandbox.Outgoing{Number: "1", Phone: "966550000078", Type: kind, Content: "a"})
		if (err == nil) != want {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if _, err := w.Send(context.Background(), sandbox.Outgoing{Number: "1", Phone: "966550000000", Type: "text", Content: "a"}); err != nil {
		t.Error("a customer who wrote an hour ago:", err)
	}
}

func TestARunningClockGoesOnWhereItWasSet(t *testing.T) {
	t.Parallel()
	machine := noon
	o := options()
	o.Machine = func() time.Time { return machine }
	w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Advance(context.Background(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, err := w.RunClock(context.Background(), true); err != nil {
		t.Fatal(err)
	}
	machine = machine.Add(10 * time.Second)
	if shows := w.Clock(); shows.Stopped || !shows.Now.Equal(noon.Add(time.Hour+10*time.Second)) {
		t.Fatalf("%v", shows)
	}
	var refusal *sandbox.Error
	if _, err := w.SetClock(context.Background(), noon); !errors.As(err, &refusal) {
		t.Fatalf("the clock went back: %v", err)
	}
	if err := w.Reset(context.Background(), sandbox.StoppedClock(noon)); err != nil {
		t.Fatal(err)
	}
	if shows := w.Clock(); !shows.Stopped || !shows.Now.Equal(noon) {
		t.Fatalf("after the reset %v", shows)
	}
}
