package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/internal/store"
)

const (
	replicas = 3
	// hotWriters are the clients of each replica that send texts to one workspace.
	hotWriters = 4
	// counters are the callers of each replica that count requests.
	counters = 64
)

// replicated measures several mocks on one PostgreSQL: commands to one workspace that all of them take, how soon another one shows a write, and
// requests that are counted together.
func (b *bench) replicated(ctx context.Context) error {
	pg, stop, err := b.postgres()
	defer stop()
	if err != nil {
		b.printf("\nThe replicas are left out: %v\n", err)
		return nil
	}
	b.free = true
	defer func() { b.free = false }()
	key := store.NewKey()
	var servers []*server
	for n := range replicas {
		s, err := b.serveMock(ctx, fmt.Sprint("replica ", n+1), "--auth=off", "--store="+pg.mock, "--store-key="+key)
		if err != nil {
			return err
		}
		defer s.stop()
		servers = append(servers, s)
	}
	table := [][]string{{"three replicas", "a second", "median", "p99", "worst"}}
	for _, m := range []struct {
		name    string
		measure func(context.Context, []*server) (samples, error)
	}{
		{fmt.Sprintf("a text to one workspace, %d clients of each replica", hotWriters), b.hot},
		{"from the answer to a text until another replica has shown it, the same load", b.shown},
	} {
		got, err := m.measure(ctx, servers)
		if err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		table = append(table, got.row(m.name, b.turn*time.Duration(b.rounds)))
	}
	counts, err := b.counts(ctx, pg)
	if err != nil {
		return err
	}
	table = append(table, []string{fmt.Sprintf("a request counted against a rate limit, %d callers of each replica", counters), fmt.Sprintf("%.0f", counts), "", "", ""})
	b.table("Three replicas on one PostgreSQL, all on this machine's cores", table...)
	return nil
}

// samples are times that were measured, in milliseconds.
type samples struct {
	mu  sync.Mutex
	all []float64
	err error
}

func (s *samples) add(took time.Duration, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.err = errors.Join(s.err, err)
		return false
	}
	s.all = append(s.all, float64(took.Microseconds())/1000)
	return true
}

func (s *samples) row(name string, in time.Duration) []string {
	ms := func(q float64) string { return fmt.Sprintf("%.1f ms", quantile(s.all, q)) }
	return []string{name, fmt.Sprintf("%.0f", float64(len(s.all))/in.Seconds()), ms(0.5), ms(0.99), ms(1)}
}

// busy lets the clients of all replicas do something for the time of a measurement.
func (b *bench) busy(servers []*server, do func(server, client int) error) {
	var all sync.WaitGroup
	began := time.Now()
	for i := range servers {
		for n := range hotWriters {
			all.Go(func() {
				for time.Since(began) < b.turn*time.Duration(b.rounds) && do(i, n) == nil {
				}
			})
		}
	}
	all.Wait()
}

// hot sends texts to one workspace through all replicas.
func (b *bench) hot(ctx context.Context, servers []*server) (samples, error) {
	var got samples
	b.busy(servers, func(i, n int) error {
		began := time.Now()
		_, err := sendText(ctx, servers[i].addr, fmt.Sprintf("9665000%d%04d", i, n))
		got.add(time.Since(began), err)
		return err
	})
	return samples{all: got.all}, got.err
}

// shown sends as many texts, and lets one client ask another replica for each of its own.
func (b *bench) shown(ctx context.Context, servers []*server) (samples, error) {
	var got samples
	b.busy(servers, func(i, n int) error {
		seq, err := sendText(ctx, servers[i].addr, fmt.Sprintf("9665001%d%04d", i, n))
		if err != nil || n > 0 {
			got.add(0, err)
			return err
		}
		began := time.Now()
		err = knows(ctx, servers[(i+1)%len(servers)].addr, seq)
		got.add(time.Since(began), err)
		return err
	})
	asked := samples{}
	for _, ms := range got.all {
		if ms > 0 {
			asked.all = append(asked.all, ms)
		}
	}
	return samples{all: asked.all}, got.err
}

var client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2 * hotWriters}}

// sendText sends a text, and gives the number of its event or of a later one.
func sendText(ctx context.Context, addr, phone string) (sequence string, err error) {
	body := fmt.Appendf(nil, `{"phone":%q,"body":"Your order is on its way and arrives today."}`, phone)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+basePath+"/w/message/text?phone_number_id="+number, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/json")
	header, err := exchange(r)
	return header.Get("X-Mock-Sequence"), err
}

// knows waits until a mock has an event.
func knows(ctx context.Context, addr, sequence string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+basePath+"/conversations/1?phone_number_id="+number, nil)
	if err != nil {
		return err
	}
	r.Header.Set("X-Mock-If-Sequence", sequence)
	_, err = exchange(r)
	return err
}

func exchange(r *http.Request) (http.Header, error) {
	r.Header.Set("X-Domain", domain)
	response, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, text)
	}
	return response.Header, err
}

// counts counts requests in a few windows through the databases of three mocks, and gives how many a second.
func (b *bench) counts(ctx context.Context, pg *database) (float64, error) {
	var (
		all   sync.WaitGroup
		count atomic.Int64
		mu    sync.Mutex
		first error
	)
	began, in := time.Now(), b.turn*time.Duration(b.rounds)
	for range replicas {
		opened, err := pg.open(ctx)
		if err != nil {
			return 0, err
		}
		defer opened.Close() //nolint:errcheck // the figures are taken
		d, shared := opened.(store.SharedDatabase)
		if !shared {
			return 0, errors.New("the database is not shared")
		}
		for n := range counters {
			all.Go(func() {
				for time.Since(began) < in {
					if _, err := d.Count(ctx, store.Window{Workspace: "a", Name: fmt.Sprint(n % 8), Number: 1}, 1); err != nil {
						mu.Lock()
						first = err
						mu.Unlock()
						return
					}
					count.Add(1)
				}
			})
		}
	}
	all.Wait()
	return float64(count.Load()) / time.Since(began).Seconds(), first
}
