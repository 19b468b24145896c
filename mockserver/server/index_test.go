package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

const browserAccept = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

// open asks for an address as a browser or curl does, unsigned.
func (m *mock) open(t *testing.T, path, accept string) (status int, contentType, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.Origin+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header.Get("Content-Type"), string(text)
}

func TestWhoOpensTheMocksAddressIsToldWhereTheAPIAndItsPageAre(t *testing.T) {
	t.Parallel()
	m := start(t, noConsole)
	for accept, want := range map[string]string{
		browserAccept: "text/html; charset=utf-8", "": "text/plain; charset=utf-8", "*/*": "text/plain; charset=utf-8", "application/json": "application/json",
		"application/json, text/plain, */*": "application/json", "text/html;q=0.2, application/json;q=0.9": "application/json",
		"text/html;q=0, */*": "text/plain; charset=utf-8", "text/html;q=x,;;,": "text/plain; charset=utf-8",
	} {
		status, contentType, body := m.open(t, "/", accept)
		if status != 200 || contentType != want {
			t.Errorf("%q: %d %s", accept, status, contentType)
		}
		for _, place := range []string{base, "/docs", "/openapi.yaml", "/openapi.json", "/openapi-3.1.yaml", "/openapi-3.1.json", "/__admin", "/metrics", "/readyz"} {
			if !strings.Contains(body, place) {
				t.Errorf("%q: no %s in %s", accept, place, body)
			}
		}
		if contentType == "application/json" && !json.Valid([]byte(body)) {
			t.Errorf("no JSON: %s", body)
		}
	}
	if _, _, body := m.open(t, "/", "text/plain"); !strings.Contains(body, m.Origin+"/docs\n") {
		t.Errorf("no whole address in %s", body)
	}
}

func TestEveryLinkOfTheMocksFirstPageLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*mock{"open": start(t, noConsole), "with a token": start(t, noConsole, mocktest.ControlToken("secret"))} {
		_, _, page := m.open(t, "/", browserAccept)
		links := regexp.MustCompile(`href="\.(/[^"]*)"`).FindAllStringSubmatch(page, -1)
		if len(links) < 5 {
			t.Fatalf("%s: only %v", name, links)
		}
		for _, link := range links {
			status, _, _ := m.open(t, link[1], browserAccept)
			if status == 404 || status != 200 && !strings.Contains(page, "with the token") {
				t.Errorf("%s: %s is %d", name, link[1], status)
			}
		}
		if strings.Contains(page, "secret") && strings.Contains(page, m.Secret) {
			t.Errorf("%s: the page shows a secret", name)
		}
	}
	closed := start(t, func(o *mocktest.Options) { o.Listen = "0.0.0.0" })
	if _, _, text := closed.open(t, "/", ""); strings.Contains(text, "/__admin") || strings.Contains(text, "/metrics") || !strings.Contains(text, "/docs") {
		t.Errorf("what is off is offered: %s", text)
	}
}

func TestBehindAProxyTheAddressesAreThoseOfTheProxy(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.BaseURL("https://mock.example.com/here/api/developer"))
	if _, _, text := m.open(t, "/", ""); !strings.Contains(text, "https://mock.example.com/here/docs\n") || strings.Contains(text, m.Origin) {
		t.Error(text)
	}
}

func TestOtherMethodsOnTheMocksAddressAndOtherUnknownPathsAreStill404InJSON(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, c := range []call{{method: "POST", whole: "/"}, {method: "DELETE", whole: "/"}, {method: "GET", whole: "/index.html"}, {method: "GET", whole: "//"}} {
		a := m.do(t, c).is(t, 404, "resource_not_found")
		if message, _ := a.value["message"].(string); !strings.Contains(message, base) {
			t.Errorf("%q does not name %s", message, base)
		}
	}
}

func TestABrowserNeedNotAskAgainBeforeEachRequest(t *testing.T) {
	t.Parallel()
	m := start(t)
	a := m.exchange(t, "OPTIONS", "OPTIONS "+base+listing+" HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: GET\r\nConnection: close\r\n\r\n")
	if a.status != 204 || a.header.Get("Access-Control-Max-Age") != "600" {
		t.Errorf("%d %v", a.status, a.header)
	}
}
