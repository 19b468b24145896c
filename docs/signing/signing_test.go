package main_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/awalmock/fixtures"
)

// maxLines is how long a snippet may be, so that it can be read at a glance.
const maxLines = 30

// snippet is a program of this folder. All take METHOD TARGET [BODY] and the variables of README.md, and print the
// signature and, when they send, the status and the body of the answer.
type snippet struct {
	name     string
	files    []string
	needs    []string // programs that have to be on the machine
	command  []string
	required bool // wherever CI is set
	slow     bool // to start: it gets few vectors
}

func snippets() []snippet {
	return []snippet{
		{name: "Go", files: []string{"sign.go", "send.go"}, needs: []string{"go"}, required: true},
		{name: "Node", files: []string{"sign.mjs"}, needs: []string{"node"}, command: []string{"node", "sign.mjs"}, required: true},
		{name: "Python", files: []string{"sign.py"}, needs: []string{"python3"}, command: []string{"python3", "sign.py"}, required: true},
		{name: "PHP", files: []string{"sign.php"}, needs: []string{"php"}, command: []string{"php", "sign.php"}},
		{
			name: "Java", files: []string{"Sign.java"}, needs: []string{"java"}, required: true, slow: true,
			// A short-lived program starts faster with the simple collector and compiler.
			command: []string{"java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "Sign.java"},
		},
		{name: "shell", files: []string{"sign.sh"}, needs: []string{"sh", "openssl", "curl"}, command: []string{"sh", "sign.sh"}, required: true},
	}
}

type vector struct {
	Name, Secret, Method, Target, Timestamp, Body, Signature string

	SignedPath string `json:"signed_path"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(fixtures.SignatureVectors(), &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

// named picks vectors by name.
func named(t *testing.T, names ...string) []vector {
	t.Helper()
	var picked []vector
	for _, v := range vectors(t) {
		if slices.Contains(names, v.Name) {
			picked = append(picked, v)
		}
	}
	if len(picked) != len(names) {
		t.Fatalf("%d of the vectors %q are there", len(picked), names)
	}
	return picked
}

func TestEverySnippetIsShort(t *testing.T) {
	t.Parallel()
	for _, s := range snippets() {
		for _, file := range s.files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if lines := bytes.Count(text, []byte("\n")); lines > maxLines {
				t.Errorf("%s has %d lines, at most %d are wanted", file, lines, maxLines)
			}
		}
	}
}

func TestASnippet(t *testing.T) {
	t.Parallel()
	for _, s := range snippets() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s := s.ready(t)
			t.Run("makes the signature of every vector", s.makesTheSignatureOfEveryVector)
			t.Run("sends what it signs unchanged", s.sendsWhatItSignsUnchanged)
			t.Run("signs the present time unless another one is given", s.signsThePresentTime)
			t.Run("refuses to sign without a secret or a target", s.refusesToSignWithoutASecretOrATarget)
		})
	}
}

func (s snippet) makesTheSignatureOfEveryVector(t *testing.T) {
	t.Parallel()
	all := vectors(t)
	if s.slow { // three more are signed when they are sent
		all = named(t, "list unread conversations, full path")
	}
	for _, v := range all {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			if got := s.run(t, v); got != v.Signature {
				t.Errorf("printed %q, want %q", got, v.Signature)
			}
		})
	}
}

// arrived is what a server got from a snippet.
type arrived struct {
	method, target, body string
	header               http.Header
}

// answer has two lines, an escape that a shell might interpret, and Arabic.
const answer = "{\"a\":\"\\u0645\",\n\"b\":\"م\"}"

// recorder gives every request to its caller and answers 418.
func recorder(t *testing.T) (baseURL string, requests <-chan arrived) {
	t.Helper()
	got := make(chan arrived, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got <- arrived{r.Method, r.RequestURI, string(body), r.Header}
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/api/developer", got
}

func (s snippet) sendsWhatItSignsUnchanged(t *testing.T) {
	t.Parallel()
	names := []string{"list unread conversations", "Arabic query", "body with emoji and Arabic"}
	if !s.slow {
		names = append(names, "no query", "plus sign in the query", "percent-encoded query", "Arabic query in lower-case digits",
			"parameters without a value", "characters with a meaning in the query", "body over several lines",
			"body with quotes and backslashes")
	}
	for _, v := range named(t, names...) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			baseURL, requests := recorder(t)
			printed := s.run(t, v, "AWAL_BASE_URL="+baseURL, "AWAL_DOMAIN=a-domain", "AWAL_CLIENT_ID=a-client")
			if want := v.Signature + "\n418\n" + answer; printed != want {
				t.Fatalf("printed %q, want %q", printed, want)
			}
			checkArrived(t, <-requests, v)
		})
	}
}

func checkArrived(t *testing.T, got arrived, v vector) {
	t.Helper()
	if got.method != v.Method || got.target != "/api/developer"+v.Target || got.body != v.Body {
		t.Errorf("arrived as %s %s %q, want %s %s %q", got.method, got.target, got.body, v.Method, v.Target, v.Body)
	}
	for name, want := range map[string]string{
		"Accept": "application/json", "X-Awal-Signature-256": v.Signature, "X-Timestamp": v.Timestamp,
		"X-Domain": "a-domain", "X-Client-ID": "a-client",
	} {
		if values := got.header.Values(name); len(values) != 1 || values[0] != want {
			t.Errorf("header %s is %q, want %q", name, values, want)
		}
	}
	if v.Body != "" && got.header.Get("Content-Type") != "application/json" {
		t.Errorf("a JSON body was sent as %q", got.header.Get("Content-Type"))
	}
}

func (s snippet) signsThePresentTime(t *testing.T) {
	t.Parallel()
	baseURL, requests := recorder(t)
	printed := s.run(t, vector{Secret: "s", Method: "GET", Target: "/waba-numbers"}, "AWAL_BASE_URL="+baseURL)
	if !strings.HasSuffix(printed, "\n418\n"+answer) {
		t.Fatalf("printed %q, nothing was sent", printed)
	}
	got := <-requests
	timestamp := got.header.Get("X-Timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > time.Minute {
		t.Errorf("the timestamp is %q, want the present Unix time in seconds", timestamp)
	}
	mac := hmac.New(sha256.New, []byte("s"))
	mac.Write([]byte("GET/waba-numbers" + timestamp))
	if want := "sha256=" + hex.EncodeToString(mac.Sum(nil)); got.header.Get("X-Awal-Signature-256") != want {
		t.Errorf("the signature is %q, want %q", got.header.Get("X-Awal-Signature-256"), want)
	}
}

func (s snippet) refusesToSignWithoutASecretOrATarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		secret string
		args   []string
	}{{"", []string{"GET", "/waba-numbers"}}, {"s", []string{"GET"}}} {
		out, err := s.start(t, c.args, "AWAL_SECRET="+c.secret).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "usage: ") || strings.Contains(string(out), "sha256=") {
			t.Errorf("secret %q, arguments %q: %v, printed %q, want a failure that says how to use it", c.secret, c.args, err, out)
		}
	}
}

// ready skips a snippet whose runtime is not on the machine, and compiles what has to be compiled.
func (s snippet) ready(t *testing.T) snippet {
	t.Helper()
	for _, program := range s.needs {
		if _, err := exec.LookPath(program); err != nil {
			if s.required && os.Getenv("CI") != "" {
				t.Fatalf("%s is not on this machine, and CI has to run the %s snippet", program, s.name)
			}
			t.Skipf("the %s snippet is not tried: %s is not on this machine", s.name, program)
		}
	}
	if s.command == nil {
		program := filepath.Join(t.TempDir(), "sign.exe")
		if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
			t.Fatalf("go build: %v\n%s", err, out)
		}
		s.command = []string{program}
	}
	return s
}

// run signs, and with AWAL_BASE_URL sends, the request of v and returns what was printed, without the last line feed.
func (s snippet) run(t *testing.T, v vector, env ...string) string {
	t.Helper()
	args := []string{v.Method, v.Target}
	if v.Body != "" {
		args = append(args, v.Body)
	}
	command := s.start(t, args, append(env, "AWAL_SECRET="+v.Secret, "AWAL_TIMESTAMP="+v.Timestamp)...)
	var complaint strings.Builder
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint.String())
	}
	return strings.TrimSuffix(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n")
}

// start prepares a run in a clean environment: PATH, a UTF-8 locale (Java reads arguments in the locale's encoding),
// and no proxy.
func (s snippet) start(t *testing.T, args []string, env ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), s.command[0], append(s.command[1:len(s.command):len(s.command)], args...)...)
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LC_ALL=C.UTF-8"}, env...)
	return command
}
