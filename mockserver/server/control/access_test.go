package control_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// behind serves a mock that believes it listens on a host, on a loopback address.
func behind(t *testing.T, listen, token string) string {
	t.Helper()
	s, err := server.New(server.Options{Listen: listen, ControlToken: token})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return h.URL
}

func status(t *testing.T, method, url string, header ...string) (int, string) {
	t.Helper()
	response, text := roundTrip(t, &http.Client{}, method, url, "", header...)
	return response.StatusCode, string(text)
}

func TestOnALoopbackAddressTheControlAPIIsOpen(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"127.0.0.1", "localhost", "::1", "127.8.9.1"} {
		url := behind(t, listen, "")
		for _, path := range []string{"/__admin/clock", "/metrics"} {
			if got, text := status(t, "GET", url+path); got != 200 {
				t.Errorf("%s on %s: %d %s", path, listen, got, text)
			}
		}
	}
}

func TestOffLoopbackThereIsNoControlAPIWithoutAToken(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0", "::", "192.0.2.7", "mock.example"} {
		url := behind(t, listen, "")
		for path, want := range map[string]int{"/__admin/clock": 404, "/__admin/openapi.yaml": 404, "/metrics": 404, "/livez": 200, "/readyz": 200, "/openapi.yaml": 200} {
			if got, text := status(t, "GET", url+path); got != want {
				t.Errorf("%s on %s: %d, want %d: %s", path, listen, got, want, text)
			}
		}
	}
}

func TestOffLoopbackEveryControlRequestNeedsTheToken(t *testing.T) {
	t.Parallel()
	url := behind(t, "0.0.0.0", "s3cret")
	cases := []struct {
		header []string
		want   int
	}{
		{nil, 401},
		{[]string{"Authorization", "Bearer wrong"}, 401},
		{[]string{"Authorization", "Bearer s3cret2"}, 401},
		{[]string{"Authorization", "Bearer "}, 401},
		{[]string{"Authorization", "Basic s3cret"}, 401},
		{[]string{"Authorization", "s3cret"}, 401},
		{[]string{"Authorization", "Bearer s3cret"}, 200},
		{[]string{"Authorization", "bearer s3cret"}, 200},
	}
	for _, c := range cases {
		for _, path := range []string{"/__admin/clock", "/metrics"} {
			if got, text := status(t, "GET", url+path, c.header...); got != c.want {
				t.Errorf("%s with %q: %d, want %d: %s", path, c.header, got, c.want, text)
			}
		}
	}
	for _, path := range []string{"/livez", "/readyz", "/openapi.yaml"} {
		if got, _ := status(t, "GET", url+path); got != 200 {
			t.Errorf("%s needs no token: %d", path, got)
		}
	}
}

func TestATokenThatWasGivenIsAskedForOnALoopbackAddressToo(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.ControlToken("s3cret"))
	answer := admin(t, m, 401, "GET", "/clock", "")
	expect(t, answer, "authentication_failed", "error")
	admin(t, m, 200, "GET", "/clock", "", "Authorization", "Bearer s3cret")
	if err := m.Advance(0); err != nil {
		t.Fatal(err)
	}
}

func TestAForeignHostIsForbiddenAlsoOnLoopback(t *testing.T) {
	t.Parallel()
	m := start(t)
	port := m.Origin[strings.LastIndex(m.Origin, ":"):]
	for _, host := range []string{"evil.example", "evil.example" + port, "192.0.2.7" + port, "localhost.evil.example", "127.0.0.1.evil.example", "evillocalhost", "0.0.0.0"} {
		expect(t, admin(t, m, 403, "GET", "/clock", "", "Host", host), "forbidden", "error")
	}
	for _, host := range []string{"localhost", "LOCALHOST" + port, "127.0.0.1", "[::1]" + port, "[::1]", "mock.localhost", "localhost."} {
		admin(t, m, 200, "GET", "/clock", "", "Host", host)
	}
}

func TestTheHostThatTheMockListensOnIsNotForeign(t *testing.T) {
	t.Parallel()
	url := behind(t, "mock.example", "s3cret")
	for host, want := range map[string]int{"mock.example:4010": 401, "MOCK.example": 401, "other.example": 403} {
		if got, text := status(t, "GET", url+"/__admin/clock", "Host", host, "Authorization", "Bearer wrong"); got != want {
			t.Errorf("%s: %d, want %d: %s", host, got, want, text)
		}
	}
}

func TestNoHostIsForeignToWhoHasTheToken(t *testing.T) {
	t.Parallel()
	url := behind(t, "0.0.0.0", "s3cret")
	for token, want := range map[string]int{"s3cret": 200, "wrong": 403} { // as a container's name in a network of containers
		if got, text := status(t, "GET", url+"/__admin/clock", "Host", "mock:4010", "Authorization", "Bearer "+token); got != want {
			t.Errorf("%s: %d, want %d: %s", token, got, want, text)
		}
	}
}

func TestRequestsFromOtherSitesAreForbidden(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, header := range [][]string{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		expect(t, admin(t, m, 403, "GET", "/requests", "", header...), "forbidden", "error")
		expect(t, admin(t, m, 403, "POST", "/reset", "", header...), "forbidden", "error")
	}
	admin(t, m, 204, "POST", "/reset", "", "Sec-Fetch-Site", "same-origin")
	admin(t, m, 204, "POST", "/reset", "", "Origin", m.Origin)
	admin(t, m, 200, "GET", "/requests", "", "Sec-Fetch-Site", "none")
}

func TestTheControlAPIHasNoCORS(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, request := range [][]string{{"GET", "Origin", m.Origin}, {"OPTIONS", "Origin", "https://app.example", "Access-Control-Request-Method", "POST"}} {
		response, _ := roundTrip(t, &http.Client{}, request[0], m.Origin+"/__admin/clock", "", request[1:]...)
		for name := range response.Header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s answers with %s", request[0], name)
			}
		}
		if request[0] == "OPTIONS" && response.StatusCode != 405 {
			t.Errorf("a preflight gets %d", response.StatusCode)
		}
	}
}
