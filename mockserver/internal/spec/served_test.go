package spec

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/awalmock"
)

const servedPaths = "paths:\n  /a:\n    get:\n      operationId: a\n      responses: {default: {description: 'servers: none'}}\n"

func TestAServedDocumentHasOneServerAndTheRestOfTheFile(t *testing.T) {
	t.Parallel()
	const head = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n"
	cases := map[string]struct {
		text   string
		asJSON bool // the YAML is served as JSON
	}{
		"in the middle":            {head + "# above\nservers:\n  - url: https://a/b\n    description: d\n# below\n\n" + servedPaths, false},
		"at column 0":              {head + "servers:\n- url: https://a/b\n# inside\n- url: https://c/d\n" + servedPaths, false},
		"on one line":              {head + "servers: [{url: https://a/b}]\n" + servedPaths, false},
		"over lines, in brackets":  {head + "servers: [\n  {url: https://a/b}\n  ]\n" + servedPaths, false},
		"a bracket at column 0":    {head + "servers: [{url: https://a/b}\n]\n" + servedPaths, true},
		"the key in quotes":        {head + "\"servers\":\n  - url: https://a/b\n" + servedPaths, false},
		"last":                     {head + servedPaths + "servers:\n  - url: https://a/b", false},
		"none":                     {head + servedPaths, false},
		"an anchor that is needed": {head + "servers:\n  - url: &u https://a/b\n" + servedPaths + "x-more: *u\n", true},
		"JSON":                     {`{"openapi":"3.0.3","servers":[{"url":"https://a/b"}],"info":{"title":"servers","version":"1"},"paths":{"/a":{"get":{"operationId":"a","responses":{"default":{"description":"d"}}}}}}`, true},
		"JSON without":             {`{"openapi":"3.0.3","info":{"title":"servers","version":"1"},"paths":{"/a":{"get":{"operationId":"a","responses":{"default":{"description":"d"}}}}}}`, true},
		"Windows lines":            {strings.ReplaceAll(head+"servers:\n  - url: https://a/b\n"+servedPaths, "\n", "\r\n"), false},
		"the project's":            {awalmock.OpenAPI(), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := Load("f.yaml", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			const base = "http://127.0.0.1:4999/b"
			asYAML, asJSON := d.Served(base)
			if strings.HasPrefix(string(asYAML), "{") != c.asJSON {
				t.Errorf("the YAML is served as %.80s", asYAML)
			}
			var want map[string]any
			if err := json.Unmarshal(d.JSON(), &want); err != nil {
				t.Fatal(err)
			}
			want["servers"] = []any{map[string]any{"url": base, "description": "This mock"}}
			for _, text := range [][]byte{asYAML, asJSON} {
				again, err := Load("again.yaml", text)
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				var got map[string]any
				if err := json.Unmarshal(again.JSON(), &got); err != nil {
					t.Fatal(err)
				}
				if !sameJSON(t, got, want) {
					t.Errorf("%s", text)
				}
			}
			if above := strings.Contains(c.text, "# above"); above && !(strings.Contains(string(asYAML), "# above\n") && strings.Contains(string(asYAML), "# below\n")) {
				t.Errorf("a comment is lost: %s", asYAML)
			}
		})
	}
}

func sameJSON(t *testing.T, a, b any) bool {
	t.Helper()
	one, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	other, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(one) == string(other)
}

func TestTheLinesOfAServedDocumentKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	d, err := Load("openapi.yaml", []byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	served, _ := d.Served("http://127.0.0.1:4010/api/developer")
	want, got := strings.Split(awalmock.OpenAPI(), "\n"), strings.Split(string(served), "\n")
	for _, pointer := range []string{"/paths/~1conversations/get", "/components/schemas/Conversation"} {
		line := d.Line(pointer)
		if line < 1 || got[line-1] != want[line-1] {
			t.Errorf("%s: line %d is %q in the file, and %q as it is served", pointer, line, want[line-1], got[line-1])
		}
	}
}
