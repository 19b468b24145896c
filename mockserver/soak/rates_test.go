//go:build unix

package soak_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestTwoReplicasCountOneRateLimitAndEachGoesOnByItselfWhilePostgreSQLIsAway(t *testing.T) {
	t.Parallel()
	const limit = 60
	server := newServer(t)
	_, url := server.Migrated(t)
	replicas := []*replica{
		launch(t, "replica 1", url, "--clock=2024-01-20T12:00:00Z", "--rate-limit=60/1h"),
		launch(t, "replica 2", url, "--clock=2024-01-20T12:00:00Z", "--rate-limit=60/1h"),
	}
	const list, numbers = "/api/developer/conversations?phone_number_id=123456", "/api/developer/waba-numbers"
	taken := func(target string) int64 {
		var (
			all sync.WaitGroup
			ok  atomic.Int64
		)
		for _, r := range replicas {
			for range 4 {
				all.Go(func() {
					for range limit / 2 {
						if status, _, _ := r.ask(t.Context(), http.MethodGet, target, "", nil); status == http.StatusOK {
							ok.Add(1)
						}
					}
				})
			}
		}
		all.Wait()
		return ok.Load()
	}
	if got := taken(list); got != limit { // a new hour in between would be another window: it is not worth a clock of its own
		t.Errorf("both together took %d, want %d", got, limit)
	}
	for _, r := range replicas { // one after the other: the first knows of 10, the second of 20
		for range 10 {
			if status, body, _ := r.ask(t.Context(), http.MethodGet, numbers, "", nil); status != http.StatusOK {
				t.Fatalf("%d %s", status, body)
			}
		}
	}
	if err := server.Control("stop", "-m", "immediate"); err != nil {
		t.Fatal(err)
	}
	if got, want := taken(numbers), int64(limit-10+limit-20); got != want {
		t.Errorf("each by itself took %d, want %d", got, want)
	}
	for _, r := range replicas {
		if n := strings.Count(r.log.String(), "this mock counts its own against the rate limits"); n != 1 {
			t.Errorf("%s says %d times that it counts alone: %s", r.name, n, r.log)
		}
	}
	if err := server.Control("start"); err != nil {
		t.Fatal(err)
	}
}
