package examples_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

// shown is what the vendor's pages show of an answer: its status, the properties of its data, and values, by their path (E).
type shown struct {
	asked  string
	status string
	data   string   // properties of data, of its first row, or of message
	values []string // paths and values that are as on the page
}

// vendorAnswers are those to vendor.sh, in its order. A property with "?" is not in the vendor's example (I).
var vendorAnswers = []shown{
	{"POST /contact-groups", "201", "contacts_count created_at id name status", []string{"status=true", "data.contacts_count=0", "data.status=1"}},
	{"PATCH /contact-groups/1", "200", "id name status updated_at", []string{"status=true", "data.id=1", "data.name=Premium Customers"}},
	{"POST /contacts", "201", "avatar contact_group_id created_at email id is_favorite name phone", []string{"status=true", "data.contact_group_id=1", "data.is_favorite=true", "data.name=Ahmed Mohammed"}},
	{"PATCH /contacts/2", "200", "", []string{"status=true", "data.name=Ahmed Ali"}},
	{"GET /contacts", "200", "", []string{"status=true", "meta.current_page=1", "meta.per_page=100"}},
	{"DELETE /contacts/5", "200", "", []string{"status=true"}},
	{"POST /branches", "200", "address created_at description email file_url id is_favorite name phone", []string{"status=true", "data.is_favorite=true", "data.phone=966500000002"}},
	{"PATCH /branches/1", "200", "id is_favorite name phone updated_at", []string{"status=true", "data.name=Updated Branch", "data.phone=966500000003"}},
	{"DELETE /branches/4", "200", "", []string{"status=true"}},
	{"GET /orders", "200", "created_at currency customer_name customer_phone delivery_date id order_number payment_status shipping_date status total updated_at", []string{"status=true", "data.0.order_number=ORD-2024-001", "data.0.currency=SAR", "data.0.status=pending", "data.0.payment_status=unpaid", "data.0.shipping_date=<nil>"}},
	{"GET /orders", "200", "", []string{"meta.current_page=1", "meta.per_page=10", "meta.total=50", "meta.last_page=5"}},
	{"GET /orders/1", "200", "admin_notes created_at currency customer_email customer_name customer_phone delivery_date id items order_number payment_status shipping shipping_date status subtotal tax total updated_at branch_id? customer_id?", []string{"data.total=1450", "data.admin_notes=<nil>"}},
	{"PUT /orders/1", "200", "admin_notes delivery_date id order_number payment_status shipping_date status updated_at", []string{"status=true", "data.status=shipped", "data.payment_status=paid", "data.shipping_date=2024-01-25", "data.delivery_date=2024-01-28", "data.admin_notes=Handle with care"}},
	{"POST /invoice-message", "200", "date id messageId status", []string{"status=true", "message.status=sent"}},
	{"DELETE /contact-groups/1", "200", "unlinked_contacts", []string{"status=true"}},
}

func TestTheVendorsRequestsGetTheDocumentedShapesAndValues(t *testing.T) {
	t.Parallel()
	printed := runAgainst(t, mocktest.Start(t, mocktest.SignedUpload("either")), "vendor.sh", "sh", "curl", "openssl")
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	if len(lines) != len(vendorAnswers) {
		t.Fatalf("printed %d answers, want %d:\n%s", len(lines), len(vendorAnswers), printed)
	}
	for i, want := range vendorAnswers {
		asked, rest, _ := strings.Cut(lines[i], "\t")
		text, status, _ := strings.Cut(rest, "\t")
		var body map[string]any
		if err := json.Unmarshal([]byte(text), &body); err != nil || asked != want.asked || status != want.status {
			t.Errorf("%s %s %v, want %s %s", asked, status, err, want.asked, want.status)
			continue
		}
		if want.data != "" {
			has, named := properties(body), strings.Fields(want.data)
			for _, name := range has {
				if !slices.Contains(named, name) && !slices.Contains(named, name+"?") {
					t.Errorf("%s has %s, which the page does not show", asked, name)
				}
			}
			for _, name := range named {
				if !slices.Contains(has, strings.TrimSuffix(name, "?")) {
					t.Errorf("%s lacks %s: %s", asked, name, text)
				}
			}
		}
		for _, pair := range want.values {
			path, value, _ := strings.Cut(pair, "=")
			if got := fmt.Sprint(at(body, strings.Split(path, "."))); got != value {
				t.Errorf("%s: %s is %s, want %s", asked, path, got, value)
			}
		}
	}
}

// properties are the names of what data, its first row, or message has.
func properties(body map[string]any) []string {
	data := body["data"]
	if list, is := data.([]any); is && len(list) > 0 {
		data = list[0]
	}
	if data == nil {
		data = body["message"]
	}
	object, _ := data.(map[string]any)
	return slices.Sorted(maps.Keys(object))
}

// at is the value at a path.
func at(value any, path []string) any {
	for _, step := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			if len(v) == 0 {
				return nil
			}
			value = v[0]
		}
	}
	return value
}
