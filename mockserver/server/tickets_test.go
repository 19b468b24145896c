package server_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRouteIsRequiredAndIsOpenTicketOrCloseTicket(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.changesNothing(t, func() {
		for _, body := range []string{
			`{}`, `{"route":null}`, `{"route":""}`, `{"route":"shutTicket"}`, `{"route":"openticket"}`, `{"route":" openTicket"}`, `{"route":1}`, `{"route":true}`,
			`{"route":["openTicket"]}`, `{"Route":"openTicket"}`, `{"route":"openTicket","route":"openTicket"}`,
		} {
			m.do(t, call{method: "POST", target: ticketOf(2), body: body}).is(t, 400, "validation_failed").names(t, "route")
		}
		for _, body := range []string{`[]`, `"openTicket"`, `null`, `{"route":"openTicket"} {}`} {
			m.do(t, call{method: "POST", target: ticketOf(2), body: body}).is(t, 400, "validation_failed").names(t, "body")
		}
	})
}

func TestOpenTicketAnswersWithATicketID(t *testing.T) {
	t.Parallel()
	m := start(t)
	a := m.ticket(t, 2, "openTicket").is(t, 200, "")
	data, _ := a.value["data"].(object)
	if keys := slices.Sorted(maps.Keys(data)); fmt.Sprint(keys) != "[conversation_id opened_at status ticket_id]" {
		t.Errorf("%v", keys)
	}
	if id, _ := data["ticket_id"].(float64); id < 1 || data["status"] != "opened" || data["conversation_id"] != 2.0 || data["opened_at"] != "2024-01-20T12:00:00Z" {
		t.Errorf("%v", data)
	}
	if text, _ := a.value["message"].(string); text == "" || a.value["status"] != true {
		t.Errorf("%s", a.body)
	}
	if other := m.ticket(t, 1, "openTicket").is(t, 200, ""); other.value["data"].(object)["ticket_id"] == data["ticket_id"] {
		t.Errorf("two tickets have one id: %s", other.body)
	}
}

func TestASecondOpenTicketIs409(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.ticket(t, 2, "openTicket").is(t, 200, "")
	m.changesNothing(t, func() { m.ticket(t, 2, "openTicket").is(t, 409, "conflict") })
}

func TestCloseTicketHasTheSameShapeWithStatusClosedAndBothTimes(t *testing.T) {
	t.Parallel()
	m := start(t)
	opened := m.ticket(t, 2, "openTicket").is(t, 200, "").value["data"].(object)
	m.advance(t, time.Hour)
	a := m.ticket(t, 2, "closeTicket").is(t, 200, "")
	closed := a.value["data"].(object)
	if keys := slices.Sorted(maps.Keys(closed)); fmt.Sprint(keys) != "[closed_at conversation_id opened_at status ticket_id]" {
		t.Errorf("%v", keys)
	}
	if closed["ticket_id"] != opened["ticket_id"] || closed["conversation_id"] != 2.0 || closed["status"] != "closed" ||
		closed["opened_at"] != "2024-01-20T12:00:00Z" || closed["closed_at"] != "2024-01-20T13:00:00Z" {
		t.Errorf("%v", closed)
	}
}

func TestClosingWithoutAnOpenTicketIs409(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.changesNothing(t, func() { m.ticket(t, 2, "closeTicket").is(t, 409, "conflict") })
	m.ticket(t, 2, "openTicket").is(t, 200, "")
	m.ticket(t, 2, "closeTicket").is(t, 200, "")
	m.changesNothing(t, func() { m.ticket(t, 2, "closeTicket").is(t, 409, "conflict") })
}

func TestClosingTheTicketClosesTheConversation(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.ticket(t, 2, "openTicket").is(t, 200, "")
	if row := m.with(t, "96650000001"); row["status"] != "opened" {
		t.Errorf("with an open ticket: %v", row)
	}
	m.advance(t, time.Minute)
	m.ticket(t, 2, "closeTicket").is(t, 200, "")
	row := m.with(t, "96650000001")
	if row["status"] != "closed" || row["updated_at"] != "2024-01-20T12:01:00Z" {
		t.Errorf("%v", row)
	}
	m.advance(t, 48*time.Hour)
	if row = m.with(t, "96650000001"); row["status"] != "closed" {
		t.Errorf("after two days: %v", row)
	}
}

func TestWhatIsClosedIsOpenedAgainByAnInboundMessageOpenTicketOrASend(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(m *mock){
		"an inbound message": func(m *mock) {
			if _, err := m.Receive(2, "One more question"); err != nil {
				t.Error(err)
			}
		},
		"openTicket": func(m *mock) { m.ticket(t, 2, "openTicket").is(t, 200, "") },
		"a send":     func(m *mock) { m.text(t, "96650000001", "One more thing") },
	} {
		m := start(t)
		m.ticket(t, 2, "openTicket").is(t, 200, "")
		m.ticket(t, 2, "closeTicket").is(t, 200, "")
		open(m)
		if row := m.with(t, "96650000001"); row["status"] == "closed" {
			t.Errorf("%s does not open it: %v", name, row)
		}
	}
}

func TestThreeFixturesStartWithAnOpenTicket(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	open := 0
	for _, number := range []string{"123456", "123457"} {
		for _, row := range m.rows(t, "/conversations?phone_number_id="+number) {
			target := strings.Replace(ticketOf(row["id"]), "123456", number, 1)
			switch a := m.do(t, call{method: "POST", target: target, body: `{"route":"closeTicket"}`}); a.status {
			case 200:
				open++
			default:
				a.is(t, 409, "conflict")
			}
		}
	}
	if open != 3 {
		t.Errorf("%d tickets are open at the start", open)
	}
}

func TestATicketOfAConversationThatIsNotThereIs404(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	foreign := m.rows(t, "/conversations?phone_number_id=123457")[0]["id"]
	for _, route := range []string{"openTicket", "closeTicket"} {
		for _, id := range []any{999999, 0, -1, foreign} {
			m.ticket(t, id, route).is(t, 404, "resource_not_found")
		}
		for _, id := range []string{"abc", "1.5", "01", "+1", "%20"} {
			m.ticket(t, id, route).is(t, 400, "validation_failed").names(t, "id")
		}
		body := asJSON(t, object{"route": route})
		m.do(t, call{method: "POST", target: "/wechat/chat/events/1?phone_number_id=654321", body: body}).is(t, 404, "resource_not_found")
		m.do(t, call{method: "POST", target: "/wechat/chat/events/1", body: body}).is(t, 400, "validation_failed").names(t, "phone_number_id")
	}
}
