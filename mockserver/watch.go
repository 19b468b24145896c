package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"example.com/awalmock/mockserver/mocktest"
)

// calm is how long files have to be left alone before they are read: an editor writes in several steps.
const calm = 100 * time.Millisecond

// A watcher takes over a spec and fixtures that change on disk: whole, or not at all with the reason in the log.
type watcher struct {
	spec, fixtures string // paths; "": not watched
	mock           *mocktest.Mock
	log            *slog.Logger
	events         *fsnotify.Watcher

	document []byte // as it was read last
	files    [sha256.Size]byte
}

// newWatcher begins to watch. The caller has to run it, which ends with ctx.
func newWatcher(c *serveCommand, document []byte, mock *mocktest.Mock, log *slog.Logger) (*watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("--watch: %w", err)
	}
	w := &watcher{spec: c.Spec, fixtures: c.Fixtures, mock: mock, log: log, events: events, document: document}
	if w.fixtures != "" {
		w.files, err = digest(os.DirFS(w.fixtures))
	}
	if err := errors.Join(err, w.add()); err != nil {
		return nil, errors.Join(fmt.Errorf("--watch: %w", err), events.Close())
	}
	return w, nil
}

// add watches folders, not files: many editors put a new file in the place of the old one.
func (w *watcher) add() error {
	var folders []string
	if w.spec != "" {
		folders = append(folders, filepath.Dir(w.spec))
	}
	if w.fixtures != "" {
		folders = append(folders, w.fixtures, filepath.Join(w.fixtures, "workspaces"))
	}
	for _, folder := range folders {
		if err := w.events.Add(folder); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	return nil
}

// run watches until ctx ends.
func (w *watcher) run(ctx context.Context) {
	defer w.events.Close()
	quiet := time.NewTimer(calm)
	defer quiet.Stop()
	for {
		select {
		case <-w.events.Events:
			quiet.Reset(calm)
		case err := <-w.events.Errors:
			w.log.Error("watching files failed", "error", err)
		case <-quiet.C:
			w.look()
		case <-ctx.Done():
			return
		}
	}
}

// look takes over what has changed since the last look.
func (w *watcher) look() {
	if w.spec != "" {
		document, err := os.ReadFile(w.spec)
		switch {
		case errors.Is(err, fs.ErrNotExist): // between two steps of an editor
		case err != nil:
			w.tell("spec", err)
		case !bytes.Equal(document, w.document):
			w.document = document
			w.tell("spec", w.mock.UseSpec(w.spec, document))
		}
	}
	if w.fixtures != "" {
		dir := os.DirFS(w.fixtures)
		files, err := digest(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			w.tell("fixtures", err)
		case files != w.files:
			w.files = files
			w.tell("fixtures", w.mock.UseFixtures(dir))
		}
	}
}

func (w *watcher) tell(what string, err error) {
	if err != nil {
		w.log.Error("changed on disk, but cannot be used; the mock goes on with what it has: "+what, "error", err)
		return
	}
	w.log.Info("taken over from disk: " + what)
}

// digest stands for the names and contents of all files of a folder.
func digest(dir fs.FS) (sum [sha256.Size]byte, err error) {
	all := sha256.New()
	err = fs.WalkDir(dir, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(dir, path)
		fmt.Fprintf(all, "%q %d\n", path, len(text))
		all.Write(text)
		return err
	})
	return [sha256.Size]byte(all.Sum(nil)), err
}
