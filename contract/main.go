// Package main is the contract suite as a program: it checks a target and writes reports, and its exit code is the verdict.
//
// It must never judge: what holds and what does not is the suite's to say.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	_ "golang.org/x/crypto/x509roots/fallback" // an image made from scratch has no certificates of its own

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/cli"
	"example.com/awalmock/mockserver/commandline"
	"example.com/awalmock/mockserver/mocktest"
)

// Exit codes. The report's own are 0, 1 and 3, and 2 where cases could not run.
const exitUsage = 2

// memoryAim is the memory limit that the garbage collector tries to keep. It is needed because the target decides how much there is to read.
const memoryAim = 280 << 20

// garbage is GOGC, unless the environment sets it: most of what a run allocates is used once, so twice the heap is collected half as often.
const garbage = 200

func main() {
	if commandline.Name(os.Args[0], "") == "awalmock" { // packages have this program under both names
		os.Exit(cli.Main())
	}
	debug.SetMemoryLimit(memoryAim)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	log.SetOutput(io.Discard) // net/http logs there what a target sent
	ctx, stop := commandline.UntilSignal(os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program: it returns the exit code, and no secret leaves it.
func run(ctx context.Context, args, env []string, stdout, stderr io.Writer) int {
	hide := suite.Masker(secretsIn(args, env)...)
	stdout, stderr = &masking{stdout, hide}, &masking{stderr, hide}
	flags, err := parse(args, env, stdout)
	if errors.Is(err, errDone) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, programName()+":", suite.CleanLine(blame(err, args, env).Error()))
		return exitUsage
	}
	for _, variable := range flags.Unknown {
		fmt.Fprintln(stderr, programName()+": warning:", suite.CleanLine(fmt.Sprint(variable)))
	}
	hide = suite.Masker(append(secretsIn(args, env), flags.HMACSecret, flags.SecondHMACSecret, flags.ControlToken, flags.WebhookSecret, flags.receiverSecret())...)
	stdout, stderr = &masking{stdout, hide}, &masking{stderr, hide}
	command := check
	if flags.Receiver != nil {
		command = checkReceiver
	}
	code, err := command(ctx, flags, env, stdout, &masking{innermost(stderr), hide})
	if err != nil {
		fmt.Fprintln(stderr, programName()+":", suite.CleanLine(blame(err, args, env).Error()))
		return exitUsage
	}
	return code
}

// check does what the flags ask for. An error is a wrong use, a target that cannot be checked, or a report that cannot be written.
func check(ctx context.Context, flags *flags, env []string, stdout io.Writer, stderr *masking) (int, error) {
	runner, err := githubOf(flags.Annotations, flags.Spec, env)
	if err != nil {
		return 0, err
	}
	cfg, err := configUnless(ctx, flags)
	if flags.Matrix {
		return 0, matrix(cfg, flags.JSON, stdout)
	}
	if flags.List {
		if err != nil {
			return 0, err
		}
		return 0, list(cfg, flags.JSON, stdout)
	}
	var before *suite.Report
	if err == nil {
		before, err = earlier(flags.Since, stderr) // it may be in the directory that is cleared now
	}
	if flags.ReportDir != "" {
		if err := report.Prepare(flags.ReportDir); err != nil {
			return 0, fmt.Errorf("--report-dir cannot be written: %w", err)
		}
	}
	screen := newTerminal(stdout, stderr)
	var result suite.Report
	if err != nil {
		result = suite.UncheckedReport(cfg, err)
	} else {
		result, err = ask(ctx, flags, cfg, screen)
	}
	if before != nil {
		result.Since = suite.Compare(before, &result)
	}
	if failed := write(flags, &result, err != nil); failed != nil || err != nil {
		return 0, cmp.Or(err, failed, runner.show(&result, stderr))
	}
	if err := runner.show(&result, stderr); err != nil {
		return 0, err
	}
	if flags.JSON {
		return result.ExitCode, report.JSON(stdout, &result)
	}
	screen.summary(&result, flags.ReportDir)
	return result.ExitCode, nil
}

// ask runs the suite against the target, or against the mock in this process if there is none. The report says why nothing was checked, if the
// error is not nil.
func ask(ctx context.Context, flags *flags, cfg suite.Config, screen *terminal) (suite.Report, error) {
	if flags.BaseURL == "" && len(cfg.SendTo) == 0 {
		cfg.SendTo = inventedPhones() // of the mock in this process; on any other target, only phones that are given are written to
	}
	cfg.OnCase, cfg.OnNotice, cfg.Program = screen.progress, screen.notice, program()
	if flags.BaseURL == "" {
		mock, err := selfCheck(&cfg, flags.SelfCheckLimit)
		if err != nil {
			return suite.UncheckedReport(cfg, err), err
		}
		defer mock.Close()
	}
	result, err := suite.Run(ctx, cfg)
	screen.clear()
	return result, err
}

// earlier reads the report of an earlier run. If there is no such file yet, as in the first run of a job, it writes a notice and returns nil.
func earlier(path string, notices io.Writer) (*suite.Report, error) {
	if path == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(notices, "since: there is no %s yet, so nothing is compared\n", path)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("--since: %w", err)
	}
	var before suite.Report
	if err := json.Unmarshal(raw, &before); err != nil || before.Version != suite.ReportVersion {
		return nil, fmt.Errorf("--since %s: it is no report.json of this program (version %d)", path, suite.ReportVersion)
	}
	return &before, nil
}

// write writes the files that the flags name. There is no baseline of a run that checked nothing.
func write(flags *flags, result *suite.Report, unchecked bool) error {
	if flags.ReportDir != "" {
		if err := report.Write(flags.ReportDir, result); err != nil {
			return fmt.Errorf("the reports could not be written: %w", err)
		}
	}
	if flags.WriteBaseline != "" && !unchecked {
		if err := report.WriteBaseline(flags.WriteBaseline, result); err != nil {
			return fmt.Errorf("--write-baseline: %w", err)
		}
	}
	return nil
}

// configUnless reads what the flags name. When ctx ends before that is done, it returns at once: a file that is a pipe can take
// for ever to be read, and nothing interrupts that.
func configUnless(ctx context.Context, flags *flags) (suite.Config, error) {
	type read struct {
		cfg suite.Config
		err error
	}
	done := make(chan read, 1)
	go func() {
		cfg, err := flags.config()
		done <- read{cfg, err}
	}()
	select {
	case r := <-done:
		return r.cfg, r.err
	case <-ctx.Done():
		return suite.Config{}, errors.New("stopped before --spec and --baseline were read")
	}
}

// inventedPhones are three that the mock's fixtures do not know, and one that they do.
func inventedPhones() []string {
	return []string{"966555000001", "966555000002", "966555000003", "96650000000"}
}

// selfCheck starts the mock in this process, with the given rate limit, and points the run at it. The default limit can be used up, and its
// window comes back, in the time of a self-check.
func selfCheck(cfg *suite.Config, limit string) (*mocktest.Mock, error) {
	options := []mocktest.Option{mocktest.RateLimit(limit)}
	if cfg.Spec != nil { // the mock answers by the document that it is held to
		options = append(options, mocktest.Spec(cfg.SpecName, cfg.Spec))
	}
	mock, err := mocktest.New(options...)
	if err != nil {
		return nil, fmt.Errorf("the mock in this process does not start: %w", err)
	}
	cfg.BaseURL, cfg.Command = mock.URL, program()
	for i, into := range []*suite.Credentials{&cfg.Credentials, &cfg.Second} {
		if list := mock.Workspaces(); i < len(list) {
			*into = suite.Credentials{Domain: list[i].Domain, ClientID: list[i].ClientID, HMACSecret: list[i].Secret, PhoneNumberID: list[i].PhoneNumberIDs[0]}
		}
	}
	return mock, nil
}

// program returns the command that starts this program again: the one that started it or, with go run, whose executable is deleted at the end, go run itself.
func program() string {
	path := os.Args[0]
	if strings.Contains(path, string(os.PathSeparator)+"go-build") || strings.HasSuffix(path, ".test") {
		return "go run ./contract"
	}
	return path
}
