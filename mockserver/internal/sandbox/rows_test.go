package sandbox_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
)

func TestAListOfThousandsStaysCompleteAndNewestFirstWhateverMoves(t *testing.T) {
	t.Parallel()
	for _, begin := range []int{0, 511, 512, 513, 3000} {
		o := options()
		o.Populate = crowd(begin)
		w, err := sandbox.New(t.Context(), o, sandbox.StoppedClock(noon))
		if err != nil {
			t.Fatal(err)
		}
		draw := rand.New(rand.NewPCG(1, uint64(begin)))
		want := begin
		for i := range 3000 {
			phone := fmt.Sprintf("9665%08d", draw.IntN(begin+1)*37)
			if i%2 == 0 || begin == 0 {
				phone = fmt.Sprintf("1%09d", i)
				want++
			} else if phone == fmt.Sprintf("9665%08d", begin*37) {
				continue // not assigned
			}
			if _, err := w.Send(t.Context(), sandbox.Outgoing{Number: "1", Phone: phone, Type: "text", Content: "hello"}); err != nil {
				t.Fatal(err)
			}
			if i%100 == 0 {
				if _, err := w.Advance(t.Context(), time.Second); err != nil {
					t.Fatal(err)
				}
			}
		}
		rows := list(t, w, sandbox.Query{Number: "1"}).Conversations
		if len(rows) != want {
			t.Errorf("from %d: %d rows, want %d", begin, len(rows), want)
		}
		seen := map[int64]bool{}
		for i, c := range rows {
			if seen[c.ID] {
				t.Fatalf("conversation %d appears twice", c.ID)
			}
			seen[c.ID] = true
			if i > 0 && (c.UpdatedAt().After(rows[i-1].UpdatedAt()) || c.UpdatedAt().Equal(rows[i-1].UpdatedAt()) && c.ID > rows[i-1].ID) {
				t.Fatalf("row %d is newer than the one before", i)
			}
		}
	}
}
