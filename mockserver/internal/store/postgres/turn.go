package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/awalmock/mockserver/internal/store"
)

// turnsAtOnce is how many workspaces a mock has turns in at the same time.
const turnsAtOnce = 8

// A turn implements store.Turn: a transaction that has locked the row of a workspace.
type turn struct {
	d         *Database
	w         *writer
	connected *pgxpool.Conn
}

// Begin implements store.SharedDatabase.
func (d *Database) Begin(ctx context.Context, workspace string, after store.Head) (store.Turn, store.Tail, error) {
	if err := d.refusal(); err != nil {
		return nil, store.Tail{}, err
	}
	var w *writer
	select {
	case w = <-d.writers:
	case <-ctx.Done():
		return nil, store.Tail{}, ctx.Err()
	}
	for n := 1; ; n++ {
		t, tail, err := d.begin(ctx, w, workspace, after)
		if err == nil {
			return t, tail, nil
		}
		if !mayTryAgain(err) && !isLate(err) || n == tries {
			d.writers <- w
			return nil, tail, explain(err)
		}
		w.unsure = true
	}
}

func (d *Database) begin(ctx context.Context, w *writer, workspace string, after store.Head) (*turn, store.Tail, error) {
	if err := w.beSure(ctx); err != nil {
		return nil, store.Tail{}, err
	}
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return nil, store.Tail{}, err
	}
	t := &turn{d, w, c}
	b := &pgx.Batch{}
	b.Queue("BEGIN")
	w.queue(b)
	r := queueTail(b, workspace, after, "FOR UPDATE")
	err = c.SendBatch(ctx, b).Close()
	if err == nil {
		err = r.complete(ctx, c.Conn(), workspace)
	}
	if err != nil && ctx.Err() != nil {
		d.distrust()
	}
	if err != nil {
		t.drop()
		return nil, store.Tail{}, err
	}
	return t, r.tail, nil
}

// drop ends a transaction in which nothing was written.
func (t *turn) drop() {
	ctx, cancel := context.WithTimeout(context.Background(), sureWithin)
	defer cancel()
	if t.connected.Conn().IsClosed() {
		t.connected.Release()
		return
	}
	if _, err := t.connected.Exec(ctx, "ROLLBACK"); err != nil {
		_ = t.connected.Conn().Close(ctx) // the server ends it then
	}
	t.connected.Release()
}

// Commit implements store.Turn.
func (t *turn) Commit(ctx context.Context, w *store.Write) error {
	defer func() { t.d.writers <- t.w }()
	if w == nil || len(w.Rows) == 0 {
		t.drop()
		return nil
	}
	clock := clockTexts(w.Clock)
	head, _ := w.NewHead()
	b := &pgx.Batch{}
	b.Queue(`
		UPDATE workspace SET head = $2, first = CASE WHEN $3::bigint > 0 THEN $3 ELSE first END, clock_at = coalesce($4, clock_at),
			clock_since = coalesce($5, clock_since), changed = pg_current_xact_id() WHERE domain = $1`, w.Workspace, head.Seq, w.First, clock[0], clock[1])
	queueRows(b, w)
	b.Queue("COMMIT")
	err := t.connected.SendBatch(ctx, b).Close()
	if err != nil && ctx.Err() != nil {
		t.d.distrust()
	}
	if err != nil && !isLost(err) {
		t.drop()
		return explain(err)
	}
	t.connected.Release()
	if err == nil {
		return nil
	}
	kept, _, unsure := t.w.find(err)
	if unsure != nil {
		return explain(unsure)
	}
	if kept {
		return nil
	}
	return explain(err)
}

// A tailReader reads a Tail.
type tailReader struct {
	progress func() // is called with each event
	tail     store.Tail
	after    store.Head
	first    int64
	found    bool
}

// queueTail adds the statements that read a tail. lock is FOR UPDATE, or nothing.
func queueTail(b *pgx.Batch, workspace string, after store.Head, lock string) *tailReader {
	r := &tailReader{after: after, progress: func() {}}
	b.Queue("SELECT set_config('app.workspaces', $1, true)", workspace)
	b.Queue("SELECT head, life, first, clock_at, clock_since FROM workspace WHERE domain = $1 "+lock, workspace).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var at, since string
			err := rows.Scan(&r.tail.Head.Seq, &r.tail.Head.Life, &r.first, &at, &since)
			if err == nil {
				r.tail.Clock.At, err = store.ParseTime(at)
			}
			if err == nil {
				r.tail.Clock.Since, err = store.ParseTime(since)
			}
			if err != nil {
				return fmt.Errorf("workspace %s: %w", workspace, err)
			}
			r.found = true
		}
		return rows.Err()
	})
	if after.Seq > 0 {
		b.Queue(rowsBehind, workspace, after.Seq).Query(r.read)
	}
	return r
}

const rowsBehind = "SELECT seq, data FROM event WHERE workspace = $1 AND seq > $2 ORDER BY seq"

func (r *tailReader) read(rows pgx.Rows) error {
	for rows.Next() {
		r.progress()
		var row store.Row
		if err := rows.Scan(&row.Seq, &row.Data); err != nil {
			return err
		}
		r.tail.Rows = append(r.tail.Rows, row)
	}
	return rows.Err()
}

// complete reads all events, in the same transaction, when those behind the one that was asked for do not follow it.
func (r *tailReader) complete(ctx context.Context, c *pgx.Conn, workspace string) error {
	if !r.found {
		return store.ErrGone
	}
	after, is := r.after, r.tail.Head
	if after.Seq > 0 && after.Life == is.Life && after.Seq <= is.Seq && int64(len(r.tail.Rows)) == is.Seq-after.Seq {
		return nil
	}
	r.tail.All, r.tail.Rows = true, nil
	rows, err := c.Query(ctx, rowsBehind, workspace, r.first-1)
	if err != nil {
		return err
	}
	defer rows.Close()
	return r.read(rows)
}

// Tail implements store.SharedDatabase.
func (d *Database) Tail(ctx context.Context, workspace string, after store.Head) (store.Tail, error) {
	var r *tailReader
	err := d.ask(ctx, func(ctx context.Context, progress func()) error {
		return pgx.BeginTxFunc(ctx, d.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
			b := &pgx.Batch{}
			r = queueTail(b, workspace, after, "")
			r.progress = progress
			if err := tx.SendBatch(ctx, b).Close(); err != nil {
				return err
			}
			return r.complete(ctx, tx.Conn(), workspace)
		})
	})
	switch {
	case errors.Is(err, store.ErrGone):
		return store.Tail{}, err
	case err != nil:
		return store.Tail{}, explain(err)
	}
	return r.tail, nil
}
