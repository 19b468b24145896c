package spec

import (
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// schema compiles a schema once, however many $refs lead to it. No schema at all accepts everything.
func (c *compiler) schema(ref *openapi3.SchemaRef, pointer string) (*Schema, error) {
	if ref == nil {
		allowed := true
		ref = &openapi3.SchemaRef{Value: &openapi3.Schema{Nullable: true, AdditionalProperties: openapi3.AdditionalProperties{Has: &allowed}}}
	}
	kin := ref.Value
	if s := c.shared.schemas[kin]; s != nil {
		return s, nil
	}
	node, pointer := c.tree.resolve(pointer)
	s := &Schema{
		Format: kin.Format, Pattern: kin.Pattern,
		Minimum: kin.Min, Maximum: kin.Max, MultipleOf: kin.MultipleOf,
		MinLength: int(kin.MinLength), MaxLength: bound(kin.MaxLength),
		MinItems: int(kin.MinItems), MaxItems: bound(kin.MaxItems), UniqueItems: kin.UniqueItems,
		MinProperties: int(kin.MinProps), MaxProperties: bound(kin.MaxProps),
		Nullable: kin.Nullable, ReadOnly: kin.ReadOnly, WriteOnly: kin.WriteOnly,
		AdditionalAllowed: true,
		Pointer:           pointer, kin: kin,
	}
	c.shared.schemas[kin] = s // before its parts: it may be one of them
	if types := kin.Type.Slice(); len(types) > 0 {
		s.Type = types[0]
	}
	s.ExclusiveMinimum = kin.ExclusiveMin.Bool != nil && *kin.ExclusiveMin.Bool
	s.ExclusiveMaximum = kin.ExclusiveMax.Bool != nil && *kin.ExclusiveMax.Bool
	s.Required = kin.Required
	c.values(s, node)
	c.discriminator(s, node)
	if err := c.parts(s, node); err != nil {
		return nil, err
	}
	if err := c.plan(s); err != nil {
		return nil, err
	}
	if err := c.rules(s, node); err != nil {
		return nil, err
	}
	c.merge(s)
	for _, key := range []string{"default", "example"} {
		if v := get(node, key); v != nil {
			c.pending = append(c.pending, func() error {
				c.checkGiven(s, v, pointer, key)
				return nil
			})
		}
	}
	return s, nil
}

// checkGiven leaves the default or the example of a schema out if it fits neither requests nor answers.
func (c *compiler) checkGiven(s *Schema, v *yaml.Node, pointer, key string) {
	if c.fits(s, v, pointer+"/"+key, false) == nil {
		return
	}
	misfit := c.fits(s, v, pointer+"/"+key, true) // it may be meant for either direction
	switch {
	case misfit == nil:
	case key == "example":
		c.leaveOut(misfit, "the example is left out")
		s.Example = nil
	default:
		c.leaveOut(misfit, "the default is left out")
		s.Default = nil
	}
}

func bound(n *uint64) int {
	if n == nil {
		return -1
	}
	return int(min(*n, 1<<62))
}

// values reads what kin's decoding changes: numbers become float64 there, and extensions lose their order.
func (c *compiler) values(s *Schema, node *yaml.Node) {
	members(node, func(key, v *yaml.Node) {
		switch {
		case key.Value == "enum":
			s.Enum, _ = value(v).([]any)
		case key.Value == "example":
			s.Example = value(v)
		case key.Value == "default":
			s.Default = value(v)
		case key.Value == "x-mock-value":
			s.MockValue = v.Value
		case key.Value == "x-faker":
			c.oldName(key)
		case strings.HasPrefix(key.Value, "x-"):
			if s.Extensions == nil {
				s.Extensions = map[string]any{}
			}
			s.Extensions[key.Value] = value(v)
		}
	})
}

// oldName warns once that the document still has the name that x-mock-value had before.
func (c *compiler) oldName(key *yaml.Node) {
	if !c.toldOldName {
		c.toldOldName = true
		e := &Error{File: c.doc.Name, Line: key.Line, Reason: "x-faker is now called x-mock-value, since x-faker is another tool's word; it is left out here and in every other place"}
		c.doc.LeftOut = append(c.doc.LeftOut, e.Error())
	}
}

// parts compiles the schemas inside of a schema.
func (c *compiler) parts(s *Schema, node *yaml.Node) (err error) {
	kin, pointer := s.kin, s.Pointer
	required := map[string]bool{}
	for _, name := range kin.Required {
		required[name] = true
	}
	members(get(node, "properties"), func(key, _ *yaml.Node) {
		if err != nil {
			return
		}
		p := Property{Name: key.Value, Required: required[key.Value]}
		p.Schema, err = c.schema(kin.Properties[key.Value], pointer+"/properties/"+escapeToken(key.Value))
		s.Properties = append(s.Properties, p)
	})
	if err != nil {
		return err
	}
	one := func(into **Schema, ref *openapi3.SchemaRef, key string) {
		if ref != nil && err == nil {
			*into, err = c.schema(ref, pointer+"/"+key)
		}
	}
	list := func(into *[]*Schema, refs openapi3.SchemaRefs, key string) {
		for i, ref := range refs {
			var part *Schema
			one(&part, ref, key+"/"+itoa(i))
			*into = append(*into, part)
		}
	}
	one(&s.Items, kin.Items, "items")
	one(&s.Not, kin.Not, "not")
	one(&s.Additional, kin.AdditionalProperties.Schema, "additionalProperties")
	list(&s.AllOf, kin.AllOf, "allOf")
	list(&s.OneOf, kin.OneOf, "oneOf")
	list(&s.AnyOf, kin.AnyOf, "anyOf")
	if has := kin.AdditionalProperties.Has; has != nil {
		s.AdditionalAllowed = *has
	}
	return err
}

// merge adds to a schema what its allOf says, for those who make values or look for a property.
func (c *compiler) merge(s *Schema) {
	if len(s.AllOf) == 0 {
		return
	}
	own := s.Properties
	s.Properties = nil
	index := map[string]int{}
	add := func(p Property) {
		if i, known := index[p.Name]; known {
			s.Properties[i].Required = s.Properties[i].Required || p.Required
			return
		}
		index[p.Name] = len(s.Properties)
		s.Properties = append(s.Properties, p)
	}
	for _, part := range s.AllOf {
		for _, p := range part.Properties {
			add(p)
		}
		if s.Type == "" {
			s.Type = part.Type
		}
	}
	for _, p := range own {
		if i, known := index[p.Name]; known {
			s.Properties[i].Schema = p.Schema // said again outside: the narrower one
		}
		add(p)
	}
	for _, name := range s.kin.Required {
		if i, known := index[name]; known {
			s.Properties[i].Required = true
		}
	}
}
