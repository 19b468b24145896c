package cli

import (
	"context"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"example.com/awalmock/mockserver/commandline"
)

// programName is the name under which this program was started, to be used in help and messages.
func programName() string { return commandline.Name(os.Args[0], "mockserver") }

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`

	app *kong.Application
}

func (c *completionCommand) run(_ context.Context, stdout, _ io.Writer) error {
	return commandline.Completion(stdout, c.Shell, programName(), c.app)
}

type manCommand struct{ app *kong.Application }

func (c *manCommand) run(_ context.Context, stdout, _ io.Writer) error {
	return commandline.ManPage(stdout, programName(), c.app)
}
