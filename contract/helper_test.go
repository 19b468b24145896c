package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/mockserver/server"
)

// contract runs the program and gives its exit code and output.
func contract(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, env, &out, &errs)
	return code, out.String(), errs.String()
}

// mock is the mock as a handler, so that a test can change it.
func mock(t *testing.T) (http.Handler, []string) {
	t.Helper()
	return mockWith(t, server.Options{RateLimit: "100000/1m"})
}

// listOnly selects a part of the suite, for tests that are about the program and not about its cases.
const listOnly = "--operation=listConversations"

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	target := httptest.NewServer(h)
	t.Cleanup(target.Close)
	return target.URL + "/api/developer"
}

// mockWithoutSignatures is a mock that takes any signature, so that much fails.
func mockWithoutSignatures(t *testing.T) (http.Handler, []string) {
	t.Helper()
	return mockWith(t, server.Options{RateLimit: "100000/1m", Auth: "off"})
}

// mockWith returns a mock and the flags with its credentials.
func mockWith(t *testing.T, options server.Options) (http.Handler, []string) {
	t.Helper()
	s, err := server.New(options)
	if err != nil {
		t.Fatal(err)
	}
	w := s.Workspaces()[0]
	return s, []string{"--domain", w.Domain, "--client-id", w.ClientID, "--hmac-secret", w.Secret, "--phone-number-id", w.PhoneNumberIDs[0]}
}

// saysOnly reports whether each line of text begins with one of the prefixes.
func saysOnly(text string, prefixes ...string) bool {
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(line, prefix) }) {
			return false
		}
	}
	return true
}

// needs says what to install, where the test would fail for want of it.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Fatalf("the test needs %s: install it", program)
		}
	}
}

// readReports returns the files of --report-dir, by name.
func readReports(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, name := range []string{"report.json", "report.html", "junit.xml", "report.sarif"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(raw)
	}
	return files
}
