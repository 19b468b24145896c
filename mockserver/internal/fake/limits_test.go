package fake_test

import (
	"errors"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/fake"
)

func TestASchemaThatContainsItselfEnds(t *testing.T) {
	t.Parallel()
	for name, component := range map[string]string{
		"optional":          `Node: {type: object, required: [n], properties: {n: {type: integer}, next: {$ref: "#/components/schemas/Node"}}}`,
		"in a list":         `Node: {type: object, required: [children], properties: {children: {type: array, items: {$ref: "#/components/schemas/Node"}}}}`,
		"nullable":          `Node: {type: object, nullable: true, required: [next], properties: {next: {$ref: "#/components/schemas/Node"}}}`,
		"or something else": `Node: {type: object, required: [next], properties: {next: {oneOf: [{type: boolean}, {$ref: "#/components/schemas/Node"}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ts := schema(t, `{$ref: "#/components/schemas/Node"}`, component), tables()
			for id := range int64(20) {
				v, err := fake.Value(ts, s, key(id))
				if err != nil || !s.Accepts(v) {
					t.Fatalf("%v, %v", v, err)
				}
			}
		})
	}
}

func TestASchemaThatNothingFitsIsAnErrorWithItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ schema, component, place string }{
		"bounds":     {`{type: integer, minimum: 5, maximum: 1}`, ``, "/schema: "},
		"lengths":    {`{type: object, required: [a], properties: {a: {type: string, minLength: 9, maxLength: 3}}}`, ``, "/properties/a: "},
		"an item":    {`{type: array, minItems: 1, items: {type: string, enum: [abc], maxLength: 1}}`, ``, "/items: "},
		"pattern":    {`{type: string, pattern: "^a$", minLength: 3}`, ``, "/schema: "},
		"unique":     {`{type: array, minItems: 3, uniqueItems: true, items: {type: boolean}}`, ``, "/schema: "},
		"multiple":   {`{type: integer, multipleOf: 100, minimum: 101, maximum: 199}`, ``, "/schema: "},
		"mock value": {`{type: string, maxLength: 0, minLength: 1, x-mock-value: city}`, ``, "/schema: "},
		"endless": {
			`{$ref: "#/components/schemas/Node"}`,
			`Node: {type: object, required: [next], properties: {next: {$ref: "#/components/schemas/Node"}}}`, "/components/schemas/Node: ",
		},
		"extra": {`{type: object, minProperties: 1, additionalProperties: {type: integer, minimum: 5, maximum: 1}}`, ``, "/additionalProperties: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			components := []string{}
			if c.component != "" {
				components = append(components, c.component)
			}
			_, err := fake.Value(tables(), schema(t, c.schema, components...), key(1))
			var unsatisfiable *fake.UnsatisfiableError
			if !errors.As(err, &unsatisfiable) || !strings.Contains(err.Error(), c.place) {
				t.Errorf("%v, want one about %q", err, c.place)
			}
		})
	}
}

func TestAnOptionalPropertyThatNothingFitsIsLeftOut(t *testing.T) {
	t.Parallel()
	s := schema(t, `{type: object, properties: {bad: {type: integer, minimum: 5, maximum: 1}, good: {type: boolean}}}`)
	v, err := fake.Value(tables(), s, key(1))
	if text := encode(t, v); err != nil || !strings.HasPrefix(text, `{"good":`) {
		t.Errorf("%s, %v", text, err)
	}
}
