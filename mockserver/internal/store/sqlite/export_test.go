package sqlite

import "context"

// Durability is how the writer's connection keeps what it writes.
func (d *Database) Durability(ctx context.Context) (synchronous int, journal string, err error) {
	if err = d.connection.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err == nil {
		err = d.connection.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal)
	}
	return synchronous, journal, err
}
