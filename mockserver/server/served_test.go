package server_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server"
)

// serversOf asks for a document with a Host header and gives the URLs of its servers.
func serversOf(t *testing.T, m *mock, host, path string) []string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(m.Origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	head := "GET " + path + " HTTP/1.0\r\n"
	if host != "" {
		head = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nX-Forwarded-Host: elsewhere.example.com\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n"
	}
	if _, err := io.WriteString(conn, head+"\r\n"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%v: %d %.300s", err, response.StatusCode, text)
	}
	var document struct{ Servers []struct{ URL string } }
	if strings.HasSuffix(path, ".json") {
		err = json.Unmarshal(text, &document)
	} else {
		err = yaml.Unmarshal(text, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	var urls []string
	for _, s := range document.Servers {
		urls = append(urls, s.URL)
	}
	return urls
}

func TestADocumentThatIsFetchedFromAMockNamesThatMockAlone(t *testing.T) {
	t.Parallel()
	m := start(t)
	here := strings.TrimPrefix(m.Origin, "http://")
	for path, behind := range map[string]string{"/openapi.yaml": base, "/openapi.json": base, "/__admin/openapi.yaml": "/__admin"} {
		for host, want := range map[string]string{here: here, strings.Replace(here, "127.0.0.1", "localhost", 1): strings.Replace(here, "127.0.0.1", "localhost", 1), "": here} {
			if path == "/__admin/openapi.yaml" && host == "" {
				continue // the control API needs a host
			}
			if got := serversOf(t, m, host, path); len(got) != 1 || got[0] != "http://"+want+behind {
				t.Errorf("%s asked for as %q names %q, want %s", path, host, got, "http://"+want+behind)
			}
		}
	}
	if got := serversOf(t, m, "mock.example.com:8080", "/openapi.yaml"); len(got) != 1 || got[0] != "http://mock.example.com:8080"+base {
		t.Errorf("%q", got)
	}
}

func TestBehindAProxyTheDocumentNamesTheAddressThatTheMockWasToldOf(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.BaseURL("https://mock.example.com/team"+base+"/"))
	here := strings.TrimPrefix(m.Origin, "http://")
	for path, want := range map[string]string{
		"/openapi.yaml": "https://mock.example.com/team" + base, "/openapi.json": "https://mock.example.com/team" + base,
		"/__admin/openapi.yaml": "https://mock.example.com/team/__admin",
	} {
		if got := serversOf(t, m, here, path); len(got) != 1 || got[0] != want {
			t.Errorf("%s names %q, want %s", path, got, want)
		}
	}
}

func TestADocumentOfATLSMockNamesHTTPS(t *testing.T) {
	t.Parallel()
	m := start(t, mocktest.TLS())
	response, err := m.Client().Get(m.Origin + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), `"servers":[{"description":"This mock","url":"`+m.URL+`"}]`) {
		t.Errorf("%v: %.600s", err, text)
	}
}

func TestAnotherDocumentIsServedWithTheMocksAddressToo(t *testing.T) {
	t.Parallel()
	m := start(t, edited(t, "  - url: http://127.0.0.1:4010/api/developer\n", "  - url: https://api.example.com/v9\n"))
	if got := serversOf(t, m, strings.TrimPrefix(m.Origin, "http://"), "/openapi.yaml"); len(got) != 1 || got[0] != m.Origin+"/v9" {
		t.Errorf("%q", got)
	}
}

func TestABaseURLThatNobodyCanCallIsRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"mock.example.com", "/api", "ftp://mock.example.com", "http://", "http://a/b?c=d", "http://a/b#c", "http://u:p@a/b", "http://a b"} {
		_, err := server.New(server.Options{BaseURL: address})
		var usage *server.UsageError
		if !errors.As(err, &usage) || usage.Option != "base-url" {
			t.Errorf("%q: %v", address, err)
		}
	}
}
