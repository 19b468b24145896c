package control_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// thread is the messages of a conversation of 123456.
func thread(t *testing.T, m *mocktest.Mock, conversation string) []object {
	t.Helper()
	answer := signed(t, m, 200, "GET", "/conversations/"+conversation+"?phone_number_id=123456", "")
	var all []object
	for i := range length(t, answer, "data", "messages") {
		all = append(all, at(t, answer, "data", "messages", i).(object))
	}
	return all
}

func TestACreatedConversationHasWhatTheBodySays(t *testing.T) {
	t.Parallel()
	m := start(t)
	full := admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000011","name":"Sara","phone_number_id":"123457","assignee":"your-client-id","bot":true,"closed":true}`)
	want := object{
		"phone": "966555000011", "name": "Sara", "phone_number_id": "123457", "assignee": "your-client-id", "bot": true, "closed": true, "status": "closed",
		"unread_count": number("0"), "messages": number("0"), "created_at": "2024-01-20T12:00:00Z", "updated_at": "2024-01-20T12:00:00Z",
	}
	for name, value := range want {
		expect(t, full, value, name)
	}
	row := at(t, signed(t, m, 200, "GET", "/conversations?phone_number_id=123457&searchTerm=966555000011", ""), "data", 0)
	for _, name := range []string{"id", "phone", "name", "status", "unread_count", "created_at", "updated_at"} {
		expect(t, row, full[name], name)
	}
	least := admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000012"}`)
	for name, value := range (object{"name": "966555000012", "phone_number_id": "123456", "assignee": "", "bot": false, "closed": false, "status": "unassigned"}) {
		expect(t, least, value, name)
	}
	expect(t, conversationWith(t, m, "966555000012"), "966555000012", "name")
}

func TestAConversationWithoutMessagesExpiresADayAfterItsCreation(t *testing.T) {
	t.Parallel()
	m := start(t)
	admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000013"}`)
	tick(t, m, 200, `{"set":"2024-01-21T11:59:59Z"}`)
	expect(t, conversationWith(t, m, "966555000013"), "unassigned", "status")
	tick(t, m, 200, `{"advance":"1s"}`)
	expect(t, conversationWith(t, m, "966555000013"), "expired", "status")
}

func TestAChangeLeavesWhatItDoesNotNameAndMovesUpdatedAt(t *testing.T) {
	t.Parallel()
	m := start(t)
	before := admin(t, m, 200, "PATCH", "/conversations/2", `{"closed":false}`)
	tick(t, m, 200, `{"advance":"1m"}`)
	for _, c := range []struct {
		body, name string
		value      any
	}{{`{"assignee":"Omar"}`, "assignee", "Omar"}, {`{"bot":true}`, "bot", true}, {`{"closed":true}`, "closed", true}, {`{"unread_count":1}`, "unread_count", number("1")}} {
		after := admin(t, m, 200, "PATCH", "/conversations/2", c.body)
		expect(t, after, c.value, c.name)
		expect(t, after, "2024-01-20T12:01:00Z", "updated_at")
		for name, value := range before {
			if name != c.name && name != "status" && name != "updated_at" && after[name] != value {
				t.Errorf("%s changes %s from %v to %v", c.body, name, value, after[name])
			}
		}
		before = after
	}
}

func TestTheNewestInboundMessagesBecomeUnreadAndTheOthersRead(t *testing.T) {
	t.Parallel()
	m := start(t)
	// Conversation 1 has four messages from its customer, the newest three of them unread.
	for n := range 5 {
		admin(t, m, 200, "PATCH", "/conversations/1", fmt.Sprintf(`{"unread_count":%d}`, n))
		expect(t, conversationWith(t, m, "96650000000"), number(fmt.Sprint(n)), "unread_count")
		inbound, messages := 0, thread(t, m, "1")
		for i := range messages {
			message := messages[len(messages)-1-i] // the newest first
			if message["direction"] != "inbound" {
				continue
			}
			want := "read"
			if inbound < n {
				want = "delivered"
			}
			inbound++
			expect(t, message, want, "status")
		}
		if inbound != 4 {
			t.Fatalf("%d messages are from the customer", inbound)
		}
	}
	answer := admin(t, m, 400, "PATCH", "/conversations/1", `{"unread_count":5}`)
	if text, _ := at(t, answer, "details", "unread_count").(string); !strings.Contains(text, "4") {
		t.Errorf("it does not say how many there are: %v", answer)
	}
	expect(t, conversationWith(t, m, "96650000000"), number("4"), "unread_count")
}

func TestAMessageFromTheCustomerIsOfAnyTypeAndText(t *testing.T) {
	t.Parallel()
	m := start(t)
	for i, kind := range []string{"", "text", "image", "video", "audio", "document", "sticker", "location", "template", "button", "list"} {
		body := fmt.Sprintf(`{"content":"سؤال %d 👋"}`, i)
		if kind != "" {
			body = fmt.Sprintf(`{"content":"سؤال %d 👋","type":%q}`, i, kind)
		} else {
			kind = "text"
		}
		answer := admin(t, m, 201, "POST", "/conversations/2/messages", body)
		messages := thread(t, m, "2")
		newest := messages[len(messages)-1]
		for name, value := range (object{"id": answer["id"], "type": kind, "content": fmt.Sprintf("سؤال %d 👋", i), "direction": "inbound", "status": "delivered", "date": "2024-01-20T12:00:00Z"}) {
			expect(t, newest, value, name)
			expect(t, answer, value, name)
		}
		expect(t, answer, number("2"), "conversation_id")
		expect(t, conversationWith(t, m, "96650000001"), number(fmt.Sprint(i+1)), "unread_count")
	}
}

// statusOf is a message's row in Get Message Status.
func statusOf(t *testing.T, m *mocktest.Mock, message string) (status, reached any) {
	t.Helper()
	rows := signed(t, m, 200, "GET", "/fetch-message-status-app?phone_number_id=123456", "")
	for i := range length(t, rows, "data") {
		if row := at(t, rows, "data", i); at(t, row, "message_id") == number(message) {
			return at(t, row, "status"), at(t, row, "timestamp")
		}
	}
	t.Fatalf("message %s has no status", message)
	return nil, nil
}

func TestAForcedStatusIsReachedNow(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, want := range []string{"delivered", "read", "failed"} {
		message := send(t, m, "966500000902") // stays sent by itself
		tick(t, m, 200, `{"advance":"1m"}`)
		now := at(t, admin(t, m, 200, "GET", "/clock", ""), "now")
		if status, _ := statusOf(t, m, message); status != "sent" { // what was read once must not be kept
			t.Errorf("it is %v", status)
		}
		answer := admin(t, m, 200, "PATCH", "/messages/"+message, `{"status":"`+want+`"}`)
		expect(t, answer, number(message), "id")
		if status, reached := statusOf(t, m, message); status != want || reached != now {
			t.Errorf("%v at %v, want %s at %v", status, reached, want, now)
		}
		tick(t, m, 200, `{"advance":"1h"}`)
		if status, reached := statusOf(t, m, message); status != want || reached != now {
			t.Errorf("an hour later: %v at %v, want %s at %v", status, reached, want, now)
		}
	}
}

func TestAForcedStatusAndTheClockTogetherNeverGoBackward(t *testing.T) {
	t.Parallel()
	m := start(t)
	rank := map[any]int{"sent": 0, "delivered": 1, "read": 2, "failed": 3}
	for _, force := range []string{"delivered", "read", "failed"} {
		for _, phone := range []string{"96650000001", "966500000901", "966500000902", "966500000903"} {
			message := send(t, m, phone)
			admin(t, m, 200, "PATCH", "/messages/"+message, `{"status":"`+force+`"}`)
			last, _ := statusOf(t, m, message)
			if last != force {
				t.Errorf("%s is %v", force, last)
			}
			for range 4 {
				tick(t, m, 200, `{"advance":"1s"}`)
				next, _ := statusOf(t, m, message)
				ended := last == "read" || last == "failed" || last == "delivered" && next == "failed" // what has arrived does not fail
				if rank[next] < rank[last] || ended && next != last {
					t.Errorf("%s, forced to %s: %v becomes %v", phone, force, last, next)
				}
				last = next
			}
		}
	}
}

func TestAStatusForcedBackwardIs409AndTellsWhy(t *testing.T) {
	t.Parallel()
	m := start(t)
	message := send(t, m, "96650000001")
	if err := m.Advance(3 * time.Second); err != nil {
		t.Fatal(err)
	}
	for _, back := range []string{"delivered", "failed"} {
		answer := admin(t, m, 409, "PATCH", "/messages/"+message, `{"status":"`+back+`"}`)
		expect(t, answer, "conflict", "error")
		if text, _ := answer["message"].(string); !strings.Contains(text, "read") {
			t.Errorf("%v", answer)
		}
		if status, _ := statusOf(t, m, message); status != "read" {
			t.Errorf("it is %v", status)
		}
	}
	admin(t, m, 400, "PATCH", "/messages/"+message, `{"status":"sent"}`)
}

func TestNullIsNoneInAChangeOfAConversation(t *testing.T) {
	t.Parallel()
	m := start(t)
	for field, from := range map[string]string{"assignee": `"somebody"`, "bot": "true", "closed": "true", "unread_count": "1"} {
		zero := map[string]any{"assignee": "", "bot": false, "closed": false, "unread_count": number("0")}[field]
		admin(t, m, 200, "PATCH", "/conversations/1", `{"`+field+`":`+from+`}`)
		expect(t, admin(t, m, 200, "PATCH", "/conversations/1", `{"`+field+`":null}`), zero, field)
	}
	created := admin(t, m, 201, "POST", "/conversations", `{"phone":"966700000001","name":null,"assignee":null}`)
	for field, want := range map[string]any{"name": "966700000001", "assignee": ""} {
		expect(t, created, want, field)
	}
	admin(t, m, 400, "PATCH", "/messages/1", `{"status":null}`)
}

func TestAPhoneThatBeginsWithZeroBeginsNoConversation(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, phone := range []string{"00966551204417", "0551204417", "0"} {
		admin(t, m, 400, "POST", "/conversations", `{"phone":"`+phone+`"}`)
	}
}
