package server_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A listCase is a list of records: its collection, its target, a row that it can have, and the rows of a page when the request does not
// say.
type listCase struct {
	name, target, row string
	standard          int
}

var listCases = []listCase{
	{"contacts", "/contacts?", `{"id":%[1]d,"name":"Maha %[1]d","phone":"96659880%04[1]d","email":"m%[1]d@mail.example","created_at":%[2]q}`, 100},
	{"contact_groups", "/contact-groups?", `{"id":%[1]d,"name":"Maha %[1]d","status":1,"created_at":%[2]q}`, 100},
	{"branches", "/branches?", `{"id":%[1]d,"name":"Maha %[1]d","phone":"96659880%04[1]d","created_at":%[2]q}`, 100},
	{"orders", orderList + "&", `{"id":%[1]d,"phone_number_id":"123456","order_number":"MAHA-%04[1]d","customer_name":"Maha %[1]d","customer_phone":"96659880%04[1]d",` +
		`"total":1,"subtotal":1,"tax":0,"shipping":0,"items":[],"currency":"SAR","status":"pending","payment_status":"unpaid","created_at":%[2]q}`, 10},
}

// eachList runs a test for each list, of a mock whose collections have 120 rows more, of which four share each instant.
func eachList(t *testing.T, test func(t *testing.T, m *mock, l listCase)) {
	t.Helper()
	m := start(t, unlimited())
	for _, l := range listCases {
		lines := m.records(t, l.name)
		for i := range 120 {
			lines += fmt.Sprintf(l.row, 2000+i, fmt.Sprintf("2024-01-%02dT08:00:00Z", 1+i%30)) + "\n"
		}
		if status, text := m.putRecords(t, l.name, lines); status != 200 {
			t.Fatalf("%s: %d %s", l.name, status, text)
		}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			test(t, m, l)
		})
	}
}

func TestAListHasTheNewestFirstAndThenTheGreatestIDOnPagesThatAddUp(t *testing.T) {
	t.Parallel()
	eachList(t, func(t *testing.T, m *mock, l listCase) {
		var all []map[string]any
		for page := 1; ; page++ {
			a := m.get(t, fmt.Sprintf("%slimit=7&page=%d", l.target, page)).is(t, 200, "")
			meta := a.value["meta"].(object)
			total := int(meta["total"].(float64))
			if meta["current_page"] != float64(page) || meta["per_page"] != 7.0 || meta["last_page"] != float64((total+6)/7) {
				t.Fatalf("page %d: %v", page, meta)
			}
			if len(a.rows()) == 0 {
				if len(all) != total {
					t.Errorf("%d rows on all pages, and the total is %d", len(all), total)
				}
				break
			}
			all = append(all, a.rows()...)
		}
		byNewest := func(a, b map[string]any) int {
			return cmp.Or(cmp.Compare(b["created_at"].(string), a["created_at"].(string)), cmp.Compare(b["id"].(float64), a["id"].(float64)))
		}
		if !slices.IsSortedFunc(all, byNewest) {
			t.Errorf("%s", column(all, "created_at"))
		}
		if len(slices.Compact(sortedIDs(all))) != len(all) {
			t.Error("a row is on two pages")
		}
		if a := m.get(t, strings.TrimRight(l.target, "?&")); len(a.rows()) != l.standard || a.value["meta"].(object)["per_page"] != float64(l.standard) {
			t.Errorf("%d rows without a limit, %v", len(a.rows()), a.value["meta"])
		}
	})
}

func sortedIDs(rows []map[string]any) []string {
	list := make([]string, len(rows))
	for i, row := range rows {
		list[i] = fmt.Sprint(row["id"])
	}
	slices.Sort(list)
	return list
}

func TestASearchOfAListTakesCaseSpacesAndDigitsAsInConversations(t *testing.T) {
	t.Parallel()
	eachList(t, func(t *testing.T, m *mock, l listCase) {
		terms := []string{"maha%202077", "MAHA%202077"}
		switch l.name {
		case "contacts", "branches":
			terms = append(terms, "966598802077", "%2B966%2059%20880%202077", "598802077", "880-2077")
		case "orders":
			terms = append(terms, "maha-2077")
		}
		if l.name == "contacts" {
			terms = append(terms, "M2077@mail")
		}
		for _, term := range terms {
			if rows := m.rows(t, l.target+"searchTerm="+term); column(rows, "id") != "2077" {
				t.Errorf("%s finds %s", term, column(rows, "id"))
			}
		}
		if all := m.get(t, l.target+"searchTerm=").is(t, 200, "").value["meta"].(object)["total"].(float64); all < 120 {
			t.Errorf("an empty term finds %v", all)
		}
		a := m.get(t, l.target+"searchTerm=no%20such%20thing").is(t, 200, "")
		if meta := a.value["meta"].(object); len(a.rows()) != 0 || meta["total"] != 0.0 || meta["last_page"] != 1.0 || meta["current_page"] != 1.0 {
			t.Errorf("%v", meta)
		}
	})
}

func TestFiltersOfContactsCombine(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	all := m.rows(t, "/contacts?limit=100")
	for query, fits := range map[string]func(c map[string]any) bool{
		"contact_group_id=1": func(c map[string]any) bool { return c["contact_group_id"] == 1.0 },
		"branch_id=1":        func(c map[string]any) bool { return c["branch_id"] == 1.0 },
		"is_favorite=true":   func(c map[string]any) bool { return c["is_favorite"] == true },
		"is_favorite=false":  func(c map[string]any) bool { return c["is_favorite"] == false },
		"contact_group_id=1&branch_id=1&is_favorite=true": func(c map[string]any) bool {
			return c["contact_group_id"] == 1.0 && c["branch_id"] == 1.0 && c["is_favorite"] == true
		},
		"contact_group_id=1&searchTerm=%D9%86%D9%88%D8%B1%D8%A9": func(c map[string]any) bool {
			return c["contact_group_id"] == 1.0 && strings.Contains(c["name"].(string), "نورة")
		},
	} {
		want := slices.DeleteFunc(slices.Clone(all), func(c map[string]any) bool { return !fits(c) })
		if got := m.rows(t, "/contacts?limit=100&"+query); column(got, "id") != column(want, "id") || len(want) == 0 {
			t.Errorf("%s: %s, want %s", query, column(got, "id"), column(want, "id"))
		}
	}
}

func TestAnEmptyChangeOfARecordIs200AndChangesNothing(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for target, method := range map[string]string{"/contacts/101": "PATCH", "/branches/1": "PATCH"} {
		before := m.get(t, target).is(t, 200, "").data(t)
		m.form(t, method, target, "").is(t, 200, "")
		after := m.get(t, target).is(t, 200, "").data(t)
		delete(before, "updated_at")
		delete(after, "updated_at")
		if fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("%s: %v, before %v", target, after, before)
		}
	}
	before := m.get(t, "/contact-groups/1").data(t)
	m.send(t, "PATCH", "/contact-groups/1", `{}`).is(t, 200, "")
	if after := m.get(t, "/contact-groups/1").data(t); after["name"] != before["name"] || after["status"] != before["status"] || after["contacts_count"] != before["contacts_count"] {
		t.Errorf("%v, before %v", after, before)
	}
	order := m.get(t, "/orders/2").data(t)
	m.send(t, "PUT", "/orders/2?phone_number_id=123456", `{}`).is(t, 200, "")
	after := m.get(t, "/orders/2").data(t)
	delete(order, "updated_at")
	delete(after, "updated_at")
	if fmt.Sprint(after) != fmt.Sprint(order) {
		t.Errorf("%v, before %v", after, order)
	}
}

func TestAnOrderKeepsItsCustomerWhenTheContactIsDeleted(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := m.get(t, "/orders/1").data(t)
	m.do(t, call{method: "DELETE", target: "/contacts/1"}).is(t, 200, "")
	if after := m.get(t, "/orders/1").is(t, 200, "").data(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v, before %v", after, before)
	}
	if rows := m.rows(t, orderList+"&customer_id=1"); len(rows) == 0 {
		t.Error("the orders of the contact who is gone are not found")
	}
}
