package server_test

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"example.com/awalmock"
)

// sample is a line of the text format: a name, perhaps labels, a value.
var sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-zA-Z]+="[^"\\]*"(, ?[a-zA-Z]+="[^"\\]*")*\})? (\S+)$`)

func (m *mock) metrics(t *testing.T) string {
	t.Helper()
	return string(m.exchange(t, "GET", "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").body)
}

func TestTheFirstLookAtMetricsShowsEverySeriesWithNothingInIt(t *testing.T) {
	t.Parallel()
	m := start(t)
	text := m.metrics(t)
	contract, err := readContract([]byte(awalmock.OpenAPI()))
	if err != nil {
		t.Fatal(err)
	}
	expected := []string{
		`awalmock_requests_total{operation="",status="404"} 0`, `awalmock_requests_total{operation="",status="405"} 0`,
		`awalmock_requests_total{operation="getClock",status="200"} 0`, `awalmock_request_duration_seconds_count{operation="listConversations",status="200"} 0`,
		"# HELP awalmock_requests_total Requests that ", "# TYPE awalmock_requests_total counter", "# HELP awalmock_request_duration_seconds Time ",
		"# TYPE awalmock_request_duration_seconds histogram", "awalmock_build_info{version=", "go_goroutines ",
	}
	if runtime.GOOS == "linux" {
		expected = append(expected, "process_resident_memory_bytes ", "process_start_time_seconds ", "process_open_fds ")
	}
	for _, path := range contract.doc.Paths.InMatchingOrder() {
		for _, op := range contract.doc.Paths.Find(path).Operations() {
			for status := range op.Responses.Map() {
				expected = append(expected, fmt.Sprintf(`awalmock_requests_total{operation=%q,status=%q} 0`, op.OperationID, status))
			}
		}
	}
	if len(expected) < 100 {
		t.Fatal(expected)
	}
	for _, line := range expected {
		if !strings.Contains(text, line) {
			t.Errorf("no %s", line)
		}
	}
	m.get(t, listing).is(t, 200, "")
	if now := m.metrics(t); !strings.Contains(now, `awalmock_requests_total{operation="listConversations",status="200"} 1`) || strings.Count(now, "\n") != strings.Count(text, "\n") {
		t.Errorf("a request that was expected makes new lines, or is not counted: %d and %d lines", strings.Count(text, "\n"), strings.Count(now, "\n"))
	}
}

func TestEveryLineOfTheMetricsStandsBehindItsHelpAndItsType(t *testing.T) {
	t.Parallel()
	m := start(t)
	m.get(t, listing).is(t, 200, "")
	kinds := map[string]string{} // by family
	family, helped := "", ""
	for line := range strings.Lines(m.metrics(t)) {
		line = strings.TrimSuffix(line, "\n")
		words := strings.SplitN(line, " ", 4)
		switch {
		case strings.HasPrefix(line, "# HELP "):
			helped = words[2]
		case strings.HasPrefix(line, "# TYPE "):
			family = words[2]
			if kinds[family] != "" || helped != family {
				t.Errorf("%s: its type appears twice, or not behind its help", line)
			}
			kinds[family] = words[3]
		default:
			match := sample.FindStringSubmatch(line)
			if match == nil {
				t.Fatalf("no line of the format: %q", line)
			}
			name := match[1]
			if kinds[family] == "histogram" || kinds[family] == "summary" {
				for _, suffix := range []string{"_bucket", "_sum", "_count"} {
					name = strings.TrimSuffix(name, suffix)
				}
			}
			if name != family {
				t.Errorf("%s is under %s", line, family)
			}
		}
	}
	if len(kinds) < 20 {
		t.Errorf("only %v", kinds)
	}
}
