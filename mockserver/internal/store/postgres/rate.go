package postgres

import (
	"context"
	"sync"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store"
)

// countsAtOnce is how many windows are counted by one statement at most.
const countsAtOnce = 1000

// rates are the requests that wait to be counted. One goroutine counts what waits with one statement.
type rates struct {
	mu      sync.Mutex
	waiting []*counted
	some    chan struct{} // holds a token when there are any
}

// counted is a request that is being counted. of is not changed by others.
type counted struct {
	of     store.Window
	want   int64
	before int64 // the result, valid once done is closed, and so is err
	err    error
	done   chan struct{}
}

// Count implements store.SharedDatabase.
func (d *Database) Count(ctx context.Context, w store.Window, want int64) (before int64, err error) {
	c := &counted{of: w, want: want, done: make(chan struct{})}
	d.rates.mu.Lock()
	d.rates.waiting = append(d.rates.waiting, c)
	d.rates.mu.Unlock()
	select {
	case d.rates.some <- struct{}{}:
	default:
	}
	select {
	case <-c.done:
		return c.before, c.err
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-d.life.Done():
		return 0, d.life.Err()
	}
}

// Recount implements store.SharedDatabase.
func (d *Database) Recount(ctx context.Context, workspace string) error {
	return explain(d.exec(ctx, "DELETE FROM rate WHERE workspace = $1", workspace))
}

func (r *rates) take() []*counted {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := min(len(r.waiting), countsAtOnce)
	batch := r.waiting[:n:n]
	r.waiting = r.waiting[n:]
	return batch
}

// count counts what waits, on a connection of its own that waits for no disk.
func (d *Database) count(ctx context.Context) {
	config := d.pool.Config().ConnConfig.Copy()
	config.RuntimeParams["synchronous_commit"] = "off"
	var c *pgx.Conn
	defer func() {
		if c != nil {
			closeSoon(c)
		}
	}()
	for {
		select {
		case <-d.rates.some:
		case <-ctx.Done():
			return
		}
		for batch := d.rates.take(); len(batch) > 0; batch = d.rates.take() {
			asking, cancel := context.WithTimeout(ctx, sureWithin)
			var err error
			if c == nil || c.IsClosed() {
				c, err = pgx.ConnectConfig(asking, config)
			}
			if err == nil {
				err = countAll(asking, c, batch)
			}
			cancel()
			for _, one := range batch {
				one.err = explain(err)
				close(one.done)
			}
		}
	}
}

// countAll counts requests with one statement, in the order of the windows' names: so two mocks never wait for each other.
func countAll(ctx context.Context, c *pgx.Conn, batch []*counted) error {
	type key struct{ workspace, name string }
	var (
		place            = map[key]int{}
		workspaces       []string
		names            []string
		numbers, amounts []int64
	)
	for _, one := range batch {
		k := key{one.of.Workspace, one.of.Name}
		i, there := place[k]
		if !there {
			i = len(names)
			place[k] = i
			workspaces, names = append(workspaces, k.workspace), append(names, k.name)
			numbers, amounts = append(numbers, 0), append(amounts, 0)
		}
		numbers[i] = max(numbers[i], one.of.Number)
		amounts[i] += one.want
	}
	found, err := c.Query(ctx, `
		INSERT INTO rate AS r (workspace, name, window_no, n)
		SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) AS v(workspace, name, window_no, n) ORDER BY 1, 2
		ON CONFLICT (workspace, name) DO UPDATE SET window_no = greatest(r.window_no, excluded.window_no),
			n = CASE WHEN excluded.window_no > r.window_no THEN excluded.n ELSE r.n + excluded.n END
		RETURNING workspace, name, n`, workspaces, names, numbers, amounts)
	if err != nil {
		return err
	}
	defer found.Close()
	next := make([]int64, len(names)) // what was there before the next request of each window
	for found.Next() {
		var (
			k key
			n int64
		)
		if err := found.Scan(&k.workspace, &k.name, &n); err != nil {
			return err
		}
		i := place[k]
		next[i] = n - amounts[i]
	}
	for _, one := range batch {
		i := place[key{one.of.Workspace, one.of.Name}]
		one.before = next[i]
		next[i] += one.want
	}
	return found.Err()
}
