package document

import (
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// Bounds of what is derived from a document: documents are written by others, and may refer to themselves or name any number.
const (
	MostNested   = 12      // schemas inside each other
	MostChanges  = 4000    // of one body
	LongestText  = 1 << 20 // characters of a text at its bound
	MostElements = 10_000  // of an array at its bound
)

// Effective is a schema as one: the parts of allOf put together, the first of oneOf or anyOf taken, the type that its keywords mean where it
// names none. It is never nil.
func Effective(ref *openapi3.SchemaRef) *openapi3.Schema { return effectiveAt(ref, 0) }

func effectiveAt(ref *openapi3.SchemaRef, depth int) *openapi3.Schema {
	if ref == nil || ref.Value == nil || depth > MostNested {
		return &openapi3.Schema{}
	}
	in := ref.Value
	parts := slices.Clone(in.AllOf)
	for _, choice := range []openapi3.SchemaRefs{in.OneOf, in.AnyOf} {
		if len(choice) > 0 {
			parts = append(parts, choice[0])
		}
	}
	if len(parts) == 0 && in.Type != nil {
		return in
	}
	out := *in
	out.Properties = maps.Clone(in.Properties)
	for _, part := range parts {
		merge(&out, effectiveAt(part, depth+1))
	}
	if out.Type == nil {
		switch {
		case len(out.Properties) > 0 || len(out.Required) > 0:
			out.Type = &openapi3.Types{"object"}
		case out.Items != nil:
			out.Type = &openapi3.Types{"array"}
		}
	}
	return &out
}

// merge adds what a part of allOf says.
func merge(out, part *openapi3.Schema) {
	if out.Properties == nil {
		out.Properties = openapi3.Schemas{}
	}
	for name, property := range part.Properties {
		if out.Properties[name] == nil {
			out.Properties[name] = property
		}
	}
	for _, name := range part.Required {
		if !slices.Contains(out.Required, name) {
			out.Required = append(slices.Clone(out.Required), name)
		}
	}
	if out.Type == nil {
		out.Type = part.Type
	}
	if out.Items == nil {
		out.Items, out.MinItems, out.MaxItems = part.Items, part.MinItems, part.MaxItems
	}
	if len(out.Enum) == 0 {
		out.Enum = part.Enum
	}
	if out.Pattern == "" {
		out.Pattern = part.Pattern
	}
	if out.Format == "" {
		out.Format = part.Format
	}
	out.MinLength = max(out.MinLength, part.MinLength)
	if out.MaxLength == nil {
		out.MaxLength = part.MaxLength
	}
	if out.Min == nil {
		out.Min = part.Min
	}
	if out.Max == nil {
		out.Max = part.Max
	}
}
