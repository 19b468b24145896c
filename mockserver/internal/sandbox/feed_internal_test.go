package sandbox

import (
	"testing"
	"time"
)

// TestFeed_ExistsOnlyWhileTheChangesHaveAReader looks at the feed, and with it at the heap of what time alone causes.
func TestFeed_ExistsOnlyWhileTheChangesHaveAReader(t *testing.T) {
	t.Parallel()
	noon := time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)
	w, err := New(t.Context(), Options{
		Domain: "d", Machine: func() time.Time { return noon }, Store: NewMemoryStore(),
		Populate: func(time.Time) (Population, error) { return Population{Numbers: []Number{{ID: "1"}}}, nil },
	}, StoppedClock(noon))
	if err != nil {
		t.Fatal(err)
	}
	subscribe := func() *Subscription {
		s, err := w.Subscribe(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if w.feed != nil {
		t.Error("there is a feed without a reader")
	}
	first := subscribe()
	feed := w.feed
	second := subscribe()
	if feed == nil || w.feed != feed {
		t.Errorf("the second reader does not share the feed of the first one")
	}
	first.Close()
	if w.feed != feed {
		t.Error("the feed is gone while a reader is left")
	}
	second.Close()
	if w.feed != nil {
		t.Error("the last reader leaves the feed behind")
	}
}
