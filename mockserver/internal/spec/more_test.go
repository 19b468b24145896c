package spec

import (
	"net/http"
	"slices"
	"testing"
)

func TestParametersBeyondOneTextAreChecked(t *testing.T) {
	t.Parallel()
	d := must(Load("t.yaml", []byte(minimal(`
  /label/{v}:
    get:
      operationId: label
      parameters:
        - {name: v, in: path, required: true, style: label, schema: {type: integer, minimum: 2}}
      responses: {default: {description: d}}
  /object:
    get:
      operationId: object
      parameters:
        - {name: o, in: query, required: true, schema: {type: object, required: [size], properties: {size: {type: integer}, color: {type: string, enum: [red]}}}}
        - {name: X-Object, in: header, schema: {type: object, properties: {n: {type: integer, maximum: 3}}}}
        - {name: json, in: query, content: {application/json: {schema: {type: object, properties: {a: {type: integer}}}}}}
      responses: {default: {description: d}}
  /typeless:
    get:
      operationId: typeless
      parameters:
        - {name: t, in: query, schema: {enum: [1, true, x]}}
        - {name: r, in: query, schema: {allOf: [{$ref: '#/components/schemas/Phone'}]}}
        - {name: spaces, in: query, style: spaceDelimited, explode: false, schema: {type: array, items: {type: string, enum: [a, b]}}}
        - {name: lists, in: query, schema: {type: array, items: {type: array, items: {type: string}}}}
      responses: {default: {description: d}}`, "  schemas:\n    Phone: {type: string, pattern: '^[0-9]+$', format: phone}"))))
	cases := []struct {
		path, query string
		header      http.Header
		want        string
	}{
		{"/label/.3", "", nil, ""},
		{"/label/.1", "", nil, "v: must be at least 2"},
		{"/label/3", "", nil, "v: is not written as the document says (style label, explode false)"},
		{"/object", "size=1&color=red", nil, ""},
		{"/object", "", nil, "o: is required"},
		{"/object", "color=red", nil, "o.size: is required"},
		{"/object", "size=1&color=blue", nil, "o.color: must be red"},
		{"/object", "size=1&json=%7B%22a%22:1%7D", nil, ""},
		{"/object", "size=1&json=%7B%22a%22:%22x%22%7D", nil, "json.a: must be an integer"},
		{"/object", "size=1&json=x", nil, "json: is not valid JSON (byte 1)"},
		{"/object", "size=1", http.Header{"X-Object": {"n,4"}}, "X-Object.n: must be at most 3"},
		{"/typeless", "t=1", nil, ""},
		{"/typeless", "t=true&r=12", nil, ""},
		{"/typeless", "t=x", nil, ""},
		{"/typeless", "t=2", nil, "t: must be one of 1, true, x"},
		{"/typeless", "t=false", nil, "t: must be one of 1, true, x"},
		{"/typeless", "r=x", nil, "r: must match the pattern ^[0-9]+$"},
		{"/typeless", "spaces=a%20b", nil, ""},
		{"/typeless", "spaces=a%20c", nil, "spaces[1]: must be one of a, b"},
	}
	for _, c := range cases {
		if got := (call{path: c.path, query: c.query, header: c.header}).violations(t, d); got != c.want {
			t.Errorf("%s?%s: got %q, want %q", c.path, c.query, got, c.want)
		}
	}
	r, err := call{path: "/object", query: "size=1&sise=2"}.check(t, d)
	if err != nil || !slices.Equal(r.Unknown, []Unknown{{"query", "sise", ""}}) {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestAllOfIsMergedForThoseWhoMakeValues(t *testing.T) {
	t.Parallel()
	s := schemaOf(t, `{allOf: [{type: object, required: [a], properties: {a: {type: string}, b: {type: string}}}, {properties: {a: {type: string}, c: {}}, required: [c]}], properties: {b: {type: string, maxLength: 3}}, required: [b]}`)
	var names []string
	for _, p := range s.Properties {
		if !p.Required {
			t.Errorf("%s is not required", p.Name)
		}
		names = append(names, p.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "c"}) || s.Property("b").MaxLength != 3 || s.Type != "object" {
		t.Errorf("got %v, %+v", names, s.Property("b"))
	}
}

func FuzzCheckNeverPanics(f *testing.F) {
	f.Add("q=ab&filter[from]=1&either=1", "application/json", `{"name":"a","count":1}`, "1")
	f.Add("%zz&tags=,&ids=1,,2&pipes=|", "multipart/form-data; boundary=x", "--x--", "%ff")
	f.Add("session", "application/x-www-form-urlencoded", "id=1&id=%ff&note", "..")
	f.Add("filter[=1&filter[a][b]=2", "text/*", "\xff", ".")
	f.Add("either=&either=2", "application/vnd.animal+json;charset=utf-8", `{"kind":{}}`, "")
	f.Fuzz(func(t *testing.T, query, contentType, body, value string) {
		for _, d := range []*Document{richDocument(), awalDocument()} {
			for _, op := range d.Operations {
				m := Match{Operation: op}
				for range op.pathParams {
					m.push(value)
				}
				header := http.Header{"Content-Type": {contentType}, "X-Needed": {value}, "X-List": {query}, "X-Trace": {value}, "Cookie": {"session=" + value}}
				in := &Input{Match: m, RawQuery: query, Header: header, Body: []byte(body)}
				if len(body)%3 == 1 {
					in.Form = &Form{Fields: []FormField{{value, body}, {"params", body}, {"place", body}, {"phone", body}}, Files: []FormFile{{Name: value}, {Name: "file"}, {Name: "more"}}}
				}
				r, err := op.Check(in)
				if (r == nil) == (err == nil) {
					t.Fatalf("%s: got %v and %v", op.ID, r, err)
				}
				if err != nil && err.Error() == "" {
					t.Fatalf("%s: an error without a text", op.ID)
				}
			}
		}
	})
}
