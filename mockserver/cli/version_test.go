package cli

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// build is what --version, banner and /readyz say of a build: version, commit, contract and Go.
var build = regexp.MustCompile(`(devel|v\d\S*) \(commit (unknown|[0-9a-f]{40}\S*), contract (\d+\.\d+\.\d+), go1\.\S+ \w+/\w+\)`)

func TestVersionSaysVersionCommitContractAndGoWhateverElseIsSet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ env, args []string }{
		{nil, []string{"--version"}},
		{nil, []string{"--seed", "2", "--version"}},
		{nil, []string{"sign", "--version"}},
		{[]string{"MOCK_VERSION=9", "MOCK_SEED=x", "MOCK_CLOCK=noon"}, []string{"--version"}},
	} {
		cmd, stdout, stderr := program(t, c.env, c.args...)
		if err := cmd.Run(); err != nil {
			t.Errorf("%v: %v: %s", c.args, err, stderr)
		}
		printed := stdout.String()
		if !strings.HasPrefix(printed, "awalmock ") || build.FindString(printed)+"\n" != strings.TrimPrefix(printed, "awalmock ") {
			t.Errorf("%v %v: %q", c.env, c.args, printed)
		}
	}
}

func TestBannerAndReadinessSayWhichBuildIsRunning(t *testing.T) {
	t.Parallel()
	p := launch(t, nil)
	if !build.MatchString(p.stdout.String()) {
		t.Errorf("no version in the banner:\n%s", p.stdout)
	}
	response, err := http.Get(strings.TrimSuffix(p.url, "/api/developer") + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.HasPrefix(string(body), "ok\nversion: ") {
		t.Errorf("%v: %s", err, body)
	}
	for _, line := range []string{"\ncommit: ", "\ncontract: " + build.FindStringSubmatch(p.stdout.String())[3] + "\n", "\ngo: go1."} {
		if !strings.Contains(string(body), line) {
			t.Errorf("no %q in %s", line, body)
		}
	}
}
