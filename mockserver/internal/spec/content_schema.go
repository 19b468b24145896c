package spec

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// contentKey is the extension that holds a schema, which kin does not know as one: it is given to kin among the component
// schemas, so that its $refs are resolved and it is validated as any other.
const contentKey = "x-content-schema"

// nameContents gives each x-content-schema a name that no component schema has.
func (t *tree) nameContents(pointers []string) {
	schemas, _ := t.at("/components/schemas")
	t.contents = map[string]string{}
	for i, pointer := range pointers {
		name := contentKey + "." + itoa(i)
		for get(schemas, name) != nil {
			name += "_"
		}
		t.contents[pointer] = name
	}
}

// withContents is the document's root with each x-content-schema among the component schemas. The tree stays as it is.
func (t *tree) withContents() *yaml.Node {
	if len(t.contents) == 0 {
		return t.root
	}
	schemas, _ := t.at("/components/schemas")
	more := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	if schemas != nil && schemas.Kind == yaml.MappingNode {
		more.Content = slices.Clone(schemas.Content)
	}
	for pointer, name := range t.contents {
		node, _ := t.at(pointer)
		more.Content = append(more.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, node)
	}
	components := get(t.root, "components")
	if components == nil || components.Kind != yaml.MappingNode {
		components = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	}
	return withMember(t.root, "components", withMember(components, "schemas", more))
}

// withMember is a copy of a mapping with another value for a key.
func withMember(x *yaml.Node, name string, value *yaml.Node) *yaml.Node {
	with := *x
	with.Content = slices.Clone(x.Content)
	for i := 0; i < len(with.Content); i += 2 {
		if with.Content[i].Value == name {
			with.Content[i+1] = value
			return &with
		}
	}
	with.Content = append(with.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}, value)
	return &with
}

// contentPointer returns where in the file something is that kin found among the component schemas.
func (t *tree) contentPointer(pointer string) string {
	for at, name := range t.contents {
		if inside, ok := strings.CutPrefix(pointer, "/components/schemas/"+name); ok && (inside == "" || inside[0] == '/') {
			return at + inside
		}
	}
	return pointer
}
