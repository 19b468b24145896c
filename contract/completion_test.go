package main

import (
	"strings"
	"testing"

	"example.com/awalmock/contract/suite"
)

func TestCompletionAndManPageAreThoseOfThisProgram(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if code, stdout, stderr := contract(t, nil, "completion", shell); code != 0 || !strings.Contains(stdout, "base-url") || !strings.Contains(stdout, "receiver") || stderr != "" {
			t.Errorf("%s: exit %d, %.200s %s", shell, code, stdout, stderr)
		}
	}
	if code, stdout, stderr := contract(t, nil, "man"); code != 0 || !strings.HasPrefix(stdout, ".TH CONTRACT 1") || !strings.Contains(stdout, `\-\-hmac\-secret`) || stderr != "" {
		t.Errorf("exit %d, %.200s %s", code, stdout, stderr)
	}
	if code, _, stderr := contract(t, nil, "completion", "tcsh"); code != 2 || !strings.Contains(stderr, "bash") || strings.Count(stderr, "\n") != 1 {
		t.Errorf("an unknown shell: exit %d, %s", code, stderr)
	}
}

func TestTheHelpNamesEachCapability(t *testing.T) {
	t.Parallel()
	_, help, _ := contract(t, nil, "--help")
	help = strings.Join(strings.Fields(help), " ")
	for _, c := range suite.Capabilities() {
		if !strings.Contains(help, " "+c.Name+",") && !strings.Contains(help, " "+c.Name+". ") {
			t.Errorf("no %s", c.Name)
		}
	}
}
