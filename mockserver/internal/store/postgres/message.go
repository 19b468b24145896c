package postgres

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"example.com/awalmock/mockserver/internal/store"
)

// A message is a batch of statements, and what they leave out.
type message struct {
	w      *writer
	batch  *pgx.Batch
	writes []*store.Write
	left   []*store.Write
	listed bool // the list of workspaces was locked
}

func newMessage(w *writer, writes []*store.Write) *message {
	m := &message{w: w, batch: &pgx.Batch{}, writes: writes}
	names := make([]string, 0, len(writes))
	for _, one := range writes {
		names = append(names, one.Workspace)
	}
	w.queue(m.batch)
	m.batch.Queue("SELECT set_config('app.workspaces', $1, true)", strings.Join(names, "\n"))
	var together appends
	for _, one := range writes {
		switch {
		case together.take(one):
		case isAppend(one):
			m.append(&together)
			together.take(one)
		default:
			m.append(&together)
			m.other(one)
		}
	}
	m.append(&together)
	return m
}

// list notes that a workspace or a client comes, changes or goes. It comes before other locks.
func (m *message) list() {
	if !m.listed {
		m.batch.Queue("UPDATE mock SET listed = listed + 1")
	}
	m.listed = true
}

// leftBut are the appends that were left out when those to some workspaces were kept.
func (m *message) leftBut(kept []string) (left []*store.Write) {
	for _, w := range m.writes {
		if isAppend(w) && !slices.Contains(kept, w.Workspace) {
			left = append(left, w)
		}
	}
	return left
}

func isAppend(w *store.Write) bool { return len(w.Rows) > 0 && !w.Replace && !w.Remove }

// appends are writes that append rows, of which each workspace has as many as follow each other: one statement adds them all.
type appends struct {
	writes []*store.Write
	of     map[string]*store.Write // all of a workspace as one
	names  []string
}

func (a *appends) take(w *store.Write) bool {
	if !isAppend(w) {
		return false
	}
	sum := a.of[w.Workspace]
	if sum != nil && (sum.Life != w.Life || sum.Rows[len(sum.Rows)-1].Seq != w.After) {
		return false
	}
	if a.of == nil {
		a.of = map[string]*store.Write{}
	}
	if sum == nil {
		sum = &store.Write{Workspace: w.Workspace, After: w.After, Life: w.Life}
		a.of[w.Workspace] = sum
		a.names = append(a.names, w.Workspace)
	}
	sum.Rows = append(sum.Rows, w.Rows...)
	if w.First != 0 {
		sum.First = w.First
	}
	if w.Clock != nil {
		sum.Clock = w.Clock
	}
	a.writes = append(a.writes, w)
	return true
}

// appendAll locks the workspaces, in the order of their names, that have the expected newest event and that no one else has locked, and appends
// to them; it gives their names.
const appendAll = `
	WITH mine AS (
		SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[])
			AS v(domain, life, after, head, first, clock_at, clock_since)),
	free AS (
		SELECT w.domain FROM workspace w JOIN mine m ON w.domain = m.domain AND w.head = m.after AND w.life = m.life
		ORDER BY w.domain FOR UPDATE OF w SKIP LOCKED),
	moved AS (
		UPDATE workspace w SET head = m.head, first = coalesce(m.first, w.first), clock_at = coalesce(m.clock_at, w.clock_at),
			clock_since = coalesce(m.clock_since, w.clock_since), changed = pg_current_xact_id()
		FROM mine m WHERE w.domain = m.domain AND w.domain IN (SELECT domain FROM free) RETURNING w.domain),
	added AS (
		INSERT INTO event (workspace, seq, data) SELECT e.workspace, e.seq, e.data FROM unnest($8::text[], $9::bigint[], $10::bytea[])
			AS e(workspace, seq, data) WHERE e.workspace IN (SELECT domain FROM free)),
	noted AS (
		UPDATE writer SET kept = kept || (SELECT coalesce(array_agg(domain), '{}') FROM free) WHERE replica = $11 AND n = $12)
	SELECT domain FROM moved`

// append adds the statements that append, and empties a.
func (m *message) append(a *appends) {
	if len(a.writes) == 0 {
		return
	}
	var (
		heads          [4][]int64 // life, after, head, first
		first          []*int64
		at, since      []*string
		workspaces     []string
		seqs           []int64
		data           [][]byte
		together, kept = *a, map[string]bool{}
	)
	for _, name := range a.names {
		w := a.of[name]
		if w.After == 0 {
			m.list()
			m.batch.Queue("INSERT INTO workspace (domain, head, first, life, clock_at, clock_since) VALUES ($1, 0, 0, $2, '', '') ON CONFLICT (domain) DO NOTHING", name, w.Life)
		}
		for i, n := range []int64{w.Life, w.After, w.Rows[len(w.Rows)-1].Seq} {
			heads[i] = append(heads[i], n)
		}
		first = append(first, nil)
		if w.First > 0 {
			first[len(first)-1] = &w.First
		}
		clock := clockTexts(w.Clock)
		at, since = append(at, clock[0]), append(since, clock[1])
		for _, r := range w.Rows {
			workspaces, seqs, data = append(workspaces, name), append(seqs, r.Seq), append(data, r.Data)
		}
	}
	m.batch.Queue(appendAll, a.names, heads[0], heads[1], heads[2], first, at, since, workspaces, seqs, data, m.w.d.name, m.w.n).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var domain string
			if err := rows.Scan(&domain); err != nil {
				return err
			}
			kept[domain] = true
		}
		for _, w := range together.writes {
			if !kept[w.Workspace] {
				m.left = append(m.left, w)
			}
		}
		return rows.Err()
	})
	*a = appends{}
}

// clockTexts are the columns of a clock; nil: they stay.
func clockTexts(c *store.Clock) [2]*string {
	if c == nil {
		return [2]*string{}
	}
	at, since := store.FormatTime(c.At), store.FormatTime(c.Since)
	return [2]*string{&at, &since}
}

// other adds the statements of a write that does not append.
func (m *message) other(w *store.Write) {
	b := m.batch
	if u := w.Usage; u != nil {
		b.Queue(`
			INSERT INTO usage AS u (workspace, day, used) VALUES ($1, $2, greatest($3::bigint, 0)) ON CONFLICT (workspace) DO UPDATE
			SET used = greatest(CASE u.day WHEN excluded.day THEN u.used + $3 ELSE $3 END, 0), day = excluded.day RETURNING used`,
			w.Workspace, u.Day, u.Add).QueryRow(func(r pgx.Row) error { return r.Scan(&u.Total) })
	}
	if w.Webhooks != nil {
		b.Queue(`
			INSERT INTO webhooks (workspace, state)
			SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM sender WHERE workspace = $1 AND replica <> $3 AND until > clock_timestamp())
			ON CONFLICT (workspace) DO UPDATE SET state = excluded.state`, w.Workspace, w.Webhooks, m.w.d.name).Exec(m.leftUnlessDone(w))
	}
	if w.Client != nil {
		m.list()
		m.client(w)
	}
	switch {
	case w.Remove:
		m.list()
		for _, statement := range []string{
			"DELETE FROM workspace WHERE domain = $1", "DELETE FROM event WHERE workspace = $1", "DELETE FROM client WHERE workspace = $1", "DELETE FROM webhooks WHERE workspace = $1",
			"DELETE FROM usage WHERE workspace = $1",
			"DELETE FROM sender WHERE workspace = $1", "DELETE FROM asleep WHERE workspace = $1", "DELETE FROM rate WHERE workspace = $1",
		} {
			b.Queue(statement, w.Workspace)
		}
	case w.Replace:
		m.list()
		m.replace(w)
	}
}

func (m *message) replace(w *store.Write) {
	head, _ := w.NewHead()
	clock := clockTexts(w.Clock)
	m.batch.Queue(`
		INSERT INTO workspace (domain, head, first, life, clock_at, clock_since) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (domain) DO UPDATE SET head = $2, first = $3, life = $4, clock_at = $5, clock_since = $6, changed = pg_current_xact_id()`,
		w.Workspace, head.Seq, w.First, w.Life, clock[0], clock[1])
	m.batch.Queue("DELETE FROM event WHERE workspace = $1", w.Workspace)
	queueRows(m.batch, w)
}

func queueRows(b *pgx.Batch, w *store.Write) {
	seqs, data := make([]int64, 0, len(w.Rows)), make([][]byte, 0, len(w.Rows))
	for _, r := range w.Rows {
		seqs, data = append(seqs, r.Seq), append(data, r.Data)
	}
	b.Queue("INSERT INTO event (workspace, seq, data) SELECT $1, * FROM unnest($2::bigint[], $3::bytea[])", w.Workspace, seqs, data)
}

// client adds the statements that put a client in the place of the one that is there, or of none.
func (m *message) client(w *store.Write) {
	c := w.Client
	if !w.NewClient {
		m.batch.Queue("DELETE FROM client WHERE workspace = $1", w.Workspace)
	}
	numbers, secrets, ends := []int{}, [][]byte{}, []string{}
	for n, s := range c.Secrets {
		numbers, secrets, ends = append(numbers, n), append(secrets, s.Sealed), append(ends, store.FormatTime(s.Until))
	}
	m.batch.Queue(`
		INSERT INTO client (workspace, n, client_id, phone_number_id, created, terms, secret, not_after)
		SELECT $1, v.n, $2, $3, $4, $5, v.secret, v.not_after FROM unnest($6::integer[], $7::bytea[], $8::text[]) AS v(n, secret, not_after)
		WHERE NOT EXISTS (SELECT FROM client WHERE workspace = $1)`, w.Workspace, c.ID, c.Number, store.FormatTime(c.Created), c.Terms.Text(), numbers, secrets, ends).Exec(m.leftUnlessDone(w))
}

// leftUnlessDone notes that a write was left out when its statement has changed nothing.
func (m *message) leftUnlessDone(w *store.Write) func(pgconn.CommandTag) error {
	return func(done pgconn.CommandTag) error {
		if done.RowsAffected() == 0 {
			m.left = append(m.left, w)
		}
		return nil
	}
}
