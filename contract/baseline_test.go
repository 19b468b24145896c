package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// wrongPhones is the mock, but for the phones of its list, which break the schema, and for a status that it does not refuse.
func wrongPhones(t *testing.T) (string, []string) {
	t.Helper()
	s, credentials := mock(t)
	return serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("status") == "nosuchword" {
			out.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(out, `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)
			return
		}
		record := httptest.NewRecorder()
		s.ServeHTTP(record, r)
		for name, values := range record.Header() {
			out.Header()[name] = values
		}
		body := record.Body.String()
		if strings.HasSuffix(r.URL.Path, "/conversations") {
			body = regexp.MustCompile(`"unread_count": ?[0-9]+`).ReplaceAllString(body, `"unread_count":"many"`)
			out.Header().Del("Content-Length")
		}
		out.WriteHeader(record.Code)
		_, _ = io.WriteString(out, body)
	})), credentials
}

func TestAWrittenBaselineExcusesWhatItNamesAndNothingElse(t *testing.T) {
	t.Parallel()
	target, credentials := wrongPhones(t)
	file := filepath.Join(t.TempDir(), "known.yaml")
	args := append([]string{"--base-url", target, "--only", "listConversations.response.200,LIST-STATUS-WORDS"}, credentials...)
	code, stdout, stderr := contract(t, nil, append([]string{"--write-baseline", file}, args...)...)
	if code != 1 {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	written := string(raw)
	for _, want := range []string{"contract: \"1.1.0\"", "pointer: /data/*/unread_count", "operation: listConversations", "status: 200", "reason: \"\"", "# MUST: "} {
		if !strings.Contains(written, want) {
			t.Fatalf("no %s in\n%s", want, written)
		}
	}
	if code, _, stderr := contract(t, nil, append([]string{"--baseline", file}, args...)...); code != 2 || !strings.Contains(stderr, "needs an id and a reason") {
		t.Errorf("a baseline that is not filled in: exit %d, %s", code, stderr)
	}
	filled := strings.NewReplacer(`reason: ""`, `reason: ticket 7`, `expires: ""`, `expires: "2999-12-31"`).Replace(written)
	with := func(text string, more ...string) (int, string, string) {
		path := filepath.Join(t.TempDir(), "known.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return contract(t, nil, append(append([]string{"--baseline", path}, more...), args...)...)
	}
	if code, stdout, stderr := with(filled); code != 0 || !strings.Contains(stdout, "until 2999-12-31: ticket 7") || strings.Contains(stdout, "FAIL listConv") || strings.Contains(stderr, "FAIL") {
		t.Errorf("filled in: exit %d\n%s%s", code, stdout, stderr)
	}
	for name, text := range map[string]string{
		"another place":     strings.ReplaceAll(filled, "/data/*/unread_count", "/data/*/phone"),
		"another operation": strings.ReplaceAll(filled, "operation: listConversations", "operation: getMessageStatus"),
		"another status":    strings.ReplaceAll(filled, "status: 200", "status: 404"),
	} {
		if code, stdout, _ := with(text); code != 1 || !strings.Contains(stdout, "FAIL listConversations.response.200") {
			t.Errorf("%s: exit %d\n%s", name, code, stdout)
		}
	}
	if code, _, stderr := with(strings.ReplaceAll(filled, "1.1.0", "0.9.0")); code != 2 || !strings.Contains(stderr, "the baseline is for version 0.9.0 of the contract, and openapi.yaml is version 1.1.0") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("another version: exit %d, %s", code, stderr)
	}
	if code, _, stderr := with(filled + "unknown: 1\n"); code != 2 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("an unknown key: exit %d, %s", code, stderr)
	}
	if code, _, stderr := contract(t, nil, append([]string{"--write-baseline", file}, args...)...); code != 2 || !strings.Contains(stderr, "there is such a file") {
		t.Errorf("a file that is there: exit %d, %s", code, stderr)
	}
}

func TestWhatCannotBeCheckedIsAcceptedOneByOne(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	empty := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/conversations") && r.URL.Query().Get("status") != "nosuchword" {
			record := httptest.NewRecorder()
			s.ServeHTTP(record, r)
			if record.Code == http.StatusOK {
				out.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(out, `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)
				return
			}
		}
		s.ServeHTTP(out, r)
	})
	only := []string{"LIST-SEARCH-NAME", "MSG-LISTED"}
	args := append([]string{"--base-url", serve(t, empty), "--only", strings.Join(only, ",")}, credentials...)
	code, stdout, _ := contract(t, nil, args...)
	if code != 3 {
		t.Fatalf("exit %d\n%s", code, stdout)
	}
	unverified := regexp.MustCompile(`(?m)^- (\S+) could not be checked`).FindAllStringSubmatch(stdout, -1)
	var entries strings.Builder
	for i, match := range unverified {
		fmt.Fprintf(&entries, "- {id: %s, outcome: UNVERIFIED, reason: the inbox is empty, expires: 2999-12-31}\n", match[1])
		path := filepath.Join(t.TempDir(), "known.yaml")
		if err := os.WriteFile(path, []byte(entries.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		want := 3
		if i == len(unverified)-1 {
			want = 0
		}
		if code, stdout, stderr := contract(t, nil, append([]string{"--baseline", path}, args...)...); code != want {
			t.Errorf("%d of %d accepted: exit %d, want %d\n%s%s", i+1, len(unverified), code, want, stdout, stderr)
		}
	}
}

func TestReportsAreWrittenAlsoWhenNothingCouldBeChecked(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	wrong := append([]string{}, credentials...)
	wrong[5] = "not-the-secret"
	for name, test := range map[string]struct {
		why  string
		args []string
	}{
		"no answer":           {"connection refused", append([]string{"--base-url", "http://127.0.0.1:1"}, credentials...)},
		"refused credentials": {"the credentials are not accepted", append([]string{"--base-url", serve(t, s)}, wrong...)},
		"a wrong baseline":    {"no such file", []string{"--baseline", "/no/such/file"}},
		"an unknown case":     {"there is no requirement or case", []string{"--only", "LIST-ODER"}},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "report.json"), []byte("yesterday's"), 0o600); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := contract(t, nil, append([]string{"--report-dir", dir}, test.args...)...)
		if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: exit %d\n%s%s", name, code, stdout, stderr)
		}
		for file, wants := range map[string][]string{
			"junit.xml":    {`tests="0" failures="0" errors="0"`, "<system-err>", test.why},
			"report.json":  {`"verdict": "ERROR"`, `"exit_code": 2`, test.why},
			"report.html":  {"ERROR", test.why},
			"report.sarif": {`"executionSuccessful": false`, test.why},
		} {
			raw, err := os.ReadFile(filepath.Join(dir, file))
			for _, want := range wants {
				if err != nil || !strings.Contains(string(raw), want) || strings.Contains(string(raw), "not-the-secret") {
					t.Errorf("%s: %v, %s has no %q", name, err, file, want)
				}
			}
		}
	}
}
