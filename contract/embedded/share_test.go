package embedded_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/mocktest"
)

const (
	asShare    = "EMBEDDED_TARGET" // the address that is checked instead of a mock of its own
	reportFile = "EMBEDDED_REPORT" // where the report is handed over, one a line
)

// hand appends a report to the file that another process reads.
func hand(t *testing.T, r suite.Report) {
	t.Helper()
	path := os.Getenv(reportFile)
	if path == "" {
		return
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(append(raw, '\n')); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// runSelf runs this binary's own suite again, by a command, and gives the reports that it handed over.
func runSelf(t *testing.T, target, name string, args ...string) (reports []suite.Report, output string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "reports")
	command := exec.Command(name, args...)
	command.Env = append(os.Environ(), asShare+"="+target, reportFile+"="+file)
	out, _ := command.CombinedOutput() // that it fails is for the test to judge
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		var r suite.Report
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	return reports, string(out)
}

func self(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// broken is the mock, but for one word that it does not refuse.
func broken(t *testing.T) string {
	t.Helper()
	mock, err := mocktest.New(mocktest.RateLimit(limit))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mock.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("status") == "nosuchword" {
			out.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(out, `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)
			return
		}
		there, err := http.NewRequestWithContext(r.Context(), r.Method, strings.TrimSuffix(mock.URL, "/api/developer")+r.RequestURI, r.Body)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadGateway)
			return
		}
		there.Header = r.Header
		answer, err := http.DefaultTransport.RoundTrip(there)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		for name, values := range answer.Header {
			out.Header()[name] = values
		}
		out.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(out, answer.Body)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL + "/api/developer"
}

func TestASuiteThatGinkgoEndsEarlyIsNoPass(t *testing.T) {
	if os.Getenv(reportFile) != "" || os.Getenv(asRun) != "" {
		t.Skip("this is the process that is looked at")
	}
	mock, err := mocktest.New(mocktest.RateLimit(limit))
	if err != nil {
		t.Fatal(err)
	}
	defer mock.Close()
	reports, output := runSelf(t, mock.URL, self(t), "-test.run=^TestContract$", "-ginkgo.label-filter=LIST-ORDER")
	if len(reports) != 1 {
		t.Fatalf("%d reports\n%s", len(reports), output)
	}
	r := reports[0]
	if r.Verdict != suite.VerdictUnverified || r.ExitCode != 3 || len(r.Cases) == 0 || r.Missing < 300 || !strings.Contains(r.Why[0], "have no result") {
		t.Errorf("%s, exit %d, %d cases, %d missing: %q", r.Verdict, r.ExitCode, len(r.Cases), r.Missing, r.Why)
	}
}

// Ginkgo's own command is built from the module cache, without a network; where it is not there, there is nothing to try.
func TestTwoProcessesOfGinkgoMakeOneReportOfTheWholeRun(t *testing.T) {
	if os.Getenv(reportFile) != "" || os.Getenv(asRun) != "" {
		t.Skip("this is the process that is looked at")
	}
	ginkgo := filepath.Join(t.TempDir(), "ginkgo")
	build := exec.Command("go", "build", "-o", ginkgo, "github.com/onsi/ginkgo/v2/ginkgo")
	build.Env = append(os.Environ(), "GOPROXY=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Skipf("the ginkgo command is not in the module cache: %s", out)
	}
	binary := filepath.Join(t.TempDir(), "embedded.test")
	if err := os.Symlink(self(t), binary); err != nil {
		t.Fatal(err)
	}
	reports, output := runSelf(t, broken(t), ginkgo, "--procs=2", binary, "--", "-test.run=^TestContract$")
	if len(reports) != 1 {
		t.Fatalf("%d reports\n%s", len(reports), output)
	}
	r := reports[0]
	if r.Verdict != suite.VerdictFail || r.Missing > 0 || len(r.Cases) < 300 || !strings.Contains(strings.Join(r.Why, "\n"), "listConversations.query.status.enum") {
		t.Errorf("%s, %d cases, %d missing: %q\n%s", r.Verdict, len(r.Cases), r.Missing, r.Why, output)
	}
	if len(r.Notes) == 0 || !strings.Contains(strings.Join(r.Notes, "\n"), "2 processes") {
		t.Errorf("notes: %q", r.Notes)
	}
}
