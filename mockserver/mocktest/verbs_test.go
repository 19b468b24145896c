package mocktest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

func TestAdvanceMovesTheDefaultWorkspaceByWholeSeconds(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	if err := m.Advance(90 * time.Second); err != nil {
		t.Fatal(err)
	}
	for workspace, want := range map[string]string{"your-workspace": "2024-01-20T12:01:30Z", "other-workspace": "2024-01-20T12:00:00Z"} {
		if _, body := get(t, http.DefaultClient, m.Origin+"/__admin/clock?workspace="+workspace); !strings.Contains(body, want) {
			t.Errorf("%s: %s", workspace, body)
		}
	}
	for _, d := range []time.Duration{1500 * time.Millisecond, time.Nanosecond} {
		if err := m.Advance(d); err == nil || !strings.Contains(err.Error(), "400") {
			t.Errorf("%v: %v", d, err)
		}
	}
}

func TestReceiveOpensAClosedConversationAgain(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	for _, route := range []string{"openTicket", "closeTicket"} {
		response, err := m.Client().Post(m.URL+"/wechat/chat/events/2?phone_number_id=123456", "application/json", strings.NewReader(`{"route":"`+route+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	if _, body := inbox(t, m, "96650000001"); !strings.Contains(body, `"status":"closed"`) {
		t.Fatal(body)
	}
	first, err := m.Receive(2, "One more question")
	if err != nil {
		t.Fatal(err)
	}
	if _, body := inbox(t, m, "96650000001"); !strings.Contains(body, `"status":"unread"`) {
		t.Error(body)
	}
	if second, err := m.Receive(2, "Hello?"); err != nil || second <= first {
		t.Error(first, second, err)
	}
	if _, err := m.Receive(2, ""); err == nil || !strings.Contains(err.Error(), "content") {
		t.Errorf("a message of nothing: %v", err)
	}
}

func TestFaultMakesAnswersGoWrongInEachOfItsWays(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	ask := func() (string, error) {
		response, err := m.Client().Get(m.URL + "/waba-numbers")
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		return fmt.Sprint(response.StatusCode), nil
	}
	for name, c := range map[string]struct {
		rule  mocktest.FaultRule
		want  string
		fault string
	}{
		"status":            {mocktest.FaultRule{Status: 503}, "503", "status"},
		"abort":             {mocktest.FaultRule{Abort: true}, "", "abort"},
		"malformed":         {mocktest.FaultRule{Malformed: true}, "200", "malformed"},
		"latency":           {mocktest.FaultRule{Latency: 2 * time.Millisecond}, "200", "latency"},
		"another operation": {mocktest.FaultRule{Status: 503, Operation: "listConversations"}, "200", ""},
	} {
		if err := m.Fault(c.rule); err != nil {
			t.Fatal(err)
		}
		got, err := ask()
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %s %v", name, got, err)
		}
		requests, err := m.Requests()
		if err != nil || requests[len(requests)-1].Fault != adminapi.FaultKind(c.fault) {
			t.Errorf("%s: the journal says %q, %v", name, requests[len(requests)-1].Fault, err)
		}
	}
	if err := m.Fault(); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(); got != "200" {
		t.Errorf("without faults: %s %v", got, err)
	}
	for _, rule := range []mocktest.FaultRule{{}, {Status: 503, Abort: true}, {Status: 200}, {Status: 503, Probability: 1.5}, {Latency: -time.Second}} {
		if err := m.Fault(rule); err == nil || !strings.Contains(err.Error(), "rules[0]") {
			t.Errorf("%+v: %v", rule, err)
		}
	}
}

func TestResetBringsBackEveryWorkspaceAndTheJournalStays(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	_, before := inbox(t, m, "")
	if _, err := m.Receive(1, "x"); err != nil {
		t.Fatal(err)
	}
	for _, workspace := range []string{"your-workspace", "other-workspace"} {
		response, err := http.Post(m.Origin+"/__admin/clock?workspace="+workspace, "application/json", strings.NewReader(`{"advance":"48h"}`))
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	if err := m.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, after := inbox(t, m, ""); after != before {
		t.Error("the inbox is not what it was")
	}
	for _, workspace := range []string{"your-workspace", "other-workspace"} {
		if _, body := get(t, http.DefaultClient, m.Origin+"/__admin/clock?workspace="+workspace); !strings.Contains(body, "2024-01-20T12:00:00Z") {
			t.Errorf("%s: %s", workspace, body)
		}
	}
	if requests, err := m.Requests(); err != nil || len(requests) != 2 {
		t.Errorf("the journal has %d requests, %v", len(requests), err)
	}
}

func TestRequestsHaveBodiesAndMaskedHeadersOldestFirst(t *testing.T) {
	t.Parallel()
	m := startStopped(t)
	text := `{"phone":"966555000031","body":"سلام"}`
	response, err := m.Client().Post(m.URL+"/w/message/text?phone_number_id=123456", "application/json", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	inbox(t, m, "")
	requests, err := m.Requests()
	if err != nil || len(requests) != 2 {
		t.Fatal(requests, err)
	}
	r := requests[0]
	if r.Sequence >= requests[1].Sequence || r.Operation != "sendTextMessage" || r.Request.Method != http.MethodPost || r.Request.Body != text ||
		r.Request.Target != "/api/developer/w/message/text?phone_number_id=123456" || !strings.Contains(r.Response.Body, "wamid.") || r.Time.IsZero() {
		t.Errorf("%+v", r)
	}
	if signature := r.Request.Headers.Get("X-Awal-Signature-256"); len(signature) != len("sha256=12345678…") || r.Request.Headers.Get("X-Domain") != m.Domain {
		t.Errorf("%v", r.Request.Headers)
	}
}
