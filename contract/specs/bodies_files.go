package specs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
)

// kindsOfFiles are x-file-rules: another property of the body says of which kind a file is, and each kind has its rule.
type kindsOfFiles struct {
	Property string              `json:"property"`
	Rules    map[string]fileRule `json:"rules"`
}

// fileKinds reads x-file-rules of a property; nil where there are none.
func fileKinds(schema *openapi3.Schema) *kindsOfFiles {
	if schema.Extensions["x-file-rules"] == nil {
		return nil
	}
	var out kindsOfFiles
	raw, err := json.Marshal(schema.Extensions["x-file-rules"])
	if err != nil || json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return &out
}

// captions tries a text under a file of each kind: it is accepted, unless the rule of the kind says that there is none.
func (w *bodyWalk) captions(schema *openapi3.Schema) {
	const caption = "caption"
	if schema.Properties[caption] == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		file := document.Effective(schema.Properties[name])
		kinds := fileKinds(file)
		if kinds == nil || schema.Properties[kinds.Property] == nil {
			continue
		}
		for _, word := range document.Effective(schema.Properties[kinds.Property]).Enum {
			rule, ruled := kinds.Rules[fmt.Sprint(word)]
			beside := map[string]any{kinds.Property: word}
			if file.Format == "binary" {
				if !ruled || len(rule.MediaTypes) == 0 {
					continue
				}
				beside[name] = fileOf(rule.MediaTypes[0], "file.bin")
			}
			c := bodyChange{what: fmt.Sprintf("with a caption on %v", word), path: []any{caption}, value: "A caption", beside: beside, valid: true}
			if rule.Caption != nil && !*rule.Caption {
				c.valid, c.level = false, document.Should // that it is refused is inferred
				w.add("caption", c)
				continue
			}
			w.add("optional", c)
		}
	}
}
