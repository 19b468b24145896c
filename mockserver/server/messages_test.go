package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func conversation(id any) string { return fmt.Sprintf("/conversations/%v?phone_number_id=123456", id) }

// messages are the messages of a conversation.
func (m *mock) messages(t *testing.T, id any) []map[string]any {
	t.Helper()
	a := m.get(t, conversation(id)).is(t, 200, "")
	all := []map[string]any{}
	for _, message := range a.value["data"].(map[string]any)["messages"].([]any) {
		all = append(all, message.(map[string]any))
	}
	return all
}

func TestAConversationHasAllItsMessagesOldestFirstAndCountsThem(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	seen := map[float64]bool{}
	for _, row := range m.rows(t, listing) {
		a := m.get(t, conversation(row["id"])).is(t, 200, "")
		data := a.value["data"].(map[string]any)
		messages := data["messages"].([]any)
		if data["meta"].(map[string]any)["total_messages"] != float64(len(messages)) {
			t.Errorf("%v for %d messages", data["meta"], len(messages))
		}
		for _, key := range []string{"id", "phone", "name", "status"} {
			if data[key] != row[key] {
				t.Errorf("%s is %v in the list and %v by its id", key, row[key], data[key])
			}
		}
		var last map[string]any
		for i, value := range messages {
			message := value.(map[string]any)
			if id := message["id"].(float64); seen[id] {
				t.Errorf("message %v appears twice", id)
			}
			seen[message["id"].(float64)] = true
			if i > 0 && instant(t, message["date"]).Before(instant(t, last["date"])) {
				t.Errorf("%v is behind %v", message, last)
			}
			last = message
		}
		if last != nil && (row["last_message"] != last["content"] || row["last_message_type"] != last["type"]) {
			t.Errorf("the newest message is %v, the row says %v %v", last, row["last_message_type"], row["last_message"])
		}
		if last != nil && instant(t, row["updated_at"]).Before(instant(t, last["date"])) {
			t.Errorf("updated_at %v is before the newest message %v", row["updated_at"], last["date"])
		}
	}
}

func TestAnIDIsACanonicalDecimalIntegerOf64BitsElse400(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, id := range []string{
		"1.5", "1e0", "+1", "%2B1", "01", "abc", "-01", "-0", "1x", "%20", "1%20", "%201", "0x1", "1_0", "١", "%D9%A1", "1%00", "9223372036854775808",
		"-9223372036854775809", "99999999999999999999999", "1,2", "null", "1%2F2", "1;2", "%ff",
	} {
		m.get(t, conversation(id)).is(t, 400, "validation_failed").names(t, "id")
	}
	want := m.get(t, conversation(1)).is(t, 200, "")
	for _, id := range []string{"%31", "1"} {
		if a := m.get(t, conversation(id)).is(t, 200, ""); string(a.body) != string(want.body) {
			t.Errorf("%s is another conversation", id)
		}
	}
}

func TestAnUnknownConversationIsTheSame404AsAForeignOne(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	foreign := m.rows(t, "/conversations?phone_number_id=123457")
	bodies := []string{}
	for _, id := range []any{0, -1, 999999, "9223372036854775807", "-9223372036854775808", foreign[0]["id"], "%39%39%39%39%39%39"} {
		bodies = append(bodies, m.get(t, conversation(id)).is(t, 404, "resource_not_found").sameButID())
	}
	if len(slices.Compact(bodies)) != 1 {
		t.Errorf("%q", bodies)
	}
	// A conversation of another workspace with the same id is not what is shown.
	other := m.Workspaces()[1]
	a := m.do(t, call{
		target: "/conversations/1?phone_number_id=654321", secret: other.Secret,
		auth: map[string]string{"X-Domain": other.Domain, "X-Client-ID": other.ClientID},
	}).is(t, 200, "")
	if string(a.body) == string(m.get(t, conversation(1)).body) {
		t.Error("two workspaces show one conversation")
	}
}

func TestReadingMarksNothingRead(t *testing.T) {
	t.Parallel()
	m := start(t)
	before, one := m.get(t, listing), m.get(t, conversation(1))
	if again := m.get(t, conversation(1)); string(again.body) != string(one.body) {
		t.Error("a conversation changed by being read")
	}
	if after := m.get(t, listing); string(after.body) != string(before.body) {
		t.Error("the list changed by a conversation being read")
	}
}

func TestAnInboundMessageIsReadOrDelivered(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, row := range m.rows(t, listing) {
		unread := 0.0
		for _, message := range m.messages(t, row["id"]) {
			if message["direction"] != "inbound" {
				continue
			}
			switch message["status"] {
			case "read":
			case "delivered":
				unread++
			default:
				t.Errorf("%v", message)
			}
		}
		if unread != row["unread_count"] {
			t.Errorf("conversation %v: %v inbound messages are not read, unread_count is %v", row["id"], unread, row["unread_count"])
		}
	}
}

func TestTheContentOfAnotherMessageThanATextStandsForIt(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	contents := map[string][]string{}
	for _, row := range m.rows(t, listing) {
		for _, message := range m.messages(t, row["id"]) {
			kind, text := message["type"].(string), message["content"].(string)
			contents[kind] = append(contents[kind], text)
			if text == "" {
				t.Errorf("no content: %v", message)
			}
			if kind == "template" && strings.Contains(text, "{{") {
				t.Errorf("a template is not filled in: %v", message)
			}
			var latitude, longitude float64
			if kind == "location" {
				if _, err := fmt.Sscanf(text, "%f,%f", &latitude, &longitude); err != nil {
					t.Errorf("a location is no coordinates: %v", message)
				}
			}
		}
	}
	for kind, want := range map[string]string{
		"image": "Gift box in navy", "audio": "رسالة-صوتية-0412.ogg", "sticker": "yes-please.webp",
		"template": "Summer is here! Use the code SUMMER25 before 30 June and save 25%.",
	} {
		if !slices.Contains(contents[kind], want) {
			t.Errorf("no %s shows %q: %q", kind, want, contents[kind])
		}
	}
}

func TestMessageStatusHasOneRowPerOutboundMessageOfTheNumberByID(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, number := range []string{"123456", "123457"} {
		want := map[float64]any{}
		for _, row := range m.rows(t, "/conversations?phone_number_id="+number) {
			a := m.get(t, fmt.Sprintf("/conversations/%v?phone_number_id=%s", row["id"], number)).is(t, 200, "")
			for _, value := range a.value["data"].(map[string]any)["messages"].([]any) {
				if message := value.(map[string]any); message["direction"] == "outbound" {
					want[message["id"].(float64)] = message["status"]
				}
			}
		}
		last := -1.0
		rows := m.rows(t, "/fetch-message-status-app?phone_number_id="+number)
		for _, row := range rows {
			id := row["message_id"].(float64)
			if id <= last || want[id] != row["status"] {
				t.Errorf("after %v: %v, the message has %v", last, row, want[id])
			}
			last = id
		}
		if len(rows) != len(want) || len(rows) == 0 {
			t.Errorf("%d rows for %d outbound messages", len(rows), len(want))
		}
	}
}

func TestAStatusRowSaysWhenItsStatusWasReached(t *testing.T) {
	t.Parallel()
	m := start(t)
	sent := m.do(t, call{method: "POST", target: sendText, body: `{"phone":"96650000000","body":"x"}`}).is(t, 200, "")
	id := sent.value["message"].(map[string]any)["id"]
	for _, step := range []struct {
		advance time.Duration
		status  string
		reached time.Duration
	}{{0, "sent", 0}, {time.Second, "delivered", time.Second}, {time.Second, "delivered", time.Second}, {time.Second, "read", 3 * time.Second}, {time.Hour, "read", 3 * time.Second}} {
		if err := m.Advance(step.advance); err != nil && step.advance > 0 {
			t.Fatal(err)
		}
		rows := m.rows(t, "/fetch-message-status-app?phone_number_id=123456")
		i := slices.IndexFunc(rows, func(row map[string]any) bool { return row["message_id"] == id })
		if i < 0 || rows[i]["status"] != step.status || !instant(t, rows[i]["timestamp"]).Equal(sendClock.Add(step.reached)) {
			t.Fatalf("%v: row %d of %v", step, i, rows)
		}
	}
}
