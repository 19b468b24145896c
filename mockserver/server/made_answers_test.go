package server_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// probe is an operation GET /probe whose 200 is written in one line, with component schemas as lines of their own.
func probe(t *testing.T, response string, components ...string) mocktest.Option {
	t.Helper()
	pairs := []string{firstPath, firstPath + "  /probe:\n    get:\n      operationId: probe\n      security: []\n      responses:\n        '200': " + response + "\n"}
	if len(components) > 0 {
		pairs = append(pairs, "\n  schemas:\n", "\n  schemas:\n    "+strings.Join(components, "\n    ")+"\n")
	}
	return edited(t, pairs...)
}

func jsonOf(schema string) string {
	return "{description: d, content: {application/json: {schema: " + schema + "}}}"
}

// asks is the answer to GET /probe, with further header lines.
func (m *mock) asks(t *testing.T, header ...string) *answer {
	t.Helper()
	return m.exchange(t, "GET", m.wire(call{target: "/probe", header: header}))
}

func TestANewOperationAnswersWithAValueThatFitsWhateverItsSchemaAsks(t *testing.T) {
	t.Parallel()
	cat := `Cat: {type: object, required: [kind, lives], properties: {kind: {type: string}, lives: {type: integer}}}`
	dog := `Dog: {type: object, required: [kind, name], properties: {kind: {type: string}, name: {type: string, format: email}}}`
	pet := `Pet: {type: object, required: [kind], discriminator: {propertyName: kind}, properties: {kind: {type: string}}}`
	mouse := `Mouse: {allOf: [{$ref: '#/components/schemas/Pet'}, {type: object, required: [cheese], properties: {cheese: {type: boolean}}}]}`
	for name, c := range map[string]struct {
		schema     string
		components []string
		look       string
	}{
		"an Arabic pattern":                 {`{type: string, pattern: '^[\u0600-\u06FF ]{3,10}$'}`, nil, `^"[\x{600}-\x{6ff} ]{3,10}"$`},
		"an escape in small letters":        {`{type: string, pattern: '^[\u0600-\u06ff]{3}\/\u{41}\cJ?$'}`, nil, `^"[\x{600}-\x{6ff}]{3}/A`},
		"a pair of surrogates":              {`{type: string, pattern: '^\uD83D\uDE00$'}`, nil, `^"😀"$`},
		"a Unicode property":                {`{type: string, pattern: '^\p{Script=Arabic}{2,4}$'}`, nil, `^"\p{Arabic}{2,4}"$`},
		"any character":                     {`{type: string, pattern: '^[^]{5}$'}`, nil, `^"`},
		"write-only and required":           {`{type: object, required: [a, w], properties: {a: {type: boolean}, w: {type: string, writeOnly: true}}}`, nil, `^\{"a":(true|false)\}$`},
		"write-only elsewhere":              {`{type: object, required: [w], properties: {w: {type: string}}, allOf: [{properties: {w: {type: string, writeOnly: true}}}]}`, nil, `^\{\}$`},
		"read-only and required":            {`{type: object, required: [r], properties: {r: {type: boolean, readOnly: true}}}`, nil, `^\{"r":(true|false)\}$`},
		"a discriminator":                   {`{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind}}`, []string{cat, dog}, `"kind":"Cat","lives":|"kind":"Dog","name":`},
		"a discriminator with a mapping":    {`{oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}], discriminator: {propertyName: kind, mapping: {meow: '#/components/schemas/Cat', woof: Dog}}}`, []string{cat, dog}, `"kind":"meow","lives":|"kind":"woof","name":`},
		"a discriminator of the base":       {`{$ref: '#/components/schemas/Mouse'}`, []string{pet, mouse}, `"kind":"Mouse"`},
		"alternatives of a mapping only":    {`{$ref: '#/components/schemas/Base'}`, []string{`Base: {type: object, required: [kind], discriminator: {propertyName: kind, mapping: {sub: Sub}}, properties: {kind: {type: string}}}`, `Sub: {allOf: [{$ref: '#/components/schemas/Base'}, {type: object, required: [n], properties: {n: {type: integer}}}]}`}, `^\{"kind":"sub","n":\d+\}$`},
		"alternatives that overlap":         {`{oneOf: [{type: object, properties: {a: {type: string}}}, {type: object, properties: {b: {type: integer}}}]}`, nil, `^\{`},
		"one alternative inside of another": {`{oneOf: [{type: object, properties: {a: {type: string}}}, {type: object, required: [b], properties: {a: {type: string}, b: {type: integer}}}]}`, nil, `^\{`},
		"a name that is required only":      {`{type: object, required: [x], additionalProperties: {type: integer}}`, nil, `^\{"x":\d+\}$`},
		"a format with a length":            {`{type: string, format: email, maxLength: 9}`, nil, `^"[a-z]+@x\.co"$`},
		"a format with a pattern":           {`{type: string, format: date, pattern: '^2023-'}`, nil, `^"2023-`},
		"multiples of two":                  {`{type: integer, allOf: [{multipleOf: 4}, {multipleOf: 6}], minimum: 1}`, nil, `^\d+$`},
		"not a text":                        {`{not: {type: string}}`, nil, `^[^"]`},
		"an endless list":                   {`{$ref: '#/components/schemas/Tree'}`, []string{`Tree: {type: object, required: [kids], properties: {kids: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}`}, `^\{"kids":\[\]\}$`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// kin-openapi, which start asks, does not know all of these patterns.
			m := &mock{Mock: mocktest.Start(t, probe(t, jsonOf(c.schema), c.components...), mocktest.CheckAnswers()), now: time.Now}
			a := m.asks(t)
			if a.status != 200 || !regexp.MustCompile(c.look).Match(a.body) || !json.Valid(a.body) {
				t.Errorf("%d %s, want one like %s", a.status, a.body, c.look)
			}
			if again := m.asks(t); string(again.body) != string(a.body) {
				t.Errorf("%s, then %s", a.body, again.body)
			}
		})
	}
}

func TestASchemaOfAnAnswerThatNothingFitsIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ response, reason string }{
		"an enum of another type":     {jsonOf(`{type: string, enum: [1, 2]}`), "1 must be a string"},
		"bounds":                      {jsonOf(`{type: integer, minimum: 5, maximum: 4}`), "between its minimum and its maximum"},
		"lengths":                     {jsonOf(`{type: object, properties: {a: {type: string, minLength: 5, maxLength: 4}}}`), "minLength 5 is above its maxLength 4"},
		"an optional property":        {jsonOf(`{type: object, properties: {a: {type: string, enum: [1]}}}`), "must be a string"},
		"an item":                     {jsonOf(`{type: array, items: {type: boolean, enum: ['yes']}}`), "must be true or false"},
		"a pattern and a length":      {jsonOf(`{type: string, pattern: '^a$', minLength: 3}`), "must be at least 3 characters"},
		"two types":                   {jsonOf(`{allOf: [{type: string}, {type: integer}]}`), "two types"},
		"a required name ruled out":   {jsonOf(`{type: object, required: [x], additionalProperties: false}`), `the property "x" is required`},
		"too many items":              {jsonOf(`{type: array, minItems: 1000000, items: {type: string}}`), "at most 8192"},
		"itself without an end":       {jsonOf(`&n {type: object, required: [n], properties: {n: {$ref: '#/paths/~1probe/get/responses/200/content/application~1json/schema'}}}`), "without an end"},
		"a second media type":         {`{description: d, content: {application/json: {schema: {type: string}}, application/hal+json: {schema: {type: string, enum: [1]}}}}`, "must be a string"},
		"another answer":              {"{description: d}\n        '404': " + jsonOf(`{type: string, enum: [1]}`), "must be a string"},
		"a required header":           {`{description: d, headers: {X-A: {required: true, schema: {type: string, enum: [1]}}}}`, "must be a string"},
		"CSV without an example":      {`{description: d, content: {text/csv: {schema: {type: string}}}}`, "text/csv: a body of this media type cannot be made up: give it an example"},
		"a picture":                   {`{description: d, content: {image/png: {schema: {type: string, format: binary}}}}`, "give it an example"},
		"text that is an object":      {`{description: d, content: {text/plain: {schema: {type: object}}}}`, "give it an example"},
		"an example that is no text":  {`{description: d, content: {text/csv: {example: [a, b]}}}`, "give it an example"},
		"a contradiction, an example": {`{description: d, content: {application/json: {schema: {oneOf: [{type: string}, {type: object, properties: {a: {type: string, enum: [1]}}}]}, example: x}}}`, "must be a string"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := refusal(t, probe(t, c.response))
			if !regexp.MustCompile(`^copy\.yaml:\d+: `).MatchString(strings.TrimPrefix(message, "mocktest: ")) || !strings.Contains(message, c.reason) {
				t.Errorf("%q, want file, line, and %q", message, c.reason)
			}
		})
	}
}

func TestAnExampleIsAnsweredAsItStands(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ content, contentType, body string }{
		"text":               {`text/plain: {schema: {type: string}, example: pong}`, "text/plain", "pong"},
		"text from a schema": {`text/plain: {schema: {type: string, enum: ['1,5']}}`, "text/plain", "1,5"},
		"a number as text":   {`text/plain: {schema: {type: number}, example: 0.50}`, "text/plain", "0.50"},
		"CSV":                {`text/csv: {schema: {type: string}, example: "id,name\n1,نورة\n"}`, "text/csv", "id,name\n1,نورة\n"},
		"a named example":    {`text/csv: {examples: {two: {value: "a\nb"}}}`, "text/csv", "a\nb"},
		"XML":                {`application/xml: {schema: {type: object}, example: "<a>1</a>"}`, "application/xml", "<a>1</a>"},
		"HAL":                {`application/hal+json: {schema: {type: object}, example: {a: 1}}`, "application/hal+json", `{"a":1}`},
		"a parameter":        {`application/vnd.x+json;version=2: {example: {a: 1}}`, "application/vnd.x+json;version=2", `{"a":1}`},
		"any media type":     {`'*/*': {example: {a: 1}}`, "application/json; charset=utf-8", `{"a":1}`},
		"fits two alternatives": {
			`application/json: {schema: {oneOf: [{type: object, properties: {a: {type: integer}}}, {type: object, properties: {b: {type: integer}}}]}, examples: {both: {value: {a: 1, b: 2}}}}`,
			"application/json; charset=utf-8", `{"a":1,"b":2}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, probe(t, "{description: d, content: {"+c.content+"}}"), mocktest.CheckAnswers())
			a := m.asks(t)
			if a.status != 200 || string(a.body) != c.body || a.header.Get("Content-Type") != c.contentType {
				t.Errorf("%d %q %q", a.status, a.header.Get("Content-Type"), a.body)
			}
			if forced := m.asks(t, "Prefer: code=200"); string(forced.body) != c.body || forced.header.Get("Content-Type") != c.contentType {
				t.Errorf("forced: %d %q %q", forced.status, forced.header.Get("Content-Type"), forced.body)
			}
		})
	}
}

func TestAnErrorHasTheMediaTypeThatTheDocumentGivesIt(t *testing.T) {
	t.Parallel()
	m := start(t, probe(t, "{description: d}\n        '400': {description: d, content: {application/problem+json: {schema: {type: object}}}}\n      parameters: [{name: n, in: query, required: true, schema: {type: integer}}]"))
	if a := m.asks(t); a.status != 400 || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d %v", a.status, a.header)
	}
	m = start(t, edited(t, "            application/json:\n              schema: {$ref: '#/components/schemas/MessageStatusList'}", "            application/hal+json:\n              schema: {$ref: '#/components/schemas/MessageStatusList'}"))
	a := m.exchange(t, "GET", m.wire(call{target: "/fetch-message-status-app?phone_number_id=123456"}))
	if a.status != 200 || a.header.Get("Content-Type") != "application/hal+json" || len(a.rows()) == 0 {
		t.Errorf("%d %v %s", a.status, a.header, clip(a.body))
	}
}

func TestTextJSONIsMadeAsJSONIs(t *testing.T) {
	t.Parallel()
	m := start(t, probe(t, "{description: d, content: {text/json: {schema: {type: object, required: [a], properties: {a: {type: integer, enum: [1]}}}}}}"))
	if a := m.asks(t); a.status != 200 || a.header.Get("Content-Type") != "text/json" || string(a.body) != `{"a":1}` {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
}

func TestAMediaTypeThatCannotBeMadeIsLeftOutBesideOneThatCan(t *testing.T) {
	t.Parallel()
	m := start(t, probe(t, "{description: d, content: {application/xml: {schema: {type: object}}, application/json: {schema: {type: object}, example: {a: 1}}}}"))
	for _, accept := range []string{"application/json", "application/xml", "*/*"} {
		if a := m.asks(t, "Accept: "+accept); string(a.body) != `{"a":1}` {
			t.Errorf("%s: %d %s", accept, a.status, a.body)
		}
	}
}

const threeTypes = `{description: d, content: {application/json: {schema: {type: object}, example: {a: 1}}, text/csv: {example: 'a'}, application/vnd.x+json: {examples: {one: {value: {x: 1}}, two: {value: {x: 2}}}}}}`

func TestAcceptChoosesAmongTheDocumentedMediaTypes(t *testing.T) {
	t.Parallel()
	m := start(t, probe(t, threeTypes))
	for accept, want := range map[string]string{
		"":                                      `{"a":1}`,
		"*/*":                                   `{"a":1}`,
		"text/csv":                              "a",
		"TEXT/CSV":                              "a",
		"text/*":                                "a",
		"text/csv;q=0.5, application/json;q=.4": "a",
		"text/csv;q=0.4, application/json;q=.5": `{"a":1}`,
		"text/csv, */*;q=0.1":                   "a",
		"text/csv, */*":                         "a",
		"application/json, text/plain, */*":     `{"a":1}`,
		"application/*":                         `{"a":1}`,
		"application/json;q=0, */*;q=0.5":       "a",
		"application/vnd.x+json":                `{"x":1}`,
		"text/csv;charset=utf-8":                "a",
		"image/png":                             `{"a":1}`,
		"nonsense":                              `{"a":1}`,
		"text/csv;q=2":                          `{"a":1}`,
	} {
		var header []string
		if accept != "" {
			header = append(header, "Accept: "+accept)
		}
		if a := m.asks(t, header...); a.status != 200 || string(a.body) != want {
			t.Errorf("%q: %d %s, want %s", accept, a.status, a.body, want)
		}
	}
	if a := m.asks(t, "Accept: image/png", "Accept: text/csv"); string(a.body) != "a" {
		t.Errorf("two lines: %s", a.body)
	}
	if a := m.asks(t, "Accept: text/csv", "Prefer: example=two"); string(a.body) != `{"x":2}` {
		t.Errorf("an example of another media type: %s", a.body)
	}
	if a := m.asks(t, "Accept: text/csv", "Prefer: code=200"); string(a.body) != "a" {
		t.Errorf("a forced answer: %s", a.body)
	}
}

func TestWithStrictAnAnswerThatTheCallerDoesNotAcceptIs406(t *testing.T) {
	t.Parallel()
	m := start(t, probe(t, threeTypes), with(func(o *mocktest.Options) { o.Strict = true }))
	for _, accept := range []string{"image/png", "text/plain", "application/json;q=0", "text/csv;version=2"} {
		a := m.asks(t, "Accept: "+accept)
		if a.is(t, 406, "not_acceptable"); !strings.Contains(string(a.body), "text/csv") {
			t.Errorf("%s: %s", accept, a.body)
		}
	}
	for _, accept := range []string{"*/*", "text/csv", "image/png, text/*;q=0.1"} {
		m.asks(t, "Accept: "+accept).is(t, 200, "")
	}
	m.exchange(t, "GET", m.wire(call{target: listing, header: []string{"Accept: text/html"}})).is(t, 406, "not_acceptable")
	m.do(t, call{target: listing, header: []string{"Accept: text/html, */*;q=0.8"}}).is(t, 200, "")
}

func TestASecondMediaTypeOfAnImplementedOperationIsReached(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "            application/json:\n              schema: {$ref: '#/components/schemas/MessageStatusList'}",
		"            text/csv: {example: 'message_id,status'}\n            application/json:\n              schema: {$ref: '#/components/schemas/MessageStatusList'}"))
	target := "/fetch-message-status-app?phone_number_id=123456"
	if a := m.exchange(t, "GET", m.wire(call{target: target, header: []string{"Accept: text/csv"}})); string(a.body) != "message_id,status" || a.header.Get("Content-Type") != "text/csv" {
		t.Errorf("%v %s", a.header, clip(a.body))
	}
	if a := m.get(t, target); len(a.rows()) == 0 {
		t.Errorf("%s", clip(a.body))
	}
}

func TestDocumentedHeadersAreMadeFromSchemaOrExample(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), probe(t, `{description: d, headers: {`+
		`Location: {required: true, schema: {type: string, format: uri}}, X-Total: {required: true, schema: {type: integer, minimum: 7, maximum: 7}}, `+
		`X-List: {required: true, schema: {type: array, minItems: 2, maxItems: 2, items: {type: string, enum: [a]}}}, X-Named: {required: true, schema: {type: string}, examples: {one: {value: first}}}, `+
		`ETag: {schema: {type: string}, example: '"v1"'}, Content-Encoding: {schema: {type: string}, example: gzip}, X-RateLimit-Limit: {schema: {type: integer}}}}`))
	for _, header := range [][]string{nil, {"Prefer: code=200"}} {
		a := m.asks(t, header...)
		for name, want := range map[string]string{"Location": `^https://`, "X-Total": "^7$", "X-List": "^a,a$", "X-Named": "^first$", "ETag": `^"v1"$`, "Content-Encoding": "^$", "X-RateLimit-Limit": "^$"} {
			if got := a.header.Get(name); !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("%v: %s is %q", header, name, got)
			}
		}
	}
}

func TestARequiredHeaderStandsOnTheAnswersOfImplementedOperationsToo(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "            X-API-Deprecated: {$ref: '#/components/headers/ApiDeprecated'}", "            X-API-Deprecated: {$ref: '#/components/headers/ApiDeprecated'}\n            X-Trace: {required: true, schema: {type: string, pattern: '^[a-f]{8}$'}}"))
	a := m.get(t, listing).is(t, 200, "")
	if !regexp.MustCompile(`^[a-f]{8}$`).MatchString(a.header.Get("X-Trace")) || a.header.Get("X-API-Deprecated") != "" {
		t.Errorf("%v", a.header)
	}
}

func TestTypesThatNameEachOtherAllAroundAreAnsweredFast(t *testing.T) {
	t.Parallel()
	names := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I"}
	var components []string
	for _, name := range names {
		line := name + ": {type: object, properties: {name: {type: string}, count: {type: integer}"
		for _, other := range names {
			line += ", to" + other + ": {$ref: '#/components/schemas/" + other + "'}, all" + other + ": {type: array, items: {$ref: '#/components/schemas/" + other + "'}}"
		}
		components = append(components, line+"}}")
	}
	m := start(t, probe(t, jsonOf(`{$ref: '#/components/schemas/A'}`), slices.Concat(components)...), mocktest.CheckAnswers())
	a := m.asks(t).is(t, 200, "")
	if a.value["name"] == nil || a.value["toB"] == nil || len(a.body) > 1<<20 {
		t.Errorf("%d bytes: %s", len(a.body), clip(a.body))
	}
}
