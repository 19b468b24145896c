package specs

import (
	"reflect"
	"testing"
)

func TestPut_ReachesIntoTheJSONOfAText(t *testing.T) {
	t.Parallel()
	named := map[string]any{"name": "name 0", "value": "value 0"}
	element := []any{"params", inText{[]any{named}}, 0, choice{named}}
	for _, c := range []struct {
		what   string
		in     map[string]any
		path   []any
		value  any
		wanted string
	}{
		{"the element that is there", map[string]any{"params": `[{"name":"a","value":"b"}]`}, append(element, "value"), removed{}, `[{"name":"a"}]`},
		{"an element of another kind gives way to the sample", map[string]any{"params": `["a"]`}, append(element, "name"), "", `[{"name":"","value":"value 0"}]`},
		{"a list without elements gets one", map[string]any{"params": `[]`}, append(element, "name"), "", `[{"name":"","value":"value 0"}]`},
		{"a text that is not there", map[string]any{}, append(element, "value"), 12, `[{"name":"name 0","value":12}]`},
		{"numbers stay as they are written", map[string]any{"params": `[{"name":"a","value":9223372036854775807}]`}, append(element, "name"), "b", `[{"name":"b","value":9223372036854775807}]`},
	} {
		got := put(c.in, c.path, c.value)
		if !reflect.DeepEqual(got, map[string]any{"params": c.wanted}) {
			t.Errorf("%s: %v, want %s", c.what, got, c.wanted)
		}
	}
}
