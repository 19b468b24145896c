package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/awalmock"
	builtin "example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/internal/seed"
	"example.com/awalmock/mockserver/internal/store"
	"example.com/awalmock/mockserver/internal/store/postgres"
	"example.com/awalmock/mockserver/internal/store/sqlite"
	"example.com/awalmock/mockserver/server"
)

// A storePlace names the store of a command.
type storePlace struct {
	Store string `required:"" placeholder:"sqlite:FILE|postgres://…" help:"The store."`
}

// file is the path of a store in SQLite; "" for one in PostgreSQL.
func (p storePlace) file() (string, error) {
	file, isFile := strings.CutPrefix(p.Store, "sqlite:")
	switch {
	case isFile && file != "":
		return file, nil
	case isFile:
		return "", &usageError{errors.New("--store: name the file, as in sqlite:awalmock.db")}
	case isPostgres(p.Store):
		return "", nil
	}
	return "", &usageError{fmt.Errorf("--store: must be sqlite:FILE or postgres://USER@HOST/NAME, not %q", p.Store)}
}

// openToRead opens the store without a change; a mock may use it meanwhile.
func (p storePlace) openToRead(ctx context.Context) (store.Source, error) {
	file, err := p.file()
	if err != nil {
		return nil, err
	}
	var from store.Source
	if file != "" {
		from, err = sqlite.OpenToRead(ctx, file)
	} else {
		from, err = postgres.OpenToRead(ctx, p.Store)
	}
	if err != nil {
		return nil, storeError(err)
	}
	return from, nil
}

type storeCheckCommand struct{ storePlace }

// run reads every event of the store, and writes a line for each problem.
func (c *storeCheckCommand) run(ctx context.Context, stdout, stderr io.Writer) error {
	from, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // it was only read
	found, err := store.Check(ctx, storeName(c.Store), from, func(problem error) { fmt.Fprintln(stderr, problem) })
	switch {
	case err != nil:
		return storeError(err)
	case found.Problems > 0:
		return fmt.Errorf("--store %s: %s; restore a copy", storeName(c.Store), plural(found.Problems, "problem"))
	}
	_, err = fmt.Fprintf(stdout, "%s: %s, %s, all of them there and readable\n", storeName(c.Store), plural(found.Workspaces, "workspace"), plural(found.Events, "event"))
	return err
}

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

type storeCompactCommand struct{ storePlace }

// run removes what no start reads again.
func (c *storeCompactCommand) run(ctx context.Context, stdout, _ io.Writer) error {
	file, err := c.file()
	if err != nil {
		return err
	}
	var dropped int64
	if file != "" {
		dropped, err = sqlite.Compact(ctx, file)
	} else {
		dropped, err = postgres.Compact(ctx, c.Store)
	}
	if err != nil {
		return storeError(err)
	}
	_, err = fmt.Fprintf(stdout, "%s: %s from before a reset removed\n", storeName(c.Store), plural(int(dropped), "event"))
	return err
}

type storeExportCommand struct {
	storePlace
	Workspaces []string `arg:"" optional:"" name:"workspace" help:"Workspaces; all of them if none is named."`
	Fixtures   string   `placeholder:"DIR" help:"Folder of fixtures that the store was made with, instead of the built-in ones."`
	To         string   `placeholder:"DIR" help:"Folder for a file WORKSPACE.ndjson each; without it, one workspace is printed."`
}

// run writes workspaces as files of events.
func (c *storeExportCommand) run(ctx context.Context, stdout, _ io.Writer) error {
	from, err := c.openToRead(ctx)
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // it was only read
	exports, err := c.exports(ctx, from)
	if err != nil {
		return err
	}
	if c.To == "" {
		if len(exports) != 1 {
			return &usageError{fmt.Errorf("--to: name a folder for the files of %s, or name one workspace", plural(len(exports), "workspace"))}
		}
		return storeError(exports[0].Write(ctx, from, stdout))
	}
	for _, x := range exports {
		path := filepath.Join(c.To, x.Workspace+".ndjson")
		if err := writeFile(path, func(to io.Writer) error { return x.Write(ctx, from, to) }); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(stdout, path); err != nil {
			return err
		}
	}
	return nil
}

// exports are the workspaces that are asked for.
func (c *storeExportCommand) exports(ctx context.Context, from store.Source) ([]*store.Export, error) {
	alive, err := from.Alive(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	entries, err := from.Entries(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	clients, err := c.clients(ctx, from)
	if err != nil {
		return nil, err
	}
	names := c.Workspaces
	if len(names) == 0 {
		for _, e := range entries {
			names = append(names, e.Workspace)
		}
	}
	build := awalmock.ReadBuild()
	exports := make([]*store.Export, 0, len(names))
	for _, name := range names {
		e, found := store.Find(entries, name)
		switch {
		case !found:
			return nil, fmt.Errorf("--store %s: there is no workspace %s", storeName(c.Store), name)
		case clients[name] == "":
			return nil, fmt.Errorf("--fixtures: they have no workspace %s: give those that the store was made with", name)
		}
		exports = append(exports, &store.Export{
			Entry: e, Name: storeName(c.Store), Client: clients[name], ProductVersion: build.Version, ContractVersion: build.Contract, Alive: alive,
		})
	}
	return exports, nil
}

// clients are the ids of the workspaces' clients: those of the fixtures, and those that the store has.
func (c *storeExportCommand) clients(ctx context.Context, from store.Source) (map[string]string, error) {
	serve := serveCommand{Fixtures: c.Fixtures}
	files, err := serve.fixtures()
	if err != nil {
		return nil, err
	}
	if files == nil {
		files = builtin.Files()
	}
	set, err := seed.LoadDir(files, builtin.Files())
	if err != nil {
		return nil, serve.explain(err)
	}
	ids := map[string]string{}
	for _, f := range set.Workspaces {
		ids[f.Workspace] = f.ClientID
	}
	kept, err := from.Clients(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	for _, k := range kept {
		if k.Number != "" {
			ids[k.Workspace] = k.ID
		}
	}
	return ids, nil
}

// writeFile writes a file whole, or leaves what was there.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), ".export-")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--to: there is no folder %s; make it first", filepath.Dir(path))
	case err != nil:
		return fmt.Errorf("--to: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name()) // err is what the caller has to know
		}
	}()
	if err := errors.Join(write(file), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

type storeImportCommand struct {
	storePlace
	StoreKey string    `placeholder:"KEY[,OLD]" help:"Key of the secrets in the store, as for the mock."`
	Files    []string  `arg:"" name:"file" help:"Files from store export or GET /__admin/events; - is the standard input."`
	Spec     string    `placeholder:"FILE" help:"OpenAPI document instead of the built-in one."`
	Fixtures string    `placeholder:"DIR" help:"Folder of fixtures instead of the built-in ones."`
	Seed     uint64    `default:"1" help:"Seed of everything generated (${default})."`
	Clock    clockFlag `default:"real" placeholder:"real|wall|TIME" help:"Workspace clock, as the mock is started with it (${default})."`
	LogLevel levelFlag `default:"warn" placeholder:"LEVEL" help:"What is logged: debug, info, warn or error (${default})."`
}

// run makes workspaces of a store what files say. No mock may use a file of SQLite meanwhile.
func (c *storeImportCommand) run(ctx context.Context, stdout, stderr io.Writer) (err error) {
	if _, err := c.file(); err != nil {
		return err
	}
	for _, name := range c.Files {
		if _, err := os.Stat(name); name != "-" && err != nil {
			return fmt.Errorf("%s: %w", name, errors.Unwrap(err))
		}
	}
	serve := serveCommand{Store: c.Store, StoreKey: c.StoreKey, Spec: c.Spec, Fixtures: c.Fixtures, Seed: c.Seed, Clock: c.Clock, LogLevel: c.LogLevel}
	options, err := serve.options(stderr)
	if err != nil {
		return err
	}
	if options.Store, err = serve.openStore(options.Logger); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, options.Store.Close()) }()
	mock, err := server.New(options)
	if err != nil {
		return serve.explain(err)
	}
	defer mock.Close()
	for _, name := range c.Files {
		if err := importFile(ctx, mock, name, stdout); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// importFile makes a workspace what a file says, and prints what there is now.
func importFile(ctx context.Context, mock *server.Server, name string, stdout io.Writer) error {
	from := io.Reader(os.Stdin)
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return errors.Unwrap(err) // the caller names it
		}
		defer file.Close()
		from = file
	}
	made, err := mock.Import(ctx, from)
	if err != nil {
		return err
	}
	line := fmt.Sprintf("%s: %s", made.Domain, plural(int(made.Events), "event"))
	if w := made.Made; w != nil {
		line += fmt.Sprintf("; it is new: client id %s, secret %s", w.ClientID, w.Secret)
	}
	_, err = fmt.Fprintln(stdout, line)
	return err
}
