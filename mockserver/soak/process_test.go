//go:build unix

// Package soak_test tries several mocks on one PostgreSQL as whole processes: under load, killed, and cut off. SOAK_ROUNDS says how often;
// make soak sets it.
package soak_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/awalmock/mockserver/internal/store/pgtest"
)

const (
	storeKey     = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	controlToken = "soak"
)

// binary builds the mock once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "awalmock-soak-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "mockserver")
	out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput()
	if err != nil {
		return path, fmt.Errorf("%w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, _ := binary(); path != "" {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// rounds is how often a proof is tried: SOAK_ROUNDS, or once.
func rounds(t *testing.T) int {
	t.Helper()
	text := os.Getenv("SOAK_ROUNDS")
	if text == "" {
		return 1
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// newServer starts a PostgreSQL of the test's own.
func newServer(t *testing.T) *pgtest.Server {
	t.Helper()
	server, err := pgtest.Start()
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Log(err) // it may have been killed
		}
	})
	return server
}

// A replica is a mock as a process of its own.
type replica struct {
	name   string
	store  string
	flags  []string
	host   string     // address on which it listens
	within []string   // command that runs it in another network namespace
	mu     sync.Mutex // guards what follows
	origin string
	cmd    *exec.Cmd
	log    *log
}

// A log is what a process has written so far.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String leaves out the requests that were refused on purpose.
func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var told strings.Builder
	for line := range strings.Lines(l.text.String()) {
		if !strings.Contains(line, "verdict=service_unavailable") && !strings.Contains(line, "verdict=authentication_failed") {
			told.WriteString(line)
		}
	}
	return told.String()
}

// launch starts a replica, and waits until it answers.
func launch(t *testing.T, name, store string, flags ...string) *replica {
	t.Helper()
	r := &replica{name: name, store: store, flags: flags, host: "127.0.0.1", log: &log{}}
	r.begin(t)
	return r
}

// begin starts a replica that the test ends.
func (r *replica) begin(t *testing.T) {
	t.Helper()
	r.start(t)
	t.Cleanup(func() { r.kill() })
}

func (r *replica) start(t *testing.T) {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "addr")
	args := append(slices.Clone(r.within), path, "--rate-limit=off", "--addr="+r.host+":0", "--addr-file="+file, "--auth=off", "--log-level=warn", "--store="+r.store)
	args = append(args, r.flags...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "MOCK_STORE_KEY="+storeKey, "MOCK_CONTROL_TOKEN="+controlToken)
	cmd.Dir, cmd.Stderr = t.TempDir(), r.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for range 6000 { // of 10 ms
		<-tick.C
		text, err := os.ReadFile(file)
		if err != nil || len(text) == 0 {
			continue
		}
		r.mu.Lock()
		r.cmd, r.origin = cmd, strings.TrimSuffix(strings.TrimSpace(string(text)), "/api/developer")
		r.mu.Unlock()
		return
	}
	_ = cmd.Process.Kill()
	t.Fatalf("%s does not start: %s", r.name, r.log)
}

// kill ends the process as kill -9 does.
func (r *replica) kill() {
	r.mu.Lock()
	cmd := r.cmd
	r.origin = ""
	r.mu.Unlock()
	if cmd != nil && cmd.ProcessState == nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}
}

func (r *replica) address() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.origin
}

// client gives up on an answer that does not come.
var client = &http.Client{Timeout: 20 * time.Second, Transport: operator{&http.Transport{MaxIdleConnsPerHost: 64}}}

// An operator may use the control API.
type operator struct{ by http.RoundTripper }

func (o operator) RoundTrip(q *http.Request) (*http.Response, error) {
	if strings.HasPrefix(q.URL.Path, "/__admin") {
		q = q.Clone(q.Context())
		q.Header.Set("Authorization", "Bearer "+controlToken)
	}
	return o.by.RoundTrip(q)
}

// ask sends a request, and gives the status, 0 without an answer, and the body.
func (r *replica) ask(ctx context.Context, method, path, domain string, body any) (status int, answer []byte, header http.Header) {
	origin := r.address()
	if origin == "" {
		return 0, nil, nil
	}
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return 0, nil, nil
		}
		sent = bytes.NewReader(text)
	}
	q, err := http.NewRequestWithContext(ctx, method, origin+path, sent)
	if err != nil {
		return 0, nil, nil
	}
	q.Header.Set("Content-Type", "application/json")
	if domain != "" {
		q.Header.Set("X-Domain", domain)
	}
	response, err := client.Do(q)
	if err != nil {
		return 0, nil, nil
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, nil
	}
	return response.StatusCode, answer, response.Header
}

// must sends a request that has to be answered with a status.
func (r *replica) must(t *testing.T, want int, method, path, domain string, body any) []byte {
	t.Helper()
	status, answer, _ := r.ask(t.Context(), method, path, domain, body)
	if status != want {
		t.Fatalf("%s: %s %s of %q: %d, want %d: %s\n%s", r.name, method, path, domain, status, want, answer, r.log)
	}
	return answer
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1500 { // of 20 ms
		if holds() {
			return
		}
		<-tick.C
	}
	t.Fatal(what)
}

// readAfter reads what a replica shows once it has an event.
func (r *replica) readAfter(t *testing.T, sequence, path, domain string) string {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.address()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("X-Mock-If-Sequence", sequence)
	q.Header.Set("X-Domain", domain)
	return do(t, q)
}

// put sends a file of events.
func (r *replica) put(t *testing.T, path string, body []byte) {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), http.MethodPut, r.address()+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-ndjson")
	do(t, q)
}

func do(t *testing.T, q *http.Request) string {
	t.Helper()
	response, err := client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		t.Fatalf("%s %s: %d %s %v", q.Method, q.URL, response.StatusCode, text, err)
	}
	return string(text)
}
