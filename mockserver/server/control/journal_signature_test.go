package control_test

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

// wronglySigned sends a request with a signature over a text of the test's own, in which TIME is replaced by the timestamp.
func wronglySigned(t *testing.T, m *mocktest.Mock, method, target, body, secret, text string) {
	t.Helper()
	now := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(strings.ReplaceAll(text, "TIME", now)))
	response, answer := roundTrip(t, &http.Client{}, method, m.URL+target, body, "X-Domain", m.Domain, "X-Client-ID", m.ClientID,
		"X-Timestamp", now, "X-Awal-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	if response.StatusCode != http.StatusUnauthorized {
		t.Fatalf("%s %s: %d %s", method, target, response.StatusCode, answer)
	}
}

func TestTheJournalShowsWhatARefusedCallerSignedBesideWhatIsToBeSigned(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.CheckAnswers())
	const send = "/w/message/text?phone_number_id=123456"
	const body = `{"phone": "966555000001", "body": "<b>Hi</b>"}`
	for _, c := range []struct{ name, method, target, body, secret, signed, wantToSign, wantSigned, wantHint string }{
		{
			"query left out", "GET", inbox, "", m.Secret, "GET/conversationsTIME",
			"GET/conversations?phone_number_id=123456TIME", "GET/conversationsTIME", "the query was left out",
		},
		{
			"body written again", "POST", send, body, m.Secret, "POST" + send + `TIME{"phone":"966555000001","body":"<b>Hi</b>"}`,
			"POST" + send + "TIME" + body, "POST" + send + `TIME{"phone":"966555000001","body":"<b>Hi</b>"}`, "",
		},
		{
			"another secret", "GET", inbox, "", "of-somebody-else", "GET" + inbox + "TIME",
			"GET/conversations?phone_number_id=123456TIME", "", "another secret",
		},
		{
			"the secret in the query", "GET", "/conversations?key=" + m.Secret, "", m.Secret, "GET/conversations" + "TIME",
			"GET/conversations?key=***TIME", "GET/conversationsTIME", "the query was left out",
		},
	} {
		admin(t, m, 204, "DELETE", "/requests", "")
		wronglySigned(t, m, c.method, c.target, c.body, c.secret, c.signed)
		entry := at(t, admin(t, m, 200, "GET", "/requests", ""), "data", 0)
		sent, _ := at(t, entry, "request", "headers", "X-Timestamp", 0).(string)
		hide := func(value any) string { text, _ := value.(string); return strings.ReplaceAll(text, sent, "TIME") }
		why := at(t, entry, "signature")
		if got := hide(at(t, why, "to_sign")); got != c.wantToSign {
			t.Errorf("%s: to be signed is %q, want %q", c.name, got, c.wantToSign)
		}
		if got := hide(at(t, why, "signed")); got != c.wantSigned {
			t.Errorf("%s: signed was %q, want %q", c.name, got, c.wantSigned)
		}
		if got := hide(at(t, why, "hint")); got == "" || !strings.Contains(got, c.wantHint) {
			t.Errorf("%s: the hint is %q", c.name, got)
		}
	}
	admin(t, m, 204, "DELETE", "/requests", "")
	signed(t, m, 200, "GET", inbox, "")
	if why := at(t, admin(t, m, 200, "GET", "/requests", ""), "data", 0, "signature"); why != nil {
		t.Errorf("a request that was accepted has %v", why)
	}
}

func TestTheJournalIsShownWithoutHeadersAndBodiesToAReaderWhoWantsNone(t *testing.T) {
	t.Parallel()
	m := start(t)
	signed(t, m, 200, "POST", "/w/message/text?phone_number_id=123456", `{"phone":"966555000001","body":"Hello"}`)
	signed(t, m, 400, "GET", "/conversations?status=lost", "")
	signed(t, m, 200, "GET", inbox, "")
	whole := admin(t, m, 200, "GET", "/requests", "")
	short := admin(t, m, 200, "GET", "/requests?messages=false", "")
	for i := range 3 {
		for _, same := range [][]any{{"id"}, {"sequence"}, {"verdict"}, {"request", "target"}, {"request", "body_bytes"}, {"response", "status"}, {"response", "body_bytes"}} {
			path := append([]any{"data", i}, same...)
			expect(t, short, at(t, whole, path...), path...)
		}
		for _, side := range []string{"request", "response"} {
			expect(t, short, "", "data", i, side, "body")
			if n := len(at(t, short, "data", i, side, "headers").(object)); n != 0 {
				t.Errorf("%d headers", n)
			}
		}
	}
	if n := length(t, short, "data", 1, "violations"); n == 0 {
		t.Error("the violations are not there")
	}
	expect(t, short, "is required in the query", "data", 1, "refusal", "details", "phone_number_id")
	expect(t, short, "The request is not valid.", "data", 1, "refusal", "message")
	if refusal := at(t, short, "data", 0, "refusal"); refusal != nil {
		t.Errorf("a request that was accepted has %v", refusal)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+"/__admin/requests/stream?messages=false", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Last-Event-ID", "0")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if data, found := strings.CutPrefix(lines.Text(), "data: "); found {
			streamed := decode(t, []byte(data))
			expect(t, streamed, number("1"), "sequence")
			expect(t, streamed, "", "request", "body")
			expect(t, streamed, "sendTextMessage", "operation")
			return
		}
	}
	t.Error("the stream has no exchange")
}
