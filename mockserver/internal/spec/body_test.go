package spec

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestAJSONBodyIsCheckedAgainstItsSchema(t *testing.T) {
	t.Parallel()
	cases := []struct{ body, want string }{
		{`{"name":"a","count":1}`, ""},
		{`{}`, "body: must have at least 2 properties\nname: is required\ncount: is required"},
		{``, "body: is required"},
		{`[]`, "body: must be an object"},
		{`null`, "body: must be an object, not null"},
		{`{"name":"","count":1}`, "name: must not be empty"},
		{`{"name":"أأأأأأأأ","count":1}`, ""},
		{`{"name":"😀😀😀😀😀😀😀😀😀","count":1}`, "name: must be at most 8 characters"},
		{`{"name":null,"count":null}`, "count: must be an integer, not null\nname: must be a string, not null"},
		{`{"name":1,"count":"1"}`, "count: must be an integer\nname: must be a string"},
		{`{"name":"a","count":1.0}`, ""},
		{`{"name":"a","count":1.5}`, "count: must be an integer"},
		{`{"name":"a","count":-6}`, "count: must be at least -5"},
		{`{"name":"a","count":9007199254740992}`, "count: must be at most 9007199254740991"},
		{`{"name":"a","count":9223372036854775808}`, "count: must be between -9223372036854775808 and 9223372036854775807"},
		{`{"name":"a","count":1e999}`, "count: must be an integer"},
		{`{"name":"a","count":1,"small":2147483648}`, "small: must be between -2147483648 and 2147483647"},
		{`{"name":"a","count":1,"price":0}`, "price: must be greater than 0"},
		{`{"name":"a","count":1,"price":100}`, "price: must be less than 100"},
		{`{"name":"a","count":1,"step":10,"rate":0.07}`, ""},
		{`{"name":"a","count":1,"step":7,"rate":0.075}`, "rate: must be a multiple of 0.01\nstep: must be a multiple of 5"},
		{`{"name":"a","count":1,"active":null,"word":null}`, ""},
		{`{"name":"a","count":1,"active":1}`, "active: must be true or false"},
		{`{"name":"a","count":1,"level":4}`, "level: must be one of 1, 2, 3"},
		{`{"name":"a","count":1,"level":2.0}`, ""},
		{`{"name":"a","count":1,"word":"maybe"}`, "word: must be one of yes, no, null"},
		{`{"name":"a","count":1,"phone":"+96650000000"}`, "phone: must match the pattern ^[0-9]+$"},
		{
			`{"name":"a","count":1,"uuid":"x","uri":"x","ip4":"::1","ip6":"1.2.3.4","bytes":"a","when":"x","zeta":"2023-02-29"}`,
			"bytes: must be base64\nip4: must be an IPv4 address\nip6: must be an IPv6 address\nuri: must be an absolute URI\nuuid: must be a UUID, such as 123e4567-e89b-12d3-a456-426614174000\n" +
				"when: must be an RFC 3339 date and time, such as 2024-01-20T10:30:00Z\nzeta: must be a date, such as 2024-01-20",
		},
		{`{"name":"a","count":1,"tags":[]}`, "tags: must have at least 1 item"},
		{`{"name":"a","count":1,"tags":["a","b","c","d"]}`, "tags: must have at most 3 items"},
		{`{"name":"a","count":1,"tags":["a","a"]}`, "tags: must not have an item twice"},
		{`{"name":"a","count":1,"tags":["a","long",3]}`, "tags[1]: must be at most 3 characters\ntags[2]: must be a string"},
		{
			`{"name":"a","count":1,"parts":[{"title":"","hidden":1},{"title":"x","place":{"latitude":91}},{"title":"t","hidden":0,"place":{}}]}`,
			"parts[0].title: must not be empty\nparts[1].place.latitude: must be at most 90\nparts[1].hidden: is required\nparts[2].place.latitude: is required",
		},
		{`{"name":"a","count":1,"parent":{"name":"b"}}`, "parent: must have at least 2 properties\nparent.count: is required"},
		{`{"name":"a","count":1,"any":[{"x":1}]}`, ""},
		{`{"name":"a","count":1,"free":{"a":1,"b":"x"}}`, "free.b: must be an integer"},
		{`{"name":"a","count":1,"closed":{"a":"1","z":1,"y":2}}`, "closed.y: is not a property of this object\nclosed.z: is not a property of this object"},
		{`{"name":"a","count":1,"account":{"id":3,"secret":"x"}}`, "account.id: is read-only and must not be sent"},
		{`{"name":"a","count":1,"account":{"secret":"x"}}`, ""},
		{`{"name":"a","count":1,"name":"b"}`, "name: must be given only once"},
		{`{"name":"a","count":"x","name":"b","parts":[{"title":"a","title":"b","hidden":1}]}`, "name: must be given only once\nparts[0].title: must be given only once\ncount: must be an integer"},
		{`{"name":"\ud83d","count":1}`, "name: must not contain half of a surrogate pair"},
		{`{"name":"a","count":1} x`, "body: has data after the JSON value (byte 24)"},
		{`{"name":"a"`, "body: is not valid JSON: it ends too early"},
		{`{"name":a}`, "body: is not valid JSON (byte 9)"},
		{"\ufeff{}", "body: must not begin with a byte order mark"},
		{"{\"name\":\"\xff\"}", "body: is not valid UTF-8"},
		{strings.Repeat("[", 65) + strings.Repeat("]", 65), "body: must not be nested deeper than 64 levels"},
		{strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "body: must not be nested deeper than 64 levels"},
	}
	for _, c := range cases {
		name := c.body[:min(60, len(c.body))]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := call{method: "POST", path: "/items", header: jsonHeader(), body: c.body}.violations(t, richDocument())
			if got != c.want {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestCombinedSchemasAreChecked(t *testing.T) {
	t.Parallel()
	cases := []struct{ body, want string }{
		{`{"one":"ab"}`, ""},
		{`{"one":"abcd"}`, ""},
		{`{"one":"abc"}`, "one: must fit exactly one of its 3 alternatives"},
		{`{"one":3}`, ""},
		{`{"one":2}`, "one: must fit exactly one of its 3 alternatives"},
		{`{"some":true}`, ""},
		{`{"some":{"a":1}}`, ""},
		{`{"some":{"a":"x"}}`, "some: must fit one of its 2 alternatives"},
		{`{"both":{"a":"x","b":1,"c":true}}`, ""},
		{`{"both":{"a":1}}`, "both.a: must be a string\nboth.b: is required"},
		{`{"both":{"a":"x","b":1}}`, "both.c: is required"},
		{`{"never":1}`, ""},
		{`{"never":"x"}`, "never: is a value that the schema rules out"},
		{`{"maybe":null,"null_inside":null}`, ""},
		{`{"one":null}`, "one: must fit exactly one of its 3 alternatives"},
		{`{"tree":{"left":{"right":3},"right":{"left":{}}}}`, ""},
		{`{"tree":{"left":{"left":{"left":1}}}}`, "tree.left.left.left: must be an object"},
	}
	for _, c := range cases {
		got := call{method: "POST", path: "/choice", header: jsonHeader(), body: c.body}.violations(t, richDocument())
		if got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.body, got, c.want)
		}
	}
}

func TestADiscriminatorChoosesTheAlternative(t *testing.T) {
	t.Parallel()
	header := http.Header{"Content-Type": {"Application/VND.animal+JSON; charset=UTF-8"}}
	cases := []struct{ body, want string }{
		{`{"kind":"cat","lives":7}`, ""},
		{`{"kind":"dog","name":"x"}`, ""},
		{`{"kind":"cat","lives":10}`, "lives: must be at most 9"},
		{`{"kind":"cat"}`, "lives: is required"},
		{`{"kind":"cow"}`, "kind: must be one of cat, dog"},
		{`{}`, "kind: is required"},
		{`{"kind":1}`, "kind: must be one of cat, dog"},
	}
	for _, c := range cases {
		got := call{method: "POST", path: "/animal", header: header, body: c.body}.violations(t, richDocument())
		if got != c.want {
			t.Errorf("%s\ngot  %q\nwant %q", c.body, got, c.want)
		}
	}
}

func TestUnknownJSONPropertiesAreNamed(t *testing.T) {
	t.Parallel()
	cases := []struct {
		path, body string
		want       []Unknown
	}{
		{"/items", `{"name":"a","count":1}`, nil},
		{"/items", `{"name":"a","count":1,"mame":1,"extra":{"b":1}}`, []Unknown{{"body", "extra", ""}, {"body", "mame", "name"}}},
		{"/items", `{"name":"a","count":1,"parts":[{"title":"t","hidden":1,"titel":2,"place":{"latitude":1,"lat":2}}]}`, []Unknown{{"body", "parts[0].place.lat", "latitude"}, {"body", "parts[0].titel", "title"}}},
		{"/items", `{"name":"a","count":1,"free":{"x":1},"open":{"x":1},"any":{"x":1}}`, nil},
		{"/choice", `{"both":{"a":"x","b":1,"c":true,"d":1},"some":{"a":1,"z":2}}`, []Unknown{{"body", "both.d", ""}, {"body", "some.z", ""}}},
	}
	for _, c := range cases {
		r, err := call{method: "POST", path: c.path, header: jsonHeader(), body: c.body}.check(t, richDocument())
		if err != nil {
			t.Errorf("%s: %v", c.body, err)
			continue
		}
		if !slices.Equal(r.Unknown, c.want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", c.body, r.Unknown, c.want)
		}
	}
}

func TestTheBodyIsGivenWithIntegersWrittenAsSuch(t *testing.T) {
	t.Parallel()
	body := `{"name":"a\n","count":1e1,"price":1.50,"level":2.0,"parts":[{"title":"x","hidden":1.0}],"free":{"n":3.0},"step":-10.0}`
	r, err := call{method: "POST", path: "/items", header: jsonHeader(), body: body}.check(t, richDocument())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"name": "a\n", "count": json.Number("10"), "price": json.Number("1.50"), "level": json.Number("2"), "step": json.Number("-10"),
		"parts": []any{map[string]any{"title": "x", "hidden": json.Number("1.0")}}, "free": map[string]any{"n": json.Number("3")},
	}
	if !reflect.DeepEqual(r.Body(), want) {
		t.Errorf("\ngot  %#v\nwant %#v", r.Body(), want)
	}
	if r.Form() != nil {
		t.Error("a JSON body was read as a form")
	}
}

func TestTheContentTypeHasToBeOneOfTheOperation(t *testing.T) {
	t.Parallel()
	accepted := []string{"application/json", "Application/JSON", "application/json; charset=utf-8", `application/json;charset="UTF-8"`, "application/json; version=1", "application/json;;", "application/json; UTF-8", "application/json; charset=", "application/json; charset=utf8", "application/json; charset=utf-8; charset=utf-8"}
	for _, ct := range accepted {
		if got := (call{method: "POST", path: "/items", header: http.Header{"Content-Type": {ct}}, body: `{"name":"a","count":1}`}).violations(t, richDocument()); got != "" {
			t.Errorf("%s: %s", ct, got)
		}
	}
	refused := [][]string{nil, {""}, {"text/plain"}, {"application/json; charset=latin1"}, {"application"}, {"application/json", "application/json"}, {"application/vnd.x+json"}, {"multipart/form-data; boundary=x"}}
	for _, ct := range refused {
		_, err := call{method: "POST", path: "/items", header: http.Header{"Content-Type": ct}, body: "{}"}.check(t, richDocument())
		var unsupported *UnsupportedMediaTypeError
		if !errors.As(err, &unsupported) || !slices.Equal(unsupported.Want, []string{"application/json"}) || !slices.Equal(unsupported.Sent, ct) {
			t.Errorf("%q: got %v", ct, err)
		}
	}
	_, err := call{method: "POST", path: "/upload", body: "x"}.check(t, richDocument())
	if err == nil || err.Error() != "no content type is not accepted, accepted are multipart/form-data, application/json" {
		t.Error(err)
	}
	if got := (call{method: "POST", path: "/choice"}).violations(t, richDocument()); got != "" {
		t.Errorf("an optional body that is missing needs no content type: %s", got)
	}
	if got := (call{path: "/items/1", body: "x"}).violations(t, richDocument()); got != "" {
		t.Errorf("a body where none is described is ignored: %s", got)
	}
	r, err := call{method: "POST", path: "/text", header: http.Header{"Content-Type": {"text/csv"}}, body: "a,b"}.check(t, richDocument())
	if err != nil || r.Body() != "a,b" {
		t.Errorf("text: got %v, %v", r, err)
	}
}

func TestNoMoreThanAHundredViolationsAreGiven(t *testing.T) {
	t.Parallel()
	body := `{"name":"a","count":1,"tags":[` + strings.TrimSuffix(strings.Repeat("1,", 50_000), ",") + `]}`
	_, err := call{method: "POST", path: "/items", header: jsonHeader(), body: body}.check(t, richDocument())
	var invalid *InvalidError
	if !errors.As(err, &invalid) || len(invalid.Violations) != 100 {
		t.Fatalf("got %v", err)
	}
	long := strings.Repeat("é", 5000)
	_, err = call{method: "POST", path: "/items", header: jsonHeader(), body: `{"` + long + `":1,"` + long + `":2}`}.check(t, richDocument())
	if !errors.As(err, &invalid) || len(invalid.Violations[0].Field) > 210 || !strings.HasSuffix(invalid.Violations[0].Field, "é…") {
		t.Errorf("got %v", err)
	}
}

func TestAFormIsCheckedPartByPart(t *testing.T) {
	t.Parallel()
	file := func(name string) FormFile {
		return FormFile{Name: name, FileName: "a.png", ContentType: "image/png", Size: 3}
	}
	good := []FormField{{"phone", "96650000000"}, {"template_id", "7"}}
	cases := []struct {
		name   string
		fields []FormField
		files  []FormFile
		want   string
	}{
		{"all that is needed", good, []FormFile{file("file")}, ""},
		{"nothing", nil, nil, "phone: is required\nfile: is required\ntemplate_id: is required"},
		{
			"wrong values",
			[]FormField{{"phone", "x"}, {"template_id", "07"}, {"loud", "yes"}, {"volume", ".5"}},
			[]FormFile{file("file")},
			"template_id: must be an integer\nloud: must be true or false\nvolume: must be a number\nphone: must match the pattern ^[0-9]+$",
		},
		{"a field twice", append([]FormField{{"phone", "1"}}, good...), []FormFile{file("file")}, "phone: must be given only once"},
		{"a file twice", good, []FormFile{file("file"), file("file")}, "file: must be given only once"},
		{"a field where a file is due", append([]FormField{{"file", "x"}}, good...), nil, "file: must be a file"},
		{"a file where a field is due", good[:1], []FormFile{file("file"), file("template_id")}, "template_id: must be a field, not a file"},
		{"JSON that is none", append([]FormField{{"place", "{"}}, good...), []FormFile{file("file")}, "place: is not valid JSON: it ends too early"},
		{"JSON with a key twice", append([]FormField{{"place", `{"lat":1,"lat":2}`}}, good...), []FormFile{file("file")}, "place.lat: must be given only once"},
		{"JSON of the wrong type", append([]FormField{{"params", `[1]`}}, good...), []FormFile{file("file")}, "params[0]: must be a string"},
		{"a list twice", append([]FormField{{"params", `["a"]`}, {"params", `["b"]`}}, good...), []FormFile{file("file")}, "params: must be given only once"},
		{"bytes that are no UTF-8", append([]FormField{{"x", "\xff"}}, good...), []FormFile{file("file")}, "x: is not valid UTF-8"},
		{"several files where they may be", good, []FormFile{file("file"), file("more"), file("more")}, ""},
	}
	header := http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := call{method: "POST", path: "/upload", header: header, form: &Form{Fields: c.fields, Files: c.files}}.violations(t, richDocument())
			if got != c.want {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
	if got := (call{method: "POST", path: "/upload", header: header, body: "--x--"}).violations(t, richDocument()); got != "body: is not a readable multipart/form-data form" {
		t.Errorf("a form that was not taken apart: %q", got)
	}
}

func TestAFormIsGivenAsAMapOfItsFields(t *testing.T) {
	t.Parallel()
	form := &Form{
		Fields: []FormField{{"phone", "1"}, {"template_id", "7"}, {"loud", "true"}, {"volume", "1.5"}, {"params", "a"}, {"params", "b"}, {"place", `{"lat":1}`}, {"pone", "x"}},
		Files:  []FormFile{{Name: "file", FileName: "a.png"}},
	}
	r, err := call{method: "POST", path: "/upload", header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, form: form}.check(t, richDocument())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"phone": "1", "template_id": json.Number("7"), "loud": true, "volume": json.Number("1.5"), "params": []any{"a", "b"},
		"place": map[string]any{"lat": json.Number("1")}, "pone": "x", "file": "a.png",
	}
	if !reflect.DeepEqual(r.Body(), want) || r.Form() != form {
		t.Errorf("\ngot  %#v\nwant %#v", r.Body(), want)
	}
	if !slices.Equal(r.Unknown, []Unknown{{"body", "pone", "phone"}}) {
		t.Errorf("unknown: %+v", r.Unknown)
	}
	form.Fields[4] = FormField{"params", ` ["x","y"]`}
	form.Fields = append(form.Fields[:5], form.Fields[6:]...)
	r, err = call{method: "POST", path: "/upload", header: http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}, form: form}.check(t, richDocument())
	if err != nil || !reflect.DeepEqual(r.Body().(map[string]any)["params"], []any{"x", "y"}) {
		t.Errorf("a list as JSON: %v, %v", r, err)
	}
}

func TestAURLEncodedFormIsCheckedLikeAQuery(t *testing.T) {
	t.Parallel()
	cases := []struct{ body, want string }{
		{"id=1&note=a+b%26", ""},
		{"note=a", "id: is required"},
		{"id=x", "id: must be an integer"},
		{"id=1&id=1", "id: must be given only once"},
		{"id=1&note=%zz", "note: is not valid percent-encoding"},
		{"id=1&%ff=1", "body: has a name that is not valid UTF-8"},
	}
	header := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for _, c := range cases {
		if got := (call{method: "POST", path: "/form", header: header, body: c.body}).violations(t, richDocument()); got != c.want {
			t.Errorf("%s: got %q, want %q", c.body, got, c.want)
		}
	}
}
