package server_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

const sendText = "/w/message/text?phone_number_id=123456"

func TestEveryErrorOfEveryOperationHasTheEnvelopeAndTheRequestID(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachOperation(t, func(t *testing.T, op operation) {
		unsigned := op.request()
		unsigned.secret = "wrong"
		old := op.request()
		old.at = "1704124800"
		version := op.request()
		version.header = append(version.header, "X-API-Version: v9")
		method := op.request()
		method.method = "TRACE"
		for _, c := range []struct {
			call
			status int
			code   string
		}{
			{unsigned, 401, "authentication_failed"},
			{old, 403, "timestamp_expired"},
			{version, 400, "validation_failed"},
			{method, 405, "method_not_allowed"},
		} {
			a := m.do(t, c.call).is(t, c.status, c.code) // do checks body, header and document
			for _, key := range []string{"error", "message", "request_id"} {
				if text, _ := a.value[key].(string); text == "" {
					t.Errorf("no %s: %s", key, a.body)
				}
			}
			if found, ok := a.value["details"]; ok && len(details(a.value)) == 0 {
				t.Errorf("details is there and empty: %v", found)
			}
			if _, ok := a.value["status"]; ok {
				t.Errorf("an error has a status field: %s", a.body)
			}
		}
		if a := m.do(t, method); a.value["details"] != nil {
			t.Errorf("details without any: %s", a.body)
		}
	})
}

func TestEveryAnswerHasARequestIDOfItsOwn(t *testing.T) {
	t.Parallel()
	m := start(t)
	seen := map[string]bool{}
	for _, target := range []string{listing, listing, "/conversations", "/nowhere", "/conversations/999999?phone_number_id=123456", "/templates"} {
		id := m.get(t, target).header.Get("X-Request-Id")
		if id == "" || seen[id] {
			t.Errorf("%s has the request id %q", target, id)
		}
		seen[id] = true
	}
}

func TestEachCodeGoesWithItsStatus(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	text := func(body string) call { return call{method: "POST", target: sendText, body: body} }
	for _, c := range []struct {
		call
		status int
		code   string
	}{
		{call{target: "/nowhere"}, 404, "resource_not_found"},
		{call{target: "/conversations/999999?phone_number_id=123456"}, 404, "resource_not_found"},
		{call{target: "/conversations?phone_number_id=1"}, 404, "resource_not_found"},
		{call{method: "PUT", target: listing}, 405, "method_not_allowed"},
		{call{method: "POST", target: "/wechat/chat/events/2?phone_number_id=123456", body: `{"route":"closeTicket"}`}, 409, "conflict"},
		{text(`{"phone":"96650000000","body":"` + strings.Repeat("x", 1<<20) + `"}`), 413, "payload_too_large"},
		{call{method: "POST", target: sendText, body: "x", header: []string{"Content-Type: text/plain"}}, 415, "unsupported_media_type"},
		{text(`{"phone":"966500000429","body":"x"}`), 429, "rate_limit_exceeded"},
		{text(`{"phone":"966500000500","body":"x"}`), 500, "internal_error"},
		{call{target: listing, header: []string{"Prefer: code=503"}}, 503, "service_unavailable"},
		{call{target: listing, header: []string{"Prefer: example=forbidden"}}, 403, "forbidden"},
		{text(`{"phone":"+96650000000","body":"x"}`), 400, "invalid_phone_number"},
		{text(`{"phone":"","body":"x"}`), 400, "invalid_phone_number"},
		{text(`{"phone":"966 50","body":"x"}`), 400, "invalid_phone_number"},
		{text(`{"phone":"+96650000000","body":""}`), 400, "validation_failed"},
		{text(`{"phone":96650000000,"body":"x"}`), 400, "validation_failed"},
		{text(`{"body":"x"}`), 400, "validation_failed"},
	} {
		m.do(t, c.call).is(t, c.status, c.code)
	}
}

func TestAPhoneOfAnyNumberOfDigitsIsRight(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, phone := range []string{"1", "96650000000", strings.Repeat("9", 40)} {
		m.do(t, call{method: "POST", target: sendText, body: `{"phone":"` + phone + `","body":"x"}`}).is(t, 200, "")
	}
}

func TestA5xxNeverShowsInternals(t *testing.T) {
	t.Parallel()
	m := start(t)
	a := m.do(t, call{method: "POST", target: sendText, body: `{"phone":"966500000500","body":"x"}`}).is(t, 500, "internal_error")
	for _, word := range []string{"966500000500", "panic", ".go", "goroutine", "failing server"} {
		if strings.Contains(string(a.body), word) {
			t.Errorf("the answer shows %q: %s", word, a.body)
		}
	}
	if a.value["details"] != nil {
		t.Errorf("%s", a.body)
	}
}

func TestDetailsHasOneEntryPerOffendingField(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	m.get(t, "/conversations?status=open").is(t, 400, "validation_failed").names(t, "phone_number_id", "status")
	m.do(t, call{target: "/conversations/x?phone_number_id=", header: []string{"X-API-Version: v2"}}).
		is(t, 400, "validation_failed").names(t, "id", "phone_number_id", "X-API-Version")
	m.do(t, call{method: "POST", target: "/w/message/text", body: `{"phone":"+1"}`}).
		is(t, 400, "validation_failed").names(t, "phone_number_id", "phone", "body")
}

func TestDetailsAreKeyedByThePathOfTheProperty(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	deep := strings.Repeat("[", 65) + strings.Repeat("]", 65)
	for _, c := range []struct{ kind, body, field string }{
		{"button", `{"phone":"96650000000","body_text":"x","buttons":[{"id":"a","title":"` + strings.Repeat("x", 21) + `"}]}`, "buttons[0].title"},
		{"location", `{"phone":"96650000000","location":{"latitude":91,"longitude":0,"name":"a","address":"b"}}`, "location.latitude"},
		{"text", `{"phone":"96650000000","body":"x","phone":"96650000000"}`, "phone"},
		{"location", `{"phone":"96650000000","location":{"latitude":1,"longitude":0,"name":"a","address":"b","latitude":2}}`, "location.latitude"},
		{"text", `{"phone":"96650000000","body":"x"} {}`, "body"},
		{"text", `{"phone":"96650000000","body":"x"}x`, "body"},
		{"text", `{"phone":`, "body"},
		{"text", `no JSON`, "body"},
		{"text", ` `, "body"},
		{"text", "{\"phone\":\"96650000000\",\"body\":\"\xff\"}", "body"},
		{"text", `{"phone":"96650000000","body":"x","more":` + deep + `}`, "body"},
	} {
		a := m.do(t, call{method: "POST", target: "/w/message/" + c.kind + "?phone_number_id=123456", body: c.body})
		a.is(t, 400, "validation_failed").names(t, c.field)
	}
}

func TestATextNamesTheRuleAndItsBoundNotTheValue(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	secret := strings.Repeat("s3cret", 700)
	a := m.do(t, call{method: "POST", target: sendText, body: `{"phone":"96650000000","body":"` + secret + `"}`}).is(t, 400, "validation_failed")
	if !strings.Contains(a.detail("body"), "4096") || strings.Contains(string(a.body), "s3cret") {
		t.Errorf("%s", a.body)
	}
	a = m.get(t, listing+"&status=s3cret").is(t, 400, "validation_failed")
	if strings.Contains(string(a.body), "s3cret") {
		t.Errorf("%s", a.body)
	}
}

func TestNoRequestIsAnswered422_UnlessValidationStatusSaysSo(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachOperation(t, func(t *testing.T, op operation) {
		if op.body == "" {
			return
		}
		r := op.request()
		r.body = "{}"
		r.header = []string{"Content-Type: application/json"}
		if strings.HasPrefix(op.id, "update") && op.id != "updateTicket" {
			r.body = "[]" // nothing of them is required
		}
		if a := m.do(t, r); a.status != 400 && a.status != 415 {
			t.Errorf("%d %s", a.status, a.body)
		}
	})
}

func TestAnotherMethodIs405WithAllowAtEveryPath(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.Auth("off"))
	c, err := ownContract()
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range c.operations() {
		path, known := op.path, []string{}
		for _, other := range c.operations() {
			if other.path == path {
				known = append(known, other.method)
			}
		}
		slices.Sort(known)
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY", "get"} {
			if slices.Contains(known, method) {
				continue
			}
			a := m.do(t, call{method: method, target: op.target, auth: map[string]string{"X-Domain": "-"}})
			if a.status != 405 || a.header.Get("Allow") != strings.Join(known, ", ") {
				t.Errorf("%s %s: %d, Allow %q", method, path, a.status, a.header.Get("Allow"))
			}
			if method == "HEAD" && len(a.body) > 0 {
				t.Errorf("HEAD has a body: %s", a.body)
			}
		}
	}
}

func TestAnUnknownPathIs404InJSONAlsoOutsideTheBasePath(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, path := range []string{
		"/api", "/api/developer", "/api/developer/", "/conversations", "/api/developer/conversation", "/api/developer/conversations/",
		"/api/developer/conversations/1/", "/api/developer/conversations/1/x", "/API/developer/conversations", "/favicon.ico", "/api/developer/Conversations",
	} {
		for _, method := range []string{"GET", "POST", "OPTIONS"} {
			a := m.do(t, call{method: method, whole: path}).is(t, 404, "resource_not_found")
			if a.value["details"] != nil {
				t.Errorf("%s", a.body)
			}
			if text, _ := a.value["message"].(string); !strings.Contains(text, base) {
				t.Errorf("%q does not say where the API is", text)
			}
		}
	}
}

func TestTheMessageIsForPeople(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, target := range []string{"/nowhere", "/conversations", "/conversations/999999?phone_number_id=123456"} {
		text := fmt.Sprint(m.get(t, target).value["message"])
		if !strings.HasSuffix(text, ".") || !strings.Contains(text, " ") {
			t.Errorf("%s: %q is no sentence", target, text)
		}
	}
}
