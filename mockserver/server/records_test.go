package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/internal/eventlog"
	"example.com/awalmock/mockserver/internal/sandbox"
)

// putRecords puts records into a collection, one a line.
func (m *mock) putRecords(t *testing.T, name, body string) (status int, answer string) {
	t.Helper()
	return m.putLines(t, "/__admin/collections/"+name, body)
}

// putLines sends JSON, one value a line, to an operation of the control API.
func (m *mock) putLines(t *testing.T, path, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, m.Origin+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-ndjson")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// records are the lines of a collection.
func (m *mock) records(t *testing.T, name string) string {
	t.Helper()
	_, _, body := m.open(t, "/__admin/collections/"+name, "")
	return body
}

func TestACustomerOrdersThroughTheControlAPI(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	made := m.admin(t, 201, "POST", "/orders", `{"phone":"966544720918","branch_id":2,"items":[{"product_name":"Tea","quantity":3,"price":19.95},{"product_name":"قهوة","quantity":1,"price":40}]}`).value
	want := map[string]any{"customer_name": "Sara Khalid", "customer_id": 102.0, "customer_email": "sara.khalid@mail.example", "subtotal": 99.85, "tax": 14.98, "shipping": 25.0, "total": 139.83, "status": "pending", "payment_status": "unpaid", "branch_id": 2.0}
	for name, value := range want {
		if made[name] != value {
			t.Errorf("%s is %v, want %v", name, made[name], value)
		}
	}
	first := m.rows(t, "/orders?phone_number_id=123456&limit=1")[0]
	if first["id"] != made["id"] || first["order_number"] != made["order_number"] || first["total"] != 139.83 {
		t.Errorf("%v", first)
	}
	stranger := m.admin(t, 201, "POST", "/orders", `{"phone":"966512300030","phone_number_id":"123457","items":[{"product_name":"Tea","quantity":1,"price":600}]}`).value
	contact := m.get(t, fmt.Sprintf("/contacts/%v", stranger["customer_id"])).is(t, 200, "").data(t)
	if contact["phone"] != "966512300030" || stranger["shipping"] != 0.0 {
		t.Errorf("%v of %v", stranger, contact)
	}
	m.refused(t, "POST", "/orders", "items[0].price", object{"phone": "1", "items": []any{object{"product_name": "x", "quantity": 1, "price": 1.001}}})
	m.refused(t, "POST", "/orders", "branch_id", object{"phone": "1", "branch_id": 9, "items": []any{object{"product_name": "x", "quantity": 1, "price": 1}}})
	m.refused(t, "POST", "/orders", "phone_number_id", object{"phone": "1", "phone_number_id": "9", "items": []any{object{"product_name": "x", "quantity": 1, "price": 1}}})
}

func TestRecordsOfACollectionAreTakenAwayAndPutBack(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, name := range []string{"contacts", "contact_groups", "branches", "orders", "templates", "numbers"} {
		before := m.records(t, name)
		if status, text := m.putRecords(t, name, before); status != 200 || !strings.Contains(text, fmt.Sprintf(`"records":%d`, strings.Count(before, "\n"))) {
			t.Errorf("%s: %d %s", name, status, text)
		}
		if after := m.records(t, name); after != before {
			t.Errorf("%s: %s, before %s", name, clip([]byte(after)), clip([]byte(before)))
		}
	}
	if status, text := m.putRecords(t, "branches", `{"id":7,"name":"Tabuk","branch_id":"JED-01"}`+"\n"+`{"id":2,"name":"Jeddah"}`+"\n"+`{"id":1,"name":"A"}`+"\n"+`{"id":3,"name":"B"}`+"\n"); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	if rows := m.rows(t, "/branches"); column(rows, "id") != "7 3 2 1" || rows[0]["is_favorite"] != false || rows[0]["created_at"] == nil {
		t.Errorf("%v", rows)
	}
	renamed := strings.Replace(m.records(t, "contacts"), `"name":"Fatima Ali"`, `"name":"Fatima B"`, 1)
	if status, text := m.putRecords(t, "contacts", renamed); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	if row := m.with(t, "96650000001"); row["name"] != "Fatima B" {
		t.Errorf("%v", row)
	}
}

func TestRecordsThatDoNotFitAreRefusedAsAWholeWithTheLine(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	good := `{"id":1,"name":"A"}` + "\n"
	before := m.records(t, "branches")
	for body, want := range map[string]string{
		good + "no JSON":                            "line 2: the record is no JSON object",
		good + `{"name":"B"}`:                       "line 2: id is required",
		good + good:                                 "line 2: id 1 is that of line 1 already",
		good + `{"id":2,"name":7}`:                  "line 2: the record does not fit the document: name must be a string",
		good + `{"id":2,"name":"B","colour":"red"}`: "line 2: colour is no property of branches",
		`{"id":1,"name":"A","branch_id":"x"}` + "\n\n" + `{"id":2,"name":"B","branch_id":"x"}`: "line 3: record 1 of branches has the same branch_id",
	} {
		if status, text := m.putRecords(t, "branches", body); status != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s, want %s", body, status, text, want)
		}
	}
	if m.records(t, "branches") != before {
		t.Error("what was refused has changed the branches")
	}
	if status, text := m.putRecords(t, "contacts", `{"id":1,"name":"A","phone":"1"}`); status != 400 || !strings.Contains(text, "has no contact with the phone 96650000000, with whom conversation 1 is") {
		t.Errorf("%d %s", status, text)
	}
	if status, _ := m.putRecords(t, "nothing", good); status != 404 {
		t.Errorf("%d", status)
	}
	m.admin(t, 415, "PUT", "/collections/branches", good)
}

func TestRecordsThatReferToNoneAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	contacts, groups, orders := m.records(t, "contacts"), m.records(t, "contact_groups"), m.records(t, "orders")
	for name, c := range map[string]struct{ collection, body, want string }{
		"a contact of no group":      {"contacts", strings.Replace(contacts, `"contact_group_id":1`, `"contact_group_id":9`, 1), `record 1 of contacts has the contact_group_id 9, and contact_groups has no record with this id`},
		"a contact of no branch":     {"contacts", strings.Replace(contacts, `"branch_id":1`, `"branch_id":77`, 1), `has the branch_id 77, and branches has no record with this id`},
		"an order of no branch":      {"orders", strings.Replace(orders, `"branch_id":1`, `"branch_id":77`, 1), `of orders has the branch_id 77, and branches has no record with this id`},
		"a branch of no group":       {"branches", `{"id":1,"name":"A"}` + "\n" + `{"id":2,"name":"B"}` + "\n" + `{"id":3,"name":"C","contact_group_id":8}`, `line 3: record 3 of branches has the contact_group_id 8, and contact_groups has no record with this id`},
		"a group that contacts have": {"contact_groups", strings.Join(strings.SplitAfter(groups, "\n")[1:], ""), `and contact_groups has no record with this id`},
		"branches that orders have":  {"branches", `{"id":9,"name":"A"}`, `and branches has no record with this id`},
	} {
		status, text := m.putRecords(t, c.collection, c.body)
		if status != 400 || !strings.Contains(text, c.want) {
			t.Errorf("%s: %d %s, want %s", name, status, text, c.want)
		}
	}
	if m.records(t, "contacts") != contacts || m.records(t, "contact_groups") != groups || m.records(t, "orders") != orders {
		t.Error("what was refused has changed the records")
	}
}

func TestEventsAfterWhichARecordRefersToNoneAreRefused(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.form(t, "PATCH", "/contacts/4", "contact_group_id=2").is(t, 200, "")
	_, _, file := m.open(t, "/__admin/events", "")
	put := func(events string) (int, string) { return m.putLines(t, "/__admin/events", events) }
	if status, text := put(withRecord(t, file, `"contact_group_id":2`, `"contact_group_id":6`)); status != 400 || !strings.Contains(text, "record 4 of contacts has the contact_group_id 6, and contact_groups has no record with this id") {
		t.Errorf("%d %s", status, text)
	}
	if status, text := put(file); status != 200 {
		t.Errorf("%d %s", status, text)
	}
}

// withRecord is a file of events in which the text of a record is another.
func withRecord(t *testing.T, file, old, with string) string {
	t.Helper()
	from, err := eventlog.NewReader(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var to strings.Builder
	err = eventlog.Write(&to, from.Header, func(yield func(sandbox.Event, error) bool) {
		for e, err := range from.Events() {
			if put, is := e.Data.(sandbox.RecordPut); is {
				put.Record = sandbox.RecordText(strings.Replace(string(put.Record), old, with, 1))
				e.Data = put
			}
			if !yield(e, err) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return to.String()
}

func TestAFixtureWhoseRecordRefersToNoneIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for old, c := range map[string]struct{ with, want string }{
		"contact_group_id: 4, branch_id: 1, is_favorite: false, created_at: -9d23h31m": {"contact_group_id: 44, branch_id: 1, is_favorite: false, created_at: -9d23h31m", "record 2 of contacts has the contact_group_id 44, and contact_groups has no record with this id"},
		"branch_id: DMM-01, contact_group_id: 2":                                       {"branch_id: DMM-01, contact_group_id: 22", "record 3 of branches has the contact_group_id 22, and contact_groups has no record with this id"},
		"      branch_id: 1\n":                                                         {"      branch_id: 11\n", "record 1 of orders has the branch_id 11, and branches has no record with this id"},
	} {
		message := refusal(t, builtInFixtures(t, old, c.with))
		if !strings.HasPrefix(message, "workspaces/your-workspace.yaml:3") || !strings.Contains(message, c.want) {
			t.Errorf("%s: %s", c.with, message)
		}
	}
}

func TestAfterTheGreatestIDTheSmallestFreeOneIsGiven(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	const greatest = "9223372036854775807"
	if status, text := m.putRecords(t, "contacts", m.records(t, "contacts")+`{"id":`+greatest+`,"name":"The last","phone":"966599100001"}`); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	m.form(t, "POST", newContact, "name=A&phone=966599100002").is(t, 201, "")
	m.text(t, "966599100003", "A customer who has no contact")
	m.admin(t, 201, "POST", "/orders", `{"phone":"966599100004","items":[{"product_name":"Tea","quantity":1,"price":10}]}`)
	for i := range 4 {
		rows := m.rows(t, fmt.Sprintf("/contacts?searchTerm=96659910000%d", i+1))
		if len(rows) != 1 || rows[0]["id"].(float64) < 1 {
			t.Errorf("contact %d: %v", i+1, rows)
		}
	}
}
