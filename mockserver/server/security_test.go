package server_test

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"example.com/awalmock/mockserver/mocktest"
)

// guarded is a document of another API, whose paths each ask for something else.
const guarded = `openapi: 3.0.3
info: {title: 'A "bank"', version: '1'}
security: [{bearer: []}]
paths:
  /bearer: {get: {responses: {'200': &ok {description: d, content: {application/json: {schema: {type: object, properties: {token: {type: string}}}}}}}}}
  /basic: {get: {security: [{basic: []}], responses: {'200': *ok}}}
  /header: {get: {security: [{header: []}], responses: {'200': *ok}}}
  /query: {get: {security: [{query: []}], responses: {'200': *ok}}}
  /cookie: {get: {security: [{cookie: []}], responses: {'200': *ok}}}
  /either: {get: {security: [{query: []}, {basic: []}], responses: {'200': *ok}}}
  /both: {get: {security: [{header: [], basic: []}], responses: {'200': *ok}}}
  /open: {get: {security: [], responses: {'200': *ok}}}
  /maybe: {get: {security: [{bearer: []}, {}], responses: {'200': *ok}}}
  /signed: {get: {security: [{signature: []}], responses: {'200': *ok}}}
  /signed-or-bearer: {get: {security: [{signature: []}, {bearer: []}], responses: {'200': *ok}}}
  /domain: {get: {security: [{domain: [], client: []}], responses: {'200': *ok}}}
  /oauth: {get: {security: [{oauth: [read]}], responses: {'200': *ok}}}
components:
  securitySchemes:
    bearer: {type: http, scheme: Bearer}
    basic: {type: http, scheme: basic}
    header: {type: apiKey, in: header, name: X-Api-Key}
    query: {type: apiKey, in: query, name: api_key}
    cookie: {type: apiKey, in: cookie, name: session}
    signature: {type: apiKey, in: header, name: X-Awal-Signature-256}
    domain: {type: apiKey, in: header, name: X-Domain}
    client: {type: apiKey, in: header, name: X-Client-ID}
    oauth: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://example.com/oauth', scopes: {read: read}}}}
`

func basicAuth(pair string) string {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
}

// workspace is a fixture with further lines.
func workspace(name, lines string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("workspace: " + name + "\nclient_id: " + name + "-client\nhmac_secret: " + name + "-secret\n" + lines +
		"numbers:\n  - {phone_number_id: '" + name + "-1', phone: '966500000001', verified_name: Small}\n")}
}

// bare asks a mock of another API's document, without the vendor's headers.
func bare(t *testing.T, m *mock, target string, header ...string) *answer {
	t.Helper()
	out := map[string]string{"X-Domain": "-", "X-Client-ID": "-", "X-Timestamp": "-", "X-Awal-Signature-256": "-"}
	return m.exchange(t, "GET", m.wire(call{whole: target, target: target, auth: out, header: header}))
}

func guardedMock(t *testing.T, options ...mocktest.Option) *mock {
	t.Helper()
	return start(t, append([]mocktest.Option{mocktest.Spec("bank.yaml", []byte(guarded)), mocktest.AllowMissing(), unlimited()}, options...)...)
}

func TestAnOperationAsksForTheSecuritySchemeThatItsDocumentNames(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"hmac", "headers"} {
		m := guardedMock(t, mocktest.Auth(mode))
		for _, c := range []struct{ target, header, field, challenge string }{
			{"/bearer", "", "Authorization", `Bearer realm="A bank"`},
			{"/bearer", basicAuth("me:you"), "Authorization", `Bearer realm="A bank"`},
			{"/bearer", "Authorization: Bearer", "Authorization", `Bearer realm="A bank", error="invalid_token"`},
			{"/bearer", "Authorization: Bearer two words", "Authorization", `Bearer realm="A bank", error="invalid_token"`},
			{"/basic", "", "Authorization", `Basic realm="A bank", charset="UTF-8"`},
			{"/basic", "Authorization: Basic !!", "Authorization", `Basic realm="A bank", charset="UTF-8"`},
			{"/basic", "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("nocolon")), "Authorization", `Basic realm="A bank", charset="UTF-8"`},
			{"/header", "", "X-Api-Key", `ApiKey realm="A bank", in="header", name="X-Api-Key"`},
			{"/header?X-Api-Key=1", "", "X-Api-Key", `ApiKey realm="A bank", in="header", name="X-Api-Key"`},
			{"/header", "X-Api-Key: 1\r\nX-Api-Key: 2", "X-Api-Key", `ApiKey realm="A bank", in="header", name="X-Api-Key"`},
			{"/query", "", "api_key", `ApiKey realm="A bank", in="query", name="api_key"`},
			{"/query?api_key=", "", "api_key", `ApiKey realm="A bank", in="query", name="api_key"`},
			{"/query?api_key=1&api_key=2", "", "api_key", `ApiKey realm="A bank", in="query", name="api_key"`},
			{"/cookie", "Cookie: other=1", "session", `ApiKey realm="A bank", in="cookie", name="session"`},
			{"/either", "", "Authorization api_key", `ApiKey realm="A bank", in="query", name="api_key"` + "\n" + `Basic realm="A bank", charset="UTF-8"`},
			{"/both", basicAuth("me:you"), "X-Api-Key", `Basic realm="A bank", charset="UTF-8"` + "\n" + `ApiKey realm="A bank", in="header", name="X-Api-Key"`},
			{"/both", "", "Authorization X-Api-Key", `Basic realm="A bank", charset="UTF-8"` + "\n" + `ApiKey realm="A bank", in="header", name="X-Api-Key"`},
			{"/signed", "Authorization: Bearer abc", "X-Awal-Signature-256 X-Client-ID X-Domain X-Timestamp", `AWAL-HMAC-SHA256 realm="Awal Conversations API"`},
			{"/signed-or-bearer", "", "Authorization X-Awal-Signature-256 X-Client-ID X-Domain X-Timestamp", `AWAL-HMAC-SHA256 realm="Awal Conversations API"` + "\n" + `Bearer realm="A bank"`},
			{"/oauth", "", "Authorization", `Bearer realm="A bank"`},
		} {
			var lines []string
			if c.header != "" {
				lines = strings.Split(c.header, "\r\n")
			}
			a := bare(t, m, c.target, lines...)
			details, _ := a.value["details"].(map[string]any)
			fields := strings.Join(slices.Sorted(maps.Keys(details)), " ")
			challenges := strings.Join(a.header["Www-Authenticate"], "\n")
			if a.status != 401 || a.value["error"] != "authentication_failed" || fields != c.field || challenges != c.challenge {
				t.Errorf("%s: %s %q: %d %s\n%s", mode, c.target, c.header, a.status, a.body, challenges)
			}
		}
	}
}

func TestCredentialsOfTheRightFormLetInWhereTheFixturesGiveNone(t *testing.T) {
	t.Parallel()
	m := guardedMock(t, mocktest.Strict())
	for target, header := range map[string]string{
		"/bearer": "Authorization: bearer abc.def-_~+/==", "/basic": basicAuth("me:"), "/header": "X-Api-Key: anything at all", "/query?api_key=1": "",
		"/cookie": "Cookie: a=1; session=2", "/either?api_key=1": "Authorization: Bearer x", "/either": basicAuth("a:b"), "/open": "", "/maybe": "",
		"/signed-or-bearer": "Authorization: Bearer x", "/oauth": "Authorization: Bearer x",
	} {
		var lines []string
		if header != "" {
			lines = []string{header}
		}
		if a := bare(t, m, target, lines...); a.status != 200 {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
	if a := bare(t, m, "/both", "X-Api-Key: 1", basicAuth("a:b")); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, target := range []string{"/signed", "/signed-or-bearer"} {
		if a := m.exchange(t, "GET", m.wire(call{whole: target, target: target})); a.status != 200 {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
	}
}

func TestACredentialOfTheFixturesTellsWhichWorkspaceIsMeant(t *testing.T) {
	t.Parallel()
	m := guardedMock(t, mocktest.Fixtures(fstest.MapFS{
		"workspaces/a.yaml": workspace("aa", "credentials:\n  bearer: token-of-a\n  basic: 'a:secret-of-a'\n  header: [key1, 2]\n"),
		"workspaces/b.yaml": workspace("bb", "credentials: {bearer: [token-of-b, other-of-b]}\n"),
	}))
	same := func(one, other *answer) bool {
		return one.status == 200 && other.status == 200 && string(one.body) == string(other.body)
	}
	ofA, ofB := bare(t, m, "/bearer", "Authorization: Bearer token-of-a"), bare(t, m, "/bearer", "Authorization: Bearer token-of-b")
	if ofA.status != 200 || ofB.status != 200 || string(ofA.body) == string(ofB.body) {
		t.Errorf("%d %s\n%d %s", ofA.status, ofA.body, ofB.status, ofB.body)
	}
	if other := bare(t, m, "/bearer", "Authorization: Bearer other-of-b", "X-Domain: aa"); !same(ofB, other) {
		t.Errorf("the credential does not count before X-Domain: %s", other.body)
	}
	if unnamed, named := bare(t, m, "/query?api_key=1"), bare(t, m, "/query?api_key=1", "X-Domain: bb"); unnamed.status != 200 || named.status != 200 || same(unnamed, named) {
		t.Errorf("X-Domain does not count: %s %s", unnamed.body, named.body)
	}
	for _, header := range [][]string{
		{"/bearer", "Authorization: Bearer token-of-c"},
		{"/basic", basicAuth("a:secret-of-b")},
		{"/header", "X-Api-Key: key2"},
		{"/domain", "X-Domain: aa", "X-Client-ID: bb-client"},
		{"/domain", "X-Domain: nobody", "X-Client-ID: bb-client"},
		{"/query?api_key=1", "X-Domain: nobody"},
	} {
		if a := bare(t, m, header[0], header[1:]...); a.status != 401 || strings.Contains(string(a.body), "token-of-a") {
			t.Errorf("%s: %d %s", header, a.status, a.body)
		}
	}
	for _, header := range [][]string{
		{"/basic", basicAuth("a:secret-of-a")}, {"/header", "X-Api-Key: 2"}, {"/domain", "X-Domain: bb", "X-Client-ID: bb-client"},
	} {
		if a := bare(t, m, header[0], header[1:]...); a.status != 200 {
			t.Errorf("%s: %d %s", header, a.status, a.body)
		}
	}
}

func TestSecurityThatCannotBeCheckedIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	operation := firstPath + "  /new: {get: {security: [{mine: []}], responses: {'200': {description: d}}}}\n"
	schemes := "\n  securitySchemes:\n"
	for name, c := range map[string]struct{ scheme, part string }{
		"no scheme":     {"", "there is no security scheme mine under components.securitySchemes"},
		"oauth2":        {"    mine: {type: oauth2, flows: {}}\n", "type oauth2"},
		"openIdConnect": {"    mine: {type: openIdConnect, openIdConnectUrl: 'https://example.com/.well-known'}\n", "type openIdConnect"},
		"digest":        {"    mine: {type: http, scheme: digest}\n", "HTTP scheme digest"},
	} {
		message := refusal(t, edited(t, firstPath, operation, schemes, schemes+c.scheme))
		if !hasLine.MatchString(message) || !strings.Contains(message, c.part) || !strings.Contains(message, "mine") {
			t.Errorf("%s: %s", name, message)
		}
		if name != "no scheme" && !strings.Contains(message, "--auth=off") {
			t.Errorf("%s: does not say what to do: %s", name, message)
		}
	}
	// A credential that no operation asks for is ignored, and so is one that is never checked.
	start(t, edited(t, schemes, schemes+"    mine: {type: oauth2, flows: {}}\n"))
	start(t, edited(t, firstPath, operation, schemes, schemes+"    mine: {type: oauth2, flows: {}}\n"), mocktest.Auth("off"))
}

func TestCredentialsOfAFixtureThatCannotBeUsedAreRefusedWithTheirLine(t *testing.T) {
	t.Parallel()
	for lines, part := range map[string]string{
		"credentials: {nothing: abc}\n":       "workspaces/a.yaml:4: credentials.nothing: there is no security scheme nothing",
		"credentials: {basic: abc}\n":         "workspaces/a.yaml:4: credentials.basic: must be user:password",
		"credentials: {bearer: 'a b'}\n":      "workspaces/a.yaml:4: credentials.bearer: must be a token",
		"credentials: {signature: abc}\n":     "workspaces/a.yaml:4: credentials.signature: is checked by",
		"credentials: {header: [a, a]}\n":     "workspaces/a.yaml:4: credentials.header[1]: must be unique",
		"credentials: {header: []}\n":         "workspaces/a.yaml:4: credentials.header: must not be empty",
		"credentials: [a]\n":                  "workspaces/a.yaml:4: credentials: must be a mapping",
		"credentials: {header: {a: b}}\n":     "workspaces/a.yaml:4: credentials.header: must be text",
		"credentials:\n  header: ''\n":        "workspaces/a.yaml:5: credentials.header: must not be empty",
		"credentials:\n  header: the-same\n":  "workspaces/b.yaml:4: credentials.header: is a credential of workspaces/a.yaml too",
		"credentials:\n  header:\n    - ~\n":  "workspaces/a.yaml:6: credentials.header[0]: must be text",
		"credentials:\n  header: [1, true]\n": "workspaces/a.yaml:5: credentials.header[1]: must be text",
	} {
		message := refusal(t, mocktest.Spec("bank.yaml", []byte(guarded)), mocktest.AllowMissing(), mocktest.Fixtures(fstest.MapFS{
			"workspaces/a.yaml": workspace("aa", lines), "workspaces/b.yaml": workspace("bb", "credentials: {header: the-same}\n"),
		}))
		if !strings.HasPrefix(message, part) {
			t.Errorf("%q: %s", lines, message)
		}
	}
}
