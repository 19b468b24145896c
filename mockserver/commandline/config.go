package commandline

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/internal/spec"
)

// ReadConfig reads a file of settings: YAML with the names of flags as keys and, for each, a value or a list of values. It returns their
// texts as they are written (a secret of digits is no number) by flag; those of a list have separator(flag) between them. A key
// without a value is as good as absent. known are the flags that the file may set. An error names file and line.
func ReadConfig(path string, known []string, separator func(flag string) string) (map[string]string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var document yaml.Node
	if err := yaml.Unmarshal(raw, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := map[string]string{}
	if len(document.Content) == 0 {
		return out, nil
	}
	top := document.Content[0]
	if top.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%s: there must be flags as keys, such as seed: 7", path)
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if name := key.Value; !slices.Contains(known, name) || name == "config" || name == "help" {
			return nil, fmt.Errorf("%s:%d: there is no setting %q%s", path, key.Line, name, meant(name, known))
		}
		if _, twice := out[key.Value]; twice {
			return nil, fmt.Errorf("%s:%d: %s appears twice", path, key.Line, key.Value)
		}
		text, err := settingOf(value, separator(key.Value))
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %s %w", path, value.Line, key.Value, err)
		}
		if text != "" {
			out[key.Value] = text
		}
	}
	return out, nil
}

// meant is the end of a message about an unknown setting.
func meant(name string, known []string) string {
	if nearest := spec.Nearest(name, known); nearest != "" {
		return fmt.Sprintf("; did you mean %q?", nearest)
	}
	return "; --help lists the settings"
}

var errNoSetting = errors.New("takes a value or a list of values")

// settingOf is a value of the file as a flag's text.
func settingOf(value *yaml.Node, separator string) (string, error) {
	switch value.Kind { //nolint:exhaustive // the others are no settings
	case yaml.ScalarNode:
		if value.Tag == "!!null" {
			return "", nil
		}
		return value.Value, nil
	case yaml.SequenceNode:
		parts := make([]string, len(value.Content))
		for i, item := range value.Content {
			if item.Kind != yaml.ScalarNode {
				return "", errNoSetting
			}
			parts[i] = item.Value
		}
		return strings.Join(parts, separator), nil
	}
	return "", errNoSetting
}

// ValueOf returns the value of a flag, such as --config, before the command line is parsed; "" if it is not given.
func ValueOf(args []string, flag string) (value string) {
	for i, arg := range args {
		if text, ok := strings.CutPrefix(arg, flag+"="); ok {
			value = text
		} else if arg == flag && i+1 < len(args) {
			value = args[i+1]
		}
	}
	return value
}
