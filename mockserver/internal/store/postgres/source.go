package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store"
)

// OpenToRead opens a database that Migrate has made, without a change: mocks may use it meanwhile. The role is that of the mock. The caller has
// to close it.
func OpenToRead(ctx context.Context, url string) (store.Source, error) { return connected(ctx, url) }

// connected is a database that no mock holds through it.
func connected(ctx context.Context, url string) (*Database, error) {
	d, err := connect(ctx, url)
	if err != nil {
		return nil, err
	}
	c, err := d.pool.Acquire(ctx)
	if err == nil {
		err = checkLayout(ctx, c.Conn())
		c.Release()
	}
	if err != nil {
		d.pool.Close()
		return nil, explain(err)
	}
	return d, nil
}

// Alive implements store.Source, by the clock of this machine.
func (d *Database) Alive(ctx context.Context) (time.Time, error) {
	var ago time.Duration
	if err := d.get(ctx, &ago, "SELECT clock_timestamp() - greatest(seen, (SELECT max(seen) FROM replica), (SELECT max(seen) FROM writer)) FROM mock"); err != nil {
		return time.Time{}, explain(err)
	}
	return time.Now().Add(-max(0, ago)), nil
}

// Replicas is how many mocks use the database now.
func (d *Database) Replicas(ctx context.Context) (n int, err error) {
	err = d.get(ctx, &n, "SELECT count(*) FROM replica WHERE seen > clock_timestamp() - $1::interval", aliveFor)
	return n, explain(err)
}

// Check implements store.Source. Whether the pages fit together, the server's own tools look (pg_amcheck).
func (d *Database) Check(context.Context) error { return nil }

// Compact removes the events before the last reset of each workspace, and gives how many there were. Mocks may use the database meanwhile. The
// room is the database's again when it cleans up (VACUUM).
func Compact(ctx context.Context, url string) (dropped int64, err error) {
	d, err := connected(ctx, url)
	if err != nil {
		return 0, err
	}
	defer d.pool.Close()
	entries, err := d.Entries(ctx)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		n, err := d.compact(ctx, e.Workspace)
		if dropped += n; err != nil {
			return dropped, explain(err)
		}
	}
	return dropped, nil
}

func (d *Database) compact(ctx context.Context, workspace string) (dropped int64, err error) {
	err = pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.workspaces', $1, true)", workspace); err != nil {
			return err
		}
		done, err := tx.Exec(ctx, "DELETE FROM event WHERE workspace = $1 AND seq < (SELECT first FROM workspace WHERE domain = $1)", workspace)
		dropped = done.RowsAffected()
		return err
	})
	return dropped, err
}
