package spec

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock"
)

const okResponse = "responses: {default: {description: d}}"

func TestLoadRefusesABrokenDocumentWithFileLineAndReason(t *testing.T) {
	t.Parallel()
	operation := func(rest string) string { return minimal("  /a:\n    get:\n      operationId: a\n"+rest, "") }
	cases := []struct {
		name, document, want string
	}{
		{"an empty file", "", "f.yaml: the file is empty"},
		{"YAML that ends too early", "openapi: 3.0.3\npaths: [1\nb: 2", "f.yaml:3: is not valid YAML: did not find expected ',' or ']' (while parsing a flow sequence that begins in line 2)"},
		{"a tab as indentation", "openapi: 3.0.3\n\tpaths: 1", "f.yaml:2: is not valid YAML: found a tab character that violates indentation"},
		{"two documents", "openapi: 3.0.3\n---\na: 1", "f.yaml:2: a second document begins here: one file holds one document"},
		{"a list", "- 1", "f.yaml:1: is no OpenAPI document: expected a mapping with the key openapi"},
		{"a document of something else", "a: 1", "f.yaml:1: is no OpenAPI document: the key openapi is missing"},
		{"OpenAPI 3.1", "# c\nopenapi: 3.1.0\npaths: {}", "f.yaml:2: openapi: version 3.1.0 is not supported; write openapi: 3.0.3; nothing else in this document has to change"},
		{"Swagger 2", "swagger: '2.0'\npaths: {}", "f.yaml:1: swagger: Swagger 2.0 is not supported; bring the document to OpenAPI 3.0.3 first (npx swagger2openapi FILE does it)"},
		{"a key twice", "openapi: 3.0.3\ninfo: 1\ninfo: 2", `f.yaml:3: the key "info" appears twice in the same mapping`},
		{"a key twice in JSON", `{"openapi": "3.0.3",` + "\n" + `"openapi": "3.0.3"}`, `f.yaml:2: the key "openapi" appears twice in the same mapping`},
		{"a key that is no text", "openapi: 3.0.3\n? [a]\n: 1", "f.yaml:2: a key must be text"},
		{"a number that JSON cannot say", "openapi: 3.0.3\nx-a: .inf", "f.yaml:2: .inf is no JSON number"},
		{"an alias inside of what it names", "openapi: 3.0.3\nx-a: &a\n  b: *a", "f.yaml:3: the alias *a is inside of what it names"},
		{"a merge of something that is no mapping", "openapi: 3.0.3\nx-a:\n  <<: 1", "f.yaml:3: << must name a mapping"},
		{"no paths", "openapi: 3.0.3\ninfo: {title: t, version: '1'}", "f.yaml:1: paths is missing"},
		{"an operationId twice", minimal("  /a:\n    get: {operationId: a, "+okResponse+"}\n  /b:\n    get:\n      operationId: a\n      "+okResponse, ""), "f.yaml:8: paths./b.get: operationId a is also that of paths./a.get"},
		{"a $ref to another file", operation("      responses:\n        '200':\n          $ref: 'other.yaml#/a'"), `f.yaml:9: paths./a.get.responses.200: $ref "other.yaml#/a" leads out of this document, which is not supported: put what it names under components, or make one file of all (npx @redocly/cli bundle)`},
		{"a $ref to a URL", operation("      responses: {'200': {$ref: 'https://example.com/a'}}"), `f.yaml:7: paths./a.get.responses.200: $ref "https://example.com/a" leads out of this document, which is not supported: put what it names under components, or make one file of all (npx @redocly/cli bundle)`},
		{"a $ref to nothing", operation("      responses: {'200': {$ref: '#/components/responses/No'}}"), `f.yaml:7: paths./a.get.responses.200: $ref "#/components/responses/No" does not exist in this document`},
		{"a $ref in a circle", minimal("  {}", "  schemas:\n    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}"), `f.yaml:7: components.schemas.A: $ref "#/components/schemas/B" leads on to nothing, or back to itself`},
		{"a $ref in place of a path", minimal("  /a: {$ref: '#/x-a'}\nx-a: {get: {operationId: a, "+okResponse+"}}", ""), "f.yaml:4: paths./a: a $ref in place of a path is not supported: write the path's operations here"},
		{"a pattern with look-ahead", minimal("  {}", "  schemas:\n    A:\n      type: string\n      pattern: '^(?=a)'"), "f.yaml:9: components.schemas.A.pattern: \"^(?=a)\" does not compile as a Go RE2 pattern (no look-around, no back-references): invalid or unsupported Perl syntax: `(?=`"},
		{"a rate limit without limit", operation("      x-rate-limit: {window: 1}\n      " + okResponse), "f.yaml:7: paths./a.get.x-rate-limit: limit must be a number of requests, 1 or more"},
		{"a rate limit of zero", operation("      x-rate-limit: {limit: 0, window: 1}\n      " + okResponse), "f.yaml:7: paths./a.get.x-rate-limit: limit must be a number of requests, 1 or more"},
		{"a rate limit with a negative window", operation("      x-rate-limit: {limit: 1, window: -1}\n      " + okResponse), "f.yaml:7: paths./a.get.x-rate-limit: window must be a number of seconds, 1 or more"},
		{"a type that does not exist", minimal("  {}", "  schemas:\n    A:\n      properties:\n        b:\n          type: text"), `f.yaml:9: components.schemas.A: unsupported 'type' value "text"`},
		{"a list without items", minimal("  {}", "  schemas:\n    A: {type: array}"), "f.yaml:7: components.schemas.A: when schema type is 'array', schema 'items' must be non-null"},
		{"a mapping where a list is due", minimal("  {}", "  schemas:\n    A:\n      allOf: {type: string}"), "f.yaml:8: components.schemas.A.allOf: must be a list of schemas"},
		{"a path parameter that is not described", minimal("  /a/{id}:\n    get:\n      operationId: a\n      "+okResponse, ""), "f.yaml:5: paths./a/{id}.get: the parameters of the path are not described exactly, missing id"},
		{"a response named by no status", operation("      responses: {'600': {description: d}}"), "f.yaml:7: paths./a.get.responses.600: a response is named by its status, its class (4XX) or default"},
		{"too many parameters", operation("      parameters:\n" + strings.Join(numbered(65, "        - {name: p#, in: query, schema: {type: string}}\n"), "") + "      " + okResponse), "f.yaml:5: paths./a.get: has more than 64 parameters"},
		{"a server that is no URL", "servers: [{url: 'http://[x'}]\n" + minimal("  {}", ""), ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load("f.yaml", []byte(c.document))
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want *Error", err)
			}
			if c.want != "" && err.Error() != c.want {
				t.Errorf("\ngot  %s\nwant %s", err, c.want)
			}
			if e.File != "f.yaml" || strings.Contains(err.Error(), "\n") || e.Reason == "" {
				t.Errorf("the error must be one line with its file: %q", err)
			}
		})
	}
}

// numbered repeats a line, its # replaced by 0, 1, 2, …
func numbered(n int, line string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = strings.ReplaceAll(line, "#", itoa(i))
	}
	return list
}

func TestLoadRefusesAliasesThatExpandWithoutEnd(t *testing.T) {
	t.Parallel()
	doc := "openapi: 3.0.3\nx-0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
	for i := 1; i < 12; i++ {
		doc += "x-" + itoa(i) + ": &a" + itoa(i) + " [" + strings.Repeat("*a"+itoa(i-1)+",", 10) + "]\n"
	}
	_, err := Load("bomb.yaml", []byte(doc))
	if err == nil || !strings.Contains(err.Error(), "alias") && !strings.Contains(err.Error(), "excessive") {
		t.Fatalf("got %v", err)
	}
}

func TestEveryOperationOfOurContractIsCompiledInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	d := awalDocument()
	if len(d.Operations) < 3 || d.BasePath != "/api/developer" {
		t.Fatalf("got %d operations under %q", len(d.Operations), d.BasePath)
	}
	before := 0
	for _, op := range d.Operations {
		if d.Operation(op.ID) != op {
			t.Errorf("%s is not found by its operationId", op.ID)
		}
		line := d.Line(op.Pointer)
		if line <= before {
			t.Errorf("%s: line %d comes after line %d", op.ID, line, before)
		}
		before = line
		if op.RateLimit == nil || !op.Secured || op.Success() == nil || op.Success().JSON() == nil {
			t.Errorf("%s lacks a rate limit, security or a JSON answer: %+v", op.ID, op)
		}
		for _, p := range op.Parameters {
			if d.Line(p.Pointer) == 0 || p.Schema == nil {
				t.Errorf("%s: parameter %s has no place or schema", op.ID, p.Name)
			}
		}
		for _, r := range op.Responses {
			if op.Response(r.Status) != r && !r.class {
				t.Errorf("%s: response %d is not found", op.ID, r.Status)
			}
			if d.Line(r.Pointer) == 0 {
				t.Errorf("%s: response %d has no place", op.ID, r.Status)
			}
			for _, m := range r.Bodies {
				for _, e := range m.Examples {
					if !m.Schema.AcceptsJSON(e.Body) {
						t.Errorf("%s: example %s of %d does not fit", op.ID, e.Name, r.Status)
					}
				}
			}
		}
	}
	if d.Operation("no such operation") != nil {
		t.Error("an operation that does not exist was found")
	}
}

func TestTheDocumentIsReadAsItStands(t *testing.T) {
	t.Parallel()
	d := richDocument()
	list := d.Operation("listItems")
	if d.BasePath != "/v1" || *list.RateLimit != (RateLimit{5, 10 * time.Second}) {
		t.Errorf("got %q %+v", d.BasePath, list)
	}
	secured := map[string]bool{"listItems": true, "createItem": false, "latestItem": false, "getItem": true}
	for id, want := range secured {
		if d.Operation(id).Secured != want {
			t.Errorf("%s: Secured is %v", id, !want)
		}
	}
	var names []string
	for _, p := range list.Parameters {
		names = append(names, p.Name)
	}
	if got := strings.Join(names, " "); got != "X-Trace q page big ratio flag tags ids pipes filter kind email when code either session X-List X-Needed" {
		t.Errorf("parameters: %s", got)
	}
	if p := list.Parameters[2]; p.Schema.Type != "integer" || d.Line(p.Pointer) != 22 {
		t.Errorf("page is not the operation's own: %+v, line %d", p, d.Line(p.Pointer))
	}
	ok := list.Success()
	if ok.Status != 200 || len(ok.Headers) != 2 || ok.Headers[0].Example != "3" || !ok.Headers[0].Required || ok.Headers[1].Example != "abc" {
		t.Errorf("response 200: %+v", ok)
	}
	examples := ok.JSON().Examples
	if len(examples) != 2 || examples[0].Name != "none" || string(examples[0].Body) != "[]" || examples[1].Name != "one" ||
		string(examples[1].Body) != `[{"name":"first","count":1,"x":"2024-01-20"}]` {
		t.Errorf("examples: %+v", examples)
	}
	if r := list.Response(404); r == nil || r.Status != 400 || string(r.JSON().Examples[0].Body) != `{"error":"no"}` || r.Pointer != "/components/responses/Problem" {
		t.Errorf("response 4XX: %+v", r)
	}
	if r := list.Response(500); r == nil || r.Status != 0 || r.JSON() != nil {
		t.Errorf("response default: %+v", r)
	}
	if op := d.Operation("deleteItem"); op.Response(500) != nil || op.Success().Status != 204 {
		t.Errorf("deleteItem: %+v", op.Responses)
	}
	if op := d.Operation("createItem"); !op.BodyRequired || op.Bodies[0].Examples[0].Name != "" || op.Response(200) != nil {
		t.Errorf("createItem: %+v", op)
	}
}

func TestASchemaKeepsTheOrderAndTheExtensionsOfTheFile(t *testing.T) {
	t.Parallel()
	item := richDocument().Operation("createItem").Bodies[0].Schema
	if item.Properties[0].Name != "zeta" || item.Properties[1].Name != "name" || !item.Properties[1].Required || item.Properties[0].Required {
		t.Errorf("properties: %+v", item.Properties[:2])
	}
	name := item.Property("name")
	if name.MockValue != "name" || name.MinLength != 1 || name.MaxLength != 8 || name.Pointer != "/components/schemas/Item/properties/name" {
		t.Errorf("name: %+v", name)
	}
	if color, _ := name.Extensions["x-color"].([]any); len(color) != 1 || color[0] != "red" {
		t.Errorf("extensions: %+v", name.Extensions)
	}
	if item.Property("parent") != item {
		t.Error("a $ref to the schema itself is another schema")
	}
	if level := item.Property("level"); level.Enum[2] != json.Number("3") || level.MaxLength != -1 || level.MaxItems != -1 || level.MaxProperties != -1 {
		t.Errorf("level: %+v", level)
	}
	if word := item.Property("word"); word.Default != "yes" || word.Enum[2] != nil || !word.Nullable {
		t.Errorf("word: %+v", word)
	}
	if price := item.Property("price"); !price.ExclusiveMinimum || !price.ExclusiveMaximum || *price.Maximum != 100 {
		t.Errorf("price: %+v", price)
	}
	if item.Property("closed").AdditionalAllowed || item.Property("free").Additional.Type != "integer" || !item.Property("open").AdditionalAllowed {
		t.Error("additionalProperties are misread")
	}
	if item.Property("when").Example != "2024-01-20T10:30:00Z" || item.Property("nothing") != nil {
		t.Error("example or unknown property")
	}
	both := richDocument().Operation("choose").Bodies[0].Schema.Property("both")
	var names []string
	for _, p := range both.Properties {
		if !p.Required {
			t.Errorf("%s is required", p.Name)
		}
		names = append(names, p.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "c"}) || both.Type != "object" {
		t.Errorf("allOf is merged to %v of type %q", names, both.Type)
	}
}

func TestTheDocumentAsJSONHasTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	doc := "openapi: 3.0.3\ninfo: {version: '1', title: \"a\\u0001<b>é\"}\npaths: {}\nx-a: &a {z: 1, a: [true, ~, 0x10, 1_000, .5, 1e3, 2024-01-20, !own x, -0, 'y']}\nx-b:\n  k: 0\n  <<: [*a, {z: 2, y: 3}]\n"
	d := must(Load("t.yaml", []byte(doc)))
	want := `{"openapi":"3.0.3","info":{"version":"1","title":"a\u0001<b>é"},"paths":{},"x-a":{"z":1,"a":[true,null,16,1000,0.5,1e3,"2024-01-20","x",-0,"y"]},"x-b":{"k":0,"z":1,"a":[true,null,16,1000,0.5,1e3,"2024-01-20","x",-0,"y"],"y":3}}`
	if string(d.JSON()) != want {
		t.Errorf("\ngot  %s\nwant %s", d.JSON(), want)
	}
	if string(d.Source()) != doc {
		t.Error("Source is not what was loaded")
	}
	again := must(Load("t.json", d.JSON()))
	if string(again.JSON()) != want {
		t.Error("JSON loaded again is not the same")
	}
	for _, d := range []*Document{richDocument(), awalDocument()} {
		if !json.Valid(d.JSON()) {
			t.Errorf("%s: the JSON is not valid", d.Name)
		}
	}
}

func TestAJSONDocumentLoadsLikeItsYAML(t *testing.T) {
	t.Parallel()
	d := must(Load("rich.json", richDocument().JSON()))
	if len(d.Operations) != len(richDocument().Operations) {
		t.Errorf("%d operations", len(d.Operations))
	}
}

func TestLineFindsAPointerInTheFile(t *testing.T) {
	t.Parallel()
	d := richDocument()
	cases := map[string]int{
		"":                             2,
		"/openapi":                     2,
		"/paths/~1items/get":           15,
		"/security/0":                  9,
		"/paths/~1items/parameters/1":  14,
		"/nothing":                     0,
		"/security/7":                  0,
		"paths":                        0,
		"/openapi/deeper":              0,
		"/paths/~1items~1latest/get":   66,
		"/components/schemas/Item":     153,
		"/components/schemas/Item/pat": 0,
	}
	for pointer, want := range cases {
		if got := d.Line(pointer); got != want {
			t.Errorf("Line(%q) = %d, want %d", pointer, got, want)
		}
	}
}

func TestReferencesInExamplesAndExtensionsAreData(t *testing.T) {
	t.Parallel()
	doc := minimal("  /a:\n    get:\n      operationId: a\n      responses:\n        '200':\n          description: d\n          content:\n            application/json:\n              schema: {type: object, properties: {example: {$ref: '#/components/schemas/S'}, $ref: {type: string}}}\n              examples:\n                one: {value: {$ref: other.yaml}}\n              x-a: {$ref: nowhere}",
		"  schemas: {S: {type: string}}")
	d, err := Load("t.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	body := d.Operation("a").Success().JSON()
	if body.Schema.Property("example").Type != "string" || string(body.Examples[0].Body) != `{"$ref":"other.yaml"}` {
		t.Errorf("got %+v", body)
	}
}

func TestTheBasePathComesFromTheFirstServer(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"":                                 "",
		"servers: [{url: /}]\n":            "",
		"servers: [{url: /a/b/}]\n":        "/a/b",
		"servers: [{url: 'http://h:1'}]\n": "",
		"servers: [{url: 'http://h/{v}', variables: {v: {default: v2}}}, {url: /x}]\n": "/v2",
	}
	for servers, want := range cases {
		d := must(Load("t.yaml", []byte(servers+minimal("  {}", ""))))
		if d.BasePath != want {
			t.Errorf("%s: base path %q, want %q", servers, d.BasePath, want)
		}
	}
}

func TestLoadReadsNothingButItsArgument(t *testing.T) {
	t.Parallel()
	if err := os.WriteFile(t.TempDir()+"/other.yaml", []byte("a: 1"), 0o600); err != nil {
		t.Fatal(err)
	}
	loader := newLoader(false)
	if _, err := loader.LoadFromData([]byte(minimal("  /a: {$ref: 'http://127.0.0.1:1/a'}", ""))); err == nil || !strings.Contains(err.Error(), "leads out of this document") {
		t.Errorf("kin's loader may read: %v", err)
	}
}

// TestLoadKnown_TakesNoDocumentThatLoadRefuses loads the project's own document both ways: LoadKnown is for no other.
func TestLoadKnown_TakesNoDocumentThatLoadRefuses(t *testing.T) {
	t.Parallel()
	checked, err := Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	known, err := LoadKnown("openapi.yaml", awalmock.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	if len(known.Operations) != len(checked.Operations) || len(known.Operations) == 0 {
		t.Errorf("%d operations, and otherwise %d", len(known.Operations), len(checked.Operations))
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	f.Add([]byte(awalmock.OpenAPI()))
	for _, doc := range []string{"", "a: &a [*a]", "openapi: 3.0.3\npaths: {/a: {get: {operationId: 1}}}", "openapi: 3.0.3\ninfo: {}\npaths:\n  /{a}{b}:\n    get: {operationId: a}", "{\"openapi\":\"3.0.0\"}", "openapi: 3.0.3\npaths: {/a: [1]}", "openapi: 3.0.3\ncomponents: {schemas: {A: {$ref: '#/components/schemas/A'}}}\npaths: {}"} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Load("f", data)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || strings.Contains(err.Error(), "\n") {
				t.Errorf("not a one-line *Error: %q", err)
			}
			return
		}
		if !json.Valid(d.JSON()) {
			t.Errorf("not JSON: %s", d.JSON())
		}
	})
}

func TestAnExampleThatDoesNotFitItsSchemaIsLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	text := `openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          description: d
          content:
            application/json:
              schema: {type: object, properties: {n: {type: integer, example: x}}}
              examples:
                bad: {value: {n: x}}
                good: {value: {n: 1}}
`
	d, err := Load("f.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	media := d.Operations[0].Success().JSON()
	if len(media.Examples) != 1 || media.Examples[0].Name != "good" || media.Schema.Property("n").Example != nil {
		t.Errorf("%v, example of n %v", media.Examples, media.Schema.Property("n").Example)
	}
	if len(d.LeftOut) != 2 || !strings.HasPrefix(d.LeftOut[0], "f.yaml:") {
		t.Errorf("%q", d.LeftOut)
	}
}
