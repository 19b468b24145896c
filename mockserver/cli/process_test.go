package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// binary builds the program once: exit codes and stopping are promises of the built program.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "mockserver-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "mockserver")
	out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput()
	if err != nil {
		return dir, fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := runTests(m)
	if path, _ := binary(); path != "" {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// output is what a process has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// process is a running mock.
type process struct {
	url            string
	cmd            *exec.Cmd
	stdout, stderr *output
}

// program is a command that is not started yet, and that has to end by itself.
func program(t *testing.T, env []string, args ...string) (*exec.Cmd, *output, *output) {
	t.Helper()
	return programFor(t, time.Minute, env, args...)
}

// programFor is a command that is not started yet, and that is killed after a time.
func programFor(t *testing.T, life time.Duration, env []string, args ...string) (*exec.Cmd, *output, *output) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), life)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, env...)
	cmd.Dir = t.TempDir()
	stdout, stderr := &output{}, &output{}
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// launch starts a mock and waits until its address is written, and its banner.
func launch(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	file := filepath.Join(t.TempDir(), "addr")
	if i := slices.Index(args, "--addr-file"); i >= 0 {
		file = args[i+1]
	}
	// parallel subtests that need it may wait minutes for their turn
	cmd, stdout, stderr := programFor(t, 10*time.Minute, env, append([]string{"--addr", "127.0.0.1:0", "--addr-file", file}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if text, err := os.ReadFile(file); err == nil && stdout.String() != "" {
				return &process{strings.TrimSpace(string(text)), cmd, stdout, stderr}
			}
		case <-deadline.C:
			t.Fatalf("no address: %s", stderr)
		}
	}
}

// fails runs the program to its end and gives exit code and what it printed.
func fails(t *testing.T, env []string, args ...string) (code int, printed string) {
	t.Helper()
	cmd, _, stderr := program(t, env, args...)
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatalf("%v: %v", args, err)
	}
	return exit.ExitCode(), stderr.String()
}

// shell runs a line as if it were pasted.
func shell(t *testing.T, line string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", line).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", line, err, out)
	}
	return string(out)
}

// curlLine is the line of a banner that begins the request.
func curlLine(t *testing.T, banner string) string {
	t.Helper()
	for line := range strings.Lines(banner) {
		if strings.Contains(line, "curl ") && strings.Contains(line, "openssl") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatalf("no curl line in %s", banner)
	return ""
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
