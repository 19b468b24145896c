package spec

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Discriminator names the property whose value is the name of the alternative that an object is.
type Discriminator struct {
	Property string
	Mapped   []*Schema         // the alternatives of a schema that names them nowhere but in the mapping
	words    map[string]string // by the pointer of the alternative
}

// Word is the property's value for an alternative: as mapping says, else the schema's own name; "" if it has none.
func (d *Discriminator) Word(alternative *Schema) string {
	if word, mapped := d.words[alternative.Pointer]; mapped {
		return word
	}
	if len(d.Mapped) > 0 {
		return ""
	}
	name, named := strings.CutPrefix(alternative.Pointer, "/components/schemas/")
	if !named || strings.Contains(name, "/") {
		return ""
	}
	return unescapeToken(name)
}

func (c *compiler) discriminator(s *Schema, node *yaml.Node) {
	if s.kin.Discriminator == nil {
		return
	}
	s.Discriminator = &Discriminator{Property: s.kin.Discriminator.PropertyName, words: map[string]string{}}
	members(get(get(node, "discriminator"), "mapping"), func(key, v *yaml.Node) {
		pointer := "/components/schemas/" + escapeToken(v.Value) // a schema's name, or a reference
		if strings.Contains(v.Value, "#") {
			_, pointer = c.tree.resolve(refPointer(v.Value))
		}
		if _, first := s.Discriminator.words[pointer]; !first {
			s.Discriminator.words[pointer] = key.Value
		}
	})
	if len(s.kin.OneOf)+len(s.kin.AnyOf) == 0 {
		c.pending = append(c.pending, func() error {
			s.Discriminator.Mapped = c.mapped(s.Discriminator.words)
			return nil
		})
	}
}

// mapped are the schemas at these pointers, all of which are compiled; in the order of their pointers.
func (c *compiler) mapped(words map[string]string) []*Schema {
	at := map[string]*Schema{}
	for _, s := range c.shared.schemas {
		at[s.Pointer] = s
	}
	var list []*Schema
	for _, pointer := range slices.Sorted(maps.Keys(words)) {
		if s := at[pointer]; s != nil {
			list = append(list, s)
		}
	}
	return list
}

// Member is what an object schema itself, without what it is combined of, says about a member: its schema, nil if any
// value will do, and whether it may be there at all.
func (s *Schema) Member(name string) (member *Schema, allowed bool) {
	if i, named := s.plan.index[name]; named {
		return s.plan.properties[i].Schema, true
	}
	return s.Additional, s.AdditionalAllowed
}
