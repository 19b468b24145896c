package specs

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
)

// fileRules is x-file-rules of a property that is a file. Another property of the body (Property) says of which kind the file is, and each kind has its rule.
// If there is one rule for all files, Property is empty, and the rule has the kind "".
type fileRules struct {
	Property string              `json:"property"`
	Rule     *fileRule           `json:"rule"`
	Mark     string              `json:"mark"`
	Rules    map[string]fileRule `json:"rules"`
}

// A fileRule says what a file of one kind may be. A field that is zero sets no limit.
type fileRule struct {
	MediaTypes []string `json:"mediaTypes"`
	MaxBytes   int      `json:"maxBytes"`
	Width      int      `json:"width"` // in pixels
	Height     int      `json:"height"`
	Caption    *bool    `json:"caption"` // whether a text may go with it; nil: it may
}

// fileRulesOf reads x-file-rules of a property; nil where there are none.
func fileRulesOf(schema *openapi3.Schema) *fileRules {
	if schema.Extensions["x-file-rules"] == nil {
		return nil
	}
	var out fileRules
	raw, err := json.Marshal(schema.Extensions["x-file-rules"])
	if err != nil || json.Unmarshal(raw, &out) != nil {
		return nil
	}
	if out.Property == "" && out.Rule != nil {
		out.Rules = map[string]fileRule{"": *out.Rule}
	}
	return &out
}

// kinds are the kinds of file whose rule has media types, sorted.
func (r *fileRules) kinds() []string {
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(r.Rules)) {
		if len(r.Rules[kind].MediaTypes) > 0 {
			out = append(out, kind)
		}
	}
	return out
}

// otherTypes are media types that the rule of a kind does not allow: those of other kinds, similar ones, and HTML.
func (r *fileRules) otherTypes(kind string) []string {
	out := r.typesOfOthers(kind)
	near := map[string][]string{"image": {"image/gif", "image/svg+xml"}, "video": {"video/webm"}, "audio": {"audio/wav"}, "application": {"application/zip", "text/rtf"}}
	families := map[string]bool{}
	for _, own := range r.Rules[kind].MediaTypes {
		family, _, _ := strings.Cut(own, "/")
		families[family] = true
		if own == "image/webp" { // both are RIFF
			out = append(out, "audio/wav")
		}
	}
	for _, family := range slices.Sorted(maps.Keys(families)) {
		out = append(out, near[family]...)
	}
	out = append(out, "text/html")
	return slices.DeleteFunc(out, func(media string) bool { return slices.Contains(r.Rules[kind].MediaTypes, media) })
}

// typesOfOthers are the first media type of each other kind or, if there is only one rule, two common ones.
func (r *fileRules) typesOfOthers(kind string) []string {
	if r.Property == "" {
		common := []string{"application/pdf", "video/mp4", "image/webp"}
		return slices.DeleteFunc(common, func(media string) bool { return slices.Contains(r.Rules[kind].MediaTypes, media) })[:2]
	}
	var out []string
	for _, other := range r.kinds() {
		if first := r.Rules[other].MediaTypes[0]; !slices.Contains(r.Rules[kind].MediaTypes, first) && !slices.Contains(out, first) {
			out = append(out, first)
		}
	}
	return out
}

// A fileField is a property of a form that is a file with x-file-rules.
type fileField struct {
	op    *document.Operation
	body  *document.Body
	name  string
	rules *fileRules
}

// fileFields are the file properties of an operation. Inferred rules are left out, since a server may have other ones.
func fileFields(op *document.Operation) []fileField {
	var out []fileField
	for _, b := range op.Bodies {
		properties := b.Properties()
		for _, name := range slices.Sorted(maps.Keys(properties)) {
			schema := document.Effective(properties[name])
			rules := fileRulesOf(schema)
			if b.Media == exchange.MediaForm && schema.Format == "binary" && rules != nil && rules.Mark != "I" && (rules.Property == "" || properties[rules.Property] != nil) && len(rules.kinds()) > 0 {
				out = append(out, fileField{op, b, name, rules})
			}
		}
	}
	return out
}

// captions tries a caption with a file of each kind. It must be accepted, unless the rule of the kind has caption: false.
func (w *bodyWalk) captions(schema *openapi3.Schema) {
	const caption = "caption"
	if schema.Properties[caption] == nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		file := document.Effective(schema.Properties[name])
		rules := fileRulesOf(file)
		if rules == nil || rules.Property == "" || schema.Properties[rules.Property] == nil {
			continue
		}
		for _, word := range document.Effective(schema.Properties[rules.Property]).Enum {
			rule, ruled := rules.Rules[fmt.Sprint(word)]
			beside := map[string]any{rules.Property: word}
			if file.Format == "binary" {
				if !ruled || len(rule.MediaTypes) == 0 {
					continue
				}
				beside[name] = fileOf(rule.MediaTypes[0])
			}
			c := bodyChange{what: fmt.Sprintf("with a caption on %v", word), path: []any{caption}, value: "A caption", others: beside, valid: true}
			if rule.Caption != nil && !*rule.Caption {
				c.valid, c.level = false, document.Should // that it is refused is inferred
				w.add("caption", c)
				continue
			}
			w.add("optional", c)
		}
	}
}
