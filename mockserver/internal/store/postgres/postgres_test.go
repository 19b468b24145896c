//go:build unix

package postgres_test

import (
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/pgtest"
	"example.com/awalmock/mockserver/internal/store/postgres"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

func tryOpen(t *testing.T, o postgres.Options) (*store.Store, error) {
	t.Helper()
	d, err := postgres.Open(t.Context(), o)
	if err != nil {
		return nil, err
	}
	s, err := store.New(t.Context(), store.Options{Database: d, Name: "postgres", Keys: storetest.Keys(), Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test that closes it looks at the error
	return s, nil
}

func open(t *testing.T, url string) *store.Store {
	t.Helper()
	s, err := tryOpen(t, postgres.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPostgreSQLKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	server := needsServer(t)
	storetest.Run(t, func(t *testing.T) sandbox.Store {
		_, url := server.Migrated(t)
		return open(t, url)
	})
}

func TestADatabaseThatCannotBeUsedIsRefusedWithWhatToDo(t *testing.T) {
	t.Parallel()
	server := needsServer(t)
	for name, c := range map[string]struct {
		url  func(t *testing.T) string
		want string
	}{
		"no address":  {func(*testing.T) string { return "postgres://u:secret-word@h:x/d" }, "is no address of a database, such as postgres://"},
		"no server":   {func(*testing.T) string { return "postgres://u:secret-word@127.0.0.1:1/d" }, `cannot connect to 127.0.0.1:1, database "d", as "u"`},
		"no database": {func(*testing.T) string { return server.URL("postgres", "nowhere") }, `database "nowhere" does not exist`},
		"no tables": {func(t *testing.T) string {
			_, _, mock := server.Database(t)
			return mock
		}, "make them with mockserver migrate --store OWNER-URL"},
		"the owner": {func(t *testing.T) string {
			_, owner, _ := server.Database(t)
			if _, err := postgres.Migrate(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			return owner
		}, "owns the tables or may look past row-level security; start the mock as another one, made with: CREATE ROLE awalmock LOGIN PASSWORD '…'; GRANT USAGE"},
		"a superuser": {func(t *testing.T) string {
			name, _ := server.Migrated(t)
			return server.URL("postgres", name)
		}, `the role "postgres" owns the tables or may look past row-level security`},
		"no schema": {func(t *testing.T) string {
			_, owner, mock := server.Database(t)
			if _, err := postgres.Migrate(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			return mock
		}, "may not use the tables; as their owner: GRANT USAGE ON SCHEMA awalmock TO "},
		"no rights": {func(t *testing.T) string {
			name, owner, mock := server.Database(t)
			if _, err := postgres.Migrate(t.Context(), owner); err != nil {
				t.Fatal(err)
			}
			server.Exec(t, name, "GRANT USAGE ON SCHEMA awalmock TO "+name+"_mock")
			return mock
		}, "as their owner: GRANT USAGE ON SCHEMA awalmock TO "},
		"newer": {func(t *testing.T) string {
			name, url := server.Migrated(t)
			server.Exec(t, name, "INSERT INTO awalmock.layout VALUES (1000)")
			return url
		}, "was written by a newer version of the mock (layout 1000"},
		"older": {func(t *testing.T) string {
			name, url := server.Migrated(t)
			server.Exec(t, name, "DELETE FROM awalmock.layout")
			return url
		}, "has layout 0, and this mock needs 8: mockserver migrate --store OWNER-URL upgrades it"},
		"a missing event": {func(t *testing.T) string {
			name, url := server.Migrated(t)
			s := open(t, url)
			storetest.Append(t, s, "a", 0, storetest.Seeded())
			storetest.Append(t, s, "a", 1, storetest.Sent(2, 20)...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			server.Exec(t, name, "DELETE FROM awalmock.event WHERE seq = 7")
			return url
		}, "workspace a: events are missing: it has 19, from 1 to 20"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tryOpen(t, postgres.Options{URL: c.url(t)})
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret-word") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// layout is the number of the newest migration.
const layout = 8

func TestTwoMigrationsAtOnceMakeOneLayout(t *testing.T) {
	t.Parallel()
	_, owner, _ := needsServer(t).Database(t)
	var both sync.WaitGroup
	for range 4 {
		both.Go(func() {
			if version, err := postgres.Migrate(t.Context(), owner); err != nil || version != layout {
				t.Errorf("%d %v", version, err)
			}
		})
	}
	both.Wait()
}

func TestRowLevelSecurityShowsOnlyTheWorkspacesThatATransactionNames(t *testing.T) {
	t.Parallel()
	_, url := needsServer(t).Migrated(t)
	s := open(t, url)
	for _, workspace := range []string{"a", "b"} {
		storetest.Append(t, s, workspace, 0, storetest.Seeded())
		if err := s.KeepClient(t.Context(), store.Client{Workspace: workspace, ID: "c", Secrets: []store.Secret{{Text: "x"}}}); err != nil {
			t.Fatal(err)
		}
	}
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(t.Context()) })
	for _, table := range []string{"event", "client"} {
		for named, want := range map[string]int{"": 0, "a": 1, "b": 1, "a\nb": 2, "*": map[string]int{"client": 2}[table], "c": 0} {
			var n int
			err := pgx.BeginFunc(t.Context(), c, func(tx pgx.Tx) error {
				if _, err := tx.Exec(t.Context(), "SELECT set_config('app.workspaces', $1, true)", named); err != nil {
					return err
				}
				return tx.QueryRow(t.Context(), "SELECT count(*) FROM awalmock."+table).Scan(&n)
			})
			if err != nil || n != want {
				t.Errorf("%s named %q: %d rows, want %d (%v)", table, named, n, want, err)
			}
		}
	}
	if _, err := c.Exec(t.Context(), "INSERT INTO awalmock.event VALUES ('a', 99, '')"); err == nil {
		t.Error("an event is added without its workspace being named")
	}
}

func TestClocksStandStillWhileNoMockRuns(t *testing.T) {
	t.Parallel()
	server := needsServer(t)
	name, url := server.Migrated(t)
	s := open(t, url)
	since := time.Now()
	if err := s.Replace(t.Context(), "a", []sandbox.Event{storetest.Seeded()}, sandbox.RunningClock(storetest.At, since)); err != nil {
		t.Fatal(err)
	}
	for _, runOn := range []bool{false, true} {
		before, _ := s.Opened("a")
		if before == (sandbox.Clock{}) || !runOn {
			before = sandbox.RunningClock(storetest.At, since)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		server.Exec(t, name, "UPDATE awalmock.mock SET seen = seen - interval '63 hours'") // since Friday
		var err error
		if s, err = tryOpen(t, postgres.Options{URL: url, RunOn: runOn}); err != nil {
			t.Fatal(err)
		}
		after, _ := s.Opened("a")
		moved := before.Now(since.Add(100 * time.Hour)).Sub(after.Now(since.Add(100 * time.Hour)))
		if want := 63 * time.Hour; !runOn && (moved < want || moved > want+time.Minute) || runOn && moved != 0 {
			t.Errorf("run on %v: the clock was stopped for %v", runOn, moved)
		}
	}
}

func TestNothingAcknowledgedIsLostWhenPostgreSQLIsKilledUnderLoadAndTheStoreRecovers(t *testing.T) {
	t.Parallel()
	_ = needsServer(t)
	server, err := pgtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	_, url := server.Migrated(t)
	s := open(t, url)
	const workspaces, kills = 8, 3
	var (
		load  sync.WaitGroup
		acked [workspaces]int64
		count atomic.Int64
		stop  = make(chan struct{})
	)
	for w := range workspaces {
		load.Go(func() { acked[w] = keepAppending(t, s, string(rune('a'+w)), &count, stop) })
	}
	for kill := range int64(kills) {
		for tick := time.Tick(time.Millisecond); count.Load() < 100*(kill+1); { // of load
			<-tick
		}
		if err := server.Control("stop", "-m", "immediate"); err != nil {
			t.Error(err)
		}
		if err := server.Control("start"); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	load.Wait()
	for w, head := range acked {
		got := storetest.Read(t, s, string(rune('a'+w)), 0)
		for i, e := range got {
			if e.Seq != int64(i)+1 {
				t.Fatalf("event %d is in the place of %d", e.Seq, i+1)
			}
		}
		if int64(len(got)) < head || head < 2 {
			t.Errorf("workspace %d: %d events are there, %d were acknowledged", w, len(got), head)
		}
	}
}

// keepAppending appends one event after the other until stop, and one more. It gives the last number that was acknowledged.
func keepAppending(t *testing.T, s *store.Store, workspace string, count *atomic.Int64, stop <-chan struct{}) (acknowledged int64) {
	head, began := int64(0), time.Now()
	for stopping, done := false, false; !done; {
		select {
		case <-stop:
			stopping = true
		default:
		}
		if time.Since(began) > 2*time.Minute {
			t.Error("the store does not recover")
			return acknowledged
		}
		events := []sandbox.Event{storetest.Seeded()}
		if head > 0 {
			events = storetest.Sent(head+1, head+1)
		}
		durable, err := s.Append(t.Context(), workspace, head, events)
		if err == nil {
			err = <-durable
		}
		if err == nil {
			head++
			acknowledged, done = head, stopping
			count.Add(1)
			continue
		}
		if tail, err := s.Tail(t.Context(), workspace, 0); err == nil { // as a workspace does
			head = tail.Events[len(tail.Events)-1].Seq // an event whose acknowledgement was lost may be there
		}
	}
	return acknowledged
}

func TestRequestsOfADayAreCountedAndTermsKept(t *testing.T) {
	t.Parallel()
	_, url := needsServer(t).Migrated(t)
	terms := store.Terms{Quota: store.Quota{Conversations: 1, Events: 2, RequestsPerDay: 3, Endpoints: 4, Bytes: 5}, Expires: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)}
	s := open(t, url)
	storetest.Append(t, s, "a", 0, storetest.Seeded())
	if err := s.KeepClient(t.Context(), store.Client{Workspace: "a", ID: "c", Number: "1", Terms: terms, Secrets: []store.Secret{{Text: "x"}}}); err != nil {
		t.Fatal(err)
	}
	use := func(s *store.Store, day int64, add, want int) {
		t.Helper()
		if total, err := s.Use(t.Context(), "a", day, add); err != nil || total != want {
			t.Errorf("day %d, %d more: %d %v, want %d", day, add, total, err, want)
		}
	}
	use(s, 7, 10, 10)
	use(s, 7, 5, 15)
	use(s, 7, -4, 11)
	use(s, 8, 1, 1)
	use(s, 8, -9, 0)
	use(s, 8, 3, 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, url)
	use(again, 8, 0, 3)
	if got := again.Clients()["a"].Terms; got != terms {
		t.Errorf("%+v", got)
	}
}
