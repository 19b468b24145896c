package match

import (
	"testing"
	"time"

	"example.com/awalmock/contract/exchange"
)

func TestMatchersOfConversations(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	name, text := "Ahmed", "Hello"
	with := func(messages ...exchange.Message) *exchange.Thread {
		for i := range messages {
			messages[i].Pointer = "/data/messages/" + string(rune('0'+i))
		}
		return &exchange.Thread{Asked: "7", Phone: "966", Name: &name, Status: "opened", Messages: messages}
	}
	inbound := exchange.Message{ID: 1, Direction: "inbound", Kind: "text", Content: text, Date: noon}
	outbound := exchange.Message{ID: 2, Direction: "outbound", Kind: "text", Content: "Yes", Date: noon.Add(time.Minute)}
	changed := inbound
	changed.Content = "Bye"
	row := &exchange.Row{ID: 7, Phone: "966", Name: &name, Status: "opened"}
	closed, renamed := with(), with()
	closed.Status, renamed.Name = "closed", nil
	shown := answer(`{}`)
	shown.Thread = with()
	expectMatchers(t, map[string]matcherCase{
		"ShowConversation":      {ShowConversation(), shown, answer(`{}`), "200 OK with a conversation", "200 OK", ""},
		"AgreeWith":             {AgreeWith(row), with(), renamed, `"Ahmed", as in the list`, "null", "/data/name"},
		"AgreeWith closed":      {AgreeWith(row), with(), closed, "false, as in the list", "true", "/data/status"},
		"HaveInbound":           {HaveInbound(1), with(inbound), with(outbound), "at least 1 inbound messages", "0", "/data/messages"},
		"ShowOutbound":          {ShowOutbound(map[int64]bool{1: true}), with(outbound), with(outbound, inbound), "outbound", "inbound", "/data/messages/1/direction"},
		"HaveNewest":            {HaveNewest(&text), with(inbound), with(inbound, outbound), `"Hello"`, `"Yes"`, "/data/messages/1/content"},
		"HaveNewest null":       {HaveNewest(&text), with(inbound), with(), `"Hello"`, "", "/data/messages"},
		"HaveNoMessageBetween":  {HaveNoMessageBetween("inbound", noon, noon.Add(time.Hour)), with(inbound, outbound), with(exchange.Message{Direction: "inbound", Date: noon.Add(time.Second)}), "no inbound message after 2026-01-02T12:00:00Z", "2026-01-02T12:00:01Z", "/data/messages/0/date"},
		"HaveSentText":          {HaveSentText(2, "Yes"), with(inbound, outbound), with(exchange.Message{ID: 2, Direction: "outbound", Content: "Y?s"}), `"Yes"`, `"Y?s"`, "/data/messages/0/content"},
		"HaveSentText nowhere":  {HaveSentText(2, "Yes"), with(outbound), (*exchange.Thread)(nil), `"Yes"`, "no such message", "/data/messages"},
		"HaveSentOnce":          {HaveSentOnce("Yes"), with(inbound, outbound), with(outbound, outbound), "one message", "2 messages", "/data/messages"},
		"HaveSentKind":          {HaveSentKind("text", func(m exchange.Message) bool { return m.ID == 2 }), with(outbound), with(inbound), "an outbound message of type text with its content", "none", "/data/messages"},
		"KeepMessagesOf":        {KeepMessagesOf(with(inbound, outbound), false), with(inbound, outbound, exchange.Message{ID: 3}), with(inbound), "the same messages", "2 messages, then 1", "/data/messages"},
		"KeepMessagesOf order":  {KeepMessagesOf(with(inbound, outbound), true), with(outbound), with(outbound, inbound), "the same order", "another one", "/data/messages/0"},
		"KeepMessagesOf change": {KeepMessagesOf(with(inbound), false), with(inbound), with(changed), `inbound text 2026-01-02 12:00:00 +0000 UTC "Hello"`, `inbound text 2026-01-02 12:00:00 +0000 UTC "Bye"`, "/data/messages/0"},
	})
}
