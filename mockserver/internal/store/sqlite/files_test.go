package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// filled is a file with a workspace of twenty events, closed.
func filled(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	s := open(t, path)
	storetest.Append(t, s, "a", 0, storetest.Seeded())
	storetest.Append(t, s, "a", 1, storetest.Sent(2, 20)...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// edit changes a file behind the mock's back.
func edit(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

func TestAFileThatCannotBeAStoreIsRefusedWithWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path func(t *testing.T) string
		want string
	}{
		"a text": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "notes.txt")
			return path + write(t, path, "hello, this is not a database at all, but a text")
		}, "is no SQLite database; name another file"},
		"a short text": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "x")
			return path + write(t, path, "x")
		}, "is no SQLite database"},
		"a folder":  {func(t *testing.T) string { return t.TempDir() }, "is a folder; name a file"},
		"a device":  {func(*testing.T) string { return os.DevNull }, "is no SQLite database"},
		"no folder": {func(t *testing.T) string { return filepath.Join(t.TempDir(), "none", "x.db") }, "there is no folder"},
		"other tables": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "x.db")
			edit(t, path, "CREATE TABLE event (x)")
			return path
		}, "is a database of another program; name another file"},
		"other mark": {func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "x.db")
			edit(t, path, "PRAGMA application_id = 7")
			return path
		}, "is a database of another program"},
		"newer": {func(t *testing.T) string {
			path := filled(t)
			edit(t, path, "PRAGMA user_version = 1000")
			return path
		}, "was written by a newer version of the mock (layout 1000"},
		"damaged": {func(t *testing.T) string {
			path := filled(t)
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 4096; i < len(data); i++ {
				data[i] ^= 0x55
			}
			return path + write(t, path, string(data))
		}, "is damaged"},
		"a missing event": {func(t *testing.T) string {
			path := filled(t)
			edit(t, path, "DELETE FROM event WHERE seq = 7")
			return path
		}, "workspace a: events are missing: it has 19, from 1 to 20"},
		"no newest event": {func(t *testing.T) string {
			path := filled(t)
			edit(t, path, "DELETE FROM event WHERE seq > 18")
			return path
		}, "workspace a: events are missing: it has 18, from 1 to 18, and the last one must be 20"},
		"a clock that is none": {func(t *testing.T) string {
			path := filled(t)
			edit(t, path, "UPDATE workspace SET clock_at = 'noon'")
			return path
		}, "workspace a: clock"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := c.path(t)
			_, err := tryOpen(t, sqlite.Options{Path: path, Now: time.Now})
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "sqlite:"+path+": ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return ""
}

func TestAFileThatWasRefusedIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	edit(t, path, "CREATE TABLE other (x); INSERT INTO other VALUES (1)")
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tryOpen(t, sqlite.Options{Path: path, Now: time.Now}); err == nil {
		t.Fatal("it is opened")
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file has changed (%v)", err)
	}
}

func TestASecondMockOnTheSameFileIsRefusedUntilTheFirstHasEnded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	first := open(t, path)
	_, err := tryOpen(t, sqlite.Options{Path: path, Now: time.Now})
	if want := fmt.Sprintf("is in use by another mock (process %d); stop it, or take another file", os.Getpid()); err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestAFileHasAllEventsWhenItIsOpenedAgain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"awalmock.db", "with space?#%20.db", "قاعدة.db"} {
		path := filepath.Join(t.TempDir(), name)
		s := open(t, path)
		storetest.Append(t, s, "a", 0, storetest.Seeded())
		storetest.Append(t, s, "a", 1, storetest.Sent(2, 5000)...)
		storetest.Append(t, s, "b", 0, storetest.Seeded())
		before := fmt.Sprint(storetest.Read(t, s, "a", 0))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the file is elsewhere: %v", err)
		}
		s = open(t, path)
		if after := fmt.Sprint(storetest.Read(t, s, "a", 0)); after != before {
			t.Error("the events are others")
		}
		if _, found := s.Opened("b"); !found {
			t.Error("workspace b is not found")
		}
		if _, found := s.Opened("c"); found {
			t.Error("workspace c is found, which never was")
		}
		storetest.Append(t, s, "a", 5000, storetest.Sent(5001, 5001)...)
	}
}

func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	s := open(t, path)
	storetest.Append(t, s, "a", 0, storetest.Seeded())
	for _, name := range []string{path, path + "-wal", path + ".lock"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has the rights %o", filepath.Base(name), mode)
		}
	}
}

func TestAnEventThatCannotBeReadIsAnErrorWithItsWorkspaceAndNumber(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ set, want string }{
		"no JSON":      {"x'00ff'", "workspace a: event 7 cannot be read"},
		"unknown kind": {`CAST('{"seq":7,"at":"2024-01-20T12:00:00Z","kind":"dreamt","v":1,"data":{}}' AS BLOB)`, `workspace a: event 7 cannot be read: event 7: the kind "dreamt" is unknown`},
		"newer kind":   {`CAST('{"seq":7,"at":"2024-01-20T12:00:00Z","kind":"message_sent","v":9,"data":{}}' AS BLOB)`, "was written by a newer version"},
		"other number": {`(SELECT data FROM event WHERE seq = 8)`, "workspace a: event 7 cannot be read: it says that it is event 8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filled(t)
			edit(t, path, "UPDATE event SET data = "+c.set+" WHERE seq = 7")
			s := open(t, path)
			read := 0
			var last error
			for _, err := range s.Read(t.Context(), "a", 0) {
				read++
				last = err
			}
			if last == nil || !strings.Contains(last.Error(), c.want) || read != 7 {
				t.Errorf("%d read, %v, want %s", read, last, c.want)
			}
		})
	}
}

func TestClocksStandStillWhileTheMockDoesNotRunOrRunOn(t *testing.T) {
	t.Parallel()
	for name, runOn := range map[string]bool{"real": false, "wall": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "awalmock.db")
			machine := time.Date(2026, 3, 6, 17, 0, 0, 0, time.UTC) // a Friday
			o := sqlite.Options{Path: path, Now: func() time.Time { return machine }, RunOn: runOn}
			s, err := tryOpen(t, o)
			if err != nil {
				t.Fatal(err)
			}
			begin := []sandbox.Event{storetest.Seeded()}
			if err := s.Replace(t.Context(), "running", begin, sandbox.RunningClock(storetest.At, machine)); err != nil {
				t.Fatal(err)
			}
			if err := s.Replace(t.Context(), "stopped", begin, sandbox.StoppedClock(storetest.At)); err != nil {
				t.Fatal(err)
			}
			machine = machine.Add(time.Hour) // the mock runs for an hour, and stops
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			machine = machine.Add(63 * time.Hour) // until Monday
			if s, err = tryOpen(t, o); err != nil {
				t.Fatal(err)
			}
			want := storetest.At.Add(time.Hour)
			if runOn {
				want = want.Add(63 * time.Hour)
			}
			if clock, _ := s.Opened("running"); !clock.Now(machine).Equal(want) {
				t.Errorf("the clock shows %v, want %v", clock.Now(machine), want)
			}
			if clock, _ := s.Opened("stopped"); !clock.Stopped() || !clock.Now(machine).Equal(storetest.At) {
				t.Errorf("the stopped clock shows %v", clock.Now(machine))
			}
		})
	}
}

func TestTheWriterSyncsEveryTransaction(t *testing.T) {
	t.Parallel()
	d, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "awalmock.db"), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	synchronous, journal, err := d.Durability(context.Background())
	if err != nil || synchronous != 2 || journal != "wal" {
		t.Errorf("synchronous=%d journal_mode=%s (%v), want 2 (FULL) and wal", synchronous, journal, err)
	}
}

var _ store.Database = (*sqlite.Database)(nil)
