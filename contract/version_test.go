package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v4"

	"example.com/awalmock"
	"example.com/awalmock/contract/suite"
)

func TestVersionSaysVersionCommitContractAndGo(t *testing.T) {
	t.Parallel()
	var document struct{ Info struct{ Version string } }
	if err := yaml.Unmarshal([]byte(awalmock.OpenAPI()), &document); err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^awalmock-contract (devel|v\d\S*) \(commit (unknown|[0-9a-f]{40}\S*), contract ` + regexp.QuoteMeta(document.Info.Version) + `, go1\.\S+ \w+/\w+\)\n$`)
	for _, env := range [][]string{nil, {"CONTRACT_VERSION=9"}} {
		if code, stdout, stderr := contract(t, env, "--version"); code != 0 || !line.MatchString(stdout) || stderr != "" {
			t.Errorf("%v: exit %d: %q %q", env, code, stdout, stderr)
		}
	}
}

func TestReportAndRequestsSayWhichBuildChecked(t *testing.T) {
	t.Parallel()
	api, credentials := mock(t)
	var mu sync.Mutex
	agents := map[string]bool{}
	target := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		agents[r.UserAgent()] = true
		mu.Unlock()
		api.ServeHTTP(w, r)
	}))
	dir := t.TempDir()
	code, stdout, stderr := contract(t, nil, append(credentials, "--base-url", target, "--only", "AUTH-VALID", "--report-dir", dir)...)
	raw, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	var report struct{ Tool suite.ToolReport }
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	build := awalmock.ReadBuild()
	if (report.Tool != suite.ToolReport{Name: "awalmock-contract", Version: build.Version, Commit: build.Commit, Go: build.Go}) || report.Tool.Version == "" {
		t.Errorf("%+v", report.Tool)
	}
	mu.Lock()
	defer mu.Unlock()
	if want := "awalmock-contract/" + build.Version; len(agents) != 1 || !agents[want] {
		t.Errorf("requests came from %v, not from %s", agents, want)
	}
	for _, name := range []string{"report.html", "junit.xml"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), "awalmock-contract") {
			t.Errorf("%s does not say what checked: %v", name, err)
		}
	}
}
