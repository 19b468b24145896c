package spec

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// newer says what has to change in a document of a later version to make it one of 3.0.3.
func (t *tree) newer(version string) string {
	start := fmt.Sprintf("openapi: version %s is not supported; write openapi: 3.0.3", version)
	if !strings.HasPrefix(version, "3.") {
		return start + ", and the document as that version says"
	}
	f := findings{lines: map[string][]int{}}
	f.walk(t.root, "")
	var parts []string
	for _, change := range f.order {
		parts = append(parts, fmt.Sprintf("%s (line %s)", change, numbers(f.lines[change])))
	}
	if len(parts) == 0 {
		return start + "; nothing else in this document has to change"
	}
	return start + ", and change what 3.0 does not have: " + strings.Join(parts, "; ")
}

// findings are changes that have to be made, in the order in which they are found, and where.
type findings struct {
	order []string
	lines map[string][]int
}

func (f *findings) add(line int, change string) {
	if f.lines[change] == nil {
		f.order = append(f.order, change)
	}
	f.lines[change] = append(f.lines[change], line)
}

// newKeywords are those that say something else in 3.0 or are not there.
var newKeywords = map[string]string{
	"const": "const becomes an enum with one value", "webhooks": "webhooks goes away", "jsonSchemaDialect": "jsonSchemaDialect goes away",
	"pathItems": "components.pathItems: write the operations under paths", "$defs": "$defs moves to components.schemas",
	"prefixItems": "prefixItems becomes items", "contentEncoding": "contentEncoding becomes format: byte or binary",
	"contentMediaType": "contentMediaType becomes format: byte or binary", "patternProperties": "patternProperties becomes additionalProperties",
	"propertyNames": "propertyNames goes away", "unevaluatedProperties": "unevaluatedProperties becomes additionalProperties",
	"if": "if, then and else become oneOf", "dependentRequired": "dependentRequired goes away", "dependentSchemas": "dependentSchemas goes away",
	"identifier": "license.identifier becomes license.url",
}

func (f *findings) walk(x *yaml.Node, parent string) {
	names := parent == "properties" || parent == "schemas" || parent == "examples" || parent == "paths" || parent == "responses"
	members(x, func(key, value *yaml.Node) {
		change := newKeywords[key.Value]
		switch {
		case names:
		case key.Value == "example", key.Value == "default", key.Value == "enum", key.Value == "value", strings.HasPrefix(key.Value, "x-"):
			return
		case key.Value == "type" && value.Kind == yaml.SequenceNode:
			f.add(key.Line, "type: [T, 'null'] becomes type: T with nullable: true")
		case key.Value == "type" && value.Value == "null":
			f.add(key.Line, "type: 'null' becomes nullable: true of the other type")
		case strings.HasPrefix(key.Value, "exclusiveM") && value.Kind == yaml.ScalarNode && value.ShortTag() != "!!bool":
			f.add(key.Line, "exclusiveMinimum: N becomes minimum: N with exclusiveMinimum: true, exclusiveMaximum likewise")
		case key.Value == "examples" && value.Kind == yaml.SequenceNode:
			f.add(key.Line, "a schema's list of examples becomes one example")
			return
		case change != "":
			f.add(key.Line, change)
		}
		f.walk(value, key.Value)
	})
	if x.Kind == yaml.SequenceNode {
		for _, item := range x.Content {
			f.walk(item, "")
		}
	}
}

// numbers writes lines as people do, the first few of them.
func numbers(lines []int) string {
	const few = 5
	var b strings.Builder
	for i, n := range lines[:min(few, len(lines))] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(itoa(n))
	}
	if len(lines) > few {
		fmt.Fprintf(&b, " and %d more", len(lines)-few)
	}
	return b.String()
}
