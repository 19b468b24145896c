// Package cli is the mock as a program: its commands, flags, banner and log. It is a package so that one program can be both the mock and the
// suite, as the packages for npm and for systems have it.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"example.com/awalmock/mockserver/commandline"
	"example.com/awalmock/mockserver/internal/printable"
)

// Main runs the program with the arguments and the environment of this process, and returns its exit code: 0, 1 for what fails, and 2 for wrong
// use. It ends with Ctrl-C or SIGTERM.
func Main() int {
	if !strings.Contains(os.Getenv("GODEBUG"), "memprofilerate=") {
		runtime.MemProfileRate = 0 // few look at a profile of the memory, and its samples take more than a megabyte
	}
	collectLate(os.Getenv)
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // as nohup does
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := commandline.UntilSignal(signals...) // a second one does not wait for requests in flight
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // who reads the log or the banner may leave
	if err := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, programName()+": "+printable.Line(err.Error()))
		return exitCode(err)
	}
	return 0
}

// run is the program. It returns when ctx ends, or with an error that says in one line what, where and what to do.
func run(ctx context.Context, args []string, environ []string, stdout, stderr io.Writer) error {
	env := readEnvironment(environ)
	command, err := parse(args, env, stdout)
	switch {
	case err != nil:
		stale := addrFileOf(args, env)
		_ = stale.clear() // err is what the caller has to know
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
