package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/awalmock/contract/suite"
)

const envPrefix = "CONTRACT_"

// variable is a flag's name in the environment.
func variable(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// environment are the values of the variables CONTRACT_…, by the names that their flags would have. Space around a value does not count, and an
// empty variable is as good as one that is not set, as files of variables leave them.
func environment(env []string) map[string]string {
	out := map[string]string{}
	for _, entry := range env {
		name, value, _ := strings.Cut(entry, "=")
		value = strings.TrimSpace(value)
		if short, ok := strings.CutPrefix(name, envPrefix); ok && value != "" && !strings.HasPrefix(short, "MUTANTS_") {
			out[strings.ToLower(strings.ReplaceAll(short, "_", "-"))] = value
		}
	}
	return out
}

// flagOf is the flag that an error begins with.
var flagOf = regexp.MustCompile(`^--([a-z-]+)`)

// blame adds to an error about a flag's value that the value is a variable's.
func blame(err error, args, env []string) error {
	match := flagOf.FindStringSubmatch(err.Error())
	if match == nil {
		return err
	}
	given := slices.ContainsFunc(args, func(arg string) bool { return arg == match[0] || strings.HasPrefix(arg, match[0]+"=") })
	if given || environment(env)[match[1]] == "" {
		return err
	}
	return fmt.Errorf("%w (set by %s in the environment)", err, variable(match[1]))
}

// An unknownVariable is one that sets nothing.
type unknownVariable struct{ name, nearest string }

func (v unknownVariable) String() string {
	text := v.name + " in the environment is not a setting of this program and is ignored"
	if v.nearest != "" {
		return text + "; did you mean " + v.nearest + "?"
	}
	return text + "; --help lists the settings"
}

// unknownVariables are those of the environment that no flag has, by name.
func unknownVariables(set map[string]string, names map[string]bool) (unknown []unknownVariable) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if names[name] {
			continue
		}
		v := unknownVariable{name: variable(name)}
		if nearest := suite.Misspelt(name, keys(names), min(2, len(name)/3)); nearest != "" {
			v.nearest = variable(nearest)
		}
		unknown = append(unknown, v)
	}
	return unknown
}
