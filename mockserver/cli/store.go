package cli

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
	keys := storeKeys{given: c.StoreKey, file: where + ".key", logger: logger}
	kept, err := store.New(ctx, store.Options{Database: database, Name: c.Store, Keys: keys.read, Now: time.Now, Logger: logger})
	if err != nil {
		_ = database.Close() // err is what has to be told
		var usage *usageError
		if errors.As(err, &usage) {
			return nil, err
		}
		return nil, fmt.Errorf("--store %w", err)
	}
	return kept, nil
}
