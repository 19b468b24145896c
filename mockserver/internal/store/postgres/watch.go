package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	// channel is what the mocks on a database listen to. A message is DOMAIN:HEAD:LIFE.
	channel = "awalmock"
	// announceEvery is how often new events are announced at most.
	announceEvery = 5 * time.Millisecond
	// pollEvery is how often the table of workspaces is read, pollUnheard how often while the connection that listens is not well.
	pollEvery   = 250 * time.Millisecond
	pollUnheard = 50 * time.Millisecond
)

// news are the newest events that are to be announced.
type news struct {
	mu    sync.Mutex
	heads map[string]store.Head
	some  chan struct{} // holds a token when there are any
}

// Announce implements store.SharedDatabase.
func (d *Database) Announce(workspace string, head store.Head) {
	d.news.mu.Lock()
	d.news.heads[workspace] = head
	d.news.mu.Unlock()
	select {
	case d.news.some <- struct{}{}:
	default:
	}
}

func (n *news) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	list := make([]string, 0, len(n.heads))
	for workspace, head := range n.heads {
		list = append(list, fmt.Sprintf("%s:%d:%d", workspace, head.Seq, head.Life))
	}
	clear(n.heads)
	return list
}

// announce notifies the other mocks of new events: on a connection of its own, after the commit, and not more often than announceEvery. A NOTIFY
// inside a commit would hold a lock over the whole server until the disk has it.
func (d *Database) announce(ctx context.Context) {
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
		case <-d.news.some:
		case <-ctx.Done():
			return
		}
		list := d.news.take()
		saying, cancel := context.WithTimeout(ctx, askWithin)
		if c == nil || c.IsClosed() {
			c, _ = pgx.ConnectConfig(saying, config)
		}
		if c != nil {
			if _, err := c.Exec(saying, "SELECT pg_notify('"+channel+"', text) FROM unnest($1::text[]) AS text", list); err != nil {
				_ = c.Close(saying) // the others look by themselves
				c = nil
			}
		}
		cancel()
		select {
		case <-time.After(announceEvery):
		case <-ctx.Done():
			return
		}
	}
}

// A change is what a mock hears of the database.
type change struct {
	workspace string
	head      store.Head
}

// Watch implements store.SharedDatabase.
func (d *Database) Watch(ctx context.Context, changed func(workspace string, head store.Head), listed func()) {
	var (
		changes = make(chan change, 1024)
		well    = make(chan bool, 1)
		p       = poll{since: "0", had: -1}
		every   = pollUnheard
	)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(d.life, stop)()
	d.running.Go(func() { d.listen(ctx, changes, well) })
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case is := <-well:
			every = pollUnheard
			if is {
				every = pollEvery
			}
			timer.Reset(0) // what was said before it listened
		case c := <-changes:
			changed(c.workspace, c.head)
		case <-timer.C:
			if all, err := p.read(ctx, d.pool); err == nil {
				for _, c := range all {
					changed(c.workspace, c.head)
				}
				if p.isListed() {
					listed()
				}
			}
			timer.Reset(every)
		}
	}
}

// listen hears what the other mocks announce.
func (d *Database) listen(ctx context.Context, changes chan<- change, well chan bool) {
	tell := func(is bool) {
		select {
		case <-well: // the one before was not taken yet
		default:
		}
		well <- is
	}
	for ctx.Err() == nil {
		c, err := d.listener(ctx)
		if err == nil {
			tell(true)
			for err == nil {
				err = receive(ctx, c, changes)
			}
			closeSoon(c)
		}
		if ctx.Err() != nil {
			return
		}
		tell(false)
		select {
		case <-time.After(pollEvery):
		case <-ctx.Done():
		}
	}
}

// listener is a connection that hears what the other mocks announce.
func (d *Database) listener(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, d.pool.Config().ConnConfig.Copy())
	if err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "LISTEN "+channel); err != nil {
		closeSoon(c)
		return nil, err
	}
	return c, nil
}

// closeSoon closes a connection whose other side may be silent.
func closeSoon(c *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	_ = c.Close(ctx) // it goes in any case
}

func receive(ctx context.Context, c *pgx.Conn, changes chan<- change) error {
	// A connection that has gone silent, say behind a firewall, is found out.
	waiting, cancel := context.WithTimeout(ctx, heartbeat)
	defer cancel()
	n, err := c.WaitForNotification(waiting)
	if err != nil {
		if waiting.Err() != nil && ctx.Err() == nil {
			asking, cancel := context.WithTimeout(ctx, heartbeat)
			defer cancel()
			return c.Ping(asking)
		}
		return err
	}
	if found, ok := parseChange(n.Payload); ok {
		select {
		case changes <- found:
		case <-ctx.Done():
		}
	}
	return nil
}

// parseChange reads DOMAIN:HEAD:LIFE; a domain may have colons.
func parseChange(text string) (c change, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return c, false
	}
	j := strings.LastIndexByte(text[:i], ':')
	if j < 0 {
		return c, false
	}
	seq, err := strconv.ParseInt(text[j+1:i], 10, 64)
	if err != nil {
		return c, false
	}
	life, err := strconv.ParseInt(text[i+1:], 10, 64)
	return change{workspace: text[:j], head: store.Head{Seq: seq, Life: life}}, err == nil
}

// A poll reads which workspaces were written since it did before.
type poll struct {
	since       string // the oldest transaction that was not over then
	listed, had int64
}

// isListed reports whether workspaces or clients may have come or gone since it was asked before. The first time it is true: they may have come or gone
// after the mock had read the list and before it watched.
func (p *poll) isListed() bool {
	is := p.listed != p.had
	p.had = p.listed
	return is
}

func (p *poll) read(ctx context.Context, pool *pgxpool.Pool) ([]change, error) {
	ctx, cancel := context.WithTimeout(ctx, sureWithin)
	defer cancel()
	rows, err := pool.Query(ctx, `
		SELECT m.listed, pg_snapshot_xmin(pg_current_snapshot())::text, w.domain, w.head, w.life
		FROM mock m LEFT JOIN workspace w ON w.changed >= $1::text::xid8`, p.since)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []change
	since := p.since
	for rows.Next() {
		var (
			domain    *string
			seq, life *int64
		)
		if err := rows.Scan(&p.listed, &since, &domain, &seq, &life); err != nil {
			return nil, err
		}
		if domain != nil {
			all = append(all, change{workspace: *domain, head: store.Head{Seq: *seq, Life: *life}})
		}
	}
	if rows.Err() == nil {
		p.since = since
	}
	return all, rows.Err()
}
