package spec

import (
	"slices"
	"strings"
	"testing"
)

func TestADocumentOfALaterVersionIsRefusedWithWhatHasToChange(t *testing.T) {
	t.Parallel()
	_, err := Load("f.yaml", []byte(`openapi: 3.1.0
info: {title: t, version: '1', license: {name: MIT, identifier: MIT}}
webhooks: {}
paths: {}
components:
  schemas:
    A:
      type: [string, 'null']
      examples: [a]
    B: {const: 1}
    C:
      exclusiveMinimum: 3
      properties: {const: {type: [integer, 'null']}, webhooks: {type: string}}
    D: {type: object, example: {const: 1}}
`))
	want := []string{
		"f.yaml:1: ", "write openapi: 3.0.3", "webhooks goes away (line 3)", "nullable: true (line 8, 13)", "one example (line 9)",
		"const becomes an enum with one value (line 10)", "exclusiveMinimum: true", "(line 12)", "license.url (line 2)",
	}
	for _, part := range want {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("no %q in %v", part, err)
		}
	}
}

func TestAnOperationWithoutANameIsNamedAfterItsMethodAndPath(t *testing.T) {
	t.Parallel()
	d, err := Load("f.yaml", []byte(minimal(`  /a/{id}/b-c:
    get: {parameters: [{name: id, in: path, required: true, schema: {type: string}}], `+okResponse+`}
  /a_id_b_c:
    get: {`+okResponse+`}
  /x:
    get: {operationId: get_y, `+okResponse+`}
  /y:
    get: {operationId: '', `+okResponse+`}`, "")))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, op := range d.Operations {
		names = append(names, op.ID)
	}
	if want := []string{"get_a_id_b_c", "get_a_id_b_c_", "get_y", "get_y_"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
}

func TestServersOfAPathAndDefaultsThatDoNotFitAreLeftOutAndNamedWithTheirLine(t *testing.T) {
	t.Parallel()
	d, err := Load("f.yaml", []byte(minimal(`  /a:
    servers: [{url: /x}]
    get:
      servers: [{url: /y}]
      parameters: [{name: n, in: query, schema: {type: integer, default: many}}]
      `+okResponse, "")))
	if err != nil {
		t.Fatal(err)
	}
	leftOut := strings.Join(d.LeftOut, "\n")
	for _, part := range []string{
		"f.yaml:5: paths./a.servers: is not used", "f.yaml:7: paths./a.get.servers: is not used",
		"f.yaml:8: paths./a.get.parameters.0.schema.default: does not fit its schema: it must be an integer; the default is left out",
	} {
		if !strings.Contains(leftOut, part) {
			t.Errorf("no %q in\n%s", part, leftOut)
		}
	}
	if d.Operations[0].Parameters[0].Schema.Default != nil {
		t.Error("the default is kept")
	}
}
