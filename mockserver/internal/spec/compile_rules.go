package spec

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/internal/filetype"
)

// rules compiles the rules that a schema states in extensions. What needs other schemas is checked later, by checkRules.
func (c *compiler) rules(s *Schema, node *yaml.Node) error {
	var err error
	if x := get(node, "x-unique"); x != nil {
		if s.rules.unique, err = c.uniqueRules(x, s.Pointer+"/x-unique"); err != nil {
			return err
		}
	}
	if x := get(node, "x-file-rules"); x != nil {
		if s.rules.files, err = c.fileRules(x, s.Pointer+"/x-file-rules"); err != nil {
			return err
		}
	}
	if x := get(node, "x-content-schema"); x != nil {
		pointer := s.Pointer + "/x-content-schema"
		s.rules.content = &contentRule{pointer: pointer}
		s.rules.content.schema, err = c.schema(c.kin.Components.Schemas[c.tree.contents[pointer]], pointer)
	}
	return err
}

// uniqueRules reads x-unique: a path, or a list of paths.
func (c *compiler) uniqueRules(x *yaml.Node, pointer string) ([]uniqueRule, error) {
	items := []*yaml.Node{x}
	if x.Kind == yaml.SequenceNode {
		items = x.Content
	}
	var list []uniqueRule
	for i, item := range items {
		if item.Kind != yaml.ScalarNode || item.ShortTag() != "!!str" || item.Value == "" {
			list = nil
			break
		}
		rule := uniqueRule{path: strings.Split(item.Value, "."), pointer: pointer}
		if x.Kind == yaml.SequenceNode {
			rule.pointer += "/" + itoa(i)
		}
		list = append(list, rule)
	}
	if len(list) == 0 {
		return nil, c.errorAt(pointer, "must be the name of a property of the elements, the path to one (rows.id), or a list of these")
	}
	return list, nil
}

// fileRules reads x-file-rules.
func (c *compiler) fileRules(x *yaml.Node, pointer string) (*fileRules, error) {
	rules := &fileRules{rules: map[string]fileRule{}, pointer: pointer}
	err := c.keys(x, pointer, "property, rules, rule, tooLarge and mark", func(key string, value *yaml.Node, at string) (known bool, err error) {
		switch key {
		case "property":
			rules.property, err = c.word(value, at, "must be the name of the property that says of which kind a file is")
		case "mark":
			_, err = c.word(value, at, "must be D, E or I")
		case "rule":
			var rule fileRule
			rule, err = c.fileRule(value, at)
			rules.only = &rule
		case "tooLarge":
			if value.Value != "413" {
				return true, c.errorAt(at, "must be 413, the status of the answer to a file that is larger than maxBytes")
			}
			rules.tooLarge = true
		case "rules":
			err = c.keys(value, at, "", func(kind string, value *yaml.Node, at string) (bool, error) {
				rule, err := c.fileRule(value, at)
				rules.rules[kind] = rule
				return true, err
			})
		default:
			return false, nil
		}
		return true, err
	})
	switch {
	case err != nil:
		return nil, err
	case rules.only != nil && (rules.property != "" || len(rules.rules) > 0):
		return nil, c.errorAt(pointer, "has either rule, for each file, or property and rules, for each kind of file")
	case rules.only != nil:
	case rules.property == "":
		return nil, c.errorAt(pointer, "property is missing: the name of the property that says of which kind a file is")
	case len(rules.rules) == 0:
		return nil, c.errorAt(pointer, "rules is missing: what a file of each kind must be")
	}
	return rules, nil
}

// fileRule reads the rule of one kind of file.
func (c *compiler) fileRule(x *yaml.Node, pointer string) (rule fileRule, err error) {
	err = c.keys(x, pointer, "mediaTypes, maxBytes, caption, width and height", func(key string, value *yaml.Node, at string) (known bool, err error) {
		var pixels int64
		switch key {
		case "mediaTypes":
			rule.mediaTypes, err = c.mediaTypes(value, at)
		case "maxBytes":
			rule.maxBytes, err = c.positive(value, at, "must be a number of bytes, such as 5242880, without a unit")
		case "caption":
			var caption bool
			if value.ShortTag() != "!!bool" || value.Decode(&caption) != nil {
				return true, c.errorAt(at, "must be true or false")
			}
			rule.noCaption = !caption
		case "width":
			pixels, err = c.positive(value, at, "must be a number of pixels")
			rule.width = int(pixels)
		case "height":
			pixels, err = c.positive(value, at, "must be a number of pixels")
			rule.height = int(pixels)
		default:
			return false, nil
		}
		return true, err
	})
	if err == nil && rule.width+rule.height > 0 {
		if i := slices.IndexFunc(rule.mediaTypes, func(t string) bool { return !filetype.HasPixels(t) }); i >= 0 || len(rule.mediaTypes) == 0 {
			err = c.errorAt(pointer, "width and height can be checked for image/webp only; give it as the only one of mediaTypes")
		}
	}
	return rule, err
}

// mediaTypes reads a list of media types that can be recognised by a file's content.
func (c *compiler) mediaTypes(x *yaml.Node, pointer string) ([]string, error) {
	if x.Kind != yaml.SequenceNode || len(x.Content) == 0 {
		return nil, c.errorAt(pointer, "must be a list of media types, such as [image/jpeg, image/png]")
	}
	var list []string
	for i, item := range x.Content {
		name, known := filetype.Known(item.Value)
		if item.Kind != yaml.ScalarNode || !known {
			return nil, c.errorAt(pointer+"/"+itoa(i), "the media type %q cannot be recognised by the content of a file; name one as image/png", item.Value)
		}
		list = append(list, name)
	}
	return list, nil
}

// keys calls read for each member of a mapping; read reports whether the key is a known one.
func (c *compiler) keys(x *yaml.Node, pointer, known string, read func(key string, value *yaml.Node, at string) (bool, error)) (err error) {
	if x.Kind != yaml.MappingNode {
		return c.errorAt(pointer, "must be a mapping")
	}
	members(x, func(key, value *yaml.Node) {
		if err != nil {
			return
		}
		at := pointer + "/" + escapeToken(key.Value)
		var ok bool
		if ok, err = read(key.Value, value, at); err == nil && !ok {
			err = c.errorAt(at, "is not a known key here; known are %s", known)
		}
	})
	return err
}

func (c *compiler) word(x *yaml.Node, pointer, must string) (string, error) {
	if x.Kind != yaml.ScalarNode || x.ShortTag() != "!!str" || x.Value == "" {
		return "", c.errorAt(pointer, "%s", must)
	}
	return x.Value, nil
}

// positive reads a whole number of at least 1.
func (c *compiler) positive(x *yaml.Node, pointer, must string) (int64, error) {
	if x.Kind == yaml.ScalarNode && x.ShortTag() == "!!int" {
		if n, err := strconv.ParseInt(string(scalarNumber(x)), 10, 64); err == nil && n > 0 && n <= 1<<53 {
			return n, nil
		}
	}
	return 0, c.errorAt(pointer, "%s; it is %q", must, x.Value)
}

// checkRules checks what the rules say about other schemas, when all are compiled, and finds the schemas that have rules inside.
func (c *compiler) checkRules() error {
	schemas := slices.SortedFunc(maps.Values(c.shared.schemas), func(a, b *Schema) int { return strings.Compare(a.Pointer, b.Pointer) })
	findRules(schemas)
	var errs []*Error
	for _, s := range schemas {
		var e *Error
		if err := c.checkRulesOf(s); errors.As(err, &e) {
			errs = append(errs, e)
		}
	}
	for _, op := range c.doc.Operations {
		for _, p := range op.Parameters {
			if p.Schema.rules.inside && (p.Schema.Type != "string" || p.Schema.rules.content == nil) {
				var e *Error
				if errors.As(c.errorAt(p.Pointer, "x-unique and x-file-rules are checked in request bodies only, x-content-schema in a parameter that is a text"), &e) {
					errs = append(errs, e)
				}
			}
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return slices.MinFunc(errs, func(a, b *Error) int { return a.Line - b.Line })
}

func (c *compiler) checkRulesOf(s *Schema) error {
	for _, rule := range s.rules.unique {
		if s.Type != "array" {
			return c.errorAt(rule.pointer, "x-unique is for an array, and this schema is not of the type array")
		}
		if !hasPath(s, rule.path, map[string]bool{}) {
			return c.errorAt(rule.pointer, "the elements have no property %s; x-unique names one, or the path to it (rows.id)", strings.Join(rule.path, "."))
		}
	}
	if rule := s.rules.content; rule != nil {
		if s.Type != "string" {
			return c.errorAt(rule.pointer, "x-content-schema is for a text, and this schema is not of the type string")
		}
		rule.text = contentText(rule.schema)
	}
	if rules := s.rules.files; rules != nil {
		return c.checkFileRules(s, rules)
	}
	return nil
}

func (c *compiler) checkFileRules(s *Schema, rules *fileRules) error {
	if s.Type != "string" {
		return c.errorAt(rules.pointer, "x-file-rules is for a file (type: string, format: binary), or for a link to one")
	}
	if rules.only != nil {
		if !s.isFile() {
			return c.errorAt(rules.pointer+"/rule", "says what the content of a file must be, and this is no file (format: binary)")
		}
		return nil
	}
	if !rules.beside {
		return c.errorAt(rules.pointer+"/property", "there is no property %s beside the file", rules.property)
	}
	for _, kind := range slices.Sorted(maps.Keys(rules.rules)) {
		rule := rules.rules[kind]
		at := rules.pointer + "/rules/" + escapeToken(kind)
		if !s.isFile() && (len(rule.mediaTypes) > 0 || rule.maxBytes > 0 || rule.width+rule.height > 0) {
			return c.errorAt(at, "says what the content of a file must be, and this is no file (format: binary)")
		}
		if rules.words != nil && !slices.ContainsFunc(rules.words, func(word any) bool { text, _ := kindWord(word); return text == kind }) {
			c.leaveOut(c.errorAt(at, "is no word that %s knows", rules.property), "the rule is not used")
		}
	}
	return nil
}

// hasPath reports whether elements of an array, or of the arrays in it, have a property at a path.
func hasPath(s *Schema, path []string, seen map[string]bool) bool {
	key := fmt.Sprintf("%p %d", s, len(path))
	if seen[key] {
		return false
	}
	seen[key] = true
	if len(path) == 0 {
		return true
	}
	for _, items := range s.alternatives(func(x *Schema) *Schema { return x.Items }) {
		if hasPath(items, path, seen) {
			return true
		}
	}
	for _, property := range s.alternatives(func(x *Schema) *Schema { return x.Property(path[0]) }) {
		if hasPath(property, path[1:], seen) {
			return true
		}
	}
	return false
}

// findRules finds the schemas that have rules inside, and for the rules of files the property that is beside them.
func findRules(schemas []*Schema) {
	wholes := map[*Schema][]*Schema{} // by their parts
	var found []*Schema
	for _, s := range schemas {
		if s.rules.inside = s.rules.any(); s.rules.inside {
			found = append(found, s)
		}
		for _, part := range s.parts() {
			wholes[part] = append(wholes[part], s)
		}
	}
	for len(found) > 0 {
		part := found[len(found)-1]
		found = found[:len(found)-1]
		for _, whole := range wholes[part] {
			if !whole.rules.inside {
				whole.rules.inside = true
				found = append(found, whole)
			}
		}
	}
	for _, s := range schemas {
		for _, property := range partsOf(s, func(x *Schema) *[]Property { return &x.plan.properties }) {
			for _, p := range *property {
				for _, rules := range p.Schema.fileRules() {
					rules.findProperty(s)
				}
			}
		}
	}
}

// findProperty looks for the property that says of which kind a file is, in an object that has the file.
func (r *fileRules) findProperty(object *Schema) {
	for _, p := range object.alternatives(func(x *Schema) *Schema { return x.Property(r.property) }) {
		r.beside = true
		for _, words := range partsOf(p, func(x *Schema) *[]any { return &x.Enum }) {
			r.words = append(r.words, *words...)
		}
	}
}

// partsOf gathers something of a schema and of all that it is combined of.
func partsOf[T any](s *Schema, part func(*Schema) *T) []*T {
	var list []*T
	s.each(map[*Schema]bool{}, func(x *Schema) {
		if found := part(x); found != nil {
			list = append(list, found)
		}
	})
	return list
}
