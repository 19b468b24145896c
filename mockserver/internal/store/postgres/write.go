package postgres

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store"
)

// Write implements store.Database. All statements go to the server in one message, which is one transaction; alive is the database's
// own clock.
func (d *Database) Write(ctx context.Context, writes []*store.Write, _ time.Time) error {
	b := &pgx.Batch{}
	names := make([]string, 0, len(writes))
	for _, w := range writes {
		names = append(names, w.Workspace)
	}
	b.Queue("SELECT still_held($1)", d.holder)
	b.Queue("SELECT set_config('app.workspaces', $1, true)", strings.Join(names, "\n"))
	var together appends
	for _, w := range writes {
		if !together.take(w) {
			together.queue(b)
			queue(b, w)
		}
	}
	together.queue(b)
	return explain(d.pool.SendBatch(ctx, b).Close())
}

// appends are the rows of writes that do nothing but append: one statement adds them all.
type appends struct {
	workspaces []string
	seqs       []int64
	data       [][]byte
	heads      map[string]int64
}

func (a *appends) take(w *store.Write) bool {
	if w.Replace || w.Remove || w.Client != nil || w.Webhooks != nil || w.Clock != nil || w.First != 0 {
		return false
	}
	if a.heads == nil {
		a.heads = map[string]int64{}
	}
	for _, r := range w.Rows {
		a.workspaces, a.seqs, a.data = append(a.workspaces, w.Workspace), append(a.seqs, r.Seq), append(a.data, r.Data)
		a.heads[w.Workspace] = r.Seq
	}
	return true
}

func (a *appends) queue(b *pgx.Batch) {
	if len(a.seqs) == 0 {
		return
	}
	b.Queue("INSERT INTO event (workspace, seq, data) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])", a.workspaces, a.seqs, a.data)
	domains, heads := make([]string, 0, len(a.heads)), make([]int64, 0, len(a.heads))
	for domain, head := range a.heads {
		domains, heads = append(domains, domain), append(heads, head)
	}
	b.Queue("UPDATE workspace w SET head = v.head FROM unnest($1::text[], $2::bigint[]) AS v(domain, head) WHERE w.domain = v.domain", domains, heads)
	*a = appends{}
}

// queue adds the statements of a write that does more than append.
func queue(b *pgx.Batch, w *store.Write) {
	if w.Replace {
		b.Queue("DELETE FROM event WHERE workspace = $1", w.Workspace)
	}
	if w.Remove {
		b.Queue("DELETE FROM client WHERE workspace = $1", w.Workspace)
		b.Queue("DELETE FROM webhooks WHERE workspace = $1", w.Workspace)
		b.Queue("DELETE FROM workspace WHERE domain = $1", w.Workspace)
		return
	}
	if w.Replace || len(w.Rows) > 0 && w.Rows[0].Seq == 1 {
		b.Queue("INSERT INTO workspace (domain, head, first, clock_at, clock_since) VALUES ($1, 0, 0, '', '') ON CONFLICT (domain) DO NOTHING", w.Workspace)
	}
	var rows appends
	rows.take(&store.Write{Workspace: w.Workspace, Rows: w.Rows})
	rows.queue(b)
	if w.First > 0 {
		b.Queue("UPDATE workspace SET first = $2 WHERE domain = $1", w.Workspace, w.First)
	}
	if w.Clock != nil {
		b.Queue("UPDATE workspace SET clock_at = $2, clock_since = $3 WHERE domain = $1", w.Workspace, store.FormatTime(w.Clock.At), store.FormatTime(w.Clock.Since))
	}
	if w.Webhooks != nil {
		b.Queue("INSERT INTO webhooks (workspace, state) VALUES ($1, $2) ON CONFLICT (workspace) DO UPDATE SET state = excluded.state", w.Workspace, w.Webhooks)
	}
	if c := w.Client; c != nil {
		b.Queue("DELETE FROM client WHERE workspace = $1", w.Workspace)
		for n, s := range c.Secrets {
			b.Queue("INSERT INTO client (workspace, n, client_id, phone_number_id, created, secret, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7)",
				w.Workspace, n, c.ID, c.Number, store.FormatTime(c.Created), s.Sealed, store.FormatTime(s.Until))
		}
	}
}

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
	err = d.as(ctx, workspace, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, `
			SELECT seq, data FROM event WHERE workspace = $1 AND seq > $2 AND seq >= (SELECT first FROM workspace WHERE domain = $1)
			ORDER BY seq LIMIT $3`, workspace, after, readAtOnce)
		if err != nil {
			return err
		}
		rows, err = pgx.CollectRows(found, func(r pgx.CollectableRow) (row store.Row, err error) {
			err = r.Scan(&row.Seq, &row.Data)
			return row, err
		})
		return err
	})
	return rows, err
}

// as runs a transaction that sees the workspaces which it names.
func (d *Database) as(ctx context.Context, workspaces string, do func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.workspaces', $1, true)", workspaces); err != nil {
			return err
		}
		return do(tx)
	})
}

// Entries implements store.Database.
func (d *Database) Entries(ctx context.Context) ([]store.Entry, error) {
	found, err := d.pool.Query(ctx, "SELECT domain, first, head, clock_at, clock_since FROM workspace ORDER BY domain")
	if err != nil {
		return nil, explain(err)
	}
	all, err := pgx.CollectRows(found, func(r pgx.CollectableRow) (e store.Entry, err error) {
		var at, since string
		if err := r.Scan(&e.Workspace, &e.First, &e.Head, &at, &since); err != nil {
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
	return all, explain(err)
}

// Webhooks implements store.Database.
func (d *Database) Webhooks(ctx context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := d.as(ctx, "*", func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, "SELECT workspace, state FROM webhooks")
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
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
	err = d.as(ctx, "*", func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, "SELECT workspace, client_id, phone_number_id, created, secret, not_after FROM client ORDER BY workspace, n")
		if err != nil {
			return err
		}
		defer found.Close()
		for found.Next() {
			var (
				c              store.SealedClient
				sealed         []byte
				created, until string
			)
			if err := found.Scan(&c.Workspace, &c.ID, &c.Number, &created, &sealed, &until); err != nil {
				return err
			}
			if all, err = store.AddSecret(all, c, created, sealed, until); err != nil {
				return err
			}
		}
		return found.Err()
	})
	return all, explain(err)
}
