package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/postgres"
	"example.com/awalmock/mockserver/internal/store/sqlite"
)

// patience is how long a start waits for mocks that are made of something else and may have been killed.
const patience = 30 * time.Second

// openStore opens what --store names; nil: events are kept in memory.
func (c *serveCommand) openStore(logger *slog.Logger) (*store.Store, error) {
	if c.Store == "memory" {
		return nil, nil
	}
	database, keys, err := c.openDatabase(logger)
	if err != nil {
		return nil, storeError(err)
	}
	kept, err := store.New(context.Background(), store.Options{Database: database, Name: storeName(c.Store), Keys: keys.read, Now: time.Now, Logger: logger})
	if err != nil {
		_ = database.Close() // err is what the caller has to know
		return nil, storeError(err)
	}
	return kept, nil
}

// storeError names the flag that an error is about.
func storeError(err error) error {
	var usage *usageError
	if err == nil || errors.As(err, &usage) {
		return err
	}
	return fmt.Errorf("--store %w", err)
}

func (c *serveCommand) openDatabase(logger *slog.Logger) (store.Database, storeKeys, error) {
	keys := storeKeys{given: c.StoreKey, logger: logger}
	file, isFile := strings.CutPrefix(c.Store, "sqlite:")
	switch {
	case isFile && file == "":
		return nil, keys, &usageError{errors.New("--store: name the file, as in sqlite:awalmock.db")}
	case isFile:
		keys.file = file + ".key"
		database, err := sqlite.Open(context.Background(), sqlite.Options{Path: file, Now: time.Now, RunOn: c.Clock.RunOn})
		if err != nil {
			return nil, keys, err
		}
		return database, keys, nil
	case isPostgres(c.Store):
		if c.StoreKey == "" {
			return nil, keys, &usageError{errors.New("--store-key: a store in PostgreSQL needs one: mockserver store key prints a new key")}
		}
		database, err := postgres.Open(context.Background(), postgres.Options{
			URL: c.Store, Patience: patience, RunOn: c.Clock.RunOn, Warn: func(text string) { logger.Warn(text, "store", storeName(c.Store)) },
		})
		if err != nil {
			return nil, keys, err
		}
		return database, keys, nil
	}
	return nil, keys, &usageError{fmt.Errorf("--store: must be memory, sqlite:FILE or postgres://USER@HOST/NAME, not %q", c.Store)}
}

func isPostgres(name string) bool {
	return strings.HasPrefix(name, "postgres://") || strings.HasPrefix(name, "postgresql://")
}

// storeName is what --store says, without a password.
func storeName(name string) string {
	if !isPostgres(name) {
		return name
	}
	u, err := url.Parse(name)
	if err != nil {
		return "postgres"
	}
	return u.Scheme + "://" + u.User.Username() + "@" + u.Host + u.Path
}

type migrateCommand struct {
	Store string `required:"" placeholder:"postgres://OWNER@HOST/NAME" help:"The database, with the role that owns its tables."`
}

// run makes or upgrades the tables in PostgreSQL. A file of SQLite upgrades itself.
func (c *migrateCommand) run(ctx context.Context, stdout, _ io.Writer) error {
	if !isPostgres(c.Store) {
		return &usageError{errors.New("--store: only PostgreSQL is migrated by a command, postgres://OWNER@HOST/NAME; a file of SQLite upgrades itself when the mock starts")}
	}
	version, err := postgres.Migrate(ctx, c.Store)
	if err != nil {
		return storeError(err)
	}
	_, err = fmt.Fprintf(stdout, `The tables are there (schema awalmock, layout %d). The mock runs as a role that does not own them:

  CREATE ROLE awalmock LOGIN PASSWORD '…';
  GRANT USAGE ON SCHEMA awalmock TO awalmock;
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA awalmock TO awalmock;
`, version)
	return err
}
