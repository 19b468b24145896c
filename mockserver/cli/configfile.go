package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"example.com/awalmock/mockserver/commandline"
)

// A configFile is the file that --config names: values of flags that neither the command line nor the environment gives.
type configFile struct {
	path   string // "": there is none
	values map[string]string
}

// read reads the file, which may set the known flags.
func (f *configFile) read(known []string) (err error) {
	if f.path == "" {
		return nil
	}
	f.values, err = commandline.ReadConfig(f.path, known, func(string) string { return "," })
	if err != nil {
		return fmt.Errorf("--config: %w", err)
	}
	return nil
}

// Resolve implements kong.Resolver.
func (f *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	if value, ok := f.values[flag.Name]; ok {
		return value, nil
	}
	return nil, nil
}

// Validate implements kong.Resolver.
func (*configFile) Validate(*kong.Application) error { return nil }

// blame adds to an error about a flag's value that the value is the file's.
func (f *configFile) blame(err error, args []string, env environment) error {
	match := flagOf.FindStringSubmatch(err.Error())
	if match == nil || f.values[match[1]] == "" || cmp.Or(env[variable(match[1])], commandline.ValueOf(args, match[0])) != "" || slices.Contains(args, match[0]) {
		return err
	}
	text := fmt.Sprintf("%s (set by %s in %s)", err, match[1], f.path)
	return errors.New(strings.TrimSpace(text))
}
