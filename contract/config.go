package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/contract/suite"
)

// readConfig reads a --config file: flags as keys, with a value or a list of values, each as it is written (a secret of digits is no number).
// A key without a value is as good as absent.
func readConfig(path string, names map[string]bool) (map[string]string, error) {
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
		return nil, fmt.Errorf("%s: there must be flags as keys, such as base-url: https://host/api/developer", path)
	}
	for i := 0; i+1 < len(top.Content); i += 2 {
		key, value := top.Content[i], top.Content[i+1]
		if name := key.Value; !names[name] || name == "config" || name == "help" {
			return nil, fmt.Errorf("%s:%d: there is no setting %q%s", path, key.Line, name, suite.Nearest(name, keys(names)))
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
