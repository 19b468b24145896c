package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/awalmock"
	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/mocktest"
)

// collectionPage is the parts of docs/collections.md in their order: paths, components, records of a fixture.
func collectionPage(t *testing.T) (paths, schemas, responses, records string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/collections.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	rest := string(page)
	for {
		_, behind, found := strings.Cut(rest, "```yaml\n")
		if !found {
			break
		}
		block, after, _ := strings.Cut(behind, "```\n")
		blocks, rest = append(blocks, block), after
	}
	if len(blocks) != 3 {
		t.Fatalf("docs/collections.md has %d blocks of YAML", len(blocks))
	}
	components := strings.TrimPrefix(blocks[1], "  schemas:\n")
	schemas, responses, _ = strings.Cut(components, "  responses:\n")
	return blocks[0], schemas, responses, blocks[2]
}

// withSuppliers is the project's document with the collection of docs/collections.md, changed by pairs of texts.
func withSuppliers(t *testing.T, pairs ...string) mocktest.Option {
	t.Helper()
	return mocktest.Spec("copy.yaml", []byte(suppliersDocument(t, pairs...)))
}

func suppliersDocument(t *testing.T, pairs ...string) string {
	t.Helper()
	paths, schemas, responses, _ := collectionPage(t)
	document := awalmock.OpenAPI()
	for _, pair := range [][2]string{{firstPath, firstPath + paths}, {"\n  schemas:\n", "\n  schemas:\n" + schemas}, {"\n  responses:\n", "\n  responses:\n" + responses}} {
		if strings.Count(document, pair[0]) != 1 {
			t.Fatalf("%q appears %d times in the document", pair[0], strings.Count(document, pair[0]))
		}
		document = strings.Replace(document, pair[0], pair[1], 1)
	}
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(document, pairs[i]) {
			t.Fatalf("the document has no\n%s", pairs[i])
		}
		document = strings.Replace(document, pairs[i], pairs[i+1], 1)
	}
	return document
}

// send is a request of the API with a JSON body.
func (m *mock) send(t *testing.T, method, target, body string) *answer {
	t.Helper()
	return m.do(t, call{method: method, target: target, body: body})
}

func (a *answer) data(t *testing.T) map[string]any {
	t.Helper()
	data, ok := a.value["data"].(map[string]any)
	if !ok {
		t.Fatalf("no data in %s", a.body)
	}
	return data
}

// names are a property of the rows, in their order.
func column(rows []map[string]any, property string) string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = fmt.Sprint(row[property])
	}
	return strings.Join(list, " ")
}

func TestACollectionOfTheDocumentIsCreatedReadChangedAndDeletedWithoutALineOfGo(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t))
	made := m.send(t, "POST", "/suppliers", `{"name":"Najd Packaging","phone":"966112000001","password":"s3cret"}`).is(t, 201, "").data(t)
	if made["id"] != 1.0 || made["status"] != "active" || made["created_at"] != "2024-01-20T12:00:00Z" || made["credit_limit"].(float64) < 1000 {
		t.Errorf("%v", made)
	}
	for _, absent := range []string{"email", "address", "password"} {
		if value, there := made[absent]; there {
			t.Errorf("%s is %v, and was not given", absent, value)
		}
	}
	if read := m.get(t, "/suppliers/1").is(t, 200, "").data(t); fmt.Sprint(read) != fmt.Sprint(made) {
		t.Errorf("read %v, made %v", read, made)
	}
	if rows := m.rows(t, "/suppliers"); len(rows) != 1 || fmt.Sprint(rows[0]) != fmt.Sprint(made) {
		t.Errorf("%v", rows)
	}
	m.admin(t, 200, "POST", "/clock", `{"advance":"1h"}`)
	patched := m.send(t, "PATCH", "/suppliers/1", `{"email":null,"address":{"city":"Riyadh","street":"Olaya"}}`).is(t, 200, "").data(t)
	if email, there := patched["email"]; !there || email != nil || patched["name"] != "Najd Packaging" || patched["updated_at"] != "2024-01-20T13:00:00Z" {
		t.Errorf("%v", patched)
	}
	patched = m.send(t, "PATCH", "/suppliers/1", `{"address":{"city":"Jeddah"}}`).is(t, 200, "").data(t)
	if fmt.Sprint(patched["address"]) != "map[city:Jeddah street:Olaya]" {
		t.Errorf("%v", patched)
	}
	put := m.send(t, "PUT", "/suppliers/1", `{"name":"Najd","phone":"966112000009","status":"paused"}`).is(t, 200, "").data(t)
	if _, there := put["address"]; there || put["name"] != "Najd" || put["created_at"] != made["created_at"] || put["credit_limit"] != made["credit_limit"] {
		t.Errorf("%v", put)
	}
	gone := m.send(t, "DELETE", "/suppliers/1", "").is(t, 200, "")
	if gone.value["status"] != true || gone.value["message"] == "" {
		t.Errorf("%s", gone.body)
	}
	m.get(t, "/suppliers/1").is(t, 404, "resource_not_found")
	if next := m.send(t, "POST", "/suppliers", `{"name":"B","phone":"966112000001"}`).is(t, 201, "").data(t); next["id"] != 2.0 {
		t.Errorf("an id came twice: %v", next)
	}
}

func TestACollectionRefusesWhatIsInvalidUnknownOrTaken(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t))
	m.send(t, "POST", "/suppliers", `{"name":"A","phone":"966112000001"}`).is(t, 201, "")
	m.send(t, "POST", "/suppliers", `{"name":"B","phone":"966112000002"}`).is(t, 201, "")
	m.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000001"}`).is(t, 409, "conflict").names(t, "phone")
	m.send(t, "PATCH", "/suppliers/2", `{"phone":"966112000001"}`).is(t, 409, "conflict").names(t, "phone")
	m.send(t, "PUT", "/suppliers/2", `{"name":"B","phone":"966112000001"}`).is(t, 409, "conflict").names(t, "phone")
	m.send(t, "PUT", "/suppliers/2", `{"name":"B","phone":"966112000002"}`).is(t, 200, "")
	m.send(t, "PATCH", "/suppliers/2", `{"phone":"966112000003"}`).is(t, 200, "")
	m.send(t, "POST", "/suppliers", `{"name":"C","phone":"966112000002"}`).is(t, 201, "")
	for _, id := range []string{"9", "0", "-1", "9223372036854775807"} {
		a := m.get(t, "/suppliers/"+id).is(t, 404, "resource_not_found")
		for _, r := range []call{{method: "PUT", body: `{"name":"B","phone":"966112000009"}`}, {method: "PATCH", body: `{}`}, {method: "DELETE"}} {
			r.target = "/suppliers/" + id
			if b := m.do(t, r).is(t, 404, "resource_not_found"); b.sameButID() != a.sameButID() {
				t.Errorf("%s and %s", a.body, b.body)
			}
		}
	}
	for target, fields := range map[string][]string{
		"POST {}": {"name", "phone"}, `POST {"name":"","phone":"1"}`: {"name", "phone"}, `PATCH {"name":null}`: {"name"}, `PATCH {"status":"gone"}`: {"status"},
		`PUT {"name":"B"}`: {"phone"}, `PATCH {"email":"nobody"}`: {"email"}, `PATCH {"address":"Riyadh"}`: {"address"},
	} {
		method, body, _ := strings.Cut(target, " ")
		path := "/suppliers/2"
		if method == "POST" {
			path = "/suppliers"
		}
		m.send(t, method, path, body).is(t, 400, "validation_failed").names(t, fields...)
	}
	for _, query := range []string{"page=0", "limit=0", "limit=101", "limit=x", "status=gone", "from_date=soon", "from_date=2024-02-30"} {
		name, _, _ := strings.Cut(query, "=")
		m.get(t, "/suppliers?"+query).is(t, 400, "validation_failed").names(t, name)
	}
	m.get(t, "/suppliers/x").is(t, 400, "validation_failed").names(t, "id")
}

func TestACollectionIsSearchedFilteredOrderedAndPaged(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t))
	for i, supplier := range []string{"Najd Packaging", "بحر الشمال", "Éclair Frères", "Red Sea", "NAJD Steel", "Amal", "Q", "R", "S", "T", "U", "V"} {
		status := []string{"active", "paused"}[i%2]
		m.send(t, "POST", "/suppliers", fmt.Sprintf(`{"name":%q,"phone":"9661120000%02d","status":%q}`, supplier, i+1, status)).is(t, 201, "")
		if i == 5 {
			m.admin(t, 200, "POST", "/clock", `{"advance":"24h"}`)
		}
	}
	for query, want := range map[string]string{
		"":                                "12 11 10 9 8 7 6 5 4 3",
		"?page=2":                         "2 1",
		"?page=3":                         "",
		"?page=9223372036854775807":       "",
		"?limit=5&page=3":                 "2 1",
		"?limit=100":                      "12 11 10 9 8 7 6 5 4 3 2 1",
		"?searchTerm=najd":                "5 1",
		"?searchTerm=+NAJD+":              "5 1",
		"?searchTerm=E%CC%81CLAIR":        "3",
		"?searchTerm=%D8%A8%D8%AD%D8%B1":  "2",
		"?searchTerm=%2B966+11+200+00+07": "7",
		"?searchTerm=%D9%A9%D9%A6%D9%A6%D9%A1%D9%A1%D9%A2%D9%A0%D9%A0%D9%A0%D9%A0%D9%A0%D9%A8": "8",
		"?searchTerm=":                "12 11 10 9 8 7 6 5 4 3",
		"?searchTerm=%25":             "",
		"?status=paused":              "12 10 8 6 4 2",
		"?status=paused&searchTerm=a": "6 4",
		"?from_date=2024-01-21":       "12 11 10 9 8 7",
		"?to_date=2024-01-20":         "6 5 4 3 2 1",
		"?from_date=2024-01-20&to_date=2024-01-20&status=active": "5 3 1",
		"?from_date=2024-01-22":                                  "",
		"?status=active&limit=2&page=2":                          "7 5",
	} {
		if got := column(m.rows(t, "/suppliers"+query), "id"); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	meta := m.get(t, "/suppliers?status=active&limit=4&page=2").value["meta"]
	if want := fmt.Sprint(object{"current_page": 2.0, "per_page": 4.0, "total": 6.0, "last_page": 2.0}); fmt.Sprint(meta) != want {
		t.Errorf("%v, want %s", meta, want)
	}
	meta = m.get(t, "/suppliers?searchTerm=nobody").value["meta"]
	if want := fmt.Sprint(object{"current_page": 1.0, "per_page": 10.0, "total": 0.0, "last_page": 1.0}); fmt.Sprint(meta) != want {
		t.Errorf("%v, want %s", meta, want)
	}
}

func TestRecordsOfAWorkspaceAreNobodyElses(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t))
	m.send(t, "POST", "/suppliers", `{"name":"A","phone":"966112000001"}`).is(t, 201, "")
	if rows := m.do(t, m.signedBy(1, "/suppliers")).is(t, 200, "").rows(); len(rows) != 0 {
		t.Errorf("%v", rows)
	}
	m.do(t, m.signedBy(1, "/suppliers/1")).is(t, 404, "resource_not_found")
	theirs := m.signedBy(1, "/suppliers")
	theirs.method, theirs.body = "POST", `{"name":"B","phone":"966112000001"}`
	if made := m.do(t, theirs).is(t, 201, "").data(t); made["id"] != 1.0 || made["name"] != "B" {
		t.Errorf("%v", made)
	}
	m.admin(t, 204, "POST", "/reset", "")
	if rows := m.rows(t, "/suppliers"); len(rows) != 0 {
		t.Errorf("a reset leaves %v", rows)
	}
}

// supplierFixtures are the built-in fixtures, the default workspace with the records of docs/collections.md, changed by pairs of texts.
func supplierFixtures(t *testing.T, pairs ...string) mocktest.Option {
	t.Helper()
	_, _, _, records := collectionPage(t)
	suppliers := strings.TrimPrefix(records, "records:\n")
	return builtInFixtures(t, append([]string{"\nrecords:\n", "\nrecords:\n" + suppliers}, pairs...)...)
}

// builtInFixtures are the default workspace of the built-in fixtures, changed by pairs of texts.
func builtInFixtures(t *testing.T, pairs ...string) mocktest.Option {
	t.Helper()
	whole, err := fs.ReadFile(fixtures.Files(), "workspaces/your-workspace.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(whole)
	for i := 0; i < len(pairs); i += 2 {
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return mocktest.Fixtures(fstest.MapFS{"workspaces/your-workspace.yaml": {Data: []byte(text)}})
}

func TestACollectionBeginsWithTheRecordsOfTheFixtureAndAResetBringsThemBack(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), withSuppliers(t), supplierFixtures(t))
	before := m.get(t, "/suppliers").is(t, 200, "")
	if rows := before.rows(); column(rows, "id") != "2 1" || rows[0]["created_at"] != "2024-01-17T12:00:00Z" || rows[1]["name"] != "Najd Packaging" {
		t.Errorf("%s", before.body)
	}
	m.send(t, "DELETE", "/suppliers/1", "").is(t, 200, "")
	m.send(t, "PATCH", "/suppliers/2", `{"name":"C"}`).is(t, 200, "")
	if made := m.send(t, "POST", "/suppliers", `{"name":"D","phone":"966112000001"}`).is(t, 201, "").data(t); made["id"] != 3.0 {
		t.Errorf("%v", made)
	}
	m.admin(t, 204, "POST", "/reset", "")
	if after := m.get(t, "/suppliers"); !bytes.Equal(after.body, before.body) {
		t.Errorf("%s, before %s", after.body, before.body)
	}
}

func TestRecordsOfAFixtureThatDoNotFitAreRefusedWithFileAndLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"a collection that is not there": {"  suppliers:", "  supplier:", "the document has no collection of this name; it has"},
		"a property that is not there":   {"name: Najd", "nam: Najd", "nam is no property of suppliers"},
		"a value that does not fit":      {"status: paused", "status: gone", "status must be one of active, paused"},
		"a value that appears twice":     {"966122000002", "966112000001", "phone is that of workspaces/your-workspace.yaml:"},
		"an id that appears twice":       {"- {name: Red", "- {id: 7, name: Red", "id 7 is that of workspaces/your-workspace.yaml:"},
		"no record":                      {"- {name: Red", "- 7\n    - {name: Red", "must be a record"},
	} {
		message := refusal(t, withSuppliers(t), supplierFixtures(t, "- {name: Najd", "- {id: 7, name: Najd", c.from, c.to))
		if !strings.HasPrefix(message, "workspaces/your-workspace.yaml:") || !strings.Contains(message, c.want) {
			t.Errorf("%s: %s", name, message)
		}
	}
}

// changeStream is a reader of the changes of the default workspace.
type changeStream struct{ lines *bufio.Reader }

func (m *mock) changes(t *testing.T, last string) *changeStream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+"/__admin/changes/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	s := &changeStream{bufio.NewReader(response.Body)}
	if opening, err := s.lines.ReadString('\n'); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", response.Status, opening, err)
	}
	return s
}

// next is the next change: its id, its kind, collection and record.
func (s *changeStream) next(t *testing.T) string {
	t.Helper()
	id := ""
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if rest, is := strings.CutPrefix(line, "id: "); is {
			id = strings.TrimSpace(rest)
		}
		data, is := strings.CutPrefix(line, "data: ")
		if !is {
			continue
		}
		var change struct{ Kind, Collection, ID string }
		if err := json.Unmarshal([]byte(data), &change); err != nil {
			t.Fatal(err)
		}
		return strings.Join([]string{id, change.Kind, change.Collection, change.ID}, " ")
	}
}
