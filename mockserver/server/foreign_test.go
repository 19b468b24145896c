package server_test

import (
	"regexp"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// extra is a path with one operation, put into the project's document before its own paths.
func extra(t *testing.T, lines string) mocktest.Option {
	t.Helper()
	return edited(t, firstPath, firstPath+lines)
}

func TestWhatIsEmptyWhereTheDocumentNeedsSomethingIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string]string{
		"a media type":        "  /new:\n    get:\n      responses:\n        '200':\n          description: d\n          content:\n            application/json:\n",
		"a response":          "  /new:\n    get:\n      responses:\n        '200':\n",
		"a header":            "  /new:\n    get:\n      responses:\n        '200':\n          description: d\n          headers:\n            X-A:\n",
		"an operation":        "  /new:\n    get:\n",
		"a path":              "  /new:\n",
		"a property":          "  /new:\n    get:\n      responses:\n        '200':\n          description: d\n          content: {application/json: {schema: {properties: {a: }}}}\n",
		"a parameter":         "  /new:\n    get:\n      parameters:\n        -\n      responses: {'200': {description: d}}\n",
		"a branch":            "  /new:\n    get:\n      responses:\n        '200':\n          description: d\n          content: {application/json: {schema: {oneOf: [~]}}}\n",
		"an example":          "  /new:\n    get:\n      responses:\n        '200':\n          description: d\n          content: {application/json: {examples: {a: }}}\n",
		"a text for a schema": "  /new:\n    get:\n      responses:\n        '200':\n          description: d\n          content: {application/json: {schema: text}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := refusal(t, extra(t, lines))
			if !regexp.MustCompile(`copy\.yaml:\d+: paths\./new`).MatchString(message) || strings.Contains(message, "panic") {
				t.Errorf("%s", message)
			}
		})
	}
}

func TestEmptySectionsOfADocumentAreServed(t *testing.T) {
	t.Parallel()
	m := start(t, extra(t, `  /new:
    parameters:
    get:
      operationId: new
      tags:
      callbacks: {}
      parameters:
      requestBody:
      responses:
        '200':
          description: d
          headers:
          links: {}
          content:
`))
	if a := m.exchange(t, "GET", m.wire(call{target: "/new"})); a.status != 200 || len(a.body) > 0 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestAnOperationIsAnsweredWithWhateverItsDocumentHas(t *testing.T) {
	t.Parallel()
	m := start(t, extra(t, `  /only-default:
    get:
      responses:
        default: {description: d, content: {application/json: {schema: {type: object, properties: {ok: {type: boolean}}}}}}
  /moved:
    get:
      responses:
        '302': {description: d, headers: {Location: {required: true, schema: {type: string, format: uri}, example: 'https://example.com/there'}}}
        default: {description: an error}
  /class:
    get:
      responses:
        4XX: {description: d}
        2XX: {description: d, content: {application/json: {example: {ok: true}}}}
  /gone:
    get:
      responses:
        '410': {description: d, content: {application/json: {example: {gone: true}}}}
`))
	for target, status := range map[string]int{"/only-default": 200, "/moved": 302, "/class": 200, "/gone": 410} {
		if a := m.exchange(t, "GET", m.wire(call{target: target})); a.status != status {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
}

func TestPreferTakesACodeOfADocumentedClassOrDefault(t *testing.T) {
	t.Parallel()
	m := start(t, extra(t, `  /class:
    get:
      operationId: class
      responses:
        '200': {description: d}
        4XX: {description: d, content: {application/json: {example: {class: 4}}}}
        5XX: {description: d, content: {application/json: {example: {class: 5}}}}
  /rest:
    get:
      operationId: rest
      responses:
        '404': {description: d, content: {application/json: {example: {exactly: 404}}}}
        default: {description: d, content: {application/json: {example: {rest: true}}}}
  /any:
    get:
      operationId: any
      responses:
        '200': {description: d}
        3XX: {description: d, content: {application/json: {example: {class: 3}}}}
        default: {description: d, content: {application/json: {example: {rest: true}}}}
`))
	prefer := func(target, code string) *answer {
		return m.exchange(t, "GET", m.wire(call{target: target, header: []string{"Prefer: code=" + code}}))
	}
	for _, c := range []struct {
		target, code, body string
		status             int
	}{
		{"/class", "503", `{"class":5}`, 503},
		{"/class", "418", `{"class":4}`, 418},
		{"/class", "200", "", 200},
		{"/rest", "503", `{"rest":true}`, 503},
		{"/rest", "404", `{"exactly":404}`, 404},
		{"/rest", "201", `{"rest":true}`, 201},
	} {
		if a := prefer(c.target, c.code); a.status != c.status || strings.TrimSpace(string(a.body)) != c.body {
			t.Errorf("%s code=%s: %d %s", c.target, c.code, a.status, a.body)
		}
	}
	for _, code := range []string{"204", "304"} {
		if a := m.exchange(t, "GET", m.wire(call{target: "/any", header: []string{"Prefer: code=" + code}})); len(a.body) > 0 || a.header.Get("Content-Type") != "" {
			t.Errorf("code=%s has no body, and its headers say one: %v %q", code, a.header, a.body)
		}
	}
	for _, code := range []string{"302", "100", "600", "5XX", "-1", ""} {
		if a := prefer("/class", code); a.status != 400 || !strings.Contains(string(a.body), "400 to 499") {
			t.Errorf("code=%s: %d %s", code, a.status, a.body)
		}
	}
}
