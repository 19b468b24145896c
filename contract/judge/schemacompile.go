package judge

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

type compiler struct {
	made map[*openapi3.Schema]*compiled
}

// compile compiles a schema. Schemas may be cyclic.
func (c *compiler) compile(ref *openapi3.SchemaRef, place string) (*compiled, error) {
	if ref == nil || ref.Value == nil {
		return nil, nil
	}
	if ref.Ref != "" {
		place = strings.TrimPrefix(ref.Ref, "#")
	}
	if made, ok := c.made[ref.Value]; ok {
		return made, nil
	}
	in := ref.Value
	s := &compiled{
		nullable: in.Nullable, format: in.Format, enum: in.Enum, place: place,
		minLen: int(in.MinLength), maxLen: bound(in.MaxLength), minItems: int(in.MinItems), maxItems: bound(in.MaxItems),
		required: in.Required, inferred: in.Extensions["x-mark"] == "I",
		minimum: float(in.Min), maximum: float(in.Max),
		exclMin: in.ExclusiveMin.Bool != nil && *in.ExclusiveMin.Bool, exclMax: in.ExclusiveMax.Bool != nil && *in.ExclusiveMax.Bool,
	}
	c.made[in] = s
	if types := in.Type.Slice(); len(types) > 0 {
		s.kind = types[0]
	}
	var err error
	if in.Pattern != "" {
		if s.pattern, err = regexp.Compile(in.Pattern); err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
	}
	if err := c.children(s, in); err != nil {
		return nil, err
	}
	if s.madeOf(s, 0) {
		return nil, fmt.Errorf("%s: the schema is made of itself, so nothing can fit it", place)
	}
	return s, nil
}

// madeOf reports whether a schema contains another one in allOf, anyOf, oneOf or not, at any depth. If it contains itself, a check would not end.
func (s *compiled) madeOf(other *compiled, depth int) bool {
	for _, part := range slices.Concat(s.all, s.some, s.one, []*compiled{s.not}) {
		if part == other || part != nil && (depth > 64 || part.madeOf(other, depth+1)) {
			return true
		}
	}
	return false
}

func (c *compiler) children(s *compiled, in *openapi3.Schema) (err error) {
	if len(in.Properties) > 0 {
		s.properties = make(map[string]*compiled, len(in.Properties))
	}
	for name, ref := range in.Properties {
		if s.properties[name], err = c.compile(ref, s.place+"/properties/"+name); err != nil {
			return err
		}
	}
	if s.items, err = c.compile(in.Items, s.place+"/items"); err != nil {
		return err
	}
	s.closed = in.AdditionalProperties.Has != nil && !*in.AdditionalProperties.Has
	if s.additional, err = c.compile(in.AdditionalProperties.Schema, s.place+"/additionalProperties"); err != nil {
		return err
	}
	if s.not, err = c.compile(in.Not, s.place+"/not"); err != nil {
		return err
	}
	for _, list := range []struct {
		name string
		refs openapi3.SchemaRefs
		out  *[]*compiled
	}{{"allOf", in.AllOf, &s.all}, {"anyOf", in.AnyOf, &s.some}, {"oneOf", in.OneOf, &s.one}} {
		for i, ref := range list.refs {
			child, err := c.compile(ref, fmt.Sprintf("%s/%s/%d", s.place, list.name, i))
			if err != nil {
				return err
			}
			*list.out = append(*list.out, child)
		}
	}
	return nil
}

func bound(n *uint64) int {
	if n == nil {
		return -1
	}
	return int(*n)
}

func float(f *float64) *big.Float {
	if f == nil {
		return nil
	}
	return big.NewFloat(*f)
}
