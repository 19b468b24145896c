package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestWhatIsSentStandsInItsConversationUnharmed(t *testing.T) {
	t.Parallel()
	m := start(t)
	long := strings.Repeat("م", 4095) + "👋"
	harsh := " \t<b>\"quoted\"</b> & \\ {{1}} %s\u2028\u200f\x7f سطر\r\nآخر 👩‍👩‍👧 "
	for i, c := range []struct {
		kind, content string
		send          func(phone string) *answer
	}{
		{"text", long, func(p string) *answer {
			return m.sendJSON(t, "text", object{"phone": p, "body": long, "preview_url": true})
		}},
		{"text", harsh, func(p string) *answer { return m.sendJSON(t, "text", object{"phone": p, "body": harsh}) }},
		{"button", "Choose", func(p string) *answer {
			return m.sendJSON(t, "button", object{"phone": p, "body_text": "Choose", "buttons": []any{object{"id": "1", "title": "Yes"}}})
		}},
		{"list", "Pick one", func(p string) *answer {
			return m.sendJSON(t, "list", object{"phone": p, "body_text": "Pick one", "button_text": "Open", "sections": []any{
				object{"title": "A", "rows": []any{object{"id": "1", "title": "One"}}},
			}})
		}},
		{"location", "24.7136,-46.6753", func(p string) *answer {
			return m.sendJSON(t, "location", object{"phone": p, "location": object{"latitude": 24.7136, "longitude": -46.6753, "name": "Office", "address": "King Fahd Road"}})
		}},
		{"template", "Hello Sara, welcome to Awal Store. How can we help you today?", func(p string) *answer {
			return m.sendForm(t, "template", field("phone", p), field("template_id", "1"), field("header_type", "TEXT"), field("body_params", `["Sara"]`))
		}},
		{"template", "Summer is here! Use the code S25 before {{valid_until}} and save 25%.", func(p string) *answer {
			return m.sendForm(t, "template", field("phone", p), field("template_id", "4"), field("header_type", "IMAGE"), file("header_media", png),
				field("body_params", `[{"name":"offer_code","value":"S25"}]`))
		}},
	} {
		phone := fmt.Sprint("9665550010", 10+i)
		sent := c.send(phone).is(t, 200, "").sent()
		message, row := m.newest(t, phone)
		if message["content"] != c.content || message["type"] != c.kind || message["direction"] != "outbound" || message["id"] != sent["id"] {
			t.Errorf("%s: %v", c.kind, message)
		}
		if row["last_message"] != c.content || row["last_message_type"] != c.kind {
			t.Errorf("%s: the conversation is %v", c.kind, row)
		}
	}
}

func TestAFileShowsItsCaptionElseItsLinkOrFileName(t *testing.T) {
	t.Parallel()
	m := start(t)
	link := "https://example.com/a.png"
	named := part{name: "file", fileName: "offer.pdf", contentType: "application/pdf", value: pdf}
	for i, c := range []struct {
		kind, content string
		send          func(phone string) *answer
	}{
		{"image", link, func(p string) *answer {
			return m.sendJSON(t, "media", object{"phone": p, "type": "image", "link": link})
		}},
		{"video", "C", func(p string) *answer {
			return m.sendJSON(t, "media", object{"phone": p, "type": "video", "link": link, "caption": "C"})
		}},
		{"document", "offer.pdf", func(p string) *answer {
			return m.sendForm(t, "media", field("phone", p), field("type", "document"), named)
		}},
		{"document", "Our offer.pdf", func(p string) *answer {
			return m.sendForm(t, "media", field("phone", p), field("type", "document"), named, field("file_name", "Our offer.pdf"))
		}},
		{"document", "the offer", func(p string) *answer {
			return m.sendForm(t, "media", field("phone", p), field("type", "document"), named, field("file_name", "Our offer.pdf"), field("caption", "the offer"))
		}},
	} {
		phone := fmt.Sprint("9665550020", 10+i)
		c.send(phone).is(t, 200, "")
		if message, _ := m.newest(t, phone); message["content"] != c.content || message["type"] != c.kind {
			t.Errorf("%d: %v, want %s %s", i, message, c.kind, c.content)
		}
	}
}

func TestEverySendIsAnsweredWithIDMessageIDStatusAndTimestamp(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachSend(t, func(t *testing.T, _ operation, r call) {
		a := m.do(t, r).is(t, 200, "")
		if keys := slices.Sorted(maps.Keys(a.value)); fmt.Sprint(keys) != "[message status]" || a.value["status"] != true {
			t.Errorf("%s", a.body)
		}
		sent := a.sent()
		if keys := slices.Sorted(maps.Keys(sent)); fmt.Sprint(keys) != "[id messageId status timestamp]" {
			t.Errorf("%v", keys)
		}
		wamid, _ := sent["messageId"].(string)
		if sent["status"] != "sent" || sent["timestamp"] != float64(sendClock.Unix()) || !strings.HasPrefix(wamid, "wamid.") || len(wamid) < 20 {
			t.Errorf("%v", sent)
		}
	})
	seen := map[any]bool{}
	for range 3 {
		sent := m.text(t, "966555003000", "x")
		if seen[sent["id"]] || seen[sent["messageId"]] {
			t.Errorf("%v has an id that was given before", sent)
		}
		seen[sent["id"]], seen[sent["messageId"]] = true, true
	}
}

func TestAnUnknownRecipientBeginsAConversationAssignedToTheClientNamedByNameOrElseByPhone(t *testing.T) {
	t.Parallel()
	m := start(t)
	before := len(m.rows(t, listing))
	m.sendJSON(t, "text", object{"phone": "966555004001", "body": "x", "name": "Sara Khalid", "email": "sara@example.com"}).is(t, 200, "")
	m.sendJSON(t, "text", object{"phone": "966555004002", "body": "x"}).is(t, 200, "")
	m.sendJSON(t, "text", object{"phone": "966555004003", "body": "x", "name": ""}).is(t, 200, "")
	for phone, name := range map[string]string{"966555004001": "Sara Khalid", "966555004002": "966555004002", "966555004003": "966555004003"} {
		row := m.with(t, phone)
		if row["name"] != name || row["status"] != "my" || row["unread_count"] != 0.0 || row["created_at"] != "2024-01-20T12:00:00Z" {
			t.Errorf("%v, want %s", row, name)
		}
	}
	if rows := m.rows(t, listing); len(rows) != before+3 || rows[0]["phone"] != "966555004003" {
		t.Errorf("%d conversations, first %v", len(rows), rows[0])
	}
	// Every kind of message begins a conversation, each number has its own.
	eachSend(t, func(t *testing.T, op operation, r call) {
		phone := fmt.Sprint("96655500", 5000+len(op.id))
		m.do(t, r.to(phone)).is(t, 200, "")
		if row := m.with(t, phone); row["status"] != "my" || row["name"] != phone {
			t.Errorf("%v", row)
		}
	})
	m.do(t, call{method: "POST", target: "/w/message/text?phone_number_id=123457", body: `{"phone":"966555004001","body":"x"}`}).is(t, 200, "")
	if rows := m.rows(t, "/conversations?phone_number_id=123457&searchTerm=966555004001"); len(rows) != 1 || rows[0]["name"] != "Sara Khalid" {
		t.Errorf("%v", rows)
	}
}

func TestTheNameOfASendIsUsedOnlyWhenTheContactIsNew(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.sendJSON(t, "text", object{"phone": "96650000000", "body": "x", "name": "Somebody Else"}).is(t, 200, "")
	if row := m.with(t, "96650000000"); row["name"] != "Ahmed Mohammed" {
		t.Errorf("%v", row)
	}
}

func TestSendingMarksTheConversationReadAndReadingDoesNot(t *testing.T) {
	t.Parallel()
	m := start(t)
	if _, row := m.newest(t, "96650000000"); row["unread_count"] != 3.0 {
		t.Fatalf("after reading: %v", row)
	}
	m.text(t, "96650000000", "On its way")
	_, row := m.newest(t, "96650000000")
	if row["unread_count"] != 0.0 || row["last_message"] != "On its way" || row["status"] != "unassigned" {
		t.Errorf("after sending: %v", row)
	}
	for _, message := range m.messages(t, row["id"]) {
		if message["direction"] == "inbound" && message["status"] != "read" {
			t.Errorf("after sending: %v", message)
		}
	}
}

func TestSendingOpensAClosedConversationAgain(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.admin(t, 200, "PATCH", "/conversations/2", `{"closed":true}`)
	if row := m.with(t, "96650000001"); row["status"] != "closed" {
		t.Fatal(row)
	}
	m.text(t, "96650000001", "One more thing")
	if row := m.with(t, "96650000001"); row["status"] != "opened" {
		t.Errorf("%v", row)
	}
}

func TestReplyToIsAnIDOrAWamidOfThatConversationElse400(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	mine, theirs := m.text(t, "96650000000", "x"), m.text(t, "96650000001", "x")
	reply := func(phone string, to any) *answer {
		return m.sendJSON(t, "text", object{"phone": phone, "body": "x", "reply_to": to})
	}
	for _, to := range []any{"1", fmt.Sprint(mine["id"]), mine["messageId"]} {
		reply("96650000000", to).is(t, 200, "")
	}
	m.changesNothing(t, func() {
		for _, to := range []any{
			fmt.Sprint(theirs["id"]), theirs["messageId"], "999999", "wamid.nothing", "", " 1", "01", "1.0", "+1", 1, true, nil, []any{"1"}, object{"id": "1"},
		} {
			reply("96650000000", to).is(t, 400, "validation_failed").names(t, "reply_to")
		}
		reply("96650000001", "1").is(t, 400, "validation_failed").names(t, "reply_to")
		reply("966555006001", "1").is(t, 400, "validation_failed").names(t, "reply_to") // there is no conversation yet
	})
}

func TestASendToANumberThatIsNotThereIs404(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachSend(t, func(t *testing.T, _ operation, r call) {
		for _, number := range []string{"654321", "1", "966110000001"} {
			foreign := r
			foreign.target = strings.Replace(r.target, "123456", number, 1)
			m.do(t, foreign).is(t, 404, "resource_not_found")
		}
	})
}

func TestAPropertyThatASendDoesNotHaveIsIgnoredThoughAnotherSendHasIt(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	place := object{"latitude": 1, "longitude": 2, "name": "N", "address": "A"}
	for _, reply := range []string{"999999", ""} {
		a := m.sendJSON(t, "location", object{"phone": "966555013001", "location": place, "name": "Nobody", "reply_to": reply}).is(t, 200, "")
		if warnings := strings.Join(a.header.Values("X-Mock-Warning"), "\n"); !strings.Contains(warnings, "reply_to") || !strings.Contains(warnings, `"name"`) {
			t.Errorf("warnings are %q", warnings)
		}
	}
	m.sendForm(t, "template", field("phone", "966555013001"), field("template_id", "1"), field("header_type", "TEXT"), field("name", "Nobody"), field("reply_to", "999999")).is(t, 200, "")
	if row := m.with(t, "966555013001"); row["name"] != "966555013001" {
		t.Errorf("%v", row)
	}
}
