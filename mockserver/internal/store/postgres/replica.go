package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	// heartbeat is how often a mock says that it is there.
	heartbeat = 2 * time.Second
	// aliveFor is how long a mock that says nothing counts as one that is there.
	aliveFor = 10 * time.Second
	// forgottenAfter is when a mock that says nothing is forgotten.
	forgottenAfter = time.Hour
)

// enter makes this mock one of those that use the database. When it is the first one, the clocks are set as if no time had passed since the
// last one was there, unless they run on.
func (d *Database) enter(ctx context.Context, c *pgx.Conn, runOn bool) error {
	host, _ := os.Hostname()
	d.name = fmt.Sprintf("%s, process %d, since %s", host, os.Getpid(), time.Now().UTC().Format(time.RFC3339Nano))
	return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
		// The row of the mock is locked until others may see that this one is there.
		var (
			alone bool
			off   time.Duration
		)
		if _, err := tx.Exec(ctx, "SELECT FROM mock FOR UPDATE"); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `
			WITH last AS (SELECT greatest((SELECT max(seen) FROM replica), (SELECT max(seen) FROM writer), (SELECT seen FROM mock)) AS seen)
			SELECT NOT EXISTS (SELECT FROM replica WHERE seen > clock_timestamp() - $1::interval), greatest(clock_timestamp() - last.seen, '0') FROM last`,
			aliveFor).Scan(&alone, &off)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue("DELETE FROM writer WHERE replica NOT IN (SELECT name FROM replica WHERE seen > clock_timestamp() - $1::interval)", forgottenAfter)
		b.Queue("DELETE FROM replica WHERE seen < clock_timestamp() - $1::interval", forgottenAfter)
		b.Queue("INSERT INTO replica (name, seen) VALUES ($1, clock_timestamp())", d.name)
		if alone {
			b.Queue("UPDATE mock SET seen = clock_timestamp()")
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil || !alone || runOn {
			return err
		}
		return standStill(ctx, tx, off)
	})
}

// standStill sets the clocks as if no time had passed while no mock was running.
func standStill(ctx context.Context, tx pgx.Tx, off time.Duration) error {
	all, err := entries(ctx, tx, func() {})
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue("UPDATE asleep SET due = due + $1::interval", off)
	for _, e := range all {
		if !e.Clock.Since.IsZero() {
			b.Queue("UPDATE workspace SET clock_since = $2 WHERE domain = $1", e.Workspace, store.FormatTime(e.Clock.Since.Add(off)))
		}
	}
	return tx.SendBatch(ctx, b).Close()
}

// Join implements store.SharedDatabase. It waits for mocks of another origin that may have been killed.
func (d *Database) Join(ctx context.Context, o store.Origin) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	for began := time.Now(); ; {
		other, err := d.tryToJoin(ctx, string(text))
		if err == nil && other == "" {
			d.setOrigin(string(text))
		}
		if err != nil || other == "" {
			return explain(err)
		}
		if time.Since(began) >= d.patience {
			return differs(other, o)
		}
		select {
		case <-time.After(tryAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tryToJoin gives the origin of a mock that is made of something else; "": there is none, and this one has joined.
func (d *Database) tryToJoin(ctx context.Context, origin string) (other string, err error) {
	err = pgx.BeginFunc(ctx, d.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT FROM mock FOR UPDATE"); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, "SELECT origin FROM replica WHERE name <> $1 AND origin NOT IN ('', $2) AND seen > clock_timestamp() - $3::interval LIMIT 1",
			d.name, origin, aliveFor).Scan(&other)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO replica (name, seen, origin) VALUES ($1, clock_timestamp(), $2) ON CONFLICT (name) DO UPDATE SET seen = excluded.seen, origin = excluded.origin", d.name, origin)
		return err
	})
	return other, err
}

// differs says in what two mocks differ.
func differs(theirs string, ours store.Origin) error {
	var other store.Origin
	if err := json.Unmarshal([]byte(theirs), &other); err != nil {
		return err
	}
	var list []string
	for _, d := range []struct{ what, theirs, ours string }{
		{"contract", other.Contract, ours.Contract},
		{"fixtures (digest)", other.Fixtures, ours.Fixtures},
		{"seed", other.Seed, ours.Seed},
		{"generator version", other.Generator, ours.Generator},
		{"clock", other.Clock, ours.Clock},
	} {
		if d.theirs != d.ours {
			list = append(list, fmt.Sprintf("%s %s, and this one %s", d.what, d.theirs, d.ours))
		}
	}
	return fmt.Errorf("is in use by a mock that has another %s; stop all mocks on the database to change that, or take another database", strings.Join(list, "; another "))
}

// stay says that the mock is there, until ctx ends. A mock that was cut off, and comes back to others that are made of something else, writes
// no more.
func (d *Database) stay(ctx context.Context) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		asking, cancel := context.WithTimeout(ctx, heartbeat)
		if origin := d.joinedAs(); origin == "" {
			_, _ = d.pool.Exec(asking, "UPDATE replica SET seen = clock_timestamp() WHERE name = $1", d.name) // the store finds out that the database is away
		} else if other, err := d.tryToJoin(asking, origin); err == nil {
			d.refuse(other, origin)
		}
		cancel()
	}
}

func (d *Database) setOrigin(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.origin = text
}

// joinedAs is the origin with which the mock has joined; "": it has not.
func (d *Database) joinedAs() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.origin
}

// refuse lets nothing be written while there are mocks that are made of something else; "": there are none.
func (d *Database) refuse(other, ours string) {
	var (
		o   store.Origin
		err error
	)
	if other != "" {
		if err = json.Unmarshal([]byte(ours), &o); err == nil {
			err = differs(other, o)
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refused = err
}

// refusal is why nothing may be written; nil: it may.
func (d *Database) refusal() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused
}

// leave takes the mock from those that use the database.
func (d *Database) leave(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue("UPDATE mock SET seen = clock_timestamp()")
	b.Queue("DELETE FROM writer WHERE replica = $1", d.name)
	b.Queue("DELETE FROM sender WHERE replica = $1", d.name)
	b.Queue("DELETE FROM replica WHERE name = $1", d.name)
	return d.pool.SendBatch(ctx, b).Close()
}
