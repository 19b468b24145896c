package control_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestTheJournalHasEachExchangeOldestFirst(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "GET", inbox, "")
	signed(t, m, 200, "POST", "/w/message/text?phone_number_id=123456", `{"phone":"966555000001","body":"Hello"}`)
	signed(t, m, 404, "GET", "/nothing", "")
	journal := admin(t, m, 200, "GET", "/requests", "")
	if n := length(t, journal, "data"); n != 3 {
		t.Fatalf("%d exchanges", n)
	}
	expect(t, journal, "listConversations", "data", 0, "operation")
	expect(t, journal, "/api/developer"+inbox, "data", 0, "request", "target")
	expect(t, journal, "ok", "data", 0, "verdict")
	expect(t, journal, "your-workspace", "data", 0, "workspace")
	expect(t, journal, `{"phone":"966555000001","body":"Hello"}`, "data", 1, "request", "body")
	expect(t, journal, number("200"), "data", 1, "response", "status")
	expect(t, journal, "application/json; charset=utf-8", "data", 1, "response", "headers", "Content-Type", 0)
	if text, _ := at(t, journal, "data", 1, "response", "body").(string); !strings.Contains(text, "messageId") {
		t.Errorf("the answer is not there: %q", text)
	}
	expect(t, journal, "resource_not_found", "data", 2, "verdict")
	expect(t, journal, "", "data", 2, "operation")
	for i := range 3 {
		expect(t, journal, number(fmt.Sprint(i+1)), "data", i, "sequence")
	}
}

func TestOneExchangeIsFoundByItsRequestID(t *testing.T) {
	t.Parallel()
	m := start(t)
	response, _ := roundTrip(t, m.Client(), "GET", m.URL+inbox, "")
	signed(t, m, 200, "GET", inbox, "")
	one := admin(t, m, 200, "GET", "/requests/"+response.Header.Get("X-Request-Id"), "")
	expect(t, one, number("1"), "sequence")
	admin(t, m, 404, "GET", "/requests/"+response.Header.Get("X-Request-Id")+"?workspace=other-workspace", "")
}

func TestWhoeverHasAnAnswerFindsItInTheJournal(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("off"))
	for i := range 50 {
		signed(t, m, 200, "GET", inbox, "") // an answer of many kilobytes, which is read before it is written whole
		if n := length(t, admin(t, m, 200, "GET", "/requests", ""), "data"); n != i+1 {
			t.Fatalf("%d exchanges after %d", n, i+1)
		}
	}
}

func TestTheJournalShowsEachViolationWithItsPlaceInRequestAndDocument(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 400, "GET", "/conversations?status=lost", "")
	signed(t, m, 400, "POST", "/w/message/button?phone_number_id=123456",
		`{"phone":"966555000001","body_text":"x","buttons":[{"id":"1","title":"`+strings.Repeat("x", 100)+`"}]}`)
	journal := admin(t, m, 200, "GET", "/requests", "")
	places := map[string]string{}
	for i := range 2 {
		for j := range length(t, journal, "data", i, "violations") {
			v := at(t, journal, "data", i, "violations", j)
			places[at(t, v, "field").(string)] = at(t, v, "in").(string) + " " + at(t, v, "rule").(string)
			if pointer, _ := at(t, v, "pointer").(string); !strings.HasPrefix(pointer, "/") {
				t.Errorf("%v does not point into the document", v)
			}
			if line := at(t, v, "line"); line == nil || line == number("0") {
				t.Errorf("%v has no line", v)
			}
		}
	}
	want := map[string]string{"phone_number_id": "query required", "status": "query enum", "buttons[0].title": "body maxLength"}
	if fmt.Sprint(places) != fmt.Sprint(want) {
		t.Errorf("violations are %v, want %v", places, want)
	}
}

func TestTheJournalNeverShowsAWholeSignatureOrASecret(t *testing.T) {
	t.Parallel()
	m := start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.URL+inbox, nil)
	if err != nil {
		t.Fatal(err)
	}
	signature := "sha256=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	secrets := map[string]string{"Authorization": "Bearer hush-1", "Cookie": "session=hush-2", "X-Api-Key": "hush-3", "X-Client-Secret": "hush-4", "X-Password": "hush-5", "X-Csrf-Token": "hush-6"}
	r.Header.Set("X-Awal-Signature-256", signature)
	for name, value := range secrets {
		r.Header.Set(name, value)
	}
	response, err := m.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	signed(t, m, 200, "GET", inbox, "")
	_, text := roundTrip(t, &http.Client{}, "GET", m.Origin+"/__admin/requests", "")
	if strings.Contains(string(text), "hush") || strings.Contains(string(text), m.Secret) {
		t.Errorf("a secret is shown: %s", text)
	}
	journal := decode(t, text)
	expect(t, journal, "sha256=01234567…", "data", 0, "request", "headers", "X-Awal-Signature-256", 0)
	shown, _ := at(t, journal, "data", 1, "request", "headers", "X-Awal-Signature-256", 0).(string)
	if len(shown) != len("sha256=01234567…") {
		t.Errorf("the signature is shown as %s", shown)
	}
}

func TestTheJournalMasksASecretWhereverItWasSent(t *testing.T) {
	t.Parallel()
	m := start(t)
	encoded := base64.StdEncoding.EncodeToString([]byte("client:" + m.Secret))
	percent := strings.ReplaceAll(m.Secret, "-", "%2D")
	for _, header := range [][]string{
		{"X-Note", m.Secret}, {"X-Note", encoded}, {"X-" + m.Secret, "1"}, {"X-Domain", m.Secret}, {"User-Agent", "client/" + m.Secret}, {"Referer", "http://x/?k=" + percent},
	} {
		roundTrip(t, &http.Client{}, "GET", m.URL+inbox, "", header...)
	}
	for _, target := range []string{"/conversations?key=" + m.Secret, "/conversations?" + percent + "=1", "/" + m.Secret, "/conversations/" + percent, "/conversations?k=" + encoded} {
		roundTrip(t, m.Client(), "GET", m.URL+target, "")
	}
	for _, body := range []string{
		`{"secret":"` + m.Secret + `"}`, `{"` + m.Secret + `":1}`, `{"phone":"` + encoded + `"}`, strings.Repeat("x", 64<<10-5) + m.Secret,
		`{"body":"` + strings.ReplaceAll(m.Secret, "y", `\u0079`) + `"}`,
	} {
		roundTrip(t, m.Client(), "POST", m.URL+"/w/message/text?phone_number_id=123456", body)
	}
	_, text := roundTrip(t, &http.Client{}, "GET", m.Origin+"/__admin/requests", "")
	shown := strings.ToLower(string(text))
	for _, form := range []string{m.Secret, percent, "vyLWhtYWMtc2VjcmV0", `\u0079our`, `xxyour`} {
		if strings.Contains(shown, strings.ToLower(form)) {
			t.Errorf("%s is shown", form)
		}
	}
	if n := length(t, decode(t, text), "data"); n != 16 || strings.Count(shown, "***") < 16 {
		t.Errorf("%d exchanges, %d masks", n, strings.Count(shown, "***"))
	}
}

func TestASignatureInAnyFormIsMasked(t *testing.T) {
	t.Parallel()
	m := start(t)
	for sent, want := range map[string]string{
		"0123456789abcdef": "01234567…", "sha1=0123456789": "…", "my-hmac-secret": "…", "sha256=": "sha256=…",
	} {
		admin(t, m, 204, "DELETE", "/requests", "")
		roundTrip(t, &http.Client{}, "GET", m.URL+inbox, "", "X-Awal-Signature-256", sent)
		expect(t, admin(t, m, 200, "GET", "/requests", ""), want, "data", 0, "request", "headers", "X-Awal-Signature-256", 0)
	}
}

func TestWorkspaceOnlyFiltersTheJournal(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "GET", inbox, "")
	roundTrip(t, m.ClientOf(m.Workspaces()[1]), "GET", m.URL+"/conversations?phone_number_id=654321", "")
	roundTrip(t, &http.Client{}, "GET", m.URL+inbox, "", "X-Domain", "nobody")
	for workspace, want := range map[string]int{"": 3, "?workspace=your-workspace": 1, "?workspace=other-workspace": 1, "?workspace=nobody": 1, "?workspace=none": 0} {
		if n := length(t, admin(t, m, 200, "GET", "/requests"+workspace, ""), "data"); n != want {
			t.Errorf("%s: %d exchanges, want %d", workspace, n, want)
		}
	}
	admin(t, m, 204, "DELETE", "/requests?workspace=your-workspace", "")
	if n := length(t, admin(t, m, 200, "GET", "/requests", ""), "data"); n != 2 {
		t.Errorf("%d exchanges are left", n)
	}
	admin(t, m, 204, "DELETE", "/requests", "")
	if n := length(t, admin(t, m, 200, "GET", "/requests", ""), "data"); n != 0 {
		t.Errorf("%d exchanges are left", n)
	}
}

func TestTheJournalIsBoundedByCount(t *testing.T) {
	t.Parallel()
	m := start(t)
	for range 1010 {
		roundTrip(t, http.DefaultClient, "GET", m.URL+inbox, "")
	}
	journal := admin(t, m, 200, "GET", "/requests", "")
	if n := length(t, journal, "data"); n != 1000 {
		t.Fatalf("%d exchanges", n)
	}
	expect(t, journal, number("11"), "data", 0, "sequence")
}

func TestTheJournalIsBoundedByBytes(t *testing.T) {
	t.Parallel()
	m := start(t)
	body := strings.Repeat("x", 128<<10) // of which half is kept
	for range 300 {
		roundTrip(t, http.DefaultClient, "POST", m.URL+"/w/message/text", body)
	}
	journal := admin(t, m, 200, "GET", "/requests", "")
	n := length(t, journal, "data")
	if kept := n * 64 << 10; kept > 16<<20 || kept < 14<<20 {
		t.Fatalf("%d exchanges with %d bytes of bodies", n, kept)
	}
	expect(t, journal, number(fmt.Sprint(128<<10)), "data", n-1, "request", "body_bytes")
}

func TestTheControlAPIIsNotInTheJournal(t *testing.T) {
	t.Parallel()
	m := start(t)
	admin(t, m, 200, "GET", "/clock", "")
	if n := length(t, admin(t, m, 200, "GET", "/requests", ""), "data"); n != 0 {
		t.Fatalf("%d exchanges", n)
	}
}

func TestTheJournalShowsEachViolationOfARuleThatNoSchemaStatesWithItsPlaceToo(t *testing.T) {
	t.Parallel()
	m := start(t)
	source := documentLines(t, m)
	form := func(parts ...string) string {
		text := ""
		for i := 0; i < len(parts); i += 2 {
			name := `name="` + parts[i] + `"`
			if parts[i] == "file" {
				name += `; filename="a.png"`
			}
			text += "--b\r\nContent-Disposition: form-data; " + name + "\r\n\r\n" + parts[i+1] + "\r\n"
		}
		return text + "--b--\r\n"
	}
	for _, c := range []struct{ kind, contentType, body, field, rule, line string }{
		{"button", "application/json", `{"phone":"1","body_text":"B","buttons":[{"id":"1","title":"T"},{"id":"1","title":"U"}]}`, "buttons[1].id", "x-unique", "x-unique: id"},
		{"media", "multipart/form-data; boundary=b", form("phone", "1", "type", "image", "file", "%PDF-1.7"), "file", "x-file-rules", "x-file-rules:"},
		{"media", "application/json", `{"phone":"1","type":"audio","link":"https://a.b","caption":"C"}`, "caption", "x-file-rules", "x-file-rules:"},
		{"text", "application/json", `{"phone":"1","body":"B","reply_to":"1"}`, "reply_to", "operation", "reply_to:"},
		{"template", "multipart/form-data; boundary=b", form("phone", "1", "template_id", "1", "header_type", "TEXT", "body_params", "x"), "body_params", "x-content-schema", "x-content-schema:"},
		{"media", "multipart/form-data; boundary=b", "hello", "body", "operation", "post:"},
	} {
		admin(t, m, 204, "DELETE", "/requests", "")
		response, text := roundTrip(t, m.Client(), "POST", m.URL+"/w/message/"+c.kind+"?phone_number_id=123456", c.body, "Content-Type", c.contentType)
		if response.StatusCode != 400 {
			t.Errorf("%s: %d %s", c.field, response.StatusCode, text)
			continue
		}
		journal := admin(t, m, 200, "GET", "/requests", "")
		if n := length(t, journal, "data", 0, "violations"); n != 1 {
			t.Errorf("%s: %d violations", c.field, n)
			continue
		}
		v := at(t, journal, "data", 0, "violations", 0)
		expect(t, v, c.field, "field")
		expect(t, v, "body", "in")
		expect(t, v, c.rule, "rule")
		n, err := at(t, v, "line").(json.Number).Int64()
		if err != nil || !strings.Contains(source[n-1]+source[max(0, n-2)], c.line) {
			t.Errorf("%s: line %d of the document is %q", c.field, n, source[n-1])
		}
	}
}

func documentLines(t *testing.T, m *mocktest.Mock) []string {
	t.Helper()
	_, text := roundTrip(t, &http.Client{}, "GET", m.Origin+"/openapi.yaml", "")
	return strings.Split(string(text), "\n")
}

func TestAnUploadIsNotKeptInTheJournal(t *testing.T) {
	t.Parallel()
	m := start(t)
	body := "--b\r\nContent-Disposition: form-data; name=\"phone\"\r\n\r\n966555000041\r\n--b\r\nContent-Disposition: form-data; name=\"type\"\r\n\r\nimage\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n\x89PNG\r\n\x1a\n0000\r\n--b--\r\n"
	response, text := roundTrip(t, m.Client(), "POST", m.URL+"/w/message/media?phone_number_id=123456", body, "Content-Type", "multipart/form-data; boundary=b")
	if response.StatusCode != 200 {
		t.Fatalf("%d %s", response.StatusCode, text)
	}
	entry := at(t, admin(t, m, 200, "GET", "/requests", ""), "data", 0)
	expect(t, entry, "", "request", "body")
	expect(t, entry, number(fmt.Sprint(len(body))), "request", "body_bytes")
}
