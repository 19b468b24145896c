package server_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/awalmock"
	"example.com/awalmock/mockserver/mocktest"
)

func TestACollectionThatCannotWorkIsRefusedWithFileLineAndReason(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"an unknown key":                  {"      unique: [phone]", "      uniqe: [phone]", "uniqe is no known key; known are name, key, search"},
		"no name":                         {"      name: suppliers\n", "", "name is required"},
		"a name in another form":          {"      name: suppliers\n", "      name: My Suppliers\n", "lower-case letters"},
		"no key":                          {"      key: id\n", "", "key is required"},
		"a key that is no property":       {"      key: id\n", "      key: uuid\n", "uuid"},
		"a search of no property":         {"search: [name, phone]", "search: [name, fax]", "the records have no property fax; they have address, created_at"},
		"a search of an object":           {"search: [name, phone]", "search: [name, address]", "address must be a text, a number or a boolean"},
		"a search term without parameter": {"      search: [name, phone]", "      search_parameter: q\n      search: [name, phone]", "listSuppliers has no parameter q"},
		"a filter of no property":         {"{status: status,", "{status: state,", "no property state"},
		"a filter of no parameter":        {"{status: status,", "{state: status,", "listSuppliers has no parameter state"},
		"an operator that is none":        {`"created_at >="`, `"created_at >"`, `alone or with >= or <=`},
		"a page that is no parameter":     {"      page: page\n", "      page: p\n", "no parameter p"},
		"a limit that is a text":          {"{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}", "{name: limit, in: query, schema: {type: string}}", "limit must be an integer"},
		"a default beyond the bound":      {"default_limit: 10", "default_limit: 1000", "default_limit must be a whole number that the parameter limit allows"},
		"a default that is a text":        {"default_limit: 10", "default_limit: ten", "default_limit must be"},
		"unique of no property":           {"unique: [phone]", "unique: [fax]", "no property fax"},
		"unique that is a text":           {"unique: [phone]", "unique: phone", "unique must be a list"},
		"an order of no property":         {`order: "-created_at"`, `order: "-made_at"`, "no property made_at"},
		"a text":                          {"    x-collection:\n      name: suppliers", "    x-collection: suppliers\n    x-other:\n      name: suppliers", "must be a mapping with name and key"},
		"inside an operation":             {"      operationId: listSuppliers\n", "      operationId: listSuppliers\n      x-collection: {name: more, key: id}\n", "belongs on the path, beside get"},
		"a name that appears twice":       {"      name: suppliers\n", "      name: templates\n", "is also the name of the collection at /"},
		"a list without records":          {"data: {type: array, items: {$ref: '#/components/schemas/Supplier'}}", "data: {type: object}", "listSuppliers: the answer has no list of objects"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := refusal(t, withSuppliers(t, c.from, c.to))
			if !regexp.MustCompile(`^copy\.yaml:[1-9][0-9]*: `).MatchString(message) || !strings.Contains(message, c.want) {
				t.Errorf("%s, want %s", message, c.want)
			}
		})
	}
}

const foreignNotes = `openapi: 3.0.3
info: {title: Notes, version: "1"}
servers: [{url: /v1}]
paths:
  /notes:
    x-collection: {name: notes, key: key, search: [text], search_parameter: q, order: text}
    get:
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Note'}}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}
      responses: {'201': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}
  /notes/{note}:
    parameters: [{name: note, in: path, required: true, schema: {type: string}}]
    get: {responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}}
    patch:
      requestBody: {required: true, content: {application/json: {schema: {type: object, properties: {text: {type: string}}}}}}
      responses: {'200': {description: d, content: {application/json: {schema: {$ref: '#/components/schemas/Note'}}}}}
    delete: {responses: {'204': {description: d}}}
components:
  schemas:
    Note:
      type: object
      required: [key, text]
      properties: {key: {type: string, format: uuid, readOnly: true}, text: {type: string}, done: {type: boolean}}
`

func TestADocumentOfSomebodyElseKeepsRecordsOfItsCollections(t *testing.T) {
	t.Parallel()
	m := &mock{Mock: mocktest.Start(t, mocktest.Spec("notes.yaml", []byte(foreignNotes)), mocktest.AllowMissing(), mocktest.Auth("off")), now: time.Now}
	do := func(method, target, body string) *answer {
		r := call{method: method, whole: "/v1" + target, target: target, body: body}
		return m.exchange(t, method, m.wire(r))
	}
	if a := do("GET", "/notes", ""); string(a.body) != "[]" {
		t.Errorf("%s", a.body)
	}
	made := do("POST", "/notes", `{"text":"Milk and tea","done":false}`).is(t, 201, "")
	key, _ := made.value["key"].(string)
	if len(key) != 36 || made.value["done"] != false {
		t.Fatalf("%s", made.body)
	}
	do("POST", "/notes", `{"text":"Bread"}`).is(t, 201, "")
	if a := do("GET", "/notes?q=MILK", ""); string(a.body) != "["+string(made.body)+"]" {
		t.Errorf("%s", a.body)
	}
	if a := do("PATCH", "/notes/"+key, `{"text":"Tea"}`).is(t, 200, ""); a.value["key"] != key || a.value["text"] != "Tea" {
		t.Errorf("%s", a.body)
	}
	if a := do("GET", "/notes", ""); !strings.HasPrefix(string(a.body), `[{"key":"`) || strings.Index(string(a.body), "Bread") > strings.Index(string(a.body), "Tea") {
		t.Errorf("%s", a.body)
	}
	if a := do("DELETE", "/notes/"+key, ""); a.status != 204 || len(a.body) > 0 {
		t.Errorf("%d %s", a.status, a.body)
	}
	do("GET", "/notes/"+key, "").is(t, 404, "resource_not_found")
}

func TestADocumentThatChangesKeepsTheRecordsAndIsRefusedWhenTheyDoNotFit(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t), supplierFixtures(t))
	m.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000003"}`).is(t, 201, "")
	m.send(t, "PATCH", "/suppliers/1", `{"name":"A"}`).is(t, 200, "")
	use := func(pairs ...string) error {
		return m.Server().UseDocument([]byte(suppliersDocument(t, pairs...)), "copy.yaml")
	}

	if err := use(`order: "-created_at"`, "order: name", "required: [id, name, phone, status, credit_limit, created_at]", "required: [id, name, phone, status, credit_limit, created_at, city]",
		"        credit_limit: {type: integer", "        city: {type: string, enum: [Riyadh]}\n        credit_limit: {type: integer"); err != nil {
		t.Fatal(err)
	}
	rows := m.exchange(t, "GET", m.wire(call{target: "/suppliers"})).rows()
	if column(rows, "name") != "A C Red Sea Cartons" || column(rows, "city") != "Riyadh Riyadh Riyadh" {
		t.Errorf("%v", rows)
	}
	if err := use("        name: {type: string}\n", "        name: {type: string, minLength: 2}\n"); err == nil || !strings.Contains(err.Error(), "record") || !strings.Contains(err.Error(), "name must be at least 2 characters") {
		t.Errorf("%v", err)
	}
	m.send(t, "DELETE", "/suppliers/3", "").is(t, 200, "")
	if err := m.Server().UseDocument([]byte(awalmock.OpenAPI()), "own.yaml"); err == nil {
		t.Error("a document without the fixture's collection was taken")
	}
	m.send(t, "GET", "/suppliers/2", "").is(t, 200, "")
}

func TestACopyOfTheDocumentThatIsOlderThanCollectionsIsServedAsBefore(t *testing.T) {
	t.Parallel()
	document := regexp.MustCompile(`(?m)^    x-collection:( \{.*\})?\n(      .*\n)*`).ReplaceAllString(awalmock.OpenAPI(), "")
	if strings.Contains(document, "x-collection:") {
		t.Fatal("a collection is left")
	}
	now, older := start(t, unlimited()), start(t, unlimited(), mocktest.Spec("copy.yaml", []byte(document)))
	for _, target := range []string{"/templates?limit=2&page=2", "/templates/3", "/waba-numbers", "/contacts", "/orders?phone_number_id=123456"} {
		if a, b := now.get(t, target), older.get(t, target); string(a.body) != string(b.body) || a.status != 200 {
			t.Errorf("%s: %s and %s", target, a.body, b.body)
		}
	}
}

func TestAKeyThatABodyNamesIsTheClientsToChooseAndNotToChange(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t, "    SupplierInput:\n      type: object\n      properties:\n", "    SupplierInput:\n      type: object\n      properties:\n        id: {type: integer, format: int64}\n"))
	if made := m.send(t, "POST", "/suppliers", `{"id":77,"name":"A","phone":"966112000001"}`).is(t, 201, "").data(t); made["id"] != 77.0 {
		t.Errorf("%v", made)
	}
	m.send(t, "POST", "/suppliers", `{"id":77,"name":"B","phone":"966112000002"}`).is(t, 409, "conflict").names(t, "id")
	for _, method := range []string{"PUT", "PATCH"} {
		m.send(t, method, "/suppliers/77", `{"id":78,"name":"B","phone":"966112000001"}`).is(t, 400, "validation_failed").names(t, "id")
		m.send(t, method, "/suppliers/77", `{"id":77,"name":"B","phone":"966112000001"}`).is(t, 200, "")
	}
	if made := m.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000003"}`).is(t, 201, "").data(t); made["id"] != 78.0 {
		t.Errorf("%v", made)
	}
}
