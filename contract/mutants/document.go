package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/server"
)

// A document is openapi.yaml as a tree that can be changed and written again.
type document struct {
	root       *yaml.Node
	operations []documentOperation
	source     *server.Source // what the servers that answer by it are made of
}

type documentOperation struct {
	id, method, path string
	node             *yaml.Node
	alone            func() (*aloneOperation, error) // made at the first call
}

// fits reports whether a request is one to the operation.
func (op documentOperation) fits(method, path string) bool {
	prefix, _, hasID := strings.Cut(op.path, "{")
	return strings.EqualFold(op.method, method) && (hasID && strings.HasPrefix(path, prefix) || !hasID && path == op.path)
}

// readDocument reads openapi.yaml, without what only people read.
func readDocument() (*document, error) {
	var tree yaml.Node
	if err := yaml.Unmarshal([]byte(awalmock.OpenAPI()), &tree); err != nil {
		return nil, err
	}
	if len(tree.Content) != 1 {
		return nil, errors.New("openapi.yaml has no document")
	}
	data, err := handWritten()
	if err != nil {
		return nil, err
	}
	d := &document{root: tree.Content[0]}
	prune(d.root)
	if d.source, err = server.ReadSource(server.Options{Spec: d.text(nil, nil), SpecName: "openapi.json", Fixtures: data}); err != nil {
		return nil, err
	}
	paths := child(d.root, "paths")
	for path, item := range entries(paths) {
		for method, node := range entries(item) {
			if id := child(node, "operationId"); id != nil {
				op := documentOperation{id.Value, method, path, node, nil}
				op.alone = sync.OnceValues(func() (*aloneOperation, error) { return d.alone(op, data) })
				d.operations = append(d.operations, op)
			}
		}
	}
	return d, nil
}

// without is the same document without mutants of some operations.
func (d *document) without(operations []string) *document {
	c := *d
	c.operations = slices.DeleteFunc(slices.Clone(d.operations), func(op documentOperation) bool { return slices.Contains(operations, op.id) })
	return &c
}

// resolved is a copy of a node in which each reference is replaced by a copy of what it refers to.
func (d *document) resolved(node *yaml.Node) *yaml.Node {
	if ref := child(node, "$ref"); ref != nil {
		return d.resolved(d.at(ref.Value))
	}
	c := *node
	c.Content = make([]*yaml.Node, len(node.Content))
	for i, each := range node.Content {
		c.Content[i] = d.resolved(each)
	}
	return &c
}

// at finds what a reference refers to.
func (d *document) at(ref string) *yaml.Node {
	node := d.root
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		node = child(node, step)
	}
	return node
}

// prune removes what only people read: no server answers from it.
func prune(node *yaml.Node) {
	if node.Kind == yaml.MappingNode {
		var kept []*yaml.Node
		for i := 0; i+1 < len(node.Content); i += 2 {
			name, value := node.Content[i], node.Content[i+1]
			text := value.Kind == yaml.ScalarNode
			if slices.Contains([]string{"externalDocs", "x-requirements", "examples"}, name.Value) || name.Value == "summary" && text {
				continue
			}
			if name.Value == "description" && text {
				value.Value, value.Style = "-", 0
			}
			kept = append(kept, name, value)
		}
		node.Content = kept
	}
	for _, each := range node.Content {
		prune(each)
	}
}

// child is the value of a key; nil if there is none.
func child(node *yaml.Node, name string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == name {
			return node.Content[i+1]
		}
	}
	return nil
}

// entries are the keys and values of an object.
func entries(node *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil || node.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// replaced is a tree with another node in the place of one. What has no part of the change is shared with the original.
func replaced(tree, instead, node *yaml.Node) *yaml.Node {
	if tree == instead {
		return node
	}
	for i, each := range tree.Content {
		if other := replaced(each, instead, node); other != each {
			c := *tree
			c.Content = slices.Clone(tree.Content)
			c.Content[i] = other
			return &c
		}
	}
	return tree
}

// with returns a copy of an object with a key set to a value; a nil value takes the key out.
func with(node *yaml.Node, name string, value *yaml.Node) *yaml.Node {
	c := *node
	c.Content = nil
	found := false
	for key, old := range entries(node) {
		if key == name {
			found = true
			if old = value; old == nil {
				continue
			}
		}
		c.Content = append(c.Content, scalar(key), old)
	}
	if !found && value != nil {
		c.Content = append(c.Content, scalar(name), value)
	}
	return &c
}

// scalar is a node of a text, a number or a truth value.
func scalar(v any) *yaml.Node {
	switch v := v.(type) {
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: fmt.Sprint(v)}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: fmt.Sprint(v)}
}

// object is a node of an object with one key.
func object(name string, value *yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{scalar(name), value}}
}

func list(elements ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: elements}
}

// text writes the document as JSON, which YAML includes, with another node in the place of one.
func (d *document) text(instead, node *yaml.Node) []byte { return textOf(d.root, instead, node) }

func textOf(tree, instead, node *yaml.Node) []byte {
	var out strings.Builder
	writeJSON(&out, tree, instead, node)
	return []byte(out.String())
}

func writeJSON(out *strings.Builder, node, instead, other *yaml.Node) {
	if node == instead && node != nil {
		node = other
	}
	switch node.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i := 0; i+1 < len(node.Content); i += 2 {
			if i > 0 {
				out.WriteString(", ")
			}
			writeText(out, node.Content[i].Value)
			out.WriteString(": ")
			writeJSON(out, node.Content[i+1], instead, other)
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, each := range node.Content {
			if i > 0 {
				out.WriteString(", ")
			}
			writeJSON(out, each, instead, other)
		}
		out.WriteByte(']')
	case yaml.ScalarNode:
		if node.ShortTag() == "!!str" {
			writeText(out, node.Value)
		} else {
			out.WriteString(node.Value)
		}
	}
}

func writeText(out *strings.Builder, text string) {
	raw, err := json.Marshal(text)
	if err != nil {
		raw = []byte(`""`)
	}
	out.Write(raw)
}
