package specs

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func ptr[T any](v T) *T { return &v }

func TestSample_FitsTheFormatAndTheBounds(t *testing.T) {
	t.Parallel()
	text := func(format string) *openapi3.Schema {
		return &openapi3.Schema{Type: &openapi3.Types{"string"}, Format: format}
	}
	short, long := text(""), text("")
	short.MaxLength, long.MinLength = ptr(uint64(3)), 20
	for _, c := range []struct {
		schema *openapi3.Schema
		wanted any
	}{
		{text("date"), "2026-01-15"},
		{text("email"), "customer@example.com"},
		{text(""), "order date 7"},
		{short, "e 7"},
		{long, "order date 7xxxxxxxx"},
		{&openapi3.Schema{Type: &openapi3.Types{"number"}, Min: ptr(2.5)}, 2.5},
		{&openapi3.Schema{Type: &openapi3.Types{"integer"}, Min: ptr(0.0)}, 1},
	} {
		if got := sample(&openapi3.SchemaRef{Value: c.schema}, "order_date", 7); got != c.wanted {
			t.Errorf("%v is the sample, want %v", got, c.wanted)
		}
	}
}

func TestMisfits_BreakTheFormatAndNoOtherRule(t *testing.T) {
	t.Parallel()
	link := &openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "uri", Pattern: "^https://"}
	if found := badFormats(link); len(found) != 2 {
		t.Errorf("%v", found)
	}
	link.Pattern = "^https://files[.]"
	if found := badFormats(link); len(found) != 0 {
		t.Errorf("%v break the pattern too", found)
	}
	if found := badFormats(&openapi3.Schema{Format: "double"}); len(found) != 0 {
		t.Errorf("%v: a double has no limit of its own", found)
	}
}
