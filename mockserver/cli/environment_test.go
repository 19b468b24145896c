package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// parsed is what the command line and the environment ask for.
func parsed(t *testing.T, env []string, args ...string) *serveCommand {
	t.Helper()
	command, err := parse(args, readEnvironment(env), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	return command.(*serveCommand)
}

func TestAnEmptyVariableIsOneThatIsNotSetWhateverTheFlag(t *testing.T) {
	t.Parallel()
	command := reflect.TypeFor[serveCommand]()
	var empty []string
	for i := range command.NumField() {
		field := command.Field(i)
		if field.Tag.Get("kong") == "-" {
			continue
		}
		var name strings.Builder // CORSOrigin and the like have a name of their own, which is a variable as well
		for j, letter := range field.Name {
			if j > 0 && letter >= 'A' && letter <= 'Z' {
				name.WriteByte('_')
			}
			name.WriteRune(letter)
		}
		flag := field.Tag.Get("name")
		if flag == "" {
			flag = strings.ReplaceAll(name.String(), "_", "-")
		}
		empty = append(empty, variable(flag)+"=", variable(flag)+"= \t\r\n")
	}
	if len(empty) < 50 {
		t.Fatal(empty)
	}
	if got, want := parsed(t, empty), parsed(t, nil); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\n%+v", got, want)
	}
	p := launch(t, []string{"MOCK_ADDR=", "MOCK_SEED=", "MOCK_CLOCK= ", "MOCK_TLS=", "MOCK_SPEC=", "MOCK_CONTROL_TOKEN="})
	if log := p.stderr.String(); log != "" {
		t.Errorf("it says %s", log)
	}
}

func TestSpaceAroundAVariablesValueDoesNotCount(t *testing.T) {
	t.Parallel()
	c := parsed(t, []string{"MOCK_SEED= 7\r\n", "MOCK_STRICT=\ttrue ", "MOCK_RATE_LIMIT= 9/1m"})
	if c.Seed != 7 || !c.Strict || c.RateLimit != "9/1m" {
		t.Errorf("%+v", c)
	}
}

func TestAVariableThatSetsNothingIsNamedInTheLogWithTheNearestKnownOne(t *testing.T) {
	t.Parallel()
	p := launch(t, []string{"MOCK_RATELIMIT=off", "MOCK_AUHT=off", "MOCK_PORT=5000", "MOCKS=1", "MOCK_HMAC_SECRET=x", "MOCK_VERSION=9", "MOCK_STRIT=", "MOCK_seed=2", "mock_rate_limit=off"}, "--log-format", "json")
	var printed []string
	for line := range strings.Lines(p.stderr.String()) {
		var entry struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level != "WARN" {
			t.Errorf("%v: %s", err, line)
		}
		name, _, _ := strings.Cut(entry.Msg, " ")
		_, advice, _ := strings.Cut(entry.Msg, "; ")
		printed = append(printed, name+": "+advice)
	}
	want := []string{
		"MOCK_AUHT: did you mean MOCK_AUTH?", "MOCK_PORT: --help lists the settings", "MOCK_RATELIMIT: did you mean MOCK_RATE_LIMIT?", "MOCK_VERSION: --help lists the settings",
		"MOCK_seed: did you mean MOCK_SEED?", "mock_rate_limit: did you mean MOCK_RATE_LIMIT?",
	}
	if !reflect.DeepEqual(printed, want) {
		t.Errorf("%q", printed)
	}
	if quiet := launch(t, []string{"MOCK_RATELIMIT=off"}, "--quiet"); !strings.Contains(quiet.stderr.String(), "did you mean MOCK_RATE_LIMIT?") {
		t.Errorf("--quiet hides it: %s", quiet.stderr)
	}
	cmd, _, stderr := program(t, []string{"MOCK_DOMIAN=x"}, "sign", "GET", "/templates")
	if err := cmd.Run(); err != nil || !strings.Contains(stderr.String(), "did you mean MOCK_DOMAIN?") {
		t.Errorf("%v: %s", err, stderr)
	}
}

func TestAWrongValueIsBlamedOnTheVariableThatHasIt(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]string{
		"MOCK_SEED=x": "--seed: must be a whole number from 1 to 18446744073709551615, not \"x\" (set by MOCK_SEED in the environment) (see --help)\n", "MOCK_AUTH=x": "(set by MOCK_AUTH in the environment)",
		"MOCK_STRICT=perhaps": "(set by MOCK_STRICT in the environment)", "MOCK_LATENCY=-1s": "(set by MOCK_LATENCY in the environment)",
		"MOCK_SPEC=/nowhere.yaml": "(set by MOCK_SPEC in the environment)", "MOCK_CLOCK=noon": "(set by MOCK_CLOCK in the environment)",
	} {
		if _, printed := fails(t, []string{env}, "--addr", "127.0.0.1:0"); !strings.Contains(printed, want) {
			t.Errorf("%s: %s", env, printed)
		}
	}
	if _, printed := fails(t, []string{"MOCK_AUTH=y"}, "--auth=x"); strings.Contains(printed, "MOCK_AUTH") {
		t.Error(printed)
	}
	p := launch(t, []string{"MOCK_AUTH=x", "MOCK_SEED=x"}, "--auth", "off", "--seed", "4")
	if response, err := http.Get(p.url + "/templates"); err != nil || response.StatusCode != http.StatusOK {
		t.Error(response, err)
	}
}

func TestAFlagThatIsGivenNothingIsRefused(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--addr", "--addr-file", "--spec", "--fixtures", "--auth", "--signed-path", "--max-skew", "--rate-limit", "--delivery", "--cors-origin", "--check-answers", "--control-token", "--tls-cert"} {
		if code, printed := fails(t, nil, flag, ""); code != 2 || !strings.Contains(printed, flag+": is empty") {
			t.Errorf("%s: exit %d: %s", flag, code, printed)
		}
	}
}
