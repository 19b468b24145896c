package spec

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Twin is the document in OpenAPI 3.1, as YAML and as JSON, with a base URL as its only server: x-webhooks is webhooks, a nullable
// type is a list of types, an exclusive bound is a number. It is made anew at each call: only tools ask for it.
func (d *Document) Twin(baseURL string) (asYAML, asJSON []byte, err error) {
	text, _ := d.Served(baseURL)
	t, err := parseTree(text)
	if err != nil {
		return nil, nil, err
	}
	members(t.root, func(key, value *yaml.Node) {
		switch key.Value {
		case "openapi":
			value.Value = "3.1.0"
		case webhooksKey:
			key.Value = "webhooks"
		}
	})
	twin(t.root, false)
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(t.root); err != nil {
		return nil, nil, err
	}
	return out.Bytes(), appendJSON(nil, t.root), encoder.Close()
}

// twin rewrites the schemas in a part of the document. names says that the keys are names that the author has chosen, such as those
// of properties.
func twin(x *yaml.Node, names bool) {
	if x.Kind == yaml.MappingNode && !names {
		twinSchema(x)
	}
	for i := 0; i < len(x.Content); i++ {
		if x.Kind != yaml.MappingNode {
			twin(x.Content[i], false)
			continue
		}
		key := x.Content[i].Value
		i++
		if !names && isData(key) {
			continue
		}
		twin(x.Content[i], !names && (key == "properties" || key == "schemas"))
	}
}

// isData reports whether a key holds values, not schemas.
func isData(key string) bool {
	switch key {
	case "example", "examples", "default", "enum", "const", "x-requirements", "x-collection":
		return true
	}
	return strings.HasPrefix(key, "x-") && key != contentKey
}

// twinSchema rewrites what 3.0 and 3.1 write otherwise.
func twinSchema(x *yaml.Node) {
	kind, enum := get(x, "type"), get(x, "enum")
	if n := get(x, "nullable"); n != nil && n.ShortTag() == "!!bool" {
		if n.Value == "true" && kind != nil && kind.Kind == yaml.ScalarNode {
			null := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "null", Style: yaml.SingleQuotedStyle}
			*kind = yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Style: yaml.FlowStyle, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!str", Value: kind.Value}, null}}
			if enum != nil && enum.Kind == yaml.SequenceNode {
				enum.Content = append(enum.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"})
			}
		}
		drop(x, "nullable")
	}
	for exclusive, bound := range map[string]string{"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"} {
		e, limit := get(x, exclusive), get(x, bound)
		if e == nil || e.ShortTag() != "!!bool" {
			continue
		}
		if e.Value == "true" && limit != nil {
			*e = *limit
			drop(x, bound)
			continue
		}
		drop(x, exclusive)
	}
}

// drop removes a member of a mapping.
func drop(x *yaml.Node, name string) {
	for i := 0; i < len(x.Content); i += 2 {
		if x.Content[i].Value == name {
			x.Content = append(x.Content[:i:i], x.Content[i+2:]...)
			return
		}
	}
}
