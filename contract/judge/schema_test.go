package judge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock"
	"example.com/awalmock/contract/exchange"
	"example.com/awalmock/contract/printable"
)

// TestTheSchemaCheckAgreesWithKin changes the documented examples in every way that a schema can speak of, and holds our verdict to kin's.
func TestTheSchemaCheckAgreesWithKin(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for name, ref := range doc.Components.Schemas {
		s, err := (&compiler{made: map[*openapi3.Schema]*compiled{}}).compile(ref, "/components/schemas/"+name)
		if err != nil {
			t.Fatal(err)
		}
		for _, example := range examplesOf(doc, name) {
			for _, changed := range changes(example) {
				raw, err := json.Marshal(changed)
				if err != nil {
					t.Fatal(err)
				}
				value, _, _ := exchange.Decode(raw)
				var plain any
				if err := json.Unmarshal(raw, &plain); err != nil {
					t.Fatal(err)
				}
				theirs := ref.Value.VisitJSON(plain, openapi3.EnableFormatValidation())
				if mine := s.accepts(value); mine != (theirs == nil) {
					t.Errorf("%s: %s: we accept: %v, kin says %v", name, printable.Cut(string(raw), 300), mine, theirs)
				}
				compared++
			}
		}
	}
	if compared < 100 {
		t.Errorf("only %d values were compared", compared)
	}
}

func examplesOf(doc *openapi3.T, schema string) (out []any) {
	for name, example := range doc.Components.Examples {
		prefix := map[string]string{"ConversationList": "ConversationList", "ConversationMessages": "ConversationMessages", "MessageStatusList": "MessageStatusList"}[schema]
		if schema == "ErrorBody" && strings.HasSuffix(name, "Failed") || prefix != "" && strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, "ConversationMessagesList") {
			raw, _ := json.Marshal(example.Value.Value)
			var value any
			_ = json.Unmarshal(raw, &value)
			out = append(out, value)
		}
	}
	return out
}

// changes are copies of a value with one place changed: left out, or replaced by values of other types and forms.
func changes(value any) []any {
	out := []any{value}
	others := []any{nil, "x", "", "2024-01-20T10:30:00", "2024-01-20T10:30:00+03:00", 7.0, -1.0, 1.5, true, false, []any{}, map[string]any{}}
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			less := map[string]any{}
			for other, kept := range v {
				if other != key {
					less[other] = kept
				}
			}
			out = append(out, less)
			for _, changed := range append(changes(v[key])[1:], others...) {
				more := map[string]any{key: changed}
				for other, kept := range less {
					more[other] = kept
				}
				out = append(out, more)
			}
		}
	case []any:
		for i := range v {
			for _, changed := range append(changes(v[i])[1:], others...) {
				copied := slices.Clone(v)
				copied[i] = changed
				out = append(out, copied)
			}
		}
	}
	return out
}
