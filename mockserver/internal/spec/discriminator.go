package spec

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Discriminator names the property whose value is the name of the alternative that an object is.
type Discriminator struct {
	Property string
	words    map[string]string // by the pointer of the alternative
}

// Word is the property's value for an alternative: as mapping says, else the schema's own name; "" if it has none.
func (d *Discriminator) Word(alternative *Schema) string {
	if word, mapped := d.words[alternative.Pointer]; mapped {
		return word
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
}

// Member is what an object schema itself, without what it is combined of, says about a member: its schema, nil if any
// value will do, and whether it may be there at all.
func (s *Schema) Member(name string) (member *Schema, allowed bool) {
	if i, named := s.plan.index[name]; named {
		return s.plan.properties[i].Schema, true
	}
	return s.Additional, s.AdditionalAllowed
}
