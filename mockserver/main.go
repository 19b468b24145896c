// Command mockserver is a mock of the Awal Conversations API: signed, validated, with believable data.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"example.com/awalmock/mockserver/internal/printable"
)

func main() {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup does
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // who reads the log or the banner may leave
	context.AfterFunc(ctx, stop)   // a second signal does not wait for requests in flight
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, programName()+": "+printable.Line(err.Error()))
		stop()
		os.Exit(exitCode(err))
	}
}

// run is the program. It returns when ctx ends, or with an error that says in one line what, where and what to do.
func run(ctx context.Context, args []string, environ []string, stdout, stderr io.Writer) error {
	env := readEnvironment(environ)
	command, err := parse(args, env, stdout)
	switch {
	case err != nil:
		stale := addrFileOf(args, env)
		_ = stale.clear() // err is what has to be told
	case command != nil:
		err = command.run(ctx, stdout, stderr)
	}
	return env.blame(err, args)
}

// exitCode is 2 for wrong use, 1 for everything else that fails.
func exitCode(err error) int {
	var usage *usageError
	if errors.As(err, &usage) {
		return 2
	}
	return 1
}
