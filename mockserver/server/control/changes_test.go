package control_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"example.com/awalmock/fixtures"
	"example.com/awalmock/mockserver/mocktest"
)

// heartbeat is how often a stream shows that it is alive.
const heartbeat = 15 * time.Second

// watch begins to read what changes in a workspace.
func watch(t *testing.T, m *mocktest.Mock, query string) *reader {
	t.Helper()
	return openStream(t, &http.Client{}, m.Origin+"/__admin/changes/stream"+query, "")
}

// hears expects changes: kind, the seconds after noon, and the status of each.
func (s *reader) hears(want ...[3]any) {
	s.t.Helper()
	for _, w := range want {
		e := s.must()
		if e.name != "change" {
			s.t.Fatalf("an event %q", e.name)
		}
		expect(s.t, e.data, w[0], "kind")
		expect(s.t, e.data, noon.Add(time.Duration(w[1].(int))*time.Second).Format(time.RFC3339), "at")
		if w[2] != nil {
			expect(s.t, e.data, w[2], "status")
		}
	}
}

func TestTheStreamOfChangesTellsWhatHappensAndWhatTimeAloneBringsInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := watch(t, m, "")
	message := send(t, m, "966500000904")
	s.hears([3]any{"conversation.created", 0, nil})
	e := s.must()
	expect(t, e.data, "message.sent", "kind")
	expect(t, e.data, number(message), "message_id")
	admin(t, m, 200, "POST", "/clock", `{"advance":"24h1m"}`)
	s.hears(
		[3]any{"clock.changed", 86460, nil},
		[3]any{"message.status.updated", 1, "delivered"},
		[3]any{"message.status.updated", 3, "read"},
		[3]any{"message.received", 3, nil},
	)
	for e := s.must(); at(t, e.data, "conversation_id") != at(t, conversationWith(t, m, "966500000904"), "id"); e = s.must() {
		expect(t, e.data, "conversation.expired", "kind") // those of the fixtures
	}
}

func TestTheStreamOfChangesTellsWhatAgentsDo(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := watch(t, m, "")
	admin(t, m, 200, "PATCH", "/conversations/1", `{"assignee":"somebody"}`)
	admin(t, m, 201, "POST", "/conversations/1/messages", `{"content":"Where is my order?"}`)
	signed(t, m, 200, "POST", "/wechat/chat/events/1?phone_number_id=123456", `{"route":"openTicket"}`)
	signed(t, m, 200, "POST", "/wechat/chat/events/1?phone_number_id=123456", `{"route":"closeTicket"}`)
	s.hears([3]any{"conversation.updated", 0, nil}, [3]any{"message.received", 0, nil}, [3]any{"ticket.opened", 0, nil}, [3]any{"ticket.closed", 0, nil})
	message := send(t, m, "966500000902")
	s.must()
	s.must()
	admin(t, m, 200, "PATCH", "/messages/"+message, `{"status":"failed"}`)
	s.hears([3]any{"message.status.updated", 0, "failed"})
	admin(t, m, 204, "POST", "/reset", "")
	s.hears([3]any{"workspace.reset", 0, nil})
}

func TestTheStreamOfChangesTellsThatAConversationExpiresUnlessItIsClosed(t *testing.T) {
	t.Parallel()
	m := start(t)
	admin(t, m, 201, "POST", "/workspaces", `{"domain":"quiet"}`)
	s := watch(t, m, "?workspace=quiet")
	create := func(phone, closed string) string {
		return id(t, admin(t, m, 201, "POST", "/conversations?workspace=quiet", `{"phone":"`+phone+`","closed":`+closed+`}`))
	}
	change := func(conversation, body string) {
		admin(t, m, 200, "PATCH", "/conversations/"+conversation+"?workspace=quiet", body)
	}
	create("966555000031", "true")
	change(create("966555000032", "false"), `{"closed":true}`)
	opened := create("966555000033", "true")
	change(opened, `{"closed":false}`)
	for range 5 {
		s.must()
	}
	admin(t, m, 200, "POST", "/clock?workspace=quiet", `{"advance":"24h"}`)
	s.hears([3]any{"clock.changed", 86400, nil})
	expired := s.must()
	expect(t, expired.data, "conversation.expired", "kind")
	expect(t, expired.data, number(opened), "conversation_id")
	admin(t, m, 200, "POST", "/clock?workspace=quiet", `{"advance":"1s"}`)
	s.hears([3]any{"clock.changed", 86401, nil})
}

func TestTheStreamOfChangesTellsNoStatusThatAForcedOneHasOvertaken(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := watch(t, m, "")
	for _, status := range []string{"failed", "delivered"} {
		message := send(t, m, "96650000001")
		admin(t, m, 200, "PATCH", "/messages/"+message, `{"status":"`+status+`"}`)
		s.hears([3]any{"message.sent", 0, nil}, [3]any{"message.status.updated", 0, status})
	}
	admin(t, m, 200, "POST", "/clock", `{"advance":"5s"}`)
	s.hears([3]any{"clock.changed", 5, nil}, [3]any{"message.status.updated", 3, "read"})
	admin(t, m, 200, "POST", "/clock", `{"advance":"1s"}`)
	s.hears([3]any{"clock.changed", 6, nil})
}

func TestTheStreamOfChangesTellsWhatBecomesOfAMessageThatWasSentBeforeItBegan(t *testing.T) {
	t.Parallel()
	m := start(t)
	send(t, m, "96650000001")
	s := watch(t, m, "")
	admin(t, m, 200, "POST", "/clock", `{"advance":"3s"}`)
	admin(t, m, 200, "POST", "/clock", `{"advance":"1s"}`)
	s.hears([3]any{"clock.changed", 3, nil}, [3]any{"message.status.updated", 1, "delivered"}, [3]any{"message.status.updated", 3, "read"})
}

func TestTheStreamOfChangesHasNothingOfOtherWorkspacesAndNothingThatWasRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := watch(t, m, "?workspace=other-workspace")
	send(t, m, "966500000902")
	admin(t, m, 409, "POST", "/clock?workspace=other-workspace", `{"set":"2020-01-01T00:00:00Z"}`)
	admin(t, m, 200, "POST", "/clock?workspace=other-workspace", `{"advance":"1s"}`)
	s.hears([3]any{"clock.changed", 1, nil})
	admin(t, m, 404, "GET", "/changes/stream?workspace=nobody", "")
	for _, malformed := range []string{"x", "1", "1.message.sent", "-1.message.sent.5"} {
		admin(t, m, 400, "GET", "/changes/stream", "", "Last-Event-ID", malformed)
	}
}

func TestWithARunningClockTheStreamTellsADeliveryWhenItIsDue(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.CheckAnswers())
	s := watch(t, m, "")
	late := time.AfterFunc(heartbeat/2, func() { s.body.Close() }) // it must not wait for a heartbeat
	defer late.Stop()
	send(t, m, "966500000903")
	for _, kind := range []string{"conversation.created", "message.sent", "message.status.updated"} {
		expect(t, s.must().data, kind, "kind")
	}
}

func TestTheStreamOfChangesEndsWithItsWorkspace(t *testing.T) {
	t.Parallel()
	m := start(t)
	admin(t, m, 201, "POST", "/workspaces", `{"domain":"short-lived"}`)
	s := watch(t, m, "?workspace=short-lived")
	admin(t, m, 204, "DELETE", "/workspaces/short-lived", "")
	if _, err := s.next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	s = watch(t, m, "")
	if err := m.UseFixtures(fixtures.Files()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.next(); !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
}

func TestAReaderThatWasAwayWhileTheEventsWereReplacedHasToReadEverythingAgain(t *testing.T) {
	t.Parallel()
	m := start(t)
	s := watch(t, m, "")
	send(t, m, "966500000902")
	s.must()
	seen := s.must().id // it is a change of the other history, too
	var before bytes.Buffer
	if err := m.Events("", &before); err != nil {
		t.Fatal(err)
	}
	send(t, m, "966500000902")
	longer := s.must().id
	s.body.Close()
	if err := m.PutEvents(&before); err != nil {
		t.Fatal(err)
	}
	send(t, m, "966500000902") // its change has the id of the one that is gone
	again := func(last string) event {
		return openStream(t, &http.Client{}, m.Origin+"/__admin/changes/stream", last).must()
	}
	for _, last := range []string{seen, longer} {
		if e := again(last); e.name != "resync" {
			t.Errorf("after %s the stream goes on with %s %s", last, e.name, e.id)
		}
	}
	s = watch(t, m, "")
	send(t, m, "966500000902")
	next := s.must().id
	send(t, m, "966500000902")
	if e := again(next); e.name != "change" || e.id != s.must().id {
		t.Errorf("after %s, which came later, the stream goes on with %s %s", next, e.name, e.id)
	}
}
