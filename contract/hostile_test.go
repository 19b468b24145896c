package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"unicode"

	"example.com/awalmock"
)

const nasty = "\x1b]0;owned\x07\n::error::x\n  ::set-output name=a::b\n##vso[task.setvariable variable=a]b ##[error]c\n##teamcity[x]\u202eevil\u2066\u200f\u2028\u009b31m\x00\U000e0041"

// harm finds what must not be in a text that a terminal, a log or a page shows.
func harm(text string) string {
	for _, r := range text {
		if r != '\n' && r != '\t' && r != '\u200d' && r != '\u200c' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028') {
			return fmt.Sprintf("the character %U", r)
		}
	}
	return regexp.MustCompile(`(?mi)^\s*::.*|##(vso|teamcity)?\[.*`).FindString(text)
}

func TestNothingThatATargetSendsReachesTerminalLogOrReportAsACommandOrControlCharacter(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	evil := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		free.ServeHTTP(record, r)
		var body map[string]any
		if json.Unmarshal(record.Body.Bytes(), &body) != nil {
			body = map[string]any{}
		}
		body["error"], body["message"], body[nasty] = nasty, nasty, nasty
		if rows, ok := body["data"].([]any); ok && len(rows) > 0 {
			for _, row := range rows {
				if fields, ok := row.(map[string]any); ok {
					fields["name"], fields["status"], fields["updated_at"], fields[nasty] = nasty, nasty, nasty, 1
				}
			}
		}
		out.Header().Set("Content-Type", "application/json")
		out.Header().Set("X-Note", "##vso[a]b \u202e")
		out.WriteHeader(record.Code)
		_ = json.NewEncoder(out).Encode(body)
	})
	dir := t.TempDir()
	code, stdout, stderr := contract(t, nil, append([]string{"--base-url", serve(t, evil), "--report-dir", dir, "--tag", "conversations"}, credentials...)...)
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	texts := readReports(t, dir)
	texts["the terminal"], texts["standard error"] = stdout, stderr
	for name, text := range texts {
		if found := harm(text); found != "" {
			t.Errorf("%s has %q", name, found)
		}
	}
	if !strings.Contains(texts["report.html"], "owned") {
		t.Error("what was sent is not in the report at all")
	}
	_, refused, complaint := contract(t, nil, append([]string{"--base-url", serve(t, http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		out.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(out).Encode(map[string]any{"error": nasty, "message": nasty, "details": map[string]any{nasty: nasty}})
	}))}, credentials...)...)
	if found := harm(refused + complaint); found != "" || strings.Count(complaint, "\n") != 1 {
		t.Errorf("a refusal: %q in %q", found, complaint)
	}
}

func TestADocumentWithControlCharactersIsListedWithoutThem(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nasty.yaml")
	changed := strings.Replace(awalmock.OpenAPI(), "title: Awal Conversations API", `title: "Awal \e]0;x\a \u202E ##vso[a]"`, 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--list"}, {"--list", "--json"}, {"--only", "LIST-ORDER"}} {
		code, stdout, stderr := contract(t, nil, append([]string{"--spec", file}, args...)...)
		if found := harm(stdout + stderr); code != 0 || found != "" {
			t.Errorf("%v: exit %d, %q\n%s", args, code, found, stderr)
		}
	}
}

func TestRefusedCredentialsAreToldWithWhatTheServerWantedToBeSigned(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	credentials[5] += "\n"
	code, _, stderr := contract(t, nil, append([]string{"--base-url", serve(t, s)}, credentials...)...)
	for _, want := range []string{"credentials are not accepted", "hint: ", "string_to_sign: GET/conversations?phone_number_id=123456"} {
		if code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit %d, no %q in %s", code, want, stderr)
		}
	}
}

// A startingListener closes its first connections without an answer, as the proxy of a server does that is not there yet.
type startingListener struct {
	net.Listener
	left atomic.Int64 // connections that are closed
}

func (l *startingListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil || l.left.Add(-1) < 0 {
			return c, err
		}
		_ = c.Close()
	}
}

func TestWaitWaitsUntilTheTargetAnswers(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	target := httptest.NewUnstartedServer(s)
	starting := &startingListener{Listener: target.Listener}
	starting.left.Store(3)
	target.Listener = starting
	target.Start()
	t.Cleanup(target.Close)
	args := append([]string{"--base-url", target.URL + "/api/developer", "--only", "LIST-ORDER"}, credentials...)
	if code, stdout, stderr := contract(t, nil, append([]string{"--wait", "60s"}, args...)...); code != 0 {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	args[1] = "http://127.0.0.1:1/api/developer"
	for want, extra := range map[string][]string{"did not answer within 300ms (--wait)": {"--wait", "300ms"}, "--wait 30s waits until it answers": nil} {
		if code, _, stderr := contract(t, nil, append(extra, args...)...); code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("exit %d: %s", code, stderr)
		}
	}
}

func TestWithoutATargetTheMockAnswersByTheDocumentThatIsGiven(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "changed.yaml")
	changed := strings.Replace(awalmock.OpenAPI(), "enum: [unassigned, my, unread, expired, opened, closed, bot]", "enum: [unassigned, my, unread, expired, opened, closed, bot, snoozed]", 1)
	if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, stdout, stderr := contract(t, nil, "--spec", file, "--only", "LIST-STATUS-WORDS"); code != 0 {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestADocumentWhoseSuccessHasAnotherStatusIsCheckedByThatStatus(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"'201':", "default:"} {
		file := filepath.Join(t.TempDir(), "changed.yaml")
		before, list, _ := strings.Cut(awalmock.OpenAPI(), "\n  /conversations:\n")
		changed := before + "\n  /conversations:\n" + strings.Replace(list, "'200':", status, 1)
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, stdout, stderr := contract(t, nil, "--spec", file, listOnly); code != 0 {
			t.Errorf("%s exit %d\n%s%s", status, code, stdout, stderr)
		}
	}
}

func TestOneFaultIsOneFailureOnTheTerminalAndAFewPagesOfTheReport(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	dir := t.TempDir()
	_, stdout, _ := contract(t, nil, append([]string{"--base-url", serve(t, free), "--report-dir", dir}, credentials...)...)
	if n := strings.Count(stdout, "\n"); n > 40 || !strings.Contains(stdout, "more, likely since requests that are not rightly signed are accepted") {
		t.Errorf("%d lines\n%s", n, stdout)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(raw), "<body>")
	if n := len(unfolded(body)); n > 30_000 || n < 1000 { // about 3,000 characters are a page
		t.Errorf("%d characters are not folded", n)
	}
	if !strings.Contains(body, "AUTH-COVERS-QUERY.listConversations") {
		t.Error("a folded failure is not in the page")
	}
}

// unfolded is the text of a page as it is printed: without what details elements hide.
func unfolded(page string) string {
	var out strings.Builder
	depth := 0
	for _, token := range regexp.MustCompile(`<[^>]*>|[^<]+`).FindAllString(page, -1) {
		switch {
		case strings.HasPrefix(token, "<details"):
			depth++
		case token == "</details>":
			depth--
		case depth == 0 && token[0] != '<':
			out.WriteString(token)
		}
	}
	return out.String()
}
