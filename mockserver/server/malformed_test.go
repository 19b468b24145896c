package server_test

import (
	"io"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestAMalformedTargetGetsTheEnvelopeAndNeverA5xx(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	for target, status := range map[string]int{
		base + "//conversations?phone_number_id=123456":      404,
		"//api/developer/conversations":                      404,
		base + "/./conversations?phone_number_id=123456":     404,
		base + "/x/../conversations?phone_number_id=123456":  404,
		base + "/conversations/../conversations":             404,
		base + "/conversations/..":                           404, // dots are no id
		base + "/conversations/%2e%2e":                       404,
		base + "%2Fconversations?phone_number_id=123456":     404,
		base + "/conversations%2F1?phone_number_id=123456":   404,
		base + "/conversations/1%2F2?phone_number_id=123456": 400,
		base + "/conversations/%2F?phone_number_id=123456":   400,
		base + "/conversations/1%00?phone_number_id=123456":  400,
		base + "/conversations/%00?phone_number_id=123456":   400,
		base + "/conversations/%ff?phone_number_id=123456":   400,
		base + "/conversations/?phone_number_id=123456":      404,
		base + "/conversations//?phone_number_id=123456":     404,
		base + "/conversations;a=b?phone_number_id=123456":   404,
		base + listing + "&searchTerm=%ff":                   400,
		base + listing + "&searchTerm=%00":                   200,
		base + listing + "&searchTerm=%zz":                   400,
		base + listing + "&searchTerm=%":                     400,
		base + listing + "&%zz=1":                            400,
		base + listing + "&=&&=x&":                           200,
		base + listing + ";status=x":                         404, // a semicolon separates nothing: it is part of the value
		base + listing + "&searchTerm[]=x":                   200,
		base + listing + "?phone_number_id=1":                404,
		base + listing + "&status=unread#part":               400,
		base + "/conversations?":                             400,
		base + "/" + strings.Repeat("x", 8000):               404,
		base + strings.Repeat("/..", 1000):                   404,
		base + listing + strings.Repeat("&x=1", 4000):        200,
		base + "/conversations/" + strings.Repeat("9", 5000): 400,
		"http://example.com" + base + listing:                200, // as a proxy sends it
		"http://example.com":                                 404,
		"*":                                                  404,
	} {
		signed := strings.TrimPrefix(strings.TrimPrefix(target, "http://example.com"), base)
		a := m.do(t, call{whole: target, target: signed})
		if a.status != status {
			t.Errorf("%.100s: %d, want %d: %s", target, a.status, status, clip(a.body))
		}
	}
}

func TestWhatNetHTTPRefusesBeforeTheMock(t *testing.T) {
	t.Parallel()
	m := start(t)
	line := "GET " + base + listing + " HTTP/1.1\r\n"
	for name, c := range map[string]struct {
		text   string
		status int
	}{
		"a broken escape in the path": {"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a NUL in the target":         {"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"a space in the target":       {"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"no Host":                     {line + "\r\n", 400},
		"two Hosts":                   {line + "Host: x\r\nHost: y\r\n\r\n", 400},
		"two Content-Lengths":         {line + "Host: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400},
		"a negative Content-Length":   {line + "Host: x\r\nContent-Length: -1\r\n\r\n", 400},
		"a space before the colon":    {line + "Host: x\r\nX-Domain : y\r\n\r\n", 400},
		"a NUL in a header":           {line + "Host: x\r\nX-Domain: a\x00b\r\n\r\n", 400},
		"no HTTP version":             {"GET /\r\nHost: x\r\n\r\n", 400},
		"another protocol":            {"HELO x\r\n\r\n", 400},
		"no method":                   {" / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		"an unknown coding":           {line + "Host: x\r\nTransfer-Encoding: zip\r\n\r\n", 501},
		"a head over 32 KiB":          {line + "Host: x\r\nX-A: " + strings.Repeat("a", 33<<10) + "\r\n\r\n", 431},
		"a target over 32 KiB":        {"GET /" + strings.Repeat("a", 33<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
		"HTTP 3.0":                    {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
		"an unknown expectation":      {line + "Host: x\r\nExpect: more\r\n\r\n", 417},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := m.exchange(t, "GET", c.text)
			if a.status != c.status {
				t.Errorf("%d, want %d: %s", a.status, c.status, a.body)
			}
		})
	}
}

func TestAHeadUnder32KiBIsAccepted(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.do(t, call{target: listing, header: []string{"X-A: " + strings.Repeat("a", 31<<10)}}).is(t, 200, "")
}

func TestABodyThatBreaksOffIs400OnBody(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, text := range []string{
		"POST " + base + sendText + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}",
		"POST " + base + sendText + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
		"POST " + base + sendText + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		conn := m.dial(t)
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Fatal(err)
		}
		a := readAnswer(t, "POST", conn)
		m.conforms(t, "POST", base+sendText, a)
		a.is(t, 400, "validation_failed").names(t, "body")
	}
}

func TestRequestsOnOneConnectionDoNotMixAlsoAfterARefusal(t *testing.T) {
	t.Parallel()
	m := start(t)
	client := m.Client()
	for _, target := range []string{listing, "/nowhere", conversation(1), "/conversations", listing} {
		response, err := client.Get(m.URL + target)
		if err != nil {
			t.Fatal(err)
		}
		a := &answer{status: response.StatusCode}
		a.readAll(t, response.Body)
		if a.status >= 500 || response.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %d", target, a.status)
		}
	}
	// A GET with a body, and another request right behind it.
	conn := m.dial(t)
	first := strings.Replace(m.wire(call{target: listing, body: "GET /nowhere HTTP/1.1\r\n\r\n"}), "Connection: close\r\n", "", 1)
	if _, err := io.WriteString(conn, first+m.wire(call{target: conversation(1)})); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(all), "HTTP/1.1 200 OK"); n != 2 || strings.Contains(string(all), "404") {
		t.Errorf("%d answers", n)
	}
}

func FuzzATargetIsAnsweredWithTheEnvelopeAndNeverA5xx(f *testing.F) {
	for _, seed := range []string{
		listing, "/conversations/1?phone_number_id=123456", "//", "/../x", "/conversations/%2F", "/conversations?phone_number_id=123456&searchTerm=%ff", "/templates?page=0&limit=x",
		"/conversations/9223372036854775808?phone_number_id=123456", "/conversations?phone_number_id=123456&status=unread&status=my", "?", "/conversations?%zz", "/%00", "/conversations/1?;",
	} {
		f.Add(seed)
	}
	h := newHandler(f, func(o *mocktest.Options) { o.Auth = "off" })
	f.Fuzz(func(t *testing.T, target string) {
		h.check(t, "GET", target, "", nil)
	})
}

func FuzzASignatureThatWasNotMadeWithTheSecretIsRefused(f *testing.F) {
	right := sign("your-hmac-secret", "GET", listing, "1704124800", "")
	for _, seed := range [][4]string{
		{right, "1704124800", "your-workspace", "your-client-id"},
		{"", "", "", ""},
		{"sha256=", "0", "your-workspace", "x"},
		{strings.ToUpper(right), "1704124800", "your-workspace", "your-client-id"},
		{right[7:], "1704124801", "other-workspace", "other-client-id"},
		{right + "\n", "-1", "your-workspace", "your-client-id"},
		{"sha256=" + strings.Repeat("0", 64), "99999999999999", "\xff", "\x00"},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	h := newHandler(f, func(o *mocktest.Options) { o.MaxSkew = "off" })
	f.Fuzz(func(t *testing.T, signature, stamp, domain, client string) {
		a := h.check(t, "GET", listing, "", map[string]string{
			"X-Awal-Signature-256": signature, "X-Timestamp": stamp, "X-Domain": domain, "X-Client-ID": client,
		})
		want := sign("your-hmac-secret", "GET", listing, stamp, "")
		right := domain == "your-workspace" && client == "your-client-id" && len(signature) == len(want) &&
			strings.HasPrefix(signature, "sha256=") && strings.EqualFold(signature, want) && stampIsDigits(stamp)
		if (a.status == 200) != right || !right && a.status != 401 {
			t.Fatalf("%d for %q %q %q %q: %s", a.status, signature, stamp, domain, client, a.body)
		}
		if !right && strings.Contains(string(a.body), want[7:]) {
			t.Fatalf("the digest is shown: %s", a.body)
		}
	})
}

func stampIsDigits(s string) bool {
	return s != "" && len(s) <= 13 && strings.Trim(s, "0123456789") == ""
}

func FuzzASearchFindsOnlyRowsThatHaveTheTerm(f *testing.F) {
	for _, seed := range []string{"ahmed", "نورة", "+966 50", "%", " ", "", "\x00", "ſ", "K", "ß", "e\u0301", "ı", "İ", "\xff", "9665", "-", "()", "A\u030a"} {
		f.Add(seed)
	}
	h := newHandler(f, func(o *mocktest.Options) { o.Auth = "off" })
	f.Fuzz(func(t *testing.T, term string) {
		h.search(t, term)
	})
}
