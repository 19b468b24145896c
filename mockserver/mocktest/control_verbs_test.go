package mocktest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func startStopped(t *testing.T, options ...mocktest.Option) *mocktest.Mock {
	t.Helper()
	return mocktest.Start(t, append(options, mocktest.StoppedClock(time.Date(2024, 1, 20, 12, 0, 0, 0, time.UTC)))...)
}

// inbox asks for the conversations that match a term.
func inbox(t *testing.T, m *mocktest.Mock, term string) (status int, body string) {
	t.Helper()
	return get(t, m.Client(), m.URL+"/conversations?phone_number_id="+m.PhoneNumberID+"&searchTerm="+term)
}

func TestAdvanceLetsConversationsExpire(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	if _, body := inbox(t, m, "96650000000"); strings.Contains(body, `"expired"`) {
		t.Fatal(body)
	}
	if err := m.Advance(24 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if _, body := inbox(t, m, "96650000000"); !strings.Contains(body, `"expired"`) {
		t.Fatal(body)
	}
	if err := m.Advance(-time.Second); err == nil || !strings.Contains(err.Error(), "409") {
		t.Fatalf("the clock went back: %v", err)
	}
}

func TestReceiveIsAMessageFromTheCustomer(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	id, err := m.Receive(2, "Is it ready?")
	if err != nil || id == 0 {
		t.Fatal(id, err)
	}
	if _, body := inbox(t, m, "96650000001"); !strings.Contains(body, "Is it ready?") || !strings.Contains(body, `"unread"`) {
		t.Fatal(body)
	}
	if _, err := m.Receive(999_999, "x"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Fatal(err)
	}
}

func TestFaultStrikesAndResetRemovesIt(t *testing.T) {
	t.Parallel()
	m := startStopped(t, mocktest.ControlToken("s3cret"))
	if err := m.Fault(mocktest.FaultRule{Operation: "listConversations", Status: 503, Times: 1}, mocktest.FaultRule{Status: 500}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{503, 500} {
		if status, body := inbox(t, m, ""); status != want {
			t.Fatalf("%d, want %d: %s", status, want, body)
		}
	}
	if err := m.Reset(); err != nil {
		t.Fatal(err)
	}
	if status, body := inbox(t, m, ""); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	if err := m.Fault(mocktest.FaultRule{Operation: "nothing", Latency: time.Second}); err == nil || !strings.Contains(err.Error(), "rules[0].operation") {
		t.Fatal(err)
	}
}

func TestRequestsTellWhatWasAskedAndWhyItWasRefused(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	inbox(t, m, "ahmed")
	response, err := m.Client().Get(m.URL + "/conversations")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	requests, err := m.Requests()
	if err != nil || len(requests) != 2 {
		t.Fatal(requests, err)
	}
	if r := requests[0]; r.Operation != "listConversations" || r.Response.Status != 200 || r.Verdict != "ok" || r.Workspace != m.Domain {
		t.Error(r)
	}
	r := requests[1]
	if len(r.Violations) != 1 || r.Violations[0].Field != "phone_number_id" || r.Violations[0].Line == 0 || r.ID != response.Header.Get("X-Request-Id") {
		t.Error(r)
	}
}
