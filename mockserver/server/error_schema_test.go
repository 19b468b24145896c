package server_test

import (
	"strings"
	"testing"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

const errorProperties = "      required: [error, message, request_id]\n      properties:\n        error:\n"

func TestAPropertyThatIsGoneFromTheErrorSchemaIsGoneFromErrors(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "      required: [error, message, request_id]\n", "      required: [error, message]\n",
		"        request_id:\n          type: string\n          minLength: 1\n          description: The id of the exchange.\n", ""))
	for _, c := range []call{{target: "/conversations"}, {target: listing, auth: map[string]string{"X-Domain": "-"}}, {target: "/nothing"}} {
		a := m.exchange(t, "GET", m.wire(c))
		if _, there := a.value["request_id"]; there || a.value["error"] == nil || a.value["message"] == nil || a.header.Get("X-Request-Id") == "" {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	if a := m.exchange(t, "GET", m.wire(call{target: "/conversations"})); !strings.Contains(string(a.body), `"details":{"phone_number_id":"is required in the query`) {
		t.Errorf("%s", a.body)
	}
}

func TestANewPropertyOfTheErrorSchemaAppearsInErrors(t *testing.T) {
	t.Parallel()
	for _, required := range []string{"", "docs, "} {
		option := edited(t, errorProperties, "      required: ["+required+"error, message, request_id]\n      properties:\n        docs: {type: string, format: uri}\n        severity: {type: string, enum: [low, high]}\n        error:\n")
		m := start(t, option)
		a := m.exchange(t, "GET", m.wire(call{target: "/conversations"}))
		severity, _ := a.value["severity"].(string)
		if docs, _ := a.value["docs"].(string); !strings.Contains(docs, "://") || severity != "low" && severity != "high" {
			t.Errorf("%s", a.body)
		}
		m = start(t, option)
		again := m.exchange(t, "GET", m.wire(call{target: "/conversations"}))
		if again.value["docs"] != a.value["docs"] {
			t.Errorf("%s\n%s", a.body, again.body)
		}
	}
}

// strange is a document of another API, with errors of its own.
const strange = `openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /problem: {get: {parameters: &needed [{name: n, in: query, required: true, schema: {type: integer}}], responses: {'200': &ok {description: d}, '400': {description: d, content: {application/problem+json: {schema: {type: object, required: [type, title, status], properties: {type: {type: string, format: uri-reference}, title: {type: string}, status: {type: integer}, detail: {type: string}}}}}}}}}
  /pets: {get: {parameters: *needed, responses: {'200': *ok, default: {description: d, content: {application/json: {schema: {type: object, required: [code, message], properties: {code: {type: integer, format: int32}, message: {type: string}}}}}}}}}
  /deep: {get: {parameters: *needed, responses: {'200': *ok, 4XX: {description: d, content: {application/json: {schema: {type: object, required: [error], properties: {error: {type: object, required: [message], properties: {message: {type: string}, type: {type: string, enum: [card_error, invalid_request_error]}, code: {type: string}}}}}}}}}}}
  /list: {get: {parameters: *needed, responses: {'200': *ok, '400': {description: d, content: {application/json: {schema: {type: object, required: [errors], properties: {errors: {type: array, minItems: 1, items: {type: object, properties: {description: {type: string}}}}}}}}}}}}
  /silent: {get: {parameters: *needed, responses: {'200': *ok, '400': {description: d, content: {application/json: {schema: {type: object, required: [x], properties: {x: {type: integer}}}}}}}}}
  /none: {get: {parameters: *needed, responses: {'200': *ok}}}
  /only-default: {get: {parameters: *needed, responses: {default: {description: d, content: {application/json: {schema: {type: object, properties: {message: {type: string}}}}}}}}}
`

func TestAnOperationOfSomebodyElsesDocumentHasTheErrorsOfItsOwnSchema(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.Spec("strange.yaml", []byte(strange)), mocktest.AllowMissing(), unlimited())
	for target, c := range map[string]struct {
		contentType string
		parts       []string
	}{
		"/problem":      {"application/problem+json", []string{`"status":400`, `"title":"Bad Request"`, `"detail":"`, `n is required`}},
		"/pets":         {"application/json; charset=utf-8", []string{`{"code":400,"message":"The request is not valid. n is required in the query."}`}},
		"/deep":         {"application/json; charset=utf-8", []string{`{"error":{"message":"`, `"type":"`, `"code":"validation_failed"`}},
		"/list":         {"application/json; charset=utf-8", []string{`{"errors":[{"description":"`}},
		"/silent":       {"application/json; charset=utf-8", []string{`"error":"validation_failed"`, `"request_id":"req_`}},
		"/none":         {"application/json; charset=utf-8", []string{`"error":"validation_failed"`}},
		"/only-default": {"application/json; charset=utf-8", []string{`"error":"validation_failed"`}},
	} {
		a := bare(t, m, target)
		if a.status != 400 || a.header.Get("Content-Type") != c.contentType {
			t.Errorf("%s: %d %s", target, a.status, a.header.Get("Content-Type"))
		}
		for _, part := range c.parts {
			if !strings.Contains(string(a.body), part) {
				t.Errorf("%s: no %s in %s", target, part, a.body)
			}
		}
	}
}

func TestAPhoneNumberIdThatNoFixtureHasIsRefusedWithBothPlaces(t *testing.T) {
	t.Parallel()
	const schema = "      schema: {type: string, minLength: 1}\n      example: '123456'\n"
	for to, why := range map[string]string{
		"{type: string, minLength: 8}": "at least 8 characters", "{type: string, pattern: '^[a-z]+$'}": "pattern", "{type: integer, maximum: 9}": "at most 9", "{type: string, enum: ['5']}": "must be 5",
	} {
		message := refusal(t, edited(t, schema, "      schema: "+to+"\n"))
		if !hasLine.MatchString(message) || !strings.Contains(message, "workspaces/your-workspace.yaml:") || !strings.Contains(message, "123456 must") || !strings.Contains(message, why) {
			t.Errorf("%s: %s", to, message)
		}
	}
	// One that some numbers have is served.
	start(t, edited(t, schema, "      schema: {type: string, enum: ['123456']}\n")).get(t, listing).is(t, 200, "")
	start(t, edited(t, schema, "      schema: {type: integer}\n")).get(t, listing).is(t, 200, "")
}

func TestAHeaderThatTheMockMakesIsRefusedWhereItsSchemaIsAnother(t *testing.T) {
	t.Parallel()
	document := awalmock.OpenAPI()
	at := strings.Index(document, "\n    RequestId:\n")
	if at < 0 {
		t.Fatal("the document has no header RequestId")
	}
	end := at + strings.Index(document[at:], "{type: string")
	for _, other := range []string{"{type: integer", "{type: string, format: uuid", "{type: string, maxLength: 5"} {
		message := refusal(t, mocktest.Spec("copy.yaml", []byte(document[:end]+other+strings.TrimPrefix(document[end:], "{type: string"))))
		if !hasLine.MatchString(message) || !strings.Contains(message, "X-Request-Id") {
			t.Errorf("%s: %s", other, message)
		}
	}
}
