package server_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestA415SaysWhatIsWrongWithTheContentType(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for _, c := range []struct {
		header []string
		want   string
	}{
		{[]string{"Content-Type: text/plain"}, `"text/plain" (in the header) is not taken here; send application/json`},
		{[]string{"Content-Type: application/x-www-form-urlencoded"}, "curl -d sends a form"},
		{[]string{"Content-Type: application/json; charset=windows-1256"}, `names the charset "windows-1256" (in the header); send UTF-8`},
		{[]string{"Content-Type: json"}, `"json" (in the header) is no media type; send application/json`},
		{[]string{"Content-Type: application/json, text/plain"}, "is no media type"},
		{[]string{"Content-Type:"}, "is empty in the header"},
		{[]string{"Content-Type: application/json", "Content-Type: application/json"}, "must be sent once in the header; it was sent 2 times"},
	} {
		r := call{method: "POST", target: sendText, body: `{"phone":"966500000001","body":"hi"}`, header: c.header}
		a := m.do(t, r).is(t, http.StatusUnsupportedMediaType, "unsupported_media_type").names(t, "Content-Type")
		if text := a.detail("Content-Type"); !strings.Contains(text, c.want) {
			t.Errorf("%v: %q, want %q", c.header, text, c.want)
		}
	}
}

func TestTheRightTypeWithABrokenParameterIsAcceptedWithAWarning(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for contentType, want := range map[string]string{
		"application/json; UTF-8":                          `"utf-8" is a parameter without a name`,
		"application/json; charset":                        `"charset" is a parameter without`,
		"application/json; charset=":                       "charset has no value",
		"application/json; charset=utf8":                   "should be written charset=utf-8",
		"application/json; charset=utf-8; charset=ascii":   "charset appears twice",
		"application/json; charset=utf-8; profile=a b":     `parameter "profile" is not written`,
		"application/json; charset = utf-8; \u202e=x":      `is not written as name=value`,
		"application/json;charset=utf-8":                   "",
		"application/json; charset=UTF-8":                  "",
		`application/json; charset="utf-8"; odata=minimal`: "",
	} {
		a := m.do(t, call{method: "POST", target: sendText, body: `{"phone":"966500000001","body":"hi"}`, header: []string{"Content-Type: " + contentType}}).is(t, 200, "")
		if warning := a.header.Get("X-Mock-Warning"); want == "" && warning != "" || !strings.Contains(warning, want) {
			t.Errorf("%s: the warning is %q, want %q", contentType, warning, want)
		}
	}
}

// upload is a form with a boundary of its own.
func upload(boundary string) string {
	field := func(name, value string) string {
		return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	return field("phone", "966500000001") + field("type", "image") + "--" + boundary +
		"\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n0000\r\n--" + boundary + "--\r\n"
}

func TestABoundaryWithoutItsQuotesIsUnderstoodAndAWrongOneIsNamed(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	send := func(contentType, body string) answer {
		return *m.do(t, call{method: "POST", target: sendTo("media"), body: body, header: []string{"Content-Type: " + contentType}})
	}
	for _, boundary := range []string{"----=_Part_1_2.3", "=_x:y/z?", "a b"} {
		a := send("multipart/form-data; boundary="+boundary, upload(boundary))
		if a.status != 200 || !strings.Contains(a.header.Get("X-Mock-Warning"), "have to be in quotes") {
			t.Errorf("%s: %d %q %s", boundary, a.status, a.header.Get("X-Mock-Warning"), a.body)
		}
		if a = send(`multipart/form-data; boundary="`+boundary+`"`, upload(boundary)); a.status != 200 || a.header.Get("X-Mock-Warning") != "" {
			t.Errorf("%s in quotes: %d %q", boundary, a.status, a.header.Get("X-Mock-Warning"))
		}
	}
	for _, c := range []struct{ contentType, body, want string }{
		{"multipart/form-data", upload("b"), "the Content-Type has no boundary"},
		{"multipart/form-data; boundary=", upload("b"), "the Content-Type has no boundary"},
		{"multipart/form-data; boundary=c", upload("b"), `the Content-Type names the boundary "c", so the body has to begin with "--c" and a line break; it begins with "--b"`},
		{"multipart/form-data; boundary=b", `{"phone":"1"}`, `it begins with "{\"phone\":\"1\"}"`},
	} {
		a := send(c.contentType, c.body)
		if a.is(t, 400, "validation_failed").names(t, "body"); !strings.Contains(a.detail("body"), c.want) {
			t.Errorf("%s: %s", c.contentType, a.detail("body"))
		}
	}
}

func TestAMissingBodyIsToldApartFromAMissingPropertyCalledBody(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	details := func(target, body string) string {
		return m.do(t, call{method: "POST", target: target, body: body}).is(t, 400, "validation_failed").detail("body")
	}
	for _, c := range []struct{ target, body, want string }{
		{sendText, "", "the request has no body; send it as application/json"},
		{sendText + "&phone=966500000001&body=hi", "", "the request has no body; send it as application/json, not in the query, where phone, body was sent"},
		{sendText, `{"phone":"966500000001"}`, "is required in the body"},
		{sendText + "&body=hi", `{"phone":"966500000001"}`, "is required in the body; it was sent in the query"},
		{sendText, `{"phone":"966500000001","body":""}`, "must not be empty (in the body)"},
		{sendText, `[]`, "the request body must be an object"},
		{sendText, `{`, "the request body is not valid JSON: it ends too early"},
	} {
		if got := details(c.target, c.body); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.target, c.body, got, c.want)
		}
	}
}

func TestADetailSaysWhereWasLookedAndWhereTheValueWasSentInstead(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	const text = `"phone":"966500000001","body":"hi"`
	for _, c := range []struct {
		r           call
		field, want string
	}{
		{call{target: "/conversations"}, "phone_number_id", "is required in the query"},
		{call{target: "/conversations?phoneNumberId=123456"}, "phone_number_id", "is required in the query; it was sent in the query as phoneNumberId"},
		{call{target: "/conversations", header: []string{"phone_number_id: 123456"}}, "phone_number_id", "is required in the query; it was sent in the header as Phone_number_id"},
		{call{target: "/conversations", header: []string{"X-Phone-Number-Id: 123456"}}, "phone_number_id", "it was sent in the header as X-Phone-Number-Id"},
		{call{target: "/conversations?phone_number_id=123456&status=x"}, "status", "(in the query)"},
		{call{target: "/conversations/x?phone_number_id=123456"}, "id", "(in the path)"},
		{call{target: "/conversations?phone_number_id=123456", header: []string{"X-API-Version: v2"}}, "X-API-Version", "(in the header)"},
		{call{target: "/conversations?phone_number_id=123456", header: []string{"Prefer: code=299"}}, "Prefer", "(in the header)"},
		{call{method: "POST", target: "/w/message/text", body: `{"phone_number_id":"123456",` + text + `}`}, "phone_number_id", "is required in the query; it was sent in the body"},
		{call{method: "POST", target: "/w/message/text", body: `{"data":{"phone_number_id":"123456"},` + text + `}`}, "phone_number_id", "it was sent in the body as data.phone_number_id"},
		{call{method: "POST", target: sendText + "&phone=966500000001", body: `{"body":"hi"}`}, "phone", "is required in the body; it was sent in the query"},
		{call{method: "POST", target: sendText, body: `{"data":{` + text + `}}`}, "phone", "is required in the body; it was sent in the body as data.phone"},
		{call{method: "POST", target: sendText, body: `{"reply_to":"1",` + text + `}`}, "reply_to", "(in the body)"},
	} {
		a := m.do(t, c.r)
		if got := a.detail(c.field); a.status != 400 || !strings.HasSuffix(got, c.want) {
			t.Errorf("%s %s: %d %s: %q, want %q", c.r.target, c.r.body, a.status, c.field, got, c.want)
		}
	}
	a := m.do(t, call{target: "/conversations?phone_number_id=123456&X-Domain=your-workspace", auth: map[string]string{"X-Domain": "-"}})
	if got := a.is(t, 401, "authentication_failed").detail("X-Domain"); got != "is required in the header; it was sent in the query" {
		t.Errorf("X-Domain: %q", got)
	}
	r := call{method: "POST", target: "/w/message/text", body: `{"phone_number_id":"123456",` + text + `}`}
	if warning := m.do(t, r).header.Get("X-Mock-Warning"); warning != `"phone_number_id" is no known body parameter or property; it belongs in the query` {
		t.Errorf("the warning is %q", warning)
	}
}

func TestWarningsHaveAKibibyteHoweverLongAndManyTheNamesAre(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for name, body := range map[string]string{
		"one name of 50,000 letters": `{"` + strings.Repeat("x", 50_000) + `":1,"phone":"966500000001","body":"hi"}`,
		"names of emoji":             `{"` + strings.Repeat("👋", 100) + `":1,"` + strings.Repeat("🙂", 100) + `":1,"` + strings.Repeat("\u202e", 1000) + `":1,"phone":"966500000001","body":"hi"}`,
		"a thousand names":           `{"a` + strings.Join(strings.Split(strings.Repeat("z", 1000), ""), `":1,"b`) + `":1,"phone":"966500000001","body":"hi"}`,
	} {
		a := m.do(t, call{method: "POST", target: sendText, body: body})
		size := 0
		for _, warning := range a.header.Values("X-Mock-Warning") {
			size += len(warning)
			if strings.ContainsFunc(warning, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("%s: %q", name, warning)
			}
		}
		if size == 0 || size > 1024 {
			t.Errorf("%s: %d bytes of warnings", name, size)
		}
	}
	var many strings.Builder
	for i := range 42 {
		many.WriteString("&unknown" + strings.Repeat("x", i+1) + "=1")
	}
	warnings := m.get(t, "/conversations?phone_number_id=123456"+many.String()).is(t, 200, "").header.Values("X-Mock-Warning")
	if len(warnings) != 6 || warnings[5] != "and 37 more unknown names" {
		t.Errorf("%q", warnings)
	}
	long := m.get(t, "/conversations?phone_number_id=123456&begin"+strings.Repeat("x", 500)+"end=1").header.Get("X-Mock-Warning")
	if !strings.HasPrefix(long, `"begin`) || !strings.Contains(long, `...`) || !strings.Contains(long, `end" is no known`) {
		t.Errorf("%q", long)
	}
}

func TestTwoAuthorizationHeadersAreRefusedWithATextThatSaysSo(t *testing.T) {
	t.Parallel()
	twice := []string{"Authorization: Bearer one", "Authorization: Bearer token"}
	for _, m := range []*mock{start(t), start(t, mocktest.ControlToken("token")), start(t, mocktest.Auth("off"))} {
		for _, target := range []string{base + "/conversations?phone_number_id=123456", "/__admin/clock", "/__admin/sign"} {
			a := m.do(t, call{whole: target, target: "/conversations?phone_number_id=123456", header: twice})
			if target == "/__admin/sign" { // GET is not an operation there
				a.is(t, 405, "method_not_allowed")
				continue
			}
			a.is(t, 401, "authentication_failed").names(t, "Authorization")
			if got := a.detail("Authorization"); got != "must be sent once in the header; it was sent 2 times" {
				t.Errorf("%s: %q", target, got)
			}
		}
	}
	m := start(t, mocktest.ControlToken("token"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header["Authorization"] = []string{"Bearer token", "Bearer token"}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, _ := io.ReadAll(response.Body); response.StatusCode != 401 || !strings.Contains(string(body), "sent 2 times") {
		t.Errorf("/metrics: %d %s", response.StatusCode, body)
	}
}

func TestNothingThatATerminalObeysStandsInAnError(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited(), mocktest.Strict())
	name := "a\u202eb\u009bc\u2066\u200f\u007f"
	a := m.do(t, call{method: "POST", target: sendText, body: `{"phone":"966500000001","body":"hi","` + name + `":1}`}).is(t, 400, "validation_failed").names(t, name)
	if strings.ContainsAny(string(a.body), name[1:4]+"\u009b\u2066\u200f\u007f") {
		t.Errorf("%q", a.body)
	}
}
