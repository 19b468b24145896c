package document

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// reasonOf is an error of a library in one line, without the names of its own layers.
func reasonOf(err error) string {
	text := strings.Join(strings.Fields(err.Error()), " ")
	for _, layer := range []string{"failed to unmarshal data: ", "yaml error: ", "yaml: ", "construct errors: "} {
		text = strings.TrimPrefix(text, layer)
	}
	return wrongValue.ReplaceAllString(text, "$1 cannot be the value of $2")
}

var wrongValue = regexp.MustCompile("cannot construct !![a-z]+ (`[^`]*`) into [a-z0-9]+ in (/[^ ]*)")

// wrongReference finds the first $ref that leads to nothing, or out of the document: its line and what is wrong; "" if there is none.
func wrongReference(root, node *yaml.Node, depth int) string {
	if depth > 100 {
		return ""
	}
	for i, child := range node.Content {
		if node.Kind == yaml.MappingNode && i%2 == 1 && node.Content[i-1].Value == "$ref" && child.Kind == yaml.ScalarNode {
			switch path, within := strings.CutPrefix(child.Value, "#/"); {
			case !within:
				return fmt.Sprintf("%d: $ref %q leads out of this document: put what it names under components", child.Line, child.Value)
			case !leads(root, path):
				return fmt.Sprintf("%d: $ref %q leads to nothing in this document", child.Line, child.Value)
			}
		}
		if wrong := wrongReference(root, child, depth+1); wrong != "" {
			return wrong
		}
	}
	return ""
}

// leads reports whether there is something at a path.
func leads(node *yaml.Node, path string) bool {
	for _, part := range strings.Split(path, "/") {
		if node, _ = step(node, strings.NewReplacer("~1", "/", "~0", "~").Replace(part)); node == nil {
			return false
		}
	}
	return true
}

// validate finds what is wrong with a document that can be read: a type that does not exist, a pattern that does not compile. Examples are not looked
// at, as nothing here depends on them.
func validate(name string, doc *openapi3.T) error {
	err := doc.Validate(context.Background(), openapi3.DisableExamplesValidation())
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: not a valid OpenAPI document: %s", name, reasonOf(err))
}
