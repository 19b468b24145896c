package specs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
)

// sample is a small valid value of a schema, with its required properties only. n makes texts differ.
func sample(ref *openapi3.SchemaRef, name string, n int) any { return sampleAt(ref, name, n, 0) }

func sampleAt(ref *openapi3.SchemaRef, name string, n, depth int) any {
	schema := document.Effective(ref)
	switch {
	case depth > document.MostNested:
		return nil
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Type.Is("object"):
		out := map[string]any{}
		for _, property := range schema.Required {
			out[property] = sampleAt(schema.Properties[property], property, n, depth+1)
		}
		return out
	case schema.Type.Is("array"):
		out := []any{}
		for i := range max(1, min(int(min(schema.MinItems, document.MostElements)), document.MostElements>>(2*depth))) {
			out = append(out, sampleAt(schema.Items, name, n*100+i, depth+1))
		}
		return out
	case schema.Type.Is("boolean"):
		return true
	case schema.Type.Is("number"), schema.Type.Is("integer"):
		return 1
	case schema.Pattern == "^https://":
		return "https://example.com/menu.png"
	}
	return fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), n)
}

// put returns a copy of a value with another one at a path.
func put(in any, path []any, value any) any {
	if len(path) == 0 {
		return value
	}
	switch step := path[0].(type) {
	case string:
		object, _ := in.(map[string]any)
		out := make(map[string]any, len(object)+1)
		for name, old := range object {
			out[name] = old
		}
		if _, remove := value.(gone); remove && len(path) == 1 {
			delete(out, step)
		} else {
			out[step] = put(object[step], path[1:], value)
		}
		return out
	case int:
		list, _ := in.([]any)
		out := slices.Clone(list)
		if step < len(out) {
			out[step] = put(list[step], path[1:], value)
		}
		return out
	}
	return in
}
