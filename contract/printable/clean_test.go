package printable

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestACleanTextShowsWhatItCannotSay(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain عربي 👋🏽":                     "plain عربي 👋🏽",
		"a\x1b[31mb\x07":                    `a\x1b[31mb\x07`,
		"a\u202eb\u2066":                    `a\u202eb\u2066`,
		"::error::x":                        `\::error::x`,
		"a\n \t::error::x\na::b":            "a\n \t\\::error::x\na::b",
		"x ##vso[a]b ##[error] ##TeamCity[": `x #\#vso[a]b #\#[error] #\#TeamCity[`,
		"\U000e0041":                        `\U000e0041`,
		"\xff":                              `\xff`,
		"a\r\nb":                            "a\\r\nb",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if again := Clean(Clean(in)); again != Clean(in) {
			t.Errorf("%q is cleaned twice: %q", in, again)
		}
		raw, _ := json.Marshal(in)
		var back, original string
		_ = json.Unmarshal(raw, &original)
		if err := json.Unmarshal([]byte(CleanJSON(string(raw))), &back); err != nil || back != original {
			t.Errorf("%q as JSON: %q, %v", in, back, err)
		}
	}
	if got := CleanLine("a\nb\t::c"); strings.ContainsAny(got, "\n\t") {
		t.Errorf("%q", got)
	}
}
