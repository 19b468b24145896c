package control_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

func TestWorkspacesAreListedWithoutSecrets(t *testing.T) {
	t.Parallel()
	m := start(t)
	response, text := roundTrip(t, &http.Client{}, "GET", m.Origin+"/__admin/workspaces", "")
	if response.StatusCode != 200 || strings.Contains(string(text), "secret") {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
	rows := decode(t, text)
	expect(t, rows, "your-workspace", "data", 0, "domain")
	expect(t, rows, "your-client-id", "data", 0, "client_id")
	expect(t, rows, "123457", "data", 0, "phone_number_ids", 1)
	expect(t, rows, "other-workspace", "data", 1, "domain")
}

// created makes a workspace at run time and gives a client for it.
func created(t *testing.T, m *mocktest.Mock, domain string) (*http.Client, server.Workspace) {
	t.Helper()
	answer := admin(t, m, 201, "POST", "/workspaces", `{"domain":"`+domain+`","phone_number_id":"777"}`)
	w := server.Workspace{Domain: domain, ClientID: answer["client_id"].(string), Secret: answer["secret"].(string)}
	return m.ClientOf(w), w
}

func TestACreatedWorkspaceHasFreshCredentialsThatWork(t *testing.T) {
	t.Parallel()
	m := start(t)
	client, one := created(t, m, "one")
	_, two := created(t, m, "two")
	if one.Secret == two.Secret || one.ClientID == two.ClientID || len(one.Secret) < 32 {
		t.Fatalf("%v %v", one, two)
	}
	response, text := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", "")
	if response.StatusCode != 200 || length(t, decode(t, text), "data") != 0 {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
	rows := admin(t, m, 200, "GET", "/workspaces", "")
	expect(t, rows, true, "data", 2, "created_at_run_time")
	expect(t, rows, "777", "data", 2, "phone_number_ids", 0)
	expect(t, rows, false, "data", 0, "created_at_run_time")
}

func TestACreatedWorkspaceIsIsolated(t *testing.T) {
	t.Parallel()
	m := start(t)
	client, w := created(t, m, "one")
	admin(t, m, 201, "POST", "/conversations?workspace=one", `{"phone":"966555000001","name":"Only Here"}`)
	admin(t, m, 200, "POST", "/clock?workspace=one", `{"advance":"1h"}`)
	for _, c := range []struct {
		client *http.Client
		target string
		want   int
	}{
		{client, inbox, 404},
		{m.Client(), "/conversations?phone_number_id=777", 404},
		{m.ClientOf(server.Workspace{Domain: "your-workspace", ClientID: w.ClientID, Secret: w.Secret}), inbox, 401},
		{m.ClientOf(server.Workspace{Domain: "one", ClientID: m.ClientID, Secret: m.Secret}), inbox, 401},
	} {
		if response, text := roundTrip(t, c.client, "GET", m.URL+c.target, ""); response.StatusCode != c.want {
			t.Errorf("%s: %d, want %d: %s", c.target, response.StatusCode, c.want, text)
		}
	}
	if rows := signed(t, m, 200, "GET", inbox+"&searchTerm=Only+Here", ""); length(t, rows, "data") != 0 {
		t.Error(rows)
	}
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T12:00:00Z", "now")
	expect(t, admin(t, m, 200, "GET", "/clock?workspace=one", ""), "2024-01-20T13:00:00Z", "now")
}

func TestARemovedWorkspaceIsGone(t *testing.T) {
	t.Parallel()
	m := start(t)
	client, _ := created(t, m, "one")
	admin(t, m, 204, "DELETE", "/workspaces/one", "")
	admin(t, m, 404, "DELETE", "/workspaces/one", "")
	admin(t, m, 404, "GET", "/clock?workspace=one", "")
	if response, text := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", ""); response.StatusCode != 401 {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
	created(t, m, "one")
	admin(t, m, 204, "DELETE", "/workspaces/other-workspace", "")
}

func TestTheDefaultWorkspaceCannotBeRemoved(t *testing.T) {
	t.Parallel()
	m := start(t)
	expect(t, admin(t, m, 409, "DELETE", "/workspaces/your-workspace", ""), "conflict", "error")
	signed(t, m, 200, "GET", inbox, "")
}

func TestADomainThatIsTakenIsAConflict(t *testing.T) {
	t.Parallel()
	m := start(t)
	expect(t, admin(t, m, 409, "POST", "/workspaces", `{"domain":"other-workspace"}`), "conflict", "error")
	created(t, m, "one")
	expect(t, admin(t, m, 409, "POST", "/workspaces", `{"domain":"one"}`), "conflict", "error")
}

func TestTheNumberOfWorkspacesMadeAtRunTimeIsBounded(t *testing.T) {
	t.Parallel()
	m := start(t)
	for i := range 100 {
		admin(t, m, 201, "POST", "/workspaces", fmt.Sprintf(`{"domain":"w%d"}`, i))
	}
	answer := admin(t, m, 409, "POST", "/workspaces", `{"domain":"one-more"}`)
	if text, _ := answer["message"].(string); !strings.Contains(text, "100") {
		t.Fatal(answer)
	}
	admin(t, m, 204, "DELETE", "/workspaces/w7", "")
	admin(t, m, 201, "POST", "/workspaces", `{"domain":"one-more"}`)
}

func TestAResetBringsBackStateClockFaultsAndRateWindowsOfOneWorkspace(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("5/1h"))
	before := signed(t, m, 200, "GET", inbox, "")
	admin(t, m, 201, "POST", "/conversations", `{"phone":"966555000001"}`)
	admin(t, m, 200, "POST", "/clock", `{"advance":"48h"}`)
	admin(t, m, 200, "POST", "/clock?workspace=other-workspace", `{"advance":"48h"}`)
	admin(t, m, 200, "PUT", "/faults", `{"rules":[{"status":503}]}`)
	signed(t, m, 503, "GET", inbox, "")
	roundTrip(t, m.ClientOf(m.Workspaces()[1]), "GET", m.URL+"/conversations?phone_number_id=654321", "")

	admin(t, m, 204, "POST", "/reset", "")

	expect(t, admin(t, m, 200, "GET", "/limits", ""), number("5"), "data", 0, "remaining")
	expect(t, admin(t, m, 200, "GET", "/limits?workspace=other-workspace", ""), number("4"), "data", 0, "remaining")
	if n := length(t, admin(t, m, 200, "GET", "/faults", ""), "rules"); n != 0 {
		t.Errorf("%d faults are left", n)
	}
	expect(t, admin(t, m, 200, "GET", "/clock", ""), "2024-01-20T12:00:00Z", "now")
	expect(t, admin(t, m, 200, "GET", "/clock?workspace=other-workspace", ""), "2024-01-22T12:00:00Z", "now")
	if after := signed(t, m, 200, "GET", inbox, ""); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Error("the inbox is not what it was")
	}
	if n := length(t, admin(t, m, 200, "GET", "/requests", ""), "data"); n != 4 {
		t.Errorf("the journal has %d exchanges, want 4", n)
	}
}

func TestLimitsTellWhatIsLeftAndCountNothing(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "GET", inbox, "")
	for range 2 {
		limits := admin(t, m, 200, "GET", "/limits", "")
		expect(t, limits, "listConversations", "data", 0, "operation")
		expect(t, limits, number("200"), "data", 0, "limit")
		expect(t, limits, number("199"), "data", 0, "remaining")
	}
	expect(t, admin(t, m, 200, "GET", "/limits?workspace=other-workspace", ""), number("200"), "data", 0, "remaining")
}

func TestWithoutLimitsThereIsNothingToTell(t *testing.T) {
	t.Parallel()
	if limits := admin(t, start(t, mocktest.RateLimit("off")), 200, "GET", "/limits", ""); length(t, limits, "data") != 0 {
		t.Fatal(limits)
	}
}

func TestSignMakesTheHeadersOfARequestThatIsAccepted(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range []struct{ method, target, body string }{
		{"GET", "/conversations?phone_number_id=123456&status=unread", ""},
		{"get", "/api/developer/conversations?phone_number_id=123456", ""},
		{"POST", "/w/message/text?phone_number_id=123456", `{"phone":"966555000001","body":"سلام"}`},
	} {
		ask := fmt.Sprintf(`{"method":%q,"target":%q,"body":%q}`, c.method, c.target, c.body)
		headers := at(t, admin(t, m, 200, "POST", "/sign", ask), "headers").(object)
		var flat []string
		for name, value := range headers {
			flat = append(flat, name, value.(string))
		}
		url := m.Origin + "/api/developer" + strings.TrimPrefix(c.target, "/api/developer")
		if response, text := roundTrip(t, &http.Client{}, strings.ToUpper(c.method), url, c.body, flat...); response.StatusCode != 200 {
			t.Errorf("%v: %d %s", c, response.StatusCode, text)
		}
	}
}

func TestASecretIsShownOnceAndNowhereAgain(t *testing.T) {
	t.Parallel()
	m := start(t)
	client, w := created(t, m, "one")
	roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", "")
	for _, path := range []string{
		"/__admin/workspaces", "/__admin/requests", "/__admin/limits?workspace=one", "/__admin/clock?workspace=one", "/__admin/faults?workspace=one", "/metrics", "/readyz",
	} {
		if response, text := roundTrip(t, &http.Client{}, "GET", m.Origin+path, ""); response.StatusCode != 200 || strings.Contains(string(text), w.Secret) {
			t.Errorf("%s: %d %s", path, response.StatusCode, text)
		}
	}
	admin(t, m, 409, "POST", "/workspaces", `{"domain":"one"}`)
	admin(t, m, 204, "DELETE", "/workspaces/one", "")
	if _, again := created(t, m, "one"); again.Secret == w.Secret || again.ClientID == w.ClientID {
		t.Error("a workspace that is created again has the old credentials")
	}
}
