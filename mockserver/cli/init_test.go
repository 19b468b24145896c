package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// initialized is a folder in which the command init has run.
func initialized(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "my demo")
	cmd, stdout, stderr := program(t, nil, "init", folder)
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if printed := stdout.String(); !strings.Contains(printed, `cd "`+folder+`" && mockserver --config awalmock.yaml`) {
		t.Errorf("it says %s", printed)
	}
	return folder
}

func TestInit_WritesSettingsAndFixturesThatTheMockStartsWith(t *testing.T) {
	t.Parallel()
	folder := initialized(t)
	config := filepath.Join(folder, "awalmock.yaml")
	// The file names the fixtures as it is read from its own folder.
	p := launch(t, nil, "--config", config, "--auth", "off", "--fixtures", filepath.Join(folder, "fixtures"))
	r, err := http.Get(p.url + "/conversations/1?phone_number_id=123456")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("status %d, want 200", r.StatusCode)
	}
}

func TestInit_NeverOverwrites(t *testing.T) {
	t.Parallel()
	folder := initialized(t)
	workspace := filepath.Join(folder, "fixtures", "workspaces", "my-shop.yaml")
	if err := os.WriteFile(workspace, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folder, "awalmock.yaml")); err != nil {
		t.Fatal(err)
	}
	code, printed := fails(t, nil, "init", folder)
	text, err := os.ReadFile(workspace)
	if code != 2 || !strings.Contains(printed, workspace+" exists and is left as it is") || err != nil || string(text) != "mine" {
		t.Errorf("exit %d, %s; the file holds %q (%v)", code, printed, text, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "awalmock.yaml")); err == nil {
		t.Error("the settings were written although the workspace was refused")
	}
}

func TestInit_TheSettingsNameEveryFlagWithItsDefault(t *testing.T) {
	t.Parallel()
	folder := initialized(t)
	text, err := os.ReadFile(filepath.Join(folder, "awalmock.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	// What is in a comment is set now: each line must be one that the mock takes, and must change nothing.
	var lines []string
	for line := range strings.Lines(string(text)) {
		if setting, ok := strings.CutPrefix(line, "#"); ok && !strings.HasPrefix(setting, " ") {
			line = setting
		}
		lines = append(lines, line)
	}
	file := filepath.Join(t.TempDir(), "all.yaml")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	var c cli
	parser, err := kong.New(&c, kong.Vars{"version": "", "name": ""})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range parser.Model.DefaultCmd.Flags {
		if !strings.Contains(string(text), "\n#"+flag.Name+":") && flag.Name != "fixtures" {
			t.Errorf("%s is not named", flag.Name)
		}
	}
	got, want := parsed(t, nil, "--config", file), parsed(t, nil, "--fixtures", "fixtures")
	if fmt.Sprintf("%+v", *got) != fmt.Sprintf("%+v", *want) {
		t.Errorf("with each line set\n%+v\nwant the defaults\n%+v", *got, *want)
	}
}
