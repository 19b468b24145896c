package sandbox_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// crowd is a population of so many conversations, with Latin and Arabic names, of which one in four has expired.
func crowd(conversations int) func(time.Time) (sandbox.Population, error) {
	first := []string{"Ahmed", "Fatima", "Thomas", "أمل", "محمد", "نورة"}
	last := []string{"Mohammed", "Ali", "Hughes", "الشهري", "القحطاني", "العتيبي"}
	return func(start time.Time) (sandbox.Population, error) {
		p := sandbox.Population{
			Numbers:          []sandbox.Number{{ID: "1"}},
			NextConversation: int64(conversations) + 1, NextMessage: int64(conversations) + 1, NextTicket: 1,
			MessagesOf: func(id int64) []sandbox.Message {
				return []sandbox.Message{{ID: id, Conversation: id, Type: "text", Content: "hello", Direction: sandbox.Inbound, Date: start.Add(-time.Hour)}}
			},
		}
		for i := range conversations {
			at := start.Add(-time.Duration(i%32) * time.Hour).Add(-time.Duration(i%3600) * time.Second)
			p.Conversations = append(p.Conversations, sandbox.Conversation{
				ID: int64(i + 1), Number: "1", Phone: fmt.Sprintf("9665%08d", i*37), Name: first[i%6] + " " + last[i/6%6],
				CreatedAt: at.Add(-time.Hour), LastContent: "hello", LastType: "text", LastMessageAt: at, LastInboundAt: at,
				Unread: i % 2, FirstMessage: int64(i + 1), Messages: 1,
			})
		}
		return p, nil
	}
}

func crowded(b *testing.B, conversations int) *sandbox.Workspace {
	o := options()
	o.Populate = crowd(conversations)
	w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(noon))
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func BenchmarkListAmong100000(b *testing.B) {
	w := crowded(b, 100_000)
	for _, q := range []struct {
		name string
		sandbox.Query
	}{
		{"all", sandbox.Query{}},
		{"unread", sandbox.Query{Status: sandbox.StatusUnread}},
		{"name", sandbox.Query{Term: "hughes"}},
		{"Arabic name", sandbox.Query{Term: "محم"}},
		{"nobody", sandbox.Query{Term: "zzzz"}},
		{"every phone", sandbox.Query{Term: "+966 5"}},
	} {
		b.Run(q.name, func(b *testing.B) {
			q.Number = "1"
			for b.Loop() {
				if _, err := w.Conversations(q.Query); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkResetOf100000(b *testing.B) {
	w := crowded(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Reset(context.Background(), sandbox.StoppedClock(noon)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkConversationByID(b *testing.B) {
	for _, n := range []int{50, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := crowded(b, n)
			for i := 0; b.Loop(); i++ {
				if _, _, err := w.Conversation("1", int64(i%n)+1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSend sends to recipients in turn: the one who has waited longest moves to the top of the list.
func BenchmarkSend(b *testing.B) {
	for _, n := range []int{50, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := crowded(b, n)
			for i := 0; b.Loop(); i++ {
				o := sandbox.Outgoing{Number: "1", Phone: fmt.Sprintf("9665%08d", i%n*37), Type: "text", Content: "hello"}
				if _, err := w.Send(context.Background(), o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkNewConversation sends to a new phone each time, in a workspace that has so many conversations already.
func BenchmarkNewConversation(b *testing.B) {
	for _, n := range []int{1000, 200_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := crowded(b, n)
			for i := 0; b.Loop(); i++ {
				o := sandbox.Outgoing{Number: "1", Phone: fmt.Sprintf("1%09d", i), Type: "text", Content: "hello"}
				if _, err := w.Send(context.Background(), o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAdvanceADay lets every conversation of a hundred thousand expire, and lists the expired ones.
func BenchmarkAdvanceADay(b *testing.B) {
	w := crowded(b, 100_000)
	for b.Loop() {
		if _, err := w.Advance(context.Background(), 24*time.Hour); err != nil {
			b.Fatal(err)
		}
		listing, err := w.Conversations(sandbox.Query{Number: "1", Status: sandbox.StatusExpired})
		if err != nil || len(listing.Conversations) != 100_000 {
			b.Fatal(len(listing.Conversations), err)
		}
	}
}

// BenchmarkReplayAMillionMessages replays a million sends to a thousand recipients.
func BenchmarkReplayAMillionMessages(b *testing.B) {
	o := options()
	o.Populate = crowd(1000)
	w := crowded(b, 1000)
	for i := range 1_000_000 {
		out := sandbox.Outgoing{Number: "1", Phone: fmt.Sprintf("9665%08d", i%1000*37), Type: "text", Content: "hello"}
		if _, err := w.Send(context.Background(), out); err != nil {
			b.Fatal(err)
		}
	}
	again, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(noon))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := again.Replace(context.Background(), w.Events(context.Background()), w.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
