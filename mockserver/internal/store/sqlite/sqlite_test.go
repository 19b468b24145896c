package sqlite_test

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// open opens a file as a store, which is closed when the test ends.
func open(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := tryOpen(t, sqlite.Options{Path: path, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tryOpen(t *testing.T, o sqlite.Options) (*store.Store, error) {
	t.Helper()
	d, err := sqlite.Open(t.Context(), o)
	if err != nil {
		return nil, err
	}
	s, err := store.New(t.Context(), store.Options{Database: d, Name: "sqlite:" + o.Path, Keys: storetest.Keys(), Now: o.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { _ = s.Close() }) // a test that closes it looks at the error
	return s, nil
}

func TestSQLiteKeepsTheContractOfAStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) sandbox.Store { return open(t, filepath.Join(t.TempDir(), "awalmock.db")) })
}
