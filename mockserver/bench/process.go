package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	serverCore = 0
	clientCore = 1
)

// A server is a server process that listens.
type server struct {
	name, addr string
	cmd        *exec.Cmd
	stdin      io.Closer
}

// command is a program on one core.
func (b *bench) command(ctx context.Context, core int, program string, args ...string) *exec.Cmd {
	if b.free {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Stderr = os.Stderr
		return cmd
	}
	if b.pinned {
		args = append([]string{"-c", strconv.Itoa(core), program}, args...)
		program = "taskset"
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Stderr = os.Stderr
	if !b.pinned {
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	}
	return cmd
}

// serve starts a server whose first line on stdout is its URL. input is what it reads at its start.
func (b *bench) serve(ctx context.Context, name string, input any, program string, args ...string) (*server, error) {
	cmd := b.command(ctx, serverCore, program, args...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{name: name, cmd: cmd, stdin: stdin}
	if input != nil {
		err = json.NewEncoder(stdin).Encode(input)
	}
	line, readErr := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || readErr != nil {
		s.stop()
		return nil, fmt.Errorf("%s did not start", name)
	}
	s.addr, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "http://"), "/")
	return s, nil
}

// serveMock starts the mock, without a limit on requests and without a log.
func (b *bench) serveMock(ctx context.Context, name string, flags ...string) (*server, error) {
	return b.serve(ctx, name, nil, b.mock, append(quietly(), flags...)...)
}

// quietly are the flags of a mock that is measured.
func quietly() []string { return []string{"--addr=127.0.0.1:0", "--quiet", "--rate-limit=off"} }

// withOther adds the other version of the mock to the servers that take turns, if one was given. stop ends it.
func (b *bench) withOther(ctx context.Context, servers ...*server) (all []*server, stop func(), err error) {
	if b.other == "" {
		return servers, func() {}, nil
	}
	s, err := b.serve(ctx, "the other version", nil, b.other, quietly()...)
	if err != nil {
		return nil, nil, err
	}
	return append(servers, s), s.stop, nil
}

// serveSelf starts a server of this program.
func (b *bench) serveSelf(ctx context.Context, name, role string, input any) (*server, error) {
	return b.serve(ctx, name, input, b.self, "as", role)
}

func (s *server) stop() {
	_ = s.stdin.Close()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // killed: its error says nothing new
}

// cpu is the time that the process has had on a core, to the nanosecond; 0 where there is no /proc.
func (s *server) cpu() time.Duration { return cpuOf(s.cmd.Process.Pid) }

func cpuOf(pid int) time.Duration {
	var all time.Duration
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		first, _, _ := strings.Cut(string(text), " ")
		ns, _ := strconv.ParseInt(first, 10, 64)
		all += time.Duration(ns)
	}
	return all
}

// memory is a line of /proc/PID/status in MB (10^6 bytes).
func (s *server) memory(key string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, found := strings.CutPrefix(line, key+":"); found {
			kib, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("/proc has no %s", key)
}

// ask lets a client process do a job.
func (b *bench) ask(ctx context.Context, j job) (result, error) {
	input, err := json.Marshal(j)
	if err != nil {
		return result{}, err
	}
	cmd := b.command(ctx, clientCore, b.self, "as", "client")
	cmd.Stdin = bytes.NewReader(input)
	output, err := cmd.Output()
	if err != nil {
		return result{}, fmt.Errorf("the client: %w", err)
	}
	var r result
	return r, json.Unmarshal(output, &r)
}
