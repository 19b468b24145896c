package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestSIGTERMEndsARunThatWaitsForAPipe(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--spec", "--baseline"} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			pipe := filepath.Join(t.TempDir(), "pipe")
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			var stderr bytes.Buffer
			command := exec.CommandContext(t.Context(), os.Args[0], flag, pipe) // killed at the end if it does not hear
			command.Env, command.Stderr = append(os.Environ(), asProgram+"=1"), &stderr
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			// Until the process reads, opening to write without waiting fails: only then is it certain that it hears signals.
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for {
				<-tick.C
				fd, err := syscall.Open(pipe, syscall.O_WRONLY|syscall.O_NONBLOCK, 0)
				if err == nil {
					defer syscall.Close(fd)
					break
				}
			}
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- command.Wait() }()
			select {
			case <-ended:
			case <-time.After(time.Minute):
				t.Fatal("it does not end")
			}
			if code := command.ProcessState.ExitCode(); code != exitUsage || !strings.Contains(stderr.String(), "stopped before") {
				t.Errorf("exit code %d: %s", code, stderr.String())
			}
		})
	}
}

func TestARunThatIsInterruptedSaysWhatWasNotCheckedAndWritesItsReports(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	stopping, stop := context.WithCancel(t.Context())
	var requests atomic.Int64
	target := serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if requests.Add(1) == 200 { // after the crawl, with failures found
			stop()
		}
		free.ServeHTTP(out, r)
	}))
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(stopping, append([]string{"--base-url", target, "--report-dir", dir}, credentials...), nil, &stdout, &stderr)
	for _, want := range []string{"ERROR", "the run was interrupted after ", "not checked: ", "more requirements"} {
		if code != 2 || !strings.Contains(stdout.String(), want) {
			t.Errorf("exit %d, no %q in\n%s", code, want, stdout.String())
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil || !strings.Contains(string(raw), "it was interrupted") {
		t.Errorf("%v: %.500s", err, raw)
	}
}
