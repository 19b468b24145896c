//go:build unix

package cli

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestSIGTERMEndsAStartThatWaitsForAPipe(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "spec.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd, _, stderr := program(t, nil, "--addr", "127.0.0.1:0", "--spec", pipe)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, stderr: stderr}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	// Until the process reads, opening to write without waiting fails: only then is it certain that it hears signals.
	var writer *os.File
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for writer == nil {
		<-tick.C
		fd, err := syscall.Open(pipe, syscall.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			writer = os.NewFile(uintptr(fd), pipe)
		}
	}
	defer writer.Close()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := p.ends(t); err != nil {
		t.Errorf("%v: %s", err, stderr)
	}
}

func TestTheMockGoesOnWhenTheReaderOfItsLogLeaves(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "addr")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), path, "--addr", "127.0.0.1:0", "--addr-file", file)
	cmd.Stdout, cmd.Stderr = writer, writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	reader.Close() // the banner is not read either
	writer.Close()
	var text []byte
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); len(text) == 0; <-tick.C {
		if text, _ = os.ReadFile(file); time.Since(began) > 50*time.Second {
			t.Fatal("the mock is not ready")
		}
	}
	for range 3 {
		response, err := http.Get(strings.TrimSpace(string(text)) + "/templates") // each is a line of the log
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
}
