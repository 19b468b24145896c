package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/internal/yamldoc"
)

// A tree is the document with what the file says about it: the order of its keys and their lines, which
// kin's maps lose. Aliases and merge keys are resolved, so that a node is a mapping, a sequence or a scalar.
//
// It is read with kin's YAML library, so that kin decodes the same nodes and the file is parsed once.
type tree struct {
	root     *yaml.Node
	contents map[string]string // for kin, the name of each x-content-schema, by its pointer
}

// maxNodes bounds what aliases can expand to.
const maxNodes = 2_000_000

// parseTree reads one YAML or JSON document. Its errors are *Error without a File.
func parseTree(data []byte) (*tree, error) {
	root, err := yamldoc.Parse(data)
	if err != nil {
		return nil, notYAML(err)
	}
	if root.Kind != yaml.MappingNode {
		return nil, &Error{Line: root.Line, Reason: "is no OpenAPI document: expected a mapping with the key openapi"}
	}
	n := normaliser{}
	if err := n.node(root); err != nil {
		return nil, err
	}
	return &tree{root: root}, nil
}

func notYAML(err error) error {
	var e *yamldoc.Error
	if errors.As(err, &e) {
		return &Error{Line: e.Line, Column: e.Column, Reason: e.Reason}
	}
	return err
}

// A normaliser replaces aliases and merge keys by the values that they name, and refuses values that JSON does not have.
type normaliser struct {
	count int
	open  []*yaml.Node // the nodes on the way down, to see an alias that leads back
}

func (n *normaliser) node(x *yaml.Node) error {
	if n.count++; n.count > maxNodes {
		return &Error{Line: x.Line, Reason: fmt.Sprintf("is too large: its aliases expand to more than %d values", maxNodes)}
	}
	if x.Kind == yaml.AliasNode {
		if slices.Contains(n.open, x.Alias) {
			return &Error{Line: x.Line, Reason: fmt.Sprintf("the alias *%s is inside of what it names", x.Value)}
		}
		line, column := x.Line, x.Column
		*x = *x.Alias
		x.Line, x.Column = line, column
		x.Content = slices.Clone(x.Content)
	}
	n.open = append(n.open, x)
	defer func() { n.open = n.open[:len(n.open)-1] }()
	switch x.Kind {
	case yaml.MappingNode:
		return n.mapping(x)
	case yaml.SequenceNode:
		for _, item := range x.Content {
			if err := n.node(item); err != nil {
				return err
			}
		}
	case yaml.ScalarNode:
		return scalar(x)
	}
	return nil
}

// scalar makes text of what JSON has no type for (times, tags of other tools) and refuses infinities.
func scalar(x *yaml.Node) error {
	switch tag := x.ShortTag(); tag {
	case "!!str", "!!int", "!!bool", "!!null":
	case "!!float":
		var f float64
		if x.Decode(&f) == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return &Error{Line: x.Line, Column: x.Column, Reason: x.Value + " is no JSON number"}
		}
	default:
		x.Tag = "!!str"
	}
	return nil
}

func (n *normaliser) mapping(x *yaml.Node) error {
	content := make([]*yaml.Node, 0, len(x.Content))
	var merges []*yaml.Node
	seen := make(map[string]bool, len(x.Content)/2)
	for i := 0; i < len(x.Content); i += 2 {
		key, value := x.Content[i], x.Content[i+1]
		if key.Kind == yaml.AliasNode {
			named := *key.Alias
			named.Line, named.Column = key.Line, key.Column
			key = &named
		}
		if key.Kind != yaml.ScalarNode || key.Tag == "!!null" {
			return &Error{Line: key.Line, Column: key.Column, Reason: "a key must be text"}
		}
		if err := n.node(value); err != nil {
			return err
		}
		if key.Tag == "!!merge" {
			merges = append(merges, value)
			continue
		}
		key.Tag = "!!str" // 200 names a response, it is no number
		if seen[key.Value] {
			return &Error{Line: key.Line, Column: key.Column, Reason: fmt.Sprintf("the key %q appears twice in the same mapping", key.Value)}
		}
		seen[key.Value] = true
		content = append(content, key, value)
	}
	for _, m := range merges {
		sources := []*yaml.Node{m}
		if m.Kind == yaml.SequenceNode {
			sources = m.Content
		}
		for _, source := range sources {
			if source.Kind != yaml.MappingNode {
				return &Error{Line: source.Line, Reason: "<< must name a mapping"}
			}
			for i := 0; i < len(source.Content); i += 2 {
				if key := source.Content[i]; !seen[key.Value] {
					seen[key.Value] = true
					content = append(content, key, source.Content[i+1])
				}
			}
		}
	}
	x.Content = content
	return nil
}

// child returns the key and the value of a mapping's member or a sequence's item; nil when there is none.
func child(x *yaml.Node, name string) (key, value *yaml.Node) {
	if x == nil {
		return nil, nil
	}
	switch x.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(x.Content); i += 2 {
			if x.Content[i].Value == name {
				return x.Content[i], x.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(x.Content) {
			return x.Content[i], x.Content[i]
		}
	}
	return nil, nil
}

// get returns the value of a mapping's member, nil when there is none.
func get(x *yaml.Node, name string) *yaml.Node {
	_, value := child(x, name)
	return value
}

// text returns the text of a scalar member, "" when there is none.
func text(x *yaml.Node, name string) string {
	if v := get(x, name); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// members calls f for each member of a mapping, in the order of the file.
func members(x *yaml.Node, f func(key, value *yaml.Node)) {
	if x == nil || x.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i < len(x.Content); i += 2 {
		f(x.Content[i], x.Content[i+1])
	}
}

// at returns the node at a JSON pointer and the line of its key; nil and 0 when there is none.
func (t *tree) at(pointer string) (*yaml.Node, int) {
	x, line := t.root, t.root.Line
	if pointer == "" {
		return x, line
	}
	if pointer[0] != '/' {
		return nil, 0
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		key, value := child(x, unescapeToken(token))
		if value == nil {
			return nil, 0
		}
		x, line = value, key.Line
	}
	return x, line
}

// resolve returns the node at a pointer after its $refs, and the pointer of that node.
func (t *tree) resolve(pointer string) (*yaml.Node, string) {
	for range 64 {
		x, _ := t.at(pointer)
		ref := text(x, "$ref")
		if !strings.HasPrefix(ref, "#") {
			return x, pointer
		}
		pointer = refPointer(ref)
	}
	return nil, pointer
}

// refPointer is the JSON pointer of a local $ref.
func refPointer(ref string) string {
	pointer := strings.TrimPrefix(ref, "#")
	if decoded, err := unescape(pointer, false); err == nil {
		return decoded
	}
	return pointer
}

func escapeToken(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~", "~0"), "/", "~1")
}

func unescapeToken(token string) string {
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
}

// readable writes a pointer as people do: "paths./conversations.get".
func readable(pointer string) string {
	var b strings.Builder
	for i, token := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(unescapeToken(token))
	}
	return b.String()
}

// appendJSON appends the node as compact JSON in the order of the file.
func appendJSON(b []byte, x *yaml.Node) []byte {
	switch x.Kind {
	case yaml.MappingNode:
		b = append(b, '{')
		for i := 0; i < len(x.Content); i += 2 {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, x.Content[i].Value)
			b = append(b, ':')
			b = appendJSON(b, x.Content[i+1])
		}
		return append(b, '}')
	case yaml.SequenceNode:
		b = append(b, '[')
		for i, item := range x.Content {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	}
	switch x.ShortTag() {
	case "!!null":
		return append(b, "null"...)
	case "!!bool":
		return strconv.AppendBool(b, strings.EqualFold(x.Value, "true"))
	case "!!int", "!!float":
		return append(b, scalarNumber(x)...)
	}
	return appendString(b, x.Value)
}

// appendString appends s as a JSON string; only what JSON demands is escaped.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x80 {
			return appendEscaped(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// scalarNumber is a YAML number as JSON writes it (YAML also knows 0x1f, 1_000 and .5).
func scalarNumber(x *yaml.Node) json.Number {
	if isJSONNumber(x.Value) {
		return json.Number(x.Value)
	}
	var i int64
	if x.Decode(&i) == nil {
		return json.Number(strconv.FormatInt(i, 10))
	}
	var f float64
	_ = x.Decode(&f) // the tag says that it is a number; infinities were refused by the normaliser
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}

func isJSONNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}

// value decodes a node as JSON would be decoded: map[string]any, []any, string, json.Number, bool, nil.
func value(x *yaml.Node) any {
	switch x.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(x.Content)/2)
		members(x, func(key, v *yaml.Node) { m[key.Value] = value(v) })
		return m
	case yaml.SequenceNode:
		list := make([]any, len(x.Content))
		for i, item := range x.Content {
			list[i] = value(item)
		}
		return list
	}
	switch x.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(x.Value, "true")
	case "!!int", "!!float":
		return scalarNumber(x)
	}
	return x.Value
}
