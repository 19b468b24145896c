package server_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// edited is the project's document with changes: pairs of a text, which must be there, and what is in its place.
func edited(t *testing.T, pairs ...string) mocktest.Option {
	t.Helper()
	document := awalmock.OpenAPI()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(document, pairs[i]) {
			t.Fatalf("the document has no\n%s", pairs[i])
		}
		document = strings.Replace(document, pairs[i], pairs[i+1], 1)
	}
	return mocktest.Spec("copy.yaml", []byte(document))
}

const (
	rowProperties = `      required: [id, phone, name, last_message, last_message_type, unread_count, status, updated_at, created_at]
      properties:
`
	updatedAt = `        updated_at:
          type: string
          format: date-time
          description: When something last happened in the conversation.
`
	firstPath = "\npaths:\n"
)

func TestANewPropertyAppearsWithAValueThatFitsAndStays(t *testing.T) {
	t.Parallel()
	// The document's own examples do not have it: they are left out.
	option := edited(t, rowProperties, `      required: [priority, score, email, id, phone, name, last_message, last_message_type, unread_count, status, updated_at, created_at]
      properties:
        priority: {type: string, enum: [low, high]}
        score: {type: integer, minimum: 10, maximum: 12}
        email: {type: string, format: email}
        code: {type: string, pattern: '^[A-Z]{3}-[0-9]{4}$'}
        city: {type: string, x-mock-value: city}
        seen: {type: string, format: date-time}
        tags: {type: array, minItems: 1, maxItems: 3, items: {type: string, minLength: 2, maxLength: 9}}
        agent:
          type: object
          required: [name]
          properties:
            name: {type: string, x-mock-value: name}
`)
	first, second := start(t, option), start(t, option)
	a := first.get(t, listing).is(t, 200, "") // held against the changed document by kin-openapi
	distinct := map[any]bool{}
	for _, row := range a.rows() {
		for _, key := range []string{"priority", "score", "email", "code", "city", "seen", "tags", "agent"} {
			if row[key] == nil {
				t.Fatalf("no %s in %v", key, row)
			}
		}
		if code := row["code"].(string); !regexp.MustCompile(`^[A-Z]{3}-[0-9]{4}$`).MatchString(code) {
			t.Errorf("code %q", code)
		}
		distinct[row["email"]] = true
	}
	if len(distinct) < 40 {
		t.Errorf("50 rows have %d addresses", len(distinct))
	}
	for _, again := range []*mock{first, second} {
		if b := again.get(t, listing); string(b.body) != string(a.body) {
			t.Error("the values change between calls or runs")
		}
	}
	filtered := first.rows(t, listing+"&searchTerm=96650000000")
	for _, row := range a.rows() {
		if row["id"] == 1.0 && row["email"] != filtered[0]["email"] {
			t.Error("a value depends on the filter")
		}
	}
	if other := start(t, option, mocktest.Seed(2)).get(t, listing); other.rows()[0]["email"] == a.rows()[0]["email"] {
		t.Error("a value does not depend on the seed")
	}
}

func TestANewPropertyOfAMessageAndOfAStatusRowAppears(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "      required: [id, content, type, direction, date, status]\n      properties:\n",
		"      required: [id, content, type, direction, date, status, agent]\n      properties:\n        agent: {type: string, x-mock-value: name}\n",
		"      required: [message_id, status, timestamp]\n      properties:\n", "      required: [message_id, status, timestamp]\n      properties:\n        carrier: {type: string, format: uuid}\n"))
	for _, message := range m.messages(t, 1) {
		if message["agent"] == nil {
			t.Errorf("%v", message)
		}
	}
	for _, row := range m.rows(t, "/fetch-message-status-app?phone_number_id=123456") {
		if row["carrier"] == nil {
			t.Errorf("%v", row)
		}
	}
}

func TestAPropertyThatIsGoneDisappears(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "status, updated_at, created_at]", "status, created_at]", updatedAt, ""))
	for _, row := range m.rows(t, listing) {
		if _, there := row["updated_at"]; there {
			t.Fatalf("%v", row)
		}
	}
	m = start(t, edited(t, "status, updated_at, created_at]", "status, created_at]")) // optional: still there
	if row := m.rows(t, listing)[0]; row["updated_at"] == nil {
		t.Errorf("%v", row)
	}
}

func TestANarrowerParameterIsEnforced(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "      schema: {type: string}\n      example: ahmed", "      schema: {type: string, minLength: 3, maxLength: 5, pattern: '^[a-z]*$'}\n      example: ahmed",
		"      schema: {type: string, minLength: 1}\n      example: '123456'", "      schema: {type: string, enum: ['123456']}\n      example: '123456'"))
	for _, term := range []string{"ab", "abcdef", "ABC"} {
		m.get(t, listing+"&searchTerm="+term).is(t, 400, "validation_failed").names(t, "searchTerm")
	}
	m.get(t, listing+"&searchTerm=ahmed").is(t, 200, "")
	a := m.get(t, "/conversations?phone_number_id=123457").is(t, 400, "validation_failed").names(t, "phone_number_id")
	if !strings.Contains(a.detail("phone_number_id"), "123456") {
		t.Errorf("%s", a.body)
	}
}

func TestANewRequiredParameterIsEnforced(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "        - $ref: '#/components/parameters/SearchTerm'\n", `        - $ref: '#/components/parameters/SearchTerm'
        - {name: folder, in: query, required: true, schema: {type: integer, minimum: 1}}
        - {name: X-Tenant, in: header, required: true, schema: {type: string, minLength: 2}}
`))
	m.get(t, listing).is(t, 400, "validation_failed").names(t, "folder", "X-Tenant")
	m.do(t, call{target: listing + "&folder=2", header: []string{"X-Tenant: ab"}}).is(t, 200, "")
}

const newOperations = firstPath + `  /contacts/{contact}/notes/{note}:
    post:
      operationId: addNote
      parameters:
        - {name: contact, in: path, required: true, schema: {type: integer, format: int64}}
        - {name: note, in: path, required: true, schema: {type: string, pattern: '^[a-z]+$'}}
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [text], properties: {text: {type: string, maxLength: 5}}}
      responses:
        '201':
          description: Made.
          content:
            application/json:
              schema:
                type: object
                required: [id, author, at]
                properties:
                  id: {type: integer, format: int64, minimum: 1}
                  author: {type: string, x-mock-value: name}
                  at: {type: string, format: date-time}
        '400': {$ref: '#/components/responses/BadRequest'}
        '401': {$ref: '#/components/responses/Unauthorized'}
        '405': {$ref: '#/components/responses/MethodNotAllowed'}
        '413': {$ref: '#/components/responses/PayloadTooLarge'}
        '415': {$ref: '#/components/responses/UnsupportedMediaType'}
        '429': {$ref: '#/components/responses/TooManyRequests'}
    delete:
      operationId: removeNote
      parameters:
        - {name: contact, in: path, required: true, schema: {type: integer}}
        - {name: note, in: path, required: true, schema: {type: string}}
      responses:
        '204': {description: Gone.}
  /agents:
    get:
      operationId: listAgents
      security: []
      responses:
        '200':
          description: Agents.
          content:
            application/json:
              schema: {type: object}
              example: {agents: [{name: Sara, ratio: 0.50}]}
`

func TestANewOperationIsAnsweredFromItsExampleOrSchemaBehindItsSecurity(t *testing.T) {
	t.Parallel()
	option := edited(t, firstPath, newOperations)
	m := start(t, option)
	note := call{method: "POST", target: "/contacts/7/notes/abc", body: `{"text":"hello"}`}
	a := m.do(t, note).is(t, 201, "")
	if a.header.Get("X-RateLimit-Limit") != "200" || a.value["author"] == "" {
		t.Errorf("%v %s", a.header, a.body)
	}
	if again := start(t, option).do(t, note); string(again.body) != string(a.body) {
		t.Error("another run answers otherwise")
	}
	other := note
	other.target = "/contacts/8/notes/abc"
	if b := m.do(t, other).is(t, 201, ""); b.value["id"] == a.value["id"] {
		t.Error("another path has the same id")
	}
	refused := note
	refused.body = `{"text":"too long"}`
	m.do(t, refused).is(t, 400, "validation_failed").names(t, "text")
	refused = note
	refused.target = "/contacts/x/notes/ABC"
	m.do(t, refused).is(t, 400, "validation_failed").names(t, "contact", "note")
	refused = note
	refused.secret = "wrong"
	m.do(t, refused).is(t, 401, "authentication_failed")
	refused = note
	refused.header = []string{"Content-Type: text/plain"}
	m.do(t, refused).is(t, 415, "unsupported_media_type")

	open := m.do(t, call{target: "/agents", auth: map[string]string{"X-Domain": "-", "X-Awal-Signature-256": "-"}}).is(t, 200, "")
	if string(open.body) != `{"agents":[{"name":"Sara","ratio":0.50}]}` {
		t.Errorf("%s", open.body)
	}
	gone := m.exchange(t, "DELETE", m.wire(call{method: "DELETE", target: "/contacts/7/notes/abc"}))
	if gone.status != 204 || len(gone.body) != 0 {
		t.Errorf("%d %s", gone.status, gone.body)
	}
	get := m.exchange(t, "GET", m.wire(call{target: "/contacts/7/notes/abc"}))
	if get.status != 405 || get.header.Get("Allow") != "DELETE, POST" {
		t.Errorf("%d %v", get.status, get.header)
	}
}

func TestTheBasePathAndTheLimitComeFromTheDocument(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "  - url: http://127.0.0.1:4010/api/developer\n", "  - url: https://api.example.com/v9\n",
		"      x-rate-limit: {limit: 200, window: 60, mark: D}", "      x-rate-limit: {limit: 3, window: 3600, mark: D}"))
	a := m.exchange(t, "GET", m.wire(call{whole: "/v9" + listing, target: listing}))
	if a.status != 200 || a.header.Get("X-RateLimit-Limit") != "3" || !strings.HasSuffix(m.URL, "/v9") {
		t.Errorf("%d %v %s", a.status, a.header, m.URL)
	}
	m.do(t, call{whole: base + listing, target: listing}).is(t, 404, "resource_not_found")
}

func TestAnOptionThatCannotBeUnderstoodIsAUsageError(t *testing.T) {
	t.Parallel()
	for option, o := range map[string]server.Options{
		"auth": {Auth: "none"}, "missing-headers": {MissingHeaders: 402}, "signed-path": {SignedPath: "half"}, "signed-upload": {SignedUpload: "half"}, "max-skew": {MaxSkew: "soon"}, "rate-limit": {RateLimit: "0/1m"},
		"check-answers": {CheckAnswers: "never"}, "delivery": {Delivery: "read=1s,delivered=2s"},
	} {
		_, err := server.New(o)
		var usage *server.UsageError
		if !errors.As(err, &usage) || usage.Option != option {
			t.Errorf("%s: %v", option, err)
		}
	}
	for _, origins := range []string{"localhost:3000", "http://localhost:3000/", "http://localhost:3000/path", "http://", "localhost", "http://a,,http://b", "http://a b"} {
		if _, err := server.New(server.Options{CORSOrigin: origins}); err == nil || !strings.Contains(err.Error(), "--cors-origin: must be *, off, or origins such as http://localhost:3000") {
			t.Errorf("%s: %v", origins, err)
		}
	}
	for _, origins := range []string{"*", "null", "http://localhost:3000", "http://*.example.com", "HTTPS://A.example,http://[::1]:3000", "capacitor://localhost"} {
		if _, err := server.New(server.Options{CORSOrigin: origins}); err != nil {
			t.Errorf("%s: %v", origins, err)
		}
	}
	for _, rate := range []string{"1", "1/1d", "x/1m", "-1/1m", "1.5/1m", "/1m"} {
		if _, err := server.New(server.Options{RateLimit: rate}); err == nil {
			t.Errorf("%s is accepted", rate)
		}
	}
}

func TestEveryAnswerPassesTheCheckOfEachAnswer(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), mocktest.CheckAnswers())
	eachOperation(t, func(t *testing.T, op operation) {
		m.do(t, op.request()).is(t, op.status, op.code)
	})
}

func TestLatencyHoldsEveryAnswerAfterAuthenticationBack(t *testing.T) {
	t.Parallel()
	const latency = 30 * time.Millisecond
	m := start(t, with(func(o *mocktest.Options) { o.Latency = latency }))
	began := time.Now()
	m.get(t, listing).is(t, 200, "")
	if took := time.Since(began); took < latency {
		t.Errorf("answered after %v", took)
	}
}
