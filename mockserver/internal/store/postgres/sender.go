package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// free says that the sender of a row is none any more.
const free = "(sender.until < clock_timestamp() OR NOT EXISTS (SELECT FROM replica WHERE name = sender.replica))"

// wokenEarly is how long before something is due a workspace needs a sender again.
const wokenEarly = 2 * time.Second

// Claim implements store.SenderDatabase.
func (d *Database) Claim(ctx context.Context, workspace string, lasts time.Duration) (owner string, err error) {
	for range tries {
		err = d.get(ctx, &owner, `
			WITH awake AS (DELETE FROM asleep WHERE workspace = $1)
			INSERT INTO sender (workspace, replica, until) VALUES ($1, $2, clock_timestamp() + $3::interval)
			ON CONFLICT (workspace) DO UPDATE SET replica = excluded.replica, until = excluded.until WHERE sender.replica = $2 OR `+free+`
			RETURNING replica`, workspace, d.name, lasts)
		if err == nil {
			return "", nil
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return "", explain(err)
		}
		if err = d.get(ctx, &owner, "SELECT replica FROM sender WHERE workspace = $1", workspace); !errors.Is(err, pgx.ErrNoRows) {
			return owner, explain(err)
		} // it was given up in between
	}
	return "", explain(err)
}

// Renew implements store.SenderDatabase.
func (d *Database) Renew(ctx context.Context, workspaces []string, lasts time.Duration) (own []string, err error) {
	err = d.ask(ctx, func(ctx context.Context, _ func()) error {
		found, err := d.pool.Query(ctx, "UPDATE sender SET until = clock_timestamp() + $3::interval WHERE replica = $1 AND workspace = ANY ($2) RETURNING workspace", d.name, workspaces, lasts)
		if err != nil {
			return err
		}
		own, err = pgx.CollectRows(found, pgx.RowTo[string])
		return err
	})
	return own, explain(err)
}

// Rest implements store.SenderDatabase.
func (d *Database) Rest(ctx context.Context, workspace string, head int64, until time.Duration) error {
	var due *time.Duration
	if until > 0 {
		due = &until
	}
	return explain(d.exec(ctx, `
		WITH mine AS (DELETE FROM sender WHERE workspace = $1 AND replica = $2 RETURNING workspace)
		INSERT INTO asleep (workspace, head, due) SELECT workspace, $3::bigint, clock_timestamp() + $4::interval FROM mine
		ON CONFLICT (workspace) DO UPDATE SET head = excluded.head, due = excluded.due`, workspace, d.name, head, due))
}

// Unclaimed implements store.SenderDatabase.
func (d *Database) Unclaimed(ctx context.Context, most int) (all []string, err error) {
	err = d.as(ctx, "*", func(ctx context.Context, tx pgx.Tx, _ func()) error {
		found, err := tx.Query(ctx, `
			SELECT w.workspace FROM webhooks w LEFT JOIN sender ON sender.workspace = w.workspace
				LEFT JOIN asleep ON asleep.workspace = w.workspace LEFT JOIN workspace ON workspace.domain = w.workspace
			WHERE (sender.workspace IS NULL OR `+free+`)
				AND (asleep.workspace IS NULL OR asleep.head IS DISTINCT FROM workspace.head OR asleep.due < clock_timestamp() + $2::interval)
			ORDER BY random() LIMIT $1`, most, wokenEarly)
		if err != nil {
			return err
		}
		all, err = pgx.CollectRows(found, pgx.RowTo[string])
		return err
	})
	return all, explain(err)
}

// WebhooksOf implements store.Database.
func (d *Database) WebhooksOf(ctx context.Context, workspace string) (state []byte, err error) {
	err = d.as(ctx, workspace, func(ctx context.Context, tx pgx.Tx, _ func()) error {
		return tx.QueryRow(ctx, "SELECT state FROM webhooks WHERE workspace = $1", workspace).Scan(&state)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	return state, explain(err)
}

// answerEvery is how often a mock looks whether its request was answered.
const answerEvery = 20 * time.Millisecond

// Call implements store.SenderDatabase.
func (d *Database) Call(ctx context.Context, to, id string, request []byte) (answer []byte, err error) {
	if err := d.exec(ctx, "INSERT INTO call (id, replica, request) VALUES ($1, $2, $3)", id, to, request); err != nil {
		return nil, explain(err)
	}
	defer d.exec(context.WithoutCancel(ctx), "DELETE FROM call WHERE id = $1 OR at < clock_timestamp() - interval '1 hour'", id) //nolint:errcheck // those that are left are removed with the next one
	tick := time.NewTicker(answerEvery)
	defer tick.Stop()
	for {
		if err := d.get(ctx, &answer, "SELECT answer FROM call WHERE id = $1", id); err != nil || answer != nil {
			return answer, explain(err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Calls implements store.SenderDatabase.
func (d *Database) Calls(ctx context.Context) (map[string][]byte, error) {
	calls := map[string][]byte{}
	err := d.ask(ctx, func(ctx context.Context, progress func()) error {
		found, err := d.pool.Query(ctx, "UPDATE call SET taken = true WHERE replica = $1 AND NOT taken RETURNING id, request", d.name)
		if err != nil {
			return err
		}
		var (
			id      string
			request []byte
		)
		_, err = pgx.ForEachRow(found, []any{&id, &request}, func() error {
			progress()
			calls[id] = request
			return nil
		})
		return err
	})
	return calls, explain(err)
}

// Answer implements store.SenderDatabase.
func (d *Database) Answer(ctx context.Context, id string, answer []byte) error {
	return explain(d.exec(ctx, "UPDATE call SET answer = $2 WHERE id = $1", id, answer))
}
