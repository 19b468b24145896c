package spec

import (
	"net/http"
	"strings"
	"testing"
)

// styles is a document with a parameter in each style of OpenAPI 3.0.
const styles = `openapi: 3.0.3
info: {title: styles, version: '1'}
paths:
  /deep: {get: {operationId: deep, parameters: [
    {name: filter, in: query, style: deepObject, explode: true, schema: {type: object, properties: {
      kind: {type: array, items: {type: string, enum: [cat, dog]}}, n: {type: integer}, in: {type: object, properties: {a: {type: boolean}}}}}},
    {name: list, in: query, style: deepObject, explode: true, schema: {type: array, items: {type: object, required: [id], properties: {id: {type: integer}}}}},
    {name: ids, in: query, style: deepObject, explode: true, schema: {type: array, items: {type: integer}}}], responses: &ok {'200': {description: d}}}}
  /choice: {get: {operationId: choice, parameters: [
    {name: order, in: query, schema: {oneOf: [{type: string, enum: [up, down]}, {type: array, items: {type: string, enum: [up, down]}}]}},
    {name: id, in: query, schema: {anyOf: [{type: integer}, {type: array, minItems: 2, items: {type: integer}}]}}], responses: *ok}}
  /form: {get: {operationId: form, parameters: [
    {name: spread, in: query, schema: {type: object, required: [R], properties: {R: {type: integer}, G: {type: integer}}}},
    {name: pair, in: query, explode: false, schema: {type: object, properties: {R: {type: integer}, G: {type: integer}}}},
    {name: comma, in: query, explode: false, schema: {type: array, items: {type: integer}}},
    {name: space, in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: integer}}},
    {name: spaces, in: query, style: spaceDelimited, explode: true, schema: {type: array, items: {type: integer}}},
    {name: pipe, in: query, style: pipeDelimited, explode: false, schema: {type: array, items: {type: integer}}},
    {name: url, in: query, allowReserved: true, schema: {type: string, format: uri}},
    {name: json, in: query, content: {application/json: {schema: {type: object, required: [a], properties: {a: {type: integer}}}}}}], responses: *ok}}
  /simple/{v}: {get: {operationId: simple, parameters: [{name: v, in: path, required: true, explode: true, schema: {type: object, properties: {R: {type: integer}, G: {type: integer}}}}], responses: *ok}}
  /pairs/{v}: {get: {operationId: pairs, parameters: [{name: v, in: path, required: true, schema: {type: object, properties: {R: {type: integer}, G: {type: integer}}}}], responses: *ok}}
  /label/{v}: {get: {operationId: label, parameters: [{name: v, in: path, required: true, style: label, schema: {type: array, items: {type: integer}}}], responses: *ok}}
  /label1/{v}: {get: {operationId: label1, parameters: [{name: v, in: path, required: true, style: label, schema: {type: integer}}], responses: *ok}}
  /labels/{v}: {get: {operationId: labels, parameters: [{name: v, in: path, required: true, style: label, explode: true, schema: {type: object, properties: {R: {type: integer}}}}], responses: *ok}}
  /matrix/{v}: {get: {operationId: matrix, parameters: [{name: v, in: path, required: true, style: matrix, schema: {type: array, items: {type: integer}}}], responses: *ok}}
  /matrixes/{v}: {get: {operationId: matrixes, parameters: [{name: v, in: path, required: true, style: matrix, explode: true, schema: {type: array, items: {type: integer}}}], responses: *ok}}
  /matrixo/{v}: {get: {operationId: matrixo, parameters: [{name: v, in: path, required: true, style: matrix, explode: true, schema: {type: object, properties: {R: {type: integer}}}}], responses: *ok}}
  /head: {get: {operationId: head, parameters: [
    {name: X-Pair, in: header, schema: {type: object, properties: {R: {type: integer}, G: {type: integer}}}},
    {name: X-Json, in: header, content: {application/json: {schema: {type: array, items: {type: integer}}}}},
    {name: ids, in: cookie, schema: {type: array, items: {type: integer}}},
    {name: pair, in: cookie, explode: false, schema: {type: object, properties: {R: {type: integer}}}}], responses: *ok}}
  /body: {post: {operationId: body, requestBody: {content: {application/x-www-form-urlencoded: {
    schema: {type: object, properties: {
      items: {type: array, items: {type: object, required: [price], properties: {price: {type: string}, quantity: {type: integer, minimum: 1}}}},
      meta: {type: object, additionalProperties: {type: string}}, tags: {type: array, items: {type: integer}}, note: {type: object, properties: {a: {type: integer}}}, text: {type: string}}},
    encoding: {items: {style: deepObject, explode: true}, meta: {style: deepObject}, tags: {style: form, explode: false}, note: {contentType: application/json}}}}}, responses: *ok}}
`

func TestEveryStyleOfAParameterIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	d, err := Load("styles.yaml", []byte(styles))
	if err != nil {
		t.Fatal(err)
	}
	const integer = ": must be an integer"
	for _, c := range []struct{ target, want string }{
		{"/deep", ""},
		{"/deep?filter[kind]=cat", ""},
		{"/deep?filter[kind]=cat&filter[kind]=dog", ""},
		{"/deep?filter[kind][]=cat&filter[kind][]=dog", ""},
		{"/deep?filter[kind][1]=cat&filter[kind][0]=dog", ""},
		{"/deep?filter[kind]=cow", "filter.kind[0]: must be one of cat, dog"},
		{"/deep?filter%5Bn%5D=1&filter[in][a]=true", ""},
		{"/deep?filter[n]=x&filter[in][a]=maybe", "filter.in.a: must be true or false\nfilter.n" + integer},
		{"/deep?filter[n]=1&filter[n]=2", "filter.n: must be given only once"},
		{"/deep?filter[n][x]=1", "filter.n" + integer},
		{"/deep?filter[n=1", "filter: is not written as the document says (style deepObject, explode true)"},
		{"/deep?filter=1", "filter: must be an object"},
		{"/deep?list[0][id]=1&list[1][id]=2", ""},
		{"/deep?list[0][id]=1&list[1][name]=2", "list[1].id: is required"},
		{"/deep?ids[]=1&ids[]=2", ""},
		{"/deep?ids=1&ids=2", ""},
		{"/deep?ids[0]=x", "ids[0]" + integer},
		{"/choice?order=up", ""},
		{"/choice?order=up&order=down", ""},
		{"/choice?order=left", "order: must fit exactly one of its 2 alternatives"},
		{"/choice?order=up&order=left", "order: must fit exactly one of its 2 alternatives"},
		{"/choice?id=1", ""},
		{"/choice?id=1&id=2", ""},
		{"/choice?id=x", "id: must fit one of its 2 alternatives"},
		{"/form?R=1&G=2", ""},
		{"/form?G=2", "spread.R: is required"},
		{"/form?R=x", "spread.R" + integer},
		{"/form?pair=R,1,G,2", ""},
		{"/form?pair=R,1,G", "pair: is not written as the document says (style form, explode false)"},
		{"/form?pair=R,x", "pair.R" + integer},
		{"/form?comma=1,2", ""},
		{"/form?comma=1,x", "comma[1]" + integer},
		{"/form?space=1%202", ""},
		{"/form?space=1+2", ""},
		{"/form?space=1,2", "space[0]" + integer},
		{"/form?spaces=1&spaces=2", ""},
		{"/form?pipe=1|2", ""},
		{"/form?pipe=1%7C2", ""},
		{"/form?url=http://a.b/c?d=e;f,g", ""},
		{"/form?json=%7B%22a%22:1%7D", ""},
		{"/form?json=%7B%22a%22:%22x%22%7D", "json.a" + integer},
		{"/form?json=%7B%7D", "json.a: is required"},
		{"/form?json=%7B%7D&json=%7B%7D", "json: must be given only once"},
		{"/simple/R=1,G=2", ""},
		{"/simple/R,1", "v: is not written as the document says (style simple, explode true)"},
		{"/pairs/R,1,G,2", ""},
		{"/pairs/R=1", "v: is not written as the document says (style simple, explode false)"},
		{"/label/.1.2", ""},
		{"/label/.1,2", ""},
		{"/label/.1,x", "v[1]" + integer},
		{"/label/1", "v: is not written as the document says (style label, explode false)"},
		{"/label1/.1", ""},
		{"/label1/.x", "v" + integer},
		{"/labels/.R=1", ""},
		{"/labels/.R=x", "v.R" + integer},
		{"/matrix/;v=1,2", ""},
		{"/matrix/;v=x", "v[0]" + integer},
		{"/matrix/;w=1", "v: is not written as the document says (style matrix, explode false)"},
		{"/matrixes/;v=1;v=2", ""},
		{"/matrixo/;R=1", ""},
		{"/matrixo/;R=x", "v.R" + integer},
	} {
		path, query, _ := strings.Cut(c.target, "?")
		if got := (call{path: path, query: query}).violations(t, d); got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.target, got, c.want)
		}
	}
}

func TestEveryStyleOfAHeaderAndACookieIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	d, err := Load("styles.yaml", []byte(styles))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, value, want string
	}{
		{"X-Pair", "R,1, G,2", ""},
		{"X-Pair", "R,x", "X-Pair.R: must be an integer"},
		{"X-Json", "[1,2]", ""},
		{"X-Json", `["x"]`, "X-Json[0]: must be an integer"},
		{"X-Json", "[", "X-Json: is not valid JSON: it ends too early"},
		{"Cookie", "ids=1&ids=2", ""},
		{"Cookie", "ids=1; ids=2", ""},
		{"Cookie", "ids=1", ""},
		{"Cookie", "ids=x", "ids[0]: must be an integer"},
		{"Cookie", "pair=R%2C1", ""},
		{"Cookie", "other=1", ""},
	} {
		if got := (call{path: "/head", header: http.Header{c.name: {c.value}}}).violations(t, d); got != c.want {
			t.Errorf("%s: %s\ngot  %q\nwant %q", c.name, c.value, got, c.want)
		}
	}
}

func TestAFormIsReadByItsEncoding(t *testing.T) {
	t.Parallel()
	d, err := Load("styles.yaml", []byte(styles))
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for _, c := range []struct{ body, want string }{
		{"items[0][price]=p1&items[0][quantity]=2&items[1][price]=p2&meta[any]=thing&tags=1,2&note=%7B%22a%22:1%7D&text=x", ""},
		{"items[0][quantity]=0", "items[0].quantity: must be at least 1\nitems[0].price: is required"},
		{"items[0][price]=p&items[0][quantity]=x", "items[0].quantity: must be an integer"},
		{"tags=1,x", "tags[1]: must be an integer"},
		{"note=%7B%22a%22:%22x%22%7D", "note.a: must be an integer"},
		{"note=%7B", "note: is not valid JSON: it ends too early"},
	} {
		call := call{method: "POST", path: "/body", header: header, body: c.body}
		if got := call.violations(t, d); got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.body, got, c.want)
		}
		if r, err := call.check(t, d); err == nil && len(r.Unknown) > 0 {
			t.Errorf("%s: unknown are %v", c.body, r.Unknown)
		}
	}
	r, err := call{method: "POST", path: "/body", header: header, body: "items[0][price]=p1&meta[a]=b&tags=1,2"}.check(t, d)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := r.Body().(map[string]any)
	if items, _ := body["items"].([]any); len(items) != 1 || len(body) != 3 {
		t.Errorf("%v", r.Body())
	}
}

func TestTheMoreConcretePathTemplateWins(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n")
	for _, path := range []string{"/files/{any}", "/files/{name}.{ext}", "/files/cover.{ext}", "/files/{name}.tar.gz", "/files/cover.png", "/files/{a}.{b}.{c}"} {
		b.WriteString("  '" + path + "':\n    get:\n      operationId: '" + path + "'\n      responses: {'200': {description: d}}\n      parameters:\n")
		for _, name := range templateNames(path) {
			b.WriteString("        - {name: " + name + ", in: path, required: true, schema: {type: string}}\n")
		}
		if len(templateNames(path)) == 0 {
			b.WriteString("        - {name: x, in: query, schema: {type: string}}\n")
		}
	}
	d, err := Load("t.yaml", []byte(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"/files/cover.png": "/files/cover.png", "/files/cover.jpg": "/files/cover.{ext}", "/files/a.jpg": "/files/{name}.{ext}", "/files/a": "/files/{any}",
		"/files/a.tar.gz": "/files/{name}.tar.gz", "/files/a.b.c": "/files/{a}.{b}.{c}",
	} {
		if m, err := d.Match("GET", path); err != nil || m.Operation.ID != want {
			t.Errorf("%s: %v, %v", path, m.Operation, err)
		}
	}
}
