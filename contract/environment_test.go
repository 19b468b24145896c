package main

import (
	"strings"
	"testing"
)

func TestAnEmptyVariableIsOneThatIsNotSetAndSpaceAroundAValueDoesNotCount(t *testing.T) {
	t.Parallel()
	var env []string
	for _, name := range strings.Fields("BASE_URL DOMAIN SEED TIMEOUT MAX_REQUESTS STRICT JSON CAPABILITY ONLY PROFILE SIGNED_PATH CONFIG SPEC CA_FILE BASELINE HMAC_SECRET INSECURE") {
		env = append(env, envPrefix+name+"=", envPrefix+name+"= \t")
	}
	f, err := parse(nil, env, nil)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := parse(nil, nil, nil)
	if err != nil || f.Seed != plain.Seed || f.Timeout != plain.Timeout || f.BaseURL != "" || f.Strict || f.Profile != plain.Profile || len(f.Capability) != 0 || len(f.Unknown) != 0 {
		t.Errorf("%+v: %v", f, err)
	}
	f, err = parse(nil, []string{"CONTRACT_SEED= 7 ", "CONTRACT_STRICT=true\r", "CONTRACT_DOMAIN=\ta b\n"}, nil)
	if err != nil || f.Seed != 7 || !f.Strict || f.Domain != "a b" {
		t.Errorf("%+v: %v", f, err)
	}
}

func TestAVariableThatSetsNothingIsNamedWithTheNearestKnownOne(t *testing.T) {
	t.Parallel()
	env := []string{"CONTRACT_STRIT=true", "CONTRACT_BASEURL=http://x", "CONTRACT_TOKEN=x", "CONTRACT_MUTANTS_COUNT=3", "CONTRACT_VERSION=2", "CONTRACTS_SEED=4", "OTHER=1"}
	code, _, stderr := contract(t, env, "--list")
	want := `contract: warning: CONTRACT_BASEURL in the environment is not a setting of this program and is ignored; did you mean CONTRACT_BASE_URL?
contract: warning: CONTRACT_STRIT in the environment is not a setting of this program and is ignored; did you mean CONTRACT_STRICT?
contract: warning: CONTRACT_TOKEN in the environment is not a setting of this program and is ignored; --help lists the settings
contract: warning: CONTRACT_VERSION in the environment is not a setting of this program and is ignored; --help lists the settings
`
	if code != 0 || stderr != want {
		t.Errorf("exit %d:\n%s", code, stderr)
	}
}

func TestAMisspeltAddressOfTheTargetDoesNotLetTheMockPassInItsPlace(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := contract(t, []string{"CONTRACT_BASE_ULR=http://127.0.0.1:1"})
	if code != 2 || stdout != "" || !strings.Contains(stderr, "did you mean CONTRACT_BASE_URL?") {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}

func TestAWrongValueIsBlamedOnTheVariableThatHasIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ env, arg, want string }{
		{"CONTRACT_SEED=x", "--list", "(set by CONTRACT_SEED in the environment)"},
		{"CONTRACT_TIMEOUT=-1s", "--list", "--timeout must be positive, not -1s (set by CONTRACT_TIMEOUT in the environment)"},
		{"CONTRACT_SPEC=/nowhere.yaml", "--list", "/nowhere.yaml: no such file or directory (set by CONTRACT_SPEC in the environment)"},
	} {
		if code, _, stderr := contract(t, []string{c.env}, c.arg); code != 2 || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: exit %d: %s", c.env, code, stderr)
		}
	}
	if code, _, stderr := contract(t, []string{"CONTRACT_SEED=x"}, "--seed=y", "--list"); code != 2 || strings.Contains(stderr, "CONTRACT_SEED") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, _, stderr := contract(t, []string{"CONTRACT_SEED=x"}, "--seed=4", "--list"); code != 0 {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestAFlagThatIsGivenNothingIsRefused(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--base-url", "--hmac-secret", "--domain", "--report-dir", "--spec", "--config", "--control-token", "--profile", "--signed-path", "--only", "--capability", "--send-to"} {
		if code, _, stderr := contract(t, []string{"CONTRACT_DOMAIN=d"}, flag, "", "--list"); code != 2 || !strings.Contains(stderr, flag+": is empty") {
			t.Errorf("%s: exit %d: %s", flag, code, stderr)
		}
	}
}
