package ratelimit_test

import (
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/ratelimit"
	"example.com/awalmock/mockserver/internal/spec"
)

// minute is a whole number of minutes since the epoch.
const minute = 4_000_000_020

var (
	list = &spec.Operation{ID: "list", RateLimit: &spec.RateLimit{Limit: 2, Window: time.Minute}}
	send = &spec.Operation{ID: "send"}
)

func TestTheLimitIsThatOfAllOperationsElseOfTheDocumentElseTheDefault(t *testing.T) {
	t.Parallel()
	other, all := spec.RateLimit{Limit: 200, Window: time.Minute}, spec.RateLimit{Limit: 5, Window: time.Hour}
	byDocument, byOption := ratelimit.New(nil, other, time.Now), ratelimit.New(&all, other, time.Now)
	for name, c := range map[string]struct{ got, want spec.RateLimit }{
		"the document's":            {byDocument.Limit(list), *list.RateLimit},
		"none in the document":      {byDocument.Limit(send), other},
		"no operation":              {byDocument.Limit(nil), other},
		"one limit for all":         {byOption.Limit(list), all},
		"one limit, no operation":   {byOption.Limit(nil), all},
		"one limit, not documented": {byOption.Limit(send), all},
	} {
		if c.got != c.want {
			t.Errorf("%s: %+v, want %+v", name, c.got, c.want)
		}
	}
}

func TestAWindowGivesItsLimitAndTheNextWindowGivesItAgain(t *testing.T) {
	t.Parallel()
	now := time.Unix(minute+59, 0)
	l := ratelimit.New(nil, spec.RateLimit{}, func() time.Time { return now })
	caller := engine.Caller{Workspace: "w", Client: "c"}
	for i, step := range []struct {
		after     time.Duration
		remaining int
		ok        bool
		reset     int64
	}{
		{0, 1, true, minute + 60},
		{0, 0, true, minute + 60},
		{0, 0, false, minute + 60},
		{time.Second - 1, 0, false, minute + 60},
		{1, 1, true, minute + 120}, // windows begin with the minutes of the clock
		{10 * time.Minute, 1, true, minute + 720},
	} {
		now = now.Add(step.after)
		q, ok := l.Take(caller, list)
		if want := (engine.Quota{Limit: 2, Remaining: step.remaining, Reset: step.reset}); ok != step.ok || q != want {
			t.Errorf("step %d: %+v %t, want %+v %t", i, q, ok, want, step.ok)
		}
	}
}

func TestWorkspacesClientsAndOperationsAreCountedApart(t *testing.T) {
	t.Parallel()
	one := spec.RateLimit{Limit: 1, Window: time.Minute}
	l := ratelimit.New(&one, one, func() time.Time { return time.Unix(minute, 0) })
	for _, c := range []struct {
		workspace, client string
		op                *spec.Operation
	}{{"w", "c", list}, {"w", "c", send}, {"w", "d", list}, {"x", "c", list}} {
		if _, ok := l.Take(engine.Caller{Workspace: c.workspace, Client: c.client}, c.op); !ok {
			t.Errorf("%s %s %s shares a limit", c.workspace, c.client, c.op.ID)
		}
	}
}

func TestToLookAtAQuotaCountsNothingAndAResetOpensTheWindowsOfOneWorkspace(t *testing.T) {
	t.Parallel()
	l := ratelimit.New(nil, spec.RateLimit{}, func() time.Time { return time.Unix(minute, 0) })
	w, x := engine.Caller{Workspace: "w"}, engine.Caller{Workspace: "x"}
	l.Take(w, list)
	l.Take(x, list)
	for range 5 {
		if q := l.Quota(w, list); q.Remaining != 1 {
			t.Errorf("%+v", q)
		}
	}
	l.Reset("w")
	if l.Quota(w, list).Remaining != 2 || l.Quota(x, list).Remaining != 1 {
		t.Errorf("after the reset of w: w %+v, x %+v", l.Quota(w, list), l.Quota(x, list))
	}
}

// others is the count of all mocks on a store, which may be away.
type others struct {
	count int64
	away  bool
}

func (o *others) Count(_, _ string, _ int64, n int) (before int64, ok bool) {
	if o.away {
		return 0, false
	}
	o.count += int64(n)
	return o.count - int64(n), true
}

func (o *others) Reset(string) { o.count = 0 }

func TestAMockThatLosesTheOthersGoesOnFromWhatAllHadUsedAndTellsThemAfterwards(t *testing.T) {
	t.Parallel()
	l := ratelimit.New(&spec.RateLimit{Limit: 10, Window: time.Minute}, spec.RateLimit{}, func() time.Time { return time.Unix(minute, 0) })
	o := &others{count: 3} // which other mocks have taken
	l.Share(o)
	caller := engine.Caller{Workspace: "w", Client: "c"}
	for i, step := range []struct {
		before    func()
		remaining int
		ok        bool
	}{
		{func() {}, 6, true},
		{func() { o.away = true }, 5, true}, // never more than it said before
		{func() {}, 4, true},
		{func() { o.away = false; o.count++ }, 2, true}, // the two, one more of another mock, and this one
		{func() { o.count = 10 }, 0, false},
		{func() { o.away = true }, 0, false},
		{func() { l.Reset("w") }, 9, true},
	} {
		step.before()
		if q, ok := l.Take(caller, send); q.Remaining != step.remaining || ok != step.ok {
			t.Errorf("step %d: %d remain, %t; want %d, %t", i, q.Remaining, ok, step.remaining, step.ok)
		}
	}
	if o.count != 0 {
		t.Errorf("the others count %d after a reset", o.count)
	}
}
