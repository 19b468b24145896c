// Package clients tests what other people's tools need of the document.
package clients

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"example.com/awalmock"
)

// walk visits every object of the document, examples and extensions left out: they are data.
func walk(value any, at string, visit func(at string, object map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(at, v)
		for key, inside := range v {
			if !strings.HasPrefix(key, "x-") && key != "example" && key != "examples" {
				walk(inside, at+"/"+key, visit)
			}
		}
	case []any:
		for i, inside := range v {
			walk(inside, fmt.Sprintf("%s/%d", at, i), visit)
		}
	}
}

func document(t *testing.T) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := yaml.Unmarshal([]byte(awalmock.OpenAPI()), &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

// known are the formats that OpenAPI 3.0 and the JSON Schema drafts name. A validator may refuse a document with another.
var known = []string{
	"int32", "int64", "float", "double", "byte", "binary", "date", "date-time", "password",
	"email", "hostname", "ipv4", "ipv6", "uri", "uri-reference", "uuid",
}

func TestNoFormatOfTheDocumentIsUnknownToValidators(t *testing.T) {
	t.Parallel()
	found := 0
	walk(document(t), "", func(at string, object map[string]any) {
		if format, ok := object["format"].(string); ok {
			found++
			if !slices.Contains(known, format) {
				t.Errorf("%s: format %s: let a pattern carry the rule", at, format)
			}
		}
	})
	if found < 20 {
		t.Errorf("only %d formats were found", found)
	}
}

func TestNoEnumOfTheDocumentIsOfANullableValue(t *testing.T) {
	t.Parallel()
	found := 0
	walk(document(t), "", func(at string, object map[string]any) {
		words, ok := object["enum"].([]any)
		if !ok {
			return
		}
		found++
		if object["nullable"] == true || slices.Contains(words, any(nil)) {
			t.Errorf("%s: tools do not agree on whether an enum of a nullable value names null: write a pattern", at)
		}
	})
	if found < 10 {
		t.Errorf("only %d enums were found", found)
	}
}

func TestNoPropertyOfARequestHasADefault(t *testing.T) {
	t.Parallel()
	schemas, _ := document(t)["components"].(map[string]any)["schemas"].(map[string]any)
	walk(schemas, "", func(at string, object map[string]any) {
		if _, ok := object["default"]; ok {
			t.Errorf("%s: a generator makes what has a default required: say it in the description", at)
		}
	})
}

// taken are names that a schema would shadow in the language of a generated client.
var taken = []string{
	"Array", "Blob", "Boolean", "Buffer", "Date", "Document", "Element", "Error", "Event", "Exception", "File", "FormData", "Function",
	"Headers", "Image", "Iterator", "List", "Location", "Map", "Node", "Notification", "Number", "Object", "Option", "Optional", "Promise",
	"Proxy", "Range", "Record", "Request", "Response", "Result", "Selection", "Set", "String", "Symbol", "Text", "Type", "URL", "Warning",
}

func TestNoSchemaHasTheNameOfSomethingThatEveryProgramKnows(t *testing.T) {
	t.Parallel()
	schemas, _ := document(t)["components"].(map[string]any)["schemas"].(map[string]any)
	for name := range schemas {
		if slices.Contains(taken, name) {
			t.Errorf("the schema %s shadows what a language calls %s", name, name)
		}
	}
	if len(schemas) < 20 {
		t.Errorf("only %d schemas were found", len(schemas))
	}
}

func TestTheFirstServerIsLocal(t *testing.T) {
	t.Parallel()
	servers, _ := document(t)["servers"].([]any)
	first, _ := servers[0].(map[string]any)
	if url, _ := first["url"].(string); !strings.HasPrefix(url, "http://127.0.0.1:4010/") {
		t.Errorf("tools take %q as their base", url)
	}
}

func TestTheKindOfTheLastMessageIsAWordOfMessageTypeOrNull(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromData([]byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	schema := doc.Components.Schemas["Conversation"].Value.Properties["last_message_type"].Value
	words := doc.Components.Schemas["MessageType"].Value.Enum
	for _, word := range append(words, nil) {
		if err := schema.VisitJSON(word); err != nil {
			t.Errorf("%v is refused: %v", word, err)
		}
	}
	for _, word := range []any{"texts", "a text", "", "TEXT", json.Number("1")} {
		if schema.VisitJSON(word) == nil {
			t.Errorf("%v is accepted", word)
		}
	}
	if len(words) < 10 {
		t.Errorf("only %d words", len(words))
	}
}
