package main

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/awalmock/contract/report"
	"example.com/awalmock/contract/suite"
)

func TestReportsAreWholeOrNotThere(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	if code, stdout, stderr := contract(t, nil, "--report-dir", dir, listOnly); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	names := func() (out []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	if got := strings.Join(names(), " "); got != "junit.xml report.html report.json report.sarif" {
		t.Errorf("files: %s", got)
	}
	// There is a directory where a half-written file would be: the run fails, and yesterday's reports do not look like today's.
	if err := os.MkdirAll(filepath.Join(dir, "report.html.partial", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := contract(t, nil, "--report-dir", dir, listOnly)
	if code != 2 || !strings.Contains(stderr, "report.html.partial") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if slices.Contains(names(), "report.json") {
		t.Errorf("left: %v", names())
	}
	if err := report.Write("/dev/null/x", &suite.Report{}); err == nil {
		t.Error("a directory that cannot be is written to")
	}
}

func TestThePageNeedsNothingButItself(t *testing.T) {
	t.Parallel()
	free, credentials := mockWithoutSignatures(t)
	dir := t.TempDir()
	contract(t, nil, append([]string{"--base-url", serve(t, free), "--report-dir", dir, listOnly}, credentials...)...)
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if found := regexp.MustCompile(`(?i)<script|<link|<img|<iframe|src=|url\(|@import|href="[^#]`).Find(page); found != nil {
		t.Errorf("the page has %q", found)
	}
	for _, want := range []string{"FAIL", "AUTH-SIGNATURE.listConversations", "openssl dgst", "go run ./contract", "openapi.yaml:", "Coverage"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil {
		t.Fatal(err)
	}
	var junit struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Failure *string `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(raw, &junit); err != nil || junit.Tests != len(junit.Suites[0].Cases) || junit.Failures == 0 {
		t.Errorf("%v: %d tests, %d failures", err, junit.Tests, junit.Failures)
	}
}
