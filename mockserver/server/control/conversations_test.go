package control_test

import (
	"strconv"
	"testing"
	"time"
)

func TestACreatedConversationIsInTheInbox(t *testing.T) {
	t.Parallel()
	m := start(t)
	answer := admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000001","name":"Sara","assignee":"somebody"}`)
	expect(t, answer, "opened", "status")
	expect(t, answer, "123456", "phone_number_id")
	expect(t, answer, "2024-01-20T12:00:00Z", "created_at")
	row := conversationWith(t, m, "966555000001")
	expect(t, row, answer["id"], "id")
	expect(t, row, "Sara", "name")
	expect(t, row, "opened", "status")
	expect(t, admin(t, m, 409, "POST", "/conversations", `{"phone":"966555000001"}`), "conflict", "error")
	expect(t, admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000001","phone_number_id":"123457"}`), "unassigned", "status")
}

func TestAssigneeBotAndClosedDecideTheStatus(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := id(t, admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000001"}`))
	for _, c := range [][2]string{
		{`{"assignee":"your-client-id"}`, "my"},
		{`{"assignee":"somebody else"}`, "opened"},
		{`{"assignee":""}`, "unassigned"},
		{`{"bot":true}`, "bot"},
		{`{"closed":true}`, "closed"},
		{`{"closed":false,"bot":false}`, "unassigned"},
	} {
		expect(t, admin(t, m, 200, "PATCH", "/conversations/"+id, c[0]), c[1], "status")
		expect(t, conversationWith(t, m, "966555000001"), c[1], "status")
	}
}

func TestMoreUnreadThanThereAreIsRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := id(t, admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000001"}`))
	for range 3 {
		admin(t, m, 201, "POST", "/conversations/"+id+"/messages", `{"content":"Hello?"}`)
	}
	for body, want := range map[string]string{`{"unread_count":0}`: "unassigned", `{"unread_count":3}`: "unread", `{"unread_count":2}`: "unread"} {
		expect(t, admin(t, m, 200, "PATCH", "/conversations/"+id, body), want, "status")
	}
	answer := admin(t, m, 400, "PATCH", "/conversations/"+id, `{"unread_count":4}`)
	if text, _ := at(t, answer, "details", "unread_count").(string); text == "" {
		t.Fatal(answer)
	}
	before := conversationWith(t, m, "966555000001")["unread_count"]
	admin(t, m, 400, "PATCH", "/conversations/"+id, `{"unread_count":4,"closed":true}`)
	expect(t, conversationWith(t, m, "966555000001"), before, "unread_count")
}

func TestAMessageFromTheCustomerIsUnreadAndOpensTheConversationAgain(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := id(t, conversationWith(t, m, "96650000001"))
	admin(t, m, 200, "PATCH", "/conversations/"+id, `{"closed":true}`)
	answer := admin(t, m, 201, "POST", "/conversations/"+id+"/messages", `{"content":"Are you there?"}`)
	expect(t, answer, "inbound", "direction")
	expect(t, answer, "text", "type")
	row := conversationWith(t, m, "96650000001")
	expect(t, row, "unread", "status")
	expect(t, row, number("1"), "unread_count")
	expect(t, row, "Are you there?", "last_message")
	admin(t, m, 201, "POST", "/conversations/"+id+"/messages", `{"content":"24.69,46.68","type":"location"}`)
	expect(t, conversationWith(t, m, "96650000001"), "location", "last_message_type")
}

func TestAForcedStatusNeverGoesBackward(t *testing.T) {
	t.Parallel()
	m := start(t)
	id := send(t, m, "966500000902") // stays sent
	for _, c := range []struct {
		to     string
		status int
	}{{"delivered", 200}, {"failed", 409}, {"read", 200}, {"read", 200}, {"delivered", 409}, {"failed", 409}} {
		answer := admin(t, m, c.status, "PATCH", "/messages/"+id, `{"status":"`+c.to+`"}`)
		if c.status == 200 {
			expect(t, answer, c.to, "status")
		} else {
			expect(t, answer, "conflict", "error")
		}
	}
	failed := send(t, m, "966500000902")
	admin(t, m, 200, "PATCH", "/messages/"+failed, `{"status":"failed"}`)
	admin(t, m, 409, "PATCH", "/messages/"+failed, `{"status":"read"}`)
}

func TestAMessageFromTheCustomerHasNoStatusToForce(t *testing.T) {
	t.Parallel()
	m := start(t)
	id, err := m.Receive(1, "Hello")
	if err != nil {
		t.Fatal(err)
	}
	admin(t, m, 409, "PATCH", "/messages/"+strconv.FormatInt(id, 10), `{"status":"read"}`)
}

// The story of the sandbox: everything that a day brings, in a moment.
func TestWhatBecomesDueHappensInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	m := start(t)
	send(t, m, "966500000904") // answers after three seconds
	status := func() any {
		rows := signed(t, m, 200, "GET", "/fetch-message-status-app?phone_number_id=123456", "")
		return at(t, rows, "data", length(t, rows, "data")-1, "status")
	}
	for _, want := range []string{"sent", "delivered", "delivered", "read"} {
		if got := status(); got != want {
			t.Fatalf("the message is %v, want %s", got, want)
		}
		if err := m.Advance(time.Second); err != nil {
			t.Fatal(err)
		}
	}
	row := conversationWith(t, m, "966500000904")
	expect(t, row, "unread", "status")
	expect(t, row, "2024-01-20T12:00:03Z", "updated_at")
	if err := m.Advance(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	expect(t, conversationWith(t, m, "966500000904"), "expired", "status")
}
