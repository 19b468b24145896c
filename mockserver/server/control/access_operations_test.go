package control_test

import (
	"cmp"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"example.com/awalmock/mockserver/mocktest"
)

// operations are method and path of everything that control.yaml describes.
func operations(t *testing.T) [][2]string {
	t.Helper()
	m := start(t)
	_, text := roundTrip(t, &http.Client{}, "GET", m.Origin+"/__admin/openapi.yaml", "")
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	var all [][2]string
	for _, path := range doc.Paths.InMatchingOrder() {
		for method := range doc.Paths.Find(path).Operations() {
			all = append(all, [2]string{method, strings.NewReplacer("{id}", "1", "{domain}", "other-workspace").Replace(path)})
		}
	}
	if len(all) < 19 {
		t.Fatalf("%d operations", len(all))
	}
	return all
}

func TestEveryOperationIsOffWithoutATokenOffLoopbackAndNeedsItOtherwise(t *testing.T) {
	t.Parallel()
	off, guarded := behind(t, "0.0.0.0", ""), behind(t, "0.0.0.0", "s3cret")
	for _, op := range operations(t) {
		want := 404
		if op[1] == "/webhooks/stream" {
			want = 401 // a client's signature opens it
		}
		if got, text := status(t, op[0], off+"/__admin"+op[1]); got != want {
			t.Errorf("%s without a token: %d %s", op, got, text)
		}
		for _, header := range [][]string{nil, {"Authorization", "Bearer wrong"}, {"Authorization", ""}} {
			if got, text := status(t, op[0], guarded+"/__admin"+op[1], header...); got != 401 || !strings.Contains(text, "authentication_failed") {
				t.Errorf("%s with %v: %d %s", op, header, got, text)
			}
		}
	}
}

func TestEveryOperationRefusesOtherSitesAndAForeignHostAndHasNoCORS(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, op := range operations(t) {
		for _, header := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Host", "evil.example"}, {"Host", "evil.example", "Origin", "http://evil.example"},
		} {
			response, text := roundTrip(t, &http.Client{}, op[0], m.Origin+"/__admin"+op[1], "", header...)
			if response.StatusCode != 403 || !strings.Contains(string(text), `"forbidden"`) {
				t.Errorf("%s with %v: %d %s", op, header, response.StatusCode, text)
			}
			for name := range response.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s answers with %s", op, name)
				}
			}
		}
	}
	if n := length(t, admin(t, m, 200, "GET", "/workspaces", ""), "data"); n != 2 {
		t.Errorf("%d workspaces are left", n)
	}
}

func TestEveryOperationTakesAWorkspaceAndRefusesAnUnknownOneButForTheJournalWhichItFilters(t *testing.T) {
	t.Parallel()
	m := start(t)
	bodies := map[string]string{
		"/workspaces": `{"domain":"one"}`, "/sign": `{"method":"GET","target":"/conversations"}`, "/conversations": `{"phone":"966555000021"}`, "/conversations/1": `{"bot":true}`, "/orders": `{"phone":"966555000021","items":[{"product_name":"x","quantity":1,"price":1}]}`,
		"/conversations/1/messages": `{"content":"x"}`, "/messages/1": `{"status":"read"}`, "/clock": `{"run":false}`, "/faults": `{"rules":[]}`,
		"PUT /webhooks": `{"endpoints":[]}`, "POST /webhooks": `{"url":"http://127.0.0.1:1/"}`, "/webhooks/1": `{"active":true}`, "/webhooks/trigger": `{"event":"message.received"}`, "/deliveries/resend": `{}`, "/workspaces/other-workspace/rotate": `{}`,
	}
	for _, op := range operations(t) {
		body := ""
		if op[0] != http.MethodGet {
			body = cmp.Or(bodies[op[0]+" "+op[1]], bodies[op[1]])
		}
		want := 404
		switch {
		case op == [2]string{"GET", "/requests"}:
			want = 200
		case op == [2]string{"DELETE", "/requests"}:
			want = 204
		case op[1] == "/requests/stream":
			continue // it would not end; TestAStreamOfAWorkspaceHasOnlyItsExchanges
		}
		admin(t, m, want, op[0], op[1]+"?workspace=nobody", body)
		admin(t, m, 400, op[0], op[1]+"?workspace=", body)
		admin(t, m, 400, op[0], op[1]+"?workspace=a&workspace=b", body)
	}
	if n := length(t, admin(t, m, 200, "GET", "/workspaces?workspace=other-workspace", ""), "data"); n != 2 {
		t.Errorf("%d workspaces are there", n)
	}
}

func TestHealthAndDocumentNeedNoTokenAndMetricsDoesOffLoopback(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		url     string
		metrics int
	}{
		"on loopback":              {behind(t, "127.0.0.1", ""), 200},
		"off loopback, no token":   {behind(t, "0.0.0.0", ""), 404},
		"off loopback, with token": {behind(t, "0.0.0.0", "s3cret"), 401},
	} {
		for _, path := range []string{"/livez", "/readyz", "/openapi.yaml", "/openapi.json"} {
			if got, text := status(t, "GET", c.url+path); got != 200 || text == "" {
				t.Errorf("%s: %s is %d", name, path, got)
			}
		}
		if got, text := status(t, "GET", c.url+"/metrics"); got != c.metrics {
			t.Errorf("%s: /metrics is %d %s", name, got, text)
		}
	}
	if got, text := status(t, "GET", behind(t, "0.0.0.0", "s3cret")+"/metrics", "Authorization", "Bearer s3cret"); got != 200 {
		t.Errorf("/metrics with the token: %d %s", got, text)
	}
}

func TestWhileTheControlAPIIsOffTheAPIRuns(t *testing.T) {
	t.Parallel()
	m := start(t, func(o *mocktest.Options) { o.Listen = "0.0.0.0" })
	if got, _ := status(t, "GET", m.Origin+"/__admin/clock"); got != 404 {
		t.Errorf("the control API answers %d", got)
	}
	signed(t, m, 200, "GET", inbox, "")
}

func TestMetricsAreByOperationIDAndStatusNeverByPathOrWorkspace(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "GET", inbox, "")
	signed(t, m, 404, "GET", "/s3cret-path", "")
	admin(t, m, 201, "POST", "/workspaces", `{"domain":"s3cret-workspace"}`)
	admin(t, m, 200, "GET", "/clock?workspace=s3cret-workspace", "")
	admin(t, m, 404, "GET", "/s3cret-path", "")
	_, metrics := status(t, "GET", m.Origin+"/metrics")
	for _, line := range []string{
		`awalmock_requests_total{operation="listConversations",status="200"} 1`, `awalmock_requests_total{operation="getClock",status="200"} 1`,
		`awalmock_requests_total{operation="",status="404"} 2`, `awalmock_request_duration_seconds_count{operation="createWorkspace",status="201"} 1`,
	} {
		if !strings.Contains(metrics, line+"\n") {
			t.Errorf("no %s in\n%s", line, metrics)
		}
	}
	for _, secret := range []string{"s3cret", "your-workspace", "/__admin", "/conversations"} {
		if strings.Contains(metrics, secret) {
			t.Errorf("the metrics show %s", secret)
		}
	}
}
