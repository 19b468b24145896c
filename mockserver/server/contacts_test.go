package server_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

const newContact = "/contacts?phone_number_id=123456"

// form sends an application/x-www-form-urlencoded body.
func (m *mock) form(t *testing.T, method, target, body string) *answer {
	t.Helper()
	return m.do(t, call{method: method, target: target, body: body, header: []string{"Content-Type: application/x-www-form-urlencoded"}})
}

// parts sends a multipart/form-data body.
func (m *mock) parts(t *testing.T, method, target string, parts ...part) *answer {
	t.Helper()
	body, contentType := form(t, parts...)
	return m.do(t, call{method: method, target: target, body: body, header: []string{"Content-Type: " + contentType}})
}

func TestEveryConversationHasAContactWithItsPhoneAndName(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	names := map[any]any{}
	for _, row := range m.rows(t, "/contacts?limit=100") {
		names[row["phone"]] = row["name"]
	}
	for _, number := range []string{"123456", "123457"} {
		for _, row := range m.rows(t, "/conversations?phone_number_id="+number) {
			if names[row["phone"]] != row["name"] {
				t.Errorf("%v: the contact is called %v", row, names[row["phone"]])
			}
		}
	}
}

func TestCreateContact_IsListedFoundReadAndUniqueByPhone(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	made := m.parts(t, "POST", newContact, field("name", "سارة Sara"), field("phone", "966512300001"), field("email", ""), field("contact_group_id", "2"),
		field("is_favorite", "1"), field("address", ""), field("full_name", "Sara K.")).is(t, 201, "").data(t)
	if made["contact_group_id"] != 2.0 || made["is_favorite"] != true || made["email"] != nil || made["created_at"] != sendClock.Format(time.RFC3339) {
		t.Errorf("%v", made)
	}
	target := fmt.Sprintf("/contacts/%v", made["id"])
	read := m.get(t, target).is(t, 200, "").data(t)
	if read["address"] != "" || read["full_name"] != "Sara K." || read["name"] != "سارة Sara" {
		t.Errorf("%v", read)
	}
	if _, there := read["description"]; there {
		t.Errorf("what was never given is shown: %v", read)
	}
	if first := m.rows(t, "/contacts?limit=1"); first[0]["id"] != made["id"] {
		t.Errorf("the newest is not first: %v", first)
	}
	for _, search := range []string{"Sara", "sARA", "966512300001", "2300001", "+966%2051%20230-0001"} {
		if rows := m.rows(t, "/contacts?searchTerm="+search); column(rows, "id") != fmt.Sprint(made["id"]) {
			if search != "Sara" && search != "sARA" || !strings.Contains(column(rows, "id"), fmt.Sprint(made["id"])) {
				t.Errorf("%s finds %v", search, rows)
			}
		}
	}
	m.form(t, "POST", newContact, "name=Other&phone=966512300001").is(t, 409, "conflict").names(t, "phone")
	m.do(t, m.signedBy(1, target)).is(t, 404, "resource_not_found")
	theirs := m.signedBy(1, "/contacts?phone_number_id=654321")
	theirs.method, theirs.body, theirs.header = "POST", "name=Other&phone=966512300001", []string{"Content-Type: application/x-www-form-urlencoded"}
	m.do(t, theirs).is(t, 201, "") // the phone is another workspace's
}

func TestCreateContact_RefusesWhatTheDocumentOrTheWorkspaceDoesNotHave(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for field, body := range map[string]string{
		"name": "name=&phone=966512300002", "email": "name=A&phone=966512300002&email=x", "avatar": "name=A&phone=966512300002&avatar=ftp://a.b/c",
		"contact_group_id": "name=A&phone=966512300002&contact_group_id=99", "branch_id": "name=A&phone=966512300002&branch_id=01",
		"is_favorite": "name=A&phone=966512300002&is_favorite=yes",
	} {
		m.form(t, "POST", newContact, body).is(t, 400, "validation_failed").names(t, field)
	}
	m.form(t, "POST", newContact, "name=A&phone=%2B966512300002").is(t, 400, "invalid_phone_number").names(t, "phone")
	m.form(t, "POST", newContact, "name=A&phone=966512300002&contact_group_id=&branch_id=").is(t, 201, "")
	m.do(t, call{method: "POST", target: newContact, body: `{"name":"A","phone":"966512300003"}`}).is(t, 415, "unsupported_media_type")
}

func TestContactFile_ItsContentAndSizeCount(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	create := func(phone string, f part, more ...part) *answer {
		return m.parts(t, "POST", newContact, append([]part{field("name", "A"), field("phone", phone), f}, more...)...)
	}
	picture := part{name: "file", fileName: "أنا me.png", contentType: "image/png", value: png}
	made := create("966512300004", picture, field("avatar", "https://example.com/other.png")).is(t, 201, "").data(t)
	want := fmt.Sprintf("https://storage.awalchat.com/your-workspace/contacts/%v/%%D8%%A3%%D9%%86%%D8%%A7%%20me.png", made["id"])
	if made["avatar"] != want {
		t.Errorf("%v, want %s", made["avatar"], want)
	}
	folder := part{name: "file", fileName: "..", contentType: "image/png", value: png} // in an address it would mean another place
	if a := create("966512300022", folder).is(t, 201, "").data(t); a["avatar"] != fmt.Sprintf("https://storage.awalchat.com/your-workspace/contacts/%v/file", a["id"]) {
		t.Errorf("%v", a["avatar"])
	}
	create("966512300005", file("file", pdf)).is(t, 400, "validation_failed").names(t, "file")
	create("966512300006", file("file", png+strings.Repeat("x", 5<<20-len(png)))).is(t, 201, "")
	create("966512300007", file("file", png+strings.Repeat("x", 5<<20-len(png)+1))).is(t, 413, "payload_too_large").names(t, "file")
	none := create("966512300008", field("file", "")).is(t, 201, "").data(t) // what a browser sends when no file was chosen
	if none["avatar"] != nil {
		t.Errorf("%v", none)
	}
	m.parts(t, "PATCH", fmt.Sprintf("/contacts/%v", none["id"]), picture).is(t, 200, "")
	if m.get(t, fmt.Sprintf("/contacts/%v", none["id"])).data(t)["avatar"] == nil {
		t.Error("the new picture is not shown")
	}
}

func TestUpdateContact_ChangesOnlyWhatIsGivenAndShowsInItsConversationsAtOnce(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	before := m.get(t, "/contacts/3").data(t)
	m.do(t, call{method: "PATCH", target: "/contacts/3"}).is(t, 200, "")
	if after := m.get(t, "/contacts/3").data(t); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("%v, before %v", after, before)
	}
	m.form(t, "PATCH", "/contacts/3", "name=Noura+New").is(t, 200, "")
	after := m.get(t, "/contacts/3").data(t)
	if after["name"] != "Noura New" || after["email"] != before["email"] || after["phone"] != before["phone"] || after["contact_group_id"] != before["contact_group_id"] {
		t.Errorf("%v, before %v", after, before)
	}
	for _, number := range []string{"123456", "123457"} { // she writes to both
		if rows := m.rows(t, "/conversations?phone_number_id="+number+"&searchTerm=Noura%20New"); len(rows) != 1 || rows[0]["name"] != "Noura New" {
			t.Errorf("%s: %v", number, rows)
		}
	}
	if a := m.get(t, conversation(3)).data(t); a["name"] != "Noura New" {
		t.Errorf("%v", a["name"])
	}
	if rows := m.search(t, "نورة القحطاني"); len(rows) != 0 {
		t.Errorf("the old name finds %v", rows)
	}
}

func TestUpdateContact_AnotherPhoneMovesItsConversations(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.form(t, "PATCH", "/contacts/1", "phone=96650000001").is(t, 409, "conflict").names(t, "phone")
	m.form(t, "PATCH", "/contacts/1", "phone=966512300009").is(t, 200, "")
	if row := m.with(t, "966512300009"); row == nil || row["id"] != 1.0 {
		t.Errorf("%v", row)
	}
	if row := m.with(t, "96650000000"); row != nil {
		t.Errorf("%v", row)
	}
	m.text(t, "966512300009", "To the new phone")
	m.text(t, "96650000000", "To the old phone")
	if row := m.with(t, "96650000000"); row == nil || row["id"] == 1.0 {
		t.Errorf("the old phone is free for another: %v", row)
	}
	if len(m.rows(t, "/contacts?searchTerm=96650000000")) != 1 {
		t.Error("the new conversation has no contact")
	}
}

func TestDeleteContact_TakesItsConversationsMessagesStatusesAndTicketsAndNothingComesBack(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	sent := m.text(t, "966500000904", "You will answer")
	contact := m.rows(t, "/contacts?searchTerm=966500000904")[0]
	id := m.with(t, "966500000904")["id"]
	m.ticket(t, id, "openTicket").is(t, 200, "")
	before := m.get(t, listing).value["meta"].(object)
	m.do(t, call{method: "DELETE", target: fmt.Sprintf("/contacts/%v", contact["id"])}).is(t, 200, "")
	m.advance(t, time.Hour) // the answer is not written any more
	if row := m.with(t, "966500000904"); row != nil {
		t.Errorf("%v", row)
	}
	m.get(t, conversation(id)).is(t, 404, "resource_not_found")
	m.get(t, fmt.Sprintf("/contacts/%v", contact["id"])).is(t, 404, "resource_not_found")
	m.ticket(t, id, "closeTicket").is(t, 404, "resource_not_found")
	if row := m.status(t, sent["id"]); row != nil {
		t.Errorf("%v", row)
	}
	if after := m.get(t, listing).value["meta"].(object); after["total"].(float64) != before["total"].(float64)-1 {
		t.Errorf("%v, before %v", after, before)
	}
	m.admin(t, 404, "PATCH", fmt.Sprintf("/messages/%v", sent["id"]), `{"status":"read"}`)
	again := m.text(t, "966500000904", "Hello again")
	if row := m.with(t, "966500000904"); row["id"] == id || again["id"] == sent["id"] {
		t.Errorf("ids are used again: %v, %v", row, again)
	}
	m.do(t, call{method: "DELETE", target: "/contacts/3"}).is(t, 200, "") // of conversations with both numbers
	m.get(t, conversation(3)).is(t, 404, "resource_not_found")
	m.get(t, "/conversations/18?phone_number_id=123457").is(t, 404, "resource_not_found")
}

func TestASendToAnUnknownPhoneMakesAContactAndAKnownOneKeepsItsName(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.sendJSON(t, "text", object{"phone": "966512300010", "body": "Hi", "name": "Layla", "email": "layla@example.com"}).is(t, 200, "")
	if rows := m.rows(t, "/contacts?searchTerm=966512300010"); len(rows) != 1 || rows[0]["name"] != "Layla" || rows[0]["email"] != "layla@example.com" {
		t.Errorf("%v", rows)
	}
	m.text(t, "966512300011", "No name")
	if rows := m.rows(t, "/contacts?searchTerm=966512300011"); len(rows) != 1 || rows[0]["name"] != "966512300011" {
		t.Errorf("%v", rows)
	}
	m.sendJSON(t, "text", object{"phone": "966544720918", "body": "Hi", "name": "Another"}).is(t, 200, "") // Sara Khalid has no conversation yet
	if row := m.with(t, "966544720918"); row["name"] != "Sara Khalid" {
		t.Errorf("%v", row)
	}
}

func TestThirtyTwoCreatesOfOnePhoneMakeOneContact(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	var all sync.WaitGroup
	statuses := make(chan int, 32)
	for range 32 {
		all.Go(func() {
			statuses <- m.form(t, "POST", newContact, "name=A&phone=966512300012").status
		})
	}
	all.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	if count[http.StatusCreated] != 1 || count[http.StatusConflict] != 31 {
		t.Errorf("%v", count)
	}
}

func TestContactsAndConversationsAreTakenToAnotherMockAsEvents(t *testing.T) {
	t.Parallel()
	m, other := start(t, unlimited()), start(t, unlimited())
	m.text(t, "966512300013", "Hi")
	m.text(t, "966500000904", "You will answer")
	m.form(t, "PATCH", "/contacts/2", "name=Fatima+A&phone=966512300014").is(t, 200, "")
	m.do(t, call{method: "DELETE", target: "/contacts/4"}).is(t, 200, "")
	gone := m.rows(t, "/contacts?searchTerm=966500000904")[0]["id"]
	m.do(t, call{method: "DELETE", target: fmt.Sprintf("/contacts/%v", gone)}).is(t, 200, "")
	m.text(t, "966500000904", "You will answer")
	m.advance(t, time.Minute)
	var file bytes.Buffer
	if err := m.Events("", &file); err != nil {
		t.Fatal(err)
	}
	if err := other.PutEvents(&file); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{listing, "/contacts", "/fetch-message-status-app?phone_number_id=123456", "/contact-groups", "/orders?phone_number_id=123456"} {
		if a, b := m.get(t, target), other.get(t, target); string(a.body) != string(b.body) {
			t.Errorf("%s: %s and %s", target, clip(a.body), clip(b.body))
		}
	}
	if len(m.messages(t, m.with(t, "966500000904")["id"])) != 2 {
		t.Error("the second message is not answered")
	}
}

func TestFixturesThatCallOnePhoneByTwoNamesAreRefused(t *testing.T) {
	t.Parallel()
	message := refusal(t, builtInFixtures(t, "- {id: 2, name: Fatima Ali,", "- {id: 2, name: Fatma Ali,"))
	if !strings.HasPrefix(message, "workspaces/your-workspace.yaml:") || !strings.Contains(message, `name is "Fatma Ali", and the conversation 2 with the same phone has "Fatima Ali"`) {
		t.Error(message)
	}
}

func TestConversationCreatedTellsTheContact(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	w := m.Webhooks(t)
	m.text(t, "966512300015", "Hi")
	var made struct {
		ContactID int64 `json:"contact_id"`
	}
	w.Expect(t, "conversation.created", &made)
	if rows := m.rows(t, "/contacts?searchTerm=966512300015"); len(rows) != 1 || rows[0]["id"] != float64(made.ContactID) {
		t.Errorf("%v, made %d", rows, made.ContactID)
	}
}
