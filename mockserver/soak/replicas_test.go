//go:build unix

package soak_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/store/pgtest"
)

// three starts three replicas on a new database, with a standing clock: then all reads are comparable.
func three(t *testing.T, server *pgtest.Server) []*replica {
	t.Helper()
	_, url := server.Migrated(t)
	var replicas []*replica
	for n := range 3 {
		replicas = append(replicas, launch(t, fmt.Sprint("replica ", n+1), url, "--clock=2024-01-20T12:00:00Z", "--max-events=1000000"))
	}
	return replicas
}

func TestThreeReplicasLoseNothingWhenOneOfThemOrPostgreSQLIsKilled(t *testing.T) {
	t.Parallel()
	for round := range rounds(t) {
		t.Run(fmt.Sprint("round ", round+1), func(t *testing.T) {
			server := newServer(t)
			replicas := three(t, server)
			tenants := []string{"hot", "one", "two", "three"}
			create(t, replicas, tenants...)
			l := begin(replicas, tenants, 8, 3, 3, 3)
			tellLogs(t, replicas)
			l.more(t, 200)
			for range 2 {
				r := replicas[rand.IntN(len(replicas))]
				r.kill()
				l.more(t, 100)
				r.start(t)
				l.more(t, 100)
			}
			if err := server.Kill(); err != nil {
				t.Fatal(err)
			}
			l.more(t, 200)
			l.end()
			l.verify(t)
			t.Log(l.summary())
		})
	}
}

// tellLogs logs, when the test fails, what the replicas have written.
func tellLogs(t *testing.T, replicas []*replica) {
	t.Helper()
	t.Cleanup(func() {
		if t.Failed() {
			for _, r := range replicas {
				t.Logf("%s: %.3000s", r.name, r.log)
			}
		}
	})
}

// summary says how many texts were acknowledged, and how long that took.
func (l *load) summary() string {
	slices.Sort(l.times)
	at := func(part float64) time.Duration {
		return l.times[int(part*float64(len(l.times)-1))].Round(time.Millisecond)
	}
	return fmt.Sprintf("%d texts were tried, %d acknowledged, %d refused: median %v, p99 %v, worst %v", len(l.tried), len(l.acked), len(l.refuse), at(0.5), at(0.99), at(1))
}
