// Package sqlite keeps the events of workspaces in one file, a SQLite database, that one process at a time may use.
//
// It must never know what an event means.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"example.com/awalmock/mockserver/internal/store"
)

// Options are how a file is opened. Path and Now are needed.
type Options struct {
	Path string
	Now  func() time.Time
	// RunOn lets the clocks of workspaces run on while the mock was not running; otherwise they stopped meanwhile.
	RunOn bool
}

// A Database is a file that is open. It implements store.Database.
type Database struct {
	path  string
	lock  *flock.Flock
	write *sql.DB // one connection
	read  *sql.DB
	*statements
}

// Open opens a file, or makes it when it is not there, and checks it. An error says in one line what is wrong with it.
func Open(ctx context.Context, o Options) (*Database, error) {
	d := &Database{path: o.Path}
	if err := d.open(ctx, o); err != nil {
		_ = d.Close() // err is what the caller has to know
		return nil, d.explain(err)
	}
	return d, nil
}

func (d *Database) open(ctx context.Context, o Options) (err error) {
	if err := d.openAlone(ctx); err != nil {
		return err
	}
	if err := d.check(ctx); err != nil {
		return err
	}
	if err := d.awake(ctx, o); err != nil {
		return err
	}
	d.statements, err = prepare(ctx, d.write)
	return err
}

// openAlone opens the file for this process and no other, in the layout of this version.
func (d *Database) openAlone(ctx context.Context) (err error) {
	if err := checkPath(d.path); err != nil {
		return err
	}
	if err := d.takeLock(); err != nil {
		return err
	}
	if d.write, err = connect(d.path, 1, "busy_timeout(5000)", "synchronous(FULL)"); err != nil {
		return err
	}
	if err := d.upgrade(ctx); err != nil {
		return err
	}
	if _, err := d.write.ExecContext(ctx, "PRAGMA journal_mode=WAL"); err != nil {
		return err
	}
	d.read, err = connect(d.path, 4, "busy_timeout(5000)", "query_only(1)")
	return err
}

// connect opens a pool of connections, each with these settings.
func connect(path string, connections int, pragmas ...string) (*sql.DB, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", Path: filepath.ToSlash(absolute), RawQuery: url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

var errNoDatabase = errors.New("is no SQLite database; name another file, or remove it and start with the fixtures")

// checkPath refuses a path that cannot be a database, before anything is written.
func checkPath(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return create(path)
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a folder; name a file")
	case !info.Mode().IsRegular():
		return errNoDatabase
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return writable(err)
	}
	defer file.Close()
	const magic = "SQLite format 3\x00"
	start := make([]byte, len(magic))
	switch n, err := io.ReadFull(file, start); {
	case err == io.EOF: // empty
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case string(start[:n]) != magic:
		return errNoDatabase
	}
	return nil
}

// create makes an empty file that only its owner can read; SQLite gives the same rights to those beside it.
func create(path string) error {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("there is no folder %s; make it first", filepath.Dir(path))
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return writable(err)
	}
	return file.Close()
}

// writable says what to do about an error that comes of missing rights.
func writable(err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return errors.New("cannot be written: the file, its folder or its disk is read-only; give the mock the right to write, or take another file")
	}
	return err
}

// takeLock lets one process use the file. The lock is a file beside it, which stays behind; what ends the process frees it.
func (d *Database) takeLock() error {
	d.lock = flock.New(d.path + ".lock")
	taken, err := d.lock.TryLock()
	switch {
	case err != nil:
		d.lock = nil
		return fmt.Errorf("cannot be locked: %w", writable(err))
	case !taken:
		owner, _ := os.ReadFile(d.path + ".lock")
		d.lock = nil
		return fmt.Errorf("is in use by another mock (process %s); stop it, or take another file", strings.TrimSpace(string(owner)))
	}
	_ = os.WriteFile(d.path+".lock", fmt.Appendf(nil, "%d\n", os.Getpid()), 0o600) // only for the message above
	return nil
}

// check reads the file once: pages that do not fit together, and events that are missing, are found now.
func (d *Database) check(ctx context.Context) error {
	if err := d.checkPages(ctx); err != nil {
		return err
	}
	var (
		domain               string
		head, least, most, n int64
	)
	err := d.read.QueryRowContext(ctx, `
		SELECT domain, head, coalesce(least, 0), coalesce(most, 0), coalesce(n, 0) FROM workspace LEFT JOIN
			(SELECT workspace, min(seq) AS least, max(seq) AS most, count(*) AS n FROM event GROUP BY workspace) ON workspace = domain
		WHERE n IS NULL OR most <> head OR n <> most - least + 1 OR least > first
		LIMIT 1`).Scan(&domain, &head, &least, &most, &n)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("workspace %s: events are missing: it has %d, from %d to %d, and the last one must be %d; restore a copy of the file", domain, n, least, most, head)
}

// awake notes in the file that the mock runs. Unless they run on, the clocks are set as if no time had passed since it last ran.
func (d *Database) awake(ctx context.Context, o Options) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	now := o.Now()
	if !o.RunOn {
		if err := standStill(ctx, tx, now); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, setAlive, store.FormatTime(now)); err != nil {
		return err
	}
	return tx.Commit()
}

func standStill(ctx context.Context, tx *sql.Tx, now time.Time) error {
	last, err := alive(ctx, tx)
	if err != nil || last.IsZero() {
		return err
	}
	off := max(0, now.Sub(last))
	entries, err := entries(ctx, tx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Clock.Since.IsZero() {
			continue
		}
		if _, err := tx.ExecContext(ctx, "UPDATE workspace SET clock_since = ? WHERE domain = ?", store.FormatTime(e.Clock.Since.Add(off)), e.Workspace); err != nil {
			return err
		}
	}
	return nil
}

// Close implements store.Database.
func (d *Database) Close() error {
	var errs []error
	if d.statements != nil {
		errs = append(errs, d.close())
	}
	for _, db := range []*sql.DB{d.read, d.write} { // the writer last: it takes the log of the file away
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if d.lock != nil {
		errs = append(errs, d.lock.Unlock())
	}
	return d.explain(errors.Join(errs...))
}
