package server_test

import (
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func TestPathAndMethodAreCheckedBeforeBodyAndAuthentication(t *testing.T) {
	t.Parallel()
	m := start(t)
	big := strings.Repeat("x", 1<<20+1)
	nobody := map[string]string{"X-Domain": "-"}
	m.do(t, call{method: "POST", target: "/nowhere", body: big, auth: nobody}).is(t, 404, "resource_not_found")
	m.do(t, call{method: "POST", target: listing, body: big, auth: nobody}).is(t, 405, "method_not_allowed")
}

func TestTheBodysSizeIsCheckedBeforeAuthentication(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachOperation(t, func(t *testing.T, op operation) {
		r := op.request()
		r.header = []string{"Content-Type: application/json"}
		r.secret, r.body = "wrong", strings.Repeat(" ", 1<<20+1)
		m.do(t, r).is(t, 413, "payload_too_large")
		r.body = strings.Repeat(" ", 1<<20)
		m.do(t, r).is(t, 401, "authentication_failed")
	})
}

func TestABodyOverTheLimitInChunksIs413(t *testing.T) {
	t.Parallel()
	m := start(t)
	head := "POST " + base + sendText + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
	chunk := "10000\r\n" + strings.Repeat("x", 1<<16) + "\r\n"
	a := m.exchange(t, "POST", head+strings.Repeat(chunk, 17)+"0\r\n\r\n")
	m.conforms(t, "POST", base+sendText, a)
	a.is(t, 413, "payload_too_large")
}

func TestABodyOnAGETIsReadSignedAndIgnored(t *testing.T) {
	t.Parallel()
	m := start(t, unlimited())
	eachOperation(t, func(t *testing.T, op operation) {
		if op.method != "GET" {
			return
		}
		r := op.request()
		r.header = []string{"Content-Type: application/json"}
		for _, body := range []string{"{}", "no JSON", strings.Repeat("x", 1<<20)} {
			r.body = body
			m.do(t, r).is(t, 200, "")
		}
		r.body = strings.Repeat("x", 2<<20)
		m.do(t, r).is(t, 413, "payload_too_large")
		r.body = "{}"
		unsigned := call{method: "GET", target: op.target}
		r.auth = map[string]string{"X-Awal-Signature-256": sign(m.Secret, "GET", op.target, "1", "")}
		m.do(t, r).is(t, 401, "authentication_failed")
		m.do(t, unsigned).is(t, 200, "")
	})
}

func TestAuthenticationIsCheckedBeforeTheRateLimit(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("1/1h"), at(century()))
	m.get(t, listing).is(t, 200, "")
	m.do(t, call{target: listing, secret: "wrong"}).is(t, 401, "authentication_failed")
	m.get(t, listing).is(t, 429, "rate_limit_exceeded")
}

func TestHeadersAreCheckedBeforeTheSignatureAndThatBeforeTheTimestamp(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.do(t, call{target: listing, secret: "wrong", at: "1", auth: map[string]string{"X-Client-ID": "-"}}).is(t, 401, "authentication_failed").names(t, "X-Client-ID")
	m.do(t, call{target: listing, secret: "wrong", at: "1"}).is(t, 401, "authentication_failed")
	m.do(t, call{target: listing, at: "1"}).is(t, 403, "timestamp_expired")
}

func TestTheRateLimitIsCheckedBeforePreferAndThatBeforeTheRequest(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("1/1h"), at(century()))
	invalid := call{target: "/conversations", header: []string{"Prefer: code=503"}}
	m.do(t, invalid).is(t, 503, "service_unavailable")
	if a := m.do(t, invalid).is(t, 429, "rate_limit_exceeded"); a.header.Get("Preference-Applied") != "" {
		t.Errorf("%v", a.header)
	}
}

func TestTheContentTypeIsCheckedBeforeTheRestOfTheRequest(t *testing.T) {
	t.Parallel()
	m := start(t)
	eachOperation(t, func(t *testing.T, op operation) {
		if op.body == "" {
			return
		}
		target, _, _ := strings.Cut(op.target, "?")
		for _, contentType := range []string{"text/plain", "application/xml", "application/json2", "junk"} {
			r := call{method: op.method, target: target, body: "x", header: []string{"Content-Type: " + contentType, "X-API-Version: v2"}}
			m.do(t, r).is(t, 415, "unsupported_media_type")
		}
	})
}

func TestTheRequestIsCheckedBeforeTheOperation(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.get(t, "/conversations/999999?phone_number_id=").is(t, 400, "validation_failed")
	m.get(t, "/conversations?phone_number_id=nowhere&status=x").is(t, 400, "validation_failed")
	m.get(t, "/conversations/999999?phone_number_id=nowhere").is(t, 404, "resource_not_found")
}

func TestPreflightsAndTheAddressesBesideTheAPINeedNoSignature(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.RateLimit("1/1h"))
	preflight := "OPTIONS " + base + sendText + " HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\r\n" +
		"Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: anything,x-awal-signature-256\r\nConnection: close\r\n\r\n"
	for range 3 {
		a := m.exchange(t, "OPTIONS", preflight)
		if a.status != 204 || a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Access-Control-Allow-Headers") != "anything,x-awal-signature-256" ||
			a.header.Get("Access-Control-Allow-Credentials") != "" || a.header.Get("X-RateLimit-Limit") != "" {
			t.Errorf("%d %v", a.status, a.header)
		}
	}
	for path, contentType := range map[string]string{
		"/livez": "text/plain; charset=utf-8", "/readyz": "text/plain; charset=utf-8", "/metrics": "text/plain; version=0.0.4; charset=utf-8",
		"/openapi.yaml": "application/yaml", "/openapi.json": "application/json",
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := m.exchange(t, method, method+" "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			if a.status != 200 || a.header.Get("Content-Type") != contentType {
				t.Errorf("%s %s: %d %v", method, path, a.status, a.header)
			}
		}
		a := m.exchange(t, "POST", "POST "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		if a.status != 405 || a.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: %d %v", path, a.status, a.header)
		}
	}
}

func TestTheDocumentInForceCanBeReadAndMetricsCountByOperationAndStatus(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.get(t, listing).is(t, 200, "")
	m.get(t, "/conversations/1?phone_number_id=123456&x=s3cretpath").is(t, 200, "")
	m.get(t, "/s3cretpath").is(t, 404, "resource_not_found")
	plain := func(path string) string {
		return string(m.exchange(t, "GET", "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").body)
	}
	if _, err := readContract([]byte(plain("/openapi.yaml"))); err != nil {
		t.Error(err)
	}
	if _, err := readContract([]byte(plain("/openapi.json"))); err != nil {
		t.Error(err)
	}
	metrics := plain("/metrics")
	for _, line := range []string{
		`awalmock_requests_total{operation="listConversations",status="200"} 1`, `awalmock_requests_total{operation="getConversationMessages",status="200"} 1`,
		`awalmock_requests_total{operation="",status="404"} 1`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s in\n%s", line, metrics)
		}
	}
	if strings.Contains(metrics, "s3cretpath") || strings.Contains(metrics, m.Domain) {
		t.Error("metrics by path or workspace")
	}
}

func TestAnswersCanBeReadByBrowsersAlsoErrors(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, r := range []call{{target: listing}, {target: "/nowhere"}, {target: listing, secret: "wrong"}, {target: "/conversations"}} {
		r.header = []string{"Origin: http://localhost:3000"}
		a := m.do(t, r)
		exposed := strings.ToLower(a.header.Get("Access-Control-Expose-Headers"))
		for _, name := range append(limitHeaders(), "X-Request-Id", "X-Mock-Sequence", "Retry-After", "X-Mock-Warning", "Preference-Applied") {
			if !strings.Contains(exposed, strings.ToLower(name)) {
				t.Errorf("%d does not expose %s: %s", a.status, name, exposed)
			}
		}
		if a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%d %v", a.status, a.header)
		}
	}
}

func TestOriginsCanBeNarrowedOrSwitchedOff(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string][2]string{"https://a.example": {"https://a.example", ""}, "off": {"", ""}} {
		m := start(t, with(func(o *mocktest.Options) { o.CORSOrigin = origin }))
		for i, from := range []string{"https://a.example", "https://b.example"} {
			if got := m.do(t, call{target: listing, header: []string{"Origin: " + from}}).is(t, 200, "").header.Get("Access-Control-Allow-Origin"); got != want[i] {
				t.Errorf("--cors-origin=%s, from %s: %q", origin, from, got)
			}
		}
	}
	two := start(t, with(func(o *mocktest.Options) { o.CORSOrigin = "https://a.example, http://localhost:3000" }))
	for _, from := range []string{"https://a.example", "http://localhost:3000"} {
		if got := two.do(t, call{target: listing, header: []string{"Origin: " + from}}).header.Get("Access-Control-Allow-Origin"); got != from {
			t.Errorf("of two, from %s: %q", from, got)
		}
	}
	m := start(t, with(func(o *mocktest.Options) { o.CORSOrigin = "off" }))
	m.do(t, call{method: "OPTIONS", target: listing, header: []string{"Origin: x", "Access-Control-Request-Method: GET"}}).is(t, 405, "method_not_allowed")
}
