package webhook_test

import (
	"bufio"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/internal/signature"
	"example.com/awalmock/mockserver/mocktest"
)

func listen(t *testing.T, m *mocktest.Mock, target, after string) *mocktest.Stream[mocktest.StreamedWebhook] {
	t.Helper()
	s, err := m.Workspace("").Listen(t.Context(), target, after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func hear(t *testing.T, s *mocktest.Stream[mocktest.StreamedWebhook], want string) mocktest.StreamedWebhook {
	t.Helper()
	got, err := s.Next()
	if err != nil || !strings.Contains(got.Body, want) || want == "" && got.Event != "" {
		t.Fatalf("%+v %v, want %s", got, err, want)
	}
	return got
}

func TestListen_HearsEventsWithAndWithoutAnEndpointSignedForItsTarget(t *testing.T) {
	t.Parallel()
	m := standing(t)
	s := listen(t, m, "/hook?a=1", "")
	receive(t, m, 1, "one")
	one := hear(t, s, `"one"`)
	if !signature.NewKey(m.Secret).Verify(one.Headers["X-Awal-Signature-256"], signature.Request{Method: "POST", Target: "/hook?a=1", Timestamp: one.Headers["X-Timestamp"], Body: []byte(one.Body)}) {
		t.Errorf("%v", one.Headers)
	}
	register(t, m, at(newHook(t, ok).URL))
	receive(t, m, 1, "two")
	hear(t, s, `"two"`)
}

func TestListen_GoesOnAfterTheLastOneWithWhatWasMissedAndResent(t *testing.T) {
	t.Parallel()
	m := standing(t)
	s := listen(t, m, "", "")
	receive(t, m, 1, "one")
	one := hear(t, s, `"one"`)
	s.Close()
	receive(t, m, 1, "two")
	all, err := m.Workspace("").ResendAll(t.Context(), adminapi.ResendFilter{})
	if err != nil || len(all) != 2 {
		t.Fatalf("%+v %v", all, err)
	}
	s = listen(t, m, "", one.Cursor)
	hear(t, s, `"two"`)
	again := hear(t, s, `"one"`)
	if again.ID != one.ID || !again.Resent || again.Cursor == one.Cursor {
		t.Errorf("%+v", again)
	}
	hear(t, s, `"two"`)
	s.Close()
	s = listen(t, m, "", again.Cursor) // after the one that was sent again, not after the first time
	hear(t, s, `"two"`)
	receive(t, m, 1, "three")
	hear(t, s, `"three"`)
}

func TestListen_WorksOutFromTheLogWhatHappenedBeforeAnyoneListened(t *testing.T) {
	t.Parallel()
	m := standing(t)
	changes, err := m.Workspace("").Changes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer changes.Close()
	receive(t, m, 1, "one")
	first, err := changes.Next()
	if err != nil {
		t.Fatal(err)
	}
	receive(t, m, 1, "two")
	hear(t, listen(t, m, "", first.ID), `"two"`)
}

func TestListen_SaysThatEventsMayBeMissingAfterAnUnknownIDAndRefusesWhatIsNoID(t *testing.T) {
	t.Parallel()
	m := standing(t)
	receive(t, m, 1, "one")
	s := listen(t, m, "", "99.message.sent.7")
	hear(t, s, "")
	receive(t, m, 1, "two")
	hear(t, s, `"two"`)
	if _, err := m.Workspace("").Listen(t.Context(), "", "nonsense"); !errors.Is(err, mocktest.ErrInvalid) {
		t.Error(err)
	}
}

func TestListen_WithAClientsSignatureWhereTheControlAPIIsOff(t *testing.T) {
	t.Parallel()
	m := standing(t, func(o *mocktest.Options) { o.Listen = "192.0.2.1" })
	open := func(workspace int, query string) *http.Response {
		t.Helper()
		response, err := m.ClientOf(m.Workspaces()[workspace]).Get(m.Origin + "/__admin/webhooks/stream" + query)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	if got := open(0, "?workspace=other-workspace").StatusCode; got != 400 {
		t.Errorf("another workspace: %d", got)
	}
	for path, want := range map[string]int{"/__admin/webhooks/stream": 401, "/__admin/webhooks": 404} {
		response, err := http.Get(m.Origin + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s without a signature: %d", path, response.StatusCode)
		}
	}
	wrong := m.Workspaces()[0]
	wrong.Secret = "wrong"
	response, err := m.ClientOf(wrong).Get(m.Origin + "/__admin/webhooks/stream")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 401 {
		t.Errorf("wrongly signed: %d", response.StatusCode)
	}
	mine, others := open(0, "?target=/hook"), open(1, "")
	if mine.StatusCode != 200 || others.StatusCode != 200 {
		t.Fatal(mine.Status, others.Status)
	}
	sendText(t, m, "966555000001", "in the first workspace")
	lines := bufio.NewScanner(mine.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), "conversation.created") {
	}
	if lines.Err() != nil {
		t.Error(lines.Err())
	}
	heard := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(others.Body)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "data:") {
				heard <- lines.Text()
			}
		}
	}()
	select {
	case text := <-heard:
		t.Errorf("the other workspace hears %s", text)
	case <-time.After(200 * time.Millisecond):
	}
}

func TestTrigger_MakesAnEventOfAConversationWithOtherValues(t *testing.T) {
	t.Parallel()
	m := standing(t)
	w := m.Webhooks(t)
	trigger := func(in adminapi.Trigger) error {
		_, err := m.Workspace("").Trigger(t.Context(), in)
		return err
	}
	for event, want := range map[string]string{
		"message.received": `"body":"Hello"`, "message.status.updated": `"status":"failed"`, "conversation.created": `"contact_id":7`, "conversation.updated": `"bot":true`,
	} {
		data := map[string]any{"body": "Hello", "status": "failed", "contact_id": "7", "bot": "true"}
		keep := map[string]string{"message.received": "body", "message.status.updated": "status", "conversation.created": "contact_id", "conversation.updated": "bot"}[event]
		if err := trigger(adminapi.Trigger{Event: event, Data: map[string]any{keep: data[keep]}}); err != nil {
			t.Fatal(event, err)
		}
		if got := w.Expect(t, event, nil); !strings.Contains(string(got.Body), want) {
			t.Errorf("%s, want %s", got.Body, want)
		}
	}
	for _, bad := range []adminapi.Trigger{
		{Event: "order.created"},
		{Event: "verification"},
		{Event: "message.received", ConversationID: 999999},
		{Event: "message.status.updated", Data: map[string]any{"status": "lost"}},
		{Event: "conversation.created", Data: map[string]any{"contact_id": "seven"}},
	} {
		if err := trigger(bad); !errors.Is(err, mocktest.ErrInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
