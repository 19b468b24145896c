//go:build unix

package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// restartWithin is how long a server that was killed may refuse to start, because what it left behind has not ended yet.
const restartWithin = 20 * time.Second

// Kill ends the server as kill -9 does, and starts it again.
func (s *Server) Kill() error {
	text, err := os.ReadFile(filepath.Join(s.Dir, "data", "postmaster.pid"))
	if err != nil {
		return err
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	pid, err := strconv.Atoi(string(first))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); ; <-tick.C {
		if err = s.Control("start"); err == nil || time.Since(began) > restartWithin {
			return err
		}
	}
}

// Standby makes and starts a synchronous standby of the server: a commit waits until it has it. The caller has to Stop it.
func (s *Server) Standby() (*Server, error) {
	dir, err := os.MkdirTemp("", "awalmock-pg-")
	if err != nil {
		return nil, err
	}
	standby := &Server{Bin: s.Bin, Dir: dir, as: s.as}
	if s.as != nil {
		if err := os.Chown(dir, int(s.as.Credential.Uid), int(s.as.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	from := fmt.Sprintf("host=%s user=postgres application_name=standby", s.Dir)
	data := filepath.Join(dir, "data")
	if err := standby.Command("pg_basebackup", "-d", from, "-D", data, "-R", "-X", "stream", "-c", "fast"); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(file, "unix_socket_directories = '%s'\n", dir)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	return standby, standby.Control("start")
}

// Listen lets the server listen on an address as well, for roles from 10.198.0.0/15, without a password. It starts again.
func (s *Server) Listen(address string) error {
	for name, line := range map[string]string{
		"postgresql.conf": fmt.Sprintf("listen_addresses = '%s'\n", address), "pg_hba.conf": "host all all 10.198.0.0/15 trust\n",
	} {
		file, err := os.OpenFile(filepath.Join(s.Dir, "data", name), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = file.WriteString(line)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return s.Control("restart", "-m", "fast")
}

// Socket is the path of the socket that the server listens on.
func (s *Server) Socket() string { return filepath.Join(s.Dir, ".s.PGSQL.5432") }
