package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Ids that only the other workspace has, and ids that no workspace has.
const (
	theirs, unknownID           = 900001, 900002
	theirNumber, unknownNumber  = "654321", "999999"
	lastConversation, manySends = 900003, 200
)

// withRecordsOfAnother is a mock whose other workspace has a record of each collection with the id that is theirs, and a conversation with
// an id that the default workspace has not.
func withRecordsOfAnother(t *testing.T) (m *mock, conversation string) {
	t.Helper()
	m = start(t, unlimited())
	other := "?workspace=other-workspace"
	put := func(name, line string) {
		before := m.records(t, name+other)
		if status, text := m.putRecords(t, name+other, before+line); status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, status, text)
		}
	}
	put("contact_groups", fmt.Sprintf(`{"id":%d,"name":"Theirs"}`, theirs))
	put("branches", fmt.Sprintf(`{"id":%d,"name":"Theirs"}`, theirs))
	put("contacts", fmt.Sprintf(`{"id":%d,"name":"Theirs","phone":"966599900001","contact_group_id":%d,"branch_id":%d}`, theirs, theirs, theirs))
	put("templates", fmt.Sprintf(`{"id":%d,"name":"theirs","language":"en","category":"UTILITY","status":"APPROVED","components":[{"type":"BODY","text":"Theirs"}]}`, theirs))
	put("orders", fmt.Sprintf(`{"id":%d,"phone_number_id":%q,"order_number":"THEIRS-1","customer_id":%d,"customer_name":"Theirs","customer_phone":"966599900001","branch_id":%d,`+
		`"total":1,"subtotal":1,"tax":0,"shipping":0,"items":[],"currency":"SAR","status":"pending","payment_status":"unpaid"}`, theirs, theirNumber, theirs, theirs))
	for i := range manySends {
		r := m.signedBy(1, "/w/message/text?phone_number_id="+theirNumber)
		r.method, r.body = "POST", fmt.Sprintf(`{"phone":"9665999%05d","body":"Theirs"}`, i)
		m.do(t, r).is(t, 200, "")
	}
	last := m.do(t, m.signedBy(1, "/conversations?phone_number_id="+theirNumber)).is(t, 200, "").rows()[0]
	conversation = fmt.Sprint(last["id"])
	m.get(t, "/conversations/"+conversation+"?phone_number_id=123456").is(t, 404, "resource_not_found")
	return m, conversation
}

// same wants two answers to be the same but for the id of the request and what was asked for.
func same(t *testing.T, what string, a, b *answer, values ...string) {
	t.Helper()
	clean := func(a *answer) string {
		text := requestID.ReplaceAllString(string(a.body), "")
		for _, value := range values {
			text = strings.ReplaceAll(text, value, "")
		}
		return text
	}
	if a.status != b.status || clean(a) != clean(b) {
		t.Errorf("%s: %d %s of another workspace, %d %s of none", what, a.status, clip(a.body), b.status, clip(b.body))
	}
}

func TestAnIDOfAnotherWorkspaceIsAsOneOfNobodyInAPathAndAQuery(t *testing.T) {
	t.Parallel()
	m, conversation := withRecordsOfAnother(t)
	eachOperation(t, func(t *testing.T, op operation) {
		for _, p := range op.Parameters {
			name := p.Value.Name
			their, unknown := fmt.Sprint(theirs), fmt.Sprint(unknownID)
			if name == "phone_number_id" {
				their, unknown = theirNumber, unknownNumber
			}
			if op.id == "getConversationMessages" || op.id == "updateTicket" {
				if their, unknown = conversation, fmt.Sprint(lastConversation); name == "phone_number_id" {
					their, unknown = theirNumber, unknownNumber
				}
			}
			if p.Value.In == "path" {
				ask := func(id string) *answer {
					r := op.request()
					_, query, given := strings.Cut(op.target, "?")
					if r.target = strings.ReplaceAll(op.path, "{"+name+"}", id); given {
						r.target += "?" + query
					}
					return m.do(t, r)
				}
				same(t, op.id+" "+name, ask(their).is(t, 404, "resource_not_found"), ask(unknown), their, unknown)
			} else if p.Value.In == "query" && strings.HasSuffix(name, "_id") {
				a := m.do(t, op.with(name, their))
				if same(t, op.id+" "+name, a, m.do(t, op.with(name, unknown)), their, unknown); a.status == 200 && len(a.rows()) > 0 {
					t.Errorf("%s %s: %s", op.id, name, clip(a.body))
				}
			}
		}
	})
}

func TestAnIDOfAnotherWorkspaceIsAsOneOfNobodyInABody(t *testing.T) {
	t.Parallel()
	m, _ := withRecordsOfAnother(t)
	found := map[string]bool{}
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	before := m.records(t, "contacts?workspace=other-workspace") + m.records(t, "branches?workspace=other-workspace") + m.records(t, "orders?workspace=other-workspace")
	for _, op := range c.operations() {
		for _, name := range idsOf(op) {
			found[op.id+" "+name] = true
			their, unknown := fmt.Sprint(theirs), fmt.Sprint(unknownID)
			a, b := m.withID(t, op, name, their), m.withID(t, op, name, unknown)
			if a.status < 400 || a.status >= 500 {
				t.Errorf("%s %s: %d %s", op.id, name, a.status, clip(a.body))
			}
			same(t, op.id+" "+name, a, b, their, unknown)
		}
	}
	want := []string{
		"createBranch contact_group_id", "createContact branch_id", "createContact contact_group_id", "sendTemplateMessage template_id",
		"updateBranch contact_group_id", "updateContact branch_id", "updateContact contact_group_id", "updateOrder branch_id",
	}
	for _, place := range want {
		if !found[place] {
			t.Errorf("%s was not tried, only %v", place, slices.Sorted(maps.Keys(found)))
		}
	}
	if after := m.records(t, "contacts?workspace=other-workspace") + m.records(t, "branches?workspace=other-workspace") + m.records(t, "orders?workspace=other-workspace"); after != before {
		t.Error("the other workspace's records have changed")
	}
}

// idsOf are the fields of an operation's body that are the id of another record. The branch_id of a branch is that of another system.
func idsOf(op operation) []string {
	var schema *openapi3.Schema
	if schema = op.form(); schema == nil && op.RequestBody != nil {
		schema = op.RequestBody.Value.Content["application/json"].Schema.Value
	}
	if schema == nil {
		return nil
	}
	var names []string
	for name := range schema.Properties {
		if (strings.HasSuffix(name, "_id") || name == "reply_to") && (name != "branch_id" || op.tag() != "branches") {
			names = append(names, name)
		}
	}
	return names
}

// withID sends an operation's body with the id of another record.
func (m *mock) withID(t *testing.T, op operation, name, id string) *answer {
	t.Helper()
	if schema := op.form(); schema != nil {
		var parts []part
		for _, required := range schema.Required {
			p := formValues[required]
			if p.name = required; p.value == "" {
				p.value = "Some text"
			}
			if required == "phone" {
				p.value = fmt.Sprint(966578000000 + formPhones.Add(1))
			}
			if required != name {
				parts = append(parts, p)
			}
		}
		return m.parts(t, op.method, op.target, append(parts, field(name, id))...)
	}
	var body object
	if err := json.Unmarshal([]byte(op.body), &body); err != nil {
		t.Fatal(err)
	}
	body[name] = id
	return m.try(t, op, body)
}

func TestADeleteInFlightWithSendsLeavesNoHalfOfAConversation(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	const phone = "966599800001"
	for round := range 8 {
		m.text(t, phone, "Hello")
		contact := m.rows(t, "/contacts?searchTerm="+phone)[0]
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { m.text(t, phone, "At the same time") })
		}
		all.Go(func() {
			m.do(t, call{method: "DELETE", target: fmt.Sprintf("/contacts/%v", contact["id"])}).is(t, 200, "")
		})
		all.Wait()
		contacts, row := m.rows(t, "/contacts?searchTerm="+phone), m.with(t, phone)
		if (row == nil) != (len(contacts) == 0) || len(contacts) > 1 {
			t.Fatalf("round %d: contacts %v, conversation %v", round, contacts, row)
		}
		if row == nil {
			continue
		}
		if contacts[0]["id"] == contact["id"] {
			t.Errorf("round %d: the deleted contact is there again", round)
		}
		messages := m.get(t, conversation(row["id"])).is(t, 200, "").data(t)["messages"].([]any)
		for _, one := range messages {
			if m.status(t, one.(object)["id"]) == nil {
				t.Errorf("round %d: %v has no status", round, one)
			}
		}
	}
}
