package spec

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A shape says which members of one kind of OpenAPI 3.0 object are objects again, and of which kind.
type shape struct {
	one   map[string]string // a single object
	list  map[string]string // a list of objects
	named map[string]string // objects by name
}

// shapes are the objects of OpenAPI 3.0 that hold others. Those that hold none have no entry.
var shapes = map[string]shape{
	"document": {
		one:   map[string]string{"info": "info", "components": "components"},
		list:  map[string]string{"servers": "server"},
		named: map[string]string{"paths": "path item"},
	},
	"components": {named: componentKinds},
	"path item": {
		one: map[string]string{
			"get": "operation", "put": "operation", "post": "operation", "delete": "operation",
			"options": "operation", "head": "operation", "patch": "operation", "trace": "operation",
		},
		list: map[string]string{"parameters": "parameter"},
	},
	"operation": {
		one:   map[string]string{"requestBody": "request body"},
		list:  map[string]string{"parameters": "parameter"},
		named: map[string]string{"responses": "response", "callbacks": "callback"},
	},
	"parameter":    {one: map[string]string{"schema": "schema"}, named: map[string]string{"examples": "example", "content": "media type"}},
	"header":       {one: map[string]string{"schema": "schema"}, named: map[string]string{"examples": "example", "content": "media type"}},
	"request body": {named: map[string]string{"content": "media type"}},
	"response":     {named: map[string]string{"headers": "header", "content": "media type", "links": "link"}},
	"media type":   {one: map[string]string{"schema": "schema"}, named: map[string]string{"examples": "example", "encoding": "encoding"}},
	"encoding":     {named: map[string]string{"headers": "header"}},
	"server":       {named: map[string]string{"variables": "server variable"}},
	"schema": {
		one:   map[string]string{"not": "schema", "items": "schema", "additionalProperties": "schema", contentKey: "schema"},
		list:  map[string]string{"allOf": "schema", "oneOf": "schema", "anyOf": "schema"},
		named: map[string]string{"properties": "schema"},
	},
}

// componentKinds are the sections of components.
var componentKinds = map[string]string{
	"schemas": "schema", "responses": "response", "parameters": "parameter", "examples": "example", "requestBodies": "request body",
	"headers": "header", "securitySchemes": "security scheme", "links": "link", "callbacks": "callback",
}

// A shapeChecker walks the objects of a document and keeps the first thing that is wrong.
type shapeChecker struct {
	tree     *tree
	contents []string // the pointers of each x-content-schema
	err      error
}

// checkShape refuses what kin would let through, would panic at or would refuse without a line: something empty or of another
// type where an object is due, and $refs that lead nowhere, out of the document or to another kind of object.
func (t *tree) checkShape() error {
	c := shapeChecker{tree: t}
	c.object(t.root, "", "document", t.root.Line)
	t.nameContents(c.contents)
	return c.err
}

func (c *shapeChecker) refuse(line int, pointer, format string, args ...any) {
	if c.err == nil {
		c.err = &Error{Line: line, Reason: readable(pointer) + ": " + fmt.Sprintf(format, args...)}
	}
}

// object looks at one object; line is that of its key.
func (c *shapeChecker) object(x *yaml.Node, pointer, kind string, line int) {
	if x.Kind != yaml.MappingNode {
		c.notObject(x, pointer, kind, line)
		return
	}
	if key, ref := child(x, "$ref"); ref != nil {
		c.ref(ref, pointer, kind, key.Line)
		return
	}
	if kind == "callback" {
		c.each(x, pointer, "path item")
		return
	}
	if key, types := child(x, "type"); kind == "schema" && types != nil && types.Kind != yaml.ScalarNode {
		c.refuse(key.Line, pointer, "type must be one word; a list of types is OpenAPI 3.1: write nullable: true in place of null, and oneOf for the rest")
	}
	s := shapes[kind]
	members(x, func(key, value *yaml.Node) {
		here := pointer + "/" + escapeToken(key.Value)
		if kind == "schema" && key.Value == contentKey {
			c.contents = append(c.contents, here)
		}
		switch of := s.one[key.Value]; {
		case of == "" || empty(value) && of != "operation" && key.Value != contentKey:
		case of == "schema" && key.Value == "additionalProperties" && value.ShortTag() == "!!bool":
		default:
			c.object(value, here, of, key.Line)
		}
		if of := s.named[key.Value]; of != "" && !empty(value) {
			if value.Kind != yaml.MappingNode {
				c.refuse(key.Line, here, "must be a mapping from names to %ss", of)
				return
			}
			c.each(value, here, of)
		}
		if of := s.list[key.Value]; of != "" && !empty(value) {
			if value.Kind != yaml.SequenceNode {
				c.refuse(key.Line, here, "must be a list of %ss", of)
				return
			}
			for i, item := range value.Content {
				c.object(item, here+"/"+itoa(i), of, item.Line)
			}
		}
	})
}

// each looks at objects by name.
func (c *shapeChecker) each(x *yaml.Node, pointer, kind string) {
	members(x, func(key, value *yaml.Node) {
		if strings.HasPrefix(key.Value, "x-") && kind != "header" && kind != "schema" {
			return
		}
		c.object(value, pointer+"/"+escapeToken(key.Value), kind, key.Line)
	})
}

func empty(x *yaml.Node) bool { return x.Kind == yaml.ScalarNode && x.ShortTag() == "!!null" }

func (c *shapeChecker) notObject(x *yaml.Node, pointer, kind string, line int) {
	if empty(x) {
		c.refuse(line, pointer, "is empty; describe the %s here, or remove the name", kind)
		return
	}
	c.refuse(line, pointer, "must be a mapping that describes the %s", kind)
}

func (c *shapeChecker) ref(ref *yaml.Node, pointer, kind string, line int) {
	switch to := ref.Value; {
	case ref.Kind != yaml.ScalarNode || ref.ShortTag() != "!!str":
		c.refuse(line, pointer, "$ref must be a text, such as '#/components/schemas/Name'")
	case kind == "path item":
		c.refuse(line, pointer, "a $ref in place of a path is not supported: write the path's operations here")
	case !strings.HasPrefix(to, "#"):
		c.refuse(line, pointer, "$ref %q leads out of this document, which is not supported: put what it names under components, or make one file of all (npx @redocly/cli bundle)", to)
	default:
		c.refInside(to, pointer, kind, line)
	}
}

func (c *shapeChecker) refInside(to, pointer, kind string, line int) {
	at := refPointer(to)
	if target, _ := c.tree.resolve(at); target == nil {
		reason := "does not exist in this document"
		if target, _ := c.tree.at(at); target != nil {
			reason = "leads on to nothing, or back to itself"
		}
		c.refuse(line, pointer, "$ref %q %s", to, reason)
		return
	}
	section, name, inComponents := strings.Cut(strings.TrimPrefix(at, "/components/"), "/")
	if !inComponents || !strings.HasPrefix(at, "/components/") || strings.Contains(name, "/") {
		return
	}
	if found := componentKinds[section]; found != kind {
		c.refuse(line, pointer, "$ref %q names a %s, and a %s is due here", to, found, kind)
	}
}
