package eventlog

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/awalmock/mockserver/internal/sandbox"
)

// TestQuick_ReadsWhatDecodeReadsOrNothing writes messages, changes a few bytes, and reads them both ways.
func TestQuick_ReadsWhatDecodeReadsOrNothing(t *testing.T) {
	t.Parallel()
	message := rapid.Custom(func(r *rapid.T) sandbox.MessageSent {
		return sandbox.MessageSent{
			ID: rapid.Int64().Draw(r, "id"), Conversation: rapid.Int64Range(0, 1e6).Draw(r, "conversation"),
			Type:    rapid.SampledFrom([]string{"text", "image", ""}).Draw(r, "type"),
			Content: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"مرحبا", "a\"b", "\u2028", "<&>", "\x7f"})).Draw(r, "content"),
			ReplyTo: rapid.Int64Range(0, 3).Draw(r, "reply"),
		}
	})
	rapid.Check(t, func(r *rapid.T) {
		e := sandbox.Event{
			Seq: rapid.Int64Range(1, 1<<62).Draw(r, "seq"), At: time.Unix(rapid.Int64Range(0, 1<<33).Draw(r, "at"), rapid.Int64Range(0, 1e9-1).Draw(r, "ns")).UTC(),
			Planned: rapid.Bool().Draw(r, "planned"), Data: message.Draw(r, "data"),
		}
		if rapid.Bool().Draw(r, "received") {
			e.Data = sandbox.MessageReceived(message.Draw(r, "received data"))
		}
		text, err := Encode(e)
		if err != nil {
			r.Fatal(err)
		}
		if want, err := encodeAny(e); err != nil || !bytes.Equal(text, want) {
			r.Fatalf("%s, and otherwise %s, %v", text, want, err)
		}
		for range rapid.IntRange(0, 2).Draw(r, "changes") {
			at := rapid.IntRange(0, len(text)-1).Draw(r, "place")
			change := rapid.SampledFrom([]string{"", " ", "0", "9", "-", `"`, `\`, "}", "{", "\xff", "\x00", "T", "z", "é"}).Draw(r, "change")
			text = bytes.Join([][]byte{text[:at], []byte(change), text[at+rapid.IntRange(0, 1).Draw(r, "gone"):]}, nil)
			if len(text) == 0 {
				return
			}
		}
		got, ok := quick(text)
		if !ok {
			return
		}
		if want, err := decodeAny(text); err != nil || !reflect.DeepEqual(got, want) {
			r.Fatalf("%s: %+v, and otherwise %+v, %v", text, got, want, err)
		}
	})
}

// TestQuickEncode_WritesWhatEncodingJSONWrites tries instants and texts that are unusual.
func TestQuickEncode_WritesWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, instant := range []time.Time{at, at.Add(1), at.Add(time.Millisecond), at.In(time.FixedZone("", 3*3600)), at.AddDate(9000, 0, 0), {}} {
		for _, content := range []string{"", "a", "مرحبا", "<&>", "a\"b", `\`, "\n", "\u2028", "\u2029", "\xff", "😀", "\x7f"} {
			e := sandbox.Event{Seq: 1, At: instant, Data: sandbox.MessageSent{Type: content, Content: content}}
			text, err := Encode(e)
			want, wantErr := encodeAny(e)
			if (err == nil) != (wantErr == nil) || !bytes.Equal(text, want) {
				t.Errorf("%s %q: %s, and otherwise %s (%v, %v)", instant, content, text, want, err, wantErr)
			}
		}
	}
}

// TestQuick_ReadsUsualMessages tries the messages for which it is there.
func TestQuick_ReadsUsualMessages(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, e := range []sandbox.Event{
		{Seq: 1, At: at, Data: sandbox.MessageSent{ID: 2, Conversation: 3, Type: "text", Content: "مرحبا"}},
		{Seq: 12, At: at.Add(1), Planned: true, Data: sandbox.MessageReceived{ID: 2, Conversation: 3, Type: "image", ReplyTo: 1}},
	} {
		text, err := Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := quick(text); !ok || !reflect.DeepEqual(got, e) {
			t.Errorf("%s: %+v, %t", text, got, ok)
		}
	}
}

func BenchmarkDecodeMessage(b *testing.B) {
	text, err := Encode(sandbox.Event{Seq: 123456, At: time.Date(2026, 3, 1, 12, 0, 0, 5000, time.UTC), Data: sandbox.MessageSent{ID: 223456, Conversation: 37, Type: "text", Content: "Your order is on its way and arrives today."}})
	if err != nil {
		b.Fatal(err)
	}
	for name, decode := range map[string]func([]byte) (sandbox.Event, error){"quick": Decode, "any": decodeAny} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := decode(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
