package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/commandline"
	"example.com/awalmock/mockserver/server"
)

// cli is the command line. Every flag is also MOCK_… in the environment; the flag wins.
type cli struct {
	Serve   serveCommand     `cmd:"" default:"withargs" help:"Run the mock. This is the default: ${name} [flags] does the same. The other commands are ${name} init, sign, listen, trigger, spec, store, migrate and completion. Every flag is also a variable of the environment (--rate-limit: MOCK_RATE_LIMIT) and a key of the file --config; the flag wins, then the environment."`
	Version kong.VersionFlag `help:"Print version, commit, contract version and Go version, and exit."`

	Init    initCommand    `cmd:"" help:"Write a commented file of settings and a folder of fixtures to start from."`
	Sign    signCommand    `cmd:"" help:"Print a curl line that signs a request as it runs."`
	Listen  listenCommand  `cmd:"" help:"Forward the webhooks of a mock, wherever it runs, to an address on this machine."`
	Spec    specCommand    `cmd:"" help:"Print the OpenAPI document, as it is written or in OpenAPI 3.1."`
	Store   storeCommand   `cmd:"" help:"Look after a store: its key, a check, files of events, and its size."`
	Migrate migrateCommand `cmd:"" help:"Make or upgrade the tables of a store in PostgreSQL."`
	Trigger triggerCommand `cmd:"" help:"Let a mock send a webhook that did not happen."`

	Completion completionCommand `cmd:"" help:"Print a script that completes this program's commands and flags in a shell."`
	Man        manCommand        `cmd:"" hidden:"" help:"Print the man page."`

	Config string `placeholder:"FILE" help:"YAML file with flags as keys; a flag or the environment wins. The command init writes one."`
}

// A command is what the command line asks for.
type command interface {
	run(ctx context.Context, stdout, stderr io.Writer) error
}

// usageError is wrong use of the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() + " (see --help)" }
func (e *usageError) Unwrap() error { return e.err }

// parse reads the command line, over the environment. The command is nil when only help or the version was asked for.
func parse(args []string, env environment, stdout io.Writer) (command, error) {
	var c cli
	done := false
	file := &configFile{path: cmp.Or(commandline.ValueOf(args, "--config"), env[variable("config")])}
	parser, err := kong.New(&c,
		kong.Name(programName()),
		kong.Description("A mock of the Awal Conversations API: signed, validated, with believable data. Unofficial.\n\nEvery flag is also a variable MOCK_… in the environment (--rate-limit: MOCK_RATE_LIMIT) and a key of the file that --config names; the flag wins, then the environment."),
		kong.Vars{"version": "awalmock " + awalmock.ReadBuild().String(), "name": programName()},
		kong.Writers(stdout, io.Discard),
		kong.Exit(func(int) { done = true }),
		kong.Resolvers(file, env), // the last one that has a value wins
		kong.TypeMapper(reflect.TypeFor[time.Duration](), kong.MapperFunc(duration)),
		kong.KindMapper(reflect.Uint64, kong.MapperFunc(positive)),
		kong.UsageOnError(),
	)
	if err != nil {
		return nil, err
	}
	if err := file.read(flagNames(parser.Model.Node)); err != nil {
		return nil, &usageError{err}
	}
	if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
		args = []string{"serve", "--help"} // the flags that are looked for are those of the default command
	}
	parsed, err := parser.Parse(args)
	if done {
		return nil, nil
	}
	if err == nil {
		err = notEmpty(parsed.Flags())
	}
	if err != nil {
		return nil, &usageError{file.blame(err, args, env)}
	}
	return c.chosen(parsed.Command(), parser.Model, env), nil
}

// chosen is the command that the arguments name, with what it has to know of the program.
func (c *cli) chosen(words string, app *kong.Application, env environment) command {
	c.Serve.Warnings = env.unknown(app.Node)
	c.Spec.Warnings = c.Serve.Warnings
	c.Sign.Warnings, c.Listen.Warnings, c.Trigger.Warnings = c.Serve.Warnings, c.Serve.Warnings, c.Serve.Warnings
	name, _, _ := strings.Cut(words, " ")
	switch name {
	case "init":
		c.Init.app = app
		return &c.Init
	case "sign":
		return &c.Sign
	case "listen":
		return &c.Listen
	case "spec":
		return &c.Spec
	case "migrate":
		return &c.Migrate
	case "store":
		return c.Store.chosen(words)
	case "trigger":
		return &c.Trigger
	case "completion":
		c.Completion.app = app
		return &c.Completion
	case "man":
		c.Man.app = app
		return &c.Man
	}
	return &c.Serve
}

// duration reads a flag that says how long.
func duration(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("duration", &text); err != nil {
		return err
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("must be a duration such as 500ms, 2s or 12h, not %q", text)
	}
	target.Set(reflect.ValueOf(d))
	return nil
}

// positive reads a flag that is a number of at least 1.
func positive(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return fmt.Errorf("must be a whole number from 1 to %d, not %q", uint64(math.MaxUint64), text)
	}
	target.SetUint(n)
	return nil
}

// clockFlag is "real", "wall", or the instant that the stopped clocks of the workspaces show.
type clockFlag struct {
	time.Time
	RunOn bool // wall: the clocks of a mock with a store run on while it does not run
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (c *clockFlag) UnmarshalText(text []byte) error {
	if word := string(text); word == "real" || word == "wall" {
		c.RunOn = word == "wall"
		return nil
	}
	at, err := time.Parse(time.RFC3339, strings.ToUpper(string(text))) // RFC 3339 allows small letters
	if err != nil {
		return errors.New("must be real, wall or a time such as 2024-01-20T12:00:00Z")
	}
	if year := at.UTC().Year(); year < 1970 || year > 9000 { // the API's timestamps count from 1970
		return errors.New("must be in a year from 1970 to 9000")
	}
	c.Time = at
	return nil
}

// asUsage turns an option that the server does not understand into wrong use.
func asUsage(err error) error {
	var option *server.UsageError
	if errors.As(err, &option) {
		return &usageError{err}
	}
	return err
}
