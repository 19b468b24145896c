//go:build unix

package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store/postgres"
)

// A server is a PostgreSQL of these tests, in a temporary folder.
type server struct {
	bin, dir string // its programs and its folder
	as       *syscall.SysProcAttr
	count    atomic.Int64
}

// shared is the server of all tests but those that stop theirs; nil: none is installed, and missing says why.
var (
	shared  *server
	missing error
)

func TestMain(m *testing.M) {
	shared, missing = newServer()
	code := m.Run()
	if shared != nil {
		if err := shared.control("stop", "-m", "immediate"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

// installed finds the folder of initdb and pg_ctl: Debian keeps them out of the path.
func installed() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: apt-get install postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// newServer makes and starts a server that listens on a socket in its folder. It does not run as root: then it runs as the user postgres.
func newServer() (*server, error) {
	bin, err := installed()
	if err != nil {
		return nil, err
	}
	s := &server{bin: bin}
	if s.dir, err = os.MkdirTemp("", "awalmock-pg-"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if err := s.become("postgres"); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(s.dir, "data")
	if err := s.command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"); err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("listen_addresses = ''\nunix_socket_directories = '%s'\nmax_connections = 300\nshared_buffers = 32MB\n", s.dir)
	file, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = file.WriteString(settings)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return s, s.control("start")
}

// become lets the server's programs run as a user.
func (s *server) become(name string) error {
	u, err := user.Lookup(name)
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return os.Chown(s.dir, int(uid), int(gid))
}

func (s *server) control(args ...string) error {
	return s.command("pg_ctl", append([]string{"-D", filepath.Join(s.dir, "data"), "-l", filepath.Join(s.dir, "log"), "-w"}, args...)...)
}

func (s *server) command(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.SysProcAttr = s.dir, s.as
	cmd.Env = []string{"PATH=" + s.bin, "LC_ALL=C"}
	// The server that pg_ctl starts keeps its output open: a pipe would not end.
	said, err := os.CreateTemp(s.dir, "said-")
	if err != nil {
		return err
	}
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(said.Name())
		return fmt.Errorf("%s: %w: %s", program, err, text)
	}
	return nil
}

// url is the address of a database for a role.
func (s *server) url(role, database string) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s", role, database, s.dir)
}

// exec runs statements as the superuser.
func (s *server) exec(t *testing.T, database string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.url("postgres", database))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	for _, statement := range statements {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// database makes an empty database with an owner and a role for the mock, and gives the addresses of both.
func (s *server) database(t *testing.T) (name, owner, mock string) {
	t.Helper()
	name = fmt.Sprint("t", s.count.Add(1))
	s.exec(t, "postgres", "CREATE ROLE "+name+"_owner LOGIN", "CREATE ROLE "+name+"_mock LOGIN", "CREATE DATABASE "+name+" OWNER "+name+"_owner")
	return name, s.url(name+"_owner", name), s.url(name+"_mock", name)
}

// migrated is a database with the layout, that the mock's role may use.
func (s *server) migrated(t *testing.T) (name, mock string) {
	t.Helper()
	name, owner, mock := s.database(t)
	if _, err := postgres.Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	s.exec(t, name, strings.Split(strings.TrimSuffix(grants(name+"_mock"), ";"), "; ")...)
	return name, mock
}

func grants(role string) string {
	return fmt.Sprintf("GRANT USAGE ON SCHEMA awalmock TO \"%[1]s\"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA awalmock TO \"%[1]s\";", role)
}

// needsServer is the server of the tests. Without one the test is skipped; .ci/run installs it.
func needsServer(t *testing.T) *server {
	t.Helper()
	if missing != nil {
		t.Skip(missing)
	}
	return shared
}
