package server_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

const orderList = "/orders?phone_number_id=123456"

// allOrders are the orders of number 123456, read one by one.
func allOrders(t *testing.T, m *mock) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, row := range m.rows(t, orderList+"&limit=100") {
		whole := m.get(t, fmt.Sprintf("/orders/%v", row["id"])).is(t, 200, "").data(t)
		for name, value := range row {
			if whole[name] != value {
				t.Errorf("order %v: %s is %v in the list and %v alone", row["id"], name, value, whole[name])
			}
		}
		all = append(all, whole)
	}
	return all
}

func halalas(t *testing.T, value any) int64 {
	t.Helper()
	n := math.Round(value.(float64) * 100)
	if math.Abs(value.(float64)*100-n) > 1e-6 {
		t.Errorf("%v has more than two decimals", value)
	}
	return int64(n)
}

func TestOrdersOfTheFixtures_AddUpToTheHalalaForEverySeed(t *testing.T) {
	t.Parallel()
	arabic := regexp.MustCompile(`\p{Arabic}`)
	for _, seed := range []uint64{1, 2, 3} {
		m := start(t, unlimited(), mocktest.Seed(seed))
		statuses, branches, languages := map[any]int{}, map[any]int{}, map[bool]int{}
		all := allOrders(t, m)
		for _, o := range all {
			statuses[o["status"]]++
			branches[o["branch_id"]]++
			sum := int64(0)
			for _, x := range o["items"].([]any) {
				item := x.(map[string]any)
				if halalas(t, item["subtotal"]) != int64(item["quantity"].(float64))*halalas(t, item["price"]) {
					t.Errorf("order %v: %v", o["id"], item)
				}
				sum += halalas(t, item["subtotal"])
				languages[arabic.MatchString(item["product_name"].(string))]++
			}
			if sum != halalas(t, o["subtotal"]) || sum+halalas(t, o["tax"])+halalas(t, o["shipping"]) != halalas(t, o["total"]) {
				t.Errorf("order %v does not add up: %v", o["id"], o)
			}
			if customer := m.get(t, fmt.Sprintf("/contacts/%v", o["customer_id"])).is(t, 200, "").data(t); customer["name"] != o["customer_name"] || customer["phone"] != o["customer_phone"] {
				t.Errorf("order %v is of %v, %v", o["id"], customer, o["customer_name"])
			}
		}
		for _, status := range []string{"pending", "accepted", "shipped", "delivered", "completed"} {
			if statuses[status] < 5 {
				t.Errorf("seed %d: %d orders are %s", seed, statuses[status], status)
			}
		}
		if len(all) != 50 || len(branches) != 3 || languages[true] < 10 || languages[false] < 10 {
			t.Errorf("seed %d: %d orders, branches %v, items in Arabic %v", seed, len(all), branches, languages)
		}
	}
	m := start(t, unlimited())
	one := m.get(t, "/orders/1").is(t, 200, "").data(t)
	if one["order_number"] != "ORD-2024-001" || one["total"] != 1450.0 || one["currency"] != "SAR" || one["status"] != "pending" || one["payment_status"] != "unpaid" || one["shipping_date"] != nil {
		t.Errorf("%v", one)
	}
	if rows := m.rows(t, orderList+"&searchTerm=ord-2024-001"); len(rows) != 1 || rows[0]["total"] != 1450.0 {
		t.Errorf("%v", rows)
	}
}

func TestListOrders_FiltersCombineAndPagesDoNotOverlap(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	if page := m.get(t, orderList); len(page.rows()) != 10 || fmt.Sprint(page.value["meta"]) != "map[current_page:1 last_page:5 per_page:10 total:50]" {
		t.Errorf("%v", page.value["meta"])
	}
	seen := map[any]bool{}
	for page := range 5 {
		for _, row := range m.rows(t, fmt.Sprintf("%s&page=%d", orderList, page+1)) {
			seen[row["id"]] = true
		}
	}
	if len(seen) != 50 || len(m.rows(t, orderList+"&page=6")) != 0 {
		t.Errorf("%d orders on five pages", len(seen))
	}
	all := allOrders(t, m)
	day := all[20]["created_at"].(string)[:len(time.DateOnly)]
	for query, fits := range map[string]func(o map[string]any) bool{
		"&status=shipped":                       func(o map[string]any) bool { return o["status"] == "shipped" },
		"&branch_id=2":                          func(o map[string]any) bool { return o["branch_id"] == 2.0 },
		"&branch_id=99":                         func(map[string]any) bool { return false },
		"&customer_id=1":                        func(o map[string]any) bool { return o["customer_id"] == 1.0 },
		"&from_date=" + day:                     func(o map[string]any) bool { return o["created_at"].(string) >= day },
		"&to_date=" + day:                       func(o map[string]any) bool { return o["created_at"].(string)[:10] <= day },
		"&from_date=" + day + "&to_date=" + day: func(o map[string]any) bool { return strings.HasPrefix(o["created_at"].(string), day) },
		"&status=pending&branch_id=1":           func(o map[string]any) bool { return o["status"] == "pending" && o["branch_id"] == 1.0 },
		"&searchTerm=Ahmed%20Moh":               func(o map[string]any) bool { return strings.Contains(o["customer_name"].(string), "Ahmed Moh") },
	} {
		want := []map[string]any{}
		for _, o := range all {
			if fits(o) {
				want = append(want, o)
			}
		}
		if got := m.rows(t, orderList+"&limit=100"+query); column(got, "id") != column(want, "id") {
			t.Errorf("%s: %s, want %s", query, column(got, "id"), column(want, "id"))
		}
	}
	for query, field := range map[string]string{
		"&page=0": "page", "&limit=0": "limit", "&limit=101": "limit", "&limit=x": "limit", "&status=gone": "status", "&from_date=2024-02-30": "from_date", "&to_date=1.1.2024": "to_date",
		"&from_date=2024-01-02&to_date=2024-01-01": "to_date", "&branch_id=x": "branch_id", "&customer_id=01": "customer_id",
	} {
		m.get(t, orderList+query).is(t, 400, "validation_failed").names(t, field)
	}
	m.get(t, "/orders?phone_number_id=999").is(t, 404, "resource_not_found")
	m.get(t, "/orders/x").is(t, 400, "validation_failed").names(t, "id")
	m.do(t, m.signedBy(1, "/orders/50")).is(t, 404, "resource_not_found")
}

func TestUpdateOrder_ChangesOnlyWhatIsGiven(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := m.get(t, "/orders/1").data(t)
	put := func(body string) *answer { return m.send(t, "PUT", "/orders/1?phone_number_id=123456", body) }
	if a := put(`{"status":"shipped","shipping_date":"2024-01-21","branch_id":"2"}`).is(t, 200, ""); a.header.Get("X-Mock-Warning") != "" {
		t.Errorf("%v", a.header)
	}
	after := m.get(t, "/orders/1").data(t)
	changed := map[string]any{"status": "shipped", "shipping_date": "2024-01-21", "branch_id": 2.0, "updated_at": sendClock.Format(time.RFC3339)}
	for name, value := range before {
		if want, is := changed[name]; is {
			value = want
		}
		if text := func(v any) string { b, _ := json.Marshal(v); return string(b) }; text(after[name]) != text(value) {
			t.Errorf("%s is %v, want %v", name, after[name], value)
		}
	}
	put(`{"delivery_date":"2024-01-20"}`).is(t, 400, "validation_failed").names(t, "delivery_date")
	put(`{"delivery_date":"2024-01-20","shipping_date":"2024-01-19"}`).is(t, 200, "")
	put(`{"shipping_date":"2024-01-21"}`).is(t, 400, "validation_failed").names(t, "delivery_date")
	for field, body := range map[string]string{
		"status": `{"status":"lost"}`, "payment_status": `{"payment_status":"half"}`, "shipping_date": `{"shipping_date":"2024-02-30"}`, "branch_id": `{"branch_id":"99"}`, "admin_notes": `{"admin_notes":null}`,
	} {
		put(body).is(t, 400, "validation_failed").names(t, field)
	}
	if a := put(`{"status":"pending","payment_status":"paid","admin_notes":"Call first","branch_id":""}`).is(t, 200, ""); a.header.Get("X-Mock-Warning") != "the status goes back from shipped to pending" || a.data(t)["admin_notes"] != "Call first" {
		t.Errorf("%v %s", a.header, a.body)
	}
	if o := m.get(t, "/orders/1").data(t); o["branch_id"] != nil || o["payment_status"] != "paid" {
		t.Errorf("%v", o)
	}
	m.send(t, "PUT", "/orders/1?phone_number_id=123457", `{"status":"pending"}`).is(t, 404, "resource_not_found")
	m.send(t, "PUT", "/orders/999?phone_number_id=123456", `{"status":"pending"}`).is(t, 404, "resource_not_found")
}

func TestOrderEventsAreSentOnlyToWhoAsksForThemByName(t *testing.T) {
	t.Parallel()
	for _, asked := range []bool{true, false} {
		m := start(t, unlimited())
		w := m.Webhooks(t, func(e *adminapi.NewWebhook) {
			if asked {
				e.Events = []string{"order.created", "order.updated"}
			}
		})
		made := m.admin(t, 201, "POST", "/orders", `{"phone":"96650000000","items":[{"product_name":"Tea","quantity":1,"price":10}]}`).value
		m.send(t, "PUT", fmt.Sprintf("/orders/%v?phone_number_id=123456", made["id"]), `{"status":"accepted"}`).is(t, 200, "")
		m.text(t, "96650000000", "The next event")
		if !asked {
			var sent struct{ Status string }
			w.Expect(t, "message.status.updated", &sent) // it is the first that comes
			continue
		}
		var created, updated struct {
			ID     float64
			Status string
		}
		w.Expect(t, "order.created", &created)
		w.Expect(t, "order.updated", &updated)
		if created.ID != made["id"] || created.Status != "pending" || updated.Status != "accepted" {
			t.Errorf("%v, %v", created, updated)
		}
	}
}
