package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/sqlite"
)

// openStore opens what --store names; nil: events are kept in memory.
func (c *serveCommand) openStore(logger *slog.Logger) (*store.Store, error) {
	kind, where, _ := strings.Cut(c.Store, ":")
	switch {
	case c.Store == "memory":
		return nil, nil
	case kind != "sqlite":
		return nil, &usageError{fmt.Errorf("--store: must be memory or sqlite:FILE, not %q", c.Store)}
	case where == "":
		return nil, &usageError{errors.New("--store: name the file, as in sqlite:awalmock.db")}
	}
	ctx := context.Background()
	database, err := sqlite.Open(ctx, sqlite.Options{Path: where, Now: time.Now, RunOn: c.Clock.RunOn})
	if err != nil {
		return nil, fmt.Errorf("--store %w", err)
	}
	kept, err := store.New(ctx, store.Options{Database: database, Name: c.Store, Now: time.Now, Logger: logger})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("--store %w", err), database.Close())
	}
	return kept, nil
}
