package document

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

func (c *Document) Place(pointer string) Place {
	return Place{Pointer: pointer, Line: c.line(pointer)}
}

// line finds the line of a JSON pointer in the file.
func (c *Document) line(pointer string) int {
	node := c.tree
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for _, part := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		next, at := step(node, part)
		if next == nil {
			return line
		}
		node, line = next, at
	}
	return line
}

func step(node *yaml.Node, part string) (*yaml.Node, int) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == part {
				return node.Content[i+1], node.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i].Line
		}
	case yaml.AliasNode:
		return step(node.Alias, part)
	}
	return nil, 0
}

func PointerOf(path []string) string {
	var b strings.Builder
	for _, part := range path {
		b.WriteByte('/')
		if strings.ContainsAny(part, "~/") { // a replacer costs more than all the rest
			part = strings.NewReplacer("~", "~0", "/", "~1").Replace(part)
		}
		b.WriteString(part)
	}
	return b.String()
}
