package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/awalmock/contract/receiver/receivers"
	"example.com/awalmock/contract/suite"
)

// receive serves a webhook receiver and returns the flags that check it.
func receive(t *testing.T, h http.Handler) []string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return []string{"receiver", "--url", server.URL + receivers.HookPath, "--secret", receivers.Secret, "--effects-url", server.URL + receivers.EffectsPath}
}

func TestReceiver_ARightOnePassesStrictlyInTenSeconds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, stdout, stderr := contract(t, nil, append(receive(t, receivers.New()), "--strict", "--report-dir", dir)...)
	if code != 0 || !strings.HasPrefix(stdout, "PASS") || strings.Contains(stdout+stderr, receivers.Secret) {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report suite.Report
	if err := json.Unmarshal(raw, &report); err != nil || len(report.Cases) < 40 || report.Counts[suite.Pass] != len(report.Cases) || report.Requests < 250 {
		t.Errorf("%v: %d cases, %v, %d requests", err, len(report.Cases), report.Counts, report.Requests)
	}
	for _, name := range []string{"junit.xml", "report.html", "report.sarif"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || !strings.Contains(string(text), "RECEIVER-UNSIGNED") || strings.Contains(string(text), receivers.Secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReceiver_ABrokenOneFailsWithALineThatSendsTheSameAgain(t *testing.T) {
	t.Parallel()
	needs(t, "sh", "curl", "openssl")
	broken := receivers.Broken()
	at := slices.IndexFunc(broken, func(v receivers.Variant) bool { return v.Name == "never looks at the age" })
	args := receive(t, broken[at].Start())
	code, stdout, stderr := contract(t, nil, append(args, "--only", "RECEIVER-TIMESTAMP-OLD", "--json")...)
	var report suite.Report
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != 1 || !strings.Contains(stderr, "FAIL RECEIVER-TIMESTAMP-OLD") {
		t.Fatalf("exit %d, %v\n%s%s", code, err, stdout, stderr)
	}
	found := report.Cases[0].Findings[0]
	if found.Contract.Line == 0 || found.Operation != "onMessageReceived" || !strings.Contains(found.Rerun, "receiver --url ") {
		t.Errorf("%+v", found)
	}
	command := exec.CommandContext(t.Context(), "sh", "-c", found.Exchanges[0].Curl)
	command.Dir, command.Env = t.TempDir(), append(os.Environ(), "CONTRACT_SECRET="+receivers.Secret)
	if out, err := command.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "HTTP/1.1 200") {
		t.Errorf("%v: %s\n%s", err, out, found.Exchanges[0].Curl)
	}
}

func TestReceiver_WithoutEffectsAShouldThatNeedsThemDoesNotChangeTheExitCode(t *testing.T) {
	t.Parallel()
	args := receive(t, receivers.New())
	code, stdout, stderr := contract(t, nil, args[:len(args)-2]...)
	if code != 0 || !strings.Contains(stdout, "UNVERIFIED 3") || !strings.Contains(stdout, "give --effects-url") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestReceiver_ASecretThatIsNotTheReceiversIsToldOnceAndForgeriesAreNotCountedAsRefused(t *testing.T) {
	t.Parallel()
	args := receive(t, receivers.New())
	args[4] = "quite another secret"
	code, stdout, stderr := contract(t, nil, append(args, "--only", "RECEIVER-ACCEPTS,RECEIVER-UNSIGNED")...)
	if code != 1 || !strings.Contains(stdout, "is --secret the receiver's?") || !strings.Contains(stdout, "UNVERIFIED 2") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestReceiver_OneThatHasEndedHasRefusedNothing(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var events atomic.Int32
	server := &http.Server{Handler: http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
		if events.Add(1) == 2 { // the challenge, and the first event
			_ = socket.Close()
		}
		out.Header().Set("Connection", "close")
	})}
	t.Cleanup(func() { _ = server.Close() })
	go func() { _ = server.Serve(socket) }()
	code, stdout, stderr := contract(t, nil, "receiver", "--url", "http://"+socket.Addr().String(), "--only", "RECEIVER-UNSIGNED")
	if code != 3 || !strings.Contains(stdout, "needs a receiver that is still there") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestReceiver_TheReadmesLineAcceptsItsReceiver(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("the receiver needs node")
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^bin/contract (receiver .*)$`).FindStringSubmatch(string(readme))
	if line == nil {
		t.Fatal("the README has no such line")
	}
	example := exec.CommandContext(t.Context(), "node", "../docs/examples/receiver.mjs", "0")
	out, err := example.StdoutPipe()
	if err == nil {
		err = example.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = example.Process.Kill(); _ = example.Wait() })
	output := bufio.NewReader(out)
	address, err := output.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, output) }()
	args := strings.Fields(strings.Replace(line[1], "http://127.0.0.1:3000/hook", strings.TrimSpace(address), 1))
	if code, stdout, stderr := contract(t, nil, args...); code != 0 {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestReceiver_ATargetThatIsNoneEndsWithOneLine(t *testing.T) {
	t.Parallel()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // net/http notices that the sender has gone once the body is read
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	page := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(page.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for want, args := range map[string][]string{
		"--url is missing": nil,
		"--url must be like http://127.0.0.1:3000/hook":          {"--url", "localhost:3000"},
		"nothing answers at http://127.0.0.1":                    {"--url", closed.URL},
		"gives no answer within 100ms":                           {"--url", silent.URL, "--webhook-timeout", "100ms"},
		"it answers 404 Not Found to the challenge and to":       {"--url", page.URL},
		`no requirement or case "RECEIVER-X"`:                    {"--url", page.URL, "--only", "RECEIVER-X"},
		"it has no x-webhooks, so there is nothing to send":      {"--url", page.URL, "--spec", withoutWebhooks(t)},
		`--signature takes awal, standard, both, not "standart"`: {"--url", page.URL, "--signature", "standart"},
	} {
		code, stdout, stderr := contract(t, nil, append([]string{"receiver"}, args...)...)
		if code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: exit %d, want %q\n%s%s", args, code, want, stdout, stderr)
		}
	}
}

// withoutWebhooks is a file with a document that sends nothing.
func withoutWebhooks(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "other.yaml")
	text := "openapi: 3.0.3\ninfo: {title: Other, version: 1.0.0}\npaths: {/x: {get: {operationId: x, responses: {'200': {description: x}}}}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestReceiver_TheListNamesTwentyScenariosAndMore(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := contract(t, nil, "receiver", "--list", "--json")
	var listing suite.Listing
	if err := json.Unmarshal([]byte(stdout), &listing); err != nil || code != 0 || len(listing.Requirements) < 20 || len(listing.Cases) < 40 {
		t.Errorf("exit %d, %v: %d requirements, %d cases\n%s", code, err, len(listing.Requirements), len(listing.Cases), stderr)
	}
}
