package cli

import (
	"context"
	_ "embed" // for the workspace to start from
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

//go:embed init/my-shop.yaml
var firstWorkspace []byte

type initCommand struct {
	Folder string `arg:"" optional:"" default:"." help:"Folder to write into; it is made if it is not there (the current one)."`

	app *kong.Application
}

// run writes a file of settings and a workspace of fixtures. A file that exists is never overwritten: then nothing is written.
func (c *initCommand) run(_ context.Context, stdout, _ io.Writer) error {
	files := []struct {
		path string
		data []byte
	}{
		{filepath.Join(c.Folder, "awalmock.yaml"), c.config()},
		{filepath.Join(c.Folder, "fixtures", "workspaces", "my-shop.yaml"), firstWorkspace},
	}
	for _, f := range files {
		if _, err := os.Lstat(f.path); err == nil {
			return &usageError{fmt.Errorf("%s exists and is left as it is; remove it, or name another folder: init FOLDER", f.path)}
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(f.path, f.data, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(stdout, "wrote "+f.path)
	}
	start := ""
	if c.Folder != "." {
		start = fmt.Sprintf("cd %q && ", c.Folder)
	}
	_, err := fmt.Fprintf(stdout, "\nStart the mock with them:\n\n  %s%s --config awalmock.yaml\n", start, programName())
	return err
}

// plainScalar is a value that YAML takes as it is.
var plainScalar = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.:/=,-]*$`)

// config is a file with each setting of the mock in a comment, but for the folder of fixtures that is written beside it.
func (c *initCommand) config() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Settings of the mock: %s --config awalmock.yaml\n", programName())
	b.WriteString("# A flag or a variable of the environment (MOCK_SEED for seed) wins over this file. A line without the first # sets something.\n\nfixtures: fixtures\n")
	for _, flag := range c.app.DefaultCmd.Flags {
		if flag.Hidden || flag.Name == "fixtures" {
			continue
		}
		value := flag.Default
		if value == "" && flag.IsBool() {
			value = "false"
		}
		if !plainScalar.MatchString(value) && value != "" {
			value = strconv.Quote(value)
		}
		fmt.Fprintf(&b, "\n# %s\n", flag.Help)
		fmt.Fprintln(&b, strings.TrimRight("#"+flag.Name+": "+value, " "))
	}
	return []byte(b.String())
}
