package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
)

func words() []sandbox.Status {
	return []sandbox.Status{
		sandbox.StatusUnassigned, sandbox.StatusMy, sandbox.StatusUnread, sandbox.StatusExpired, sandbox.StatusOpened, sandbox.StatusClosed, sandbox.StatusBot,
	}
}

func list(t interface{ Fatal(...any) }, w *sandbox.Workspace, q sandbox.Query) sandbox.Listing {
	l, err := w.Conversations(q)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestWhateverHappensTheListIsInOrderAndTheWordsPartitionIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := workspace(t)
		for range rapid.IntRange(0, 12).Draw(t, "commands") {
			command(t, w)
		}
		for _, number := range []string{"1", "2"} {
			all := list(t, w, sandbox.Query{Number: number})
			unread, parts := 0, map[int64]sandbox.Status{}
			for i, c := range all.Conversations {
				if c.Unread > 0 {
					unread++
				}
				if i == 0 {
					continue
				}
				before := all.Conversations[i-1]
				if order := before.UpdatedAt().Compare(c.UpdatedAt()); order < 0 || order == 0 && before.ID < c.ID {
					t.Fatalf("%d (%v) is before %d (%v)", before.ID, before.UpdatedAt(), c.ID, c.UpdatedAt())
				}
			}
			if unread != all.Unread {
				t.Fatalf("%d conversations are unread, the list says %d", unread, all.Unread)
			}
			for _, word := range words() {
				for _, c := range list(t, w, sandbox.Query{Number: number, Status: word}).Conversations {
					if other, twice := parts[c.ID]; twice || c.Status(all.Now, "client") != word {
						t.Fatalf("%d is %s and %s", c.ID, word, other)
					}
					parts[c.ID] = word
				}
			}
			if len(parts) != len(all.Conversations) {
				t.Fatalf("%d of %d have a status", len(parts), len(all.Conversations))
			}
		}
	})
}

func TestTheFirstWordThatHoldsIsTheStatus(t *testing.T) {
	t.Parallel()
	old, fresh := noon.Add(-24*time.Hour), noon.Add(-24*time.Hour+time.Second)
	for i, c := range []struct {
		sandbox.Conversation
		want sandbox.Status
	}{
		{sandbox.Conversation{Closed: true, Bot: true, Unread: 1, LastMessageAt: old}, sandbox.StatusClosed},
		{sandbox.Conversation{Bot: true, Unread: 1, LastMessageAt: old}, sandbox.StatusExpired},
		{sandbox.Conversation{CreatedAt: old}, sandbox.StatusExpired},
		{sandbox.Conversation{CreatedAt: fresh}, sandbox.StatusUnassigned},
		{sandbox.Conversation{CreatedAt: old, LastMessageAt: fresh, ChangedAt: old}, sandbox.StatusUnassigned},
		{sandbox.Conversation{LastMessageAt: old, ChangedAt: noon}, sandbox.StatusExpired},
		{sandbox.Conversation{Bot: true, Unread: 1, LastMessageAt: fresh}, sandbox.StatusBot},
		{sandbox.Conversation{Unread: 1, Assignee: "client", LastMessageAt: fresh}, sandbox.StatusUnread},
		{sandbox.Conversation{LastMessageAt: fresh}, sandbox.StatusUnassigned},
		{sandbox.Conversation{Assignee: "client", LastMessageAt: fresh}, sandbox.StatusMy},
		{sandbox.Conversation{Assignee: "Sara", LastMessageAt: fresh}, sandbox.StatusOpened},
	} {
		if got := c.Status(noon, "client"); got != c.want {
			t.Errorf("%d: %s, want %s", i, got, c.want)
		}
	}
}

func TestAMessagesStatusIsAFunctionOfTheClock(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return noon.Add(time.Duration(s) * time.Second) }
	sent := sandbox.Message{Direction: sandbox.Outbound, Date: noon, DeliveredAt: at(1), ReadAt: at(3)}
	failing := sandbox.Message{Direction: sandbox.Outbound, Date: noon, FailedAt: at(1)}
	inbound := sandbox.Message{Direction: sandbox.Inbound, Date: noon, ReadAt: at(5)}
	for i, c := range []struct {
		m    sandbox.Message
		now  int
		want sandbox.MessageStatus
		from int
		next int // -1: never
	}{
		{sent, 0, sandbox.Sent, 0, 1},
		{sent, 1, sandbox.Delivered, 1, 3},
		{sent, 2, sandbox.Delivered, 1, 3},
		{sent, 3, sandbox.Read, 3, -1},
		{failing, 0, sandbox.Sent, 0, 1},
		{failing, 9, sandbox.Failed, 1, -1},
		{inbound, 4, sandbox.Delivered, 0, 5},
		{inbound, 5, sandbox.Read, 5, -1},
	} {
		status, since := c.m.Status(at(c.now))
		next := c.m.NextChange(at(c.now))
		if status != c.want || !since.Equal(at(c.from)) || next.IsZero() != (c.next < 0) || !next.IsZero() && !next.Equal(at(c.next)) {
			t.Errorf("%d: %s since %v, next %v", i, status, since, next)
		}
	}
}

func TestAClockRunsWithTheMachineOrStands(t *testing.T) {
	t.Parallel()
	machine := noon.Add(time.Hour)
	running := sandbox.RunningClock(noon.Add(300*time.Millisecond), machine)
	for step, want := range map[time.Duration]time.Duration{0: 0, 699 * time.Millisecond: 0, 700 * time.Millisecond: time.Second, time.Second: time.Second, time.Hour: time.Hour, -time.Hour: 0} {
		if got := running.Now(machine.Add(step)); !got.Equal(noon.Add(want)) || got.Location() != time.UTC {
			t.Errorf("after %v: %v", step, got)
		}
		if got := sandbox.StoppedClock(noon).Now(machine.Add(step)); !got.Equal(noon) {
			t.Errorf("standing, after %v: %v", step, got)
		}
	}
	if running.Stopped() || !sandbox.StoppedClock(noon).Stopped() {
		t.Error("which clock is stopped?")
	}
}

// named is a workspace whose conversations have names.
func named(t interface{ Fatal(...any) }, names []string) *sandbox.Workspace {
	o := options()
	o.Populate = func(start time.Time) (sandbox.Population, error) {
		p := sandbox.Population{Numbers: []sandbox.Number{{ID: "1"}}, NextConversation: 1000, NextMessage: 1000, NextTicket: 1}
		p.MessagesOf = func(int64) []sandbox.Message { return nil }
		for i, name := range names {
			p.Conversations = append(p.Conversations, sandbox.Conversation{ID: int64(i + 1), Number: "1", Phone: fmt.Sprintf("96650123%04d", i), Name: name, CreatedAt: start.Add(-time.Hour)})
		}
		return p, nil
	}
	w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestASearchFindsExactlyWhatASlowSearchFinds(t *testing.T) {
	t.Parallel()
	letter := rapid.RuneFrom([]rune("aAbBßẞsſSéÉeıiİIkKKσςΣåÅÅأاإمﻣ1205٠١٢%_*+-() \u00a0\u202a\u202c\u200e"))
	word := rapid.StringOfN(letter, 0, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(word, 1, 5).Draw(t, "names")
		term := word.Draw(t, "term")
		w := named(t, names)
		var want []int64
		for i, name := range names {
			if slowly(name, fmt.Sprintf("96650123%04d", i), term) {
				want = append(want, int64(i+1))
			}
		}
		var got []int64
		for _, c := range list(t, w, sandbox.Query{Number: "1", Term: term}).Conversations {
			got = append(got, c.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("%q in %q: %v, want %v", term, names, got, want)
		}
	})
}

// slowly is the rule of the search, written down without regard to speed.
func slowly(name, phone, term string) bool {
	const ignored = "+-() \u00a0\u202a\u202c\u200e"
	term = strings.Trim(term, " \u00a0\u202a\u202c\u200e")
	digits := strings.Map(func(r rune) rune {
		if i := slices.Index([]rune("٠١٢٣٤٥٦٧٨٩"), r); i >= 0 {
			return '0' + rune(i)
		}
		if strings.ContainsRune("0123456789", r) {
			return r
		}
		return -1
	}, term)
	if digits != "" && strings.Trim(term, "0123456789٠١٢٣٤٥٦٧٨٩"+ignored) == "" && strings.Contains(phone, digits) {
		return true
	}
	if strings.Contains(phone, term) {
		return true
	}
	runes, n := []rune(norm.NFC.String(name)), len([]rune(norm.NFC.String(term)))
	for i := 0; i+n <= len(runes); i++ {
		if strings.EqualFold(string(runes[i:i+n]), norm.NFC.String(term)) {
			return true
		}
	}
	return false
}

func TestAnUnknownNumberOrConversationIsNotFound(t *testing.T) {
	t.Parallel()
	w := workspace(t)
	_, list := w.Conversations(sandbox.Query{Number: "9"})
	_, outbox := w.Outbox("9")
	_, _, one := w.Conversation("9", 1)
	_, _, foreign := w.Conversation("2", 1)
	_, _, unknown := w.Conversation("1", 99)
	for i, err := range []error{list, outbox, one, foreign, unknown} {
		var refused interface {
			Refusal() (kind, field, text string)
		}
		if !errors.As(err, &refused) {
			t.Fatalf("%d: %v", i, err)
		}
		if kind, _, _ := refused.Refusal(); kind != "not_found" {
			t.Errorf("%d: %s", i, kind)
		}
	}
	if !w.HasNumber("1") || w.HasNumber("9") {
		t.Error("whose number is it?")
	}
}
