package server_test

import (
	"strings"
	"testing"
)

const listOK = "        '200':\n          description: The conversations that match.\n"

func TestAnEditOfAnOperationThatTheMockCannotFollowIsRefusedWithOperationAndLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to string
		words    []string
	}{
		"no success":                {listOK, strings.Replace(listOK, "200", "302", 1), []string{"listConversations", "success"}},
		"a narrower response enum":  {"enum: [CONNECTED, DISCONNECTED]", "enum: [DISCONNECTED]", []string{"listWabaNumbers", "status"}},
		"a status that comes later": {"enum: [sent, delivered, read, failed]", "enum: [sent, delivered, read]", []string{"status must be one of sent, delivered, read"}},
		"a renamed parameter":       {"      name: phone_number_id\n", "      name: number\n", []string{"phone_number_id is missing"}},
		"a renamed filter":          {"      name: status\n      in: query\n", "      name: state\n      in: query\n", []string{"listConversations", "state", "status"}},
		"an unknown action":         {"enum: [openTicket, closeTicket]", "enum: [openTicket, closeTicket, mergeTicket]", []string{"updateTicket", "mergeTicket"}},
		"a renamed error property":  {"      required: [error, message, request_id]\n", "      required: [code, message, request_id]\n", []string{"code"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message := refusal(t, edited(t, c.from, c.to))
			if !hasLine.MatchString(message) {
				t.Errorf("no line: %s", message)
			}
			for _, word := range c.words {
				if !strings.Contains(message, word) {
					t.Errorf("no %q in %s", word, message)
				}
			}
		})
	}
}

func TestASuccessThatIsRenamedIsAnsweredWith(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"'201'": 201, "2XX": 200, "default": 200} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t, edited(t, listOK, strings.Replace(listOK, "'200'", name, 1)))
			m.get(t, listing).is(t, status, "")
		})
	}
}

func TestAParameterThatIsMovedToAHeaderIsReadThere(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "      name: phone_number_id\n      in: query\n", "      name: phone_number_id\n      in: header\n"))
	m.do(t, call{target: "/conversations", header: []string{"phone_number_id: 123456"}}).is(t, 200, "")
	m.do(t, call{target: "/conversations"}).is(t, 400, "validation_failed").names(t, "phone_number_id")
}

func TestAnOptionalPhoneNumberIdThatIsLeftOutIsSaidToBeMissing(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "      name: phone_number_id\n      in: query\n      required: true\n", "      name: phone_number_id\n      in: query\n      required: false\n"))
	m.get(t, listing).is(t, 200, "")
	if a := m.do(t, call{target: "/conversations"}).is(t, 404, "resource_not_found"); !strings.Contains(string(a.body), "phone_number_id is missing") {
		t.Errorf("%s", a.body)
	}
}

func TestTheIdOfAPathMayHaveAnotherName(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "\n  /conversations/{id}:\n", "\n  /conversations/{number}:\n",
		"    ConversationId:\n      name: id\n", "    ConversationId:\n      name: number\n"))
	m.get(t, "/conversations/1?phone_number_id=123456").is(t, 200, "")
	m.get(t, "/conversations/999999?phone_number_id=123456").is(t, 404, "resource_not_found")
}
