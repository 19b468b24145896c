package fake

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/spec"
)

func (g *generator) object(p *mergedSchema, path string, try int) (any, error) {
	value := map[string]any{}
	bare := p.branched && try%4 == 3 // only what must be there: it may show which alternative is meant
	for _, name := range p.names {
		member := p.member(name)
		required := p.required[name]
		switch {
		case member.writeOnly:
			continue
		case member.ruledOut != "" && required:
			return nil, &UnsatisfiableError{
				Pointer: member.ruledOut, Certain: !p.branched,
				Reason: "additionalProperties is false, and the property " + strconv.Quote(name) + " is required",
			}
		case member.ruledOut != "":
			continue
		case !required && (bare || g.ends(member.schemas) || p.full(value)):
			continue
		case p.words[name] != "" && accept(member.schemas, p.words[name]):
			value[name] = p.words[name]
			continue
		case slices.ContainsFunc(member.schemas, g.inside) && accept(member.schemas, nil):
			value[name] = nil
			continue
		}
		part, err := g.part(member.schemas, path+"."+name, "value of "+name)
		switch {
		case err == nil:
			value[name] = part
		case required || err == errSpent: //nolint:errorlint // never wrapped
			return nil, err
		}
	}
	if p.branched && try >= maxTries/4 && try%2 == 1 {
		p.setApart(value)
	}
	return value, g.fill(p, value, path)
}

// fill adds properties that the schema does not name, until there are as many as it requires.
func (g *generator) fill(p *mergedSchema, value map[string]any, path string) error {
	if p.minProperties > maxItems {
		return p.tooMany("properties", p.minProperties)
	}
	for i := 1; len(value) < p.minProperties; i++ {
		name := "property" + strconv.Itoa(i)
		if _, taken := value[name]; taken {
			continue
		}
		member := p.member(name)
		if member.ruledOut != "" {
			return &UnsatisfiableError{
				Pointer: member.ruledOut, Certain: !p.branched,
				Reason: "it must have " + strconv.Itoa(p.minProperties) + " properties, and may have " + strconv.Itoa(len(value)),
			}
		}
		part, err := g.part(member.schemas, path+"."+name, "value "+strconv.Itoa(i))
		if err != nil {
			return err
		}
		value[name] = part
	}
	return nil
}

// part makes a member or an item. It returns the text if there is no schema for it.
func (g *generator) part(schemas []*spec.Schema, path, text string) (any, error) {
	if len(schemas) == 0 {
		return text, nil
	}
	return g.value(schemas, path)
}

// ends reports whether an optional member is left out so that the value ends.
func (g *generator) ends(schemas []*spec.Schema) bool {
	for _, s := range schemas {
		if g.inside(s) || g.depth > g.limit && compound(s) {
			return true
		}
	}
	return false
}

func (g *generator) array(p *mergedSchema, f *gofakeit.Faker, path string) (any, error) {
	if p.minItems > maxItems {
		return nil, p.tooMany("items", p.minItems)
	}
	length := g.length(p, f)
	value := make([]any, 0, length)
	seen := map[string]bool{}
	for i := 0; len(value) < length; i++ {
		if i == length+maxTries {
			return value, nil // whether it is long enough is for the caller's check to say
		}
		part, err := g.part(p.items, path+"["+strconv.Itoa(i)+"]", "value "+strconv.Itoa(i+1))
		if err != nil {
			if err != errSpent && len(value) >= p.minItems { //nolint:errorlint // never wrapped
				return value, nil
			}
			return nil, err
		}
		if p.unique {
			text, _ := json.Marshal(part) // it is made of marshalable parts only
			if seen[string(text)] {
				continue
			}
			seen[string(text)] = true
		}
		value = append(value, part)
	}
	return value, nil
}

// length draws the length of an array: one to three elements if the bounds allow it, and none if an element would start a circle.
func (g *generator) length(p *mergedSchema, f *gofakeit.Faker) int {
	low, high := max(p.minItems, 1), max(p.minItems, 3)
	if slices.ContainsFunc(p.items, g.inside) {
		low, high = p.minItems, p.minItems
	}
	if p.maxItems >= 0 {
		low, high = min(low, p.maxItems), min(high, p.maxItems)
	}
	return f.Number(low, max(low, high))
}

func (p *mergedSchema) tooMany(what string, least int) error {
	return &UnsatisfiableError{
		Pointer: p.parts[0].Pointer, Certain: true,
		Reason: "it must have " + strconv.Itoa(least) + " " + what + ", and the mock makes at most " + strconv.Itoa(maxItems),
	}
}

// compound reports whether values of the schema may have parts.
func compound(s *spec.Schema) bool {
	return s.Type == "object" || s.Type == "array" || len(s.Properties)+len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) > 0
}

// setApart adds a property that only the alternatives that were not taken know, with a value that they do not
// accept, so that the object fits exactly one alternative of a oneOf.
func (p *mergedSchema) setApart(value map[string]any) {
	for _, other := range p.others {
		for _, property := range other.Properties {
			member := p.member(property.Name)
			_, there := value[property.Name]
			if there || member.ruledOut != "" || member.writeOnly {
				continue
			}
			for _, odd := range [...]any{"other", true, json.Number("0"), []any{}, map[string]any{}} {
				if !property.Schema.Accepts(odd) && accept(member.schemas, odd) {
					value[property.Name] = odd
					break
				}
			}
			if _, set := value[property.Name]; set {
				break
			}
		}
	}
}
