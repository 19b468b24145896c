package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	// sureWithin is how long a mock asks, after a connection was lost in the middle of a write, whether the write was kept.
	sureWithin = 3 * time.Second
	// askAgain is how often it asks.
	askAgain = 50 * time.Millisecond
)

// A writer is a row of the table writer: one transaction at a time is written as it. One goroutine uses it at a time.
type writer struct {
	d            *Database
	n            int
	epoch, batch int64
	unsure       bool // it is not known what became of the last batch
}

// queue adds the statement that each write begins with.
func (w *writer) queue(b *pgx.Batch) {
	w.batch++
	b.Queue("SELECT begin_write($1, $2, $3, $4)", w.d.name, w.n, w.epoch, w.batch)
}

// find asks for what became of the batch whose connection was lost: whether it was kept, and of which workspaces the events. A batch that has
// not arrived yet is never kept. store.ErrUnsure says that the database could not be asked.
func (w *writer) find(lost error) (kept bool, workspaces []string, err error) {
	w.unsure = true
	ctx, cancel := context.WithTimeout(context.Background(), sureWithin)
	defer cancel()
	for {
		if kept, workspaces, err = w.ask(ctx); err == nil {
			return kept, workspaces, nil
		}
		select {
		case <-time.After(askAgain):
		case <-ctx.Done():
			return false, nil, errors.Join(lost, store.ErrUnsure)
		}
	}
}

// ask waits for the last batch to end, and gives what became of it.
func (w *writer) ask(ctx context.Context) (kept bool, workspaces []string, err error) {
	var batch int64
	err = w.d.pool.QueryRow(ctx, `
		INSERT INTO writer (replica, n, epoch) VALUES ($1, $2, $3) ON CONFLICT (replica, n) DO UPDATE SET epoch = writer.epoch + 1
		RETURNING epoch, batch, kept`, w.d.name, w.n, w.epoch+1).Scan(&w.epoch, &batch, &workspaces)
	if err == nil {
		w.unsure = false
	}
	return batch == w.batch, workspaces, err
}

// beSure makes sure that no batch from before can still be kept.
func (w *writer) beSure(ctx context.Context) error {
	if !w.unsure {
		return nil
	}
	_, _, err := w.ask(ctx)
	return err
}

// isLost reports whether an error leaves open what became of a transaction.
func isLost(err error) bool {
	var (
		pgErr   *pgconn.PgError
		connect *pgconn.ConnectError
	)
	switch {
	case err == nil, pgconn.SafeToRetry(err), errors.As(err, &connect):
		return false
	case errors.As(err, &pgErr):
		return pgErr.Severity != "ERROR"
	}
	return true
}

// mayTryAgain reports whether a transaction failed only because of another one at the same time.
func mayTryAgain(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && slices.Contains([]string{"40001", "40P01"}, pgErr.Code)
}

// isLate reports whether the row of the writer has gone, or has another epoch.
func isLate(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "AW001"
}
