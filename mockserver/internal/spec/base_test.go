package spec_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/internal/spec"
)

const twoOperations = `openapi: 3.0.3
info: {title: t, version: '1'}
security: [{key: []}]
paths:
  /a:
    parameters: [{$ref: '#/components/parameters/Page'}]
    get: {operationId: a, x-collection: {}, responses: {'200': {description: d}}}
    post: {operationId: b, responses: {'200': {$ref: '#/components/responses/B'}}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: K}}
  parameters: {Page: {name: page, in: query, schema: {$ref: '#/components/schemas/Page'}}}
  responses: {B: {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}}
  schemas:
    Page: {type: integer}
    B: {type: object, properties: {c: {$ref: '#/components/schemas/C'}}}
    C: {type: string}
x-webhooks: {w: {post: {requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/C'}}}}}}}
`

func TestADocumentWithAnotherOperationIsTheOneWithTheWholeText(t *testing.T) {
	t.Parallel()
	base, err := spec.LoadBase("f.yaml", []byte(twoOperations))
	if err != nil {
		t.Fatal(err)
	}
	const other = `{"operationId": "a", "responses": {"200": {"$ref": "#/components/responses/B"}}}`
	changed, err := base.WithOperation("/a", "get", []byte(other))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := spec.Load("f.yaml", []byte(strings.Replace(twoOperations, "{operationId: a, x-collection: {}, responses: {'200': {description: d}}}", other, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(changed.JSON(), whole.JSON()) {
		t.Errorf("%s\nis not\n%s", changed.JSON(), whole.JSON())
	}
	a := changed.Operation("a")
	if a != changed.Operations[0] || len(a.Parameters) != 1 || a.Responses[0].Bodies[0].Schema.Properties[0].Schema.Type != "string" || a.Security[0][0] != changed.SecuritySchemes[0] {
		t.Errorf("%+v", a)
	}
	if changed.Operation("b") != base.Document.Operation("b") || len(changed.Webhooks) != 1 {
		t.Error("the rest is not that of the base")
	}
	if len(base.Document.Collections) != 1 || len(changed.Collections) != 0 || len(base.Document.Operation("a").Responses[0].Bodies) != 0 {
		t.Error("the base was changed, or the collection is still there")
	}
}

func TestAnOperationThatCannotBeAnotherOnesIsRefused(t *testing.T) {
	t.Parallel()
	base, err := spec.LoadBase("f.yaml", []byte(twoOperations))
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string][3]string{
		"there is no operation get /c":                       {"/c", "get", `{operationId: a, responses: {default: {description: d}}}`},
		"there is no operation parameters /a":                {"/a", "parameters", `{operationId: a, responses: {default: {description: d}}}`},
		"operationId: must be a, not c":                      {"/a", "get", `{operationId: c, responses: {default: {description: d}}}`},
		"#/paths/~1a/post names no component":                {"/a", "get", `{operationId: a, responses: {default: {$ref: '#/paths/~1a/post'}}}`},
		`$ref "#/components/responses/No" does not exist`:    {"/a", "get", `{operationId: a, responses: {default: {$ref: '#/components/responses/No'}}}`},
		"is not valid YAML":                                  {"/a", "get", `{operationId`},
		"limit must be a number of requests":                 {"/a", "get", `{operationId: a, x-rate-limit: {limit: 0}, responses: {default: {description: d}}}`},
		"paths./a.get: value of responses must be an object": {"/a", "get", `{operationId: a}`},
	} {
		_, err := base.WithOperation(c[0], c[1], []byte(c[2]))
		if e := (*spec.Error)(nil); !errors.As(err, &e) || e.File != "f.yaml" || !strings.Contains(e.Reason, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestOperationsOfTheDocumentAreReplacedAtTheSameTime(t *testing.T) {
	t.Parallel()
	base, err := spec.LoadBase("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	var written struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	text := base.Document.JSON()
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i, op := range base.Document.Operations {
		method := strings.ToLower(op.Method)
		all.Go(func() {
			same, err := base.WithOperation(op.Path, method, written.Paths[op.Path][method])
			if err != nil || len(same.LeftOut) != len(base.Document.LeftOut) || len(same.Operations) != len(base.Document.Operations) {
				t.Errorf("%s: %v", op.ID, err)
				return
			}
			if i%10 == 0 && !bytes.Equal(same.JSON(), text) {
				t.Errorf("%s: another document", op.ID)
			}
		})
	}
	all.Wait()
}
