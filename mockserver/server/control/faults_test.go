package control_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func fault(t *testing.T, m *mocktest.Mock, rules string) {
	t.Helper()
	admin(t, m, 200, "PUT", "/faults", `{"rules":[`+rules+`]}`)
}

func TestAStatusFaultAnswersWithAnErrorInTheAPIsForm(t *testing.T) {
	t.Parallel()
	m := start(t)
	for status, code := range map[int]string{400: "validation_failed", 404: "resource_not_found", 418: "validation_failed", 429: "rate_limit_exceeded", 500: "internal_error", 503: "service_unavailable", 599: "internal_error"} {
		fault(t, m, fmt.Sprintf(`{"status":%d}`, status))
		response, text := roundTrip(t, m.Client(), "GET", m.URL+inbox, "")
		answer := decode(t, text)
		if response.StatusCode != status || answer["error"] != code || answer["request_id"] != response.Header.Get("X-Request-Id") {
			t.Errorf("%d: %d %s", status, response.StatusCode, text)
		}
		if retry := response.Header.Get("Retry-After"); (retry != "") != (status == 429 || status == 503) {
			t.Errorf("%d: Retry-After is %q", status, retry)
		}
	}
}

func TestAFaultNeedsAValidSignatureButNoValidRequest(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":503}`)
	if response, text := roundTrip(t, &http.Client{}, "GET", m.URL+inbox, ""); response.StatusCode != 401 {
		t.Errorf("without a signature: %d %s", response.StatusCode, text)
	}
	signed(t, m, 503, "GET", "/conversations", "")
}

func TestAFaultOfOneOperationLeavesTheOthersAlone(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"operation":"sendTextMessage","status":500}`)
	signed(t, m, 200, "GET", inbox, "")
	signed(t, m, 500, "POST", "/w/message/text?phone_number_id=123456", `{"phone":"966555000001","body":"x"}`)
	if rows := signed(t, m, 200, "GET", inbox+"&searchTerm=966555000001", ""); length(t, rows, "data") != 0 {
		t.Error("a message that met a fault was sent")
	}
}

func TestFaultsBelongToOneWorkspace(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":500}`)
	response, text := roundTrip(t, m.ClientOf(m.Workspaces()[1]), "GET", m.URL+"/conversations?phone_number_id=654321", "")
	if response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
}

func TestAWorkspaceMadeAgainByTheNameOfARemovedOneHasNoFaults(t *testing.T) {
	t.Parallel()
	m := start(t)
	admin(t, m, 201, "POST", "/workspaces", `{"domain":"again"}`)
	admin(t, m, 200, "PUT", "/faults?workspace=again", `{"rules":[{"status":503}]}`)
	admin(t, m, 204, "DELETE", "/workspaces/again", "")
	admin(t, m, 201, "POST", "/workspaces", `{"domain":"again"}`)
	if faults := admin(t, m, 200, "GET", "/faults?workspace=again", ""); length(t, faults, "rules") != 0 {
		t.Error(faults)
	}
}

func TestAFaultStrikesAsOftenAsItSays(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":503,"times":2}`)
	for _, want := range []int{503, 503, 200, 200} {
		signed(t, m, want, "GET", inbox, "")
	}
	faults := admin(t, m, 200, "GET", "/faults", "")
	expect(t, faults, number("2"), "rules", 0, "struck")
	expect(t, faults, number("1"), "rules", 0, "probability")
}

func TestWhatFaultsDrawComesFromTheSeedSoARunRepeats(t *testing.T) {
	t.Parallel()
	run := func(m *mocktest.Mock) string {
		fault(t, m, `{"status":503,"probability":0.5}`)
		pattern := ""
		for range 40 {
			response, _ := roundTrip(t, m.Client(), "GET", m.URL+inbox, "")
			pattern += fmt.Sprint(response.StatusCode, " ")
		}
		return pattern
	}
	m := start(t)
	first := run(m)
	if again := run(m); again != first {
		t.Errorf("set again, the faults draw other numbers:\n%s\n%s", first, again)
	}
	if other := run(start(t)); other != first {
		t.Errorf("another mock of the same seed differs:\n%s\n%s", first, other)
	}
	if other := run(start(t, mocktest.Seed(2))); other == first {
		t.Error("another seed draws the same")
	}
}

func TestEachRuleOfEachWorkspaceDrawsForItself(t *testing.T) {
	t.Parallel()
	m := start(t)
	rules := `{"rules":[{"operation":"listConversations","status":503,"probability":0.5},{"operation":"listTemplates","status":503,"probability":0.5}]}`
	drawn := map[string]bool{}
	for _, w := range m.Workspaces()[:2] {
		admin(t, m, 200, "PUT", "/faults?workspace="+w.Domain, rules)
		client := m.ClientOf(w)
		for _, target := range []string{"/conversations?phone_number_id=" + w.PhoneNumberIDs[0], "/templates"} {
			pattern := ""
			for range 40 {
				response, _ := roundTrip(t, client, "GET", m.URL+target, "")
				pattern += fmt.Sprint(response.StatusCode, " ")
			}
			drawn[pattern] = true
		}
	}
	if len(drawn) != 4 {
		t.Errorf("two rules in each of two workspaces drew %d patterns: %v", len(drawn), drawn)
	}
}

func TestAProbabilityOfNothingNeverStrikes(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":503,"probability":0}`)
	for range 20 {
		signed(t, m, 200, "GET", inbox, "")
	}
}

func TestALatencyFaultHoldsTheAnswerBackAndAddsUp(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"latency":"20ms"},{"latency":"30ms"}`)
	began := time.Now()
	signed(t, m, 200, "GET", inbox, "")
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("it took %v", took)
	}
	expect(t, admin(t, m, 200, "GET", "/faults", ""), "20ms", "rules", 0, "latency")
}

func TestAnAbortFaultEndsTheConnectionWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"abort":true,"times":1}`)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.URL+"/w/message/text?phone_number_id=123456", nil)
	if err != nil {
		t.Fatal(err)
	}
	if response, err := m.Client().Do(r); !errors.Is(err, io.EOF) {
		if err == nil {
			response.Body.Close()
		}
		t.Fatalf("%v %v", response, err)
	}
	entry := at(t, admin(t, m, 200, "GET", "/requests", ""), "data", 0)
	expect(t, entry, "abort", "fault")
	expect(t, entry, "aborted", "verdict")
	expect(t, entry, number("0"), "response", "status")
}

func TestAMalformedFaultBreaksTheJSONOfASuccess(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"malformed":true}`)
	for _, target := range []string{inbox, "/conversations/1?phone_number_id=123456", "/fetch-message-status-app?phone_number_id=123456", "/templates", "/waba-numbers"} {
		response, text := roundTrip(t, m.Client(), "GET", m.URL+target, "")
		if response.StatusCode != 200 || json.Valid(text) || len(text) == 0 {
			t.Errorf("%s: %d %s", target, response.StatusCode, text)
		}
	}
}

func TestTheFirstFaultThatStrikesIsTheAnswer(t *testing.T) {
	t.Parallel()
	m := start(t)
	fault(t, m, `{"status":503,"times":1},{"status":500}`)
	signed(t, m, 503, "GET", inbox, "")
	signed(t, m, 500, "GET", inbox, "")
	fault(t, m, ``)
	signed(t, m, 200, "GET", inbox, "")
}
