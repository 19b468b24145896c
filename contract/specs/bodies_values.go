package specs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/contract/document"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

type addChange func(keyword, what string, value any, valid bool)

func (w *bodyWalk) array(schema *openapi3.Schema, name string, path []any, at addChange) {
	items := func(n int) []any {
		out := make([]any, n)
		for i := range out {
			out[i] = sample(schema.Items, name, i)
		}
		return out
	}
	if least := schema.MinItems; least > 0 && least <= document.MostElements {
		at("items", fmt.Sprintf("with %d items", least), items(int(least)), true)
		at("items", fmt.Sprintf("with %d items", least-1), items(int(least)-1), false)
	}
	if schema.MaxItems != nil && *schema.MaxItems < document.MostElements {
		most := int(*schema.MaxItems)
		at("items", fmt.Sprintf("with %d items", most), items(most), true)
		at("items", fmt.Sprintf("with %d items", most+1), items(most+1), false)
	}
	if unique, ok := schema.Extensions["x-unique"].(string); ok {
		w.unique(schema, name, unique, at)
	}
	w.walk(schema.Items, name, append(slices.Clone(path), 0))
}

// unique tries two elements with the same value of the property that x-unique names. "rows.id" means two rows of one element.
func (w *bodyWalk) unique(schema *openapi3.Schema, name, unique string, at addChange) {
	inner, property, nested := strings.Cut(unique, ".")
	twins := duplicatesOf(schema.Items, name, inner)
	if nested {
		list := document.Effective(document.Effective(schema.Items).Properties[inner]).Items
		element, _ := sample(schema.Items, name, 0).(map[string]any)
		if element == nil {
			return
		}
		element[inner] = duplicatesOf(list, inner, property)
		twins = []any{element}
	} else {
		property = inner
	}
	at("unique", "with the same "+property+" twice", twins, false)
}

// duplicatesOf are two elements that differ, except in one property.
func duplicatesOf(items *openapi3.SchemaRef, name, property string) []any {
	one, other := sample(items, name, 0), sample(items, name, 1)
	if a, ok := one.(map[string]any); ok {
		if b, ok := other.(map[string]any); ok {
			b[property] = a[property]
		}
	}
	return []any{one, other}
}

// text tries texts of the longest length, also in Arabic letters and emoji, since characters count and not bytes; one character more; and enum words
// and patterns.
func (w *bodyWalk) text(schema *openapi3.Schema, name string, path []any, at addChange) {
	if schema.MinLength > 0 && schema.MinLength <= document.LongestText && schema.Pattern == "" {
		at("minLength", fmt.Sprintf("of %d characters", schema.MinLength), strings.Repeat("x", int(schema.MinLength)), true)
		if schema.MinLength == 1 {
			at("minLength", "that is 0", "0", true)
		}
		at("minLength", fmt.Sprintf("of %d characters", schema.MinLength-1), strings.Repeat("x", int(schema.MinLength)-1), false)
	}
	if schema.MaxLength != nil && *schema.MaxLength < document.LongestText {
		most := int(*schema.MaxLength)
		at("maxLength", fmt.Sprintf("of %d Arabic letters", most), strings.Repeat("م", most), true)
		at("maxLength", fmt.Sprintf("of %d characters", most), strings.Repeat("x", most), true)
		at("maxLength", fmt.Sprintf("of %d characters beyond the basic plane", most), strings.Repeat("😀", most), true)
		at("maxLength", fmt.Sprintf("of %d characters", max(0, most-1)), strings.Repeat("y", max(0, most-1)), true)
		at("maxLength", fmt.Sprintf("of %d characters", most+1), strings.Repeat("x", most+1), false)
	}
	if len(schema.Enum) > 0 {
		word := fmt.Sprint(schema.Enum[0])
		at("enum", "of an unknown word", "nosuchword", false)
		at("enum", "of a word with one more letter", word+"x", false)
		at("enum", "of a word without its last letter", cutShort(word), false)
		for _, each := range schema.Enum {
			if other := swapCase(fmt.Sprint(each)); !slices.Contains(schema.Enum, any(other)) {
				at("enum", "of the word "+other, other, false)
			}
		}
		if w.body.Media == exchange.MediaJSON { // in a form, other parts may have to go with a word
			for _, word := range schema.Enum {
				at("enum", fmt.Sprintf("of the word %v", word), word, true)
			}
		}
	}
	if pattern, err := regexp.Compile(schema.Pattern); err == nil && schema.Pattern != "" {
		w.phoneForms(name, pattern, path)
		for _, wrong := range almostMatching(pattern, name) {
			at("pattern", "of the form "+wrong, wrong, false)
		}
	}
}

// number tries the bounds, and a value just beyond each of them.
func (w *bodyWalk) number(schema *openapi3.Schema, at addChange) {
	for _, word := range schema.Enum {
		at("enum", fmt.Sprintf("of %v", word), word, true)
	}
	if len(schema.Enum) > 0 {
		at("enum", "of 987654321", 987654321, false)
		at("enum", "of -1", -1, slices.Contains(schema.Enum, any(float64(-1))))
	}
	step := 0.001
	if schema.Type.Is("integer") {
		step = 1
	}
	if schema.Min != nil {
		at("bounds", fmt.Sprintf("of %v", *schema.Min), *schema.Min, true)
		at("bounds", fmt.Sprintf("of %v", *schema.Min-step), *schema.Min-step, false)
	}
	if schema.Max != nil {
		at("bounds", fmt.Sprintf("of %v", *schema.Max), *schema.Max, true)
		at("bounds", fmt.Sprintf("of %v", *schema.Max+step), *schema.Max+step, false)
	}
}

// types tries values of other JSON types. In a form every value is a text, so only a number can have a wrong type.
func (w *bodyWalk) types(schema *openapi3.Schema, path []any, at addChange) {
	if len(path) == 0 || isChoice(path) {
		return // for the body itself see brokenBodies, for a oneOf or anyOf see choices
	}
	if schema.Type.Is("integer") {
		at("type", "with a fraction", 1.5, false)
	}
	if !w.isJSON() {
		w.formTypes(schema, path, at)
		return
	}
	for _, wrong := range []struct {
		kind  string
		value any
	}{{"object", map[string]any{"a": 1}}, {"array", []any{"a"}}} {
		if !schema.Type.Is(wrong.kind) && !w.insideText { // one wrong type is enough there
			at("type", "that is an "+wrong.kind, wrong.value, false)
		}
	}
	// A server may convert a number into a text, so refusing that is a SHOULD.
	strange := any("abc")
	if schema.Type.Is("string") {
		strange = 12
	}
	c := bodyChange{what: fmt.Sprintf("%s that is %v", showPath(path), printable.Brief(jsonOf(strange))), path: path, value: strange}
	if schema.Type.Is("string") {
		c.level = document.Should
	}
	w.add("type", c)
	w.nearTypes(schema, path)
}

// formTypes puts texts into a field of a form that are no number, or no boolean. Which words beside true and false are one is not documented.
func (w *bodyWalk) formTypes(schema *openapi3.Schema, path []any, at addChange) {
	switch {
	case schema.Type.Is("integer"):
		at("type", "with letters", "abc", false)
	case schema.Type.Is("boolean"):
		at("type", "of the word nosuchword", "nosuchword", false)
		at("type", "of the word true", "true", true)
		at("type", "of the word false", "false", true)
		for _, word := range []string{"2", "truex", "TRUE", "yes", "on"} {
			w.add("type", bodyChange{what: showPath(path) + " of the word " + word, path: path, value: word, level: document.Should})
		}
	}
}

// nearTypes puts into a place of a JSON body what another language takes for the right type: a number or a boolean in quotes, 1 for true.
func (w *bodyWalk) nearTypes(schema *openapi3.Schema, path []any) {
	var values []any
	switch {
	case schema.Type.Is("integer"), schema.Type.Is("number"):
		values = []any{fmt.Sprint(sampleNumber(schema))}
		if len(schema.Enum) > 0 {
			values = []any{fmt.Sprint(schema.Enum[0])}
		}
	case schema.Type.Is("boolean"):
		values = []any{"true", 1}
	}
	for _, value := range values {
		w.add("type", bodyChange{what: fmt.Sprintf("%s that is %v", showPath(path), printable.Brief(jsonOf(value))), path: path, value: value, level: document.Should})
	}
}

// jsonOf is a value as a JSON decoder would give it.
func jsonOf(v any) any {
	if n, ok := v.(int); ok {
		return numeral(strconv.Itoa(n))
	}
	return v
}

// numeral is a number as it is written.
func numeral(text string) json.Number { return json.Number(text) }
