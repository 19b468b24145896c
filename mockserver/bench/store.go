package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
)

// writers is how many callers append or send at the same time.
const writers = 32

// store measures the stores: appends without HTTP, texts sent through HTTP, and a start with a million events.
func (b *bench) store(ctx context.Context) error {
	pg, stop, err := b.postgres()
	if err != nil {
		b.printf("\nPostgreSQL is left out: %v\n", err)
	}
	defer stop()
	for _, measure := range []func(context.Context, *database) error{b.appends, b.texts, b.reopened} {
		if err := measure(ctx, pg); err != nil {
			return err
		}
	}
	return nil
}

// A journal takes events until they are on the disk. Each of the writers has a number of its own.
type journal struct {
	name   string
	append func(ctx context.Context, writer int) error
	close  func() error
}

// appends compares the stores with a file that is written by the same rule: what waits is written together, and is on the disk before it is
// acknowledged.
func (b *bench) appends(ctx context.Context, pg *database) error {
	bare, err := newBareJournal(filepath.Join(b.dir, "bare.log"))
	if err != nil {
		return err
	}
	defer func() { _ = bare.close() }() // the figures are taken
	file, err := sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(b.dir, "appends.db"), Now: time.Now})
	if err != nil {
		return err
	}
	lite, err := newStoreJournal(ctx, "SQLite", file)
	if err != nil {
		return err
	}
	defer func() { _ = lite.close() }() // the figures are taken
	journals := []journal{bare, lite}
	if pg != nil {
		shared, err := pg.open(ctx)
		if err != nil {
			return err
		}
		one, err := newStoreJournal(ctx, "PostgreSQL", shared)
		if err != nil {
			return err
		}
		defer func() { _ = one.close() }() // the figures are taken
		journals = append(journals, one)
	}
	perSecond := make([][]float64, len(journals))
	for round := range b.rounds + 1 {
		for i, j := range journals {
			n, err := b.appendFor(ctx, j)
			if err != nil {
				return fmt.Errorf("%s: %w", j.name, err)
			}
			if round > 0 { // the first one warms up
				perSecond[i] = append(perSecond[i], n)
			}
		}
	}
	rows := [][]string{{"journal", "events/s", "÷ bare file", "from – to"}}
	for i, j := range journals {
		ratios := make([]float64, b.rounds)
		for round := range ratios {
			ratios[round] = perSecond[i][round] / perSecond[0][round]
		}
		rows = append(rows, []string{
			j.name, fmt.Sprintf("%.0f", median(perSecond[i])), fmt.Sprintf("%.2f", median(ratios)),
			fmt.Sprintf("%.2f – %.2f", quantile(ratios, 0), quantile(ratios, 1)),
		})
	}
	b.table(fmt.Sprintf("Appends of %d writers, each waits until its event is on the disk (%d rounds of %v, medians)", writers, b.rounds, b.turn), rows...)
	return nil
}

// appendFor lets all writers append for one turn, and gives the appends a second.
func (b *bench) appendFor(ctx context.Context, j journal) (float64, error) {
	var (
		wait  sync.WaitGroup
		count atomic.Int64
		mu    sync.Mutex
		first error
	)
	began := time.Now()
	for n := range writers {
		wait.Go(func() {
			for time.Since(began) < b.turn {
				if err := j.append(ctx, n); err != nil {
					mu.Lock()
					first = err
					mu.Unlock()
					return
				}
				count.Add(1)
			}
		})
	}
	wait.Wait()
	return float64(count.Load()) / time.Since(began).Seconds(), first
}

// sentText is an event as a text that is sent makes it.
func sentText(seq int64) sandbox.Event {
	return sandbox.Event{Seq: seq, At: time.Date(2026, 11, 29, 12, 0, 0, 123456789, time.UTC), Data: sandbox.MessageSent{
		ID: seq, Conversation: 17, Type: "text", Content: `{"body":"Your order is on its way and arrives today."}`,
	}}
}

// newStoreJournal makes a store in front of a database, in which each writer has a workspace.
func newStoreJournal(ctx context.Context, name string, d store.Database) (journal, error) {
	key, err := store.ParseKey(store.NewKey())
	if err != nil {
		return journal{}, err
	}
	s, err := store.New(ctx, store.Options{
		Database: d, Name: name, Now: time.Now, Logger: slog.New(slog.DiscardHandler),
		Keys: func(bool) ([]store.Key, error) { return []store.Key{key}, nil },
	})
	if err != nil {
		return journal{}, err
	}
	var heads [writers]int64
	return journal{name, func(ctx context.Context, writer int) error {
		durable, err := s.Append(ctx, fmt.Sprint("workspace-", writer), heads[writer], []sandbox.Event{sentText(heads[writer] + 1)})
		if err == nil {
			err = <-durable
		}
		if err == nil {
			heads[writer]++
		}
		return err
	}, s.Close}, nil
}

// A bareJournal is a file of lines: the least that keeps events.
type bareJournal struct {
	file    *os.File
	waiting chan line
}

type line struct {
	text []byte
	done chan error
}

func newBareJournal(path string) (journal, error) {
	file, err := os.Create(path)
	if err != nil {
		return journal{}, err
	}
	b := &bareJournal{file, make(chan line, writers)}
	go b.write()
	var seqs [writers]int64
	return journal{"bare file", func(_ context.Context, writer int) error {
		seqs[writer]++
		text, err := json.Marshal(sentText(seqs[writer]))
		if err != nil {
			return err
		}
		l := line{append(text, '\n'), make(chan error, 1)}
		b.waiting <- l
		return <-l.done
	}, func() error { close(b.waiting); return file.Close() }}, nil
}

// write writes what waits together.
func (b *bareJournal) write() {
	for l := range b.waiting {
		batch, text := []line{l}, l.text
		for range len(b.waiting) {
			l = <-b.waiting
			batch, text = append(batch, l), append(text, l.text...)
		}
		_, err := b.file.Write(text)
		if err == nil {
			err = b.file.Sync()
		}
		for _, l := range batch {
			l.done <- err
		}
	}
}
