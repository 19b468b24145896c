package server_test

import (
	"net/url"
	"strings"
	"testing"
)

func TestAPhoneThatIsNoInternationalNumberIsRefusedAndBeginsNoConversation(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.changesNothing(t, func() {
		for _, phone := range []string{"00966551204417", "0551204417", "0", "+966551204417", "٩٦٦٥٥١٢٠٤٤١٧"} {
			eachSend(t, func(t *testing.T, op operation, r call) {
				a := m.do(t, r.to(phone)).is(t, 400, "invalid_phone_number").names(t, "phone")
				if message, _ := a.value["message"].(string); !strings.Contains(message, "or zeros before it") {
					t.Errorf("%s: %s", op.id, message)
				}
			})
		}
	})
}

func TestAnInvisibleCharacterIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for phone, want := range map[string]string{
		"\u200e966500000781": "U+200E, a mark of the text's direction, at place 1", "9665000\u200b00781": "U+200B, a space without width, at place 8",
		"966500000781\u202c": "U+202C, which begins or ends a text's direction, at place 13", "966\u00a0500000781": "U+00A0, a no-break space, at place 4",
		"966500000781\n": "U+000A, at place 13",
	} {
		a := m.sendJSON(t, "text", object{"phone": phone, "body": "Hello"}).is(t, 400, "invalid_phone_number")
		if text := a.detail("phone"); !strings.Contains(text, "an invisible character, "+want) {
			t.Errorf("%+q: %s", phone, text)
		}
	}
	for target, field := range map[string]string{
		"/conversations/" + url.PathEscape("1\u200e") + "?phone_number_id=123456":         "id",
		"/templates/" + url.PathEscape("\ufeff1"):                                         "id",
		"/conversations?phone_number_id=123456&status=" + url.QueryEscape("unread\u200f"): "status",
		"/templates?page=" + url.QueryEscape("1\u00a0"):                                   "page",
	} {
		if text := m.get(t, target).is(t, 400, "validation_failed").detail(field); !strings.Contains(text, "an invisible character, U+") {
			t.Errorf("%s: %s", target, text)
		}
	}
	id := "?phone_number_id=" + url.QueryEscape("\u202a123456")
	for _, r := range []call{
		{target: "/conversations" + id},
		{target: "/conversations/1" + id},
		{target: "/fetch-message-status-app" + id},
		{method: "POST", target: "/w/message/text" + id, body: `{"phone":"966500000781","body":"Hello"}`},
		{method: "POST", target: "/wechat/chat/events/1" + id, body: `{"route":"openTicket"}`},
	} {
		a := m.do(t, r).is(t, 404, "resource_not_found")
		if text, _ := a.value["message"].(string); !strings.Contains(text, "U+202A") || !strings.Contains(text, "at place 1") {
			t.Errorf("%s: %s", r.target, text)
		}
	}
}
