package sqlite_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// keyed opens a file with these keys.
func keyed(t *testing.T, path string, keys ...string) (*store.Store, error) {
	t.Helper()
	d, err := sqlite.Open(t.Context(), sqlite.Options{Path: path, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.New(t.Context(), store.Options{Database: d, Name: "sqlite:" + path, Now: time.Now, Logger: slog.New(slog.DiscardHandler), Keys: func(bool) (parsed []store.Key, err error) {
		for _, text := range keys {
			key, err := store.ParseKey(text)
			if err != nil {
				return nil, err
			}
			parsed = append(parsed, key)
		}
		return parsed, nil
	}})
	if err != nil {
		d.Close()
		return nil, err
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, nil
}

func client(workspace string) store.Client {
	return store.Client{
		Workspace: workspace, ID: "client-1", Number: "123456", Created: storetest.At,
		Secrets: []store.Secret{{Text: "first-secret"}, {Text: "newest-secret"}, {Text: "first-secret", Until: storetest.At.Add(time.Hour)}},
	}
}

func TestAClientIsThereAfterARestartAndItsSecretsAreInNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, key := filepath.Join(dir, "awalmock.db"), store.NewKey()
	s, err := keyed(t, path, key)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Append(t, s, "a", 0, storetest.Seeded())
	for range 2 { // the second takes the place of the first
		if err := s.KeepClient(t.Context(), client("a")); err != nil {
			t.Fatal(err)
		}
	}
	storetest.Append(t, s, "a", 1, storetest.Sent(2, 2)...) // a client is no event
	if err := s.KeepClient(t.Context(), client("b")); err != nil {
		t.Fatal(err)
	}
	if err := s.Replace(t.Context(), "b", nil, sandbox.Clock{}); err != nil { // and goes with its workspace
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte("-secret")) || bytes.Contains(data, []byte(key)) {
			t.Errorf("%s has a secret", filepath.Base(file))
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = keyed(t, path, key); err != nil {
		t.Fatal(err)
	}
	if got := s.Clients(); !reflect.DeepEqual(got, map[string]store.Client{"a": client("a")}) {
		t.Errorf("%+v", got)
	}
}

func TestAnotherKeyIsRefusedAndAnOldOneEncryptsAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	old, next := store.NewKey(), store.NewKey()
	reopen := func(wanted string, keys ...string) {
		t.Helper()
		s, err := keyed(t, path, keys...)
		if wanted != "" {
			if err == nil || !strings.Contains(err.Error(), wanted) || strings.Contains(err.Error(), keys[0]) {
				t.Errorf("%v, want %s", err, wanted)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Clients()) == 0 {
			err = s.KeepClient(t.Context(), client("a"))
		} else if !reflect.DeepEqual(s.Clients()["a"], client("a")) {
			t.Errorf("%+v", s.Clients())
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	other := "the secret of workspace a is encrypted with another key; give the key that was used, alone or behind a new one: --store-key NEW,OLD"
	reopen("", old)
	reopen(other, next)
	reopen("", next, old)
	reopen("", next)
	reopen(other, old)
}

func TestASecretThatIsMovedToAnotherWorkspaceIsRefused(t *testing.T) {
	t.Parallel()
	path, key := filepath.Join(t.TempDir(), "awalmock.db"), store.NewKey()
	s, err := keyed(t, path, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.KeepClient(t.Context(), client("a")); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	edit(t, path, "UPDATE client SET workspace = 'b'")
	if _, err := keyed(t, path, key); err == nil || !strings.Contains(err.Error(), "the secret of workspace b is encrypted with another key") {
		t.Errorf("%v", err)
	}
}
