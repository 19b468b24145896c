package page_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"example.com/awalmock/mockserver/mocktest"
	"example.com/awalmock/mockserver/server/page"
)

// ask sends a request as it is, without following a redirect or unpacking anything.
func ask(t *testing.T, method, address string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// references are the addresses in a page: each src and href.
func references(t *testing.T, text string) []string {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for n := range tree.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "src" || a.Key == "href":
				all = append(all, a.Val)
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s>: the policy forbids what is inline", n.Data, a.Key)
			}
		}
		if n.Data == "style" || n.Data == "script" && n.FirstChild != nil {
			t.Errorf("<%s>: the policy forbids what is inline", n.Data)
		}
	}
	return all
}

func TestThePageAndAllThatItRefersToComeFromTheMockItself(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	_, text := ask(t, "GET", m.Origin+"/docs")
	found := references(t, text)
	script, err := os.ReadFile("page.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, asked := range regexp.MustCompile(`getJSON\('([^']+)'\)`).FindAllSubmatch(script, -1) {
		found = append(found, string(asked[1]))
	}
	for _, imported := range regexp.MustCompile(`from '\./([^']+)'`).FindAllSubmatch(script, -1) {
		found = append(found, "docs/"+string(imported[1]))
	}
	if len(found) < 10 {
		t.Fatalf("only %d references: %q", len(found), found)
	}
	at, err := url.Parse(m.Origin + "/docs")
	if err != nil {
		t.Fatal(err)
	}
	for _, reference := range found {
		u, err := url.Parse(reference)
		if err != nil || u.Scheme != "" || u.Host != "" || strings.HasPrefix(u.Path, "/") {
			t.Errorf("%q is not relative to the page", reference)
			continue
		}
		if u.Fragment != "" || reference == "docs" {
			continue // a part of the page at /, and this page
		}
		answer, body := ask(t, "GET", at.ResolveReference(u).String())
		if answer.StatusCode != 200 || body == "" {
			t.Errorf("%s: %d, %d bytes", reference, answer.StatusCode, len(body))
		}
		kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
		want := map[string]string{"js": "text/javascript", "css": "text/css", "png": "image/png", "json": "application/json", "yaml": "application/yaml", "": "text/plain"}
		if extension := reference[strings.LastIndex(reference, ".")+1:]; err != nil || kind != want[extension] {
			t.Errorf("%s is %s", reference, kind)
		}
	}
}

func TestNoStylesheetAndNoScriptOfThePageNamesAnotherAddress(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	for _, path := range []string{"/docs/page.css", "/docs/swagger-ui.css"} {
		_, text := ask(t, "GET", m.Origin+path)
		if path == "/docs/swagger-ui.css" && strings.Count(text, "url(") < 3 {
			t.Errorf("%s: nothing to check", path)
		}
		for _, use := range regexp.MustCompile(`url\(["']?([^"')]{0,20})|@import[^;]*`).FindAllStringSubmatch(text, -1) {
			if !strings.HasPrefix(use[1], "data:") {
				t.Errorf("%s: %s", path, use[0])
			}
		}
	}
	if _, text := ask(t, "GET", m.Origin+"/docs/page.js"); regexp.MustCompile(`['"\x60](https?:)?//`).MatchString(text) {
		t.Error("page.js names an address of its own")
	}
	for _, path := range []string{"/docs/page.css", "/docs/swagger-ui.css", "/docs/page.js", "/docs/visible.js", "/docs/swagger-ui-bundle.js"} {
		if _, text := ask(t, "GET", m.Origin+path); regexp.MustCompile(`sourceMappingURL=(https?:)?//`).MatchString(text) {
			t.Errorf("%s sends developer tools elsewhere", path)
		}
	}
}

func addresses() []string {
	var all []string
	for path := range page.Routes(page.Settings{}) {
		all = append(all, path)
	}
	slices.Sort(all)
	return all
}

func TestEveryAddressOfThePageIsGuardedByHeaders(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	for _, path := range addresses() {
		answer, _ := ask(t, "GET", m.Origin+path)
		policy := map[string]string{}
		for directive := range strings.SplitSeq(answer.Header.Get("Content-Security-Policy"), ";") {
			name, sources, _ := strings.Cut(strings.TrimSpace(directive), " ")
			policy[name] = sources
		}
		for name, want := range map[string]string{
			"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "connect-src": "'self'", "img-src": "'self' data: blob:",
			"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
		} {
			if policy[name] != want {
				t.Errorf("%s: %s is %q, want %q", path, name, policy[name], want)
			}
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
}

func TestThePageAnswersGetAndHeadOnly(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	for _, path := range addresses() {
		get, _ := ask(t, "GET", m.Origin+path)
		head, body := ask(t, "HEAD", m.Origin+path)
		if head.StatusCode != get.StatusCode || head.StatusCode >= 400 || body != "" || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
			t.Errorf("HEAD %s: %d %s", path, head.StatusCode, head.Header.Get("Content-Type"))
		}
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS"} {
			answer, _ := ask(t, method, m.Origin+path)
			if answer.StatusCode != 405 || answer.Header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d, Allow %q", method, path, answer.StatusCode, answer.Header.Get("Allow"))
			}
		}
	}
	if answer, body := ask(t, "GET", m.Origin+"/docs/other"); answer.StatusCode != 404 || !strings.Contains(body, `"request_id"`) {
		t.Errorf("what is no part of the page is the API's to answer: %d %s", answer.StatusCode, body)
	}
}

func TestASlashBehindTheAddressLeadsToThePage(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	answer, _ := ask(t, "GET", m.Origin+"/docs/")
	to, err := answer.Location()
	if err != nil || answer.StatusCode != 308 || to.String() != m.Origin+"/docs" || answer.Header.Get("Location") != "../docs" {
		t.Errorf("%d %v %v", answer.StatusCode, to, err)
	}
}

func unpack(t *testing.T, packed string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsKeptCompressedReachesEveryCaller(t *testing.T) {
	t.Parallel()
	m := mocktest.Start(t)
	for _, path := range []string{"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"} {
		plain, text := ask(t, "GET", m.Origin+path)
		packed, bytes := ask(t, "GET", m.Origin+path, "Accept-Encoding", "br, gzip")
		if plain.Header.Get("Content-Encoding") != "" || packed.Header.Get("Content-Encoding") != "gzip" || unpack(t, bytes) != text {
			t.Errorf("%s is not the same for both", path)
		}
		for _, answer := range []*http.Response{plain, packed} {
			if !slices.Contains(answer.Header.Values("Vary"), "Accept-Encoding") {
				t.Errorf("%s: Vary: %q", path, answer.Header.Values("Vary"))
			}
		}
		tag := packed.Header.Get("ETag")
		if again, body := ask(t, "GET", m.Origin+path, "Accept-Encoding", "gzip", "If-None-Match", tag); tag == "" || again.StatusCode != 304 || body != "" {
			t.Errorf("%s: ETag %q, then %d", path, tag, again.StatusCode)
		}
		if other, _ := ask(t, "GET", m.Origin+path, "Accept-Encoding", "gzip", "If-None-Match", `"0000"`); other.StatusCode != 200 {
			t.Errorf("%s: another ETag: %d", path, other.StatusCode)
		}
	}
}

// rebased is the contract under other servers.
func rebased(t *testing.T, servers string) []byte {
	t.Helper()
	document, err := os.ReadFile("../../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`(?m)^servers:\n(?:  .*\n)+`)
	if len(whole.FindAll(document, -1)) != 1 {
		t.Fatal("servers: not found")
	}
	return whole.ReplaceAll(document, []byte("servers:\n  - url: "+servers+"\n"))
}

func TestThePageKnowsItsMock(t *testing.T) {
	t.Parallel()
	elsewhere := func(o *mocktest.Options) { o.Listen = "192.0.2.7" }
	for name, c := range map[string]struct {
		options []mocktest.Option
		want    page.Settings
	}{
		"as it comes":        {nil, page.Settings{BasePath: "/api/developer", Signed: true, Control: "open"}},
		"a token":            {[]mocktest.Option{mocktest.ControlToken("s3cret")}, page.Settings{BasePath: "/api/developer", Signed: true, Control: "token"}},
		"elsewhere":          {[]mocktest.Option{elsewhere}, page.Settings{BasePath: "/api/developer", Signed: true, Control: "off"}},
		"elsewhere, a token": {[]mocktest.Option{elsewhere, mocktest.ControlToken("s3cret")}, page.Settings{BasePath: "/api/developer", Signed: true, Control: "token"}},
		"headers only":       {[]mocktest.Option{elsewhere, mocktest.Auth("headers")}, page.Settings{BasePath: "/api/developer", Signed: true, Control: "off"}},
		"no authentication":  {[]mocktest.Option{elsewhere, mocktest.Auth("off")}, page.Settings{BasePath: "/api/developer", Control: "off"}},
		"another base path":  {[]mocktest.Option{mocktest.Spec("other.yaml", rebased(t, "https://example.com/v2/chat"))}, page.Settings{BasePath: "/v2/chat", Signed: true, Control: "open"}},
		"no base path":       {[]mocktest.Option{mocktest.Spec("other.yaml", rebased(t, "https://example.com"))}, page.Settings{Signed: true, Control: "open"}},
		"an API under /docs": {[]mocktest.Option{mocktest.Spec("other.yaml", rebased(t, "https://example.com/docs"))}, page.Settings{BasePath: "/docs", Signed: true, Control: "open"}},
	} {
		c.want.Console = c.want.Control != "off"
		m := mocktest.Start(t, c.options...)
		_, text := ask(t, "GET", m.Origin+"/docs/settings.json")
		var got page.Settings
		decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&got); err != nil || got != c.want {
			t.Errorf("%s: %s, want %+v", name, text, c.want)
		}
		if strings.Contains(text, "s3cret") {
			t.Errorf("%s: the token is shown to everybody", name)
		}
		if answer, _ := ask(t, "GET", m.Origin+"/docs"); answer.StatusCode != 200 {
			t.Errorf("%s: the page is answered %d", name, answer.StatusCode)
		}
		signed, err := m.Client().Get(m.URL + "/conversations?phone_number_id=123456")
		if err != nil || signed.StatusCode != 200 {
			t.Errorf("%s: the API beside the page: %v %v", name, signed, err)
		}
	}
}
