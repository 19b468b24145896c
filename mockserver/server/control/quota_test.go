package control_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// partner makes a workspace with terms, as JSON, and gives a client for it.
func partner(t *testing.T, m *mocktest.Mock, terms string) *http.Client {
	t.Helper()
	answer := admin(t, m, 201, "POST", "/workspaces", `{"domain":"partner","phone_number_id":"777",`+terms+`}`)
	return m.ClientOf(server.Workspace{Domain: "partner", ClientID: answer["client_id"].(string), Secret: answer["secret"].(string)})
}

func TestWhatGoesBeyondAQuotaIsRefusedWithItsNameAndTheRestGoesOn(t *testing.T) {
	t.Parallel()
	const send = "/w/message/text?phone_number_id=777"
	text := func(n int) string { return fmt.Sprintf(`{"phone":"96655500%04d","body":"Hello"}`, n) }
	for name, c := range map[string]struct {
		quota string
		fits  int // messages, each to another customer
		want  string
	}{
		"conversations": {`"conversations":3`, 3, "quota of conversations is used up: it has 3, and may have 3."},
		"events":        {`"events":6`, 3, "quota of events is used up: it has 6, and may have 6."},
		"bytes":         {`"bytes":1500`, 4, "quota of bytes is used up: it has "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := start(t)
			client := partner(t, m, `"quota":{`+c.quota+`}`)
			for n := range c.fits {
				if response, body := roundTrip(t, client, "POST", m.URL+send, text(n)); response.StatusCode != 200 {
					t.Fatalf("message %d: %d %s", n, response.StatusCode, body)
				}
			}
			response, body := roundTrip(t, client, "POST", m.URL+send, text(c.fits))
			if answer := decode(t, body); response.StatusCode != 409 || answer["error"] != "conflict" || !strings.Contains(answer["message"].(string), c.want) {
				t.Fatalf("%d %s, want %s", response.StatusCode, body, c.want)
			}
			if response, body := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", ""); response.StatusCode != 200 || length(t, decode(t, body), "data") != c.fits {
				t.Errorf("%d %s", response.StatusCode, body)
			}
			if name == "conversations" {
				if response, body := roundTrip(t, client, "POST", m.URL+send, text(0)); response.StatusCode != 200 {
					t.Errorf("to a customer who is known: %d %s", response.StatusCode, body)
				}
			}
			admin(t, m, 204, "POST", "/reset?workspace=partner", "")
			if response, body := roundTrip(t, client, "POST", m.URL+send, text(c.fits)); response.StatusCode != 200 {
				t.Errorf("after a reset: %d %s", response.StatusCode, body)
			}
		})
	}
}

func TestAQuotaOfEndpointsBoundsThem(t *testing.T) {
	t.Parallel()
	m := start(t)
	partner(t, m, `"quota":{"endpoints":1}`)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		_, _ = w.Write(text) // the challenge, or an event
	}))
	t.Cleanup(receiver.Close)
	const want = "The workspace's quota of endpoints is used up: it has %d, and may have 1."
	endpoint := func(path string) string { return `{"url":"` + receiver.URL + path + `"}` }
	answer := admin(t, m, 409, "PUT", "/webhooks?workspace=partner", `{"endpoints":[`+endpoint("/a")+`,`+endpoint("/b")+`]}`)
	expect(t, answer, fmt.Sprintf(want, 0), "message")
	admin(t, m, 200, "PUT", "/webhooks?workspace=partner", `{"endpoints":[`+endpoint("/a")+`]}`)
	expect(t, admin(t, m, 409, "POST", "/webhooks?workspace=partner", endpoint("/b")), fmt.Sprintf(want, 1), "message")
	admin(t, m, 200, "PUT", "/webhooks?workspace=partner", `{"endpoints":[`+endpoint("/b")+`]}`)
	expect(t, admin(t, m, 200, "GET", "/workspaces/partner", ""), number("1"), "used", "endpoints")
}

func TestARequestTooManyOfADayIs429UntilTheWorkspacesMidnight(t *testing.T) {
	t.Parallel()
	m := start(t)
	client := partner(t, m, `"quota":{"requests_per_day":3}`)
	ask := func(want int) *http.Response {
		t.Helper()
		response, body := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", "")
		if response.StatusCode != want {
			t.Fatalf("%d, want %d: %s", response.StatusCode, want, body)
		}
		if want == 429 && !strings.Contains(string(body), "quota of requests_per_day is used up: it may have 3.") {
			t.Errorf("%s", body)
		}
		return response
	}
	for range 3 {
		ask(200)
	}
	for range 2 {
		response := ask(429)
		if got := response.Header.Get("Retry-After"); got != "43200" { // from noon to midnight
			t.Errorf("Retry-After: %s", got)
		}
	}
	expect(t, admin(t, m, 200, "GET", "/workspaces/partner", ""), number("3"), "used", "requests_today")
	signed(t, m, 200, "GET", inbox, "") // of another workspace
	admin(t, m, 200, "POST", "/clock?workspace=partner", `{"advance":"11h59m59s"}`)
	if got := ask(429).Header.Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After: %s", got)
	}
	admin(t, m, 200, "POST", "/clock?workspace=partner", `{"advance":"1s"}`)
	ask(200)
	expect(t, admin(t, m, 200, "GET", "/workspaces/partner", ""), number("1"), "used", "requests_today")
}

func TestAnExpiredWorkspaceIsUnknownAndRemoved(t *testing.T) {
	t.Parallel()
	m := start(t)
	client := partner(t, m, `"expires_at":"2024-01-21T12:00:00Z"`)
	expect(t, admin(t, m, 200, "GET", "/workspaces", ""), "2024-01-21T12:00:00Z", "data", 2, "expires_at")
	admin(t, m, 200, "POST", "/clock?workspace=partner", `{"advance":"23h59m59s"}`)
	if response, body := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", ""); response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, body)
	}
	admin(t, m, 200, "POST", "/clock?workspace=partner", `{"advance":"1s"}`)
	response, body := roundTrip(t, client, "GET", m.URL+"/conversations?phone_number_id=777", "")
	unknown, other := roundTrip(t, m.ClientOf(server.Workspace{Domain: "nobody", ClientID: "x", Secret: "x"}), "GET", m.URL+"/conversations?phone_number_id=777", "")
	if response.StatusCode != 401 || unknown.StatusCode != 401 || decode(t, body)["message"] != decode(t, other)["message"] {
		t.Errorf("%d %s, and a workspace that never was: %d %s", response.StatusCode, body, unknown.StatusCode, other)
	}
	admin(t, m, 404, "GET", "/workspaces/partner", "")
	admin(t, m, 404, "GET", "/clock?workspace=partner", "")
	if n := length(t, admin(t, m, 200, "GET", "/workspaces", ""), "data"); n != 2 {
		t.Errorf("%d workspaces are listed", n)
	}
	partner(t, m, `"expires_at":"2024-01-22T12:00:00Z"`) // its name is free
}

func TestTheTermsOfAWorkspaceAreShownAndWrongOnesRefused(t *testing.T) {
	t.Parallel()
	m := start(t)
	partner(t, m, `"quota":{"conversations":5,"bytes":100000},"expires_at":"2024-02-01T00:00:00+03:00"`)
	for _, row := range []object{
		at(t, admin(t, m, 200, "GET", "/workspaces", ""), "data", 2).(object),
		admin(t, m, 200, "GET", "/workspaces/partner", ""),
	} {
		expect(t, row, number("5"), "quota", "conversations")
		expect(t, row, number("10000"), "quota", "events")
		expect(t, row, "2024-01-31T21:00:00Z", "expires_at")
	}
	if row := admin(t, m, 200, "GET", "/workspaces/your-workspace", ""); row["quota"] != nil || row["expires_at"] != nil {
		t.Errorf("%v", row)
	}
	admin(t, m, 404, "GET", "/workspaces/nobody", "")
	for _, wrong := range []string{
		`"quota":{"conversations":0}`, `"quota":{"events":-1}`, `"quota":{"endpoints":1001}`, `"quota":{"requests_per_day":"many"}`, `"quota":{"bytes":1.5}`, `"quota":{"sheep":1}`, `"quota":[]`,
		`"expires_at":"soon"`, `"expires_at":"2024-01-20T12:00:00Z"`, `"expires_at":"1999-01-01T00:00:00Z"`,
	} {
		admin(t, m, 400, "POST", "/workspaces", `{"domain":"wrong",`+wrong+`}`)
	}
	admin(t, m, 404, "GET", "/workspaces/wrong", "")
}

func TestSecretsThatAreMadeHaveAVisiblePrefix(t *testing.T) {
	t.Parallel()
	m := start(t)
	made, err := m.CreateWorkspace(t.Context(), adminapi.NewWorkspace{Domain: "one"})
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := m.Workspace("one").Rotate(t.Context(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{made.Secret, rotated.Secret} {
		if !strings.HasPrefix(secret, "awal_test_") || len(secret) < 42 {
			t.Errorf("%q", secret)
		}
	}
}
