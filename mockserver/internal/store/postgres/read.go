package postgres

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store"
)

// readAtOnce is how many rows are read in one turn.
const readAtOnce = 1000

// Read implements store.Database.
func (d *Database) Read(ctx context.Context, workspace string, after int64) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for {
			rows, err := d.readSome(ctx, workspace, after)
			if err != nil {
				yield(store.Row{}, explain(err))
				return
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
				after = r.Seq
			}
			if len(rows) < readAtOnce {
				return
			}
		}
	}
}

func (d *Database) readSome(ctx context.Context, workspace string, after int64) (rows []store.Row, err error) {
	err = d.as(ctx, workspace, func(ctx context.Context, tx pgx.Tx, progress func()) error {
		found, err := tx.Query(ctx, `
			SELECT seq, data FROM event WHERE workspace = $1 AND seq > $2 AND seq >= (SELECT first FROM workspace WHERE domain = $1)
			ORDER BY seq LIMIT $3`, workspace, after, readAtOnce)
		if err != nil {
			return err
		}
		rows, err = pgx.CollectRows(found, func(r pgx.CollectableRow) (row store.Row, err error) {
			progress()
			err = r.Scan(&row.Seq, &row.Data)
			return row, err
		})
		return err
	})
	return rows, err
}

// as asks in a transaction that sees the workspaces which it names.
func (d *Database) as(ctx context.Context, workspaces string, do func(ctx context.Context, tx pgx.Tx, progress func()) error) error {
	return d.ask(ctx, func(ctx context.Context, progress func()) error {
		return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, "SELECT set_config('app.workspaces', $1, true)", workspaces); err != nil {
				return err
			}
			return do(ctx, tx, progress)
		})
	})
}

// Entries implements store.Database.
func (d *Database) Entries(ctx context.Context) (all []store.Entry, err error) {
	err = d.ask(ctx, func(ctx context.Context, progress func()) error {
		all, err = entries(ctx, d.pool, progress)
		return err
	})
	return all, explain(err)
}

func entries(ctx context.Context, from interface {
	Query(ctx context.Context, text string, args ...any) (pgx.Rows, error)
}, progress func(),
) ([]store.Entry, error) {
	found, err := from.Query(ctx, "SELECT domain, first, head, life, clock_at, clock_since FROM workspace ORDER BY domain")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(r pgx.CollectableRow) (e store.Entry, err error) {
		progress()
		var at, since string
		if err := r.Scan(&e.Workspace, &e.First, &e.Head, &e.Life, &at, &since); err != nil {
			return e, err
		}
		if e.Clock.At, err = store.ParseTime(at); err == nil {
			e.Clock.Since, err = store.ParseTime(since)
		}
		if err != nil {
			err = fmt.Errorf("workspace %s: clock: %w", e.Workspace, err)
		}
		return e, err
	})
}

// Webhooks implements store.Database.
func (d *Database) Webhooks(ctx context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := d.as(ctx, "*", func(ctx context.Context, tx pgx.Tx, progress func()) error {
		found, err := tx.Query(ctx, "SELECT workspace, state FROM webhooks")
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			progress()
			var (
				workspace string
				state     []byte
			)
			if err := found.Scan(&workspace, &state); err != nil {
				return err
			}
			all[workspace] = state
		}
		return found.Err()
	})
	return all, explain(err)
}

// Clients implements store.Database.
func (d *Database) Clients(ctx context.Context) (all []store.SealedClient, err error) {
	err = d.as(ctx, "*", func(ctx context.Context, tx pgx.Tx, progress func()) error {
		found, err := tx.Query(ctx, "SELECT workspace, client_id, phone_number_id, created, secret, not_after, terms FROM client ORDER BY workspace, n")
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			progress()
			var (
				c                     store.SealedClient
				sealed                []byte
				created, until, terms string
			)
			if err := found.Scan(&c.Workspace, &c.ID, &c.Number, &created, &sealed, &until, &terms); err != nil {
				return err
			}
			if all, err = store.AddSecret(all, c, created, terms, sealed, until); err != nil {
				return err
			}
		}
		return found.Err()
	})
	return all, explain(err)
}
