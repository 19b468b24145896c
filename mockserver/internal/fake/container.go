package fake

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/brianvoe/gofakeit/v7"

	"example.com/awalmock/mockserver/internal/spec"
)

func (m *maker) object(p *plain, path string, try int) (any, error) {
	value := map[string]any{}
	bare := p.branched && try%4 == 3 // only what must be there: it may tell alternatives apart
	for _, name := range p.names {
		member := p.member(name)
		required := p.required[name]
		switch {
		case member.writeOnly:
			continue
		case member.ruledOut != "" && required:
			return nil, &Unsatisfiable{
				Pointer: member.ruledOut, Certain: !p.branched,
				Reason: "additionalProperties is false, and the property " + strconv.Quote(name) + " is required",
			}
		case member.ruledOut != "":
			continue
		case !required && (bare || m.ends(member.schemas) || p.full(value)):
			continue
		case p.words[name] != "" && accept(member.schemas, p.words[name]):
			value[name] = p.words[name]
			continue
		case slices.ContainsFunc(member.schemas, m.inside) && accept(member.schemas, nil):
			value[name] = nil
			continue
		}
		part, err := m.part(member.schemas, path+"."+name, "value of "+name)
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
	return value, m.fill(p, value, path)
}

// fill adds properties that the schema does not name, as many as it asks for.
func (m *maker) fill(p *plain, value map[string]any, path string) error {
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
			return &Unsatisfiable{
				Pointer: member.ruledOut, Certain: !p.branched,
				Reason: "it must have " + strconv.Itoa(p.minProperties) + " properties, and may have " + strconv.Itoa(len(value)),
			}
		}
		part, err := m.part(member.schemas, path+"."+name, "value "+strconv.Itoa(i))
		if err != nil {
			return err
		}
		value[name] = part
	}
	return nil
}

// part makes a member or an item; it is the text if no schema says anything about it.
func (m *maker) part(schemas []*spec.Schema, path, text string) (any, error) {
	if len(schemas) == 0 {
		return text, nil
	}
	return m.value(schemas, path)
}

// ends tells whether an optional member is left out, for the value to have an end.
func (m *maker) ends(schemas []*spec.Schema) bool {
	for _, s := range schemas {
		if m.inside(s) || m.depth > m.limit && compound(s) {
			return true
		}
	}
	return false
}

func (m *maker) array(p *plain, f *gofakeit.Faker, path string) (any, error) {
	if p.minItems > maxItems {
		return nil, p.tooMany("items", p.minItems)
	}
	length := m.length(p, f)
	value := make([]any, 0, length)
	seen := map[string]bool{}
	for i := 0; len(value) < length; i++ {
		if i == length+maxTries {
			return value, nil // whether it is long enough is for the caller's check to say
		}
		part, err := m.part(p.items, path+"["+strconv.Itoa(i)+"]", "value "+strconv.Itoa(i+1))
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

// length draws an array's length: one to three elements, if the bounds take that, and none of what would start a circle.
func (m *maker) length(p *plain, f *gofakeit.Faker) int {
	low, high := max(p.minItems, 1), max(p.minItems, 3)
	if slices.ContainsFunc(p.items, m.inside) {
		low, high = p.minItems, p.minItems
	}
	if p.maxItems >= 0 {
		low, high = min(low, p.maxItems), min(high, p.maxItems)
	}
	return f.Number(low, max(low, high))
}

func (p *plain) tooMany(what string, least int) error {
	return &Unsatisfiable{
		Pointer: p.parts[0].Pointer, Certain: true,
		Reason: "it must have " + strconv.Itoa(least) + " " + what + ", and the mock makes at most " + strconv.Itoa(maxItems),
	}
}

// compound tells whether values of the schema may have parts.
func compound(s *spec.Schema) bool {
	return s.Type == "object" || s.Type == "array" || len(s.Properties)+len(s.AllOf)+len(s.OneOf)+len(s.AnyOf) > 0
}

// setApart adds to an object a property that only the alternatives which were not taken have, with a value that they do not
// take, so that it fits one alternative of a oneOf and no other.
func (p *plain) setApart(value map[string]any) {
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
