package control_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestTheControlAPIIsAsStrictAsTheAPI(t *testing.T) {
	t.Parallel()
	m := start(t)
	cases := []struct {
		method, path, body string
		want               int
		field              string // of details, "" for none
	}{
		{"POST", "/clock", `{"advnce":"1h"}`, 400, "advnce"},
		{"GET", "/clock?worksapce=x", ``, 400, "worksapce"},
		{"GET", "/clock?workspace=a&workspace=b", ``, 400, "workspace"},
		{"POST", "/clock", `{"advance":"1h","advance":"2h"}`, 400, "advance"},
		{"POST", "/clock", `{"advance":"1h"} {}`, 400, "body"},
		{"POST", "/clock", `{`, 400, "body"},
		{"POST", "/clock", `{"advance":3600}`, 400, "advance"},
		{"POST", "/clock", `{"run":"yes"}`, 400, "run"},
		{"POST", "/clock", `{"set":"tomorrow"}`, 400, "set"},
		{"POST", "/clock", `{"advance":"1 day"}`, 400, "advance"},
		{"POST", "/clock", `{"advance":"999999999h999999999h"}`, 400, "advance"},
		{"POST", "/clock", `{"advance":"2000000h2000000h"}`, 400, "advance"},
		{"POST", "/workspaces", `{}`, 400, "domain"},
		{"POST", "/workspaces", `{"domain":"Not A Domain"}`, 400, "domain"},
		{"POST", "/workspaces", `{"domain":"` + strings.Repeat("a", 64) + `"}`, 400, "domain"},
		{"POST", "/workspaces", `{"domain":"a","phone_number_id":"x"}`, 400, "phone_number_id"},
		{"POST", "/conversations", `{"phone":"+9665"}`, 400, "phone"},
		{"POST", "/conversations", `{"phone":"9665","bot":null}`, 400, "bot"},
		{"POST", "/conversations", `{"phone":"9665","phone_number_id":"1"}`, 404, ""},
		{"PATCH", "/conversations/abc", `{"bot":true}`, 400, "id"},
		{"PATCH", "/conversations/1", `{"unread_count":-1}`, 400, "unread_count"},
		{"PATCH", "/conversations/1", `{"unread_count":1.5}`, 400, "unread_count"},
		{"PATCH", "/conversations/999999", `{"bot":true}`, 404, ""},
		{"POST", "/conversations/1/messages", `{"content":""}`, 400, "content"},
		{"POST", "/conversations/1/messages", `{"content":"` + strings.Repeat("ش", 4097) + `"}`, 400, "content"},
		{"POST", "/conversations/1/messages", `{"content":"` + strings.Repeat("ش", 4096) + `"}`, 201, ""},
		{"POST", "/conversations/1/messages", `{"content":"x","type":"hologram"}`, 400, "type"},
		{"POST", "/conversations/999999/messages", `{"content":"x"}`, 404, ""},
		{"PATCH", "/messages/1", `{"status":"sent"}`, 400, "status"},
		{"PATCH", "/messages/999999", `{"status":"read"}`, 404, ""},
		{"PUT", "/faults", `{}`, 400, "rules"},
		{"PUT", "/faults", `{"rules":[{"status":200}]}`, 400, "rules[0].status"},
		{"PUT", "/faults", `{"rules":[{"status":500,"probability":1.1}]}`, 400, "rules[0].probability"},
		{"PUT", "/faults", `{"rules":[{"status":500},{}]}`, 400, "rules[1]"},
		{"PUT", "/faults", `{"rules":[{"status":500,"abort":true}]}`, 400, "rules[0]"},
		{"PUT", "/faults", `{"rules":[{"status":500,"operation":"listConversation"}]}`, 400, "rules[0].operation"},
		{"PUT", "/faults", `{"rules":[{"latency":"0s"}]}`, 400, "rules[0].latency"},
		{"PUT", "/faults", `{"rules":[{"latency":"11m"}]}`, 400, "rules[0].latency"},
		{"PATCH", "/webhooks/ep1", `{}`, 400, "body"},
		{"PATCH", "/webhooks/ep1", `{"url":"http://127.0.0.1:1/"}`, 400, "url"},
		{"PATCH", "/webhooks/ep1", `{"active":true}`, 404, ""},
		{"POST", "/sign", `{"method":"GET","target":"conversations"}`, 400, "target"},
		{"POST", "/sign", `{"method":"GET","target":"/a b"}`, 400, "target"},
		{"GET", "/requests/req_nothing", ``, 404, ""},
		{"GET", "/nothing", ``, 404, ""},
		{"GET", "", ``, 404, ""},
		{"PATCH", "/clock", `{}`, 405, ""},
	}
	for _, c := range cases {
		answer := admin(t, m, c.want, c.method, c.path, c.body)
		if c.field == "" {
			continue
		}
		details, _ := answer["details"].(object)
		if text, _ := details[c.field].(string); text == "" || len(details) != 1 {
			t.Errorf("%s %s %s: details are %v, want %s alone", c.method, c.path, c.body, details, c.field)
		}
	}
}

func TestAControlBodyMustBeJSON(t *testing.T) {
	t.Parallel()
	m := start(t)
	admin(t, m, 415, "POST", "/clock", `{"advance":"1h"}`, "Content-Type", "text/plain")
	admin(t, m, 413, "POST", "/clock", strings.Repeat(" ", 1<<20+1))
}

func TestPreferIsForTheAPIOnly(t *testing.T) {
	t.Parallel()
	answer := admin(t, start(t), 400, "GET", "/clock", "", "Prefer", "code=200")
	if at(t, answer, "details", "Prefer") == nil {
		t.Fatal(answer)
	}
}

func TestAnUnknownWorkspaceIsNotFoundForEveryOperationThatHasOne(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range [][3]string{
		{"POST", "/reset", ""},
		{"GET", "/limits", ""},
		{"POST", "/sign", `{"method":"GET","target":"/conversations"}`},
		{"POST", "/conversations", `{"phone":"9665"}`},
		{"PATCH", "/conversations/1", `{"bot":true}`},
		{"POST", "/conversations/1/messages", `{"content":"x"}`},
		{"PATCH", "/messages/1", `{"status":"read"}`},
		{"GET", "/clock", ""},
		{"POST", "/clock", `{"run":true}`},
		{"GET", "/faults", ""},
		{"PUT", "/faults", `{"rules":[]}`},
	} {
		expect(t, admin(t, m, 404, c[0], c[1]+"?workspace=nobody", c[2]), "resource_not_found", "error")
	}
	admin(t, m, 404, "DELETE", "/workspaces/nobody", "")
}

func TestTheControlAPIHandsOutItsOwnDocument(t *testing.T) {
	t.Parallel()
	response, text := roundTrip(t, &http.Client{}, "GET", start(t).Origin+"/__admin/openapi.yaml", "")
	if response.StatusCode != 200 || !strings.Contains(string(text), "operationId: getControlDocument") {
		t.Fatalf("%d %.200s", response.StatusCode, text)
	}
}

func TestWhoAsksForNothingThatIsThereIsToldWhatThereIs(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, path := range []string{"", "/", "/nothing"} {
		if text, _ := admin(t, m, 404, "GET", path, "")["message"].(string); !strings.Contains(text, "/__admin/openapi.yaml") {
			t.Errorf("%q: %q", path, text)
		}
	}
}
