package main

import (
	"bytes"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
)

// A proxy forwards what it is asked for to one target, which may have any name.
type proxy struct {
	target  http.Handler // of plain requests
	tunnel  string       // address at which tunnels end
	plain   atomic.Int64 // requests for http://target.invalid
	tunnels atomic.Int64 // for target.invalid:443
	other   atomic.Int64
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodConnect && r.Host == "target.invalid:443":
		p.tunnels.Add(1)
		p.connect(w)
	case r.URL.Scheme == "http" && r.URL.Host == "target.invalid":
		p.plain.Add(1)
		r.RequestURI = r.URL.RequestURI()
		p.target.ServeHTTP(w, r)
	default:
		p.other.Add(1)
		http.Error(w, "not for this proxy", http.StatusBadGateway)
	}
}

// connect lets client and target speak with each other until one of them ends.
func (p *proxy) connect(w http.ResponseWriter) {
	target, err := net.Dial("tcp", p.tunnel)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer target.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	go func() {
		defer target.Close()
		_, _ = io.Copy(target, buffered)
	}()
	_, _ = io.Copy(client, target)
}

// process runs this test binary with nothing but these variables in its environment: net/http looks for proxies there once in a process, and never
// for a loopback target.
func process(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	command := exec.CommandContext(t.Context(), os.Args[0], args...)
	command.Env, command.Stdout, command.Stderr = env, &out, &errs
	err := command.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

func TestATargetIsReachedThroughTheProxyThatTheEnvironmentNames(t *testing.T) {
	t.Parallel()
	handler, credentials := mock(t)
	secure := httptest.NewTLSServer(handler)
	t.Cleanup(secure.Close)
	between := &proxy{target: handler, tunnel: secure.Listener.Addr().String()}
	server := httptest.NewServer(between)
	t.Cleanup(server.Close)

	program := asProgram + "=1"
	args := append([]string{"--base-url", "http://target.invalid/api/developer", "--operation", "getMessageStatus"}, credentials...)
	if code, stdout, stderr := process(t, []string{program, "HTTP_PROXY=" + server.URL}, args...); code != 0 {
		t.Errorf("http: exit %d\n%s%s", code, stdout, stderr)
	}
	if between.plain.Load() == 0 {
		t.Error("http: the proxy was not asked")
	}
	args = append([]string{"--base-url", "https://target.invalid/api/developer", "--insecure", "--operation", "getMessageStatus"}, credentials...)
	if code, stdout, stderr := process(t, []string{program, "HTTPS_PROXY=" + server.URL}, args...); code != 0 {
		t.Errorf("https: exit %d\n%s%s", code, stdout, stderr)
	}
	if between.tunnels.Load() == 0 || between.other.Load() > 0 {
		t.Errorf("https: %d tunnels, %d other requests", between.tunnels.Load(), between.other.Load())
	}
	code, _, stderr := process(t, []string{program, "HTTPS_PROXY=http://127.0.0.1:1"}, args...)
	if code != 2 || !strings.Contains(stderr, "127.0.0.1:1") || !strings.Contains(stderr, "connection refused") {
		t.Errorf("a proxy that is not there: exit %d, %s", code, stderr)
	}
}

// TestCertificatesAreThereWhereTheSystemHasNone runs itself once more where there are none: the first use decides for the whole process.
func TestCertificatesAreThereWhereTheSystemHasNone(t *testing.T) {
	t.Parallel()
	none := []string{"SSL_CERT_FILE=/nowhere", "SSL_CERT_DIR=/nowhere"}
	if os.Getenv("SSL_CERT_FILE") == "/nowhere" {
		pool, err := x509.SystemCertPool()
		if err != nil || pool.Equal(x509.NewCertPool()) {
			t.Errorf("there are none: %v", err)
		}
		return
	}
	code, stdout, _ := process(t, none, "-test.run", "^"+t.Name()+"$", "-test.v")
	if code != 0 || !strings.Contains(stdout, "--- PASS: "+t.Name()) {
		t.Errorf("exit %d: %s", code, stdout)
	}
}
