package cli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"example.com/awalmock/mockserver/server"
)

// calm is how long files have to stay the same before they are used: an editor writes in several steps.
const calm = 100 * time.Millisecond

// A watcher takes over a spec and fixtures that change on disk: whole, or not at all with the reason in the log.
type watcher struct {
	folders []string
	sources []*source
	log     *slog.Logger
	events  *fsnotify.Watcher
}

// A source is what may change: a spec or a folder of fixtures.
type source struct {
	name  string
	files func() []string                       // the paths of what is read
	read  func() (version, func() error, error) // what is on disk, and how to use it

	seen    version // at the last look
	tried   version // the last that was to be used
	refused bool    // it could not be used
	again   bool    // it may be now: the other source has changed
}

// version identifies contents.
type version [sha256.Size]byte

// newWatcher begins to watch. The caller has to run it, which ends with ctx.
func newWatcher(c *serveCommand, document []byte, mock *server.Server, log *slog.Logger) (*watcher, error) {
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("--watch: %w", err)
	}
	w := &watcher{log: log, events: events}
	// Folders, not files: many editors put a new file in the place of the old one.
	if c.Spec != "" {
		w.folders = append(w.folders, filepath.Dir(c.Spec))
		w.sources = append(w.sources, newSpecSource(c.Spec, document, mock))
	}
	if c.Fixtures != "" {
		w.folders = append(w.folders, filepath.Dir(c.Fixtures), c.Fixtures, filepath.Join(c.Fixtures, "workspaces"))
		fixtures, err := newFixturesSource(c.Fixtures, mock)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("--watch: %w", err), events.Close())
		}
		w.sources = append(w.sources, fixtures)
	}
	if err := w.add(); err != nil {
		return nil, errors.Join(fmt.Errorf("--watch: %w", err), events.Close())
	}
	return w, nil
}

func newSpecSource(path string, document []byte, mock *server.Server) *source {
	inUse := version(sha256.Sum256(document))
	files := func() []string { return []string{path} }
	return &source{name: "spec", files: files, seen: inUse, tried: inUse, read: func() (version, func() error, error) {
		document, err := os.ReadFile(path)
		return sha256.Sum256(document), func() error { return mock.UseDocument(document, path) }, err
	}}
}

func newFixturesSource(folder string, mock *server.Server) (*source, error) {
	dir := os.DirFS(folder)
	files := func() (paths []string) {
		names, _ := fixtures(dir) // a folder that is not there has none
		for _, name := range names {
			paths = append(paths, filepath.Join(folder, name))
		}
		return paths
	}
	inUse, err := digest(dir)
	return &source{name: "fixtures", files: files, seen: inUse, tried: inUse, read: func() (version, func() error, error) {
		now, err := digest(dir)
		return now, func() error { return mock.UseFixtures(dir) }, err
	}}, err
}

// fixtures are the names of a folder's fixtures. Other files do not count: an editor's swap file must not be a reset.
func fixtures(dir fs.FS) (names []string, err error) {
	for _, folder := range []string{".", "workspaces"} {
		entries, err := fs.ReadDir(dir, folder)
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			if is, _ := path.Match("[^.]*.y*ml", entry.Name()); is {
				names = append(names, path.Join(folder, entry.Name()))
			}
		}
	}
	return names, nil
}

// digest identifies the names and contents of a folder's fixtures.
func digest(dir fs.FS) (files version, err error) {
	names, err := fixtures(dir)
	all := sha256.New()
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return files, err
		}
		fmt.Fprintf(all, "%q %d\n", name, len(text))
		all.Write(text)
	}
	return version(all.Sum(nil)), err
}

// add watches the folders. It may be called again: one that was replaced is not watched any more.
func (w *watcher) add() error {
	for _, folder := range w.folders {
		if err := w.events.Add(folder); err != nil {
			return fmt.Errorf("%s: %w", folder, err)
		}
	}
	for _, s := range w.sources {
		for _, file := range s.files() {
			// What a link leads to changes in another folder. A link that leads nowhere will be replaced, and that is seen.
			if real, err := filepath.EvalSymlinks(file); err == nil && real != file {
				if err := w.events.Add(filepath.Dir(real)); err != nil {
					return fmt.Errorf("%s: %w", real, err)
				}
			}
		}
	}
	return nil
}

// run watches until ctx ends.
func (w *watcher) run(ctx context.Context) {
	defer w.events.Close()
	soon := time.NewTimer(calm)
	defer soon.Stop()
	due := true // a look is; events of a busy folder must not put it off for ever
	for {
		select {
		case <-w.events.Events:
		case err := <-w.events.Errors: // events may be lost
			w.log.Error("watching files failed", "error", err)
		case <-soon.C:
			if due = w.look(); due {
				soon.Reset(calm)
			}
			continue
		case <-ctx.Done():
			return
		}
		if !due {
			due = true
			soon.Reset(calm)
		}
	}
}

// look takes over what has changed, and reports whether to look again.
func (w *watcher) look() (again bool) {
	if err := w.add(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.log.Error("watching files failed", "error", err)
	}
	for _, s := range w.sources {
		again = w.lookAt(s) || again
	}
	return again
}

func (w *watcher) lookAt(s *source) (again bool) {
	now, use, err := s.read()
	switch {
	case errors.Is(err, fs.ErrNotExist): // between two steps of an editor
		return false
	case err != nil:
		w.logChange(s, err)
		return false
	case now != s.seen:
		s.seen = now
		return true
	case now == s.tried && !s.again:
		return false
	}
	err = use()
	s.tried, s.refused, s.again = now, err != nil, false
	w.logChange(s, err)
	if err != nil {
		return false
	}
	for _, other := range w.sources {
		other.again = other.refused
		again = again || other.again
	}
	return again
}

func (w *watcher) logChange(s *source, err error) {
	if err != nil {
		w.log.Error("changed on disk, but cannot be used; the mock goes on with what it has: "+s.name, "error", err)
		return
	}
	w.log.Info("taken over from disk: " + s.name)
}
