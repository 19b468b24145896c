package specs

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
)

// content tries wrong JSON inside a text that has x-content-schema. Refusing it is only a SHOULD: the vendor's pages have examples of it, but no rules.
func (w *bodyWalk) content(schema *openapi3.Schema, name string, path []any, at addChange) {
	of := contentSchema(schema)
	if of == nil {
		return
	}
	for _, wrong := range []string{"no JSON", `["one"`} {
		at("content", "with the text "+wrong, wrong, false)
	}
	was := w.insideText
	w.insideText = true
	w.walk(of, name, append(slices.Clone(path), inText{sample(of, name, 0)}))
	w.insideText = was
}

// contentSchema is x-content-schema; nil where there is none.
func contentSchema(schema *openapi3.Schema) *openapi3.SchemaRef {
	raw, err := json.Marshal(schema.Extensions["x-content-schema"])
	if err != nil || schema.Extensions["x-content-schema"] == nil {
		return nil
	}
	var out openapi3.SchemaRef
	if json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return &out
}

// choices walks each schema of a oneOf or anyOf, and tries a value that fits none of them.
func (w *bodyWalk) choices(list []*openapi3.SchemaRef, name string, path []any) {
	kinds := map[string]bool{}
	nullable := false
	for _, each := range list {
		schema := document.Effective(each)
		for _, kind := range schema.Type.Slice() {
			kinds[kind] = true
		}
		nullable = nullable || schema.Nullable
		w.walk(each, name, append(slices.Clone(path), choice{sample(each, name, 0)}))
	}
	if !w.isJSON() || len(kinds) == 0 || len(path) == 0 {
		return
	}
	for _, wrong := range []struct {
		kind  string
		value any
	}{{"boolean", true}, {"array", []any{"a"}}, {"object", map[string]any{}}, {"string", "a"}} {
		if !kinds[wrong.kind] {
			w.add("type", bodyChange{what: fmt.Sprintf("%s that is of type %s", showPath(path), wrong.kind), path: path, value: wrong.value})
			break
		}
	}
	if !nullable {
		w.null(path)
	}
}
