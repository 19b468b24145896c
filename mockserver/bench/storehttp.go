package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"example.com/awalmock/mockserver/internal/sandbox"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
)

// texts compares sending a text with a store and without one.
func (b *bench) texts(ctx context.Context, pg *database) error {
	connections := b.connections
	b.connections = writers
	defer func() { b.connections = connections }()
	memory, err := b.serveMock(ctx, "memory")
	if err != nil {
		return err
	}
	defer memory.stop()
	lite, err := b.serveMock(ctx, "SQLite", "--store=sqlite:"+filepath.Join(b.dir, "texts.db"))
	if err != nil {
		return err
	}
	defer lite.stop()
	servers := []*server{memory, lite}
	if pg != nil {
		one, err := b.serveMock(ctx, "PostgreSQL", "--store="+pg.mock, "--store-key="+store.NewKey())
		if err != nil {
			return err
		}
		defer one.stop()
		servers = append(servers, one)
	}
	all, err := rows(memory.addr)
	if err != nil {
		return err
	}
	return b.alternate(ctx, fmt.Sprintf("Sending a text to %d recipients in turn, %d connections; \"bare\" is the mock without a store", len(all), writers), func() [][]byte {
		var texts [][]byte
		for _, row := range all {
			texts = append(texts, text(row.Phone))
		}
		return texts
	}, servers...)
}

// events is how many events a start reads.
const events = 1_000_000

// reopened measures a start on a file with a million events.
func (b *bench) reopened(ctx context.Context, _ *database) error {
	path := filepath.Join(b.dir, "reopened.db")
	if err := b.fill(ctx, path); err != nil {
		return err
	}
	b.free = true
	defer func() { b.free = false }()
	table := [][]string{{"until it answers", "CPU", "resident memory", "highest"}}
	for range 3 {
		began := time.Now()
		s, err := b.serveMock(ctx, "reopened", "--store=sqlite:"+path)
		if err != nil {
			return err
		}
		_, err = fetch(s.addr, list("opened", ""))
		took, cpu := time.Since(began), s.cpu()
		row := []string{fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("%.1f s", cpu.Seconds())}
		for _, key := range []string{"VmRSS", "VmHWM"} {
			var value float64
			if err == nil {
				value, err = s.memory(key)
			}
			row = append(row, fmt.Sprintf("%.0f MB", value))
		}
		s.stop()
		if err != nil {
			return err
		}
		table = append(table, row)
	}
	b.table(fmt.Sprintf("Start with %d events in SQLite", events), table...)
	return nil
}

// fill makes a file in which a million texts were sent: the first by a mock, the others like it.
func (b *bench) fill(ctx context.Context, path string) error {
	s, err := b.serveMock(ctx, "filled", "--store=sqlite:"+path)
	if err != nil {
		return err
	}
	all, err := rows(s.addr)
	for i := 0; i < len(all) && err == nil; i++ {
		_, err = fetch(s.addr, text(all[i].Phone))
	}
	s.stop()
	if err != nil {
		return err
	}
	file, err := sqlite.Open(ctx, sqlite.Options{Path: path, Now: time.Now})
	if err != nil {
		return err
	}
	kept, err := store.New(ctx, store.Options{
		Database: file, Name: path, Now: time.Now, Logger: slog.New(slog.DiscardHandler), Keys: func(bool) ([]store.Key, error) { return nil, nil },
	})
	if err != nil {
		return err
	}
	var sent []sandbox.Event
	for e, err := range kept.Read(ctx, domain, 0) {
		if err != nil {
			return err
		}
		sent = append(sent, e)
	}
	if err := repeat(ctx, kept, sent); err != nil {
		return err
	}
	return kept.Close()
}

// repeat appends events that send what was sent already, until there are enough.
func repeat(ctx context.Context, to sandbox.Store, sent []sandbox.Event) error {
	last := sent[len(sent)-1]
	message, isMessage := last.Data.(sandbox.MessageSent)
	if !isMessage {
		return fmt.Errorf("the last event is %s", last.Data.Kind())
	}
	seq, id, of := last.Seq, message.ID, sent[1:]
	for seq < events {
		batch := make([]sandbox.Event, 0, 1000)
		for range cap(batch) {
			seq, id = seq+1, id+1
			m, isMessage := of[int(seq)%len(of)].Data.(sandbox.MessageSent)
			if !isMessage {
				return fmt.Errorf("event %d is no message", seq)
			}
			m.ID = id
			batch = append(batch, sandbox.Event{Seq: seq, At: last.At, Data: m})
		}
		durable, err := to.Append(ctx, domain, seq-int64(len(batch)), batch)
		if err == nil {
			err = <-durable
		}
		if err != nil {
			return err
		}
	}
	return nil
}
