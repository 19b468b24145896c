package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock/mockserver/server"
)

const controlToken = `t0ken-"of"-the+canary`

// guarded is a mock whose control API asks for a token, and the secrets of the workspaces that were made with it.
type guarded struct {
	server *server.Server
	base   string
	args   []string
	mu     sync.Mutex
	made   []string
	other  []string // requests that may change another workspace than a made one
	onMade func()   // called when a workspace was made
	broken string   // a path of the control API that is answered with 500
}

func newGuarded(t *testing.T, broken string) *guarded {
	t.Helper()
	s, err := server.New(server.Options{RateLimit: "100000/1m", ControlToken: controlToken})
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{server: s, broken: broken}
	w := s.Workspaces()[0]
	g.base = serve(t, g)
	g.args = []string{"--base-url", g.base, "--domain", w.Domain, "--client-id", w.ClientID, "--hmac-secret", w.Secret, "--phone-number-id", w.PhoneNumberIDs[0], "--capability", "control", "--include", "control"}
	return g
}

func (g *guarded) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	if path, control := strings.CutPrefix(r.URL.Path, "/__admin"); control && r.Method != http.MethodGet && !strings.HasPrefix(path, "/workspaces") {
		if named := r.URL.Query().Get("workspace"); !strings.HasPrefix(named, "contract-") {
			g.mu.Lock()
			g.other = append(g.other, r.Method+" "+r.URL.String())
			g.mu.Unlock()
		}
	}
	if g.broken != "" && strings.HasSuffix(r.URL.Path, g.broken) {
		http.Error(out, "broken", http.StatusInternalServerError)
		return
	}
	if r.Method != http.MethodPost || r.URL.Path != "/__admin/workspaces" {
		g.server.ServeHTTP(out, r)
		return
	}
	record := httptest.NewRecorder()
	g.server.ServeHTTP(record, r)
	var made struct{ Secret string }
	if err := json.Unmarshal(record.Body.Bytes(), &made); err == nil && made.Secret != "" {
		g.mu.Lock()
		g.made = append(g.made, made.Secret)
		g.mu.Unlock()
		if g.onMade != nil {
			g.onMade()
		}
	}
	for name, values := range record.Header() {
		out.Header()[name] = values
	}
	out.WriteHeader(record.Code)
	_, _ = out.Write(record.Body.Bytes())
}

func (g *guarded) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.made)
}

// left are the workspaces that the fixtures do not have.
func (g *guarded) left() (out []string) {
	for _, w := range g.server.Workspaces() {
		if strings.HasPrefix(w.Domain, "contract-") {
			out = append(out, w.Domain)
		}
	}
	return out
}

func TestTheControlAPIIsUsedAndTheTargetIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, "")
	code, stdout, stderr := contract(t, []string{"CONTRACT_CONTROL_TOKEN=" + controlToken}, append(slices.Clone(g.args), "--strict", "--seed", "5")...)
	if code != 0 || !strings.Contains(stdout, "UNVERIFIED 0") || stderr != "" {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	if len(g.made) < 20 || len(g.left()) > 0 {
		t.Errorf("%d workspaces were made, left are %v", len(g.made), g.left())
	}
	if len(g.other) > 0 {
		t.Errorf("another workspace was changed: %v", g.other)
	}
}

func TestWhatTheSuiteMadeIsRemovedAfterFailuresToo(t *testing.T) {
	t.Parallel()
	for _, broken := range []string{"/clock", "/messages", "/faults"} {
		g := newGuarded(t, broken)
		code, stdout, _ := contract(t, nil, append(slices.Clone(g.args), "--control-token", controlToken)...)
		if code != 1 || !strings.Contains(stdout, "CONTROL-ANSWERS") {
			t.Errorf("%s broken: exit %d\n%s", broken, code, stdout)
		}
		if len(g.made) < 20 || len(g.left()) > 0 {
			t.Errorf("%s broken: %d workspaces were made, left are %v", broken, len(g.made), g.left())
		}
	}
}

func TestWhatTheSuiteMadeIsRemovedWhenTheRunIsInterrupted(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, "")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	g.onMade = func() {
		if g.count() >= 3 { // before the suite has seen the answer; others may be on their way
			cancel()
		}
	}
	var output strings.Builder
	code := run(ctx, append(slices.Clone(g.args), "--control-token", controlToken), nil, &output, io.Discard)
	if code == 0 || g.count() >= 20 || len(g.left()) > 0 {
		t.Errorf("exit %d, %d workspaces were made, left are %v\n%s", code, g.count(), g.left(), output.String())
	}
}

func TestAWorkspaceThatCannotBeRemovedIsTold(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, "")
	g.args[1] = serve(t, http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete {
			http.Error(out, "read only", http.StatusForbidden)
			return
		}
		g.ServeHTTP(out, r)
	}))
	code, stdout, _ := contract(t, nil, append(slices.Clone(g.args), "--only", "CONTROL-CLOCK", "--control-token", controlToken)...)
	if code != 2 || len(g.left()) != 1 || !strings.Contains(stdout, "the workspace "+g.left()[0]+" could not be removed: 403 Forbidden") {
		t.Errorf("exit %d, left are %v\n%s", code, g.left(), stdout)
	}
}

func TestAControlAPIThatCannotBeUsedIsToldInOneLine(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, "")
	for want, args := range map[string][]string{
		"it asks for a token (--control-token)":           {},
		"it does not accept this token":                   {"--control-token", "another"},
		"no answer: ":                                     {"--control-url", "http://127.0.0.1:1/__admin"},
		"404 Not Found resource_not_found":                {"--control-url", strings.TrimSuffix(g.base, "/api/developer") + "/elsewhere"},
		"--control-url must be like http://host/__admin":  {"--control-url", "127.0.0.1:4010"},
		"production writes nothing, so it cannot check t": {"--profile", "production"},
	} {
		code, stdout, stderr := contract(t, nil, append(slices.Clone(g.args), args...)...)
		if code != 2 || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: exit %d, %q, want 2 and %q", args, code, stderr, want)
		}
	}
	if len(g.made) > 0 {
		t.Errorf("%d workspaces were made", len(g.made))
	}
	code, stdout, stderr := contract(t, nil, append(slices.Clone(g.args), "--only", "CONTROL-CLOCK", "--control-token", controlToken, "--control-url", strings.TrimSuffix(g.base, "/api/developer")+"/__admin/")...)
	if code != 0 {
		t.Errorf("the address given: exit %d\n%s%s", code, stdout, stderr)
	}
}

// A fault in everything brings as much as possible into the reports.
func TestNoTokenAndNoSecretOfAMadeWorkspaceIsInAnyOutput(t *testing.T) {
	t.Parallel()
	g := newGuarded(t, "")
	outer := http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/__admin/workspaces" || strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.Header.Get("X-Domain"), "contract-") {
			g.ServeHTTP(out, r)
			return
		}
		record := httptest.NewRecorder()
		g.ServeHTTP(record, r)
		g.mu.Lock()
		everything := strings.Join(g.made, " ") + r.Header.Get("Authorization")
		g.mu.Unlock()
		out.Header().Set("X-Secrets", everything)
		if strings.HasSuffix(r.URL.Path, "/workspaces") {
			record.Code = http.StatusOK
		} else {
			record.Code = http.StatusTeapot
		}
		text, err := json.Marshal(map[string]any{"data": []any{}, "error": everything, "message": everything, "request_id": everything})
		if err != nil {
			t.Error(err)
		}
		out.WriteHeader(record.Code)
		_, _ = out.Write(text)
	})
	g.args[1] = serve(t, outer)
	dir := t.TempDir()
	code, stdout, stderr := contract(t, nil, append(slices.Clone(g.args), "--report-dir", dir, "--control-token", controlToken)...)
	outputs := []string{stdout, stderr}
	for _, name := range []string{"report.json", "report.html", "junit.xml"} {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatalf("exit %d: %v\n%s", code, err, stderr)
		}
		outputs = append(outputs, string(raw))
	}
	if code != 1 || len(g.made) == 0 || !strings.Contains(outputs[2], "/__admin/clock") || !strings.Contains(outputs[2], "CONTRACT_CONTROL_TOKEN") {
		t.Errorf("exit %d, %d workspaces\n%s", code, len(g.made), stdout)
	}
	for i, text := range outputs {
		for _, secret := range append(slices.Clone(g.made), controlToken, "t0ken", "the+canary") {
			if strings.Contains(text, secret) {
				t.Errorf("output %d has %q", i, secret)
			}
		}
	}
}
