package seed

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// A Record is a record of a collection as a fixture has it. What fits is for the document to say.
type Record struct {
	Value map[string]any
	Where string // "workspaces/your-workspace.yaml:41: records.things[0]"
}

// readRecords reads the records of the document's own collections: a list for each name.
func (f *Fixture) readRecords(v value) {
	if !v.is(yaml.MappingNode, "a mapping from names of collections to lists of records") {
		return
	}
	f.Records = map[string][]Record{}
	for name, list := range v.pairs() {
		f.Records[name] = nil
		for _, item := range list.list() {
			if !item.is(yaml.MappingNode, "a record (key: value)") {
				return
			}
			made, _ := item.plain().(map[string]any)
			where := fmt.Sprintf("%s:%d: %s", f.File, item.line(), item.path)
			f.Records[name] = append(f.Records[name], Record{Value: made, Where: where})
		}
	}
	f.lines.records = v.line()
}

// plain is a value as it was read: text, whole and other numbers, true and false, nothing, lists and mappings.
func (v value) plain() any {
	switch {
	case !v.present() || v.node.Kind == yaml.AliasNode && !v.is(yaml.ScalarNode, "a value"):
		return nil
	case v.node.Kind == yaml.MappingNode:
		made := map[string]any{}
		for key, field := range v.pairs() {
			made[key] = field.plain()
		}
		return made
	case v.node.Kind == yaml.SequenceNode:
		made := []any{}
		for _, item := range v.list() {
			made = append(made, item.plain())
		}
		return made
	}
	return v.plainScalar()
}

func (v value) plainScalar() any {
	text := v.node.Value
	switch v.node.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return v.truth()
	case "!!int":
		n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 0, 64)
		if err != nil {
			v.fail("must be a whole number of at most 64 bits")
		}
		return n
	case "!!float":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			v.fail("must be a number that JSON has")
		}
		return f
	}
	return text
}

// RecordsLine is the line of the fixture's records.
func (f *Fixture) RecordsLine() int { return f.lines.records }

// Ago reads how long before the start an instant lies, written "-3d4h".
func Ago(text string) (time.Duration, bool) {
	rest, before := strings.CutPrefix(text, "-")
	if !before {
		return 0, false
	}
	return span(rest)
}
