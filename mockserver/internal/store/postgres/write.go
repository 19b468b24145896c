package postgres

import (
	"context"
	"time"

	"example.com/awalmock/mockserver/internal/store"
)

// tries is how often a transaction that failed because of another one is tried.
const tries = 5

// A write that takes longer than this, and for each row, is given up: the network may be cut.
const (
	writeWithin = 4 * time.Second
	rowWithin   = time.Millisecond
)

// Write implements store.Database. All statements go to the server in one message, which is one transaction; alive is the database's
// own clock. Rows of a workspace to which another mock appends are left out: nothing waits for a lock.
func (d *Database) Write(ctx context.Context, writes []*store.Write, _ time.Time) (left []*store.Write, err error) {
	if err := d.refusal(); err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		if left, err = d.writeOnce(ctx, writes); !mayTryAgain(err) && !isLate(err) || n == tries {
			return left, explain(err)
		}
		d.writer.unsure = true // when it is late, it gets another epoch
	}
}

func (d *Database) writeOnce(ctx context.Context, writes []*store.Write) ([]*store.Write, error) {
	w, within := d.writer, writeWithin
	for _, one := range writes {
		within += time.Duration(len(one.Rows)) * rowWithin
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	if err := w.beSure(ctx); err != nil {
		return nil, err
	}
	m := newMessage(w, writes)
	err := d.pool.SendBatch(ctx, m.batch).Close()
	if err != nil && ctx.Err() != nil {
		d.distrust()
	}
	if !isLost(err) {
		return m.left, err
	}
	kept, workspaces, unsure := w.find(err)
	switch {
	case unsure != nil:
		return nil, unsure
	case !kept:
		return nil, err
	}
	return m.leftBut(workspaces), nil
}
