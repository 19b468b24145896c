package sse_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/awalmock/mockserver/internal/sse"
)

// A pipe notes what was written at each flush.
type pipe struct {
	text  bytes.Buffer
	sent  []string
	fails error
}

func (p *pipe) Write(b []byte) (int, error) {
	if p.fails != nil {
		return 0, p.fails
	}
	return p.text.Write(b)
}

func (p *pipe) Flush() error {
	p.sent = append(p.sent, p.text.String())
	p.text.Reset()
	return nil
}

// batches gives one batch after the other, then the end.
func batches(list ...sse.Batch) func() (sse.Batch, error) {
	return func() (sse.Batch, error) {
		if len(list) == 0 {
			return sse.Batch{End: true}, nil
		}
		first := list[0]
		list = list[1:]
		return first, nil
	}
}

func TestEventsAreSentAsTheyCome(t *testing.T) {
	t.Parallel()
	more := make(chan struct{})
	close(more)
	var p pipe
	err := sse.Stream(t.Context(), nil, &p, "hello", batches(
		sse.Batch{Events: []sse.Event{{Name: "a", ID: "1", Data: "x\ny"}, {Name: "b", Data: 2}}},
		sse.Batch{More: more},
		sse.Batch{Events: []sse.Event{{Name: "c", ID: "3", Data: nil}}},
	))
	want := []string{": hello\n\n", "event: a\nid: 1\ndata: \"x\\ny\"\n\nevent: b\ndata: 2\n\n", "event: c\nid: 3\ndata: null\n\n"}
	if err != nil || len(p.sent) != 3 || p.sent[0] != want[0] || p.sent[1] != want[1] || p.sent[2] != want[2] {
		t.Errorf("%q %v", p.sent, err)
	}
}

func TestAStreamWithNothingToSendShowsThatItIsAlive(t *testing.T) {
	t.Parallel()
	var p pipe
	if err := sse.Stream(t.Context(), nil, &p, "hello", batches(sse.Batch{Wait: time.Nanosecond})); err != nil || len(p.sent) != 2 || p.sent[1] != ":\n\n" {
		t.Errorf("%q %v", p.sent, err)
	}
}

func TestAStreamEndsWithItsCallerOrTheMock(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	closed := make(chan struct{})
	close(closed)
	ended := func(name string, ctx context.Context, closed chan struct{}) {
		var p pipe
		late := batches(sse.Batch{}, sse.Batch{Events: []sse.Event{{Name: "late"}}})
		if err := sse.Stream(ctx, closed, &p, "hello", late); err != nil || len(p.sent) != 1 {
			t.Errorf("%s: %q %v", name, p.sent, err)
		}
	}
	ended("the caller has gone", gone, nil)
	ended("the mock stops", t.Context(), closed)
}

func TestAnErrorEndsTheStreamAndIsGivenBack(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if err := sse.Stream(t.Context(), nil, &pipe{fails: broken}, "hello", batches()); !errors.Is(err, broken) {
		t.Errorf("of the writer: %v", err)
	}
	if err := sse.Stream(t.Context(), nil, &pipe{}, "hello", func() (sse.Batch, error) { return sse.Batch{}, broken }); !errors.Is(err, broken) {
		t.Errorf("of the batches: %v", err)
	}
	if err := sse.Stream(t.Context(), nil, &pipe{}, "hello", batches(sse.Batch{Events: []sse.Event{{Data: func() {}}}})); err == nil {
		t.Error("what is no JSON is no error")
	}
}

func TestEventsSoonAfterOthersAreSentTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		more := make(chan struct{})
		close(more)
		began := time.Now()
		var asked []time.Duration
		list := batches(
			sse.Batch{Events: []sse.Event{{Name: "a"}}}, sse.Batch{More: more},
			sse.Batch{Events: []sse.Event{{Name: "b"}, {Name: "c"}}}, sse.Batch{Wait: time.Second}, sse.Batch{Wait: time.Second},
		)
		err := sse.Stream(t.Context(), nil, &pipe{}, "hello", func() (sse.Batch, error) {
			asked = append(asked, time.Since(began))
			return list()
		})
		// At once, then 50 ms later; after a second of silence nothing is waited for.
		want := []time.Duration{0, 0, 50 * time.Millisecond, 50 * time.Millisecond, 1050 * time.Millisecond, 2050 * time.Millisecond}
		if err != nil || !slices.Equal(asked, want) {
			t.Errorf("asked for events after %v, want %v: %v", asked, want, err)
		}
	})
}
