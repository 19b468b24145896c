package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock"
)

// answering is a mock whose list of conversations is answered by a handler wherever it would be a success, but for the first request, which
// shows that the API is there.
func answering(t *testing.T, list http.HandlerFunc) (string, []string) {
	t.Helper()
	s, credentials := mock(t)
	var asked atomic.Int64
	return serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		record := httptest.NewRecorder()
		s.ServeHTTP(record, r)
		if record.Code == http.StatusOK && strings.HasSuffix(r.URL.Path, "/conversations") && asked.Add(1) > 1 {
			list(out, r)
			return
		}
		for name, values := range record.Header() {
			out.Header()[name] = values
		}
		out.WriteHeader(record.Code)
		_, _ = out.Write(record.Body.Bytes())
	})), credentials
}

func sends(media, body string) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", media)
		_, _ = io.WriteString(out, body)
	}
}

func TestAListThatIsAnsweredBadlyIsToldAsWhatItIs(t *testing.T) {
	t.Parallel()
	const half = `{"status":true,"data":[{"id":1,"phone":"9665`
	for name, test := range map[string]struct {
		list  http.HandlerFunc
		exit  int
		wants string
	}{
		"half of its JSON": {sends("application/json", half), 1, "FAIL HTTP-COMPLETE"},
		"half of its JSON, and the connection ends": {func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", "application/json")
			out.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(out, half)
		}, 1, "FAIL HTTP-COMPLETE"},
		"bytes that are no JSON":      {sends("application/json", "\x00\xff\xfe\x01"), 1, "FAIL JSON-ONE-VALUE"},
		"a page":                      {sends("text/html", "<html>"), 1, "FAIL HTTP-CONTENT-TYPE"},
		"nothing":                     {sends("application/json", ""), 1, "FAIL JSON-ONE-VALUE"},
		"more than is read":           {sends("application/json", `{"status":true,"data":[`+strings.Repeat("0,", 1<<20)+"0]}"), 3, "longer than 1 MiB (--max-body)"},
		"always 503, after the first": {unavailable, 1, "FAIL HTTP-NO-SERVER-ERROR"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target, credentials := answering(t, test.list)
			args := append([]string{"--base-url", target, "--max-body", "1", "--include", "/^HTTP-/ || /^JSON-/ || LIST-TOTAL"}, credentials...)
			code, stdout, stderr := contract(t, nil, args...)
			if code != test.exit || !strings.Contains(stdout, test.wants) || strings.Contains(stdout+stderr, "the suite itself failed") {
				t.Errorf("exit %d, want %d and %q\n%s%s", code, test.exit, test.wants, stdout, stderr)
			}
		})
	}
}

func TestABrokenContractIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	whole := awalmock.OpenAPI()
	says := map[string]string{ // to --list, which reads it with the suite's own eyes
		"empty":                     "the file is empty",
		"a comment":                 "the file is empty",
		"a broken line":             "it is no valid YAML: line ",
		"a reference that is wrong": `: $ref "#/components/schemas/ErorBody" leads to nothing in this document`,
		"a reference that goes out": `: $ref "other.yaml#/ErrorBody" leads out of this document`,
		"no paths":                  "it has no paths",
		"an unknown type":           "unsupported 'type' value \"integr\"",
		"a wrong pattern":           "missing closing )",
		"a wrong bound":             "`-1` cannot be the value of /components/parameters/PhoneNumberId/schema/minLength",
		"a large file":              "is larger than 16 MiB",
	}
	for name, text := range map[string]string{
		"empty":                     "",
		"a text":                    "hello\n",
		"a list":                    "- a\n- b\n",
		"bytes":                     "\x00\xff\xfe\x01",
		"cut in the middle":         whole[:len(whole)/2],
		"a broken line":             strings.Replace(whole, "\npaths:\n", "\npaths: [\n", 1),
		"a key twice":               strings.Replace(whole, "\npaths:\n", "\npaths: {}\npaths:\n", 1),
		"a reference that is wrong": strings.Replace(whole, "#/components/schemas/ErrorBody'", "#/components/schemas/ErorBody'", 1),
		"a reference that goes out": strings.Replace(whole, "#/components/schemas/ErrorBody'", "other.yaml#/ErrorBody'", 1),
		"no paths":                  "openapi: 3.0.3\ninfo: {title: x, version: 1.0.0}\n",
		"a comment":                 "# to be written\n",
		"an unknown type":           strings.Replace(whole, "type: integer", "type: integr", 1),
		"a wrong pattern":           strings.Replace(whole, "pattern: ^[1-9]", "pattern: ^([1-9]", 1),
		"a wrong bound":             strings.Replace(whole, "minLength: 1", "minLength: -1", 1),
		"a large file":              strings.Repeat("#\n", 9<<20),
		"another version":           strings.Replace(whole, "openapi: 3.0", "openapi: 2.0", 1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name != "empty" && text == whole {
				t.Fatal("the document is not changed")
			}
			file := filepath.Join(t.TempDir(), "broken.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"--spec", file}, {"--spec", file, "--list"}} {
				code, stdout, stderr := contract(t, nil, args...)
				if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "broken.yaml") || len(args) == 3 && !strings.Contains(stderr, says[name]) {
					t.Errorf("%v: exit %d\n%s%s", args[2:], code, stdout, stderr)
				}
			}
		})
	}
}

func TestABrokenBaselineIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	const whole = "contract: 1.1.0\nknown:\n  - {id: LIST-ORDER, reason: \"ticket 7\", expires: 2999-12-31}\n"
	for says, text := range map[string]string{
		"the file is empty: a baseline without":    "",
		"the file is empty":                        "# nothing yet\n",
		"it is no valid YAML: line ":               whole[:len(whole)-14],
		"control characters are not allowed":       "\x00\x01",
		"line 1: this is no entry":                 "hello\n",
		"field openapi is not known":               awalmock.OpenAPI(),
		"line 3: field until is not known; an ent": strings.Replace(whole, "expires", "until", 1),
		"the baseline is for version 0.9.0 of":     strings.Replace(whole, "1.1.0", "0.9.0", 1),
		"is no requirement or case of openapi.yam": strings.Replace(whole, "LIST-ORDER", "ELSE", 1),
		"is larger than 16 MiB":                    strings.Repeat("#\n", 9<<20),
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "known.yaml")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if code, stdout, stderr := contract(t, nil, "--baseline", file); code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, says) || len(stderr) > 400 {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
	if code, _, stderr := contract(t, nil, "--baseline", t.TempDir()); code != 2 || !strings.Contains(stderr, "is a directory") {
		t.Errorf("a directory: exit %d\n%s", code, stderr)
	}
}
