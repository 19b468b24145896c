package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// explain says in one line what is wrong with the file, and what to do.
func (d *Database) explain(err error) error {
	if err == nil {
		return nil
	}
	text := "%w"
	var failed *sqlite.Error
	if errors.As(err, &failed) {
		switch failed.Code() & 0xff { // the rest says more about the same
		case lib.SQLITE_FULL:
			text = "the disk is full: make room (%w)"
		case lib.SQLITE_READONLY:
			text = "cannot be written: the file, its folder or its disk is read-only (%w)"
		case lib.SQLITE_CANTOPEN:
			text = "cannot be opened: check the rights to the file and to its folder (%w)"
		case lib.SQLITE_NOTADB:
			text = "is no SQLite database; name another file, or remove it and start with the fixtures (%w)"
		case lib.SQLITE_CORRUPT:
			text = "is damaged; restore a copy of it (%w)"
		case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
			text = "is locked by another program; close it there (%w)"
		case lib.SQLITE_IOERR:
			text = "the disk failed (%w)"
		}
	}
	return fmt.Errorf("sqlite:%s: "+text, d.path, err)
}
