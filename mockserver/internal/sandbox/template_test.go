package sandbox_test

import (
	"slices"
	"testing"

	"example.com/awalmock/mockserver/internal/sandbox"
)

func TestATemplateIsFilledInOnePassSoThatAParameterIsNeverAPlaceholder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		body            string
		params          map[string]string
		text            string
		missing, unused []string
	}{
		{"Hello {{1}}, order {{2}}", map[string]string{"1": "{{2}}", "2": "{{1}}"}, "Hello {{2}}, order {{1}}", nil, nil},
		{"{{1}}{{1}} {{name}}", map[string]string{"1": "a"}, "aa {{name}}", []string{"name"}, nil},
		{"{{2}} {{2}} {{1}}", nil, "{{2}} {{2}} {{1}}", []string{"2", "1"}, nil},
		{"nothing", map[string]string{"b": "", "a": ""}, "nothing", nil, []string{"a", "b"}},
		{"{{{1}}} }} {{ {{1}} {{", map[string]string{"1": "a"}, "{a} }} {{ a {{", nil, nil},
		{"", map[string]string{}, "", nil, nil},
	} {
		x := sandbox.Template{Body: c.body}
		for range 20 {
			text, missing, unused := x.Fill(c.params)
			if text != c.text || !slices.Equal(missing, c.missing) || !slices.Equal(unused, c.unused) {
				t.Fatalf("%q: %q, missing %q, unused %q", c.body, text, missing, unused)
			}
		}
	}
}
