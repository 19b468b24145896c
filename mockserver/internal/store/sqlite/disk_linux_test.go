package sqlite_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/internal/store/storetest"
)

// disk mounts a file system in memory with room for a megabyte.
func disk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func TestAFullDiskRefusesAppendsAndIsFoundFreeAgain(t *testing.T) {
	t.Parallel()
	dir := disk(t)
	s := open(t, filepath.Join(dir, "awalmock.db"))
	storetest.Append(t, s, "a", 0, storetest.Seeded())
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk does not get full: %v", err)
	}
	var (
		refused error
		head    = int64(1)
	)
	for refused == nil && head < 20_000 { // what the log of the file has room for is taken
		var durable <-chan error
		if durable, refused = s.Append(t.Context(), "a", head, storetest.Sent(head+1, head+50)); refused == nil {
			if refused = <-durable; refused == nil {
				head += 50
			}
		}
	}
	if refused == nil || !strings.Contains(refused.Error(), "the disk is full: make room") || errors.Is(refused, sandbox.ErrConflict) {
		t.Fatalf("%v", refused)
	}
	if err := s.Health(); err == nil {
		t.Error("the store says that it is well")
	}
	if got := storetest.Read(t, s, "a", 0); int64(len(got)) != head {
		t.Errorf("%d events are read, %d are durable", len(got), head)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); s.Health() != nil; <-tick.C {
		if time.Since(began) > time.Minute {
			t.Fatalf("the store does not recover: %v", s.Health())
		}
	}
	storetest.Append(t, s, "a", head, storetest.Sent(head+1, head+1)...)
}

func TestAReadOnlyDiskIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	dir := disk(t)
	path := filepath.Join(dir, "awalmock.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("the disk cannot be made read-only: %v", err)
	}
	_, err := tryOpen(t, sqlite.Options{Path: path, Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), "cannot be written: the file, its folder or its disk is read-only") {
		t.Errorf("%v", err)
	}
}
