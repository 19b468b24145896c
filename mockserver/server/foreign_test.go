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
