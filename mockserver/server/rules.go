package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/awalmock/mockserver/internal/engine"
	"example.com/awalmock/mockserver/internal/filetype"
	"example.com/awalmock/mockserver/internal/spec"
)

// fileRule is what x-file-rules of an upload says about one type of file.
type fileRule struct {
	MediaTypes    []string `json:"mediaTypes"`
	MaxBytes      int64    `json:"maxBytes"`
	Caption       *bool    `json:"caption"`
	Width, Height int
}

// checkRules checks what a schema alone cannot say and the document says in extensions: x-unique of arrays and
// x-file-rules of uploads.
func checkRules(c *engine.Call, body map[string]any) error {
	var broken []spec.Violation
	for _, media := range c.Request.Operation.Bodies {
		for _, p := range media.Schema.Properties {
			if path, ok := p.Schema.Extensions["x-unique"].(string); ok {
				broken = append(broken, breaks(p.Schema, "x-unique", notUnique(p.Name, path, body[p.Name])...)...)
			}
			if raw, ok := p.Schema.Extensions["x-file-rules"]; ok {
				details, err := checkFile(c, p.Name, raw, body)
				if err != nil {
					return fmt.Errorf("%s/x-file-rules: %w", p.Schema.Pointer, err)
				}
				broken = append(broken, breaks(p.Schema, "x-file-rules", details...)...)
			}
		}
	}
	if len(broken) > 0 {
		return &spec.Invalid{Violations: broken}
	}
	return nil
}

// breaks are violations of the rule that an extension of a schema states.
func breaks(s *spec.Schema, extension string, details ...engine.Detail) []spec.Violation {
	broken := make([]spec.Violation, len(details))
	for i, d := range details {
		broken[i] = spec.Violation{Field: d.Field, In: "body", Rule: extension, Text: d.Text, Pointer: s.Pointer + "/" + extension}
	}
	return broken
}

// notUnique finds values that stand twice: path leads from an element to them, "id" or "rows.id".
func notUnique(field, path string, list any) []engine.Detail {
	seen := map[string]bool{}
	var details []engine.Detail
	var walk func(at string, value any, steps []string)
	walk = func(at string, value any, steps []string) {
		if elements, ok := value.([]any); ok {
			for i, element := range elements {
				walk(fmt.Sprintf("%s[%d]", at, i), element, steps)
			}
			return
		}
		if object, ok := value.(map[string]any); ok && len(steps) > 0 {
			walk(at+"."+steps[0], object[steps[0]], steps[1:])
			return
		}
		text := fmt.Sprint(value)
		if value != nil && seen[text] {
			details = append(details, engine.Detail{Field: at, Text: "must be unique, and stands twice"})
		}
		seen[text] = true
	}
	walk(field, list, strings.Split(path, "."))
	return details
}

// fileRules is x-file-rules: the rule of each type, which a property tells.
type fileRules struct {
	Property string
	Rules    map[string]fileRule
}

func parseFileRules(raw any) (fileRules, error) {
	var rules fileRules
	text, err := json.Marshal(raw)
	if err == nil {
		err = json.Unmarshal(text, &rules)
	}
	return rules, err
}

// checkFile checks a file, and the caption that goes with it, by the rule of its type.
func checkFile(c *engine.Call, field string, raw any, body map[string]any) ([]engine.Detail, error) {
	rules, err := parseFileRules(raw)
	if err != nil {
		return nil, err
	}
	kind := str(body, rules.Property)
	rule, ok := rules.Rules[kind]
	var details []engine.Detail
	if ok && rule.Caption != nil && !*rule.Caption && body["caption"] != nil {
		details = append(details, engine.Detail{Field: "caption", Text: "does not apply to " + kind})
	}
	file := fileOf(c, field)
	switch {
	case file == nil:
	case !ok:
		details = append(details, engine.Detail{Field: field, Text: "does not apply to " + kind})
	default:
		if wrong := rule.wrong(file); wrong != "" {
			details = append(details, engine.Detail{Field: field, Text: wrong})
		}
	}
	return details, nil
}

func fileOf(c *engine.Call, field string) *spec.FormFile {
	form := c.Request.Form()
	if form == nil {
		return nil
	}
	for i := range form.Files {
		if form.Files[i].Name == field {
			return &form.Files[i]
		}
	}
	return nil
}

// wrong says what is wrong with a file, "" if nothing. Its content counts, not its name or what it says of itself (I).
func (r *fileRule) wrong(f *spec.FormFile) string {
	switch {
	case f.Size == 0:
		return "must not be empty"
	case f.Size > r.MaxBytes:
		return fmt.Sprintf("must be at most %d bytes", r.MaxBytes)
	case !slices.ContainsFunc(r.MediaTypes, func(want string) bool { return filetype.Is(f.Head, f.Inside, want) }):
		return "must be one of " + strings.Join(r.MediaTypes, ", ") + " by its content"
	}
	if r.Width > 0 {
		if width, height := filetype.Pixels(f.Head); width != r.Width || height != r.Height {
			return fmt.Sprintf("must be %d x %d pixels", r.Width, r.Height)
		}
	}
	return ""
}
