package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v4"
)

type action struct {
	Inputs map[string]any `yaml:"inputs"`
	Runs   struct {
		Steps []struct {
			ID  string            `yaml:"id"`
			Env map[string]string `yaml:"env"`
			Run string            `yaml:"run"`
		} `yaml:"steps"`
	} `yaml:"runs"`
}

// readAction gives an action, and the script and environment of its step that runs the program.
func readAction(t *testing.T, path string) (a action, script string, env map[string]string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err == nil {
		err = yaml.Unmarshal(raw, &a)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range a.Runs.Steps {
		if step.ID == "run" {
			return a, step.Run, step.Env
		}
	}
	t.Fatalf("%s has no step with the id run", path)
	return a, "", nil
}

func TestEachActionHasAnInputForEachFlagThatMakesSenseThere(t *testing.T) {
	t.Parallel()
	for path, command := range map[string]any{"action.yml": &flags{}, "receiver/action.yml": &receiverFlags{}} {
		a, _, env := readAction(t, path)
		parser, err := kong.New(command, kong.Vars{"capabilities": ""})
		if err != nil {
			t.Fatal(err)
		}
		for _, flag := range parser.Model.Flags {
			if strings.Contains(" help list matrix json config version self-check-limit ", " "+flag.Name+" ") {
				continue
			}
			variable := envPrefix + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
			if _, there := a.Inputs[flag.Name]; !there || env[variable] != "${{ inputs."+flag.Name+" }}" {
				t.Errorf("%s: --%s has no input, or does not get it as %s: %q", path, flag.Name, variable, env[variable])
			}
		}
	}
}

func TestTheActionTellsTheExitCodeAndRefusesAnEmptyAddress(t *testing.T) {
	t.Parallel()
	needs(t, "bash")
	_, script, _ := readAction(t, "action.yml")
	_, ofReceiver, _ := readAction(t, "receiver/action.yml")
	dir := t.TempDir()
	program := "#!/bin/sh\nmkdir -p report\nprintf '{\\n  \"verdict\": \"UNVERIFIED\",\\n' >report/report.json\nexit 3\n"
	if err := os.WriteFile(filepath.Join(dir, "contract-suite"), []byte(program), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		script, address, failOn string
		code                    int
		output                  string
	}{
		{script, "", "1 2 3", 2, "exit-code=2\nverdict=\n"},
		{script, "http://host", "1 2 3", 3, "exit-code=3\nverdict=UNVERIFIED\n"},
		{script, "http://host", "1 2", 0, "exit-code=3\nverdict=UNVERIFIED\n"},
		{ofReceiver, "", "1 2 3", 3, "exit-code=3\nverdict=UNVERIFIED\n"},
		{ofReceiver, "", "1 2", 0, "exit-code=3\nverdict=UNVERIFIED\n"},
	} {
		output := filepath.Join(t.TempDir(), "output")
		command := exec.Command("bash", "-e", "-o", "pipefail", "-c", test.script)
		command.Dir = dir
		command.Env = append(os.Environ(), "RUNNER_TEMP=.", "GITHUB_OUTPUT="+output, "CONTRACT_REPORT_DIR=report", "FAIL_ON="+test.failOn, "CONTRACT_BASE_URL="+test.address)
		printed, _ := command.CombinedOutput() // its exit code is what is looked at
		written, err := os.ReadFile(output)
		if code := command.ProcessState.ExitCode(); err != nil || code != test.code || string(written) != test.output {
			t.Errorf("%s %s: exit %d, %q (%v)\n%s", test.address, test.failOn, code, written, err, printed)
		}
	}
}
