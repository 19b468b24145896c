package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestStopAtEOF_EndsWithTheProgramThatStartedIt closes the pipe that the mock reads, as the end of its parent does.
func TestStopAtEOF_EndsWithTheProgramThatStartedIt(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "addr")
	cmd, _, stderr := program(t, nil, "--addr", "127.0.0.1:0", "--addr-file", file, "--stop-at-eof")
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil { // the test fails after a minute
		t.Errorf("%v: %s", err, stderr)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("the file with the address is still there")
	}
}
