package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store"
)

// Relay implements store.SenderDatabase. A mock that is forgotten at the same moment makes the statement fail; it is tried again.
func (d *Database) Relay(ctx context.Context, workspace string, message []byte) (err error) {
	for range tries {
		if err = d.exec(ctx, "INSERT INTO relayed (replica, workspace, message) SELECT name, $2, $3 FROM replica WHERE name <> $1", d.name, workspace, message); err == nil || ctx.Err() != nil {
			break
		}
	}
	return explain(err)
}

// Relayed implements store.SenderDatabase.
func (d *Database) Relayed(ctx context.Context, had []int64) (list []store.Message, err error) {
	err = d.ask(ctx, func(ctx context.Context, _ func()) error {
		b := &pgx.Batch{}
		if len(had) > 0 {
			b.Queue("DELETE FROM relayed WHERE id = ANY ($1)", had)
		}
		b.Queue("SELECT id, workspace, message FROM relayed WHERE replica = $1 ORDER BY id", d.name).Query(func(found pgx.Rows) error {
			var err error
			list, err = pgx.CollectRows(found, pgx.RowToStructByPos[store.Message])
			return err
		})
		return d.pool.SendBatch(ctx, b).Close()
	})
	return list, explain(err)
}
