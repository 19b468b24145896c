package specs

import (
	"fmt"
	"regexp"
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
		return sampleNumber(schema)
	}
	return sampleText(schema, name, n)
}

// sampleNumber is 1, or the bound that is nearest to it.
func sampleNumber(schema *openapi3.Schema) any {
	switch {
	case schema.Min != nil && *schema.Min > 1:
		return *schema.Min
	case schema.Max != nil && *schema.Max < 1:
		return *schema.Max
	}
	return 1
}

// sampleText has the format of a schema, or the property's name in words.
func sampleText(schema *openapi3.Schema, name string, n int) string {
	switch {
	case schema.Format == "date":
		return "2026-01-15"
	case schema.Format == "date-time":
		return "2026-01-15T10:30:00Z"
	case schema.Format == "uuid":
		return "123e4567-e89b-42d3-a456-426614174000"
	case schema.Format == "email":
		return "customer@example.com"
	case schema.Format == "uri", schema.Pattern == "^https://":
		return "https://example.com/menu.png"
	}
	for _, other := range []string{"https://example.com/menu.png", "966550000001"} {
		if pattern, err := regexp.Compile(schema.Pattern); err == nil && schema.Pattern != "" && name != "phone" && pattern.MatchString(other) {
			return other
		}
	}
	text := fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), n)
	if short := schema.MinLength; short < document.LongestText && uint64(len(text)) < short {
		text += strings.Repeat("x", int(short)-len(text))
	}
	if most := schema.MaxLength; most != nil && uint64(len(text)) > *most {
		text = text[len(text)-int(*most):] // the number is at the end
	}
	return text
}
