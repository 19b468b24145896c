package cli

import (
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const stale = "http://127.0.0.1:1/api/developer\n" // of an earlier run

func gone(t *testing.T, file string) {
	t.Helper()
	if text, err := os.ReadFile(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is there: %v %q", file, err, text)
	}
}

func TestAScriptThatWaitsForTheAddressFileFindsEachRunsOwnAddress(t *testing.T) {
	t.Parallel()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	printed := shell(t, `cd '`+t.TempDir()+`'
for i in 1 2 3; do
	'`+path+`' --addr 127.0.0.1:0 --addr-file f --auth=off >banner 2>&1 & mock=$!
	until [ -s f ]; do sleep .02; done
	curl -sS -o /dev/null -w '%{http_code} ' "$(cat f)/templates"
	kill $mock; wait $mock
	[ ! -e f ] && echo gone
done; ls -A`)
	if printed != "200 gone\n200 gone\n200 gone\nbanner\n" {
		t.Error(printed)
	}
}

func TestTheAddressOfAnEarlierRunIsGoneAfterAFailedStart(t *testing.T) {
	t.Parallel()
	running := launch(t, nil)
	taken := strings.TrimSuffix(strings.TrimPrefix(running.url, "http://"), "/api/developer")
	for name, c := range map[string]struct{ env, args []string }{
		"a wrong flag":             {nil, []string{"--nothing", "--addr-file", "@"}},
		"a wrong flag and =":       {nil, []string{"--addr-file=@", "--seed", "x"}},
		"a wrong flag, a variable": {[]string{"MOCK_ADDR_FILE=@"}, []string{"--nothing"}},
		"a wrong value":            {nil, []string{"--auth", "x", "--addr-file", "@"}},
		"no document":              {nil, []string{"--addr-file", "@", "--spec", "/nowhere.yaml"}},
		"a taken port":             {nil, []string{"--addr-file", "@", "--addr", taken}},
	} {
		file := write(t, "addr", stale)
		insert := func(list []string) (out []string) {
			for _, s := range list {
				out = append(out, strings.ReplaceAll(s, "@", file))
			}
			return out
		}
		if code, printed := fails(t, insert(c.env), insert(c.args)...); code == 0 {
			t.Errorf("%s: %s", name, printed)
		}
		gone(t, file)
	}
}

func TestTheAddressFileIsRemovedOnEverySignalThatEndsTheMock(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if signal.Ignored(sig) { // these tests run under nohup, and so does the mock
			continue
		}
		file := write(t, "addr", stale)
		p := launch(t, nil, "--addr-file", file)
		if text, err := os.ReadFile(file); err != nil || string(text) != p.url+"\n" {
			t.Errorf("%v: %q, %v", sig, text, err)
		}
		if err := p.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		if _, err := p.ends(t); err != nil {
			t.Errorf("%v: %v: %s", sig, err, p.stderr)
		}
		gone(t, file)
	}
}

func TestTheAddressOfAnotherMockInTheSameFileStaysWhenTheFirstEnds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "addr")
	first := launch(t, nil, "--addr-file", file)
	second := launch(t, nil, "--addr-file", file)
	if err := first.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, err := first.ends(t); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != second.url+"\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestOnlyAnOrdinaryFileIsTakenAwayForTheAddress(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, path := range []string{folder, "/dev/null"} {
		if code, printed := fails(t, nil, "--addr", "127.0.0.1:0", "--addr-file", path); code != 1 || !strings.Contains(printed, "--addr-file: "+path+" is no ordinary file") {
			t.Errorf("exit %d: %s", code, printed)
		}
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	file := write(t, "addr", stale)
	for _, args := range [][]string{{"sign", "GET", "/templates"}, {"sign", "GET"}, {"--help"}, {"--version"}} {
		cmd, _, _ := program(t, []string{"MOCK_ADDR_FILE=" + file}, args...)
		_ = cmd.Run() // one of them is wrong use
		if text, err := os.ReadFile(file); err != nil || string(text) != stale {
			t.Errorf("%v took the file of a running mock away: %v", args, err)
		}
	}
}
