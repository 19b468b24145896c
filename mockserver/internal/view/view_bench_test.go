package view_test

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/fake"
	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/spec"
	"example.com/awalmock/mockserver/internal/view"
)

var start = time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)

const number = "123456"

// real is the options of the project's own workspace, shown by the project's own document.
func real(b testing.TB) (sandbox.Options, *view.View) {
	document, err := spec.Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		b.Fatal(err)
	}
	set, err := seed.LoadDir(fixtures.Files(), fixtures.Files())
	if err != nil {
		b.Fatal(err)
	}
	f := set.Workspaces[0]
	v := view.New(document, func(s *spec.Schema, kind string, id int64, property string) (any, error) {
		return fake.Value(set.Tables, s, fake.Key{Seed: 1, Workspace: f.Workspace, Kind: kind, ID: id, Property: property, Base: start})
	})
	return sandbox.Options{
		Domain: f.Workspace, Client: f.ClientID, Machine: func() time.Time { return start },
		Store: sandbox.NewMemoryStore(), LeftOut: func(error) {},
		Delivery: sandbox.Delivery{Delivered: time.Second, Read: 3 * time.Second},
		Populate: func(at time.Time) (sandbox.Population, error) { return f.Populate(1, at) },
	}, v
}

func open(b *testing.B, o sandbox.Options) *sandbox.Workspace {
	w, err := sandbox.New(context.Background(), o, sandbox.StoppedClock(start))
	if err != nil {
		b.Fatal(err)
	}
	return w
}

func send(b *testing.B, w *sandbox.Workspace, i int) {
	o := sandbox.Outgoing{Number: number, Phone: fmt.Sprintf("9665%08d", i%1000), Type: "text", Content: "Your order is on its way and arrives today."}
	if _, err := w.Send(context.Background(), o); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSend is a command as a request brings it about, without HTTP.
func BenchmarkSend(b *testing.B) {
	o, _ := real(b)
	w := open(b, o)
	for i := 0; b.Loop(); i++ {
		send(b, w, i)
	}
}

// BenchmarkReplayAMillionMessages makes a workspace of a million events, right after they happened and a day later.
func BenchmarkReplayAMillionMessages(b *testing.B) {
	o, _ := real(b)
	w := open(b, o)
	for i := range 1_000_000 {
		send(b, w, i)
	}
	replay := func(b *testing.B) {
		elsewhere := o
		elsewhere.Store = sandbox.NewMemoryStore()
		again := open(b, elsewhere)
		for b.Loop() {
			if err := again.Replace(context.Background(), w.Events(context.Background()), w.Now()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("at once", replay)
	if _, err := w.Advance(context.Background(), 24*time.Hour); err != nil {
		b.Fatal(err)
	}
	b.Run("a day later", replay)
}

func BenchmarkWriteList(b *testing.B) {
	o, v := real(b)
	w := open(b, o)
	for b.Loop() {
		listing, err := w.Conversations(sandbox.Query{Number: number, Status: sandbox.StatusOpened})
		if err != nil {
			b.Fatal(err)
		}
		if err := v.WriteList(io.Discard, listing); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWriteMessageStatusesOf100000Conversations writes the largest read that there is.
func BenchmarkWriteMessageStatusesOf100000Conversations(b *testing.B) {
	set, err := seed.LoadDir(fixtures.Files(), fixtures.Files())
	if err != nil {
		b.Fatal(err)
	}
	f, err := seed.Parse("large.yaml", []byte(`
workspace: large
client_id: c
hmac_secret: s
numbers:
  - {phone_number_id: "123456", phone: "966110000001", verified_name: Large, conversations: 100000}
`), set.Tables)
	if err != nil {
		b.Fatal(err)
	}
	o, v := real(b)
	o.Populate = func(at time.Time) (sandbox.Population, error) { return f.Populate(1, at) }
	w := open(b, o)
	b.ReportAllocs()
	for b.Loop() {
		outbox, err := w.Outbox(number)
		if err != nil {
			b.Fatal(err)
		}
		if err := v.WriteOutbox(io.Discard, outbox); err != nil {
			b.Fatal(err)
		}
	}
}
