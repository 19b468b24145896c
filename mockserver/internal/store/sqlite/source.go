package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/store"
)

// OpenToRead opens a file that is there, without a change and without the lock: a mock may use it meanwhile. The caller has to close it.
func OpenToRead(ctx context.Context, path string) (store.Source, error) {
	d := &Database{path: path}
	if err := d.openToRead(ctx); err != nil {
		_ = d.Close() // err is what the caller has to know
		return nil, d.explain(err)
	}
	return d, nil
}

func (d *Database) openToRead(ctx context.Context) (err error) {
	if err := thereIs(d.path); err != nil {
		return err
	}
	if d.read, err = connect(d.path, 1, "busy_timeout(5000)", "query_only(1)"); err != nil {
		return err
	}
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	switch version, err := layout(ctx, d.read, len(steps)); {
	case err != nil:
		return err
	case version == 0:
		return errors.New("is empty: no mock has used it yet")
	case version < len(steps):
		return fmt.Errorf("was written by an older version of the mock (layout %d; this one needs %d); start this version on it once, which upgrades it", version, len(steps))
	}
	return nil
}

// thereIs refuses what is no file.
func thereIs(path string) error {
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("there is no such file")
	case err != nil:
		return err
	case info.IsDir():
		return errors.New("is a folder; name a file")
	case !info.Mode().IsRegular():
		return errNoDatabase
	}
	return nil
}

// Alive implements store.Source.
func (d *Database) Alive(ctx context.Context) (time.Time, error) {
	at, err := alive(ctx, d.read)
	return at, d.explain(err)
}

// alive is when a mock used the file last; zero: none did.
func alive(ctx context.Context, from interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
},
) (time.Time, error) {
	var text string
	switch err := from.QueryRowContext(ctx, "SELECT value FROM mock WHERE key = 'alive'").Scan(&text); {
	case errors.Is(err, sql.ErrNoRows):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, err
	}
	at, err := store.ParseTime(text)
	if err != nil {
		err = fmt.Errorf("mock.alive: %w", err)
	}
	return at, err
}

// Check implements store.Source: it looks for pages that do not fit together.
func (d *Database) Check(ctx context.Context) error { return d.explain(d.checkPages(ctx)) }

func (d *Database) checkPages(ctx context.Context) error {
	var found string
	if err := d.read.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("is damaged (%s); restore a copy of it", strings.ReplaceAll(found, "\n", " "))
	}
	return nil
}

// Compact removes the events before the last reset of each workspace, and gives the room back to the disk. It gives how many there were. No
// mock may use the file meanwhile.
func Compact(ctx context.Context, path string) (dropped int64, err error) {
	d := &Database{path: path}
	if err = thereIs(path); err == nil {
		err = d.openAlone(ctx)
	}
	if err == nil {
		dropped, err = d.compact(ctx)
	}
	return dropped, errors.Join(d.explain(err), d.Close())
}

func (d *Database) compact(ctx context.Context) (dropped int64, err error) {
	if err := d.check(ctx); err != nil {
		return 0, err
	}
	done, err := d.write.ExecContext(ctx, "DELETE FROM event WHERE seq < (SELECT first FROM workspace WHERE domain = event.workspace)")
	if err != nil {
		return 0, err
	}
	if dropped, err = done.RowsAffected(); err != nil {
		return 0, err
	}
	_, err = d.write.ExecContext(ctx, "VACUUM")
	return dropped, err
}
