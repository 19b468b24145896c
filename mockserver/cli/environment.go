package cli

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"example.com/awalmock/mockserver/internal/spec"
)

const envPrefix = "MOCK_"

// variable is a flag's name in the environment: MOCK_RATE_LIMIT for rate-limit.
func variable(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// An environment has the values of the variables MOCK_…, by name. Space around a value does not count, and an empty variable is as good as
// one that is not set, as files of variables leave them.
type environment map[string]string

func readEnvironment(env []string) environment {
	e := environment{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		if value = strings.TrimSpace(value); value != "" && strings.HasPrefix(strings.ToUpper(name), envPrefix) {
			e[name] = value
		}
	}
	return e
}

// Resolve implements kong.Resolver: it finds the value of a flag that is not on the command line.
func (e environment) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, ok := e[variable(flag.Name)]
	if !ok || aboutTheProgram(flag.Name) {
		return nil, nil
	}
	return value, nil
}

// Validate implements kong.Resolver.
func (environment) Validate(*kong.Application) error { return nil }

// aboutTheProgram reports whether a flag asks the program about itself: these are no settings.
func aboutTheProgram(flag string) bool { return flag == "help" || flag == "version" }

// unknown says, a line each, which variables no flag of any command has, and which one was probably meant.
func (e environment) unknown(app *kong.Node) (lines []string) {
	flags := flagNames(app)
	for _, name := range slices.Sorted(maps.Keys(e)) {
		flag := strings.ToLower(strings.ReplaceAll(name[len(envPrefix):], "_", "-"))
		if slices.Contains(flags, flag) && name == variable(flag) {
			continue
		}
		line := name + " in the environment is not a setting of this program and is ignored"
		if nearest := spec.Nearest(flag, flags); nearest != "" {
			line += "; did you mean " + variable(nearest) + "?"
		} else {
			line += "; --help lists the settings"
		}
		lines = append(lines, line)
	}
	return lines
}

// flagNames are the settings of a command and of those under it.
func flagNames(command *kong.Node) (names []string) {
	for _, flag := range command.Flags {
		if !aboutTheProgram(flag.Name) {
			names = append(names, flag.Name)
		}
	}
	for _, child := range command.Children {
		names = append(names, flagNames(child)...)
	}
	return names
}

// flagOf is the flag that an error begins with.
var flagOf = regexp.MustCompile(`^--([a-z-]+)`)

// blame adds to an error about a flag's value that the value is a variable's.
func (e environment) blame(err error, args []string) error {
	if err == nil {
		return nil
	}
	match := flagOf.FindStringSubmatch(err.Error())
	if match == nil {
		return err
	}
	given := slices.ContainsFunc(args, func(arg string) bool { return arg == match[0] || strings.HasPrefix(arg, match[0]+"=") })
	if _, set := e[variable(match[1])]; !set || given {
		return err
	}
	var usage *usageError
	if errors.As(err, &usage) {
		return &usageError{fmt.Errorf("%w (set by %s in the environment)", usage.err, variable(match[1]))}
	}
	return fmt.Errorf("%w (set by %s in the environment)", err, variable(match[1]))
}

// notEmpty refuses a flag that was given nothing, as "$VARIABLE" in a script may do.
func notEmpty(flags []*kong.Flag) error {
	for _, flag := range flags {
		if text, ok := flag.Target.Interface().(string); ok && flag.Set && text == "" {
			return errors.New("--" + flag.Name + ": is empty; give it a value, or leave the flag away")
		}
	}
	return nil
}
