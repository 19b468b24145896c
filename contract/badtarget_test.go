package main

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/contract/suite"
)

func TestTargetsThatAreNoAPIEndWithOneLine(t *testing.T) {
	t.Parallel()
	_, credentials := mock(t)
	status := func(code int) http.HandlerFunc {
		return func(out http.ResponseWriter, _ *http.Request) { http.Error(out, "<html>", code) }
	}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"a page":              {sends("text/html", "<html>"), "this is not the API; is the base URL right?"},
		"nothing":             {sends("", ""), "with an empty body: this is not the API"},
		"garbage":             {sends("", "\x00\xff\xfe\x01"), "that is not JSON: this is not the API"},
		"JSON of another API": {sends("application/json", `{"hello":"world"}`), "none of the documented properties (it has hello)"},
		"an object of none":   {sends("application/json", `{}`), "this is not the API"},
		"always closes":       {closes, "--wait 30s waits"},
		"only redirects":      {func(out http.ResponseWriter, r *http.Request) { http.Redirect(out, r, "/login", http.StatusFound) }, "redirected to /login; the API redirects nowhere"},
		"no server behind it": {status(http.StatusBadGateway), "502 Bad Gateway: the server is away; if it is still starting, --wait"},
		"speaks TLS, of Go": {func(out http.ResponseWriter, _ *http.Request) {
			http.Error(out, "Client sent an HTTP request to an HTTPS server.", 400)
		}, "it speaks TLS: begin the base URL with https://"},
		"speaks TLS, nginx": {func(out http.ResponseWriter, _ *http.Request) {
			http.Error(out, "The plain HTTP request was sent to HTTPS port", 400)
		}, "it speaks TLS: begin the base URL with https://"},
		"another path": {status(http.StatusNotFound), "are the base URL and the phone_number_id right?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			code, stdout, stderr := contract(t, nil, append([]string{"--base-url", serve(t, test.answer), "--report-dir", dir}, credentials...)...)
			if code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.says) {
				t.Errorf("exit %d, no %q\n%s%s", code, test.says, stdout, stderr)
			}
			if files := readReports(t, dir); !strings.Contains(files["report.json"], `"exit_code": 2`) {
				t.Errorf("the report: %.300s", files["report.json"])
			}
		})
	}
}

func TestTLSWhereHTTPWasGivenAndTheReverseAreTold(t *testing.T) {
	t.Parallel()
	s, credentials := mock(t)
	plain := serve(t, s)
	secure := httptest.NewUnstartedServer(s)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	for target, says := range map[string]string{
		strings.Replace(secure.URL, "https", "http", 1) + "/api/developer": "begin the base URL with https://",
		strings.Replace(plain, "http", "https", 1):                         "begin the base URL with http://",
		"http://no-such-host.invalid/api":                                  "no-such-host.invalid",
	} {
		if code, stdout, stderr := contract(t, nil, append([]string{"--base-url", target}, credentials...)...); code != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, says) {
			t.Errorf("exit %d, no %q\n%s%s", code, says, stdout, stderr)
		}
	}
}

// changing is a mock whose answers another function changes, after the first n requests.
func changing(t *testing.T, n int64, change func(out http.ResponseWriter, r *http.Request, right *httptest.ResponseRecorder)) (string, []string) {
	t.Helper()
	s, credentials := mock(t)
	var asked atomic.Int64
	return serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if asked.Add(1) <= n {
			s.ServeHTTP(out, r)
			return
		}
		record := httptest.NewRecorder()
		s.ServeHTTP(record, r)
		for name, values := range record.Header() {
			out.Header()[name] = values
		}
		out.Header().Del("Content-Length")
		change(out, r, record)
	})), credentials
}

// An everywhere is a fault of each answer, and how a run ends then.
type everywhere struct {
	change func(out http.ResponseWriter, r *http.Request, right *httptest.ResponseRecorder)
	exit   int
	fails  string // the requirement that fails
}

func faultsEverywhere() map[string]everywhere {
	half := func(out http.ResponseWriter, _ *http.Request, right *httptest.ResponseRecorder) {
		out.WriteHeader(right.Code)
		_, _ = out.Write(right.Body.Bytes()[:right.Body.Len()/2])
	}
	return map[string]everywhere{
		"500": {func(out http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
			out.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(out, `{"error":"internal","message":"it failed","request_id":"r"}`)
		}, 1, "HTTP-NO-SERVER-ERROR"},
		"half of the JSON": {half, 1, "HTTP-COMPLETE"},
		"cut answers": {func(out http.ResponseWriter, r *http.Request, right *httptest.ResponseRecorder) {
			out.Header().Set("Content-Length", strconv.Itoa(right.Body.Len()))
			half(out, r, right)
		}, 1, "HTTP-COMPLETE"},
		"bytes that are no JSON": {func(out http.ResponseWriter, _ *http.Request, _ *httptest.ResponseRecorder) {
			_, _ = io.WriteString(out, "\x00\xff")
		}, 1, "JSON-ONE-VALUE"},
		"closed connections": {func(http.ResponseWriter, *http.Request, *httptest.ResponseRecorder) { panic(http.ErrAbortHandler) }, 2, ""},
	}
}

// A target that does not work has one cause, not a failure of each case.
func TestATargetThatFailsEverywhereIsToldWithOneCause(t *testing.T) {
	t.Parallel()
	for name, fault := range faultsEverywhere() {
		for n, says := range map[int64]string{0: "this is no working API: ", 90: "the target stopped working: "} {
			if n == 0 && fault.exit == 2 { // TestTargetsThatAreNoAPIEndWithOneLine
				continue
			}
			t.Run(name+" after "+strconv.FormatInt(n, 10), func(t *testing.T) {
				t.Parallel()
				target, credentials := changing(t, n, fault.change)
				dir := t.TempDir()
				code, stdout, stderr := contract(t, nil, append([]string{"--base-url", target, "--seed", "1", "--report-dir", dir}, credentials...)...)
				var r suite.Report
				if err := json.Unmarshal([]byte(readReports(t, dir)["report.json"]), &r); err != nil {
					t.Fatal(err)
				}
				most := 4 // failures; while the target stops working, up to eight cases are under way
				if n > 0 {
					most += 8
				}
				told := strings.Join(append(r.Notes, r.Why...), "\n")
				if code != fault.exit || r.Counts[suite.Error] != 1 || r.Counts[suite.Fail] > most || !strings.Contains(told, says) || strings.Count(stderr, "\n") > most+1 {
					t.Errorf("exit %d, %v, no %q\n%s%s", code, r.Counts, says, stdout, stderr)
				}
				if fault.fails != "" && !strings.Contains(stderr, "FAIL "+fault.fails) {
					t.Errorf("no FAIL %s\n%s", fault.fails, stderr)
				}
			})
		}
	}
}

func TestAHalfBrokenTargetIsCheckedToTheEnd(t *testing.T) {
	t.Parallel()
	target, credentials := answering(t, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(http.StatusInternalServerError) })
	code, stdout, stderr := contract(t, nil, append([]string{"--base-url", target, "--seed", "1", "--tag", "conversations,messages"}, credentials...)...)
	if code != 1 || strings.Contains(stdout+stderr, "stopped working") || strings.Contains(stdout, "PASS 0") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// A stoppingWriter calls a function when a text is written.
type stoppingWriter struct {
	text string
	stop func()
	all  strings.Builder
}

func (w *stoppingWriter) Write(text []byte) (int, error) {
	if w.text != "" && strings.Contains(string(text), w.text) {
		w.stop()
	}
	return w.all.Write(text)
}

func TestARunThatIsInterruptedBeforeItChecksAnythingSaysSo(t *testing.T) {
	t.Parallel()
	_, credentials := mock(t)
	for name, test := range map[string]struct {
		answer func(stop func()) http.HandlerFunc
		notice string
		lines  int
	}{
		"at the first request": {func(stop func()) http.HandlerFunc {
			return func(_ http.ResponseWriter, r *http.Request) {
				stop()
				<-r.Context().Done()
			}
		}, "", 1},
		"while it waits for a rate limit": {func(func()) http.HandlerFunc {
			return func(out http.ResponseWriter, _ *http.Request) {
				out.Header().Set("Retry-After", "60")
				out.WriteHeader(http.StatusTooManyRequests)
			}
		}, "waiting ", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			dir := filepath.Join(t.TempDir(), "reports")
			var stdout strings.Builder
			stderr := &stoppingWriter{text: test.notice, stop: stop}
			code := run(ctx, append([]string{"--base-url", serve(t, test.answer(stop)), "--report-dir", dir}, credentials...), nil, &stdout, stderr)
			text := stderr.all.String()
			if code != 2 || stdout.String() != "" || strings.Count(text, "\n") != test.lines || !strings.Contains(text, "the run was interrupted before anything was checked") {
				t.Errorf("exit %d\n%s%s", code, stdout.String(), text)
			}
			if _, err := os.Stat(filepath.Join(dir, "report.json")); err != nil {
				t.Error(err)
			}
		})
	}
}
