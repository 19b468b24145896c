package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// An addrFile says to scripts where the mock is. It is there only while the mock is ready: a script that waits for it never reads what an
// earlier run has left behind. The zero addrFile is none.
type addrFile struct {
	path    string
	written string // by this process
}

// clear removes what an earlier run has left behind.
func (f *addrFile) clear() error {
	if f.path == "" {
		return nil
	}
	if info, err := os.Stat(filepath.Dir(f.path)); err != nil || !info.IsDir() {
		return fmt.Errorf("--addr-file: there is no folder %s", filepath.Dir(f.path))
	}
	info, err := os.Stat(f.path)
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("--addr-file: %s is no ordinary file; name a file that may be replaced", f.path)
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("--addr-file: %w", err)
	}
	return nil
}

// write writes the base URL in one step, so that no reader sees half of it.
func (f *addrFile) write(url string) error {
	if f.path == "" {
		return nil
	}
	temporary, err := os.CreateTemp(filepath.Dir(f.path), ".addr-*")
	if err != nil {
		return fmt.Errorf("--addr-file: %w", err)
	}
	f.written = url + "\n"
	_, err = temporary.WriteString(f.written)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), f.path)
	}
	if err != nil {
		return fmt.Errorf("--addr-file: %w", errors.Join(err, os.Remove(temporary.Name())))
	}
	return nil
}

// remove removes what this process has written. Another mock's address, written to the same file since, stays.
func (f *addrFile) remove() {
	if text, err := os.ReadFile(f.path); err == nil && f.written != "" && string(text) == f.written {
		os.Remove(f.path) //nolint:errcheck // the mock ends and can do nothing about it
	}
}

// addrFileOf finds the file in a command line that cannot be understood: also then an old address must not stay.
func addrFileOf(args []string, env environment) addrFile {
	if slices.Contains(args, "sign") {
		return addrFile{}
	}
	path := env[variable("addr-file")]
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, "--addr-file="); ok {
			path = value
		} else if arg == "--addr-file" && i+1 < len(args) {
			path = args[i+1]
		}
	}
	return addrFile{path: path}
}
