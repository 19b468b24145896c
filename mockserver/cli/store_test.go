package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// kills is how often the mock is killed under load: SOAK_KILLS, which make soak sets, or twice.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("SOAK_KILLS")
	if text == "" {
		return 2
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNothingThatWasAcknowledgedIsLostWhenTheMockIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	const senders, each = 8, 25 // at least so many are acknowledged in a turn
	path := filepath.Join(t.TempDir(), "awalmock.db")
	acknowledged := map[string]bool{}
	for turn := range kills(t) {
		m := launch(t, nil, "--auth", "off", "--rate-limit", "off", "--quiet", "--store", "sqlite:"+path)
		if lost := notThere(t, m.url, acknowledged); len(lost) > 0 {
			t.Fatalf("after kill %d, %d of %d acknowledged messages are lost: %v", turn, len(lost), len(acknowledged), lost[:min(len(lost), 5)])
		}
		var (
			mu      sync.Mutex
			sending sync.WaitGroup
			enough  = make(chan struct{})
			count   int
		)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		for s := range senders {
			sending.Go(func() {
				for n := 0; ; n++ {
					text := fmt.Sprintf("turn %d sender %d message %d", turn, s, n)
					if !sendText(ctx, m.url, "96650000000", text) {
						return // the mock was killed
					}
					mu.Lock()
					acknowledged[text] = true
					if count++; count == senders*each {
						close(enough)
					}
					mu.Unlock()
				}
			})
		}
		select {
		case <-enough:
		case <-ctx.Done():
			t.Fatalf("too few messages are acknowledged: %s", m.stderr)
		}
		if err := m.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = m.cmd.Wait() // it was killed
		sending.Wait()
		cancel()
	}
	m := launch(t, nil, "--auth", "off", "--rate-limit", "off", "--quiet", "--store", "sqlite:"+path)
	if lost := notThere(t, m.url, acknowledged); len(lost) > 0 {
		t.Errorf("%d of %d acknowledged messages are lost", len(lost), len(acknowledged))
	}
	t.Logf("%d messages were acknowledged, and the kills lost none", len(acknowledged))
}

// sendText reports whether a message was acknowledged.
func sendText(ctx context.Context, url, phone, text string) bool {
	body, err := json.Marshal(map[string]string{"phone": phone, "body": text})
	if err != nil {
		return false
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/w/message/text?phone_number_id=123456", strings.NewReader(string(body)))
	if err != nil {
		return false
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// notThere are the texts that conversation 1 does not have.
func notThere(t *testing.T, url string, texts map[string]bool) (lost []string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/conversations/1?phone_number_id=123456", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var shown struct {
		Data struct {
			Messages []struct {
				Content string `json:"content"`
			} `json:"messages"`
		} `json:"data"`
	}
	if err := json.NewDecoder(response.Body).Decode(&shown); err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, m := range shown.Data.Messages {
		there[m.Content] = true
	}
	if len(there) == 0 {
		t.Fatal("the conversation has no messages")
	}
	for text := range texts {
		if !there[text] {
			lost = append(lost, text)
		}
	}
	return lost
}

func TestAStoreThatCannotBeUsedIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	running := launch(t, nil, "--quiet", "--store", "sqlite:"+path)
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"in use":       {[]string{"--addr=127.0.0.1:0", "--store", "sqlite:" + path}, 1, fmt.Sprintf("--store sqlite:%s: is in use by another mock (process %d); stop it, or take another file", path, running.cmd.Process.Pid)},
		"no database":  {[]string{"--store", "sqlite:" + write(t, "x.db", "hello")}, 1, "is no SQLite database; name another file"},
		"no kind":      {[]string{"--store", "awalmock.db"}, 2, `--store: must be memory, sqlite:FILE or postgres://USER@HOST/NAME, not "awalmock.db"`},
		"no file":      {[]string{"--store", "sqlite:"}, 2, "--store: name the file, as in sqlite:awalmock.db"},
		"other engine": {[]string{"--store", "mysql://x"}, 2, "--store: must be memory, sqlite:FILE or postgres"},
		"no key":       {[]string{"--store", "postgres://u:secret-word@127.0.0.1:1/d"}, 2, "--store-key: a store in PostgreSQL needs one: mockserver store key prints a new key"},
		"no server":    {[]string{"--store", "postgres://u:secret-word@127.0.0.1:1/d", "--store-key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}, 1, `--store postgres: cannot connect to 127.0.0.1:1, database "d", as "u"`},
		"no migration": {[]string{"migrate", "--store", "sqlite:x.db"}, 2, "only PostgreSQL is migrated by a command"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, printed := fails(t, nil, c.args...)
			if strings.Contains(printed, "secret-word") {
				t.Errorf("a password is shown: %s", printed)
			}
			if code != c.code || !strings.Contains(printed, c.want) || strings.Count(printed, "\n") != 1 {
				t.Errorf("%d %s, want %d %s", code, printed, c.code, c.want)
			}
		})
	}
}

func TestTheKeyOfAFileIsMadeBesideItAndMissedWhenItIsGone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	start := func() *process { return launch(t, nil, "--auth", "off", "--store", "sqlite:"+path) }
	m := start()
	if !strings.Contains(m.stderr.String(), "a key for the secrets in the store was made") {
		t.Errorf("the log says %s", m.stderr)
	}
	info, err := os.Stat(path + ".key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	origin := strings.TrimSuffix(m.url, "/api/developer")
	response, err := http.Post(origin+"/__admin/workspaces", "application/json", strings.NewReader(`{"domain":"my-shop"}`))
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("%v %v", response, err)
	}
	response.Body.Close()
	end := func(m *process) {
		t.Helper()
		if err := m.cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		if err := m.cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	end(m)
	key, err := os.ReadFile(path + ".key")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path + ".key"); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"their key, the file " + path + ".key, is missing: restore it, or give the key with --store-key": nil,
		"is encrypted with another key": {"--store-key", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="},
		"--store-key: must be 32 bytes in base64, as mockserver store key prints them": {"--store-key", "short"},
	} {
		_, said := fails(t, nil, append([]string{"--addr", "127.0.0.1:0", "--store", "sqlite:" + path}, args...)...)
		if !strings.Contains(said, want) || strings.Count(said, "\n") != 1 {
			t.Errorf("%s, want %s", said, want)
		}
	}
	end(launch(t, []string{"MOCK_STORE_KEY=" + strings.TrimSpace(string(key))}, "--auth", "off", "--quiet", "--store", "sqlite:"+path))
}

func TestStoreKeyPrintsAnotherKeyEachTime(t *testing.T) {
	t.Parallel()
	var keys [2]string
	for i := range keys {
		cmd, stdout, stderr := program(t, nil, "store", "key")
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v: %s", err, stderr)
		}
		keys[i] = stdout.String()
		if _, err := parseKeys(strings.TrimSpace(keys[i])); err != nil {
			t.Errorf("%q: %v", keys[i], err)
		}
	}
	if keys[0] == keys[1] {
		t.Error("both are the same")
	}
}
