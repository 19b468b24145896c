//go:build unix

package cli

import (
	"database/sql"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// otherKey is another key than storeKey.
const otherKey = "OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg="

// withoutTLS is a server that refuses to encrypt a connection, as a PostgreSQL without a certificate does.
func withoutTLS(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			asked := make([]byte, 8) // SSLRequest
			if _, err := io.ReadFull(c, asked); err == nil {
				_, _ = c.Write([]byte("N"))
			}
			_ = c.Close()
		}
	}()
	return listener.Addr().String()
}

// usedFile is a file of SQLite that a mock with a created workspace has used, with its key beside it.
func usedFile(t *testing.T, change string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "awalmock.db")
	m := launch(t, nil, standing("--store", "sqlite:"+path)...)
	happen(t, m)
	m.end(t)
	if change == "" {
		return path
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	return path
}

// copyOf is a copy of a file of SQLite and its key: one mock at a time may use one.
func copyOf(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, end := range []string{"", ".key"} {
		text, err := os.ReadFile(path + end)
		if err == nil {
			err = os.WriteFile(to+end, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func TestAStoreThatDoesNotFitEndsTheStartWithOneLineAndExitCode1(t *testing.T) {
	t.Parallel()
	path := usedFile(t, "")
	server := database.Get(t)
	name, url := server.Migrated(t)
	env := []string{"MOCK_STORE_KEY=" + storeKey}
	m := launch(t, env, standing("--store", url)...)
	happen(t, m)
	m.end(t)
	_, empty, _ := server.Database(t)
	type refusal struct {
		store string
		args  []string
		want  string
	}
	for what, c := range map[string]refusal{
		"another seed":     {"sqlite:" + copyOf(t, path), []string{"--seed", "2"}, "the events are of another seed: 1, and this mock has 2; start with what the store was made with, or take another one"},
		"another clock":    {"sqlite:" + copyOf(t, path), []string{"--clock", "real"}, "the events are of another clock: standing (--clock=INSTANT), and this mock has running (--clock=real)"},
		"a wrong key":      {"sqlite:" + copyOf(t, path), []string{"--store-key", otherKey}, "is encrypted with another key; give the key that was used, alone or behind a new one: --store-key NEW,OLD"},
		"a newer version":  {"sqlite:" + usedFile(t, "PRAGMA user_version = 99"), nil, "was written by a newer version of the mock (layout 99;"},
		"a gap":            {"sqlite:" + usedFile(t, "DELETE FROM event WHERE workspace = 'my-shop' AND seq = 2"), nil, "workspace my-shop: events are missing"},
		"a broken event":   {"sqlite:" + usedFile(t, "UPDATE event SET data = x'7b' WHERE workspace = 'your-workspace' AND seq = 5"), nil, "workspace your-workspace: event 5 cannot be read"},
		"PG: another seed": {url, []string{"--seed", "2"}, "another seed"},
		"PG: a wrong key":  {url, []string{"--store-key", otherKey}, "is encrypted with another key; give the key that was used"},
		"PG: no tables":    {empty, nil, "make them with mockserver migrate --store OWNER-URL"},
		"PG: no database":  {server.URL("postgres", "nowhere"), nil, `database "nowhere" does not exist`},
		"PG: the owner":    {server.URL("postgres", name), nil, "owns the tables or may look past row-level security"},
		"PG: no role":      {server.URL("nobody", name), nil, `role "nobody" does not exist`},
		"PG: no TLS":       {"postgres://u:secret-word@" + withoutTLS(t) + "/d?sslmode=require", nil, "the server has no TLS, and the address asks for it (sslmode)"},
		"PG: no address":   {"postgres://u:secret-word@h:x/d", nil, "is no address of a database, such as postgres://user:password@host:5432/name"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			args := append([]string{"--addr", "127.0.0.1:0", "--quiet", "--store", c.store}, c.args...)
			if !slices.Contains(c.args, "--clock") {
				args = append(args, "--clock", "2024-01-20T12:00:00Z")
			}
			variables := env
			if strings.HasPrefix(c.store, "sqlite:") {
				variables = nil
			}
			code, said := fails(t, variables, args...)
			if strings.Contains(said, "secret-word") || strings.Contains(said, otherKey) {
				t.Errorf("a secret is shown: %s", said)
			}
			if (code != 1 && code != 2) || !strings.Contains(said, c.want) || strings.Count(said, "\n") != 1 {
				t.Errorf("%d %s, want %s", code, said, c.want)
			}
		})
	}
}

func TestAReadOnlyFolderIsRefusedInOneLine(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere; the store's own tests mount a read-only disk")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if code, said := fails(t, nil, "--addr", "127.0.0.1:0", "--store", "sqlite:"+filepath.Join(dir, "x.db")); code != 1 || !strings.Contains(said, "cannot be written") {
		t.Errorf("%d %s", code, said)
	}
}
