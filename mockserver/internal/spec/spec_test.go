package spec

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock"
)

// richDocument is testdata/rich.yaml; awalDocument is our own contract. Both are loaded once: documents are read-only.
var (
	richDocument = sync.OnceValue(func() *Document {
		data, err := os.ReadFile("testdata/rich.yaml")
		if err != nil {
			panic(err)
		}
		return must(Load("rich.yaml", data))
	})
	awalDocument = sync.OnceValue(func() *Document { return must(Load("openapi.yaml", []byte(awalmock.OpenAPI()))) })
)

func must(d *Document, err error) *Document {
	if err != nil {
		panic(err)
	}
	return d
}

// minimal is a document with the given paths and components, indented by two.
func minimal(paths, components string) string {
	doc := "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n" + paths
	if components != "" {
		doc += "\ncomponents:\n" + components
	}
	return doc
}

// schemaOf loads one schema, written as a YAML flow mapping.
func schemaOf(t testing.TB, schema string) *Schema {
	t.Helper()
	d, err := Load("t.yaml", []byte(minimal("  /s: {post: {operationId: s, requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/S'}}}}, responses: {default: {description: d}}}}",
		"  schemas:\n    S: "+schema)))
	if err != nil {
		t.Fatalf("schema %s: %v", schema, err)
	}
	return d.Operation("s").Bodies[0].Schema
}

// A call is a request in a test.
type call struct {
	method, path, query string
	header              http.Header
	body                string
	form                *Form
}

// check matches and checks a call that has to match.
func (c call) check(t testing.TB, d *Document) (*Request, error) {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodGet
	}
	m, err := d.Match(c.method, d.BasePath+c.path)
	if err != nil {
		t.Fatalf("%s %s: %v", c.method, c.path, err)
	}
	if c.header == nil {
		c.header = http.Header{}
	}
	return m.Operation.Check(&Input{Match: m, RawQuery: c.query, Header: c.header, Body: []byte(c.body), Form: c.form})
}

// violations are those of a call, as "field: text" lines.
func (c call) violations(t testing.TB, d *Document) string {
	t.Helper()
	_, err := c.check(t, d)
	return lines(t, err)
}

func lines(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var invalid *InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("got %v, want *InvalidError", err)
	}
	if len(invalid.Violations) == 0 {
		t.Fatal("an *InvalidError without a violation")
	}
	list := make([]string, len(invalid.Violations))
	for i, v := range invalid.Violations {
		list[i] = v.Field + ": " + v.Text
	}
	return strings.Join(list, "\n")
}

func jsonHeader() http.Header { return http.Header{"Content-Type": {"application/json"}} }
