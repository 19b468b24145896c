package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/mockserver/mocktest"
)

func TestEvery429SaysTheSameWhoeverMadeIt(t *testing.T) {
	t.Parallel()
	const sending = "/w/message/text?phone_number_id=123456"
	for _, rate := range []string{"spec", "off", "1/1m"} {
		m := start(t, mocktest.RateLimit(rate), at(century()))
		limited := map[string]*answer{
			"the recipient": m.do(t, call{method: "POST", target: sending, body: `{"phone":"966500000429","body":"x"}`}),
			"Prefer":        m.do(t, prefer("/templates", "code=429")),
		}
		if err := m.Fault(mocktest.FaultRule{Status: 429, Times: 1}); err != nil {
			t.Fatal(err)
		}
		limited["a fault"] = m.get(t, listing)
		m.get(t, "/numbers")
		if rate == "1/1m" {
			limited["the limit"] = m.get(t, listing)
		}
		for name, a := range limited {
			a.is(t, 429, "rate_limit_exceeded")
			wait, reset := a.number(t, "Retry-After"), a.number(t, "X-RateLimit-Reset")
			if a.number(t, "X-RateLimit-Remaining") != 0 || a.number(t, "X-RateLimit-Limit") < 1 || wait < 1 || reset != century().Unix()+wait {
				t.Errorf("--rate-limit=%s, %s: %v", rate, name, a.header)
			}
			for _, header := range append(limitHeaders(), "Retry-After") {
				if len(a.header.Values(header)) > 1 {
					t.Errorf("--rate-limit=%s, %s: %s twice", rate, name, header)
				}
			}
			if name != "the limit" && wait != 1 {
				t.Errorf("%s, made on purpose, lasts %d s", name, wait)
			}
		}
	}
}

func TestEvery401TellsHowToAuthenticate(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.ControlToken("t0ken"), unlimited())
	plain := mocktest.Start(t)
	if err := plain.Fault(mocktest.FaultRule{Status: 401, Times: 1}); err != nil {
		t.Fatal(err)
	}
	injected, err := plain.Client().Get(plain.URL + "/templates")
	if err != nil {
		t.Fatal(err)
	}
	injected.Body.Close()
	answers := map[string]http.Header{
		"no headers":        m.do(t, call{target: listing, auth: map[string]string{"X-Domain": "-"}}).is(t, 401, "authentication_failed").header,
		"a wrong signature": m.do(t, call{target: listing, secret: "wrong"}).is(t, 401, "authentication_failed").header,
		"an unknown client": m.do(t, call{target: listing, auth: map[string]string{"X-Client-ID": "nobody"}}).is(t, 401, "authentication_failed").header,
		"Prefer":            m.do(t, prefer(listing, "code=401")).is(t, 401, "authentication_failed").header,
		"a fault":           injected.Header,
	}
	for name, header := range answers {
		if got := header.Values("WWW-Authenticate"); len(got) != 1 || !strings.HasPrefix(got[0], `AWAL-HMAC-SHA256 realm="`) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, path := range []string{"/metrics", "/__admin/clock"} {
		a := m.exchange(t, "GET", "GET "+path+" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
		if got := a.header.Values("WWW-Authenticate"); a.status != 401 || len(got) != 1 || got[0] != "Bearer" {
			t.Errorf("%s: %d %q", path, a.status, got)
		}
	}
}

func TestAnInjectedStatusHasTheHeadersThatHTTPAsksOfIt(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t, mocktest.Auth("off"), mocktest.RateLimit("off"))
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	for status, want := range map[int][2]string{
		405: {"Allow", "POST"}, 407: {"Proxy-Authenticate", "Basic realm"}, 415: {"Accept", "application/json"}, 416: {"Content-Range", "bytes */"},
		426: {"Upgrade", "HTTP/2.0"}, 429: {"Retry-After", "1"}, 503: {"Retry-After", "1"},
	} {
		if err := m.Fault(mocktest.FaultRule{Status: status, Times: 1}); err != nil {
			t.Fatal(err)
		}
		r, err := client.Post(m.URL+"/w/message/text?phone_number_id=123456", "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != status || !strings.Contains(r.Header.Get(want[0]), want[1]) {
			t.Errorf("%d: %d, %s: %q", status, r.StatusCode, want[0], r.Header.Get(want[0]))
		}
		if status == 426 && !strings.Contains(r.Header.Get("Connection"), "Upgrade") {
			t.Errorf("426: Connection: %q", r.Header.Get("Connection"))
		}
	}
}

func TestARefusedBodySaysWhatIsAccepted(t *testing.T) {
	t.Parallel()
	m := start(t)
	send := call{method: "POST", target: "/w/message/text?phone_number_id=123456", body: "{}"}
	send.header = []string{"Content-Type: text/plain"}
	if a := m.do(t, send).is(t, 415, "unsupported_media_type"); a.header.Get("Accept") != "application/json" || a.header.Get("Accept-Encoding") != "" {
		t.Errorf("%v", a.header)
	}
	send.header = []string{"Content-Type: application/json", "Content-Encoding: gzip"}
	if a := m.do(t, send).is(t, 415, "unsupported_media_type"); a.header.Get("Accept-Encoding") != "identity" || a.header.Get("Accept") != "" {
		t.Errorf("%v", a.header)
	}
}
