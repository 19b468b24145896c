package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

// The numbered steps from an empty file to the layout of this version. They only go forward, and none of them ever changes.
//
//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a SQLite file as a store of the mock: "awal" in ASCII.
const applicationID = 0x6177616c

// upgrade brings the file to the layout of this version, in one transaction.
func (d *Database) upgrade(ctx context.Context) error {
	steps, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	version, err := layout(ctx, d.write, len(steps))
	if err != nil || version == len(steps) {
		return err
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after a commit there is nothing to take back
	for _, step := range steps[version:] {
		if err := apply(ctx, tx, step); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(steps))); err != nil {
		return err
	}
	return tx.Commit()
}

// layout is the version of the file's layout; 0: the file is empty. known is the newest one that this version of the mock knows.
func layout(ctx context.Context, db *sql.DB, known int) (version int, err error) {
	var application, tables int
	for pragma, to := range map[string]*int{"PRAGMA application_id": &application, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &tables} {
		if err := db.QueryRowContext(ctx, pragma).Scan(to); err != nil {
			return 0, err
		}
	}
	switch {
	case application != applicationID && (tables > 0 || application != 0):
		return 0, errors.New("is a database of another program; name another file")
	case version > known:
		return 0, fmt.Errorf("was written by a newer version of the mock (layout %d; this one knows up to %d); start the newer version, or take another file", version, known)
	}
	return version, nil
}

func apply(ctx context.Context, tx *sql.Tx, step string) error {
	text, err := migrations.ReadFile(step)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, string(text))
	return err
}
