package spec

import (
	"net/http"
	"strings"
	"testing"
)

// ruled is a document with one operation, POST /a, that takes a body of a schema in flow style; line 9 is the schema's.
func ruled(mediaType, schema string) string {
	return minimal("  /a:\n    post:\n      operationId: a\n      requestBody:\n        content:\n          "+mediaType+":\n            schema: "+strings.ReplaceAll(schema, "\n", "\n              ")+"\n      "+okResponse, "")
}

func TestARuleThatCannotBeReadIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	upload := func(rules string) string {
		return ruled("multipart/form-data", "{type: object, properties: {type: {type: string, enum: [image]}, file: {type: string, format: binary,\n x-file-rules: "+rules+"}}}")
	}
	rule := func(rule string) string { return upload("{property: type, rules: {image: " + rule + "}}") }
	list := func(unique string) string {
		return ruled("application/json", "{type: array, items: {type: object, properties: {id: {type: string}, rows: {type: array, items: {type: object, properties: {id: {}}}}}},\n x-unique: "+unique+"}")
	}
	text := func(schema string) string {
		return ruled("application/json", "{type: object, properties: {a: {type: string,\n x-content-schema: "+schema+"}}}")
	}
	for name, c := range map[string]struct{ document, want string }{
		"x-unique is a number":             {list("1"), "x-unique: must be the name of a property"},
		"x-unique is empty":                {list("''"), "x-unique: must be the name of a property"},
		"x-unique is an empty list":        {list("[]"), "x-unique: must be the name of a property"},
		"x-unique is a list of numbers":    {list("[id, 1]"), "x-unique: must be the name of a property"},
		"x-unique is a mapping":            {list("{property: id}"), "x-unique: must be the name of a property"},
		"x-unique is misspelt":             {list("idd"), "the elements have no property idd"},
		"x-unique is misspelt in a list":   {list("[id, idd]"), "x-unique.1: the elements have no property idd"},
		"x-unique is misspelt in a path":   {list("rows.idd"), "the elements have no property rows.idd"},
		"x-unique leads too far":           {list("rows.id.x"), "the elements have no property rows.id.x"},
		"x-unique of a text":               {ruled("application/json", "{type: string,\n x-unique: id}"), "x-unique is for an array"},
		"x-file-rules is a list":           {upload("[]"), "x-file-rules: must be a mapping"},
		"x-file-rules has an unknown key":  {upload("{propery: type, rules: {image: {}}}"), "propery: is not a known key here; known are property, rules, rule, tooLarge and mark"},
		"x-file-rules without property":    {upload("{rules: {image: {}}}"), "x-file-rules: property is missing"},
		"x-file-rules without rules":       {upload("{property: type}"), "x-file-rules: rules is missing"},
		"a property that is not there":     {upload("{property: kind, rules: {image: {}}}"), "property: there is no property kind beside the file"},
		"a rule is a number":               {rule("1"), "image: must be a mapping"},
		"a rule has an unknown key":        {rule("{maxByte: 1}"), "maxByte: is not a known key here; known are mediaTypes"},
		"maxBytes has a unit":              {rule("{maxBytes: 5 MB}"), `maxBytes: must be a number of bytes, such as 5242880, without a unit; it is "5 MB"`},
		"maxBytes is a text":               {rule("{maxBytes: '5'}"), "maxBytes: must be a number of bytes"},
		"maxBytes is zero":                 {rule("{maxBytes: 0}"), "maxBytes: must be a number of bytes"},
		"maxBytes is a fraction":           {rule("{maxBytes: 1.5}"), "maxBytes: must be a number of bytes"},
		"maxBytes is a list":               {rule("{maxBytes: [1]}"), "maxBytes: must be a number of bytes"},
		"caption is a word":                {rule("{caption: never}"), "caption: must be true or false"},
		"width is negative":                {rule("{mediaTypes: [image/webp], width: -1}"), "width: must be a number of pixels"},
		"height of a type that hides it":   {rule("{mediaTypes: [image/webp, image/jpeg], height: 1}"), "width and height can be checked for image/webp only"},
		"width of any type":                {rule("{width: 1}"), "width and height can be checked for image/webp only"},
		"mediaTypes is a text":             {rule("{mediaTypes: image/png}"), "mediaTypes: must be a list of media types"},
		"mediaTypes is empty":              {rule("{mediaTypes: []}"), "mediaTypes: must be a list of media types"},
		"a media type that is none":        {rule("{mediaTypes: [png]}"), `mediaTypes.0: the media type "png" cannot be recognised`},
		"an unknown media type":            {rule("{mediaTypes: [image/png, image/nosuch]}"), `mediaTypes.1: the media type "image/nosuch" cannot be recognised`},
		"a range of media types":           {rule("{mediaTypes: ['image/*']}"), `mediaTypes.0: the media type "image/*" cannot be recognised`},
		"x-file-rules of a number":         {ruled("multipart/form-data", "{type: object, properties: {type: {type: string}, file: {type: integer,\n x-file-rules: {property: type, rules: {image: {}}}}}}"), "x-file-rules is for a file"},
		"the content of what is no file":   {ruled("application/json", "{type: object, properties: {type: {type: string}, link: {type: string,\n x-file-rules: {property: type, rules: {image: {maxBytes: 1}}}}}}"), "says what the content of a file must be"},
		"x-content-schema is a word":       {text("array"), "x-content-schema: must be a mapping that describes the schema"},
		"x-content-schema is empty":        {text(""), "x-content-schema: is empty"},
		"x-content-schema has a bad type":  {text("{type: text}"), `x-content-schema: unsupported 'type' value "text"`},
		"x-content-schema has no items":    {text("{type: array}"), "x-content-schema: when schema type is 'array'"},
		"x-content-schema has a bad part":  {text("{type: object, properties: {b: {type: text}}}"), `unsupported 'type' value "text"`},
		"x-content-schema leads nowhere":   {text("{$ref: '#/components/schemas/No'}"), "does not exist in this document"},
		"x-content-schema does not match":  {text("{type: string, pattern: '(?=a)'}"), "x-content-schema.pattern: \"(?=a)\" does not compile"},
		"x-content-schema of a list":       {ruled("application/json", "{type: array, items: {},\n x-content-schema: {type: string}}"), "x-content-schema is for a text"},
		"a rule that a schema hides":       {text("{type: array, items: {type: string},\n x-unique: id}"), "x-content-schema.x-unique: the elements have no property id"},
		"a rule of a list in a parameter":  {minimal("  /a:\n    get:\n      operationId: a\n      parameters:\n        - {name: p, in: query, schema: {type: array, items: {type: object, properties: {id: {}}}, x-unique: id}}\n      "+okResponse, ""), "x-unique and x-file-rules are checked in request bodies only"},
		"a rule that no operation has yet": {minimal("  {}", "  schemas:\n    A: {type: array, items: {},\n      x-unique: id}"), "the elements have no property id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load("f.yaml", []byte(c.document))
			if err == nil {
				t.Fatal("the document was taken")
			}
			if message := err.Error(); !strings.Contains(message, c.want) || !strings.HasPrefix(message, "f.yaml:") || strings.Contains(message, "\n") || message[7] < '1' || message[7] > '9' {
				t.Errorf("\ngot  %s\nwant %s", message, c.want)
			}
		})
	}
}

func TestARuleHoldsForTheBodyOfAnyOperation(t *testing.T) {
	t.Parallel()
	const rows = "{type: array, x-unique: %, items: {type: object, properties: {id: {}, no: {}, rows: {type: array, items: {type: object, properties: {id: {}}}}}}}"
	unique := func(path string) string { return strings.Replace(rows, "%", path, 1) }
	in := func(schema string) string { return "{type: object, properties: {a: " + schema + "}}" }
	const twice = ": must be unique"
	content := in("{type: string, x-content-schema: {type: array, items: {type: object, required: [n], properties: {n: {type: integer, minimum: 0}}}, x-unique: n}}")
	const wrong = `a: must be a JSON array of objects with "n": `
	for name, c := range map[string]struct{ schema, body, want string }{
		"different":                  {unique("id"), `[{"id":"a"},{"id":"b"}]`, ""},
		"the same":                   {unique("id"), `[{"id":"a"},{"id":"b"},{"id":"a"}]`, "[2].id" + twice},
		"one path in a list":         {unique("[id]"), `[{"id":"a"},{"id":"a"}]`, "[1].id" + twice},
		"each path by itself":        {unique("[id, no]"), `[{"id":1,"no":1},{"id":2,"no":1}]`, "[1].no" + twice},
		"paths do not mix":           {unique("[id, no]"), `[{"id":1,"no":2},{"id":2,"no":1}]`, ""},
		"a text and a number":        {unique("id"), `[{"id":"1"},{"id":1},{"id":true},{"id":"true"}]`, ""},
		"a number in two forms":      {unique("id"), `[{"id":10},{"id":1e1}]`, "[1].id" + twice},
		"large numbers":              {unique("id"), `[{"id":9007199254740992},{"id":9007199254740993}]`, ""},
		"objects":                    {unique("id"), `[{"id":{"x":1,"y":2}},{"id":{"y":2,"x":1}}]`, "[1].id" + twice},
		"nothing is no twin":         {unique("id"), `[{},{},{}]`, ""},
		"what leads nowhere":         {"{type: array, x-unique: a.n, items: {type: object, properties: {a: {oneOf: [{type: string}, {type: object, properties: {n: {}}}]}}}}", `[{"a":"x"},{"a":"x"}]`, ""},
		"a name that is described":   {"{type: object, properties: {x: {type: array, items: {}}}, additionalProperties: " + unique("id") + "}", `{"x":[{"id":1},{"id":1}]}`, ""},
		"null is no twin":            {strings.Replace(unique("id"), "{id: {}", "{id: {type: string, nullable: true}", 1), `[{"id":null},{"id":null}]`, ""},
		"a path over all lists":      {unique("rows.id"), `[{"rows":[{"id":1},{"id":2}]},{"rows":[{"id":1}]}]`, "[1].rows[0].id" + twice},
		"a property of the body":     {in(unique("id")), `{"a":[{"id":1},{"id":1}]}`, "a[1].id" + twice},
		"deep in the body":           {in(in("{type: array, items: " + in(unique("id")) + "}")), `{"a":{"a":[{},{"a":[{"id":1},{"id":1}]}]}}`, "a.a[1].a[1].id" + twice},
		"an additional property":     {"{type: object, additionalProperties: " + unique("id") + "}", `{"x":[{"id":1},{"id":1}]}`, "x[1].id" + twice},
		"a part of allOf":            {"{allOf: [{type: object}, " + in(unique("id")) + "]}", `{"a":[{"id":1},{"id":1}]}`, "a[1].id" + twice},
		"the alternative that fits":  {"{oneOf: [{type: string}, " + unique("id") + "]}", `[{"id":1},{"id":1}]`, "[1].id" + twice},
		"an alternative that is not": {in("{oneOf: [{type: array, maxItems: 1, items: {type: object, properties: {id: {}}}, x-unique: id}, {type: array, minItems: 2, items: {}}]}"), `{"a":[{"id":1},{"id":1}]}`, ""},
		"a schema that holds itself": {"{type: object, properties: {a: " + unique("id") + ", b: {$ref: '#/paths/~1a/post/requestBody/content/application~1json/schema'}}}", `{"b":{"b":{"a":[{"id":1},{"id":1}]}}}`, "b.b.a[1].id" + twice},
		"content that fits":          {content, `{"a":"[{\"n\":0},{\"n\":1}]"}`, ""},
		"content that is empty":      {content, `{"a":""}`, ""},
		"content that is no JSON":    {content, `{"a":"no"}`, wrong + "it is not valid JSON (byte 2)"},
		"content of another type":    {content, `{"a":"{}"}`, wrong + "it must be an array"},
		"content beyond a bound":     {content, `{"a":"[{\"n\":-1}]"}`, wrong + "[0].n must be at least 0"},
		"content without a member":   {content, `{"a":"[{\"n\":0},{}]"}`, wrong + "[1].n is required"},
		"content with a key twice":   {content, `{"a":"[{\"n\":0,\"n\":0}]"}`, wrong + "[0].n must be given only once"},
		"content with a twin":        {content, `{"a":"[{\"n\":0},{\"n\":0}]"}`, wrong + "[1].n must be unique"},
		"other faults come first":    {"{type: object, required: [b], properties: {a: " + unique("id") + "}}", `{"a":[{"id":1},{"id":1}]}`, "b: is required"},
		"a rule under a wrong value": {in(unique("id")), `{"a":"x"}`, "a: must be an array"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Load("t.yaml", []byte(ruled("application/json", c.schema)))
			if err != nil {
				t.Fatal(err)
			}
			got := call{method: "POST", path: "/a", header: http.Header{"Content-Type": {"application/json"}}, body: c.body}.violations(t, d)
			if got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestARuleHoldsForFilesAtItsBoundAndNotBeyond(t *testing.T) {
	t.Parallel()
	const schema = `{type: object, properties: {kind: {type: string, enum: [photo, note, none]}, caption: {type: string}, file: {$ref: '#/components/schemas/F'}, files: {type: array, items: {$ref: '#/components/schemas/F'}}}}`
	d, err := Load("t.yaml", []byte(ruled("multipart/form-data", schema)+`
components:
  schemas:
    F:
      type: string
      format: binary
      x-file-rules: {property: kind, rules: {photo: {mediaTypes: [image/png, IMAGE/JPEG], maxBytes: 10}, note: {caption: false}}}
`))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name, content string, size int64) FormFile {
		return FormFile{Name: name, FileName: "f", Size: size, Head: []byte(content)}
	}
	const png, jpg = "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0"
	kind := func(k string, more ...FormField) []FormField { return append([]FormField{{"kind", k}}, more...) }
	for name, c := range map[string]struct {
		fields []FormField
		files  []FormFile
		want   string
	}{
		"of the largest size":         {kind("photo"), []FormFile{file("file", png, 10)}, ""},
		"a byte too large":            {kind("photo"), []FormFile{file("file", png, 11)}, "file: must be at most 10 bytes"},
		"of the second type":          {kind("photo"), []FormFile{file("file", jpg, 4)}, ""},
		"of another type":             {kind("photo"), []FormFile{file("file", "GIF89a", 6)}, "file: must be one of image/png, image/jpeg by its content"},
		"empty":                       {kind("note"), []FormFile{file("file", "", 0)}, "file: must not be empty"},
		"anything where nothing said": {kind("note"), []FormFile{file("file", "x", 1<<40)}, ""},
		"a caption":                   {kind("photo", FormField{"caption", "c"}), []FormFile{file("file", png, 8)}, ""},
		"a caption too much":          {kind("note", FormField{"caption", "c"}), []FormFile{file("file", "x", 1)}, "caption: does not apply to note"},
		"a kind without a rule":       {kind("none"), []FormFile{file("file", png, 8)}, "file: does not apply to none"},
		"no kind":                     {nil, []FormFile{file("file", png, 8)}, "file: needs kind beside it, which says of which kind it is"},
		"no file":                     {kind("photo"), nil, ""},
		"the second of a list":        {kind("photo"), []FormFile{file("files", png, 8), file("files", png, 11)}, "files[1]: must be at most 10 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}
			got := call{method: "POST", path: "/a", header: header, form: &Form{Fields: c.fields, Files: c.files}}.violations(t, d)
			if got != c.want {
				t.Errorf("\ngot  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestACaptionThatTheDocumentDoesNotHaveBreaksNoRule(t *testing.T) {
	t.Parallel()
	d, err := Load("t.yaml", []byte(ruled("application/json", "{type: object, properties: {kind: {type: string}, link: {type: string, x-file-rules: {property: kind, rules: {note: {caption: false}}}}}}")))
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if got := (call{method: "POST", path: "/a", header: header, body: `{"kind":"note","caption":"c"}`}).violations(t, d); got != "" {
		t.Error(got)
	}
}

func TestARuleForAWordThatIsNotKnownIsLeftOutAndNamed(t *testing.T) {
	t.Parallel()
	d, err := Load("f.yaml", []byte(ruled("multipart/form-data",
		"{type: object, properties: {type: {type: string, enum: [image]}, file: {type: string, format: binary, x-file-rules: {property: type, rules: {image: {maxBytes: 1},\n imgae: {maxBytes: 1}}}}}}")))
	if err != nil {
		t.Fatal(err)
	}
	if len(d.LeftOut) != 1 || !strings.Contains(d.LeftOut[0], "f.yaml:11: ") || !strings.Contains(d.LeftOut[0], "imgae: is no word that type knows; the rule is not used") {
		t.Errorf("left out: %q", d.LeftOut)
	}
}

func TestAParameterThatHoldsJSONIsCheckedByItsContent(t *testing.T) {
	t.Parallel()
	d, err := Load("f.yaml", []byte(minimal("  /a:\n    get:\n      operationId: a\n      parameters:\n        - {name: q, in: query, schema: {type: string, x-content-schema: {type: object, required: [x]}}}\n      "+okResponse, "")))
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"": "", `q={"x":1}`: "", `q={}`: "q: must be a JSON object: x is required", "q=1": "q: must be a JSON object: it must be an object"} {
		if got := (call{method: "GET", path: "/a", query: query}).violations(t, d); got != want {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
}
