// Package embedded_test runs the suite inside a caller's own Ginkgo suite, and checks that all ways of running the suite give the same results.
package embedded_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/onsi/ginkgo/v2/ginkgo/command"
	ginkgorun "github.com/onsi/ginkgo/v2/ginkgo/run"

	"example.com/awalmock/contract/suite"
	"example.com/awalmock/mockserver/server"
)

// asGinkgo makes this test binary Ginkgo's own command.
const asGinkgo = "EMBEDDED_AS_GINKGO"

func TestMain(m *testing.M) {
	if os.Getenv(asGinkgo) != "" {
		command.Program{Name: "ginkgo", DefaultCommand: ginkgorun.BuildRunCommand()}.RunAndExit(os.Args)
	}
	code := m.Run()
	if dir, err := programs(); err == nil && dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// programs builds the program and the conformance suite, once, into a directory.
var programs = sync.OnceValues(func() (dir string, err error) {
	dir, err = os.MkdirTemp("", "ways")
	if err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"build", "-o", filepath.Join(dir, "contract"), "example.com/awalmock/contract"},
		{"test", "-c", "-o", filepath.Join(dir, "conformance.test"), "example.com/awalmock/contract/conformance"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			return dir, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
	}
	return dir, nil
})

// built is the path of a program.
func built(t *testing.T, name string) string {
	t.Helper()
	dir, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

// A fault changes what the mock answers. It reports whether it has answered.
type fault func(http.ResponseWriter, *http.Request) bool

// acceptsAWord is a fault: one status word that the contract does not have is accepted, with an empty list.
func acceptsAWord(out http.ResponseWriter, r *http.Request) bool {
	if r.URL.Query().Get("status") != "nosuchword" {
		return false
	}
	out.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(out, `{"status":true,"data":[],"meta":{"total":0,"unread_total":0}}`)
	return true
}

// target serves a mock, correct or with a fault. The rate limit is large enough for three processes, and small enough to matter.
func target(t *testing.T, broken fault) suite.Config {
	t.Helper()
	s, err := server.New(server.Options{RateLimit: "720/1m"})
	if err != nil {
		t.Fatal(err)
	}
	served := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if broken == nil || !broken(out, r) {
			s.ServeHTTP(out, r)
		}
	}))
	t.Cleanup(served.Close)
	list := s.Workspaces()
	credentials := func(i int) suite.Credentials {
		return suite.Credentials{Domain: list[i].Domain, ClientID: list[i].ClientID, HMACSecret: list[i].Secret, PhoneNumberID: list[i].PhoneNumberIDs[0]}
	}
	return suite.Config{
		BaseURL: served.URL + "/api/developer", Credentials: credentials(0), Second: credentials(1), Strict: true, Seed: 1,
		Capabilities: []string{suite.CapabilitySecondClient},
	}
}

// environment are the variables of a process that checks the same as cfg.
func environment(cfg suite.Config, more ...string) []string {
	env := append(os.Environ(), "CONTRACT_BASE_URL="+cfg.BaseURL, fmt.Sprint("CONTRACT_STRICT=", cfg.Strict), "CONTRACT_CAPABILITY="+strings.Join(cfg.Capabilities, ","))
	for prefix, c := range map[string]suite.Credentials{"CONTRACT_": cfg.Credentials, "CONTRACT_SECOND_": cfg.Second} {
		env = append(env, prefix+"DOMAIN="+c.Domain, prefix+"CLIENT_ID="+c.ClientID, prefix+"HMAC_SECRET="+c.HMACSecret, prefix+"PHONE_NUMBER_ID="+c.PhoneNumberID)
	}
	return append(env, more...)
}

// An ending is how a process ended, and the report that it wrote.
type ending struct {
	code   int
	output string
	report *suite.Report // nil: it wrote none
}

// start begins a process that writes its report into a directory; the function that it returns waits for its end.
func start(t *testing.T, cfg suite.Config, env []string, name string, args ...string) (*exec.Cmd, func() ending) {
	t.Helper()
	dir := t.TempDir()
	process := exec.CommandContext(t.Context(), name, args...)
	process.Env = environment(cfg, append(env, "CONTRACT_REPORT_DIR="+dir)...)
	var output strings.Builder
	process.Stdout, process.Stderr = &output, &output
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a group of its own, as a shell makes one
	process.Cancel = func() error { return syscall.Kill(-process.Process.Pid, syscall.SIGKILL) }
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	return process, func() ending {
		t.Helper()
		if err := process.Wait(); err != nil && !errors.As(err, new(*exec.ExitError)) {
			t.Fatal(err)
		}
		end := ending{code: process.ProcessState.ExitCode(), output: output.String()}
		if raw, err := os.ReadFile(filepath.Join(dir, "report.json")); err == nil {
			end.report = &suite.Report{}
			if err := json.Unmarshal(raw, end.report); err != nil {
				t.Fatal(err)
			}
		}
		return end
	}
}

// interrupt does what Ctrl-C does: it interrupts a process and those that it has started.
func interrupt(t *testing.T, process *exec.Cmd) {
	t.Helper()
	if err := syscall.Kill(-process.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
}

// conformance runs the conformance suite with flags of Ginkgo.
func conformance(t *testing.T, cfg suite.Config, flags ...string) ending {
	t.Helper()
	_, wait := start(t, cfg, nil, built(t, "conformance.test"), append([]string{"-ginkgo.no-color", "-ginkgo.seed=1"}, flags...)...)
	return wait()
}

// ginkgo runs a test binary with Ginkgo's command.
func ginkgo(t *testing.T, cfg suite.Config, binary string, flags ...string) ending {
	t.Helper()
	_, wait := startGinkgo(t, cfg, binary, flags...)
	return wait()
}

// startGinkgo is start for Ginkgo's command.
func startGinkgo(t *testing.T, cfg suite.Config, binary string, flags ...string) (*exec.Cmd, func() ending) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, cfg, []string{asGinkgo + "=1"}, self, append(append([]string{"--no-color", "--seed=1"}, flags...), binary)...)
}
