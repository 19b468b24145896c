package cli

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
)

func TestConfigFile_SetsWhatFlagAndEnvironmentDoNot(t *testing.T) {
	t.Parallel()
	file := write(t, "awalmock.yaml", "seed: 7\nstrict: true\nrate-limit: 9/1m\ncors-origin: [http://localhost:3000, http://localhost:5173]\nlatency:\n")
	c := parsed(t, []string{"MOCK_CONFIG=" + file, "MOCK_RATE_LIMIT=8/1m"}, "--seed", "5")
	if c.Seed != 5 || !c.Strict || c.RateLimit != "8/1m" || c.CORSOrigin != "http://localhost:3000,http://localhost:5173" || c.Latency != 0 {
		t.Errorf("%+v", c)
	}
	if c := parsed(t, nil, "--config="+file); c.Seed != 7 || c.RateLimit != "9/1m" {
		t.Errorf("%+v", c)
	}
}

func TestConfigFile_BadInputIsToldInOneLineWithItsPlace(t *testing.T) {
	t.Parallel()
	for want, text := range map[string]string{
		`:2: there is no setting "strit"; did you mean "strict"?`:  "seed: 1\nstrit: true\n",
		`:1: there is no setting "zzz"; --help lists the settings`: "zzz: 1\n",
		`:1: there is no setting "config"`:                         "config: other.yaml\n",
		":2: seed appears twice":                                   "seed: 1\nseed: 2\n",
		":1: seed takes a value or a list of values":               "seed: {a: 1}\n",
		"there must be flags as keys, such as seed: 7":             "seed\n",
		"--seed: must be a whole number":                           "seed: x\n",
		`(set by latency in `:                                      "latency: soon\n",
		"did not find expected node content":                       "seed: [\n",
	} {
		file := write(t, "awalmock.yaml", text)
		_, err := parse([]string{"--config", file}, nil, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), file) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	missing := filepath.Join(t.TempDir(), "none.yaml")
	if _, err := parse([]string{"--config", missing}, nil, io.Discard); err == nil || !strings.Contains(err.Error(), "--config: ") || !strings.Contains(err.Error(), missing) {
		t.Errorf("a file that is not there: %v", err)
	}
}
