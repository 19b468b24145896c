package server_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/mocktest"
)

func noConsole(o *mocktest.Options) { o.NoConsole = true }

func elsewhere(o *mocktest.Options) { o.Listen = "192.0.2.7" }

// consoleMark is in the page at / and in nothing else.
const consoleMark = `src="__console/page.js"`

func TestABrowserGetsThePageWhereTheControlAPIIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options []mocktest.Option
		page    bool
	}{
		"on loopback":              {nil, true},
		"with a token":             {[]mocktest.Option{mocktest.ControlToken("secret")}, true},
		"elsewhere":                {[]mocktest.Option{elsewhere}, false},
		"elsewhere with a token":   {[]mocktest.Option{elsewhere, mocktest.ControlToken("secret")}, true},
		"with --no-console":        {[]mocktest.Option{noConsole}, false},
		"an API that has / itself": {[]mocktest.Option{mocktest.Spec("root.yaml", []byte(rootDocument)), func(o *mocktest.Options) { o.AllowMissing = true }}, false},
	} {
		m := start(t, c.options...)
		_, _, text := m.open(t, "/", browserAccept)
		if strings.Contains(text, consoleMark) != c.page {
			t.Errorf("%s: %.300s", name, text)
		}
		if strings.Contains(text, "secret") {
			t.Errorf("%s: the page holds the token", name)
		}
	}
}

func TestWhatThePageIsMadeOfIsServedForReadingOnlyAndUnderAStrictPolicy(t *testing.T) {
	t.Parallel()
	m := start(t)
	_, _, index := m.open(t, "/", browserAccept)
	references := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(index, -1)
	paths := []string{"/__console/settings.json"}
	for _, reference := range references {
		if !strings.HasPrefix(reference[1], "data:") {
			paths = append(paths, "/"+reference[1])
		}
	}
	if len(paths) < 5 {
		t.Fatalf("only %v", paths)
	}
	for _, path := range paths {
		status, _, _ := m.open(t, path, browserAccept)
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		if !strings.HasPrefix(path, "/__console") {
			continue
		}
		if posted, _ := m.ask(t, http.MethodPost, path); posted != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, posted)
		}
		_, header := m.ask(t, http.MethodGet, path)
		if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

func TestAnUnchangedPageIsNotSentAgain(t *testing.T) {
	t.Parallel()
	m := start(t)
	for _, coding := range []string{"gzip", "identity"} {
		_, header := m.ask(t, http.MethodGet, "/__console/page.js", "Accept-Encoding", coding)
		tag := header.Get("ETag")
		status, _ := m.ask(t, http.MethodGet, "/__console/page.js", "Accept-Encoding", coding, "If-None-Match", tag)
		if tag == "" || status != http.StatusNotModified {
			t.Errorf("%s: %q, %d", coding, tag, status)
		}
	}
}

func TestThePageHoldsItsSettings(t *testing.T) {
	t.Parallel()
	m := start(t)
	_, _, index := m.open(t, "/", browserAccept)
	written := regexp.MustCompile(`<meta name="settings" content="([^"]*)">`).FindStringSubmatch(index)
	if len(written) != 2 {
		t.Fatalf("%.400s", index)
	}
	_, _, asked := m.open(t, "/__console/settings.json", browserAccept)
	if in := html.UnescapeString(written[1]); in != asked || !strings.Contains(in, `"control":"open"`) {
		t.Errorf("in the page %s, asked for %s", in, asked)
	}
}

// ask sends a request that is not signed, with headers as pairs.
func (m *mock) ask(t *testing.T, method, path string, header ...string) (int, http.Header) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, m.Origin+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode, answer.Header
}

// rootDocument has an API without a base path, and an operation at its root.
const rootDocument = `openapi: 3.0.3
info: {title: root, version: "1"}
servers: [{url: http://127.0.0.1/}]
paths:
  /:
    get: {operationId: root, responses: {"200": {description: fine}}}
`
