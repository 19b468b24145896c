package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"example.com/awalmock/mockserver/internal/store"
)

// storeCommand has the commands about a store.
type storeCommand struct {
	Key     storeKeyCommand     `cmd:"" help:"Print a new key for --store-key."`
	Check   storeCheckCommand   `cmd:"" help:"Read every event of a store, and say which workspace has one that is missing or cannot be read. A mock may run meanwhile."`
	Export  storeExportCommand  `cmd:"" help:"Write workspaces as files of events, as GET /__admin/events gives them. A mock may run meanwhile. No secret and no webhook is in them."`
	Import  storeImportCommand  `cmd:"" help:"Make workspaces what files of events say, and nothing of what they were stays. A workspace that is not there is created, and its new credentials are printed."`
	Compact storeCompactCommand `cmd:"" help:"Remove the events from before each workspace's last reset, which no start reads again."`
}

// chosen is the one that the command line asks for.
func (c *storeCommand) chosen(words string) command {
	switch {
	case strings.HasPrefix(words, "store check"):
		return &c.Check
	case strings.HasPrefix(words, "store export"):
		return &c.Export
	case strings.HasPrefix(words, "store import"):
		return &c.Import
	case strings.HasPrefix(words, "store compact"):
		return &c.Compact
	}
	return &c.Key
}

type storeKeyCommand struct{}

func (*storeKeyCommand) run(_ context.Context, stdout, _ io.Writer) error {
	_, err := fmt.Fprintln(stdout, store.NewKey())
	return err
}

// storeKeys finds the keys of a store's secrets.
type storeKeys struct {
	given  string // --store-key; "": the file has it
	file   string
	logger *slog.Logger
}

// read gives the keys; the first one encrypts. The file is made when there is none, unless there are secrets already: a new key would
// open none of them.
func (k storeKeys) read(sealed bool) ([]store.Key, error) {
	if k.given != "" {
		keys, err := parseKeys(k.given)
		if err != nil {
			return nil, &usageError{fmt.Errorf("--store-key: %w", err)}
		}
		return keys, nil
	}
	text, err := os.ReadFile(k.file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && sealed:
		return nil, fmt.Errorf("the secrets in it are encrypted, and their key, the file %s, is missing: restore it, or give the key with --store-key", k.file)
	case errors.Is(err, fs.ErrNotExist):
		text, err = []byte(store.NewKey()), nil
		if err := os.WriteFile(k.file, append(text, '\n'), 0o600); err != nil {
			return nil, err
		}
		k.logger.Warn("a key for the secrets in the store was made; a copy of the store needs a copy of it", "file", k.file)
	}
	if err != nil {
		return nil, err
	}
	keys, err := parseKeys(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("the key in %s %w", k.file, err)
	}
	return keys, nil
}

// parseKeys reads keys with commas between.
func parseKeys(text string) ([]store.Key, error) {
	var keys []store.Key
	for one := range strings.SplitSeq(text, ",") {
		key, err := store.ParseKey(strings.TrimSpace(one))
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}
