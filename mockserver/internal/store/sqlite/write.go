package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	setAlive  = "INSERT INTO mock (key, value) VALUES ('alive', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
	addEvent  = "INSERT INTO event (workspace, seq, data) VALUES (?, ?, ?)"
	setHead   = "UPDATE workspace SET head = ? WHERE domain = ?"
	setFirst  = "UPDATE workspace SET first = ? WHERE domain = ?"
	setClock  = "UPDATE workspace SET clock_at = ?, clock_since = ? WHERE domain = ?"
	dropAll   = "DELETE FROM event WHERE workspace = ?"
	dropEntry = "DELETE FROM workspace WHERE domain = ?"
	dropUsage = "DELETE FROM usage WHERE workspace = ?"
	addUsage  = `INSERT INTO usage (workspace, day, used) VALUES (?1, ?2, max(?3, 0)) ON CONFLICT (workspace) DO UPDATE
		SET used = max(CASE day WHEN excluded.day THEN used + ?3 ELSE ?3 END, 0), day = excluded.day RETURNING used`
	addEntry = "INSERT INTO workspace (domain, head, first, clock_at, clock_since) VALUES (?, 0, 0, '', '') ON CONFLICT (domain) DO NOTHING"

	dropWebhooks = "DELETE FROM webhooks WHERE workspace = ?" //nolint:gosec // a statement, which has no credentials
	setWebhooks  = "INSERT INTO webhooks (workspace, state) VALUES (?, ?) ON CONFLICT (workspace) DO UPDATE SET state = excluded.state"

	dropClient = "DELETE FROM client WHERE workspace = ?"
	addSecret  = "INSERT INTO client (workspace, n, client_id, phone_number_id, created, secret, not_after, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)" //nolint:gosec // a statement, which has none
)

// statements are those of the writer, prepared on its connection.
type statements struct {
	connection *sql.Conn
	prepared   map[string]*sql.Stmt
}

func prepare(ctx context.Context, db *sql.DB) (*statements, error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &statements{c, map[string]*sql.Stmt{}}
	for _, text := range []string{"BEGIN IMMEDIATE", "COMMIT", setAlive, addEvent, setHead, setFirst, setClock, dropAll, dropEntry, addEntry, dropClient, addSecret, dropWebhooks, setWebhooks, dropUsage, addUsage} {
		if s.prepared[text], err = c.PrepareContext(ctx, text); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return s, nil
}

func (s *statements) close() error {
	errs := make([]error, 0, len(s.prepared)+1)
	for _, p := range s.prepared {
		errs = append(errs, p.Close())
	}
	return errors.Join(append(errs, s.connection.Close())...)
}

func (s *statements) exec(ctx context.Context, statement string, args ...any) error {
	_, err := s.prepared[statement].ExecContext(ctx, args...)
	return err
}

// Write implements store.Database.
func (d *Database) Write(ctx context.Context, writes []*store.Write, alive time.Time) ([]*store.Write, error) {
	err := d.exec(ctx, "BEGIN IMMEDIATE")
	if err == nil {
		err = d.writeAll(ctx, writes, alive)
		if err == nil {
			err = d.exec(ctx, "COMMIT")
		}
		if err != nil { // a full disk may have ended the transaction already
			_, _ = d.connection.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		}
	}
	return nil, d.explain(err)
}

func (d *Database) writeAll(ctx context.Context, writes []*store.Write, alive time.Time) error {
	if err := d.exec(ctx, setAlive, store.FormatTime(alive)); err != nil {
		return err
	}
	heads := map[string]int64{} // a busy workspace has many writes in a batch, and one newest event
	for _, w := range writes {
		if err := d.writeOne(ctx, w); err != nil {
			return err
		}
		if n := len(w.Rows); n > 0 {
			heads[w.Workspace] = w.Rows[n-1].Seq
		} else if w.Remove {
			delete(heads, w.Workspace)
		}
	}
	for workspace, head := range heads {
		if err := d.exec(ctx, setHead, head, workspace); err != nil {
			return err
		}
	}
	return nil
}

func (d *Database) writeOne(ctx context.Context, w *store.Write) error {
	if u := w.Usage; u != nil {
		return d.prepared[addUsage].QueryRowContext(ctx, w.Workspace, u.Day, u.Add).Scan(&u.Total)
	}
	type step struct {
		statement string
		args      []any
	}
	var steps []step
	if w.Replace {
		steps = append(steps, step{dropAll, []any{w.Workspace}})
	}
	if w.Remove {
		steps = append(steps, step{dropEntry, []any{w.Workspace}}, step{dropClient, []any{w.Workspace}}, step{dropWebhooks, []any{w.Workspace}}, step{dropUsage, []any{w.Workspace}})
	}
	if w.Webhooks != nil {
		steps = append(steps, step{setWebhooks, []any{w.Workspace, w.Webhooks}})
	}
	if c := w.Client; c != nil {
		steps = append(steps, step{dropClient, []any{w.Workspace}})
		for n, s := range c.Secrets {
			steps = append(steps, step{addSecret, []any{w.Workspace, n, c.ID, c.Number, store.FormatTime(c.Created), s.Sealed, store.FormatTime(s.Until), c.Terms.Text()}})
		}
	}
	if w.Replace && !w.Remove || len(w.Rows) > 0 && w.Rows[0].Seq == 1 {
		steps = append(steps, step{addEntry, []any{w.Workspace}})
	}
	for _, r := range w.Rows {
		steps = append(steps, step{addEvent, []any{w.Workspace, r.Seq, r.Data}})
	}
	if w.First > 0 {
		steps = append(steps, step{setFirst, []any{w.First, w.Workspace}})
	}
	if w.Clock != nil && !w.Remove {
		steps = append(steps, step{setClock, []any{store.FormatTime(w.Clock.At), store.FormatTime(w.Clock.Since), w.Workspace}})
	}
	for _, s := range steps {
		if err := d.exec(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// readAtOnce is how many rows are read in one turn: a slow reader must not hold a transaction, which would let the log of the
// file grow.
const readAtOnce = 1000

// A page is what one turn of reading gives.
type page struct {
	rows []store.Row
	err  error
}

// Read implements store.Database. While the caller uses a page, the next one is read.
func (d *Database) Read(ctx context.Context, workspace string, after int64) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		reading, stop := context.WithCancel(ctx)
		pages := make(chan page)
		go d.readPages(reading, workspace, after, pages)
		defer func() {
			stop()
			for range pages { // until the other goroutine has ended
			}
		}()
		for p := range pages {
			if p.err != nil {
				yield(store.Row{}, d.explain(p.err))
				return
			}
			for _, r := range p.rows {
				if !yield(r, nil) {
					return
				}
			}
		}
		if err := ctx.Err(); err != nil { // there may be more
			yield(store.Row{}, d.explain(err))
		}
	}
}

// readPages reads until there is no more, or ctx ends.
func (d *Database) readPages(ctx context.Context, workspace string, after int64, to chan<- page) {
	defer close(to)
	for {
		rows, err := d.readSome(ctx, workspace, after)
		select {
		case to <- page{rows, err}:
		case <-ctx.Done():
			return
		}
		if err != nil || len(rows) < readAtOnce {
			return
		}
		after = rows[len(rows)-1].Seq
	}
}

func (d *Database) readSome(ctx context.Context, workspace string, after int64) ([]store.Row, error) {
	found, err := d.read.QueryContext(ctx, `
		SELECT seq, data FROM event WHERE workspace = ?1 AND seq > ?2 AND seq >= (SELECT first FROM workspace WHERE domain = ?1)
		ORDER BY seq LIMIT ?3`, workspace, after, readAtOnce)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := make([]store.Row, 0, readAtOnce)
	for found.Next() {
		var r store.Row
		if err := found.Scan(&r.Seq, &r.Data); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}

// Entries implements store.Database.
func (d *Database) Entries(ctx context.Context) ([]store.Entry, error) {
	all, err := entries(ctx, d.read)
	return all, d.explain(err)
}

func entries(ctx context.Context, from interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
},
) ([]store.Entry, error) {
	found, err := from.QueryContext(ctx, "SELECT domain, first, head, clock_at, clock_since FROM workspace ORDER BY domain")
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []store.Entry
	for found.Next() {
		var (
			e         store.Entry
			at, since string
		)
		if err := found.Scan(&e.Workspace, &e.First, &e.Head, &at, &since); err != nil {
			return nil, err
		}
		if e.Clock.At, err = store.ParseTime(at); err == nil {
			e.Clock.Since, err = store.ParseTime(since)
		}
		if err != nil {
			return nil, fmt.Errorf("workspace %s: clock: %w", e.Workspace, err)
		}
		all = append(all, e)
	}
	return all, found.Err()
}

// Webhooks implements store.Database.
func (d *Database) Webhooks(ctx context.Context) (map[string][]byte, error) {
	found, err := d.read.QueryContext(ctx, "SELECT workspace, state FROM webhooks")
	if err != nil {
		return nil, d.explain(err)
	}
	defer found.Close()
	all := map[string][]byte{}
	for found.Next() {
		var (
			workspace string
			state     []byte
		)
		if err := found.Scan(&workspace, &state); err != nil {
			return nil, d.explain(err)
		}
		all[workspace] = state
	}
	return all, d.explain(found.Err())
}

// WebhooksOf implements store.Database.
func (d *Database) WebhooksOf(ctx context.Context, workspace string) (state []byte, err error) {
	err = d.read.QueryRowContext(ctx, "SELECT state FROM webhooks WHERE workspace = ?", workspace).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return state, d.explain(err)
}

// Clients implements store.Database.
func (d *Database) Clients(ctx context.Context) ([]store.SealedClient, error) {
	all, err := d.clients(ctx)
	return all, d.explain(err)
}

func (d *Database) clients(ctx context.Context) ([]store.SealedClient, error) {
	found, err := d.read.QueryContext(ctx, "SELECT workspace, client_id, phone_number_id, created, secret, not_after, terms FROM client ORDER BY workspace, n")
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var all []store.SealedClient
	for found.Next() {
		var (
			c                     store.SealedClient
			sealed                []byte
			created, until, terms string
		)
		if err := found.Scan(&c.Workspace, &c.ID, &c.Number, &created, &sealed, &until, &terms); err != nil {
			return nil, err
		}
		if all, err = store.AddSecret(all, c, created, terms, sealed, until); err != nil {
			return nil, err
		}
	}
	return all, found.Err()
}
