package server_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// putRecords puts records into a collection, one a line.
func (m *mock) putRecords(t *testing.T, name, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, m.Origin+"/__admin/collections/"+name, strings.NewReader(body))
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
	if status, text := m.putRecords(t, "branches", `{"id":7,"name":"Tabuk","branch_id":"JED-01"}`+"\n"+`{"id":2,"name":"Jeddah"}`+"\n"); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	if rows := m.rows(t, "/branches"); column(rows, "id") != "7 2" || rows[0]["is_favorite"] != false || rows[0]["created_at"] == nil {
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
