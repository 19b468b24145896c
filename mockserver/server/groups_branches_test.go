package server_test

import (
	"fmt"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestContactGroups_CountTheirContactsAndUnlinkThemWhenTheyAreDeleted(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	made := m.send(t, "POST", "/contact-groups", `{"name":"`+strings.Repeat("ق", 255)+`"}`).is(t, 201, "").data(t)
	if made["status"] != 1.0 || made["contacts_count"] != 0.0 {
		t.Errorf("%v", made)
	}
	group := fmt.Sprintf("/contact-groups/%v", made["id"])
	for i := range 3 {
		m.form(t, "POST", newContact, fmt.Sprintf("name=A&phone=96651230004%d&contact_group_id=%v", i, made["id"])).is(t, 201, "")
	}
	m.parts(t, "POST", "/branches?phone_number_id=123456", field("name", "B"), field("contact_group_id", fmt.Sprint(made["id"]))).is(t, 200, "")
	if g := m.get(t, group).data(t); g["contacts_count"] != 3.0 {
		t.Errorf("%v", g)
	}
	if updated := m.send(t, "PATCH", group, `{"status":0}`).is(t, 200, "").data(t); updated["status"] != 0.0 || updated["name"] != made["name"] || updated["updated_at"] == nil {
		t.Errorf("%v", updated)
	}
	if rows := m.rows(t, "/contact-groups?status=0"); column(rows, "id") != fmt.Sprint(made["id"], " 3") {
		t.Errorf("%v", rows)
	}
	linked := m.rows(t, fmt.Sprintf("/contacts?contact_group_id=%v", made["id"]))
	deleted := m.do(t, call{method: "DELETE", target: group}).is(t, 200, "").data(t)
	if deleted["unlinked_contacts"] != 3.0 || len(linked) != 3 {
		t.Errorf("%v of %v", deleted, linked)
	}
	for _, row := range linked {
		if c := m.get(t, fmt.Sprintf("/contacts/%v", row["id"])).is(t, 200, "").data(t); c["contact_group_id"] != nil {
			t.Errorf("%v", c)
		}
	}
	if b := m.get(t, "/branches/4").data(t); b["contact_group_id"] != nil {
		t.Errorf("%v", b)
	}
	m.get(t, group).is(t, 404, "resource_not_found")
	m.do(t, call{method: "DELETE", target: group}).is(t, 404, "resource_not_found")
	for body, field := range map[string]string{`{"name":""}`: "name", `{"status":1}`: "name", `{"name":"A","status":2}`: "status", `{"name":"` + strings.Repeat("x", 256) + `"}`: "name"} {
		m.send(t, "POST", "/contact-groups", body).is(t, 400, "validation_failed").names(t, field)
	}
	m.send(t, "POST", "/contact-groups", `{"name":"New customers","status":1}`).is(t, 201, "") // a name need not be unique
	for number, shown := range map[string]string{"-0": `"status":0,`, "1.0": `"status":1,`, "10e-1": `"status":1,`} {
		if a := m.send(t, "POST", "/contact-groups", `{"name":"A","status":`+number+`}`).is(t, 201, ""); !strings.Contains(string(a.body), shown) {
			t.Errorf("%s: %s", number, a.body)
		}
	}
}

func TestBranches_AreCreatedWith200AndChangedAndFound(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	create := func(parts ...part) *answer { return m.parts(t, "POST", "/branches?phone_number_id=123456", parts...) }
	made := create(field("name", "Abha"), field("branch_id", "AHB-1"), field("phone", "966172000001"), field("is_favorite", "true"),
		part{name: "file", fileName: "plan.pdf", contentType: "application/pdf", value: pdf}).is(t, 200, "").data(t)
	if made["branch_id"] != "AHB-1" || made["is_favorite"] != true || made["file_url"] != fmt.Sprintf("https://storage.awalchat.com/your-workspace/branches/%v/plan.pdf", made["id"]) {
		t.Errorf("%v", made)
	}
	target := fmt.Sprintf("/branches/%v", made["id"])
	if rows := m.rows(t, "/branches?searchTerm=172000001"); column(rows, "id") != fmt.Sprint(made["id"]) {
		t.Errorf("%v", rows)
	}
	create(field("name", "Other"), field("branch_id", "AHB-1")).is(t, 409, "conflict").names(t, "branch_id")
	create(field("name", "Other"), field("branch_id", "")).is(t, 200, "")
	create(field("name", "Other"), field("branch_id", "")).is(t, 200, "")
	create(field("name", "Other"), file("file", mp4)).is(t, 400, "validation_failed").names(t, "file")
	create(field("name", "Other"), file("file", pdf+strings.Repeat("x", 10<<20))).is(t, 413, "payload_too_large").names(t, "file")
	create(field("name", strings.Repeat("x", 256))).is(t, 400, "validation_failed").names(t, "name")
	if updated := m.form(t, "PATCH", target, "name=Abha+2").is(t, 200, "").data(t); updated["name"] != "Abha 2" || updated["phone"] != "966172000001" || updated["updated_at"] == nil {
		t.Errorf("%v", updated)
	}
	m.do(t, call{method: "DELETE", target: target}).is(t, 200, "")
	m.get(t, target).is(t, 404, "resource_not_found")
}

func TestDeleteBranch_WithLinkedDataIs409OrUnlinks(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := m.records(t, "branches") + m.records(t, "contacts") + m.records(t, "orders")
	m.do(t, call{method: "DELETE", target: "/branches/1"}).is(t, 409, "conflict")
	if after := m.records(t, "branches") + m.records(t, "contacts") + m.records(t, "orders"); after != before {
		t.Error("what was refused has changed something")
	}
	m = start(t, unlimited(), with(func(o *mocktest.Options) { o.BranchDelete = "unlink" }))
	m.do(t, call{method: "DELETE", target: "/branches/1"}).is(t, 200, "")
	if c := m.get(t, "/contacts/1").is(t, 200, "").data(t); c["branch_id"] != nil || c["contact_group_id"] != 1.0 {
		t.Errorf("%v", c)
	}
	if o := m.get(t, "/orders/1").is(t, 200, "").data(t); o["branch_id"] != nil {
		t.Errorf("%v", o)
	}
	if rows := m.rows(t, orderList+"&branch_id=1"); len(rows) != 0 {
		t.Errorf("%v", rows)
	}
}
