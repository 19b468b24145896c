package cli

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"example.com/awalmock/mockserver/internal/printable"
)

// logged runs the mock, sends requests "METHOD TARGET" unsigned, and returns the lines of the log.
func logged(t *testing.T, flags, requests []string) []string {
	t.Helper()
	p := launch(t, nil, append([]string{"--auth", "off"}, flags...)...)
	for _, request := range requests {
		method, target, _ := strings.Cut(request, " ")
		r, err := http.NewRequestWithContext(t.Context(), method, p.url+target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		response.Body.Close()
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(p.stderr.String(), "\n"), "\n")
}

var outcomes = []string{
	"GET /conversations?phone_number_id=123456&status=unread",
	"GET /conversations?phone_number_id=123456&searchTrem=x",
	"GET /conversations?status=lost",
	"POST /w/message/text?phone_number_id=123456",
	"GET /nothing",
}

func TestALineOfTheLogSaysByItsLevelHowARequestEndedAndWhy(t *testing.T) {
	t.Parallel()
	lines := logged(t, nil, outcomes)
	if len(lines) != len(outcomes) {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	for i, words := range [][]string{
		{" INF ", `query="phone_number_id=123456&status=unread"`},
		{" WRN ", `searchTrem`, "warning=", "did you mean searchTerm?"},
		{" WRN ", "status=400", `reason="phone_number_id is required in the query (and 1 more)"`},
		{" WRN ", "status=400", `reason="body the request has no body; send it as application/json"`},
		{" WRN ", "status=404", `There is nothing at this path`},
	} {
		for _, word := range words {
			if !strings.Contains(lines[i], word) {
				t.Errorf("no %s in %s", word, lines[i])
			}
		}
	}
}

func TestTheLogLevelDecidesWhatIsLogged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags []string
		lines int
	}{
		{[]string{"--log-level", "info"}, 5},
		{[]string{"--log-level", "debug"}, 5},
		{[]string{"--log-level", "warn"}, 4},
		{[]string{"--log-level", "error"}, 0},
		{[]string{"--quiet"}, 0},
		{[]string{"--quiet", "--log-level", "warn"}, 4},
	} {
		lines := logged(t, c.flags, outcomes)
		if got := len(strings.Fields(strings.Join(lines, ""))); c.lines == 0 && got > 0 || c.lines > 0 && len(lines) != c.lines {
			t.Errorf("%v: %q", c.flags, lines)
		}
	}
	if code, printed := fails(t, nil, "--log-level", "loud"); code != 2 || !strings.Contains(printed, "--log-level") {
		t.Errorf("%d %s", code, printed)
	}
}

func TestNoSecretAndNothingThatATerminalObeysIsLogged(t *testing.T) {
	t.Parallel()
	secret := "your-hmac-secret"
	var encoded strings.Builder
	for _, b := range []byte(secret) {
		encoded.WriteString("%" + strings.ToUpper(string("0123456789abcdef"[b>>4])+string("0123456789abcdef"[b&15])))
	}
	requests := []string{
		"GET /conversations?phone_number_id=123456&key=" + secret,
		"GET /conversations?phone_number_id=123456&key=" + encoded.String(),
		"GET /conversations?phone_number_id=123456&key=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("client:"+secret))),
		"GET /" + secret,
		"GET /conversations?phone_number_id=123456&" + secret + "=1",
		"GET /conversations?phone_number_id=%1b%5B31m%E2%80%AE&%1b%5B31m%E2%80%AE=1",
		"GET /%1b%5B31m%E2%80%AE\u202e\u009b",
	}
	for _, format := range []string{"text", "json"} {
		lines := logged(t, []string{"--log-format", format}, requests)
		if len(lines) != len(requests) {
			t.Fatalf("%d lines: %q", len(lines), lines)
		}
		for _, line := range lines {
			if strings.Contains(line, secret) || strings.Contains(line, encoded.String()) || strings.Contains(line, "G1hYy1zZWNyZX") {
				t.Errorf("a secret: %s", line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return !printable.Is(r) }) {
				t.Errorf("%q", line)
			}
			if format == "json" && !json.Valid([]byte(line)) {
				t.Errorf("no JSON: %s", line)
			}
		}
	}
}

func TestADocumentWithAnEscapeSequenceInAKeyIsRefusedWithoutIt(t *testing.T) {
	t.Parallel()
	file := write(t, "odd.yaml", "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n\"pa\\e[31mths\\u202e\\u009b\": {}\npaths:\n  \"/\\e[31m\": {get: {responses: {}}}\n")
	code, printed := fails(t, nil, "--spec", file)
	if code != 1 || strings.ContainsAny(printed, "\x1b\u202e\u009b") {
		t.Errorf("%d %q", code, printed)
	}
}
