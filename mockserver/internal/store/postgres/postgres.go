// Package postgres keeps the events of workspaces in a PostgreSQL database that several mocks may use at the same time.
//
// It must never know what an event means.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/awalmock/mockserver/internal/store"
)

// tryAgain is how often a mock that starts looks whether others have gone.
const tryAgain = 250 * time.Millisecond

// Options are how a database is opened. URL is needed.
type Options struct {
	URL      string
	Patience time.Duration // how long to wait for mocks that are made of something else, and may have been killed
	// RunOn lets the clocks of workspaces run on while no mock was running; otherwise they stop meanwhile.
	RunOn bool
	Warn  func(text string)
}

// A Database implements store.Database.
type Database struct {
	pool     *pgxpool.Pool
	name     string // of this mock among those on the database
	patience time.Duration
	writer   *writer      // of Write
	writers  chan *writer // of turns
	news     news
	rates    rates
	life     context.Context //nolint:containedctx // of the goroutines that write and listen
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu      sync.Mutex
	origin  string // with which it has joined; "": it has not
	refused error  // why nothing may be written; nil: it may
}

// Open opens a database that Migrate has made. An error says in one line what is wrong with it.
func Open(ctx context.Context, o Options) (*Database, error) {
	d, err := connect(ctx, o.URL)
	if err != nil {
		return nil, err
	}
	if err := d.open(ctx, o); err != nil {
		d.pool.Close()
		return nil, explain(err)
	}
	d.patience = o.Patience
	d.writer = &writer{d: d, unsure: true} // its row is made with the first write
	for n := range turnsAtOnce {
		d.writers <- &writer{d: d, n: n + 1, unsure: true}
	}
	d.life, d.stop = context.WithCancel(context.Background())
	d.running.Go(func() { d.stay(d.life) })
	d.running.Go(func() { d.announce(d.life) })
	d.running.Go(func() { d.count(d.life) })
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
	// A mock that has lost its connection must not keep a workspace locked.
	config.ConnConfig.RuntimeParams["idle_in_transaction_session_timeout"] = "2000"
	// Nor may one that is cut off: without these, the server waits two hours for the rest of what it sends.
	for name, value := range map[string]string{"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "1", "tcp_keepalives_count": "5", "tcp_user_timeout": "10000"} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = connections
	}
	d := &Database{news: news{heads: map[string]store.Head{}, some: make(chan struct{}, 1)}, rates: rates{some: make(chan struct{}, 1)}, writers: make(chan *writer, turnsAtOnce)}
	if d.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, explain(err)
	}
	return d, nil
}

// connections is how many connections a mock has at most, unless the URL says it (pool_max_conns).
const connections = 20

func (d *Database) open(ctx context.Context, o Options) error {
	c, err := d.pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer c.Release()
	if err := checkLayout(ctx, c.Conn()); err != nil {
		return err
	}
	if err := d.checkGaps(ctx, c.Conn()); err != nil {
		return err
	}
	if err := d.enter(ctx, c.Conn(), o.RunOn); err != nil {
		return err
	}
	var standbys string
	if err := c.QueryRow(ctx, "SHOW synchronous_standby_names").Scan(&standbys); err == nil && standbys == "" && o.Warn != nil {
		o.Warn("the database has no synchronous standby: a failover to another server may lose what was acknowledged")
	}
	return nil
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
	if d.stop == nil { // it was only read
		d.pool.Close()
		return nil
	}
	d.stop()
	d.running.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := d.leave(ctx)
	d.pool.Close()
	return explain(err)
}

// explain says in one line what is wrong. It never shows the URL: it has a password.
func explain(err error) error {
	var (
		pgErr   *pgconn.PgError
		connect *pgconn.ConnectError
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &pgErr) && (pgErr.Code == "53100" || pgErr.Code == "53200"):
		return fmt.Errorf("postgres: the disk of the database is full: make room (%w)", err)
	case errors.As(err, &pgErr) && pgErr.Code == "42501":
		return fmt.Errorf("postgres: the role lacks a right: %w", err)
	case errors.As(err, &connect) && strings.Contains(err.Error(), "server refused TLS connection"): // the driver has no error of its own for it
		return fmt.Errorf("postgres: %s:%d: the server has no TLS, and the address asks for it (sslmode): set up TLS there, or ask for less", connect.Config.Host, connect.Config.Port)
	case errors.As(err, &connect):
		c := connect.Config
		return awayError{fmt.Errorf("postgres: cannot connect to %s:%d, database %q, as %q: %w", c.Host, c.Port, c.Database, c.User, errors.Unwrap(connect))}
	case errors.As(err, &pgErr) && pgErr.Severity == "ERROR":
		return fmt.Errorf("postgres: %w", err)
	case errors.Is(err, context.DeadlineExceeded):
		return awayError{fmt.Errorf("postgres: the database does not answer: is the network cut? (%w)", err)}
	default:
		return awayError{fmt.Errorf("postgres: %w", err)}
	}
}

// An awayError says that the database could not be reached, or has gone in the middle of something.
type awayError struct{ error }

func (e awayError) Unwrap() error { return e.error }

func (e awayError) Is(target error) bool { return target == store.ErrAway }
