package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"example.com/awalmock"
)

func TestWrongUseExitsWith2AndOneLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  []string
		args []string
		word string
	}{
		{nil, []string{"--nothing"}, "--nothing"},
		{nil, []string{"nothing"}, "nothing"},
		{nil, []string{"--seed", "x"}, "--seed"},
		{nil, []string{"--seed", "0"}, "--seed: must be a whole number from 1"},
		{nil, []string{"--latency", "5"}, `--latency: must be a duration such as 500ms, 2s or 12h, not "5"`},
		{nil, []string{"--delivery", "read=4s,read=5s"}, "--delivery"},
		{nil, []string{"--clock", "noon"}, "--clock"},
		{nil, []string{"--clock", "0001-01-01T00:00:00Z"}, "--clock: must be in a year from 1970 to 9000"}, // Go's zero time
		{nil, []string{"--clock", "1969-12-31T23:59:59Z"}, "--clock: must be in a year from 1970 to 9000"}, // a message would have a timestamp below 0
		{nil, []string{"--clock", "1970-01-01T00:00:00+14:00"}, "--clock: must be in a year from 1970 to 9000"},
		{nil, []string{"--clock", "9999-01-01T00:00:00Z"}, "--clock: must be in a year from 1970 to 9000"},
		{nil, []string{"--auth", "none"}, "--auth"},
		{nil, []string{"--missing-headers", "402"}, "--missing-headers"},
		{nil, []string{"--signed-path", "half"}, "--signed-path"},
		{nil, []string{"--max-skew", "soon"}, "--max-skew"},
		{nil, []string{"--rate-limit", "many"}, "--rate-limit"},
		{nil, []string{"--latency", "1"}, "--latency"},
		{nil, []string{"--latency=-1s"}, "--latency: must not be negative, as -1s is"},
		{nil, []string{"--reset-every=-12h"}, "--reset-every: must not be negative, as -12h0m0s is"},
		{nil, []string{"--check-answers", "never"}, "--check-answers"},
		{nil, []string{"--log-format", "xml"}, "--log-format"},
		{nil, []string{"--delivery", "x"}, "--delivery"},
		{nil, []string{"--delivery", "delivered=5s"}, "--delivery: read (after 3s) must not come before delivered (after 5s); give both"},
		{nil, []string{"--cors-origin", "localhost:3000"}, "--cors-origin"},
		{nil, []string{"--tls-cert", "x.pem"}, "--tls-key"},
		{nil, []string{"sign"}, "method"},
		{nil, []string{"sign", "GET", "nowhere"}, "URL"},
		{nil, []string{"sign", "", "/templates"}, `METHOD: must be a word such as GET or POST, not ""`},
		{nil, []string{"sign", "/templates", "GET"}, "METHOD: must be a word"},
		{nil, []string{"sign", "GET", "/templates", "--base-url", "localhost:4010"}, `--base-url: must be like http://127.0.0.1:4010/api/developer, not "localhost:4010"`},
		{nil, []string{"sign", "POST", "/templates", "--body", "hello.json"}, "--body: there is no file hello.json"},
		{[]string{"MOCK_RATE_LIMIT=many"}, nil, "--rate-limit"},
		{[]string{"MOCK_SEED=x"}, nil, "--seed"},
	} {
		t.Run(fmt.Sprint(c.env, c.args), func(t *testing.T) {
			t.Parallel()
			code, printed := fails(t, c.env, append(c.args, "--quiet")[:len(c.args)]...)
			if code != 2 || !strings.Contains(printed, c.word) || strings.Count(strings.TrimSpace(printed), "\n") != 0 {
				t.Errorf("exit %d: %s", code, printed)
			}
		})
	}
}

func TestWhatCannotBeServedExitsWith1AndOneLineThatSaysWhatAndWhere(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { taken.Close() })
	broken := write(t, "broken.yaml", "openapi: 3.0.3\ninfo: {title: x, version: '1'}\npaths:\n  /a: [\n")
	dropped := write(t, "dropped.yaml", strings.Replace(awalmock.OpenAPI(), "operationId: listTemplates\n", "operationId: x\n", 1))
	fixture := write(t, "workspaces/w.yaml", "workspace: w\nclient: x\n")
	empty := write(t, "workspaces/readme.txt", "")
	for name, c := range map[string]struct {
		args  []string
		words []string
	}{
		"a taken port":             {[]string{"--addr", taken.Addr().String()}, []string{"--addr", taken.Addr().String(), "127.0.0.1:0"}},
		"no address":               {[]string{"--addr", "nowhere"}, []string{"--addr", "HOST:PORT", "nowhere"}},
		"a port alone":             {[]string{"--addr", "4010"}, []string{"--addr", "HOST:PORT", `"4010"`}},
		"no port":                  {[]string{"--addr", "127.0.0.1:99999"}, []string{"--addr", "HOST:PORT", "99999"}},
		"another's address":        {[]string{"--addr", "192.0.2.1:0"}, []string{"--addr", "192.0.2.1:0 is no address of this machine"}},
		"no certificate at all":    {[]string{"--tls-cert", broken, "--tls-key", broken}, []string{"--tls-cert " + broken, "--tls-key " + broken, "PEM"}},
		"no such document":         {[]string{"--spec", "/nowhere.yaml"}, []string{"--spec", "/nowhere.yaml"}},
		"a folder as document":     {[]string{"--spec", filepath.Dir(broken)}, []string{"--spec", filepath.Dir(broken)}},
		"a broken document":        {[]string{"--spec", broken}, []string{broken + ":4: "}},
		"a dropped operation":      {[]string{"--spec", dropped}, []string{dropped, "listTemplates"}},
		"no such fixtures":         {[]string{"--fixtures", "/nowhere"}, []string{"--fixtures", "/nowhere"}},
		"a file as fixtures":       {[]string{"--fixtures", fixture}, []string{"--fixtures", fixture, "folder"}},
		"a broken fixture":         {[]string{"--fixtures", filepath.Dir(filepath.Dir(fixture))}, []string{"--fixtures " + filepath.Dir(filepath.Dir(fixture)), "workspaces/w.yaml:2"}},
		"no workspaces":            {[]string{"--fixtures", filepath.Dir(broken)}, []string{"--fixtures: " + filepath.Dir(broken), "NAME.yaml"}},
		"a folder without one":     {[]string{"--fixtures", filepath.Dir(filepath.Dir(empty))}, []string{"--fixtures " + filepath.Dir(filepath.Dir(empty)), "NAME.yaml"}},
		"no such certificate":      {[]string{"--tls-cert", "/nowhere.pem", "--tls-key", "/nowhere.key"}, []string{"/nowhere.pem"}},
		"no place for the address": {[]string{"--addr-file", "/nowhere/addr"}, []string{"--addr-file: there is no folder /nowhere"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := c.args
			if args[0] != "--addr" {
				args = append([]string{"--addr", "127.0.0.1:0"}, args...)
			}
			code, printed := fails(t, nil, args...)
			if code != 1 || strings.Count(strings.TrimSpace(printed), "\n") != 0 {
				t.Errorf("exit %d: %s", code, printed)
			}
			for _, word := range c.words {
				if !strings.Contains(printed, word) {
					t.Errorf("no %q in %s", word, printed)
				}
			}
		})
	}
}

func TestHelpExitsWith0AndNamesEveryFlag(t *testing.T) {
	t.Parallel()
	cmd, stdout, _ := program(t, nil, "--help")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"--addr", "--spec", "--fixtures", "--seed", "--clock", "--rate-limit", "--tls", "MOCK_"} {
		if !strings.Contains(stdout.String(), flag) {
			t.Errorf("no %s in the help", flag)
		}
	}
}

func TestSIGTERMLetsARequestInFlightFinishAndExitsWith0(t *testing.T) {
	t.Parallel()
	p := launch(t, nil, "--latency", "300ms", "--auth", "off", "--log-format", "json")
	conn, reader := inFlight(t, p)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "{}"); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !json.Valid(body) {
		t.Errorf("%d, %d bytes: %v", response.StatusCode, len(body), err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, p.stderr)
	}
}

func TestEveryFlagIsAVariableOfTheEnvironmentAndTheFlagWins(t *testing.T) {
	t.Parallel()
	limit := func(p *process) string {
		response, err := http.Get(p.url + "/conversations?phone_number_id=123456")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		return response.Header.Get("X-RateLimit-Limit")
	}
	env := []string{"MOCK_RATE_LIMIT=7/1h", "MOCK_AUTH=off", "MOCK_QUIET=true"}
	p := launch(t, env)
	if got := limit(p); got != "7" {
		t.Errorf("limit %q", got)
	}
	if p.stdout.String() != p.url+"\n" {
		t.Errorf("quiet prints %q", p.stdout)
	}
	if got := limit(launch(t, env, "--rate-limit", "9/1h")); got != "9" {
		t.Errorf("limit %q", got)
	}
}

func TestTwoProcessesWithTheSameSeedAndStoppedClockGiveTheSameBytesForEveryOperation(t *testing.T) {
	t.Parallel()
	args := []string{"--clock", "2024-01-20T12:00:00Z", "--auth", "off", "--seed", "7", "--branch-delete", "unlink"}
	a, b := launch(t, nil, args...), launch(t, nil, args...)
	calls := operationCalls(t)
	if len(calls) < 13 {
		t.Fatalf("%d operations", len(calls))
	}
	for _, c := range calls {
		first, second := c.send(t, a.url), c.send(t, b.url)
		if first != second || !strings.HasPrefix(first, "200 ") && !strings.HasPrefix(first, "201 ") {
			t.Errorf("%s %s:\n%.300s\n%.300s", c.method, c.target, first, second)
		}
	}
}

func TestTheBannersCurlLineWorksWhenPasted(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"--signed-path", "full"}, {"--tls"}, {"--max-skew", "1m", "--reject-replays"}} {
		p := launch(t, nil, args...)
		for _, word := range []string{"127.0.0.1", "your-workspace", "your-client-id", "123456"} {
			if !strings.Contains(p.stdout.String(), word) {
				t.Errorf("no %s in the banner", word)
			}
		}
		body := shell(t, curlLine(t, p.stdout.String()))
		if !strings.Contains(body, "Ahmed Mohammed") || !strings.Contains(body, `"status":true`) {
			t.Errorf("%v: %s", args, body)
		}
	}
}

func TestSignPrintsALineThatIsAcceptedForAnyRequest(t *testing.T) {
	t.Parallel()
	p := launch(t, nil)
	body := write(t, "it's a body.json", "{\"phone\": \"96650000000\",\n \"body\": \"It's here 🚚\"}\n")
	for _, args := range [][]string{
		{"GET", p.url + "/conversations?phone_number_id=123456&searchTerm=Ahmed%20Mohammed"},
		{"GET", "/templates", "--base-url", p.url},
		{"POST", p.url + "/w/message/text?phone_number_id=123456", "--body", body},
		{"post", "/w/message/text?phone_number_id=123456", "--body", body, "--base-url", p.url},
		{"GET", "/conversations?phone_number_id=654321", "--base-url", p.url, "--domain", "other-workspace", "--client-id", "other-client-id", "--hmac-secret", "other-hmac-secret"},
	} {
		cmd, stdout, stderr := program(t, nil, append([]string{"sign"}, args...)...)
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, stderr)
		}
		if answer := shell(t, stdout.String()); !strings.Contains(answer, `"status":true`) {
			t.Errorf("%v: %s\n%s", args, answer, stdout)
		}
	}
}

func TestTheLogHasOneLineARequestAndNeverASecretOrASignature(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"text", "json"} {
		p := launch(t, nil, "--log-format", format)
		line := curlLine(t, p.stdout.String())
		shell(t, line)
		shell(t, strings.ReplaceAll(line, "status=unread", "status=x&secret=your-hmac-secret"))
		shell(t, strings.ReplaceAll(line, "-hmac 'your-hmac-secret'", "-hmac 'wrong'"))
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := p.cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		log := p.stderr.String()
		for _, word := range []string{"hmac-secret", "sha256=", "your-client-id", "\x1b["} {
			if strings.Contains(log, word) {
				t.Errorf("%s: the log has %q:\n%s", format, word, log)
			}
		}
		lines := strings.Split(strings.TrimSpace(log), "\n")
		if len(lines) != 3 {
			t.Fatalf("%s: %d lines:\n%s", format, len(lines), log)
		}
		for i, verdict := range []string{"ok", "validation_failed", "authentication_failed"} {
			for _, word := range []string{"GET", "/api/developer/conversations", "listConversations", verdict} {
				if !strings.Contains(lines[i], word) {
					t.Errorf("%s: no %s in %s", format, word, lines[i])
				}
			}
			if format == "json" && !json.Valid([]byte(lines[i])) {
				t.Errorf("no JSON: %s", lines[i])
			}
		}
	}
}

func TestAChangedDocumentIsServedByTheProgram(t *testing.T) {
	t.Parallel()
	document := strings.NewReplacer(
		"      required: [message_id, status, timestamp]\n      properties:\n", "      required: [message_id, status, timestamp]\n      properties:\n        carrier: {type: string, format: uuid}\n",
		"      schema: {type: string}\n      example: ahmed", "      schema: {type: string, maxLength: 5}\n      example: ahmed",
		"\npaths:\n", "\npaths:\n  /agents/{id}:\n    get:\n      operationId: getAgent\n      parameters: [{name: id, in: path, required: true, schema: {type: integer}}]\n"+
			"      responses: {'200': {description: d, content: {application/json: {schema: {type: object, required: [name], properties: {name: {type: string, x-mock-value: name}}}}}}}\n",
	).Replace(awalmock.OpenAPI())
	file := write(t, "copy.yaml", document)
	var answers []string
	for range 2 {
		p := launch(t, nil, "--spec", file, "--auth", "off", "--clock", "2024-01-20T12:00:00Z")
		get := func(target string) string { return (&apiCall{method: "GET", target: target}).send(t, p.url) }
		status, agent := get("/fetch-message-status-app?phone_number_id=123456"), get("/agents/7")
		if !strings.Contains(status, `"carrier":"`) || !strings.HasPrefix(agent, `200 {"name":"`) || !strings.HasPrefix(get("/conversations?phone_number_id=123456&searchTerm=sixsix"), "400 ") {
			t.Errorf("%.300s\n%s", status, agent)
		}
		answers = append(answers, status+agent)
	}
	if answers[0] != answers[1] {
		t.Error("two runs differ")
	}
}

func TestTheLineOfABannerIsNotSignedWhereNothingHasToBe(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--auth", "off"}, {"--auth=off", "--tls"}} {
		p := launch(t, nil, args...)
		_, line, _ := strings.Cut(p.stdout.String(), "Try it:\n\n")
		line, _, _ = strings.Cut(strings.TrimSpace(line), "\n")
		if strings.Contains(line, "X-") || strings.Contains(line, "openssl") || !strings.HasPrefix(line, "curl ") {
			t.Errorf("%v: %s", args, line)
		}
		if answer := shell(t, line); !strings.Contains(answer, "Ahmed Mohammed") {
			t.Errorf("%v: %s", args, answer)
		}
	}
}
