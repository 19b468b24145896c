// Package postgres keeps the events of workspaces in a PostgreSQL database that one mock at a time uses.
//
// It must never know what an event means.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	// heldFor is how long a mock that writes nothing keeps the database: the store writes every five seconds.
	heldFor = 20 * time.Second
	// tryAgain is how often a mock that starts looks whether the one before has gone.
	tryAgain = 250 * time.Millisecond
)

// Options are how a database is opened. URL is needed.
type Options struct {
	URL      string
	Patience time.Duration // how long to wait for a database that another mock holds
	// RunOn lets the clocks of workspaces run on while no mock was running; otherwise they stood still.
	RunOn bool
	Warn  func(text string)
}

// A Database implements store.Database.
type Database struct {
	pool   *pgxpool.Pool
	holder string
}

// Open opens a database that Migrate has made, and holds it. An error says in one line what is wrong with it.
func Open(ctx context.Context, o Options) (*Database, error) {
	d, err := connect(ctx, o.URL)
	if err != nil {
		return nil, err
	}
	if err := d.open(ctx, o); err != nil {
		d.pool.Close()
		return nil, explain(err)
	}
	return d, nil
}

func connect(ctx context.Context, url string) (*Database, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("is no address of a database, such as postgres://user:password@host:5432/name") // err may show the password
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	config.ConnConfig.RuntimeParams["search_path"] = "awalmock"
	config.ConnConfig.RuntimeParams["application_name"] = "awalmock"
	d := &Database{}
	if d.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, explain(err)
	}
	return d, nil
}

func (d *Database) open(ctx context.Context, o Options) error {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	if err := checkLayout(ctx, c.Conn()); err != nil {
		return err
	}
	off, err := d.hold(ctx, c.Conn(), o)
	if err != nil {
		return err
	}
	if err = d.checkGaps(ctx, c.Conn()); err == nil && !o.RunOn {
		err = d.standStill(ctx, off)
	}
	if err != nil {
		return errors.Join(err, d.release(ctx))
	}
	var standbys string
	if err := c.QueryRow(ctx, "SHOW synchronous_standby_names").Scan(&standbys); err == nil && standbys == "" && o.Warn != nil {
		o.Warn("the database has no synchronous standby: a failover to another server may lose what was acknowledged")
	}
	return nil
}

// hold makes this mock the one that writes, and gives how long none has written. It waits for one that was killed, and refuses while
// another runs.
func (d *Database) hold(ctx context.Context, c *pgx.Conn, o Options) (off time.Duration, err error) {
	host, _ := os.Hostname()
	waiting := false
	d.holder = fmt.Sprintf("%s, process %d, since %s", host, os.Getpid(), time.Now().UTC().Format(time.RFC3339Nano))
	for began := time.Now(); ; {
		var other string
		err := c.QueryRow(ctx, `
			WITH before AS (SELECT seen FROM mock FOR UPDATE)
			UPDATE mock SET holder = $1, seen = clock_timestamp() FROM before WHERE holder = '' OR mock.seen < clock_timestamp() - $2::interval
			RETURNING clock_timestamp() - before.seen`, d.holder, heldFor).Scan(&off)
		if err == nil || !errors.Is(err, pgx.ErrNoRows) {
			return off, err
		}
		if time.Since(began) >= o.Patience {
			if err := c.QueryRow(ctx, "SELECT holder FROM mock").Scan(&other); err != nil {
				return 0, err
			}
			return 0, fmt.Errorf("is in use by another mock (%s); stop it, or take another database; one that was killed is let go after %v", other, heldFor)
		}
		if !waiting && o.Warn != nil {
			waiting = true
			o.Warn(fmt.Sprintf("another mock still holds the database; waiting up to %v for it", o.Patience))
		}
		select {
		case <-time.After(tryAgain):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

func (d *Database) release(ctx context.Context) error {
	_, err := d.pool.Exec(ctx, "UPDATE mock SET holder = '', seen = clock_timestamp() WHERE holder = $1", d.holder)
	return err
}

// standStill sets the clocks as if no time had passed while no mock was running.
func (d *Database) standStill(ctx context.Context, off time.Duration) error {
	entries, err := d.Entries(ctx)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue("SELECT still_held($1)", d.holder)
	for _, e := range entries {
		if !e.Clock.Since.IsZero() {
			b.Queue("UPDATE workspace SET clock_since = $2 WHERE domain = $1", e.Workspace, store.FormatTime(e.Clock.Since.Add(off)))
		}
	}
	return d.pool.SendBatch(ctx, b).Close()
}

// checkGaps finds workspaces whose events are not all there. Row-level security asks for their names first.
func (d *Database) checkGaps(ctx context.Context, c *pgx.Conn) error {
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.workspaces', (SELECT string_agg(domain, E'\\n') FROM workspace), true)"); err != nil {
			return err
		}
		var (
			domain               string
			head, least, most, n int64
		)
		err := tx.QueryRow(ctx, `
			SELECT domain, head, coalesce(least, 0), coalesce(most, 0), coalesce(n, 0) FROM workspace LEFT JOIN
				(SELECT workspace, min(seq) AS least, max(seq) AS most, count(*) AS n FROM event GROUP BY workspace) e ON workspace = domain
			WHERE n IS NULL OR most <> head OR n <> most - least + 1 OR least > first
			LIMIT 1`).Scan(&domain, &head, &least, &most, &n)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return fmt.Errorf("workspace %s: events are missing: it has %d, from %d to %d, and the last one must be %d; restore a copy", domain, n, least, most, head)
	})
}

// Close implements store.Database.
func (d *Database) Close() error {
	if d.holder == "" { // it was only read
		d.pool.Close()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := d.release(ctx)
	d.pool.Close()
	return explain(err)
}

// explain says in one line what is wrong. It never shows the URL: it has a password.
func explain(err error) error {
	var (
		told    *pgconn.PgError
		connect *pgconn.ConnectError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &told) && told.Code == "AW001":
		return errors.New("postgres: another mock has taken over the database; stop one of both")
	case errors.As(err, &told) && (told.Code == "53100" || told.Code == "53200"):
		return fmt.Errorf("postgres: the disk of the database is full: make room (%w)", err)
	case errors.As(err, &told) && told.Code == "42501":
		return fmt.Errorf("postgres: the role lacks a right: %w", err)
	case errors.As(err, &connect):
		c := connect.Config
		return fmt.Errorf("postgres: cannot connect to %s:%d, database %q, as %q: %w", c.Host, c.Port, c.Database, c.User, errors.Unwrap(connect))
	default:
		return fmt.Errorf("postgres: %w", err)
	}
}
