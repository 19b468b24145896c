package main_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"example.com/awalmock/contract/receiver"
	"example.com/awalmock/mockserver/adminapi"
	"example.com/awalmock/mockserver/mocktest"
)

// verifiers are the programs that verify a webhook: TARGET SIGNATURE TIMESTAMP, and the body on standard input.
func verifiers() []snippet {
	return []snippet{
		{name: "Go", files: []string{"verify/main.go"}, needs: []string{"go"}, required: true},
		{name: "Node", files: []string{"verify.mjs"}, needs: []string{"node"}, command: []string{"node", "verify.mjs"}, required: true},
		{name: "Python", files: []string{"verify.py"}, needs: []string{"python3"}, command: []string{"python3", "verify.py"}, required: true},
		{name: "PHP", files: []string{"verify.php"}, needs: []string{"php"}, command: []string{"php", "verify.php"}},
		{
			name: "Java", files: []string{"Verify.java"}, needs: []string{"java"}, required: true,
			command: []string{"java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "Verify.java"},
		},
		{name: "shell", files: []string{"verify.sh"}, needs: []string{"sh", "openssl"}, command: []string{"sh", "verify.sh"}, required: true},
	}
}

// A delivery is a webhook as it arrived, and whether a receiver has to accept it.
type delivery struct {
	name, secret, target, signature, timestamp string
	body                                       []byte
	right                                      bool
}

// inbox is a receiver that accepts all, answers challenges, and keeps the last event.
type inbox struct {
	mu   sync.Mutex
	last delivery
	came chan struct{}
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var check struct{ Type, Challenge string }
	if json.Unmarshal(body, &check) == nil && check.Type == "verification" {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"challenge": check.Challenge})
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = delivery{target: r.RequestURI, signature: r.Header.Get("X-Awal-Signature-256"), timestamp: r.Header.Get("X-Timestamp"), body: body}
	select {
	case b.came <- struct{}{}:
	default:
	}
}

func newInbox(t *testing.T) (*inbox, string) {
	t.Helper()
	b := &inbox{came: make(chan struct{}, 1)}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return b, server.URL + "/hook?from=awal"
}

// ofTheSuite are deliveries of contract receiver: each case sends its own last.
func ofTheSuite(t *testing.T) (out []delivery) {
	t.Helper()
	for id, right := range map[string]bool{
		"RECEIVER-ACCEPTS.text": true, "RECEIVER-ROTATION.second": true, "RECEIVER-COVERS-BODY.byte": false, "RECEIVER-COVERS-BODY.spaces": false,
		"RECEIVER-TIMESTAMP-OLD": false, "RECEIVER-OTHER-KEY": false,
	} {
		b, url := newInbox(t)
		if _, err := receiver.Run(t.Context(), receiver.Config{URL: url, Secret: "s3cret", Only: []string{id}}); err != nil {
			t.Fatal(err)
		}
		d := b.last
		d.name, d.secret, d.right = "contract receiver "+id, "s3cret", right
		out = append(out, d)
	}
	return out
}

// ofTheMock are deliveries of the mock, right and with trouble that it makes on purpose.
func ofTheMock(t *testing.T) (out []delivery) {
	t.Helper()
	mock := mocktest.Start(t)
	for _, c := range []struct {
		name   string
		change func(*adminapi.NewWebhook)
		secret string
	}{
		{"", func(*adminapi.NewWebhook) {}, mock.Secret},
		{"body changed", func(e *adminapi.NewWebhook) { e.BodyChanged = true }, mock.Secret},
		{"old timestamp", func(e *adminapi.NewWebhook) { e.OldTimestamp = true }, mock.Secret},
		{"another secret", func(e *adminapi.NewWebhook) { e.Secret = "another" }, mock.Secret},
	} {
		b, url := newInbox(t)
		endpoint := adminapi.NewWebhook{URL: url}
		c.change(&endpoint)
		if _, err := mock.Workspace("").SetEndpoints(t.Context(), endpoint); err != nil {
			t.Fatal(err)
		}
		if _, err := mock.Workspace("").Trigger(t.Context(), adminapi.Trigger{Event: "message.received", Data: map[string]any{"body": "مرحبا"}}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-b.came:
		case <-t.Context().Done():
			t.Fatal("no webhook came")
		}
		b.mu.Lock()
		d := b.last
		b.mu.Unlock()
		d.name, d.secret, d.right = "mock "+c.name, c.secret, c.name == ""
		out = append(out, d)
	}
	return out
}

func TestVerify_EveryProgramAcceptsWhatIsRightAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	all := append(ofTheSuite(t), ofTheMock(t)...)
	for _, s := range verifiers() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s := s.readyToVerify(t)
			for _, d := range all {
				command := s.start(t, []string{d.target, d.signature, d.timestamp}, "AWAL_SECRET="+d.secret)
				command.Stdin = bytes.NewReader(d.body)
				var complaint strings.Builder
				command.Stderr = &complaint
				out, err := command.Output()
				want := map[bool]string{true: "accepted", false: "refused"}[d.right]
				if strings.TrimSpace(string(out)) != want || (err == nil) != d.right {
					t.Errorf("%s: printed %q (%v), want %s\n%s", d.name, out, err, want, complaint.String())
				}
			}
		})
	}
}

// readyToVerify is ready for a program of which Go's is in a folder of its own.
func (s snippet) readyToVerify(t *testing.T) snippet {
	t.Helper()
	if s.command != nil {
		return s.ready(t)
	}
	program := filepath.Join(t.TempDir(), "verify.exe")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./verify").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	s.command = []string{program}
	return s
}

// longestVerifier is how long one may be: it also reads its arguments and says how to use it.
const longestVerifier = 45

func TestVerify_EveryProgramIsShort(t *testing.T) {
	t.Parallel()
	for _, s := range verifiers() {
		text, err := os.ReadFile(s.files[0])
		if err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(text, []byte("\n")); lines > longestVerifier {
			t.Errorf("%s has %d lines, at most %d are wanted", s.files[0], lines, longestVerifier)
		}
	}
}
