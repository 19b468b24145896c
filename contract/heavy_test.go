package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/awalmock/contract/suite"
)

// asProgram makes this test binary the program itself, so that what a process uses can be measured.
const asProgram = "AWALMOCK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// heavyRows is an answer with many rows, a little other each time.
func heavyRows(n int, turn int64) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"status":true,"meta":{"total":%d,"unread_total":0,"turn":%d},"data":[`, n, turn)
	for i := range n {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, `{"id":%d,"phone":"9665%08d","name":"%s %d","last_message":"%s","last_message_type":"text","unread_count":0,"status":"opened","updated_at":"2024-01-20T10:30:00Z","created_at":"2024-01-20T10:30:00Z","assignee":null}`,
			i+1, i, strings.Repeat("n", 10), i+int(turn), strings.Repeat("m", 50))
	}
	out.WriteString("]}")
	return out.Bytes()
}

// gzipBomb is a GiB of zeros, compressed.
func gzipBomb() []byte {
	var out bytes.Buffer
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	block := make([]byte, 1<<20)
	for range 1024 {
		_, _ = w.Write(block)
	}
	_ = w.Close()
	return out.Bytes()
}

// heavyAnswers are answers of a hostile target, by what they are.
func heavyAnswers() map[string]func(out http.ResponseWriter) {
	var turn atomic.Int64
	rows, bomb := heavyRows(100_000, 0), gzipBomb()
	return map[string]func(out http.ResponseWriter){
		"100,000 rows": func(out http.ResponseWriter) { _, _ = out.Write(rows) },
		"30,000 rows, other ones each time": func(out http.ResponseWriter) {
			_, _ = out.Write(heavyRows(30_000, turn.Add(1)))
		},
		"a gzip bomb": func(out http.ResponseWriter) {
			out.Header().Set("Content-Encoding", "gzip")
			_, _ = out.Write(bomb)
		},
		"endless rows": func(out http.ResponseWriter) {
			_, _ = out.Write([]byte(`{"status":true,"data":[{"id":1}`))
			for line := []byte(strings.Repeat(`,{"id":2}`, 1000)); ; {
				if _, err := out.Write(line); err != nil {
					return
				}
			}
		},
		"many small values": func(out http.ResponseWriter) {
			_, _ = out.Write([]byte(`{"status":true,"data":[` + strings.Repeat("0,", 10<<20) + "0]}"))
		},
	}
}

func TestAHostileTargetNeitherFillsTheMemoryNorKeepsTheRunBeyondItsTime(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("it sends gigabytes, and measures as Linux does")
	}
	_, credentials := mockWithoutSignatures(t)
	for name, answer := range heavyAnswers() {
		target := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", "application/json")
			answer(out)
		}))
		command := exec.Command(os.Args[0], append([]string{"--json", "--timeout", "12s", "--base-url", target.URL + "/api/developer"}, credentials...)...)
		command.Env = []string{asProgram + "=1", "HOME=/"}
		var stdout, stderr bytes.Buffer
		command.Stdout, command.Stderr = &stdout, &stderr
		began := time.Now()
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		most := watchMemory(command)
		took := time.Since(began)
		target.Close()
		if most > 400 {
			t.Errorf("%s: %d MB", name, most)
		}
		if took > 17*time.Second { // a second, on a machine that has nothing else to do
			t.Errorf("%s: %s", name, took)
		}
		var r suite.Report
		switch code := command.ProcessState.ExitCode(); {
		case stdout.Len() == 0 && (code != 2 || strings.Count(stderr.String(), "\n") != 1):
			t.Errorf("%s: exit %d, %s", name, code, stderr.String())
		case stdout.Len() > 0 && json.Unmarshal(stdout.Bytes(), &r) != nil:
			t.Errorf("%s: no report", name)
		}
		t.Logf("%s: %d MB, %s, %.200s %s", name, most, took.Round(time.Second/10), stderr.String(), r.Why)
	}
}

// watchMemory waits for a process, and gives the most memory that it had, in MB. (What the system counts for a child that is over includes its
// parent's.)
func watchMemory(command *exec.Cmd) (most int) {
	over := make(chan struct{})
	go func() {
		_ = command.Wait() // its exit code is for the test to judge
		close(over)
	}()
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case <-over:
			return most
		case <-ticker.C:
			raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", command.Process.Pid))
			_, text, _ := strings.Cut(string(raw), "VmHWM:")
			var kilobytes int
			if _, err := fmt.Sscan(text, &kilobytes); err == nil {
				most = max(most, kilobytes>>10)
			}
		}
	}
}
