package server_test

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func TestHintsAreForTenWrongSignaturesASecondThenThePlainAnswerSaysSo(t *testing.T) {
	t.Parallel()
	at := time.Now()
	m := start(t, unlimited(), with(func(o *mocktest.Options) { o.Now = func() time.Time { return at } }))
	for i := range 15 {
		a := m.do(t, call{target: listing, secret: "another secret"}).is(t, 401, "authentication_failed")
		plain := strings.Contains(a.detail("hint"), "more than 10") && a.detail("string_to_sign") == ""
		if plain != (i >= 10) {
			t.Errorf("request %d: %s", i+1, a.body)
		}
	}
	m.get(t, listing).is(t, 200, "")
}

func TestA401SaysWhatWentWrongWhereItCanTell(t *testing.T) {
	t.Parallel()
	m := start(t)
	now := strconv.FormatInt(time.Now().Unix(), 10)
	query := listing + "&searchTerm=Ahmed%20Mohammed"
	raw, err := hex.DecodeString(strings.TrimPrefix(sign(m.Secret, "GET", query, now, ""), "sha256="))
	if err != nil {
		t.Fatal(err)
	}
	text, body := "/w/message/text?phone_number_id=123456", `{"phone": "96650000000", "body": "Hello"}`
	for word, r := range map[string]call{
		"path":   {target: query, auth: map[string]string{"X-Awal-Signature-256": sign(m.Secret, "GET", base+query, now, "")}},
		"?":      {target: query, auth: map[string]string{"X-Awal-Signature-256": sign(m.Secret, "GET", strings.Replace(query, "?", "", 1), now, "")}},
		"query":  {target: query, auth: map[string]string{"X-Awal-Signature-256": sign(m.Secret, "GET", listing+"&searchTerm=Ahmed+Mohammed", now, "")}},
		"base64": {target: query, auth: map[string]string{"X-Awal-Signature-256": "sha256=" + base64.StdEncoding.EncodeToString(raw)}},
		"the same text, encoded otherwise: %3A where : was sent, %2C where , was sent (the parameter searchTerm)": {
			target: listing + "&searchTerm=a:b,c",
			auth:   map[string]string{"X-Awal-Signature-256": sign(m.Secret, "GET", listing+"&searchTerm=a%3Ab%2Cc", now, "")},
		},
		`the same text, encoded otherwise: the body was written a second time for the signature, / where \/ was sent`: {
			method: "POST", target: text, body: `{"phone":"96650000000","body":"http:\/\/a"}`,
			auth: map[string]string{"X-Awal-Signature-256": sign(m.Secret, "POST", text, now, `{"phone":"96650000000","body":"http://a"}`)},
		},
		"line feed": {target: query, auth: map[string]string{
			"X-Awal-Signature-256": sign(m.Secret+"\n", "GET", query, now, ""),
		}},
		"body": {method: "POST", target: text, body: body, auth: map[string]string{
			"X-Awal-Signature-256": sign(m.Secret, "POST", text, now, `{"phone":"96650000000","body":"Hello"}`),
		}},
	} {
		r.at = now
		a := m.do(t, r).is(t, 401, "authentication_failed")
		if !strings.Contains(a.detail("hint"), word) {
			t.Errorf("the hint says nothing of %q: %s", word, a.body)
		}
	}
}

func TestAWrongSecretIsToldWithWhatWasRightAlsoBehindAWrongHeader(t *testing.T) {
	t.Parallel()
	now := time.Unix(1704124800, 0)
	for _, c := range []struct {
		skew   string
		sent   int64
		prefix string
		parts  []string
	}{
		{"5m", now.Unix(), "sha256=", []string{"X-Timestamp is inside the window, the form of X-Awal-Signature-256. "}},
		{"5m", now.Unix() - 3600, "sha256=", []string{"outside the window: the server's time is 1704124800; the timestamp is 3600 s old"}},
		{"off", now.Unix() - 3600, "sha256=", []string{"its distance from the server's time is not checked"}},
		{"5m", now.Unix(), "", []string{"but not the form of X-Awal-Signature-256: the prefix sha256= is missing; the digest is in base64"}},
	} {
		m := start(t, unlimited(), with(func(o *mocktest.Options) { o.Now, o.MaxSkew = func() time.Time { return now }, c.skew }))
		at := strconv.FormatInt(c.sent, 10)
		header := sign("guess", "GET", listing, at, "")
		if c.prefix == "" {
			raw, err := hex.DecodeString(strings.TrimPrefix(header, "sha256="))
			if err != nil {
				t.Fatal(err)
			}
			header = base64.StdEncoding.EncodeToString(raw)
		}
		a := m.do(t, call{target: listing, at: at, auth: map[string]string{"X-Awal-Signature-256": header}}).is(t, 401, "authentication_failed")
		for _, part := range append(c.parts, "the four headers are there, X-Domain and X-Client-ID belong together", "another secret than this workspace's") {
			if !strings.Contains(a.detail("hint"), part) {
				t.Errorf("the hint %q says nothing of %q", a.detail("hint"), part)
			}
		}
		right := strings.TrimPrefix(sign(m.Secret, "GET", listing, at, ""), "sha256=")
		if strings.Contains(string(a.body), m.Secret) || strings.Contains(string(a.body), right) {
			t.Errorf("the answer shows the secret or the digest: %s", a.body)
		}
	}
}
