//go:build unix

// Package pgtest starts a PostgreSQL for tests, in a temporary folder, where one is installed.
package pgtest

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
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"example.com/awalmock/mockserver/internal/store/postgres"
)

// A Server is a PostgreSQL of tests. It listens on a socket in its folder.
type Server struct {
	Bin, Dir string // its programs and its folder
	as       *syscall.SysProcAttr
	count    atomic.Int64
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

// Start makes and starts a server. It does not run as root: then it runs as the user postgres. An error says why there is none. The caller has to
// Stop it.
func Start() (*Server, error) {
	bin, err := installed()
	if err != nil {
		return nil, err
	}
	s := &Server{Bin: bin}
	if s.Dir, err = os.MkdirTemp("", "awalmock-pg-"); err != nil {
		return nil, err
	}
	if os.Getuid() == 0 {
		if err := s.become("postgres"); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(s.Dir, "data")
	if err := s.Command("initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C"); err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("listen_addresses = ''\nunix_socket_directories = '%s'\nmax_connections = 300\nshared_buffers = 32MB\n", s.Dir)
	file, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = file.WriteString(settings)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return s, s.Control("start")
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	err := s.Control("stop", "-m", "immediate")
	return errors.Join(err, os.RemoveAll(s.Dir))
}

// become lets the server's programs run as a user.
func (s *Server) become(name string) error {
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
	return os.Chown(s.Dir, int(uid), int(gid))
}

// Control runs pg_ctl on the server: start, stop, promote.
func (s *Server) Control(args ...string) error {
	return s.Command("pg_ctl", append([]string{"-D", filepath.Join(s.Dir, "data"), "-l", filepath.Join(s.Dir, "log"), "-w"}, args...)...)
}

// Command runs a program of PostgreSQL as the server's user.
func (s *Server) Command(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(s.Bin, program), args...)
	cmd.Dir, cmd.SysProcAttr = s.Dir, s.as
	cmd.Env = []string{"PATH=" + s.Bin, "LC_ALL=C"}
	// The server that pg_ctl starts keeps its output open: a pipe would not end.
	said, err := os.CreateTemp(s.Dir, "said-")
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

// URL is the address of a database for a role.
func (s *Server) URL(role, database string) string {
	return fmt.Sprintf("postgres://%s@/%s?host=%s", role, database, s.Dir)
}

// Exec runs statements as the superuser.
func (s *Server) Exec(t *testing.T, database string, statements ...string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.URL("postgres", database))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background()) //nolint:errcheck // every statement was looked at
	for _, statement := range statements {
		if _, err := c.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// Database makes an empty database with an owner and a role for the mock, and gives the addresses of both.
func (s *Server) Database(t *testing.T) (name, owner, mock string) {
	t.Helper()
	name = fmt.Sprint("t", s.count.Add(1))
	s.Exec(t, "postgres", "CREATE ROLE "+name+"_owner LOGIN", "CREATE ROLE "+name+"_mock LOGIN", "CREATE DATABASE "+name+" OWNER "+name+"_owner")
	return name, s.URL(name+"_owner", name), s.URL(name+"_mock", name)
}

// Migrated is a database with the layout, that the mock's role may use.
func (s *Server) Migrated(t *testing.T) (name, mock string) {
	t.Helper()
	name, owner, mock := s.Database(t)
	if _, err := postgres.Migrate(t.Context(), owner); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, name, strings.Split(strings.TrimSuffix(Grants(name+"_mock"), ";"), "; ")...)
	return name, mock
}

// Grants are the statements that let a role run the mock.
func Grants(role string) string {
	return fmt.Sprintf("GRANT USAGE ON SCHEMA awalmock TO \"%[1]s\"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA awalmock TO \"%[1]s\";", role)
}

// A Shared server is one that the tests of a package share. It starts when it is first asked for.
type Shared struct {
	once   sync.Once
	server *Server
	err    error
}

// Get is the server. Without one the test is skipped; .ci/run installs it.
func (s *Shared) Get(t *testing.T) *Server {
	t.Helper()
	s.once.Do(func() { s.server, s.err = Start() })
	if s.err != nil {
		t.Skip(s.err)
	}
	return s.server
}

// Run runs the tests of a package, ends the server, and gives the exit code.
func (s *Shared) Run(m *testing.M) int {
	code := m.Run()
	if s.server != nil {
		if err := s.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	return code
}
